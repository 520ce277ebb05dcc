/*
 * Outages as people deal with them: declared with evidence, proposed by the server, approved or
 * refused, and listed.
 *
 *   proposed / declared ──approve──> accepted ──refuse──> refused (withdrawn)
 *                      '──refuse───> refused ──approve──> accepted
 *
 * Every decision stays, with who, why and when.  An accepted outage makes AT of the slots in it, so it
 * has to be true that no terminal of the place could record: time over which one of them proves that
 * it could, or in which somebody punched there, is refused with where and when.  The functions join
 * the caller's transaction.
 */
#pragma once

#include "server/store/time/outages.h"

#define OUTAGE_ERROR (outage_error_quark())
GQuark outage_error_quark(void);

typedef enum {
	OUTAGE_ERROR_SPAN,     /* no span, too long, or not over yet */
	OUTAGE_ERROR_RECORDED, /* a terminal of the place recorded within it, or somebody punched */
	OUTAGE_ERROR_OVERLAP,  /* with another one of the place */
	OUTAGE_ERROR_GONE,     /* there is no such outage */
	OUTAGE_ERROR_STATE,    /* it is decided like that already */
	OUTAGE_ERROR_TEXT,     /* a reason, cause or evidence is missing or too long */
} OutageError;

#define OUTAGE_DAYS_MAX 366
#define OUTAGE_CAUSE_MAX 40 /* characters */

/* What speaks against accepting it: OUTAGE_ERROR_…; `outage->id` 0: it is not stored yet. */
gboolean outage_check(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
					  GError **error);
/* Checks and declares; `outage->cause` and `evidence` have to be there. */
gboolean outage_declare(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
						gint64 *id, GError **error);

typedef struct {
	gint64 id;            /* of the outage */
	OutageState state;    /* OUTAGE_ACCEPTED or OUTAGE_REFUSED */
	const char *reason;   /* in the decider's words */
	const char *document; /* number of the Berita Acara; NULL: as it was */
	gint64 account;
} OutageDecision;

/* Checks, decides, marks the place's people and keeps the decision. */
gboolean outage_decide(Sql *sql, const OutageDecision *decision, gint64 now_ms,
					   gint64 utc_offset_min, GError **error);

/* ── Lists ── */

typedef struct {
	gint64 id, place;
	char *place_code;
	gint64 from_ms, to_ms;
	OutageState state;
	gboolean proposed;
	char *cause, *document, *evidence, *declared_by, *decided_by, *reason; /* NULL: none */
	gint64 declared_ms, decided_ms;
	gint64 n_decisions;
	gboolean after_holiday; /* touches the first working day after a holiday */
} OutageRow;

typedef struct {
	gint64 id;             /* 0: all */
	gint64 place;          /* 0: all */
	gint64 from_ms, to_ms; /* that touch it */
	OutageState state;     /* 0: all */
	gint64 before;         /* ids below it; 0: all */
	gint64 limit;
} OutageFilter;

void outage_row_free(OutageRow *row);
/* Newest first; of OutageRow (transfer full). */
GPtrArray *outage_list(Sql *sql, const OutageFilter *filter, gint64 utc_offset_min, GError **error);

typedef struct {
	gint64 number;
	OutageState state;
	char *reason, *by;
	gint64 decided_ms;
} OutageStep;

void outage_step_free(OutageStep *step);
/* The decisions on one, ascending; of OutageStep (transfer full). */
GPtrArray *outage_history(Sql *sql, gint64 outage, GError **error);

typedef struct {
	gint64 place;
	char *place_code;
	gint64 n;               /* accepted ones and open proposals or declarations */
	gint64 minutes;         /* of these together, within the time asked for */
	gint64 n_after_holiday; /* of these on the first working day after a holiday */
} OutagePlace;

void outage_place_free(OutagePlace *place);
/* Places with at least `n_min` outages that touch [from_ms, to_ms), the worst first; of OutagePlace
 * (transfer full). */
GPtrArray *outage_places(Sql *sql, gint64 from_ms, gint64 to_ms, gint64 n_min,
						 gint64 utc_offset_min, GError **error);
