#include "server/store/time/weeks.h"

#include "server/store/time/ramadan.h"
#include "server/store/time/schedules.h"
#include "server/store/time/shifts.h"

static const HistoryTable table =
	HISTORY_TABLE("person_week", "person", "person=$3", "weekly_min, source", "it", "$4,$5,$6");

gboolean weeks_set(Sql *sql, PersonId person, gint64 weekly_min, const Change *change,
				   gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = weekly_min}, {.text = change->source}};
	return history_set(sql, &table, &person, 1, values, change, changed, error);
}

gboolean weeks_of_person(Sql *sql, PersonId person, gint64 day, gint64 *weekly_min, GError **error)
{
	gboolean ramadan = FALSE;
	if (!sql_get_int(sql, weekly_min, 0, error,
					 "SELECT coalesce(w.weekly_min, k.weekly_min) FROM person_employment e"
					 " LEFT JOIN employment_kind k ON k.code=e.kind"
					 " LEFT JOIN person_week w ON w.person=e.person AND" NOW_ON(
						 "w", "$2") "WHERE e.person=$1 AND" NOW_ON("e", "$2"),
					 "ii", person, day) ||
		!ramadan_is(sql, day, &ramadan, error))
		return FALSE;
	if (ramadan)
		*weekly_min = *weekly_min * WEEK_RAMADAN_MIN / WEEK_MIN;
	return TRUE;
}

gboolean weeks_fit(Sql *sql, PersonId person, gint64 unit, gint64 day, WeekFit *out, GError **error)
{
	gint64 pattern = 0;
	WeekPattern week;
	gboolean by_calendar = FALSE;
	g_autoptr(GArray) rosters = NULL;
	*out = (WeekFit){0};
	if (!weeks_of_person(sql, person, day, &out->wanted, error) ||
		!shifts_of_person(sql, person, day, day + 1, &rosters, error) ||
		!schedules_on(sql, unit, day, &pattern, &week, NULL, NULL, error) ||
		!ramadan_is(sql, day, &by_calendar, error))
		return FALSE;
	if (pattern == 0 || rosters->len > 0)
		return TRUE;
	out->minutes = shift_week_minutes(&week);
	/* A week of Ramadan that no calendar speaks of. */
	if (week.ramadan && !by_calendar)
		out->wanted = out->wanted * WEEK_RAMADAN_MIN / WEEK_MIN;
	return TRUE;
}

gboolean weeks_differ(const WeekFit *fit)
{
	return fit->minutes != 0 && fit->wanted != 0 && fit->minutes != fit->wanted;
}

/* clang-format off */
static const char of_unit[] =
	"SELECT coalesce(w.weekly_min, k.weekly_min), count(*) FROM assignment a"
	" JOIN person_employment e ON e.person=a.person AND" NOW_ON("e", "$2")
	"LEFT JOIN employment_kind k ON k.code=e.kind"
	" LEFT JOIN person_week w ON w.person=a.person AND" NOW_ON("w", "$2")
	"WHERE a.unit=$1 AND" NOW_ON("a", "$2") "GROUP BY 1 ORDER BY 1";
/* clang-format on */

gboolean weeks_of_unit(Sql *sql, gint64 unit, gint64 day, GArray *groups, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(sql, error, of_unit, "ii", unit, day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		WeekGroup group = {sql_int(rows, 0), sql_int(rows, 1)};
		if (group.weekly_min != 0 && group.weekly_min != WEEK_MIN)
			g_array_append_val(groups, group);
	}
	return step == SQL_DONE;
}
