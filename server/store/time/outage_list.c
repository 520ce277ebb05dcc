/* Outages listed: one by one, the decisions on one, and the places that have many. */
#include "server/store/time/outage_decisions.h"

#include "server/rules/calendar.h"
#include "server/store/read.h"
#include "server/store/time/holidays.h"
#include "server/store/time/schedules.h"

/* How far back a holiday may lie: the longest run of free days (Idul Fitri with cuti bersama). */
#define FREE_DAYS_MAX 16

void outage_row_free(OutageRow *row)
{
	g_free(row->place_code);
	g_free(row->cause);
	g_free(row->document);
	g_free(row->evidence);
	g_free(row->declared_by);
	g_free(row->decided_by);
	g_free(row->reason);
	g_free(row);
}

void outage_step_free(OutageStep *step)
{
	g_free(step->reason);
	g_free(step->by);
	g_free(step);
}

void outage_place_free(OutagePlace *place)
{
	g_free(place->place_code);
	g_free(place);
}

/* ── The first working day after a holiday ── */

/* Whose calendar counts there: that of the unit that uses the place; 0: the province's. */
static gboolean unit_of(Sql *sql, gint64 place, gint64 day, gint64 *unit, GError **error)
{
	return sql_get_int(
		sql, unit, 0, error,
		"SELECT min(u.unit) FROM unit_place u WHERE u.place=$1 AND" NOW_ON("u", "$2"), "ii", place,
		day);
}

static gboolean is_free(Sql *sql, gint64 unit, gint64 day, gboolean *holiday, gboolean *free,
						GError **error)
{
	gint64 pattern = 0;
	WeekPattern week;
	g_autofree char *name = NULL, *kind = NULL;
	if (!holidays_on(sql, unit, day, &name, &kind, error) ||
		!schedules_on(sql, unit, day, &pattern, &week, NULL, NULL, error))
		return FALSE;
	int weekday = calendar_weekday(day);
	*holiday = name != NULL;
	*free = *holiday || (pattern != 0 ? week.days[weekday].end_min == 0 : weekday >= 5);
	return TRUE;
}

static gboolean follows_holiday(Sql *sql, gint64 unit, gint64 day, gboolean *follows,
								GError **error)
{
	gboolean holiday, free;
	*follows = FALSE;
	if (!is_free(sql, unit, day, &holiday, &free, error))
		return FALSE;
	for (int i = 1; !free && !*follows && i <= FREE_DAYS_MAX; i++) {
		gboolean before;
		if (!is_free(sql, unit, day - i, follows, &before, error))
			return FALSE;
		if (!before)
			break;
	}
	return TRUE;
}

static gboolean touches_first_day(Sql *sql, const OutageRow *row, gint64 utc_offset_min,
								  gboolean *touches, GError **error)
{
	gint64 unit, first = calendar_day(row->from_ms, utc_offset_min);
	gint64 last = calendar_day(row->to_ms - 1, utc_offset_min);
	*touches = FALSE;
	if (!unit_of(sql, row->place, first, &unit, error))
		return FALSE;
	for (gint64 day = first; day <= last && !*touches; day++)
		if (!follows_holiday(sql, unit, day, touches, error))
			return FALSE;
	return TRUE;
}

static gboolean note_holidays(Sql *sql, GPtrArray *rows, gint64 utc_offset_min, GError **error)
{
	for (guint i = 0; i < rows->len; i++) {
		OutageRow *row = rows->pdata[i];
		if (!touches_first_day(sql, row, utc_offset_min, &row->after_holiday, error))
			return FALSE;
	}
	return TRUE;
}

/* ── One by one ── */

static OutageRow *read_row(SqlStatement *row)
{
	OutageRow *out = g_new0(OutageRow, 1);
	out->id = sql_int(row, 0);
	out->place = sql_int(row, 1);
	out->place_code = g_strdup(sql_text(row, 2));
	out->from_ms = sql_int(row, 3);
	out->to_ms = sql_int(row, 4);
	out->state = (OutageState)sql_int(row, 5);
	out->proposed = g_strcmp0(sql_text(row, 6), "proposed") == 0;
	out->cause = g_strdup(sql_text(row, 7));
	out->document = g_strdup(sql_text(row, 8));
	out->evidence = g_strdup(sql_text(row, 9));
	out->declared_by = g_strdup(sql_text(row, 10));
	out->declared_ms = sql_int(row, 11);
	out->decided_by = g_strdup(sql_text(row, 12));
	out->decided_ms = sql_int(row, 13);
	out->reason = g_strdup(sql_text(row, 14));
	out->n_decisions = sql_int(row, 15);
	return out;
}

