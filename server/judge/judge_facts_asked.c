#include "server/judge/judge_facts_private.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/units.h"

#define ORDERS_MAX 16 /* that apply to one person on one day; the nearest scopes are kept */

/* Where the person serves on a day. */
typedef struct {
	gint64 day;
	const UnitDay *unit_day; /* NULL: not assigned */
	gint64 duty_place;       /* 0: the unit's places */
	const RosterDay *roster; /* NULL: none, or nobody in particular */
} Service;

static gboolean service_on(JudgeFacts *facts, gint64 day, Service *out, GError **error)
{
	const Assignment *there = facts_person_assignment(&facts->span, day);
	*out = (Service){.day = day};
	if (there == NULL)
		return TRUE;
	out->duty_place = there->duty_place;
	out->roster = facts_person_roster(&facts->span, day);
	out->unit_day = facts_unit_day(facts, there->unit, day, error);
	return out->unit_day != NULL;
}

static gboolean is_in_regency(JudgeFacts *facts, gint64 place, gint64 day, const char *regency,
							  gboolean *in, GError **error)
{
	g_autoptr(GError) failed = NULL;
	g_autofree char *text = day_orders_regency(facts->sql, place, day, &failed);
	*in = g_strcmp0(text, regency) == 0;
	if (failed == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* By the places where the person serves: one is enough. */
static gboolean applies_by_place(JudgeFacts *facts, const DayOrder *order, const Service *service,
								 gboolean *applies, GError **error)
{
	const GArray *places = service->unit_day->places;
	guint n = service->duty_place != 0 ? 1 : places->len;
	for (guint i = 0; i < n && !*applies; i++) {
		gint64 place =
			service->duty_place != 0 ? service->duty_place : g_array_index(places, gint64, i);
		if (order->scope == ORDER_PLACE)
			*applies = place == order->target;
		else if (!is_in_regency(facts, place, service->day, order->regency, applies, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean applies_to(JudgeFacts *facts, const DayOrder *order, PersonId person,
						   const Service *service, gboolean *applies, GError **error)
{
	*applies =
		order->scope == ORDER_PROVINCE || (order->scope == ORDER_PERSON && order->target == person);
	switch (order->scope) {
	case ORDER_UNIT:
		return units_within(facts->sql, service->unit_day->unit, order->target, service->day,
							applies, error);
	case ORDER_REGENCY:
	case ORDER_PLACE:
		return applies_by_place(facts, order, service, applies, error);
	case ORDER_PROVINCE:
	case ORDER_PERSON:
	default:
		return TRUE;
	}
}

/* The orders of the day for this person, the strongest last. */
static gboolean orders_for(JudgeFacts *facts, PersonId person, const Service *service,
						   const DayOrder *orders[ORDERS_MAX], gsize *n, GError **error)
{
	const OrderDay *order_day = facts_order_day(facts, service->day, error);
	*n = 0;
	if (order_day == NULL)
		return FALSE;
	for (guint i = 0; i < order_day->orders->len; i++) {
		const DayOrder *order = &g_array_index(order_day->orders, DayOrder, i);
		gboolean applies = FALSE;
		if (!applies_to(facts, order, person, service, &applies, error))
			return FALSE;
		if (!applies)
			continue;
		if (*n == ORDERS_MAX)
			memmove(&orders[0], &orders[1], --*n * sizeof orders[0]);
		orders[(*n)++] = order;
	}
	return TRUE;
}

static const char *join_names(JudgeFacts *facts, const char *first, const char *second)
{
	if (first == NULL)
		return second;
	g_autofree char *both = g_strdup_printf("%s dan %s", first, second);
	return facts_keep(facts, both);
}

static gboolean plan_of_roster(JudgeFacts *facts, const RosterDay *roster, DayPlan *plan,
							   GError **error)
{
	Shift shifts[DAY_SHIFTS_MAX];
	gsize n = 0;
	*plan = (DayPlan){.document = facts_keep(facts, roster->source),
					  .from_day = G_MININT64,
					  .over_holiday = TRUE};
	for (gsize i = 0; i < DAY_SHIFTS_MAX && !roster->on_call; i++) {
		if (roster->shifts[i] == 0)
			continue;
		const WorkShift *shift = facts_shift(facts, roster->shifts[i], error);
		if (shift == NULL)
			return FALSE;
		plan->name = join_names(facts, plan->name, shift->name);
		shifts_of_day(shift, roster->day, facts->utc_offset_min, &shifts[n++]);
	}
	if (n == 0)
		plan->name = roster->on_call ? "siaga (on call)" : "jaga (lepas jaga)";
	shift_plan(plan, shifts, n);
	return TRUE;
}

/* Hours by order: "jam" changes those of a working day, "masuk" makes one. */
static void apply_hours(const JudgeFacts *facts, const DayOrder *order, const UnitDay *unit_day,
						DayPlan *plan)
{
	Shift shift = {.day = unit_day->day,
				   .start_ms = calendar_ms(unit_day->day, order->start_min, facts->utc_offset_min),
				   .end_ms = calendar_ms(unit_day->day, order->end_min, facts->utc_offset_min),
				   .grace_min = unit_day->week.grace_min,
				   .flex_min = unit_day->week.flex_min};
	*plan = (DayPlan){.name = order->name,
					  .document = order->letter,
					  .from_day = G_MININT64,
					  .over_holiday = strcmp(order->kind, "masuk") == 0};
	shift_plan(plan, &shift, 1);
}

/* What a day asks for, and whether it is free. */
typedef struct {
	gboolean has_plan; /* FALSE: the unit's week */
	DayPlan plan;
	const char *holiday, *holiday_kind, *holiday_document;
} Asked;

static gboolean works_by_week(const JudgeFacts *facts, const UnitDay *unit_day, Shift *shift)
{
	return unit_day->pattern != 0 &&
		   shift_of_day(&unit_day->week, unit_day->day, facts->utc_offset_min, shift);
}

static void apply_order(const JudgeFacts *facts, const DayOrder *order, const UnitDay *unit_day,
						Asked *out)
{
	Shift by_week;
	if (strcmp(order->kind, "libur") == 0) {
		out->has_plan = FALSE;
		out->holiday = order->name;
		out->holiday_kind = "daerah";
		out->holiday_document = order->letter;
	} else if (strcmp(order->kind, "masuk") == 0 ||
			   (strcmp(order->kind, "jam") == 0 && works_by_week(facts, unit_day, &by_week))) {
		out->has_plan = TRUE;
		apply_hours(facts, order, unit_day, &out->plan);
	}
}

/* The roster, else the strongest order about hours, else the unit's week and calendar. */
static gboolean ask_day(JudgeFacts *facts, const Service *service, const DayOrder *const *orders,
						gsize n_orders, Asked *out, GError **error)
{
	const UnitDay *unit_day = service->unit_day;
	const RosterDay *roster = service->roster;
	*out = (Asked){.holiday = unit_day->holiday, .holiday_kind = unit_day->holiday_kind};
	if (roster != NULL) {
		out->has_plan = TRUE;
		return plan_of_roster(facts, roster, &out->plan, error);
	}
	for (gsize i = 0; i < n_orders; i++)
		apply_order(facts, orders[i], unit_day, out);
	return TRUE;
}

/* A day of the person in hand: each is asked for as itself, and as the neighbour of two. */
struct AskedDay {
	gboolean known;
	Service service;
	const DayOrder *orders[ORDERS_MAX];
	gsize n_orders;
	Asked asked; /* nothing, where nobody is assigned */
};

AskedDay *facts_asked_new(void)
{
	return g_new0(AskedDay, ASKED_DAYS);
}

void facts_asked_forget(JudgeFacts *facts)
{
	for (gsize i = 0; i < ASKED_DAYS; i++)
		facts->asked[i].known = FALSE;
}

/* Of `out->service`. */
static gboolean ask_service(JudgeFacts *facts, PersonId person, AskedDay *out, GError **error)
{
	const Service *service = &out->service;
	out->n_orders = 0;
	out->asked = (Asked){0};
	return service->unit_day == NULL ||
		   (orders_for(facts, person, service, out->orders, &out->n_orders, error) &&
			ask_day(facts, service, out->orders, out->n_orders, &out->asked, error));
}

static const AskedDay *asked_day(JudgeFacts *facts, PersonId person, gint64 day, GError **error)
{
	AskedDay *one = &facts->asked[(guint64)day % ASKED_DAYS];
	if (one->known && one->service.day == day)
		return one;
	one->known =
		service_on(facts, day, &one->service, error) && ask_service(facts, person, one, error);
	return one->known ? one : NULL;
}

static void shifts_asked(const JudgeFacts *facts, const AskedDay *day, Shift shifts[DAY_SHIFTS_MAX],
						 gsize *n)
{
	const Asked *asked = &day->asked;
	*n = 0;
	if (day->service.unit_day == NULL ||
		(asked->holiday != NULL && !(asked->has_plan && asked->plan.over_holiday)))
		return;
	if (!asked->has_plan) {
		*n = works_by_week(facts, day->service.unit_day, &shifts[0]) ? 1 : 0;
		return;
	}
	*n = asked->plan.n_shifts;
	memcpy(shifts, asked->plan.shifts, asked->plan.n_shifts * sizeof shifts[0]);
}

gboolean facts_ask_shifts(JudgeFacts *facts, const FactsWho *who, gint64 day,
						  Shift shifts[DAY_SHIFTS_MAX], gsize *n, GError **error)
{
	AskedDay of_unit = {.service = {.day = day, .duty_place = who->place}};
	const AskedDay *asked = &of_unit;
	if (who->person != 0) {
		asked = asked_day(facts, who->person, day, error);
	} else {
		of_unit.service.unit_day = facts_unit_day(facts, who->unit, day, error);
		if (of_unit.service.unit_day == NULL || !ask_service(facts, 0, &of_unit, error))
			return FALSE;
	}
	if (asked == NULL)
		return FALSE;
	shifts_asked(facts, asked, shifts, n);
	return TRUE;
}

/* The shift of a neighbouring day that is nearest to this one. */
static gboolean load_neighbour(JudgeFacts *facts, const DayFacts *out, gint64 day, gboolean *works,
							   Shift *shift, GError **error)
{
	const FactsWho who = {.person = out->person};
	Shift shifts[DAY_SHIFTS_MAX];
	gsize n = 0;
	if (!facts_ask_shifts(facts, &who, day, shifts, &n, error))
		return FALSE;
	*works = n > 0;
	if (n > 0)
		*shift = shifts[day < out->day ? n - 1 : 0];
	return TRUE;
}

static void copy_unit_day(const UnitDay *unit_day, DayFacts *out)
{
	out->rules = unit_day->rules;
	out->start_day = unit_day->start_day;
	out->live_day = unit_day->live_day;
	out->has_pattern = unit_day->pattern != 0;
	out->pattern = unit_day->week;
	out->pattern_name = unit_day->pattern_name;
	out->pattern_from_day = unit_day->pattern_from_day;
	out->deductions = unit_day->deductions;
}

/* What an order excuses or calls to. */
static gboolean load_order(JudgeFacts *facts, const DayOrder *order, DayFacts *out, GError **error)
{
	if (strcmp(order->kind, "APG") == 0 || strcmp(order->kind, "UPC") == 0) {
		if (out->n_events == EVENTS_MAX)
			return TRUE;
		DayEvent *event = &facts->events[out->n_events++];
		*event =
			(DayEvent){.code = order->kind,
					   .name = order->name,
					   .letter = order->letter,
					   .from_ms = calendar_ms(out->day, order->start_min, facts->utc_offset_min),
					   .to_ms = calendar_ms(out->day, order->end_min, facts->utc_offset_min),
					   .by_list = order->by_list};
		return !order->by_list || day_orders_listed(facts->sql, order->id, out->person, out->day,
													&event->has_list, &event->listed, error);
	}
	const AbsenceCode *code = facts_absence_code(facts, order->kind, error);
	if (code == NULL)
		return FALSE;
	DayLeave excused = {.code = code->code,
						.name = code->name,
						.letter = order->letter,
						.slot = facts_slot(order->slot),
						.duty = code->duty};
	if (code->name != NULL) /* else it is about hours */
		g_array_append_val(facts->leaves, excused);
	return TRUE;
}

static void add_places(JudgeFacts *facts, const gint64 *places, guint n)
{
	guint n_before = facts->places->len;
	for (guint i = 0; i < n; i++) {
		gboolean known = FALSE;
		for (guint at = 0; at < n_before && !known; at++)
			known = g_array_index(facts->places, gint64, at) == places[i];
		if (!known)
			g_array_append_val(facts->places, places[i]);
	}
}

/* The place of the person's own, else the unit's. */
static void add_service(JudgeFacts *facts, const UnitDay *unit_day, gint64 duty_place)
{
	if (duty_place != 0)
		add_places(facts, &duty_place, 1);
	else
		add_places(facts, (const gint64 *)(void *)unit_day->places->data, unit_day->places->len);
}

/* Where the person serves besides is a duty place too; hours and orders are those of the assignment:
 * the day is judged once. */
static gboolean add_secondaries(JudgeFacts *facts, gint64 day, GError **error)
{
	for (guint i = 0; i < facts->span.secondaries->len; i++) {
		const Assignment *there = &g_array_index(facts->span.secondaries, Assignment, i);
		if (day < there->from_day || day >= there->to_day)
			continue;
		const UnitDay *unit_day = facts_unit_day(facts, there->unit, day, error);
		if (unit_day == NULL)
			return FALSE;
		add_service(facts, unit_day, there->duty_place);
	}
	return TRUE;
}

gboolean facts_ask_day(JudgeFacts *facts, DayFacts *out, GError **error)
{
	const AskedDay *day = asked_day(facts, out->person, out->day, error);
	g_array_set_size(facts->places, 0);
	if (day == NULL)
		return FALSE;
	if (day->service.unit_day == NULL)
		return TRUE;
	out->unit = day->service.unit_day->unit;
	copy_unit_day(day->service.unit_day, out);
	if (!facts->deducted)
		out->deductions = NULL;
	out->has_plan = day->asked.has_plan;
	out->plan = day->asked.plan;
	out->holiday = day->asked.holiday;
	out->holiday_kind = day->asked.holiday_kind;
	out->holiday_document = day->asked.holiday_document;
	add_service(facts, day->service.unit_day, day->service.duty_place);
	if (!add_secondaries(facts, out->day, error))
		return FALSE;
	for (gsize i = 0; i < day->n_orders; i++)
		if (!load_order(facts, day->orders[day->n_orders - 1 - i], out, error))
			return FALSE;
	out->events = facts->events;
	return load_neighbour(facts, out, out->day - 1, &out->has_before, &out->before, error) &&
		   load_neighbour(facts, out, out->day + 1, &out->has_after, &out->after, error);
}
