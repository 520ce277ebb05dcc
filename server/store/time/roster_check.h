/*
 * What a roster asks of people, and its conflicts (server/rules/roster.h), before and after it is
 * published.  Nothing is written.
 */
#pragma once

#include "server/rules/roster.h"
#include "server/store/time/shifts.h"

/* A day of a roster that is not in force yet, or not any more; lists of them ascend by person, then
 * day. */
typedef struct {
	PersonId person;
	gboolean known; /* somebody has said something of that day; FALSE: the unit's hours */
	RosterDay roster;
} PlannedDay;

/* Appends the days of [from_day, to_day): by `planned` (of PlannedDay; NULL: none) where it names the
 * person and day, else by roster, cycle or the unit's week; of RosterDuty. */
gboolean roster_check_duties(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							 const GArray *planned, gint64 utc_offset_min, GArray *duties,
							 GError **error);
gboolean roster_check_limits(Sql *sql, gint64 day, RosterLimits *limits, GError **error);

/* The days of the month that begins on `month_day`. FALSE: no month begins there. */
gboolean roster_month_end(gint64 month_day, gint64 *end_day);
/* The conflicts of a unit's month, its people those of the subtree who have a roster, or a planned day,
 * in it; by day, then person; of RosterConflict. */
gboolean roster_check_month(Sql *sql, gint64 unit, gint64 month_day, const GArray *planned,
							gint64 utc_offset_min, GArray **conflicts, GError **error);
/* Rest and leave of the people of `planned` (a swap, a correction) on those days. */
gboolean roster_check_planned(Sql *sql, const GArray *planned, gint64 utc_offset_min,
							  GArray **conflicts, GError **error);
