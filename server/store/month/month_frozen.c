#include "server/store/month/month_frozen.h"

#include <string.h>

#include "server/store/month/month_lines.h"
#include "server/store/month/months.h"
#include "server/store/people/assignments.h"

/* The last difference of a day. */
typedef struct {
	gint64 day, n;
	gint64 old_unit, unit, month_day;
	char *old_line, *new_line; /* NULL: none */
} Last;

struct MonthFrozen {
	Sql *sql;
	PersonId person;
	GArray *days; /* FrozenDay, of locked days */
	GArray *last; /* Last */
};

typedef struct {
	gint64 day, unit; /* unit: of the locked month */
	char *line;       /* as it was locked */
} FrozenDay;

static void clear_last(gpointer data)
{
	Last *last = data;
	g_free(last->old_line);
	g_free(last->new_line);
}

static void clear_day(gpointer data)
{
	g_free(((FrozenDay *)data)->line);
}

void month_frozen_free(MonthFrozen *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->days);
	g_array_unref(self->last);
	g_free(self);
}

static char *line_text(const MonthLine *line)
{
	GString *text = g_string_new(NULL);
	if (line == NULL)
		return g_string_free(text, TRUE);
	month_line_append(text, line);
	return g_string_free(text, FALSE);
}

static gboolean load_days(MonthFrozen *self, gint64 month_day, gint64 from_day, gint64 to_day,
						  GError **error)
{
	const MonthFilter filter = {.month_day = month_day, .person = self->person};
	MonthPersonDay one;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthLineCursor) rows = month_lines_list(self->sql, &filter, error);
	while (rows != NULL && (step = month_lines_next(rows, &one, error)) == SQL_ROW) {
		if (one.line.day < from_day || one.line.day >= to_day)
			continue;
		FrozenDay day = {one.line.day, one.unit, line_text(&one.line)};
		g_array_append_val(self->days, day);
	}
	return step == SQL_DONE;
}

static gboolean load_last(MonthFrozen *self, gint64 from_day, gint64 to_day, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows =
		sql_query(self->sql, error,
				  "SELECT day, n, old_unit, unit, month_day, old_line, new_line"
				  " FROM month_difference d WHERE person=$1 AND day>=$2 AND day<$3 AND n="
				  "(SELECT max(m.n) FROM month_difference m WHERE m.person=$1 AND m.day=d.day)",
				  "iii", self->person, from_day, to_day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Last last = {.day = sql_int(rows, 0),
					 .n = sql_int(rows, 1),
					 .old_unit = sql_int(rows, 2),
					 .unit = sql_int(rows, 3),
					 .month_day = sql_int(rows, 4),
					 .old_line = g_strdup(sql_text(rows, 5)),
					 .new_line = g_strdup(sql_text(rows, 6))};
		g_array_append_val(self->last, last);
	}
	return step == SQL_DONE;
}

MonthFrozen *month_frozen_load(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							   GError **error)
{
	g_autoptr(MonthFrozen) self = g_new0(MonthFrozen, 1);
	self->sql = sql;
	self->person = person;
	self->days = g_array_new(FALSE, FALSE, sizeof(FrozenDay));
	g_array_set_clear_func(self->days, clear_day);
	self->last = g_array_new(FALSE, FALSE, sizeof(Last));
	g_array_set_clear_func(self->last, clear_last);
	for (gint64 month = month_start(from_day); month < to_day; month = month_after(month, 1))
		if (!load_days(self, month, from_day, to_day, error))
			return NULL;
	return load_last(self, from_day, to_day, error) ? g_steal_pointer(&self) : NULL;
}

static const FrozenDay *find_day(const MonthFrozen *self, gint64 day)
{
	for (guint i = 0; i < self->days->len; i++)
		if (g_array_index(self->days, FrozenDay, i).day == day)
			return &g_array_index(self->days, FrozenDay, i);
	return NULL;
}

gboolean month_frozen_was_locked(const MonthFrozen *self, gint64 day)
{
	return find_day(self, day) != NULL;
}

static const Last *find_last(const MonthFrozen *self, gint64 day)
{
	for (guint i = 0; i < self->last->len; i++)
		if (g_array_index(self->last, Last, i).day == day)
			return &g_array_index(self->last, Last, i);
	return NULL;
}

static gboolean is_open(MonthFrozen *self, const Last *last, gboolean *open, GError **error)
{
	MonthState state = MONTH_OPEN;
	*open = FALSE;
	if (last == NULL)
		return TRUE;
	if (!months_state(self->sql, last->unit, last->month_day, &state, error))
		return FALSE;
	*open = state == MONTH_OPEN;
	return TRUE;
}

