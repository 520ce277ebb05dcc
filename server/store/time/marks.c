#include "server/store/time/marks.h"

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/people/units.h"
#include "server/store/terminals/places.h"

/* A person's days are one span: it grows to hold what is marked while it waits. */
#define UPSERT                                                                                     \
	" ON CONFLICT (person) DO UPDATE SET cause=excluded.cause, turn=excluded.turn,"                \
	" from_day=CASE WHEN excluded.from_day<person_mark.from_day THEN excluded.from_day"            \
	"  ELSE person_mark.from_day END,"                                                             \
	" to_day=CASE WHEN excluded.to_day>person_mark.to_day THEN excluded.to_day"                    \
	"  ELSE person_mark.to_day END,"                                                               \
	" generation=person_mark.generation+1"
#define INSERT "INSERT INTO person_mark (person, from_day, to_day, cause, turn, generation) "
#define TURN " (SELECT coalesce(max(turn),0)+1 FROM person_mark) "

gboolean marks_first_day(Sql *sql, gint64 *day, GError **error)
{
	gint64 start = 0, judged = 0;
	if (!units_first_start(sql, &start, error) ||
		!sql_get_int(sql, &judged, DAY_OPEN, error, "SELECT min(from_day) FROM verdict_span", ""))
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

gboolean mark_day(Sql *sql, PersonId person, gint64 day, const char *cause, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO day_mark (person, day, cause, priority, generation)"
				   " VALUES ($1,$2,$3,1,1) ON CONFLICT (person, day) DO UPDATE SET"
				   " cause=excluded.cause, generation=day_mark.generation+1",
				   "iit", person, day, cause);
}

/* ── A teacher's other school holidays ── */

/* School holidays take from a teacher's balance in their order, after the own leaves of the whole year: what
 * makes one day a working day, also one to come, may change others from the first of its year on. */
typedef struct {
	gint64 from_day, to_day; /* of the school holidays that may change; empty: none */
} Closed;

static gboolean find_closed(Sql *sql, gint64 from_day, gint64 today, Closed *out, GError **error)
{
	int year, month, day_of_month;
	gint64 first = 0, begin = 0;
	*out = (Closed){0};
	if (!marks_first_day(sql, &first, error))
		return FALSE;
	if (first == DAY_OPEN)
		return TRUE;
	calendar_to_date(MAX(from_day, first), &year, &month, &day_of_month);
	calendar_from_date(year, 1, 1, &begin);
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT min(a.valid_from_day), max(a.valid_from_day)+1 FROM academic_day a"
				  " WHERE a.works=0 AND a.valid_from_day>=$1 AND a.valid_from_day<=$2"
				  " AND" AS_KNOWN_NOW("a"),
				  "ii", MAX(begin, first), today);
	SqlStep step = row != NULL ? sql_next(row, error) : SQL_FAILED;
	if (step == SQL_ROW && !sql_is_null(row, 0))
		*out = (Closed){sql_int(row, 0), sql_int(row, 1)};
	return step != SQL_FAILED;
}

/* clang-format off */
#define TEACHERS "(SELECT DISTINCT q.person FROM person_position q WHERE q.kind='guru' AND" \
	AS_KNOWN_NOW("q") ")"
