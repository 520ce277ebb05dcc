/*
 * Coverage and outages as of one transaction, each place and terminal read once: for who asks about
 * many spans (judge).  The answers are those of coverage.h and outages.h.
 */
#pragma once

#include "server/store/time/coverage.h"
#include "server/store/time/outages.h"

typedef struct CoverageView CoverageView;
/* Borrows `sql`. */
CoverageView *coverage_view_new(Sql *sql, gint64 utc_offset_min);
/* Forgets all: at the beginning of every transaction. */
void coverage_view_clear(CoverageView *view);
void coverage_view_free(CoverageView *view);

/* `terminal` (may be NULL) gets one that has the gap. */
gboolean coverage_view_place(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							 CoverageState *state, TerminalId *terminal, GError **error);
gboolean coverage_view_terminal(CoverageView *view, const TerminalId *terminal, gint64 from_ms,
								gint64 to_ms, CoverageState *state, GError **error);
/* An accepted outage before a declared one; `state` 0: none. `document` may be NULL; borrowed until
 * the view is cleared. */
gboolean coverage_view_outage(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							  OutageState *state, const char **document, GError **error);