static GPtrArray *read_rows(SqlStatement *rows, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)outage_row_free);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(list, read_row(rows));
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}

static GPtrArray *query(Sql *sql, const OutageFilter *filter, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT o.id, o.place, p.code, o.from_ms, o.to_ms, o.state, o.origin, o.cause,"
		" o.document, o.evidence, o.declared_by, o.declared_ms, o.decided_by, o.decided_ms,"
		" d.reason, coalesce(d.number,0) FROM outage o JOIN place p ON p.id=o.place"
		" LEFT JOIN outage_decision d ON d.outage=o.id AND d.number="
		"(SELECT max(number) FROM outage_decision WHERE outage=o.id)"
		" WHERE ($1=0 OR o.id=$1) AND ($2=0 OR o.place=$2) AND o.from_ms<$4 AND o.to_ms>$3"
		" AND ($5=0 OR o.state=$5) AND ($6=0 OR o.id<$6) ORDER BY o.id DESC LIMIT $7",
		"iiiiiii", filter->id, filter->place, filter->from_ms, filter->to_ms, (gint64)filter->state,
		filter->before, filter->limit);
	return read_rows(rows, error);
}

GPtrArray *outage_list(Sql *sql, const OutageFilter *filter, gint64 utc_offset_min, GError **error)
{
	g_autoptr(GPtrArray) rows = query(sql, filter, error);
	if (rows == NULL || !note_holidays(sql, rows, utc_offset_min, error))
		return NULL;
	return g_steal_pointer(&rows);
}

GPtrArray *outage_history(Sql *sql, gint64 outage, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)outage_step_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT d.number, d.state, d.reason, a.name, d.decided_ms FROM outage_decision d"
				  " JOIN account a ON a.id=d.account WHERE d.outage=$1 ORDER BY d.number",
				  "i", outage);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		OutageStep *one = g_new0(OutageStep, 1);
		*one = (OutageStep){.number = sql_int(rows, 0),
							.state = (OutageState)sql_int(rows, 1),
							.reason = g_strdup(sql_text(rows, 2)),
							.by = g_strdup(sql_text(rows, 3)),
							.decided_ms = sql_int(rows, 4)};
		g_ptr_array_add(list, one);
	}
	return step == SQL_DONE ? g_steal_pointer(&list) : NULL;
}

/* ── Places ── */

static int compare_places(gconstpointer a, gconstpointer b)
{
	const OutagePlace *one = *(OutagePlace *const *)a, *other = *(OutagePlace *const *)b;
	if (one->n != other->n)
		return one->n > other->n ? -1 : 1;
	if (one->minutes != other->minutes)
		return one->minutes > other->minutes ? -1 : 1;
	return g_strcmp0(one->place_code, other->place_code);
}

static OutagePlace *place_of(GPtrArray *places, const OutageRow *row)
{
	for (guint i = 0; i < places->len; i++)
		if (((OutagePlace *)places->pdata[i])->place == row->place)
			return places->pdata[i];
	OutagePlace *place = g_new0(OutagePlace, 1);
	place->place = row->place;
	place->place_code = g_strdup(row->place_code);
	g_ptr_array_add(places, place);
	return place;
}

GPtrArray *outage_places(Sql *sql, gint64 from_ms, gint64 to_ms, gint64 n_min,
						 gint64 utc_offset_min, GError **error)
{
	const OutageFilter all = {.from_ms = from_ms, .to_ms = to_ms, .limit = G_MAXINT64};
	g_autoptr(GPtrArray) rows = outage_list(sql, &all, utc_offset_min, error);
	g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func((GDestroyNotify)outage_place_free);
	if (rows == NULL)
		return NULL;
	for (guint i = 0; i < rows->len; i++) {
		const OutageRow *row = rows->pdata[i];
		if (row->state == OUTAGE_REFUSED)
			continue;
		OutagePlace *place = place_of(places, row);
		place->n++;
		place->minutes += (MIN(row->to_ms, to_ms) - MAX(row->from_ms, from_ms)) / MINUTE_MS;
		place->n_after_holiday += row->after_holiday != FALSE;
	}
	for (guint i = places->len; i > 0; i--)
		if (((OutagePlace *)places->pdata[i - 1])->n < n_min)
			g_ptr_array_remove_index(places, i - 1);
	g_ptr_array_sort(places, compare_places);
	return g_steal_pointer(&places);
}
