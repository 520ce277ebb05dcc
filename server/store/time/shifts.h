/*
 * Shifts, and who works which: rosters by day, and cycles that go on.  A roster's day wins over a
 * cycle, a cycle over the hours of the unit.  Writing functions join the caller's transaction and
 * mark the person-days.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/shift.h"
#include "server/store/history.h"

#define SHIFT_CODE_MAX 40
#define CYCLE_MAX 64 /* shifts in a cycle */

typedef struct {
	gint64 id;
	const char *code, *name; /* borrowed */
	DayPattern hours;
	gint32 grace_min, flex_min;
} WorkShift;

/* Makes it, or finds the same; SQL_ERROR_CONSTRAINT when it is unsound or has other hours. */
gboolean shifts_add(Sql *sql, const WorkShift *shift, gint64 *id, gboolean *added, GError **error);
/* 0: unknown. */
gboolean shifts_find(Sql *sql, const char *code, gint64 *id, GError **error);
/* `name` (transfer full). */
gboolean shifts_get(Sql *sql, gint64 id, WorkShift *shift, char **name, GError **error);
/* Of a day on which the shift is worked. */
void shifts_of_day(const WorkShift *shift, gint64 day, gint64 utc_offset_min, Shift *out);

/* What somebody is rostered for on a day. */
typedef struct {
	gint64 day;
	gint64 shifts[DAY_SHIFTS_MAX]; /* 0: none */
	gboolean on_call;
	char *source; /* owned by the array; may be NULL */
} RosterDay;

/* The day is change->from_day, one day. `roster->day` and `source` are not read. */
gboolean shifts_set_roster(Sql *sql, PersonId person, const RosterDay *roster, const Change *change,
						   gboolean *changed, GError **error);
/* Codes by blanks, "-" for a day off; begins on `anchor_day`.  SQL_ERROR_CONSTRAINT for a code that
 * is not known, or too many. */
gboolean shifts_set_rotation(Sql *sql, PersonId person, const char *cycle, gint64 anchor_day,
							 const Change *change, gboolean *changed, GError **error);
/* The days of [from_day, to_day) for which a roster or a cycle says something, ascending; of
 * RosterDay. */
gboolean shifts_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
						  GArray **rosters, GError **error);
