#include "server/judge/judge_hours.h"

#include <string.h>

#include "server/judge/judge_facts_private.h"
#include "server/store/time/schedules.h"

struct Hours {
	JudgeFacts *facts;
	gint64 from_day, to_day;
};

Hours *hours_new(Sql *sql, gint64 from_day, gint64 to_day, gint64 utc_offset_min, GError **error)
{
	g_autoptr(Hours) hours = g_new0(Hours, 1);
	hours->facts = judge_facts_new(sql, utc_offset_min);
	hours->from_day = from_day;
	hours->to_day = to_day;
	return judge_facts_begin(hours->facts, error) ? g_steal_pointer(&hours) : NULL;
}

void hours_free(Hours *hours)
{
	if (hours == NULL)
		return;
	judge_facts_free(hours->facts);
	g_free(hours);
}

static gboolean is_of_hours(const DayOrder *order)
{
	return strcmp(order->kind, "jam") == 0 || strcmp(order->kind, "libur") == 0 ||
		   strcmp(order->kind, "masuk") == 0;
}

static gboolean has_order(Hours *hours, PersonId person, gboolean *has, GError **error)
{
	*has = FALSE;
	for (gint64 day = hours->from_day - 1; day <= hours->to_day && !*has; day++) {
		const OrderDay *order_day = facts_order_day(hours->facts, day, error);
		if (order_day == NULL)
			return FALSE;
		for (guint i = 0; i < order_day->orders->len && !*has; i++) {
			const DayOrder *order = &g_array_index(order_day->orders, DayOrder, i);
			*has = order->scope == ORDER_PERSON && order->target == person && is_of_hours(order);
		}
	}
	return TRUE;
}

gboolean hours_are_own(Hours *hours, PersonId person, gboolean *own, GError **error)
{
	gint64 n = 0;
	if (!has_order(hours, person, own, error))
		return FALSE;
	if (!*own &&
		!sql_get_int(
			hours->facts->sql, &n, 0, error,
			"SELECT (SELECT count(*) FROM person_roster r WHERE r.person=$1"
			" AND r.valid_from_day<$3 AND r.valid_to_day>$2 AND" AS_KNOWN_NOW(
				"r") ") + (SELECT count(*) FROM person_rotation c WHERE c.person=$1"
					 " AND c.valid_from_day<$3 AND c.valid_to_day>$2 AND" AS_KNOWN_NOW("c") ")",
			"iii", person, hours->from_day - 1, hours->to_day + 1))
		return FALSE;
	*own = *own || n > 0;
	return TRUE;
}

/* The days beside them too: their shifts shape the windows of the first and the last. */
static gboolean load_shifts(Hours *hours, const HoursOf *of, GArray *shifts, GError **error)
{
	if (of->person != 0 &&
		!judge_facts_read(hours->facts, of->person, hours->from_day - 1, hours->to_day + 1, error))
		return FALSE;
	for (gint64 day = hours->from_day - 1; day <= hours->to_day; day++) {
		const FactsWho who = {of->person, of->unit, of->place};
		Shift of_day[DAY_SHIFTS_MAX];
		gsize n = 0;
		if (!facts_ask_shifts(hours->facts, &who, day, of_day, &n, error))
			return FALSE;
		g_array_append_vals(shifts, of_day, (guint)n);
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
		if (!schedules_rules_on(hours->facts->sql, all[i].day, &rules, error))
			return FALSE;
		shift_window(&all[i], i > 0 ? &all[i - 1] : NULL, i + 1 < shifts->len ? &all[i + 1] : NULL,
					 &rules, &window);
		g_array_append_val(found, window);
	}
	*windows = g_steal_pointer(&found);
	return TRUE;
}
