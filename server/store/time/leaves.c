#include "server/store/time/leaves.h"

#include <string.h>

#include "server/store/time/academic.h"
#include "server/store/time/marks.h"

static const HistoryTable table = HISTORY_TABLE("leave_span", "leave_case", "leave_case=$3",
												"source, ground, child", "tti", "$4,$5,$6,$7");

static gboolean find_or_add(Sql *sql, const Leave *leave, gint64 *id, GError **error)
{
	if (!sql_get_int(sql, id, 0, error,
					 "SELECT id FROM leave_case WHERE person=$1 AND code=$2 AND letter=$3", "itt",
					 leave->person, leave->code, leave->letter))
		return FALSE;
	if (*id != 0)
		return TRUE;
	return sql_get_int(sql, id, 0, error,
					   "INSERT INTO leave_case (id, person, code, slot, letter)"
					   " SELECT coalesce(max(id),0)+1, $1, $2, $3, $4 FROM leave_case"
					   " RETURNING id",
					   "ittt", leave->person, leave->code, leave->slot, leave->letter);
}

static gboolean get_case(Sql *sql, gint64 id, PersonId *person, char **slot, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT person, slot FROM leave_case WHERE id=$1", "i", id);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		*person = sql_int(row, 0);
		*slot = g_strdup(sql_text(row, 1));
		return TRUE;
	}
	if (step == SQL_DONE)
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no leave %" G_GINT64_FORMAT, id);
	return FALSE;
}

/* Takes away the days outside of the change: the leave is what was decided last. */
static gboolean trim(Sql *sql, gint64 id, PersonId person, const Change *change, gboolean *changed,
					 GError **error)
{
	Change before = *change, after = *change;
	gboolean first = FALSE, last = FALSE;
	before.from_day = DAY_ALWAYS;
	before.to_day = change->from_day;
	after.from_day = change->to_day;
	after.to_day = DAY_OPEN;
	if (before.from_day < before.to_day &&
		!history_clear(sql, &table, &id, 1, &before, &first, error))
		return FALSE;
	if (after.from_day < after.to_day && !history_clear(sql, &table, &id, 1, &after, &last, error))
		return FALSE;
	*changed |= first || last;
	/* It may have held on any of these days: all are judged again. */
	return (!first ||
			mark_days(sql, person, DAY_ALWAYS, change->from_day, change->today, "leave", error)) &&
		   (!last ||
			mark_days(sql, person, change->to_day, DAY_OPEN, change->today, "leave", error));
}

gboolean leaves_set(Sql *sql, const Leave *leave, const Change *change, gint64 *id,
					gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = change->source},
							 {.text = leave->ground},
							 {.integer = leave->child, .is_null = leave->child == 0}};
	gint64 known = leave->id;
	PersonId person = 0;
	g_autofree char *slot = NULL;
	gboolean new = FALSE;
	if (known == 0 && !find_or_add(sql, leave, &known, error))
		return FALSE;
	if (!get_case(sql, known, &person, &slot, error))
		return FALSE;
	if (strcmp(slot, leave->slot) != 0) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "this leave is for '%s', not for '%s'",
					slot, leave->slot);
		return FALSE;
	}
	/* Of two leaves on one day that counts whose days begin first: with the days taken away around it,
	 * what is left may count otherwise. */
	if (!history_set(sql, &table, &known, 1, values, change, &new, error) ||
		!trim(sql, known, person, change, &new, error) ||
		(new &&
		 !mark_days(sql, person, change->from_day, change->to_day, change->today, "leave", error)))
		return FALSE;
	if (id != NULL)
		*id = known;
	if (changed != NULL)
		*changed = new;
	/* A teacher's balance: what is left of it is for school holidays. */
	return !new || academic_mark(sql, person, change->today, error);
}

gboolean leaves_cancel(Sql *sql, gint64 leave, const Change *change, gboolean *changed,
					   GError **error)
{
	PersonId person = 0;
	gint64 end_day = 0;
	g_autofree char *slot = NULL;
	gboolean new = FALSE;
	if (!get_case(sql, leave, &person, &slot, error) ||
		!history_clear(sql, &table, &leave, 1, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	if (!new)
		return TRUE;
	/* What is left behind the gap begins later now, see leaves_set(). */
	return sql_get_int(sql, &end_day, change->to_day, error,
					   "SELECT max(s.valid_to_day) FROM leave_span s WHERE s.leave_case=$1"
					   " AND" AS_KNOWN_NOW("s"),
					   "i", leave) &&
		   mark_days(sql, person, change->from_day, MAX(end_day, change->to_day), change->today,
					 "leave", error) &&
		   academic_mark(sql, person, change->today, error);
}

struct LeaveCursor {
	SqlStatement *rows;
	PersonId person;
};

LeaveCursor *leaves_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							  GError **error)
{
	SqlStatement *rows =
		sql_query(sql, error,
				  "SELECT c.id, c.code, c.slot, c.letter, s.valid_from_day, s.valid_to_day,"
				  " s.ground, coalesce(s.child,0)"
				  " FROM leave_case c JOIN leave_span s ON s.leave_case=c.id"
				  " WHERE c.person=$1 AND s.valid_from_day<$3 AND s.valid_to_day>$2"
				  " AND" AS_KNOWN_NOW("s") "ORDER BY s.valid_from_day, c.id",
				  "iii", person, from_day, to_day);
	if (rows == NULL)
		return NULL;
	LeaveCursor *cursor = g_new0(LeaveCursor, 1);
	cursor->rows = rows;
	cursor->person = person;
	return cursor;
}

SqlStep leaves_next(LeaveCursor *cursor, Leave *leave, gint64 *from_day, gint64 *to_day,
					GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	leave->person = cursor->person;
	leave->id = sql_int(cursor->rows, 0);
	leave->code = sql_text(cursor->rows, 1);
	leave->slot = sql_text(cursor->rows, 2);
	leave->letter = sql_text(cursor->rows, 3);
	*from_day = sql_int(cursor->rows, 4);
	*to_day = sql_int(cursor->rows, 5);
	leave->ground = sql_text(cursor->rows, 6);
	leave->child = sql_int(cursor->rows, 7);
	return SQL_ROW;
}

void leave_cursor_free(LeaveCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}

gboolean leaves_code(Sql *sql, const char *code, char **name, char **slots, gboolean *present,
					 GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT name, slot, present FROM attendance_code WHERE code=$1"
				  " AND category IN ('cuti', 'izin', 'dinas', 'status', 'fleksibel', 'koreksi')"
				  " AND code NOT IN ('UC', 'PH')",
				  "t", code);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (name != NULL)
		*name = step == SQL_ROW ? g_strdup(sql_text(row, 0)) : NULL;
	if (slots != NULL)
		*slots = step == SQL_ROW ? g_strdup(sql_text(row, 1)) : NULL;
	if (present != NULL)
		*present = step == SQL_ROW && sql_int(row, 2) != 0;
	return step != SQL_FAILED;
}
