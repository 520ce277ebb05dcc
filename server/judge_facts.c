#include "server/judge_facts.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/assignments.h"
#include "server/store/coverage.h"
#include "server/store/day_orders.h"
#include "server/store/deductions.h"
#include "server/store/history.h"
#include "server/store/holidays.h"
#include "server/store/leaves.h"
#include "server/store/outages.h"
#include "server/store/places.h"
#include "server/store/punches.h"
#include "server/store/references.h"
#include "server/store/schedules.h"
#include "server/store/shifts.h"
#include "server/store/units.h"

/* What everybody of a unit shares on a day. */
typedef struct {
	gint64 unit, day; /* the key */
	gint64 start_day, live_day;
	gint64 pattern; /* 0: none */
	WeekPattern week;
	const char *pattern_name;
	gint64 pattern_from_day;
	const char *holiday, *holiday_kind;
	RuleSet rules;
	const DeductionScheme *deductions; /* NULL: none */
	GArray *places;                    /* gint64 */
} UnitDay;

/* Orders of one day. */
typedef struct {
	gint64 day;     /* the key */
	GArray *orders; /* DayOrder, the nearest scope last */
} OrderDay;

#define ORDERS_MAX 16 /* that apply to one person on one day; the nearest scopes are kept */
#define EVENTS_MAX 4

struct JudgeFacts {
	Sql *sql;
	gint64 utc_offset_min;
	GHashTable *unit_days;   /* UnitDay → itself */
	GHashTable *place_names; /* place and day → text in `texts` */
	GHashTable *schemes;     /* gint64 → DeductionTable */
	GHashTable *elsewhere;   /* place and day → gboolean: recorded elsewhere */
	GHashTable *order_days;  /* gint64 day → OrderDay */
	GHashTable *shifts;      /* gint64 → WorkShift */
	GStringChunk *texts;
	/* Of the person-day loaded last. */
	GArray *leaves;    /* DayLeave */
	GArray *punches;   /* DayPunch */
	GArray *terminals; /* TerminalId: where they punched that day */
	GArray *places;    /* gint64: duty places */
	GArray *rosters;   /* RosterDay of the day and those around; NULL: none loaded */
	DayEvent events[EVENTS_MAX];
	gboolean deducted; /* by the kind of employment */
};

static guint unit_day_hash(gconstpointer key)
{
	const UnitDay *unit_day = key;
	return g_int64_hash(&unit_day->unit) * 31 + g_int64_hash(&unit_day->day);
}

static gboolean unit_day_equal(gconstpointer a, gconstpointer b)
{
	const UnitDay *one = a, *other = b;
	return one->unit == other->unit && one->day == other->day;
}

static void unit_day_free(gpointer data)
{
	UnitDay *unit_day = data;
	if (unit_day->places != NULL)
		g_array_unref(unit_day->places);
	g_free(unit_day);
}

static void order_day_free(gpointer data)
{
	OrderDay *order_day = data;
	g_array_unref(order_day->orders);
	g_free(order_day);
}

JudgeFacts *judge_facts_new(Sql *sql, gint64 utc_offset_min)
{
	JudgeFacts *facts = g_new0(JudgeFacts, 1);
	facts->sql = sql;
	facts->utc_offset_min = utc_offset_min;
	facts->unit_days = g_hash_table_new_full(unit_day_hash, unit_day_equal, NULL, unit_day_free);
	facts->place_names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	facts->schemes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
										   (GDestroyNotify)deduction_table_free);
	facts->elsewhere = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	facts->order_days = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, order_day_free);
	facts->shifts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	facts->texts = g_string_chunk_new(4096);
	facts->leaves = g_array_new(FALSE, TRUE, sizeof(DayLeave));
	facts->punches = g_array_new(FALSE, TRUE, sizeof(DayPunch));
	facts->terminals = g_array_new(FALSE, TRUE, sizeof(TerminalId));
	facts->places = g_array_new(FALSE, TRUE, sizeof(gint64));
	return facts;
}

