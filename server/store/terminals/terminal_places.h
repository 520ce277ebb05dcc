/*
 * Where a terminal stands, effective-dated: rosters, completeness and punches follow the place as of
 * their day.  TerminalRow.place is that of today, kept by terminal_places_follow().
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

/* From its first day on, before it has another. In the transaction that adds the terminal. */
gboolean terminal_places_begin(Sql *sql, const TerminalId *terminal, gint64 place, gint64 now_ms,
							   GError **error);
/* It stands at `place` from change->from_day to change->to_day.  Punches of these days get the place,
 * and the days that either place concerns are marked.  FALSE with `error` unset: no such terminal. */
gboolean terminal_places_move(Sql *sql, const TerminalId *terminal, gint64 place,
							  const Change *change, gint64 utc_offset_min, gboolean *changed,
							  GError **error);
/* 0 in `place`: no such terminal. */
gboolean terminal_places_on(Sql *sql, const TerminalId *terminal, gint64 day, gint64 *place,
							GError **error);

typedef struct {
	gint64 place, from_day, to_day; /* half-open; DAY_ALWAYS, DAY_OPEN */
} TerminalPlace;

/* What touches [from_day, to_day), ascending; of TerminalPlace. */
gboolean terminal_places_between(Sql *sql, const TerminalId *terminal, gint64 from_day,
								 gint64 to_day, GArray **places, GError **error);
/* Whether another terminal stands at `place` on one of these days, too. */
gboolean terminal_places_shared(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
								gboolean *shared, GError **error);
/* Writes today's place to the terminals' rows; a new revision when one has changed. */
gboolean terminal_places_follow(Sql *sql, gint64 today, GError **error);
