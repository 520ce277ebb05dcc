#include "server/store/time/marks.h"

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/terminals/places.h"

#define UPSERT                                                                                     \
	" ON CONFLICT (person, day) DO UPDATE SET cause=excluded.cause,"                               \
	" priority=CASE WHEN excluded.priority>day_mark.priority THEN excluded.priority"               \
	"  ELSE day_mark.priority END,"                                                                \
	" generation=day_mark.generation+1"
#define INSERT "INSERT INTO day_mark (person, day, cause, priority, generation) "
/* Every day of [$1, $2). */
#define DAYS "days(day) AS (SELECT $1 UNION ALL SELECT day+1 FROM days WHERE day+1<$2)"

gboolean marks_first_day(Sql *sql, gint64 *day, GError **error)
{
	gint64 start = 0, judged = 0;
	if (!sql_get_int(sql, &start, DAY_OPEN, error,
					 "SELECT min(start_day) FROM unit_start WHERE recorded_to_ms IS NULL", "") ||
		!sql_get_int(sql, &judged, DAY_OPEN, error, "SELECT min(day) FROM verdict", ""))
		return FALSE;
	*day = MIN(start, judged);
	return TRUE;
}

/* The days that have begun, from the first on which anybody is or was judged. FALSE in `any`: none. */
static gboolean clip(Sql *sql, gint64 *from_day, gint64 *to_day, gint64 today, gboolean *any,
					 GError **error)
{
	gint64 first = 0;
	if (!marks_first_day(sql, &first, error))
		return FALSE;
	*from_day = MAX(*from_day, first);
	*to_day = MIN(*to_day, today + 1);
	*any = *from_day < *to_day;
	return TRUE;
}

static gboolean mark_one(Sql *sql, PersonId person, gint64 day, const char *cause, gint64 priority,
						 GError **error)
{
	return sql_run(sql, error, INSERT "VALUES ($1,$2,$3,$4,1)" UPSERT, "iiti", person, day, cause,
				   priority);
}

gboolean mark_day(Sql *sql, PersonId person, gint64 day, const char *cause, GError **error)
{
	return mark_one(sql, person, day, cause, 1, error);
}

gboolean mark_days(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error)
{
	gboolean any = FALSE;
	if (!clip(sql, &from_day, &to_day, today, &any, error))
		return FALSE;
	return !any || sql_run(sql, error,
						   "WITH RECURSIVE " DAYS INSERT
						   "SELECT $3, day, $4, 0, 1 FROM days WHERE day<$2" UPSERT,
						   "iiit", from_day, to_day, person, cause);
}

/* clang-format off */
static const char everybody[] =
	"WITH RECURSIVE " DAYS INSERT "SELECT DISTINCT a.person, days.day, $3, 0, 1 FROM days"
	" JOIN assignment a ON" NOW_ON("a", "days.day") "WHERE days.day<$2" UPSERT;

/* Who served there the day before or after is touched too: windows meet at midnight. */
static const char of_unit[] =
	"WITH RECURSIVE " DAYS ", tree(unit) AS (SELECT $4 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit"
	" WHERE f.valid_from_day<$2 AND f.valid_to_day>$1 AND" AS_KNOWN_NOW("f") ") "
	INSERT "SELECT DISTINCT a.person, days.day, $3, 0, 1 FROM assignment a"
	" JOIN days ON a.valid_from_day<=days.day+1 AND a.valid_to_day>days.day-1"
	" WHERE a.unit IN (SELECT unit FROM tree) AND" AS_KNOWN_NOW("a") UPSERT;
/* clang-format on */

gboolean mark_unit(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error)
{
	gboolean any = FALSE;
	if (!clip(sql, &from_day, &to_day, today, &any, error))
		return FALSE;
	if (!any)
		return TRUE;
	if (unit == 0)
		return sql_run(sql, error, everybody, "iit", from_day, to_day, cause);
	return sql_run(sql, error, of_unit, "iiti", from_day, to_day, cause, unit);
}

/* Who punched at place $4 on such a day; a local day lies within 14 hours of the UTC day. */
#define PUNCHED                                                                                    \
	"EXISTS (SELECT 1 FROM punch p WHERE p.person=v.person AND p.place=$4"                         \
	" AND p.at_ms>=v.day*86400000-50400000 AND p.at_ms<(v.day+1)*86400000+50400000)"

