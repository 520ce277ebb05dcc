#include "server/store/time/roster_grid.h"

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/units.h"

#define COPY_DAYS 28

gboolean roster_serves(Sql *sql, gint64 unit, PersonId person, gint64 day, gboolean *serves,
					   GError **error)
{
	Assignment there;
	gint64 besides = 0;
	*serves = FALSE;
	if (!assignments_on(sql, person, day, &there, error) ||
		!units_within(sql, there.unit, unit, day, serves, error) ||
		!sql_get_int(sql, &besides, 0, error,
					 "SELECT count(*) FROM secondary_assignment s WHERE s.person=$1 AND s.unit=$2"
					 " AND" NOW_ON("s", "$3"),
					 "iii", person, unit, day))
		return FALSE;
	*serves = *serves || besides > 0;
	return TRUE;
}

/* clang-format off */
static const char in_force[] =
	"WITH RECURSIVE tree(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.unit, tree.depth+1 FROM tree JOIN unit_fact f ON f.parent=tree.unit"
	" WHERE tree.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT r.person, coalesce(r.shift,0), coalesce(r.shift2,0), r.on_call,"
	" r.valid_from_day, r.valid_to_day, a.valid_from_day, a.valid_to_day"
	" FROM tree JOIN assignment a ON a.unit=tree.unit JOIN person_roster r ON r.person=a.person"
	" WHERE a.recorded_to_ms IS NULL AND r.recorded_to_ms IS NULL"
	" AND r.valid_from_day<$3 AND r.valid_to_day>$2"
	" AND a.valid_from_day<r.valid_to_day AND a.valid_to_day>r.valid_from_day"
	" ORDER BY r.person, r.valid_from_day, a.valid_from_day";
/* clang-format on */

/* The row's days, each as one of its own. */
static void add_days(SqlStatement *row, gint64 from_day, gint64 to_day, GArray *planned)
{
	gint64 first = MAX(MAX(sql_int(row, 4), sql_int(row, 6)), from_day);
	gint64 end = MIN(MIN(sql_int(row, 5), sql_int(row, 7)), to_day);
	for (gint64 day = first; day < end; day++) {
		PlannedDay one = {.person = sql_int(row, 0),
						  .known = TRUE,
						  .roster = {.day = day,
									 .shifts = {sql_int(row, 1), sql_int(row, 2)},
									 .on_call = sql_int(row, 3) != 0}};
		g_array_append_val(planned, one);
	}
}

static gboolean month_end(gint64 month_day, gint64 *end_day, GError **error)
{
	if (roster_month_end(month_day, end_day))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no month begins on that day");
	return FALSE;
}

gboolean roster_in_force(Sql *sql, gint64 unit, gint64 month_day, GArray **planned, GError **error)
{
	gint64 end_day;
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(PlannedDay));
	if (!month_end(month_day, &end_day, error))
		return FALSE;
	g_autoptr(SqlStatement) rows = sql_query(sql, error, in_force, "iii", unit, month_day, end_day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		add_days(rows, month_day, end_day, found);
	if (step != SQL_DONE)
		return FALSE;
	*planned = g_steal_pointer(&found);
	return TRUE;
}

/* One day of the month before, to each day that takes it. */
static gboolean copy_day(Sql *sql, gint64 unit, const PlannedDay *from, gint64 month_day,
						 gint64 end_day, gint64 *n, GError **error)
{
	for (gint64 day = from->roster.day + COPY_DAYS; day < end_day; day += COPY_DAYS) {
		gboolean serves = FALSE, changed = FALSE;
		RosterDay roster = from->roster;
		roster.day = day;
		roster.source = NULL;
		if (day < month_day)
			continue;
		if (!roster_serves(sql, unit, from->person, day, &serves, error) ||
			(serves && !roster_draft_set(sql, unit, from->person, &roster, &changed, error)))
			return FALSE;
		*n += changed;
	}
	return TRUE;
}

gboolean roster_draft_copy(Sql *sql, gint64 unit, gint64 month_day, gint64 *n, GError **error)
{
	int year, month, day;
	gint64 end_day;
	g_autoptr(GArray) before = NULL;
	calendar_to_date(month_day - 1, &year, &month, &day);
	*n = 0;
	if (!month_end(month_day, &end_day, error) ||
		!roster_in_force(sql, unit, month_day - day, &before, error))
		return FALSE;
	for (guint i = 0; i < before->len; i++) {
		const PlannedDay *one = &g_array_index(before, PlannedDay, i);
		if (one->roster.day >= month_day - COPY_DAYS &&
			!copy_day(sql, unit, one, month_day, end_day, n, error))
			return FALSE;
	}
	return TRUE;
}

static void clear_shift(gpointer data)
{
	RosterShift *shift = data;
	g_free(shift->code);
	g_free(shift->name);
}

gboolean roster_shifts(Sql *sql, GArray **shifts, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(RosterShift));
	g_array_set_clear_func(found, clear_shift);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT id, code, name FROM work_shift ORDER BY code", "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		RosterShift shift = {sql_int(rows, 0), g_strdup(sql_text(rows, 1)),
							 g_strdup(sql_text(rows, 2))};
		g_array_append_val(found, shift);
	}
	if (step != SQL_DONE)
		return FALSE;
	*shifts = g_steal_pointer(&found);
	return TRUE;
}
