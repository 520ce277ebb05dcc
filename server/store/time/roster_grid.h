/*
 * A unit's month as a grid of people and days: what is in force, who may stand in it, and last month's
 * as the draft of the next.
 */
#pragma once

#include "server/store/time/roster_months.h"

/* Does the person serve in the unit's subtree that day, by assignment, or in the unit besides it? */
gboolean roster_serves(Sql *sql, gint64 unit, PersonId person, gint64 day, gboolean *serves,
					   GError **error);
/* What rosters say of the people of the subtree on the days they serve there, by person, then day; cycles
 * are not rosters.  Of PlannedDay. */
gboolean roster_in_force(Sql *sql, gint64 unit, gint64 month_day, GArray **planned, GError **error);
/* Into the draft what was in force four weeks before each day, so that weekdays stay the same; a day
 * whose source lies in the month itself takes what that day takes.  Who serves there no more is left
 * out.  `n`: days of the draft that are new or changed. */
gboolean roster_draft_copy(Sql *sql, gint64 unit, gint64 month_day, gint64 *n, GError **error);

typedef struct {
	gint64 id;
	char *code, *name; /* owned by the array */
} RosterShift;
/* All shifts, by code; of RosterShift. */
gboolean roster_shifts(Sql *sql, GArray **shifts, GError **error);
