#include "server/store/people/assignments.h"

#include "server/store/time/marks.h"
#include "server/store/people/units.h"

static const HistoryTable table = HISTORY_TABLE("assignment", "person", "person=$3",
												"unit, duty_place, source", "iit", "$4,$5,$6,$7");

static gboolean mark_changed(Sql *sql, PersonId person, const Change *change, gboolean new,
							 gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	/* A day more on both sides: the windows of neighbouring days shape each other. */
	return !new || mark_days(sql, person, change->from_day - 1, change->to_day + 1, change->today,
							 "assignment", error);
}

gboolean assignments_set(Sql *sql, PersonId person, gint64 unit, gint64 duty_place,
						 const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = unit},
							 {.integer = duty_place, .is_null = duty_place == 0},
							 {.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &table, &person, 1, values, change, &new, error) &&
		   mark_changed(sql, person, change, new, changed, error);
}

gboolean assignments_end(Sql *sql, PersonId person, const Change *change, gboolean *changed,
						 GError **error)
{
	gboolean new = FALSE;
	return history_clear(sql, &table, &person, 1, change, &new, error) &&
		   mark_changed(sql, person, change, new, changed, error);
}

#define COLUMNS "SELECT a.unit, coalesce(a.duty_place,0), a.valid_from_day, a.valid_to_day"

static void read_assignment(SqlStatement *row, Assignment *out)
{
	out->unit = sql_int(row, 0);
	out->duty_place = sql_int(row, 1);
	out->from_day = sql_int(row, 2);
	out->to_day = sql_int(row, 3);
}

static gboolean read_one(SqlStatement *rows, Assignment *out, GError **error)
{
	g_autoptr(SqlStatement) owned = rows;
	*out = (Assignment){0};
	if (owned == NULL)
		return FALSE;
	SqlStep step = sql_next(owned, error);
	if (step == SQL_ROW)
		read_assignment(owned, out);
	return step != SQL_FAILED;
}

gboolean assignments_on(Sql *sql, PersonId person, gint64 day, Assignment *out, GError **error)
{
	SqlStatement *rows =
		sql_query(sql, error, COLUMNS " FROM assignment a WHERE a.person=$1 AND" NOW_ON("a", "$2"),
				  "ii", person, day);
	return read_one(rows, out, error);
}

gboolean assignments_on_as_known(Sql *sql, PersonId person, gint64 day, gint64 known_ms,
								 Assignment *out, GError **error)
{
	SqlStatement *rows = sql_query(sql, error,
								   COLUMNS " FROM assignment a WHERE a.person=$1 AND" VALID_ON(
									   "a", "$2") "AND" AS_KNOWN_THEN("a", "$3"),
								   "iii", person, day, known_ms);
	return read_one(rows, out, error);
}

gboolean assignments_places(Sql *sql, PersonId person, gint64 day, GArray **places, GError **error)
{
	Assignment assignment;
	if (!assignments_on(sql, person, day, &assignment, error))
		return FALSE;
	if (assignment.unit != 0 && assignment.duty_place == 0)
		return units_places(sql, assignment.unit, day, places, error);
	*places = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (assignment.duty_place != 0)
		g_array_append_val(*places, assignment.duty_place);
	return TRUE;
}

gboolean assignments_between(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							 GArray *assignments, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  COLUMNS " FROM assignment a WHERE a.person=$1 AND a.valid_from_day<$3 AND"
						  " a.valid_to_day>$2 AND" AS_KNOWN_NOW("a") "ORDER BY a.valid_from_day",
				  "iii", person, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Assignment assignment;
		read_assignment(rows, &assignment);
		g_array_append_val(assignments, assignment);
	}
	return step == SQL_DONE;
}

/* clang-format off */
static const char served[] =
	"SELECT a.unit, coalesce(a.duty_place,0), a.valid_from_day, a.valid_to_day, 0 FROM assignment a"
	" WHERE a.person=$1 AND a.valid_from_day<$3 AND a.valid_to_day>$2 AND" AS_KNOWN_NOW("a")
	"UNION ALL SELECT s.unit, coalesce(s.place,0), s.valid_from_day, s.valid_to_day, 1"
	" FROM secondary_assignment s"
	" WHERE s.person=$1 AND s.valid_from_day<$3 AND s.valid_to_day>$2 AND" AS_KNOWN_NOW("s")
	"ORDER BY 3, 1";
/* clang-format on */

gboolean assignments_served(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							GArray *assignments, GArray *secondaries, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows = sql_query(sql, error, served, "iii", person, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Assignment one;
		read_assignment(rows, &one);
		g_array_append_val(sql_int(rows, 4) != 0 ? secondaries : assignments, one);
	}
	return step == SQL_DONE;
}

gboolean assignments_of(Sql *sql, PersonId person, GArray **assignments, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Assignment));
	if (!assignments_between(sql, person, DAY_ALWAYS, DAY_OPEN, found, error))
		return FALSE;
	*assignments = g_steal_pointer(&found);
	return TRUE;
}
