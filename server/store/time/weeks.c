#include "server/store/time/weeks.h"

#include "server/store/time/ramadan.h"

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