void judge_facts_free(JudgeFacts *facts)
{
	if (facts == NULL)
		return;
	g_hash_table_destroy(facts->unit_days);
	g_hash_table_destroy(facts->place_names);
	g_hash_table_destroy(facts->schemes);
	g_hash_table_destroy(facts->elsewhere);
	g_hash_table_destroy(facts->order_days);
	g_hash_table_destroy(facts->shifts);
	g_clear_pointer(&facts->rosters, g_array_unref);
	g_string_chunk_free(facts->texts);
	g_array_unref(facts->leaves);
	g_array_unref(facts->punches);
	g_array_unref(facts->terminals);
	g_array_unref(facts->places);
	g_free(facts);
}

void judge_facts_forget(JudgeFacts *facts)
{
	g_hash_table_remove_all(facts->unit_days);
	g_hash_table_remove_all(facts->place_names);
	g_hash_table_remove_all(facts->schemes);
	g_hash_table_remove_all(facts->elsewhere);
	g_hash_table_remove_all(facts->order_days);
	g_hash_table_remove_all(facts->shifts);
	g_string_chunk_clear(facts->texts);
}

/* NULL stays NULL. */
static const char *keep(JudgeFacts *facts, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(facts->texts, text) : NULL;
}

/* ── What a unit's people share ── */

static gboolean load_pattern(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	g_autofree char *name = NULL;
	if (!schedules_on(facts->sql, unit_day->unit, unit_day->day, &unit_day->pattern,
					  &unit_day->week, &name, &unit_day->pattern_from_day, error))
		return FALSE;
	unit_day->pattern_name = keep(facts, name);
	if (unit_day->pattern_from_day == DAY_ALWAYS)
		unit_day->pattern_from_day = G_MININT64;
	return TRUE;
}

static gboolean load_holiday(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	g_autofree char *name = NULL, *kind = NULL;
	if (!holidays_on(facts->sql, unit_day->unit, unit_day->day, &name, &kind, error))
		return FALSE;
	unit_day->holiday = keep(facts, name);
	unit_day->holiday_kind = keep(facts, kind);
	return TRUE;
}

static gboolean load_deductions(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	gint64 id = 0;
	if (!deductions_on(facts->sql, unit_day->unit, unit_day->day, &id, error))
		return FALSE;
	if (id == 0)
		return TRUE;
	DeductionTable *known = g_hash_table_lookup(facts->schemes, &id);
	if (known == NULL) {
		known = deductions_load(facts->sql, id, error);
		if (known == NULL)
			return FALSE;
		g_hash_table_insert(facts->schemes, g_memdup2(&id, sizeof id), known);
	}
	unit_day->deductions = &known->scheme;
	return TRUE;
}

/* Borrowed until judge_facts_forget(). */
static const UnitDay *get_unit_day(JudgeFacts *facts, gint64 unit, gint64 day, GError **error)
{
	UnitDay key = {.unit = unit, .day = day};
	UnitDay *known = g_hash_table_lookup(facts->unit_days, &key);
	if (known != NULL)
		return known;
	known = g_new0(UnitDay, 1);
	known->unit = unit;
	known->day = day;
	if (!units_start(facts->sql, unit, day, &known->start_day, &known->live_day, error) ||
		!load_pattern(facts, known, error) || !load_holiday(facts, known, error) ||
		!schedules_rules_on(facts->sql, day, &known->rules, error) ||
		!load_deductions(facts, known, error) ||
		!units_places(facts->sql, unit, day, &known->places, error)) {
		unit_day_free(known);
		return NULL;
	}
	g_hash_table_add(facts->unit_days, known);
	return known;
}

/* One key for both: a day has far fewer than 24 bits. */
static gint64 place_day(gint64 place, gint64 day)
{
	return place * (1 << 24) + day;
}

static gboolean place_name(JudgeFacts *facts, gint64 place, gint64 day, const char **name,
						   GError **error)
{
	gint64 key = place_day(place, day);
	if (g_hash_table_lookup_extended(facts->place_names, &key, NULL, (gpointer *)(void *)name))
		return TRUE;
	g_autoptr(GError) failed = NULL;
	g_autofree char *text = places_name(facts->sql, place, day, &failed);
	if (failed != NULL) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	*name = keep(facts, text);
	g_hash_table_insert(facts->place_names, g_memdup2(&key, sizeof key), (gpointer)*name);
	return TRUE;
}

/* ── The person ── */

