/*
 * Corrections as they are kept: chains by unit and kind, what was asked, its steps, documents, and
 * months that take corrections again.  What may follow what is decided in server/services/correction.
 * Writing functions join the caller's transaction.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

#define CORRECTION_LEVELS_MAX 4
#define CORRECTION_STEPS_MAX                                                                       \
	(CORRECTION_LEVELS_MAX + 1) /* the chain, and one when all let it go by */
#define CORRECTION_LEVEL_SIZE 12
#define CORRECTION_DOCUMENT_MAX (1024 * 1024) /* bytes that are kept here */
#define CORRECTION_HASH_SIZE 32

typedef enum { CORRECTION_IN = 1, CORRECTION_OUT, CORRECTION_DAY } CorrectionKind;
/* "masuk", "pulang", "hari"; static.  FALSE: none of these. */
const char *correction_kind_text(CorrectionKind kind);
gboolean correction_kind_parse(const char *text, CorrectionKind *kind);

/* ── chains ── */

typedef struct {
	char level[CORRECTION_LEVEL_SIZE]; /* "LANGSUNG", or the name of a role */
	gint64 hours;                      /* until it is passed on */
} CorrectionLevel;

typedef struct {
	CorrectionLevel levels[CORRECTION_LEVELS_MAX];
	gsize n_levels; /* 1 … 4 */
	gint64 deadline_day;
} CorrectionChain;

/* "LANGSUNG:48 SKPD:24 BKD:72": one to four levels, each once, 1 … 8760 hours.  FALSE: it is not that. */
gboolean correction_chain_parse(const char *text, CorrectionChain *chain);
/* For `unit` (0: the province) and its subtree; `deadline_day` 1 … 28. */
gboolean corrections_set_chain(Sql *sql, gint64 unit, CorrectionKind kind, const char *levels,
							   gint64 deadline_day, const Change *change, gboolean *changed,
							   GError **error);
/* That of the unit or the nearest above it, as of `day`. */
gboolean corrections_chain(Sql *sql, gint64 unit, CorrectionKind kind, gint64 day,
						   CorrectionChain *chain, GError **error);

/* ── what was asked ── */

typedef enum {
	CORRECTION_WAITS = 1,
	CORRECTION_APPROVED,
	CORRECTION_REFUSED,
	CORRECTION_WITHDRAWN,
} CorrectionState;

typedef enum {
	STEP_LATER = 1, /* its turn is to come */
	STEP_OPEN,
	STEP_APPROVED,
	STEP_REFUSED,
	STEP_PASSED,  /* not decided in time: the next one's */
	STEP_DROPPED, /* it ended before */
} CorrectionStepState;

typedef struct {
	gint64 number; /* from 1 */
	char level[CORRECTION_LEVEL_SIZE];
	gint64 hours;
	CorrectionStepState state;
	gint64 opened_ms, due_ms;           /* 0: not open yet, or nobody is left to pass it on to */
	gint64 account, behalf, decided_ms; /* 0: not decided; decided in the own name */
	char *reason, *by, *for_whom;       /* owned; names of the accounts; may be NULL */
} CorrectionStep;

typedef struct {
	gint64 id, batch;
	PersonId person;
	gint64 day, unit;
	CorrectionKind kind;
	CorrectionState state;
	gint64 account, asked_ms, ended_ms; /* ended 0: it waits */
	char *code, *reason, *by;           /* owned; by: name of the account that asked */
	char *document_name;                /* owned; NULL: none */
	gboolean has_hash, has_content;     /* of the document */
	guint8 document[CORRECTION_HASH_SIZE];
	CorrectionStep steps[CORRECTION_STEPS_MAX];
	gsize n_steps;
} Correction;

void correction_clear(Correction *correction);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Correction, correction_clear)
/* The one that is open; NULL: none. Borrowed. */
const CorrectionStep *correction_open_step(const Correction *correction);

/* Adds it with its steps; the first is open from `now_ms`.  `batch` 0: its own.  `document` may be NULL
 * (`has_hash`: the hash was given).  SQL_ERROR_CONSTRAINT: one for this slot waits already. */
gboolean corrections_add(Sql *sql, const Correction *correction, GBytes *document, gint64 now_ms,
						 gint64 *id, GError **error);
/* `found` FALSE: no such correction. */
gboolean corrections_get(Sql *sql, gint64 id, Correction *out, gboolean *found, GError **error);
/* The content of a correction's document (transfer full); NULL with `error` unset: not kept here. */
GBytes *corrections_document(Sql *sql, gint64 id, GError **error);

/* Which ids; of gint64, ascending, above `after`, at most `limit`. */
typedef struct {
	gboolean waiting;        /* only those that wait */
	PersonId person;         /* 0: anybody */
	gint64 from_day, to_day; /* of the corrected day, half-open; 0 and 0: any */
	gint64 batch;            /* 0: any */
	gint64 after, limit;
} CorrectionFilter;
gboolean corrections_list(Sql *sql, const CorrectionFilter *filter, GArray **ids, GError **error);
/* Those with an open step whose time has gone by. */
gboolean corrections_due(Sql *sql, gint64 now_ms, gint64 limit, GArray **ids, GError **error);

/* ── what became of it ── */

typedef struct {
	gint64 account, behalf; /* 0: nobody; in the own name */
	const char *reason;     /* may be NULL */
	gint64 now_ms;
} CorrectionDecision;

/* From open to `state`.  `won` FALSE: it is not open (any more); nothing was written. */
gboolean corrections_close_step(Sql *sql, gint64 id, gint64 number, CorrectionStepState state,
								const CorrectionDecision *decision, gboolean *won, GError **error);
/* From LATER to open. */
gboolean corrections_open_step(Sql *sql, gint64 id, gint64 number, gint64 now_ms, GError **error);
/* One more step, open from now on. */
gboolean corrections_add_step(Sql *sql, gint64 id, gint64 number, const CorrectionLevel *level,
							  gint64 now_ms, GError **error);
/* Nobody is left to pass it on to: it stays open, and is told so no more. */
gboolean corrections_stay(Sql *sql, gint64 id, gint64 number, GError **error);
/* The whole, and what is still open or to come of its steps.  `won` as above. */
gboolean corrections_end(Sql *sql, gint64 id, CorrectionState state, gint64 now_ms, gboolean *won,
						 GError **error);

/* ── months that take corrections again ── */

gboolean corrections_reopen(Sql *sql, gint64 unit, gint64 month_day, gint64 until_day,
							const char *reason, gint64 account, gint64 now_ms, GError **error);
/* The last day on which a month of the unit takes corrections by a reopening; DAY_ALWAYS: none. */
gboolean corrections_reopened(Sql *sql, gint64 unit, gint64 month_day, gint64 today,
							  gint64 *until_day, GError **error);

/* People of the subtree of `unit` on `day` whose verdict lacks what a correction of that kind gives: no
 * punch, or late, or early; of PersonId, ascending, at most `limit`. */
gboolean corrections_lacking(Sql *sql, gint64 unit, gint64 day, CorrectionKind kind, gint64 limit,
							 GArray **people, GError **error);

/* Is it a code that a correction of that kind may give?  Leaves and statuses have their own ways. */
gboolean corrections_code(Sql *sql, const char *code, CorrectionKind kind, gboolean *allowed,
						  GError **error);
/* All of them as code and name, code and name, … (transfer full). */
GPtrArray *corrections_codes(Sql *sql, GError **error);