static const char visitors[] = INSERT "SELECT v.person, v.day, $3, 0, 1 FROM verdict v"
									  " WHERE v.day>=$1 AND v.day<$2 AND " PUNCHED UPSERT;
static const char waiting_visitors[] =
	INSERT "SELECT v.person, v.day, $3, 0, 1 FROM verdict v"
		   " WHERE v.day>=$1 AND v.day<$2 AND v.state='waiting' AND " PUNCHED UPSERT;
static const char waiting_person[] =
	INSERT "SELECT v.person, v.day, $3, 0, 1 FROM verdict v"
		   " WHERE v.person=$4 AND v.day>=$1 AND v.day<$2 AND v.state='waiting'" UPSERT;

static gboolean mark_here(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
						  const char *cause, gboolean waiting, GError **error)
{
	gboolean any = FALSE;
	if (!clip(sql, &from_day, &to_day, today, &any, error))
		return FALSE;
	if (!any)
		return TRUE;
	g_autoptr(PlacePersonCursor) people =
		places_people_between(sql, place, from_day, to_day, error);
	if (people == NULL)
		return FALSE;
	PlacePerson person;
	while (places_people_next(people, &person, error) == SQL_ROW) {
		gint64 first = MAX(from_day, person.from_day), end = MIN(to_day, person.to_day);
		gboolean marked =
			waiting ? sql_run(sql, error, waiting_person, "iiti", first, end, cause, person.person)
					: mark_days(sql, person.person, first, end, today, cause, error);
		if (!marked)
			return FALSE;
	}
	return sql_run(sql, error, waiting ? waiting_visitors : visitors, "iiti", from_day, to_day,
				   cause, place);
}

gboolean mark_place(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
					const char *cause, GError **error)
{
	return mark_here(sql, place, from_day, to_day, today, cause, FALSE, error);
}

gboolean mark_place_waiting(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
							const char *cause, GError **error)
{
	return mark_here(sql, place, from_day, to_day, today, cause, TRUE, error);
}

gboolean mark_punch(Sql *sql, PersonId person, gint64 at_ms, gint64 utc_offset_min, GError **error)
{
	gint64 day = calendar_day(at_ms, utc_offset_min);
	return mark_one(sql, person, day, "punch", 1, error) &&
		   mark_one(sql, person, day - 1, "punch", 1, error);
}

/* $3 cause, $4 after, $5 how many. */
/* clang-format off */
#define PEOPLE \
	"(SELECT DISTINCT a.person FROM assignment a WHERE a.person>$4 AND" AS_KNOWN_NOW("a") \
	" ORDER BY a.person LIMIT $5) AS people"

static const char some_people[] =
	"WITH RECURSIVE " DAYS INSERT "SELECT DISTINCT a.person, days.day, $3, 0, 1 FROM " PEOPLE
	" JOIN assignment a ON a.person=people.person"
	" JOIN days ON" VALID_ON("a", "days.day") "WHERE days.day<$2 AND" AS_KNOWN_NOW("a") UPSERT;

static const char last_of_them[] =
	"SELECT max(person) FROM (SELECT DISTINCT a.person FROM assignment a"
	" WHERE a.person>$1 AND" AS_KNOWN_NOW("a") "ORDER BY a.person LIMIT $2) AS people";
/* clang-format on */

gboolean mark_people(Sql *sql, gint64 from_day, gint64 to_day, PersonId after, gint64 n_max,
					 PersonId *last, GError **error)
{
	return sql_get_int(sql, last, 0, error, last_of_them, "ii", after, n_max) &&
		   (*last == 0 ||
			sql_run(sql, error, some_people, "iitii", from_day, to_day, "day", after, n_max));
}

gboolean marks_count(Sql *sql, gint64 *count, GError **error)
{
	return sql_get_int(sql, count, 0, error, "SELECT count(*) FROM day_mark", "");
}

gboolean marks_take(Sql *sql, gsize n_max, GArray **marks, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Mark));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT person, day, generation, priority FROM day_mark"
				  " ORDER BY priority DESC, day DESC, person LIMIT $1",
				  "i", (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Mark mark = {sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2), sql_int(rows, 3) > 0};
		g_array_append_val(found, mark);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*marks = g_steal_pointer(&found);
	return TRUE;
}

gboolean marks_clear(Sql *sql, const Mark *mark, GError **error)
{
	return sql_run(sql, error, "DELETE FROM day_mark WHERE person=$1 AND day=$2 AND generation=$3",
				   "iii", mark->person, mark->day, mark->generation);
}
