#include "server/judge_facts.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/assignments.h"
#include "server/store/coverage.h"
#include "server/store/deductions.h"
#include "server/store/history.h"
#include "server/store/holidays.h"
#include "server/store/leaves.h"
#include "server/store/outages.h"
#include "server/store/places.h"
#include "server/store/punches.h"
#include "server/store/references.h"
#include "server/store/schedules.h"
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

struct JudgeFacts {
	Sql *sql;
	gint64 utc_offset_min;
	GHashTable *unit_days;   /* UnitDay → itself */
	GHashTable *place_names; /* place and day → text in `texts` */
	GHashTable *schemes;     /* gint64 → DeductionTable */
	GStringChunk *texts;
	/* Of the person-day loaded last. */
	GArray *leaves;    /* DayLeave */
	GArray *punches;   /* DayPunch */
	GArray *terminals; /* TerminalId: where they punched that day */
	GArray *places;    /* gint64: duty places */
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

JudgeFacts *judge_facts_new(Sql *sql, gint64 utc_offset_min)
{
	JudgeFacts *facts = g_new0(JudgeFacts, 1);
	facts->sql = sql;
	facts->utc_offset_min = utc_offset_min;
	facts->unit_days = g_hash_table_new_full(unit_day_hash, unit_day_equal, NULL, unit_day_free);
	facts->place_names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	facts->schemes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
										   (GDestroyNotify)deduction_table_free);
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

static gboolean place_name(JudgeFacts *facts, gint64 place, gint64 day, const char **name,
						   GError **error)
{
	/* One key for both: a day has far fewer than 24 bits. */
	gint64 key = place * (1 << 24) + day;
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
	g_autoptr(SqlStatement) row =
		sql_query(facts->sql, error,
				  "SELECT e.status, s.name, s.day_code FROM person_employment e"
				  " JOIN legal_status s ON s.code=e.status WHERE e.person=$1 AND" NOW_ON("e", "$2"),
				  "ii", out->person, out->day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	out->employed = step == SQL_ROW;
	if (step == SQL_ROW) {
		out->status = keep(facts, sql_text(row, 0));
		out->status_name = keep(facts, sql_text(row, 1));
		out->status_code = keep(facts, sql_text(row, 2));
	}
	return step != SQL_FAILED;
}

/* The shift of a neighbouring day, on which the person may have served elsewhere. */
static gboolean load_neighbour(JudgeFacts *facts, const DayFacts *out, const Assignment *assignment,
							   gint64 day, gboolean *works, Shift *shift, GError **error)
{
	Assignment there = *assignment;
	*works = FALSE;
	if ((day < there.from_day || day >= there.to_day) &&
		!assignments_on(facts->sql, out->person, day, &there, error))
		return FALSE;
	if (there.unit == 0)
		return TRUE;
	const UnitDay *unit_day = get_unit_day(facts, there.unit, day, error);
	if (unit_day == NULL)
		return FALSE;
	*works = unit_day->pattern != 0 && unit_day->holiday == NULL &&
			 shift_of_day(&unit_day->week, day, facts->utc_offset_min, shift);
	return TRUE;
}

static gboolean load_service(JudgeFacts *facts, DayFacts *out, GError **error)
{
	Assignment assignment;
	g_array_set_size(facts->places, 0);
	if (!assignments_on(facts->sql, out->person, out->day, &assignment, error))
		return FALSE;
	out->unit = assignment.unit;
	if (assignment.unit == 0)
		return TRUE;
	const UnitDay *unit_day = get_unit_day(facts, assignment.unit, out->day, error);
	if (unit_day == NULL)
		return FALSE;
	out->rules = unit_day->rules;
	out->start_day = unit_day->start_day;
	out->live_day = unit_day->live_day;
	out->has_pattern = unit_day->pattern != 0;
	out->pattern = unit_day->week;
	out->pattern_name = unit_day->pattern_name;
	out->pattern_from_day = unit_day->pattern_from_day;
	out->holiday = unit_day->holiday;
	out->holiday_kind = unit_day->holiday_kind;
	out->deductions = unit_day->deductions;
	if (assignment.duty_place != 0)
		g_array_append_val(facts->places, assignment.duty_place);
	else
		g_array_append_vals(facts->places, unit_day->places->data, unit_day->places->len);
	return load_neighbour(facts, out, &assignment, out->day - 1, &out->has_before, &out->before,
						  error) &&
		   load_neighbour(facts, out, &assignment, out->day + 1, &out->has_after, &out->after,
						  error);
}

static DaySlot slot_of(const char *text)
{
	if (strcmp(text, "masuk") == 0)
		return SLOT_IN;
	return strcmp(text, "pulang") == 0 ? SLOT_OUT : SLOT_DAY;
}

static gboolean load_leaves(JudgeFacts *facts, DayFacts *out, GError **error)
{
	Leave leave;
	gint64 from_day, to_day;
	SqlStep step;
	g_array_set_size(facts->leaves, 0);
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(facts->sql, out->person, out->day, out->day + 1, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW) {
		g_autofree char *name = NULL;
		DayLeave one = {.code = keep(facts, leave.code),
						.letter = keep(facts, leave.letter),
						.slot = slot_of(leave.slot)};
		if (!leaves_code(facts->sql, leave.code, &name, NULL, &one.duty, error))
			return FALSE;
		one.name = keep(facts, name != NULL ? name : leave.code);
		g_array_append_val(facts->leaves, one);
	}
	out->leaves = (const DayLeave *)(void *)facts->leaves->data;
	out->n_leaves = facts->leaves->len;
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

static gboolean append_punch(JudgeFacts *facts, const DayFacts *out, const Punch *punch,
							 GError **error)
{
	DayPunch one = {.at_ms = punch->at_ms,
					.waiting = punch->state == PUNCH_WAITING,
					.terminal = keep(facts, punch->terminal.text)};
	if (punch->state != PUNCH_COUNTED && punch->state != PUNCH_WAITING)
		return TRUE;
	if (!place_name(facts, punch->place, out->day, &one.place, error))
		return FALSE;
	one.event = event_key(facts, punch);
	g_array_append_val(facts->punches, one);
	if (calendar_day(punch->at_ms, facts->utc_offset_min) == out->day)
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

static gboolean ask_place(JudgeFacts *facts, gint64 place, gint64 day, SlotData *data,
						  GError **error)
{
	SlotData here = {.from_ms = data->from_ms, .to_ms = data->to_ms};
	CoverageState coverage;
	OutageState outage;
	TerminalId terminal = {0};
	g_autofree char *document = NULL;
	if (!coverage_of_place(facts->sql, place, here.from_ms, here.to_ms, &coverage, &terminal,
						   error) ||
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

/* Only what may change the verdict is asked: most slots have their punch. */
static gboolean load_needs(JudgeFacts *facts, DayFacts *out, GError **error)
{
	DayNeeds needs;
	out->enrolled = TRUE;
	day_needs(out, &needs);
	if (!needs.duty)
		return TRUE;
	if ((needs.choice.in == NULL || needs.choice.out == NULL) &&
		!references_active(facts->sql, out->person, calendar_ms(out->day, 0, facts->utc_offset_min),
						   calendar_ms(out->day + 1, 0, facts->utc_offset_min), &out->enrolled,
						   error))
		return FALSE;
	return ask_data(facts, out, needs.in_from_ms, needs.in_to_ms, &out->in_data, error) &&
		   ask_data(facts, out, needs.out_from_ms, needs.out_to_ms, &out->out_data, error);
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
	if (!load_service(facts, out, error))
		return FALSE;
	if (out->unit == 0 || out->day < out->start_day)
		return TRUE;
	return load_leaves(facts, out, error) && load_punches(facts, out, error) &&
		   load_needs(facts, out, error);
}