static gboolean load_employment(JudgeFacts *facts, DayFacts *out, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		facts->sql, error,
		"SELECT e.status, s.name, s.day_code, coalesce(k.deducted,1)"
		" FROM person_employment e JOIN legal_status s ON s.code=e.status"
		" LEFT JOIN employment_kind k ON k.code=e.kind WHERE e.person=$1 AND" NOW_ON("e", "$2"),
		"ii", out->person, out->day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	out->employed = step == SQL_ROW;
	if (step == SQL_ROW) {
		out->status = keep(facts, sql_text(row, 0));
		out->status_name = keep(facts, sql_text(row, 1));
		out->status_code = keep(facts, sql_text(row, 2));
		facts->deducted = sql_int(row, 3) != 0;
	}
	return step != SQL_FAILED;
}

/* ── What a day asks of the person ── */

/* Where the person serves on a day. */
typedef struct {
	gint64 day;
	const UnitDay *unit_day; /* NULL: not assigned */
	gint64 duty_place;       /* 0: the unit's places */
} Service;

static gboolean service_on(JudgeFacts *facts, PersonId person, gint64 day, const Assignment *nearby,
						   Service *out, GError **error)
{
	Assignment there = *nearby;
	*out = (Service){.day = day};
	if ((day < there.from_day || day >= there.to_day) &&
		!assignments_on(facts->sql, person, day, &there, error))
		return FALSE;
	if (there.unit == 0)
		return TRUE;
	out->duty_place = there.duty_place;
	out->unit_day = get_unit_day(facts, there.unit, day, error);
	return out->unit_day != NULL;
}

