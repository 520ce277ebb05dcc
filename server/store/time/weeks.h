/*
 * Effective minutes of a week: of a kind of employment (table employment_kind), in Ramadan, or by
 * contract for who works part-time.  Nothing is judged by them: hours that do not add up to them are
 * told, never refused.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

#define WEEK_MIN 2250         /* Perpres 21/2023: 37 h 30 min */
#define WEEK_RAMADAN_MIN 1950 /* 32 h 30 min */

gboolean weeks_set(Sql *sql, PersonId person, gint64 weekly_min, const Change *change,
				   gboolean *changed, GError **error);
/* What the person's week should have on that day: the contract's minutes, else those of the kind of
 * employment, in Ramadan in the proportion of 1,950 to 2,250.  0: not known (by contract, and no
 * contract is here). */
gboolean weeks_of_person(Sql *sql, PersonId person, gint64 day, gint64 *weekly_min, GError **error);

/* The week of the unit against what the person's should have. */
typedef struct {
	gint64
		minutes; /* of the unit's week; 0: it has none, or a roster or cycle says that day's hours */
	gint64 wanted; /* 0: not known */
} WeekFit;

/* On that day. */
gboolean weeks_fit(Sql *sql, PersonId person, gint64 unit, gint64 day, WeekFit *out,
				   GError **error);
/* Both are known, and they differ. */
gboolean weeks_differ(const WeekFit *fit);

/* Appends, of those who serve in the unit itself on that day and whose week is not the usual WEEK_MIN,
 * each number of minutes (without Ramadan) and how many people have it; of WeekGroup. */
typedef struct {
	gint64 weekly_min, n_people;
} WeekGroup;
gboolean weeks_of_unit(Sql *sql, gint64 unit, gint64 day, GArray *groups, GError **error);
