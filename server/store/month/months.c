#include "server/store/month/months.h"

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/people/assignments.h"
#include "server/store/people/units.h"
#include "server/store/read.h"

#define DEPTH_MAX "50"

/* ── Which month a day belongs to ── */

/* The highest unit above it that is not the province; who serves there is in the province's own. */
/* clang-format off */
static const char month_unit_of[] =
	"WITH RECURSIVE chain(unit, parent, province, depth) AS ("
	" SELECT f.unit, f.parent, CASE WHEN f.kind='provinsi' THEN 1 ELSE 0 END, 0 FROM unit_fact f"
	"  WHERE f.unit=$1 AND" NOW_ON("f", "$2")
	" UNION ALL SELECT f.unit, f.parent, CASE WHEN f.kind='provinsi' THEN 1 ELSE 0 END, chain.depth+1"
	"  FROM chain JOIN unit_fact f ON f.unit=chain.parent WHERE chain.depth<" DEPTH_MAX
	"  AND" NOW_ON("f", "$2") ")"
	" SELECT unit FROM chain WHERE province=0 OR depth=0 ORDER BY depth DESC LIMIT 1";
/* clang-format on */

gboolean months_unit_of(Sql *sql, gint64 unit, gint64 day, gint64 *month_unit, GError **error)
{
	return sql_get_int(sql, month_unit, 0, error, month_unit_of, "ii", unit, day);
}

gboolean months_state(Sql *sql, gint64 unit, gint64 month_day, MonthState *state, GError **error)
{
	gint64 value = MONTH_OPEN;
	if (!sql_get_int(sql, &value, MONTH_OPEN, error,
					 "SELECT state FROM unit_month WHERE unit=$1 AND month_day=$2", "ii", unit,
					 month_day))
		return FALSE;
	*state = (MonthState)value;
	return TRUE;
}

/* In which locked month the day is; 0: in none. */
static gboolean locked_in(Sql *sql, PersonId person, gint64 day, gint64 *unit, GError **error)
{
	gint64 month_day = month_start(day);
	SqlStep step = SQL_FAILED;
	*unit = 0;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, "SELECT unit, days FROM month_person WHERE person=$1 AND month_day=$2", "ii",
		person, month_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		if ((sql_int(rows, 1) >> (day - month_day) & 1) != 0)
			*unit = sql_int(rows, 0);
	return step == SQL_DONE;
}

gboolean months_state_of_day(Sql *sql, PersonId person, gint64 day, MonthState *state, gint64 *unit,
							 GError **error)
{
	gint64 month_unit = 0;
	Assignment assignment;
	*state = MONTH_OPEN;
	if (!locked_in(sql, person, day, &month_unit, error))
		return FALSE;
	if (month_unit == 0 && (!assignments_on(sql, person, day, &assignment, error) ||
							!months_unit_of(sql, assignment.unit, day, &month_unit, error)))
		return FALSE;
	if (unit != NULL)
		*unit = month_unit;
	return month_unit == 0 || months_state(sql, month_unit, month_start(day), state, error);
}

gboolean months_locked_range(Sql *sql, gint64 *from_day, gint64 *to_day, GError **error)
{
	SqlStep step = SQL_FAILED;
	*from_day = *to_day = 0;
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT min(month_day), max(month_day) FROM unit_month WHERE state>=3", "");
	if (row != NULL && (step = sql_next(row, error)) == SQL_ROW && !sql_is_null(row, 0)) {
		*from_day = sql_int(row, 0);
		*to_day = month_after(sql_int(row, 1), 1);
	}
	return step != SQL_FAILED;
}

gboolean months_take_turn(Sql *sql, gboolean locks, GError **error)
{
	g_assert(sql_in_transaction(sql));
	return sql_run(sql, error, "UPDATE month_turn SET n=n+$1 WHERE id=1", "i", (gint64)locks);
}

