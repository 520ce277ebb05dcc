/*
 * Hours as terminals show them: the windows of a unit's people at a place, or of one person, from what
 * is known now: roster and cycle, else orders of the day, else the unit's week and calendar.  They are
 * asked as for a verdict, of the same facts (judge_facts_asked.c); what people share is read once.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/shift.h"
#include "server/store/sql.h"

typedef struct Hours Hours;
/* Of [from_day, to_day); borrows `sql`.  NULL on error. */
Hours *hours_new(Sql *sql, gint64 from_day, gint64 to_day, gint64 utc_offset_min, GError **error);
void hours_free(Hours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hours, hours_free)

/* Whose: `person` 0: of all the unit's people there who have no hours of their own. */
typedef struct {
	gint64 unit, place;
	PersonId person;
} HoursOf;

/* Has the person a roster, a cycle, or an order about hours in that time? */
gboolean hours_are_own(Hours *hours, PersonId person, gboolean *own, GError **error);
/* In UTC ms, ascending; of ShiftWindow. */
gboolean hours_windows(Hours *hours, const HoursOf *of, GArray **windows, GError **error);
