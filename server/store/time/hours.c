#include "server/store/time/hours.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/units.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/holidays.h"
#include "server/store/time/schedules.h"
#include "server/store/time/shifts.h"

struct Hours {
	Sql *sql;
	gint64 from_day, to_day, utc_offset_min;
	GPtrArray
		*orders; /* GArray of DayOrder, from the day before the first to the day after the last */
	GStringChunk *texts;
};

void hours_free(Hours *hours)
{
	if (hours == NULL)
		return;
	g_ptr_array_unref(hours->orders);
	g_string_chunk_free(hours->texts);
	g_free(hours);
}

Hours *hours_new(Sql *sql, gint64 from_day, gint64 to_day, gint64 utc_offset_min, GError **error)
{
	g_autoptr(Hours) hours = g_new0(Hours, 1);
	hours->sql = sql;
	hours->from_day = from_day;
	hours->to_day = to_day;
	hours->utc_offset_min = utc_offset_min;
	hours->orders = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	hours->texts = g_string_chunk_new(1024);
	for (gint64 day = from_day - 1; day <= to_day; day++) {
		GArray *orders = NULL;
		if (!day_orders_on(sql, day, hours->texts, &orders, error))
			return NULL;
		g_ptr_array_add(hours->orders, orders);
	}
	return g_steal_pointer(&hours);
}

static const GArray *orders_on(const Hours *hours, gint64 day)
{
	return hours->orders->pdata[day - hours->from_day + 1];
}

static gboolean is_of_hours(const DayOrder *order)
{
	return strcmp(order->kind, "jam") == 0 || strcmp(order->kind, "libur") == 0 ||
		   strcmp(order->kind, "masuk") == 0;
}

gboolean hours_are_own(Hours *hours, PersonId person, gboolean *own, GError **error)
{
	gint64 n = 0;
	*own = FALSE;
	for (gint64 day = hours->from_day - 1; day <= hours->to_day && !*own; day++) {
		const GArray *orders = orders_on(hours, day);
		for (guint i = 0; i < orders->len && !*own; i++) {
			const DayOrder *order = &g_array_index(orders, DayOrder, i);
			*own = order->scope == ORDER_PERSON && order->target == person && is_of_hours(order);
		}
	}
	if (!*own &&
		!sql_get_int(
			hours->sql, &n, 0, error,
			"SELECT (SELECT count(*) FROM person_roster r WHERE r.person=$1"
			" AND r.valid_from_day<$3 AND r.valid_to_day>$2 AND" AS_KNOWN_NOW(
				"r") ") + (SELECT count(*) FROM person_rotation c WHERE c.person=$1"
					 " AND c.valid_from_day<$3 AND c.valid_to_day>$2 AND" AS_KNOWN_NOW("c") ")",
			"iii", person, hours->from_day - 1, hours->to_day + 1))
		return FALSE;
	*own = *own || n > 0;
	return TRUE;
}

/* ── One day ── */

static gboolean applies(const Hours *hours, const DayOrder *order, const HoursOf *of, gint64 day,
						gboolean *yes, GError **error)
{
	*yes = order->scope == ORDER_PROVINCE ||
		   (order->scope == ORDER_PLACE && order->target == of->place) ||
		   (order->scope == ORDER_PERSON && of->person != 0 && order->target == of->person);
	if (order->scope == ORDER_UNIT)
		return units_within(hours->sql, of->unit, order->target, day, yes, error);
	if (order->scope != ORDER_REGENCY)
		return TRUE;
	GError *failed = NULL;
	g_autofree char *regency = day_orders_regency(hours->sql, of->place, day, &failed);
	*yes = g_strcmp0(regency, order->regency) == 0;
	if (failed != NULL)
		g_propagate_error(error, failed);
	return failed == NULL;
}

/* Shifts of a day; none: it is free. */
typedef struct {
	gsize n;
	Shift shifts[DAY_SHIFTS_MAX];
} Worked;

static gboolean work_by_roster(const Hours *hours, const RosterDay *roster, Worked *out,
							   GError **error)
{
	DayPlan plan;
	Shift shifts[DAY_SHIFTS_MAX];
	gsize n = 0;
	for (gsize i = 0; i < DAY_SHIFTS_MAX && !roster->on_call; i++) {
		WorkShift shift;
		g_autofree char *name = NULL;
		if (roster->shifts[i] == 0)
			continue;
		if (!shifts_get(hours->sql, roster->shifts[i], &shift, &name, error))
			return FALSE;
		shifts_of_day(&shift, roster->day, hours->utc_offset_min, &shifts[n++]);
	}
	shift_plan(&plan, shifts, n);
	out->n = plan.n_shifts;
	for (gsize i = 0; i < plan.n_shifts; i++)
		out->shifts[i] = plan.shifts[i];
	return TRUE;
}