gboolean months_next_open(Sql *sql, gint64 unit, gint64 month_day, gint64 *next, GError **error)
{
	MonthState state = MONTH_SUBMITTED;
	*next = month_day;
	while (state != MONTH_OPEN) {
		*next = month_after(*next, 1);
		if (!months_state(sql, unit, *next, &state, error))
			return FALSE;
	}
	return TRUE;
}

/* ── Steps ── */

void month_step_row_free(MonthStepRow *row)
{
	if (row == NULL)
		return;
	g_free(row->by);
	g_free(row->name);
	g_free(row->reason);
	g_free(row);
}

static MonthStepRow *read_step(SqlStatement *row)
{
	MonthStepRow *out = g_new0(MonthStepRow, 1);
	out->n = sql_int(row, 0);
	month_step_parse(sql_text(row, 1), &out->step);
	out->account = sql_int(row, 2);
	out->person = sql_int(row, 3);
	out->by = g_strdup(sql_text(row, 4));
	out->name = g_strdup(sql_text(row, 5));
	out->reason = g_strdup(sql_text(row, 6));
	out->at_ms = sql_int(row, 7);
	out->deadline_day = sql_int(row, 8);
	out->n_hindrances = sql_int(row, 9);
	out->n_people = sql_int(row, 10);
	out->n_days = sql_int(row, 11);
	out->n_differences = sql_int(row, 12);
	read_fixed(row, 13, out->hash, sizeof out->hash);
	out->audit_seq = sql_int(row, 14);
	read_fixed(row, 15, out->audit_hash, sizeof out->audit_hash);
	return out;
}

/* clang-format off */
/* The name as known last. */
static const char steps_of[] =
	"SELECT s.n, s.step, s.account, s.person, c.name, n.name, s.reason, s.at_ms, s.deadline_day,"
	" s.n_hindrances, s.n_people, s.n_days, s.n_differences, s.hash, s.audit_seq, s.audit_hash"
	" FROM unit_month_step s JOIN account c ON c.id=s.account"
	" LEFT JOIN person_name n ON n.person=s.person AND" AS_KNOWN_NOW("n")
	" AND n.valid_to_day=9999999"
	" WHERE s.unit=$1 AND s.month_day=$2 ORDER BY s.n";
/* clang-format on */

