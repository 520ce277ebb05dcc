/*
 * Where a person serves: one unit at a time, with an optional duty place of the person's own.  The
 * TMT decides (`change->from_day`), not the date of the decree and not that of the entry.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/history.h"

/* `duty_place` 0: the unit's.  Joins the caller's transaction, marks the person-days. */
gboolean assignments_set(Sql *sql, PersonId person, gint64 unit, gint64 duty_place,
						 const Change *change, gboolean *changed, GError **error);
gboolean assignments_end(Sql *sql, PersonId person, const Change *change, gboolean *changed,
						 GError **error);

typedef struct {
	gint64 unit;       /* 0: not assigned */
	gint64 duty_place; /* 0: the unit's */
	gint64 from_day, to_day;
} Assignment;

/* As known now on that day. */
gboolean assignments_on(Sql *sql, PersonId person, gint64 day, Assignment *out, GError **error);
/* As it was known at `known_ms`. */
gboolean assignments_on_as_known(Sql *sql, PersonId person, gint64 day, gint64 known_ms,
								 Assignment *out, GError **error);
/* The person's duty places on that day by the assignment: the own one, else the unit's; of gint64, may
 * be empty.  Secondary assignments have theirs. */
gboolean assignments_places(Sql *sql, PersonId person, gint64 day, GArray **places, GError **error);
/* Appends those that touch [from_day, to_day), as known now, ascending; of Assignment. */
gboolean assignments_between(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							 GArray *assignments, GError **error);
/* The same, and to `secondaries` where the person serves besides in that time; of Assignment too. */
gboolean assignments_served(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							GArray *assignments, GArray *secondaries, GError **error);
/* All assignments as known now, ascending; of Assignment. */
gboolean assignments_of(Sql *sql, PersonId person, GArray **assignments, GError **error);