/* "libur" frees, "jam" changes the hours of a working day, "masuk" makes one. */
static void apply_order(const Hours *hours, const DayOrder *order, gint64 day, gboolean by_week,
						gboolean *holiday, Worked *out)
{
	if (strcmp(order->kind, "libur") == 0) {
		*holiday = TRUE;
		out->n = by_week ? 1 : 0;
		return;
	}
	gboolean ordered = strcmp(order->kind, "masuk") == 0;
	if (!ordered && !by_week)
		return;
	if (ordered)
		*holiday = FALSE;
	out->n = 1;
	out->shifts[0].day = day;
	out->shifts[0].start_ms = calendar_ms(day, order->start_min, hours->utc_offset_min);
	out->shifts[0].end_ms = calendar_ms(day, order->end_min, hours->utc_offset_min);
}

static gboolean work_by_week(const Hours *hours, const HoursOf *of, gint64 day, Worked *out,
							 GError **error)
{
	gint64 pattern = 0;
	WeekPattern week = {0};
	g_autofree char *name = NULL, *kind = NULL;
	if (!schedules_on(hours->sql, of->unit, day, &pattern, &week, NULL, NULL, error) ||
		!holidays_on(hours->sql, of->unit, day, &name, &kind, error))
		return FALSE;
	gboolean holiday = name != NULL;
	gboolean by_week =
		pattern != 0 && shift_of_day(&week, day, hours->utc_offset_min, &out->shifts[0]);
	out->n = by_week ? 1 : 0;
	const GArray *orders = orders_on(hours, day);
	for (guint i = 0; i < orders->len; i++) {
		const DayOrder *order = &g_array_index(orders, DayOrder, i);
		gboolean yes = FALSE;
		if (!is_of_hours(order))
			continue;
		if (!applies(hours, order, of, day, &yes, error))
			return FALSE;
		if (yes)
			apply_order(hours, order, day, by_week, &holiday, out);
	}
	if (holiday)
		out->n = 0;
	return TRUE;
}

/* ── All days ── */

static const RosterDay *roster_on(const GArray *rosters, gint64 day)
{
	for (guint i = 0; rosters != NULL && i < rosters->len; i++)
		if (g_array_index(rosters, RosterDay, i).day == day)
			return &g_array_index(rosters, RosterDay, i);
	return NULL;
}

static gboolean load_shifts(const Hours *hours, const HoursOf *of, GArray *shifts, GError **error)
{
	g_autoptr(GArray) rosters = NULL;
	if (of->person != 0 && !shifts_of_person(hours->sql, of->person, hours->from_day - 1,
											 hours->to_day + 1, &rosters, error))
		return FALSE;
	for (gint64 day = hours->from_day - 1; day <= hours->to_day; day++) {
		Worked worked = {0};
		const RosterDay *roster = roster_on(rosters, day);
		if (!(roster != NULL ? work_by_roster(hours, roster, &worked, error)
							 : work_by_week(hours, of, day, &worked, error)))
			return FALSE;
		g_array_append_vals(shifts, worked.shifts, (guint)worked.n);
	}
	return TRUE;
}

gboolean hours_windows(Hours *hours, const HoursOf *of, GArray **windows, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ShiftWindow));
	g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(Shift));
	if (!load_shifts(hours, of, shifts, error))
		return FALSE;
	const Shift *all = (const Shift *)(gpointer)shifts->data;
	for (guint i = 0; i < shifts->len; i++) {
		RuleSet rules;
		ShiftWindow window;
		if (all[i].day < hours->from_day || all[i].day >= hours->to_day)
			continue;
		if (!schedules_rules_on(hours->sql, all[i].day, &rules, error))
			return FALSE;
		shift_window(&all[i], i > 0 ? &all[i - 1] : NULL, i + 1 < shifts->len ? &all[i + 1] : NULL,
					 &rules, &window);
		g_array_append_val(found, window);
	}
	*windows = g_steal_pointer(&found);
	return TRUE;
}