GPtrArray *months_steps(Sql *sql, gint64 unit, gint64 month_day, GError **error)
{
	g_autoptr(GPtrArray) steps =
		g_ptr_array_new_with_free_func((GDestroyNotify)month_step_row_free);
	g_autoptr(SqlStatement) rows = sql_query(sql, error, steps_of, "ii", unit, month_day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(steps, read_step(rows));
	return step == SQL_DONE ? g_steal_pointer(&steps) : NULL;
}

gboolean months_move(Sql *sql, gint64 unit, gint64 month_day, gint64 n_steps, MonthState next,
					 const MonthStepRow *row, gboolean *done, GError **error)
{
	g_assert(sql_in_transaction(sql));
	gint64 n = n_steps == 0
				   ? sql_change(sql, error,
								"INSERT INTO unit_month (unit, month_day, state, n_steps)"
								" VALUES ($1,$2,$3,1) ON CONFLICT (unit, month_day) DO NOTHING",
								"iii", unit, month_day, (gint64)next)
				   : sql_change(sql, error,
								"UPDATE unit_month SET state=$3, n_steps=n_steps+1"
								" WHERE unit=$1 AND month_day=$2 AND n_steps=$4",
								"iiii", unit, month_day, (gint64)next, n_steps);
	*done = n == 1;
	return n >= 0 &&
		   (n == 0 ||
			sql_run(sql, error,
					"INSERT INTO unit_month_step (unit, month_day, n, step, account, person,"
					" at_ms, reason, deadline_day, n_hindrances, n_people, n_days,"
					" n_differences, hash, audit_seq, audit_hash)"
					" VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
					"iiitiiitiiiiibib", unit, month_day, n_steps + 1, month_step_text(row->step),
					row->account, row->person, row->at_ms, row->reason, row->deadline_day,
					row->n_hindrances, row->n_people, row->n_days, row->n_differences, row->hash,
					(gsize)MONTH_HASH_SIZE, row->audit_seq, row->audit_hash,
					(gsize)MONTH_HASH_SIZE));
}

/* ── All units' months ── */

void month_row_free(MonthRow *row)
{
	if (row == NULL)
		return;
	g_free(row->code);
	g_free(row->name);
	g_free(row);
}

static MonthRow *read_row(SqlStatement *row)
{
	MonthRow *out = g_new0(MonthRow, 1);
	out->unit = sql_int(row, 0);
	out->code = g_strdup(sql_text(row, 1));
	out->name = g_strdup(sql_text(row, 2));
	out->state = (MonthState)sql_int(row, 3);
	out->n_steps = sql_int(row, 4);
	out->n_people = sql_int(row, 5);
	out->n_days = sql_int(row, 6);
	out->last_ms = sql_int(row, 7);
	read_fixed(row, 8, out->hash, sizeof out->hash);
	out->submitted_ms = sql_int(row, 9);
	out->n_differences = sql_int(row, 10);
	return out;
}

/* clang-format off */
/* $1 unit (0: all), $2 the month, $3 its last day.  A unit that existed on any of its days, or has a month. */
static const char all_months[] =
	"WITH RECURSIVE"
	/* The units that hand in: a root, or right below the province. */
	" tops(unit) AS (SELECT f.unit FROM unit_fact f LEFT JOIN unit_fact p ON p.unit=f.parent"
	"   AND p.recorded_to_ms IS NULL AND p.valid_from_day<=$3 AND p.valid_to_day>$2"
	"  WHERE f.valid_from_day<=$3 AND f.valid_to_day>$2 AND" AS_KNOWN_NOW("f")
	"   AND (f.parent IS NULL OR p.kind='provinsi')"
	"  UNION SELECT m.unit FROM unit_month m WHERE m.month_day=$2),"
	" above(unit, parent) AS (SELECT f.unit, f.parent FROM unit_fact f WHERE f.unit=$1 AND" NOW_ON("f", "$3")
	"  UNION SELECT f.unit, f.parent FROM above JOIN unit_fact f ON f.unit=above.parent AND" NOW_ON("f", "$3") "),"
	" below(unit) AS (SELECT $1 UNION SELECT f.unit FROM below JOIN unit_fact f ON f.parent=below.unit"
	"  WHERE" NOW_ON("f", "$3") ")"
	" SELECT u.id, u.code, coalesce(f.name,u.code), coalesce(m.state,0), coalesce(m.n_steps,0),"
	"  coalesce(s.n_people,0), coalesce(s.n_days,0), coalesce(s.at_ms,0), s.hash,"
	"  coalesce((SELECT max(t.at_ms) FROM unit_month_step t WHERE t.unit=u.id AND t.month_day=$2"
	"   AND t.step='submit' AND t.n>coalesce((SELECT max(o.n) FROM unit_month_step o WHERE o.unit=u.id"
	"    AND o.month_day=$2 AND o.step='reopen'),0)),0),"
	"  (SELECT count(*) FROM month_difference d WHERE d.unit=u.id AND d.month_day=$2)"
	" FROM tops JOIN unit u ON u.id=tops.unit"
	" LEFT JOIN unit_fact f ON f.unit=u.id AND" NOW_ON("f", "$3")
	" LEFT JOIN unit_month m ON m.unit=u.id AND m.month_day=$2"
	" LEFT JOIN unit_month_step s ON s.unit=u.id AND s.month_day=$2 AND s.n=m.n_steps"
	" WHERE $1=0 OR u.id IN (SELECT unit FROM above) OR u.id IN (SELECT unit FROM below)"
	" ORDER BY 3, 2";
/* clang-format on */

GPtrArray *months_list(Sql *sql, gint64 unit, gint64 month_day, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)month_row_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, all_months, "iii", unit, month_day, month_after(month_day, 1) - 1);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(list, read_row(rows));
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}
