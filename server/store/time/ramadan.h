/*
 * Ramadan as a calendar: its periods by Hijri year, and the week that a unit works in each of them
 * (Perpres 21/2023: 1,950 minutes).  A unit's Ramadan week counts for the units below it that have
 * no week of their own nearer: a school with its own six days keeps them until it has its own
 * Ramadan week too.  Writing functions join the caller's transaction and mark the person-days.
 */
#pragma once

#include "server/store/history.h"

#define HIJRI_YEAR_MIN 1400
#define HIJRI_YEAR_MAX 1600
#define RAMADAN_DAYS_MAX 30

/* The period of a Hijri year becomes that of the change, wherever it was before. */
gboolean ramadan_set_period(Sql *sql, gint64 year, const Change *change, gboolean *changed,
							GError **error);
gboolean ramadan_set_pattern(Sql *sql, gint64 unit, gint64 pattern, const Change *change,
							 gboolean *changed, GError **error);

gboolean ramadan_is(Sql *sql, gint64 day, gboolean *ramadan, GError **error);

typedef struct {
	gint64 pattern;
	char *name; /* owned */
	gint64 from_day;
} Followed;

/* On a day of Ramadan: the Ramadan week of the unit or of the nearest above it, at most `depth`
 * levels up, takes the place of `followed`; from_day is then the first day of the period. */
gboolean ramadan_on(Sql *sql, gint64 unit, gint64 day, gint64 depth, Followed *followed,
					GError **error);
