#include "server/store/time/academic.h"

#include "server/store/time/marks.h"

static const HistoryTable table =
	HISTORY_TABLE("academic_day", "unit", "unit=$3", "name, works, source", "tit", "$4,$5,$6,$7");

gboolean academic_set(Sql *sql, gint64 unit, const char *name, gboolean works, const Change *change,
					  gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = name}, {.integer = works}, {.text = change->source}};
	gboolean any = FALSE;
	for (gint64 day = change->from_day; day < change->to_day; day++) {
		Change one = *change;
		gboolean new = FALSE;
		one.from_day = day;
		one.to_day = day + 1;
		if (!history_set(sql, &table, &unit, 1, values, &one, &new, error))
			return FALSE;
		any |= new;
	}
	if (changed != NULL)
		*changed = any;
	/* A day less or more is a day of the balance for those that follow it, next year's too. */
	return !any ||
		   mark_unit(sql, unit, change->from_day, DAY_OPEN, change->today, "academic", error);
}

gboolean academic_remove(Sql *sql, gint64 unit, const Change *change, gboolean *changed,
						 GError **error)
{
	gboolean any = FALSE;
	if (!history_clear(sql, &table, &unit, 1, change, &any, error))
		return FALSE;
	if (changed != NULL)
		*changed = any;
	return !any ||
		   mark_unit(sql, unit, change->from_day, DAY_OPEN, change->today, "academic", error);
}

/* clang-format off */
static const char nearest[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT a.name, a.works, a.source FROM chain JOIN academic_day a ON a.unit=chain.unit"
	" AND" NOW_ON("a", "$2") " ORDER BY chain.depth LIMIT 1";
/* clang-format on */

gboolean academic_on(Sql *sql, gint64 unit, gint64 day, AcademicDay *out, GError **error)
{
	*out = (AcademicDay){0};
	g_autoptr(SqlStatement) row = sql_query(sql, error, nearest, "ii", unit, day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW)
		*out = (AcademicDay){sql_int(row, 1) == 0, g_strdup(sql_text(row, 0)),
							 g_strdup(sql_text(row, 2))};
	return step != SQL_FAILED;
}

void academic_day_clear(AcademicDay *day)
{
	g_clear_pointer(&day->name, g_free);
	g_clear_pointer(&day->source, g_free);
}

gboolean academic_is_teacher(Sql *sql, PersonId person, gint64 day, gboolean *teacher,
							 GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM person_position p WHERE p.person=$1 AND p.kind='guru'"
					 " AND" NOW_ON("p", "$2"),
					 "ii", person, day))
		return FALSE;
	*teacher = n > 0;
	return TRUE;
}

gboolean academic_closed_days(Sql *sql, gint64 from_day, gint64 to_day, GArray **days,
							  GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT DISTINCT a.valid_from_day FROM academic_day a WHERE a.works=0"
				  " AND a.valid_from_day>=$1 AND a.valid_from_day<$2 AND" AS_KNOWN_NOW(
					  "a") "ORDER BY a.valid_from_day",
				  "ii", from_day, to_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 day = sql_int(rows, 0);
		g_array_append_val(found, day);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*days = g_steal_pointer(&found);
	return TRUE;
}

gboolean academic_mark_person(Sql *sql, PersonId person, gint64 today, GError **error)
{
	g_autoptr(GArray) days = NULL;
	if (!academic_closed_days(sql, DAY_ALWAYS, today + 1, &days, error))
		return FALSE;
	/* One span, as all marks of a person. */
	return days->len == 0 ||
		   mark_days(sql, person, g_array_index(days, gint64, 0),
					 g_array_index(days, gint64, days->len - 1) + 1, today, "academic", error);
}

gboolean academic_mark_everybody(Sql *sql, gint64 today, GError **error)
{
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(PersonId));
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT DISTINCT person FROM person_position WHERE kind='guru'", "");
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(people, person);
	}
	if (step != SQL_DONE)
		return FALSE;
	for (guint i = 0; i < people->len; i++)
		if (!academic_mark_person(sql, g_array_index(people, PersonId, i), today, error))
			return FALSE;
	return TRUE;
}

gboolean academic_mark(Sql *sql, PersonId person, gint64 today, GError **error)
{
	gint64 n = 0;
	return sql_get_int(sql, &n, 0, error,
					   "SELECT count(*) FROM person_position WHERE person=$1 AND kind='guru'", "i",
					   person) &&
		   (n == 0 || academic_mark_person(sql, person, today, error));
}