/* $1 from, $2 to: of the change; $3 cause, $4 unit (0: all), $5 from, $6 to: of the school holidays. */
static const char teachers[] =
	"WITH RECURSIVE tree(unit) AS (SELECT $4 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit"
	" WHERE f.valid_from_day<$2 AND f.valid_to_day>$1 AND" AS_KNOWN_NOW("f") ") "
	INSERT "SELECT t.person, $5, $6, $3," TURN ", 1 FROM " TEACHERS " AS t"
	" WHERE ($4=0 OR EXISTS (SELECT 1 FROM assignment a WHERE a.person=t.person"
	"  AND a.unit IN (SELECT unit FROM tree) AND a.valid_from_day<=$2 AND a.valid_to_day>=$1"
	"  AND" AS_KNOWN_NOW("a") "))"
	/* Days that count in the account: school holidays, cuti bersama (also what was one), own leave. */
	" AND (EXISTS (SELECT 1 FROM academic_day d WHERE d.valid_from_day>=$1 AND d.valid_from_day<$2)"
	" OR EXISTS (SELECT 1 FROM holiday h WHERE h.kind='cuti_bersama' AND h.valid_from_day>=$1"
	"  AND h.valid_from_day<$2)"
	" OR EXISTS (SELECT 1 FROM leave_case c JOIN leave_span s ON s.leave_case=c.id AND"
	AS_KNOWN_NOW("s") "AND s.valid_from_day<$2 AND s.valid_to_day>$1"
	"  WHERE c.person=t.person AND c.code='CT'))" UPSERT;
/* clang-format on */

static gboolean mark_teachers(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 today,
							  const char *cause, GError **error)
{
	Closed closed;
	if (!find_closed(sql, from_day, today, &closed, error))
		return FALSE;
	return closed.from_day == closed.to_day ||
		   sql_run(sql, error, teachers, "iitiii", from_day, to_day, cause, unit, closed.from_day,
				   closed.to_day);
}

/* The span grows to hold them. */
static gboolean widen(Sql *sql, PersonId person, gint64 *from_day, gint64 *to_day, gint64 today,
					  GError **error)
{
	Closed closed;
	gint64 n = 0;
	if (!find_closed(sql, *from_day, today, &closed, error))
		return FALSE;
	if (closed.from_day == closed.to_day)
		return TRUE;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM person_position q WHERE q.person=$1 AND q.kind='guru'"
					 " AND" AS_KNOWN_NOW("q"),
					 "i", person))
		return FALSE;
	if (n == 0)
		return TRUE;
	*from_day = MIN(*from_day, closed.from_day);
	*to_day = MAX(*to_day, closed.to_day);
	return TRUE;
}

/* ── Spans ── */

static gboolean mark_span(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, gint64 today,
						  const char *cause, GError **error)
{
	gboolean any = FALSE;
	if (!clip(sql, &from_day, &to_day, today, &any, error))
		return FALSE;
	return !any || sql_run(sql, error, INSERT "VALUES ($1,$2,$3,$4," TURN ",1)" UPSERT, "iiit",
						   person, from_day, to_day, cause);
}

gboolean mark_days(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error)
{
	return widen(sql, person, &from_day, &to_day, today, error) &&
		   mark_span(sql, person, from_day, to_day, today, cause, error);
}

/* clang-format off */
/* Who is assigned on one of the days of [$1, $2); only those days. */
#define ASSIGNED \
	"SELECT a.person, min(CASE WHEN a.valid_from_day>$1 THEN a.valid_from_day ELSE $1 END)," \
	" max(CASE WHEN a.valid_to_day<$2 THEN a.valid_to_day ELSE $2 END), $3," TURN ", 1"

static const char everybody[] =
	INSERT ASSIGNED " FROM assignment a WHERE a.valid_from_day<$2 AND a.valid_to_day>$1 AND"
	AS_KNOWN_NOW("a") "GROUP BY a.person" UPSERT;

/* Who served there the day before or after is touched too: windows meet at midnight.  And who serves there
 * besides, for the unit's places. */
