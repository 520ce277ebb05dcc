/*
 * Coverage and outages as of one transaction, each place and terminal read once: for who asks about
 * many spans (judge).  The answers are those of coverage.h and outages.h.
 */
#pragma once

#include "server/store/time/coverage.h"
#include "server/store/time/losses.h"
#include "server/store/time/outages.h"

typedef struct CoverageView CoverageView;
/* Borrows `sql`. */
CoverageView *coverage_view_new(Sql *sql, gint64 utc_offset_min);
/* Forgets all: at the beginning of every transaction. */
void coverage_view_clear(CoverageView *view);
void coverage_view_free(CoverageView *view);

/* `terminal` (may be NULL) gets one that has the gap, or whose data is lost. */
gboolean coverage_view_place(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							 CoverageState *state, TerminalId *terminal, GError **error);
gboolean coverage_view_terminal(CoverageView *view, const TerminalId *terminal, gint64 from_ms,
								gint64 to_ms, CoverageState *state, GError **error);
/* Did the terminal stand at the place over the whole span? */
gboolean coverage_view_stands(CoverageView *view, gint64 place, const TerminalId *terminal,
							  gint64 from_ms, gint64 to_ms, gboolean *stands, GError **error);
/* One that counts for something; texts borrowed until the view is cleared. */
typedef struct {
	gint64 id;
	gint64 from_ms, to_ms;
	OutageState state; /* OUTAGE_ACCEPTED, or OUTAGE_DECLARED by somebody */
	char *cause;
	char *document;   /* may be NULL */
	char *decided_by; /* may be NULL */
	gint64 decided_ms;
} PlaceOutage;

/* An accepted outage before a declared one; NULL: none. */
gboolean coverage_view_outage(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							  const PlaceOutage **outage, GError **error);
/* Of a terminal asked for with coverage_view_terminal() before: the first loss within the span;
 * NULL: none.  Borrowed until the view is cleared. */
const TerminalLoss *coverage_view_loss(CoverageView *view, const TerminalId *terminal,
									   gint64 from_ms, gint64 to_ms);
