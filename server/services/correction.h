/*
 * Corrections of a day: in, out, or the whole day, decided by a chain of one to four levels.
 *
 *   WAITS --approve, last level--> APPROVED   the decided fact is there: the rules judge it
 *     |  --approve------------------> WAITS   the next level is open
 *     |  --pass on (time is up)-----> WAITS   the same
 *     |  --refuse------------------> REFUSED
 *     '--withdraw----------------> WITHDRAWN
 *
 * Nobody decides their own, nor what they asked for, nor two levels of one correction; a right that
 * has ended decides nothing.  Of two decisions on one step the first that is committed holds, the
 * other is told so.  Functions join the caller's transaction; after an error it is rolled back.
 */
#pragma once

#include "server/store/services/corrections.h"
#include "server/store/services/delegations.h"

#define CORRECTION_ERROR (correction_error_quark())
GQuark correction_error_quark(void);

/* Why something is refused. */
typedef enum {
	CORRECTION_ERROR_UNKNOWN, /* no such correction, account, unit */
	CORRECTION_ERROR_OWN, /* of the own day, asked by oneself, or decided already at another level */
	CORRECTION_ERROR_RIGHT,    /* no right in force makes this account the one to decide or ask */
	CORRECTION_ERROR_CLOSED,   /* it is decided, withdrawn, or with the next level */
	CORRECTION_ERROR_DEADLINE, /* the time for it is over */
	CORRECTION_ERROR_MONTH,    /* its month is submitted or locked */
	CORRECTION_ERROR_WAITS,    /* one for the same slot waits already */
	CORRECTION_ERROR_DAY,      /* yet to come, or the person served nowhere */
	CORRECTION_ERROR_CODE,     /* not a code for that slot */
	CORRECTION_ERROR_TEXT,     /* no reason, or too long */
	CORRECTION_ERROR_DOCUMENT, /* too large, or a hash that is none */
	CORRECTION_ERROR_DEPUTY,   /* who may not be one, or a time that is none */
	CORRECTION_ERROR_NOBODY,   /* nobody lacks that slot */
} CorrectionError;

#define CORRECTION_TEXT_MAX 500      /* bytes of a reason */
#define CORRECTION_DAYS_OPEN_MAX 366 /* of a delegation or a reopened month */
#define CORRECTION_SLOT_MAX 5000     /* people of a slot at once */

typedef struct {
	gint64 now_ms, today;
} CorrectionClock;

/* ── asking ── */

typedef struct {
	PersonId person;
	gint64 day;
	CorrectionKind kind;
	const char *code; /* NULL: "AT" */
	const char *reason;
	gint64 account;            /* who asks */
	GBytes *document;          /* content; NULL: none */
	const char *document_name; /* NULL: none */
	const char *document_hash; /* 64 hex digits of a document that is kept elsewhere; NULL: none */
} CorrectionAsk;

gboolean correction_ask(Sql *sql, const CorrectionAsk *ask, const CorrectionClock *clock,
						gint64 *id, GError **error);
/* For everybody of the subtree of `unit` who lacks that slot on that day (`ask->person` is not read); the
 * asker's own day is left out. `n_left`: who was not asked for, because one waits already. */
gboolean correction_ask_slot(Sql *sql, gint64 unit, const CorrectionAsk *ask,
							 const CorrectionClock *clock, gint64 *batch, guint *n_asked,
							 guint *n_left, GError **error);
/* The last day on which a day of that unit is asked for, by the chain and by reopenings. */
gboolean correction_deadline(Sql *sql, gint64 unit, CorrectionKind kind, gint64 day, gint64 today,
							 gint64 *last_day, GError **error);

/* ── deciding ── */

/* `state`: what it is now. `reason` may be NULL for an approval. */
gboolean correction_decide(Sql *sql, gint64 id, gboolean approve, gint64 account,
						   const char *reason, const CorrectionClock *clock, CorrectionState *state,
						   GError **error);
/* All of a batch whose turn is this account's; `n_left`: those that are not (the own, decided ones). */
gboolean correction_decide_batch(Sql *sql, gint64 batch, gboolean approve, gint64 account,
								 const char *reason, const CorrectionClock *clock, guint *n_decided,
								 guint *n_left, GError **error);
/* By who asked, while it waits. */
gboolean correction_withdraw(Sql *sql, gint64 id, gint64 account, const CorrectionClock *clock,
							 GError **error);
/* The core's clock: steps whose time is up go to the next level; past the last, to BKD, else they stay. */
gboolean correction_pass_on(Sql *sql, const CorrectionClock *clock, gint64 *n, GError **error);
/* May this account decide the open step now? `behalf`: in whose place; 0: in the own. */
gboolean correction_may_decide(Sql *sql, const Correction *correction, gint64 account, gint64 today,
							   gboolean *may, gint64 *behalf, GError **error);
/* The corrections whose turn is this account's, ascending above `after`, at most `limit`; of gint64. */
gboolean correction_inbox(Sql *sql, gint64 account, gint64 today, gint64 after, guint limit,
						  GArray **ids, GError **error);

/* ── deputies, reopened months ── */

/* Whoever is to decide must have the right to correct, somewhere: such accounts show a second factor. */
gboolean correction_delegate(Sql *sql, const Delegation *delegation, const CorrectionClock *clock,
							 gint64 *id, GError **error);
/* `unit` 0: the province.  Only for who decides for that unit what the server would not (BKD). */
gboolean correction_reopen(Sql *sql, gint64 unit, gint64 month_day, gint64 until_day,
						   const char *reason, gint64 account, const CorrectionClock *clock,
						   GError **error);
/* "menunggu", "disetujui", …; static. */
const char *correction_state_text(CorrectionState state);
const char *correction_step_text(CorrectionStepState state);