static const OrderDay *get_order_day(JudgeFacts *facts, gint64 day, GError **error)
{
	OrderDay *known = g_hash_table_lookup(facts->order_days, &day);
	if (known != NULL)
		return known;
	GArray *orders = NULL;
	if (!day_orders_on(facts->sql, day, facts->texts, &orders, error))
		return NULL;
	known = g_new0(OrderDay, 1);
	known->day = day;
	known->orders = orders;
	g_hash_table_insert(facts->order_days, &known->day, known);
	return known;
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
	const OrderDay *order_day = get_order_day(facts, service->day, error);
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

static const WorkShift *get_shift(JudgeFacts *facts, gint64 id, GError **error)
{
	WorkShift *known = g_hash_table_lookup(facts->shifts, &id);
	WorkShift shift;
	g_autofree char *name = NULL;
	if (known != NULL)
		return known;
	if (!shifts_get(facts->sql, id, &shift, &name, error))
		return NULL;
	shift.name = keep(facts, name);
	known = g_memdup2(&shift, sizeof shift);
	g_hash_table_insert(facts->shifts, &known->id, known);
	return known;
}

/* NULL: no roster and no cycle says anything about that day. */
static const RosterDay *roster_on(const JudgeFacts *facts, gint64 day)
{
	for (guint i = 0; i < facts->rosters->len; i++)
		if (g_array_index(facts->rosters, RosterDay, i).day == day)
			return &g_array_index(facts->rosters, RosterDay, i);
	return NULL;
}

static const char *join_names(JudgeFacts *facts, const char *first, const char *second)
{
	if (first == NULL)
		return second;
	g_autofree char *both = g_strdup_printf("%s dan %s", first, second);
	return keep(facts, both);
}

static gboolean plan_of_roster(JudgeFacts *facts, const RosterDay *roster, DayPlan *plan,
							   GError **error)
{
	Shift shifts[DAY_SHIFTS_MAX];
	gsize n = 0;
	*plan = (DayPlan){
		.document = keep(facts, roster->source), .from_day = G_MININT64, .over_holiday = TRUE};
	for (gsize i = 0; i < DAY_SHIFTS_MAX && !roster->on_call; i++) {
		if (roster->shifts[i] == 0)
			continue;
		const WorkShift *shift = get_shift(facts, roster->shifts[i], error);
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

static gboolean works_by_week(const JudgeFacts *facts, const UnitDay *unit_day)
{
	Shift shift;
	return unit_day->pattern != 0 &&
		   shift_of_day(&unit_day->week, unit_day->day, facts->utc_offset_min, &shift);
}

static void apply_order(const JudgeFacts *facts, const DayOrder *order, const UnitDay *unit_day,
						Asked *out)
{
	if (strcmp(order->kind, "libur") == 0) {
		out->has_plan = FALSE;
		out->holiday = order->name;
		out->holiday_kind = "daerah";
		out->holiday_document = order->letter;
	} else if (strcmp(order->kind, "masuk") == 0 ||
			   (strcmp(order->kind, "jam") == 0 && works_by_week(facts, unit_day))) {
		out->has_plan = TRUE;
		apply_hours(facts, order, unit_day, &out->plan);
	}
}

/* The roster, else the strongest order about hours, else the unit's week and calendar. */
static gboolean ask_day(JudgeFacts *facts, const Service *service, const DayOrder *const *orders,
						gsize n_orders, Asked *out, GError **error)
{
	const UnitDay *unit_day = service->unit_day;
	const RosterDay *roster = roster_on(facts, service->day);
	*out = (Asked){.holiday = unit_day->holiday, .holiday_kind = unit_day->holiday_kind};
	if (roster != NULL) {
		out->has_plan = TRUE;
		return plan_of_roster(facts, roster, &out->plan, error);
	}
	for (gsize i = 0; i < n_orders; i++)
		apply_order(facts, orders[i], unit_day, out);
	return TRUE;
}

/* The shift of a neighbouring day that is nearest to this one. */
static gboolean load_neighbour(JudgeFacts *facts, const DayFacts *out, const Assignment *assignment,
							   gint64 day, gboolean *works, Shift *shift, GError **error)
{
	Service service;
	Asked asked;
	const DayOrder *orders[ORDERS_MAX];
	gsize n_orders = 0;
	*works = FALSE;
	if (!service_on(facts, out->person, day, assignment, &service, error))
		return FALSE;
	if (service.unit_day == NULL)
		return TRUE;
	if (!orders_for(facts, out->person, &service, orders, &n_orders, error) ||
		!ask_day(facts, &service, orders, n_orders, &asked, error))
		return FALSE;
	if (asked.holiday != NULL && !(asked.has_plan && asked.plan.over_holiday))
		return TRUE;
	if (!asked.has_plan) {
		*works = service.unit_day->pattern != 0 &&
				 shift_of_day(&service.unit_day->week, day, facts->utc_offset_min, shift);
	} else if (asked.plan.n_shifts > 0) {
		*works = TRUE;
		*shift = asked.plan.shifts[day < out->day ? asked.plan.n_shifts - 1 : 0];
	}
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

static DaySlot slot_of(const char *text)
{
	if (strcmp(text, "masuk") == 0)
		return SLOT_IN;
	return strcmp(text, "pulang") == 0 ? SLOT_OUT : SLOT_DAY;
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
	g_autofree char *name = NULL;
	DayLeave excused = {.code = order->kind, .letter = order->letter, .slot = slot_of(order->slot)};
	if (!leaves_code(facts->sql, order->kind, &name, NULL, &excused.duty, error))
		return FALSE;
	if (name == NULL)
		return TRUE; /* hours */
	excused.name = keep(facts, name);
	g_array_append_val(facts->leaves, excused);
	return TRUE;
}

static gboolean load_service(JudgeFacts *facts, DayFacts *out, GError **error)
{
	Assignment assignment;
	Service service;
	Asked asked;
	const DayOrder *orders[ORDERS_MAX];
	gsize n_orders = 0;
	g_array_set_size(facts->places, 0);
	if (!assignments_on(facts->sql, out->person, out->day, &assignment, error))
		return FALSE;
	out->unit = assignment.unit;
	if (assignment.unit == 0)
		return TRUE;
	g_clear_pointer(&facts->rosters, g_array_unref);
	if (!shifts_of_person(facts->sql, out->person, out->day - 1, out->day + 2, &facts->rosters,
						  error) ||
		!service_on(facts, out->person, out->day, &assignment, &service, error) ||
		service.unit_day == NULL ||
		!orders_for(facts, out->person, &service, orders, &n_orders, error) ||
		!ask_day(facts, &service, orders, n_orders, &asked, error))
		return FALSE;
	copy_unit_day(service.unit_day, out);
	if (!facts->deducted)
		out->deductions = NULL;
	out->has_plan = asked.has_plan;
	out->plan = asked.plan;
	out->holiday = asked.holiday;
	out->holiday_kind = asked.holiday_kind;
	out->holiday_document = asked.holiday_document;
	if (assignment.duty_place != 0)
		g_array_append_val(facts->places, assignment.duty_place);
	else
		g_array_append_vals(facts->places, service.unit_day->places->data,
							service.unit_day->places->len);
	for (gsize i = 0; i < n_orders; i++)
		if (!load_order(facts, orders[n_orders - 1 - i], out, error))
			return FALSE;
	out->events = facts->events;
	return load_neighbour(facts, out, &assignment, out->day - 1, &out->has_before, &out->before,
						  error) &&
		   load_neighbour(facts, out, &assignment, out->day + 1, &out->has_after, &out->after,
						  error);
}

static gboolean load_leaves(JudgeFacts *facts, DayFacts *out, GError **error)
{
	Leave leave;
	gint64 from_day, to_day;
	SqlStep step;
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(facts->sql, out->person, out->day, out->day + 1, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW) {
		g_autofree char *name = NULL;
		DayLeave one = {.code = keep(facts, leave.code),
						.letter = keep(facts, leave.letter),
						.slot = slot_of(leave.slot),
						.away = strcmp(leave.code, "DL") == 0 || strcmp(leave.code, "DIK") == 0};
		if (!leaves_code(facts->sql, leave.code, &name, NULL, &one.duty, error))
			return FALSE;
		one.name = keep(facts, name != NULL ? name : leave.code);
		g_array_append_val(facts->leaves, one);
	}
	return step == SQL_DONE;
}

/* ── Punches ── */

static void remember_terminal(JudgeFacts *facts, const TerminalId *terminal)
{
	for (guint i = 0; i < facts->terminals->len; i++)
		if (terminal_id_equal(&g_array_index(facts->terminals, TerminalId, i), terminal))
			return;
	g_array_append_val(facts->terminals, *terminal);
}

static const char *event_key(JudgeFacts *facts, const Punch *punch)
{
	char journal[RANDOM_ID_TEXT];
	random_id_format(&punch->journal, journal);
	g_autofree char *key =
		g_strdup_printf("%s/%s/%" G_GINT64_FORMAT, punch->terminal.text, journal, punch->seq);
	return g_string_chunk_insert(facts->texts, key);
}

static gboolean is_duty_place(const JudgeFacts *facts, gint64 place)
{
	for (guint i = 0; i < facts->places->len; i++)
		if (g_array_index(facts->places, gint64, i) == place)
			return TRUE;
	return FALSE;
}

static gboolean append_punch(JudgeFacts *facts, const DayFacts *out, const Punch *punch,
							 GError **error)
{
	DayPunch one = {.at_ms = punch->at_ms,
					.waiting = punch->state == PUNCH_WAITING,
					.place_id = punch->place,
					.at_duty = is_duty_place(facts, punch->place),
					.letter = keep(facts, punch->letter),
					.terminal = keep(facts, punch->terminal.text)};
	if (punch->state != PUNCH_COUNTED && punch->state != PUNCH_WAITING)
		return TRUE;
	if (!place_name(facts, punch->place, out->day, &one.place, error))
		return FALSE;
	one.event = event_key(facts, punch);
	g_array_append_val(facts->punches, one);
	if (punch->letter == NULL && calendar_day(punch->at_ms, facts->utc_offset_min) == out->day)
		remember_terminal(facts, &punch->terminal);
	return TRUE;
}

/* The windows of a day reach from the evening before to the noon after. */
static gboolean load_punches(JudgeFacts *facts, DayFacts *out, GError **error)
{
	Punch punch;
	SqlStep step;
	g_array_set_size(facts->punches, 0);
	g_array_set_size(facts->terminals, 0);
	g_autoptr(PunchCursor) rows = punches_of_person(
		facts->sql, out->person, calendar_ms(out->day - 1, 0, facts->utc_offset_min),
		calendar_ms(out->day + 2, 0, facts->utc_offset_min), error);
	if (rows == NULL)
		return FALSE;
	while ((step = punches_next(rows, &punch, error)) == SQL_ROW)
		if (!append_punch(facts, out, &punch, error))
			return FALSE;
	out->punches = (const DayPunch *)(void *)facts->punches->data;
	out->n_punches = facts->punches->len;
	return step == SQL_DONE;
}

/* ── Is the data of the terminals complete? ── */

/* What says more about a slot comes later. */
static int weight(DataState state)
{
	static const int weights[] = {[DATA_NO_TERMINAL] = 0,
								  [DATA_COMPLETE] = 1,
								  [DATA_OUTAGE_DECLARED] = 2,
								  [DATA_GAP] = 3,
								  [DATA_OUTAGE_ACCEPTED] = 4};
	return weights[state];
}

static DataState state_of_coverage(CoverageState coverage)
{
	switch (coverage) {
	case COVERAGE_COMPLETE:
		return DATA_COMPLETE;
	case COVERAGE_NONE:
		return DATA_NO_TERMINAL;
	case COVERAGE_GAP:
	default:
		return DATA_GAP;
	}
}

static void take_if_heavier(SlotData *data, const SlotData *other)
{
	if (weight(other->state) > weight(data->state) ||
		(data->state == DATA_NO_TERMINAL && other->state == DATA_NO_TERMINAL))
		*data = *other;
}

static gboolean place_elsewhere(JudgeFacts *facts, gint64 place, gint64 day, gboolean *elsewhere,
								GError **error)
{
	const gint64 key = place_day(place, day);
	gpointer known;
	if (g_hash_table_lookup_extended(facts->elsewhere, &key, NULL, &known)) {
		*elsewhere = GPOINTER_TO_INT(known);
		return TRUE;
	}
	if (!outages_elsewhere(facts->sql, place, day, day + 1, elsewhere, error))
		return FALSE;
	g_hash_table_insert(facts->elsewhere, g_memdup2(&key, sizeof key), GINT_TO_POINTER(*elsewhere));
	return TRUE;
}

/* Whoever records there vouches for all of it: no gap, and nobody has to be enrolled. */
static gboolean ask_elsewhere(JudgeFacts *facts, gint64 day, gboolean *elsewhere, GError **error)
{
	*elsewhere = facts->places->len > 0;
	for (guint i = 0; i < facts->places->len && *elsewhere; i++)
		if (!place_elsewhere(facts, g_array_index(facts->places, gint64, i), day, elsewhere, error))
			return FALSE;
	return TRUE;
}

static gboolean ask_place(JudgeFacts *facts, gint64 place, gint64 day, SlotData *data,
						  GError **error)
{
	SlotData here = {.from_ms = data->from_ms, .to_ms = data->to_ms};
	CoverageState coverage;
	OutageState outage;
	TerminalId terminal = {0};
	g_autofree char *document = NULL;
	if (!coverage_of_place(facts->sql, place, here.from_ms, here.to_ms, facts->utc_offset_min,
						   &coverage, &terminal, error) ||
		!outages_over(facts->sql, place, here.from_ms, here.to_ms, &outage, &document, error) ||
		!place_name(facts, place, day, &here.place, error))
		return FALSE;
	here.state = state_of_coverage(coverage);
	if (here.state == DATA_GAP)
		here.terminal = keep(facts, terminal.text);
	take_if_heavier(data, &here);
	if (outage == 0)
		return TRUE;
	here.state = outage == OUTAGE_ACCEPTED ? DATA_OUTAGE_ACCEPTED : DATA_OUTAGE_DECLARED;
	here.terminal = NULL;
	here.document = keep(facts, document);
	take_if_heavier(data, &here);
	return TRUE;
}

static gboolean ask_terminal(JudgeFacts *facts, const TerminalId *terminal, SlotData *data,
							 GError **error)
{
	SlotData here = {.from_ms = data->from_ms, .to_ms = data->to_ms};
	CoverageState coverage;
	if (!coverage_of_terminal(facts->sql, terminal, here.from_ms, here.to_ms, &coverage, error))
		return FALSE;
	here.state = state_of_coverage(coverage);
	here.terminal = keep(facts, terminal->text);
	if (here.state == DATA_GAP)
		take_if_heavier(data, &here);
	return TRUE;
}

/* Over all duty places, and the terminals where they punched that day. */
static gboolean ask_data(JudgeFacts *facts, const DayFacts *day, gint64 from_ms, gint64 to_ms,
						 SlotData *out, GError **error)
{
	*out = (SlotData){.state = DATA_COMPLETE};
	if (from_ms >= to_ms)
		return TRUE;
	out->state = DATA_NO_TERMINAL;
	out->from_ms = from_ms;
	out->to_ms = to_ms;
	for (guint i = 0; i < facts->places->len; i++)
		if (!ask_place(facts, g_array_index(facts->places, gint64, i), day->day, out, error))
			return FALSE;
	for (guint i = 0; i < facts->terminals->len; i++)
		if (!ask_terminal(facts, &g_array_index(facts->terminals, TerminalId, i), out, error))
			return FALSE;
	return TRUE;
}

static gboolean is_open(const DayNeeds *needs)
{
	for (gsize i = 0; i < needs->n_shifts; i++)
		if (needs->shifts[i].choice.in == NULL || needs->shifts[i].choice.out == NULL)
			return TRUE;
	return FALSE;
}

static gboolean ask_events(JudgeFacts *facts, DayFacts *out, GError **error)
{
	for (gsize i = 0; i < out->n_events; i++) {
		DayEvent *event = &facts->events[i];
		if (!event->by_list && event->to_ms <= out->now_ms &&
			!ask_data(facts, out, event->from_ms, event->to_ms, &event->data, error))
			return FALSE;
	}
	return TRUE;
}

/* Only what may change the verdict is asked: most slots have their punch. */
static gboolean load_needs(JudgeFacts *facts, DayFacts *out, GError **error)
{
	DayNeeds needs;
	gboolean elsewhere = FALSE;
	out->enrolled = TRUE;
	day_needs(out, &needs);
	if (needs.n_shifts == 0)
		return TRUE;
	if (!ask_elsewhere(facts, out->day, &elsewhere, error))
		return FALSE;
	if (elsewhere)
		return TRUE;
	if ((is_open(&needs) || out->n_events > 0) &&
		!references_active(facts->sql, out->person, calendar_ms(out->day, 0, facts->utc_offset_min),
						   calendar_ms(out->day + 1, 0, facts->utc_offset_min), &out->enrolled,
						   error))
		return FALSE;
	for (gsize i = 0; i < needs.n_shifts; i++) {
		const ShiftNeeds *shift = &needs.shifts[i];
		if (!ask_data(facts, out, shift->in_from_ms, shift->in_to_ms, &out->data[i].in, error) ||
			!ask_data(facts, out, shift->out_from_ms, shift->out_to_ms, &out->data[i].out, error))
			return FALSE;
	}
	return ask_events(facts, out, error);
}

gboolean judge_facts_load(JudgeFacts *facts, gint64 person, gint64 day, gint64 now_ms,
						  DayFacts *out, GError **error)
{
	*out = (DayFacts){.person = person,
					  .day = day,
					  .now_ms = now_ms,
					  .utc_offset_min = facts->utc_offset_min,
					  .start_day = DAY_OPEN};
	if (!load_employment(facts, out, error))
		return FALSE;
	if (!out->employed)
		return TRUE;
	/* A leave of one's own before what an order says. */
	g_array_set_size(facts->leaves, 0);
	if (!load_leaves(facts, out, error) || !load_service(facts, out, error))
		return FALSE;
	if (out->unit == 0 || out->day < out->start_day)
		return TRUE;
	out->leaves = (const DayLeave *)(void *)facts->leaves->data;
	out->n_leaves = facts->leaves->len;
	return load_punches(facts, out, error) && load_needs(facts, out, error);
}

gboolean judge_facts_works(JudgeFacts *facts, gint64 person, gint64 day, gboolean *works,
						   gboolean *common, GError **error)
{
	DayFacts day_facts = {.person = person,
						  .day = day,
						  .utc_offset_min = facts->utc_offset_min,
						  .now_ms = G_MAXINT64 / 2};
	Shift shift;
	*works = FALSE;
	if (!load_employment(facts, &day_facts, error))
		return FALSE;
	g_array_set_size(facts->leaves, 0);
	if (!day_facts.employed || day_facts.status_code != NULL)
		return TRUE;
	if (!load_service(facts, &day_facts, error))
		return FALSE;
	if (day_facts.has_plan)
		*works = day_facts.plan.n_shifts > 0;
	else
		*works = day_facts.has_pattern &&
				 shift_of_day(&day_facts.pattern, day, facts->utc_offset_min, &shift);
	gboolean free_day =
		day_facts.holiday != NULL && !(day_facts.has_plan && day_facts.plan.over_holiday);
	if (common != NULL)
		*common = *works && !free_day && g_strcmp0(day_facts.holiday_kind, "cuti_bersama") == 0;
	*works = *works && !free_day;
	return TRUE;
}