static const char of_unit[] =
	"WITH RECURSIVE tree(unit) AS (SELECT $4 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit"
	" WHERE f.valid_from_day<$2 AND f.valid_to_day>$1 AND" AS_KNOWN_NOW("f") ") "
	INSERT "SELECT a.person, min(CASE WHEN a.valid_from_day-1>$1 THEN a.valid_from_day-1 ELSE $1 END),"
	" max(CASE WHEN a.valid_to_day+1<$2 THEN a.valid_to_day+1 ELSE $2 END), $3," TURN ", 1"
	" FROM (SELECT s.person, s.unit, s.valid_from_day, s.valid_to_day FROM assignment s"
	"  WHERE s.valid_from_day<=$2 AND s.valid_to_day>=$1 AND s.unit IN (SELECT unit FROM tree)"
	"  AND" AS_KNOWN_NOW("s")
	" UNION ALL SELECT s.person, s.unit, s.valid_from_day, s.valid_to_day FROM secondary_assignment s"
	"  WHERE s.valid_from_day<=$2 AND s.valid_to_day>=$1 AND s.unit IN (SELECT unit FROM tree)"
	"  AND" AS_KNOWN_NOW("s") ") AS a WHERE true GROUP BY a.person" UPSERT;
/* clang-format on */

gboolean mark_unit(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 today,
				   const char *cause, GError **error)
{
	gboolean any = FALSE;
	if (!mark_teachers(sql, unit, from_day, to_day, today, cause, error) ||
		!clip(sql, &from_day, &to_day, today, &any, error))
		return FALSE;
	if (!any)
		return TRUE;
	if (unit == 0)
		return sql_run(sql, error, everybody, "iit", from_day, to_day, cause);
	return sql_run(sql, error, of_unit, "iiti", from_day, to_day, cause, unit);
}

/* Who punched at place $4 on such a day; a local day lies within 14 hours of the UTC day. */
#define PUNCHED                                                                                    \
	"v.person IN (SELECT q.person FROM punch q WHERE q.place=$4"                                   \
	" AND q.at_ms>=$1*86400000-50400000 AND q.at_ms<$2*86400000+50400000)"                         \
	" AND EXISTS (SELECT 1 FROM punch p WHERE p.person=v.person AND p.place=$4"                    \
	" AND p.at_ms>=v.day*86400000-50400000 AND p.at_ms<(v.day+1)*86400000+50400000) "

#define VERDICTS                                                                                   \
	INSERT "SELECT v.person, min(v.day), max(v.day)+1, $3," TURN ", 1 FROM verdict v WHERE "
#define BY_PERSON "GROUP BY v.person" UPSERT

/* What more coverage can change: days that wait, and of a running one a slot that may lack data. */
#define OPEN "(v.state='waiting' OR (v.state='running' AND ' '||v.codes||' ' LIKE '% BL %')) "

static const char visitors[] = VERDICTS "v.day>=$1 AND v.day<$2 AND " PUNCHED BY_PERSON;
static const char waiting_visitors[] =
	VERDICTS "v.day>=$1 AND v.day<$2 AND " OPEN "AND " PUNCHED BY_PERSON;
static const char waiting_person[] =
	VERDICTS "v.person=$4 AND v.day>=$1 AND v.day<$2 AND " OPEN BY_PERSON;

typedef enum { WAITING_DAYS, ALL_DAYS } Which;

static gboolean mark_here(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
						  const char *cause, Which which, GError **error)
{
	gboolean any = FALSE, waiting = which == WAITING_DAYS;
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
					: mark_span(sql, person.person, first, end, today, cause, error);
		if (!marked)
			return FALSE;
	}
	return sql_run(sql, error, waiting ? waiting_visitors : visitors, "iiti", from_day, to_day,
				   cause, place);
}

gboolean mark_place(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
					const char *cause, GError **error)
{
	return mark_here(sql, place, from_day, to_day, today, cause, ALL_DAYS, error);
}

gboolean mark_place_hours(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
						  const char *cause, GError **error)
{
	PlacePerson person;
	SqlStep step = SQL_FAILED;
	g_autoptr(PlacePersonCursor) people =
		places_people_between(sql, place, from_day, to_day, error);
	while (people != NULL && (step = places_people_next(people, &person, error)) == SQL_ROW)
		if (!mark_days(sql, person.person, MAX(from_day, person.from_day),
					   MIN(to_day, person.to_day), today, cause, error))
			return FALSE;
	return step == SQL_DONE && mark_place(sql, place, from_day, to_day, today, cause, error);
}

