#include "server/judge/judge_facts_private.h"

#include "server/store/history.h"
#include "server/store/time/academic.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/outages.h"
#include "server/store/terminals/places.h"
#include "server/store/time/schedules.h"
#include "server/store/people/units.h"

/* Unit-days that are remembered: some tens of MiB. */
#define UNIT_DAYS_MAX 50000
/* Names of places, and whether they record elsewhere. */
#define PLACE_DAYS_MAX 200000

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

void facts_shared_init(JudgeFacts *facts)
{
	facts->unit_days = g_hash_table_new_full(unit_day_hash, unit_day_equal, NULL, unit_day_free);
	facts->place_names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	facts->schemes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
										   (GDestroyNotify)deduction_table_free);
	facts->elsewhere = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	facts->order_days = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, order_day_free);
	facts->shifts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	facts->codes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	facts->texts = g_string_chunk_new(4096);
	facts->generation = -1;
}

static void forget(JudgeFacts *facts)
{
	g_hash_table_remove_all(facts->unit_days);
	g_hash_table_remove_all(facts->place_names);
	g_hash_table_remove_all(facts->schemes);
	g_hash_table_remove_all(facts->elsewhere);
	g_hash_table_remove_all(facts->order_days);
	g_hash_table_remove_all(facts->shifts);
	g_hash_table_remove_all(facts->codes);
	g_string_chunk_clear(facts->texts);
	g_clear_pointer(&facts->school.days, g_array_unref);
}

gboolean facts_shared_renew(JudgeFacts *facts, GError **error)
{
	gint64 generation = 0;
	if (!history_generation(facts->sql, &generation, error))
		return FALSE;
	if (generation != facts->generation || g_hash_table_size(facts->unit_days) > UNIT_DAYS_MAX ||
		g_hash_table_size(facts->place_names) > PLACE_DAYS_MAX)
		forget(facts);
	facts->generation = generation;
	return TRUE;
}

void facts_shared_clear(JudgeFacts *facts)
{
	g_hash_table_destroy(facts->unit_days);
	g_hash_table_destroy(facts->place_names);
	g_hash_table_destroy(facts->schemes);
	g_hash_table_destroy(facts->elsewhere);
	g_hash_table_destroy(facts->order_days);
	g_hash_table_destroy(facts->shifts);
	g_hash_table_destroy(facts->codes);
	g_string_chunk_free(facts->texts);
	g_clear_pointer(&facts->school.days, g_array_unref);
}

const char *facts_keep(JudgeFacts *facts, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(facts->texts, text) : NULL;
}

static gboolean load_pattern(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	g_autofree char *name = NULL;
	if (!schedules_on(facts->sql, unit_day->unit, unit_day->day, &unit_day->pattern,
					  &unit_day->week, &name, &unit_day->pattern_from_day, error))
		return FALSE;
	unit_day->pattern_name = facts_keep(facts, name);
	if (unit_day->pattern_from_day == DAY_ALWAYS)
		unit_day->pattern_from_day = G_MININT64;
	return TRUE;
}

static gboolean load_holiday(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	g_autofree char *name = NULL, *kind = NULL;
	if (!holidays_on(facts->sql, unit_day->unit, unit_day->day, &name, &kind, error))
		return FALSE;
	unit_day->holiday = facts_keep(facts, name);
	unit_day->holiday_kind = facts_keep(facts, kind);
	return TRUE;
}

static gboolean load_school(JudgeFacts *facts, UnitDay *unit_day, GError **error)
{
	g_auto(AcademicDay) day = {0};
	if (!academic_on(facts->sql, unit_day->unit, unit_day->day, &day, error))
		return FALSE;
	unit_day->school_holiday = day.closed ? facts_keep(facts, day.name) : NULL;
	unit_day->school_source = facts_keep(facts, day.source);
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

const UnitDay *facts_unit_day(JudgeFacts *facts, gint64 unit, gint64 day, GError **error)
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
		!load_school(facts, known, error) ||
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

gboolean facts_place_name(JudgeFacts *facts, gint64 place, gint64 day, const char **name,
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
	*name = facts_keep(facts, text);
	g_hash_table_insert(facts->place_names, g_memdup2(&key, sizeof key), (gpointer)*name);
	return TRUE;
}

gboolean facts_place_elsewhere(JudgeFacts *facts, gint64 place, gint64 day, gboolean *elsewhere,
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

const OrderDay *facts_order_day(JudgeFacts *facts, gint64 day, GError **error)
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

const WorkShift *facts_shift(JudgeFacts *facts, gint64 id, GError **error)
{
	WorkShift *known = g_hash_table_lookup(facts->shifts, &id);
	WorkShift shift;
	g_autofree char *name = NULL;
	if (known != NULL)
		return known;
	if (!shifts_get(facts->sql, id, &shift, &name, error))
		return NULL;
	shift.name = facts_keep(facts, name);
	known = g_memdup2(&shift, sizeof shift);
	g_hash_table_insert(facts->shifts, &known->id, known);
	return known;
}

const AbsenceCode *facts_absence_code(JudgeFacts *facts, const char *code, GError **error)
{
	AbsenceCode *known = g_hash_table_lookup(facts->codes, code);
	g_autofree char *name = NULL;
	gboolean duty = FALSE;
	if (known != NULL)
		return known;
	if (!leaves_code(facts->sql, code, &name, NULL, &duty, error))
		return NULL;
	known = g_new0(AbsenceCode, 1);
	*known = (AbsenceCode){facts_keep(facts, code), facts_keep(facts, name), duty};
	g_hash_table_insert(facts->codes, (gpointer)known->code, known);
	return known;
}
