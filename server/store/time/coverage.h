/*
 * Coverage: for which spans of time a terminal's received chain proves that it was alive and could
 * read fingers.  Two consecutive events at most `alive_tolerance_s` apart (marks come every 15
 * minutes, tolerance 20) cover the time between them; a lost sensor ends the span until it is back.
 *
 * An instant that no span covers is not known: a slot there is belum lengkap, never absence
 * (design.md, decision 12), until data comes, or somebody decides that it is lost.  When the missing events arrive the span closes, and the merge marks
 * the person-days that it touches.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	COVERAGE_COMPLETE, /* every terminal in service there covers the whole span */
	COVERAGE_LOST,     /* what does not is declared lost for ever (losses.h) */
	COVERAGE_GAP,      /* at least one does not (yet) */
	COVERAGE_NONE,     /* no terminal was in service there in that span */
} CoverageState;

/* Of a place, over [from_ms, to_ms); give at most now as `to_ms`.   A terminal counts on the
 * days on which it stands there; it is in service from
 * its first covered instant (or its join, if earlier) until it is revoked.  `terminal` (may be
 * NULL) gets one that has the gap. */
gboolean coverage_of_place(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
						   gint64 utc_offset_min, CoverageState *state, TerminalId *terminal,
						   GError **error);

/* Adds [from_ms, to_ms], joined with what touches it. */
gboolean coverage_add(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
					  GError **error);
/* The end of the last span that begins at or before `at_ms`; 0 when there is none. */
gboolean coverage_before(Sql *sql, const TerminalId *terminal, gint64 at_ms, gint64 *to_ms,
						 GError **error);