gboolean mark_place_waiting(Sql *sql, gint64 place, gint64 from_day, gint64 to_day, gint64 today,
							const char *cause, GError **error)
{
	return mark_here(sql, place, from_day, to_day, today, cause, WAITING_DAYS, error);
}

gboolean mark_punch(Sql *sql, PersonId person, gint64 at_ms, gint64 utc_offset_min, GError **error)
{
	gint64 day = calendar_day(at_ms, utc_offset_min);
	return mark_day(sql, person, day, "punch", error) &&
		   mark_day(sql, person, day - 1, "punch", error);
}

/* $4 after, $5 how many. */
/* clang-format off */
static const char some_people[] =
	INSERT ASSIGNED " FROM (SELECT DISTINCT a.person FROM assignment a WHERE a.person>$4 AND"
	AS_KNOWN_NOW("a") "ORDER BY a.person LIMIT $5) AS people JOIN assignment a ON a.person=people.person"
	" WHERE a.valid_from_day<$2 AND a.valid_to_day>$1 AND" AS_KNOWN_NOW("a")
	"GROUP BY a.person" UPSERT;

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

/* ── For judge ── */

gboolean marks_count(Sql *sql, gint64 *count, GError **error)
{
	return sql_get_int(sql, count, 0, error,
					   "SELECT (SELECT count(*) FROM day_mark)"
					   " + (SELECT coalesce(sum(to_day-from_day),0) FROM person_mark)",
					   "");
}

gboolean marks_any(Sql *sql, gboolean *any, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT (SELECT count(*) FROM (SELECT 1 FROM day_mark LIMIT 1) AS one)"
					 " + (SELECT count(*) FROM (SELECT 1 FROM person_mark LIMIT 1) AS other)",
					 ""))
		return FALSE;
	*any = n > 0;
	return TRUE;
}

gboolean marks_hold(Sql *sql, PersonId person, gint64 day, gboolean *marked, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT (SELECT count(*) FROM day_mark WHERE person=$1 AND day=$2)"
					 " + (SELECT count(*) FROM person_mark WHERE person=$1 AND from_day<=$2"
					 " AND to_day>$2)",
					 "ii", person, day))
		return FALSE;
	*marked = n > 0;
	return TRUE;
}

static gboolean take(SqlStatement *rows, GArray **marks, GError **error)
{
	g_autoptr(SqlStatement) owned = rows;
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Mark));
	if (owned == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(owned, error)) == SQL_ROW) {
		Mark mark = {sql_int(owned, 0), sql_int(owned, 1), sql_int(owned, 2), sql_int(owned, 3)};
		g_array_append_val(found, mark);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*marks = g_steal_pointer(&found);
	return TRUE;
}

gboolean marks_take_urgent(Sql *sql, gsize n_max, GArray **marks, GError **error)
{
	return take(sql_query(sql, error,
						  "SELECT person, day, day+1, generation FROM day_mark"
						  " ORDER BY priority DESC, day DESC, person LIMIT $1",
						  "i", (gint64)n_max),
				marks, error);
}

gboolean marks_take_spans(Sql *sql, gsize n_max, GArray **marks, GError **error)
{
	return take(sql_query(sql, error,
						  "SELECT person, from_day, to_day, generation FROM person_mark"
						  " ORDER BY turn DESC, person LIMIT $1",
						  "i", (gint64)n_max),
				marks, error);
}

gboolean marks_clear_urgent(Sql *sql, const Mark *mark, GError **error)
{
	return sql_run(sql, error, "DELETE FROM day_mark WHERE person=$1 AND day=$2 AND generation=$3",
				   "iii", mark->person, mark->from_day, mark->generation);
}

gboolean marks_clear_span(Sql *sql, const Mark *mark, GError **error)
{
	return sql_run(sql, error, "DELETE FROM person_mark WHERE person=$1 AND generation=$2", "ii",
				   mark->person, mark->generation);
}