static gboolean delete_last(MonthFrozen *self, const Last *last, GError **error)
{
	return sql_run(self->sql, error,
				   "DELETE FROM month_difference WHERE person=$1 AND day=$2 AND n=$3", "iii",
				   self->person, last->day, last->n);
}

/* Is the day of a locked month only by what the verdict says now? */
static gboolean locked_by_unit(MonthFrozen *self, gint64 day, gint64 unit, gint64 *month_unit,
							   GError **error)
{
	MonthState state = MONTH_OPEN;
	*month_unit = 0;
	if (unit == 0)
		return TRUE;
	if (!months_unit_of(self->sql, unit, day, month_unit, error) ||
		!months_state(self->sql, *month_unit, month_start(day), &state, error))
		return FALSE;
	if (state < MONTH_LOCKED)
		*month_unit = 0;
	return TRUE;
}

gboolean month_frozen_holds(MonthFrozen *self, gint64 day, gint64 unit, gint64 *month_unit,
							GError **error)
{
	const FrozenDay *frozen = find_day(self, day);
	const Last *last = find_last(self, day);
	gboolean open = FALSE;
	if (frozen != NULL) {
		*month_unit = frozen->unit;
		return TRUE;
	}
	if (!locked_by_unit(self, day, unit, month_unit, error) || !is_open(self, last, &open, error))
		return FALSE;
	if (*month_unit != 0 || last == NULL)
		return TRUE;
	/* Once a line of it was handed in, only another line can take that back. */
	if (last->n > 1 || !open)
		*month_unit = last->old_unit;
	return TRUE;
}

gboolean month_frozen_release(MonthFrozen *self, gint64 day, GError **error)
{
	const Last *last = find_last(self, day);
	return last == NULL || delete_last(self, last, error);
}

/* The month in which the person's pay is settled next. */
static gboolean find_target(MonthFrozen *self, gint64 day, gint64 old_unit, gint64 today,
							gint64 *unit, gint64 *month_day, GError **error)
{
	Assignment assignment;
	*unit = 0;
	if (!assignments_on(self->sql, self->person, today, &assignment, error) ||
		!months_unit_of(self->sql, assignment.unit, today, unit, error))
		return FALSE;
	if (*unit == 0)
		*unit = old_unit;
	return months_next_open(self->sql, *unit, month_start(day), month_day, error);
}

static gboolean add(MonthFrozen *self, gint64 day, gint64 n, gint64 old_unit, const char *old_line,
					const char *new_line, gint64 today, gint64 now_ms, GError **error)
{
	gint64 unit = 0, month_day = 0;
	return find_target(self, day, old_unit, today, &unit, &month_day, error) &&
		   sql_run(self->sql, error,
				   "INSERT INTO month_difference (person, day, n, old_unit, unit, month_day,"
				   " old_line, new_line, recorded_ms) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
				   "iiiiiitti", self->person, day, n, old_unit, unit, month_day, old_line, new_line,
				   now_ms);
}

/* Do a stored line and the verdict say the same? */
static gboolean same(const char *stored, const MonthLine *now)
{
	MonthLine line;
	gboolean bad = FALSE;
	g_autofree char *copy = g_strdup(stored);
	char *rest = copy;
	if (stored == NULL)
		return now == NULL;
	return month_line_read(&rest, &line, &bad) && month_line_same(&line, now);
}

/* NULL: no verdict. */
static const char *accounted(const FrozenDay *frozen, const Last *last)
{
	if (last != NULL)
		return last->new_line;
	return frozen != NULL ? frozen->line : NULL;
}

gboolean month_frozen_accounts(const MonthFrozen *self, gint64 day, const MonthLine *now)
{
	return same(accounted(find_day(self, day), find_last(self, day)), now);
}

gboolean month_frozen_settle(MonthFrozen *self, gint64 day, gint64 month_unit, const MonthLine *now,
							 gint64 today, gint64 now_ms, gboolean *changed, GError **error)
{
	const Last *last = find_last(self, day);
	const char *known = accounted(find_day(self, day), last);
	gboolean open = FALSE;
	g_assert(sql_in_transaction(self->sql));
	if (!is_open(self, last, &open, error))
		return FALSE;
	const char *before = open ? last->old_line : known;
	*changed = !same(known, now);
	if (!*changed)
		return TRUE;
	if (same(before, now))
		return delete_last(self, last, error);
	g_autofree char *line = line_text(now);
	if (!open)
		return add(self, day, last != NULL ? last->n + 1 : 1, month_unit, before, line, today,
				   now_ms, error);
	return sql_run(self->sql, error,
				   "UPDATE month_difference SET new_line=$4, recorded_ms=$5"
				   " WHERE person=$1 AND day=$2 AND n=$3",
				   "iiiti", self->person, day, last->n, line, now_ms);
}
