#include "server/judge/judge_facts_private.h"

#include <string.h>

#include "server/judge/judge_leave.h"
#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/time/academic.h"

/* Leave is asked for day after day. */
#define WORKS_AHEAD 32

JudgeFacts *judge_facts_new(Sql *sql, gint64 utc_offset_min)
{
	JudgeFacts *facts = g_new0(JudgeFacts, 1);
	facts->sql = sql;
	facts->utc_offset_min = utc_offset_min;
	facts_shared_init(facts);
	facts_person_init(&facts->span);
	facts->asked = facts_asked_new();
	facts->coverage = coverage_view_new(sql, utc_offset_min);
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
	facts_shared_clear(facts);
	facts_person_clear(&facts->span);
	g_free(facts->asked);
	coverage_view_free(facts->coverage);
	g_array_unref(facts->leaves);
	g_array_unref(facts->punches);
	g_array_unref(facts->terminals);
	g_array_unref(facts->places);
	g_free(facts);
}

gboolean judge_facts_begin(JudgeFacts *facts, GError **error)
{
	facts_person_forget(&facts->span);
	facts_asked_forget(facts);
	g_clear_pointer(&facts->school.days, g_array_unref);
	coverage_view_clear(facts->coverage);
	return facts_shared_renew(facts, error);
}

gboolean judge_facts_read(JudgeFacts *facts, gint64 person, gint64 from_day, gint64 to_day,
						  GError **error)
{
	return facts_person_load(facts, person, from_day, to_day, error);
}

DaySlot facts_slot(const char *text)
{
	if (strcmp(text, "masuk") == 0)
		return SLOT_IN;
	return strcmp(text, "pulang") == 0 ? SLOT_OUT : SLOT_DAY;
}

static gboolean load_employment(JudgeFacts *facts, DayFacts *out, gint64 to_day, GError **error)
{
	if (!facts_person_holds(&facts->span, out->person, out->day) &&
		!facts_person_load(facts, out->person, out->day, to_day, error))
		return FALSE;
	const PersonDuty *duty = facts_person_duty(&facts->span, out->day);
	if (duty == NULL)
		return TRUE;
	out->employed = TRUE;
	out->status = duty->status;
	out->status_name = duty->status_name;
	out->status_code = duty->day_code;
	facts->deducted = duty->deducted;
	return TRUE;
}

static void remember_terminal(JudgeFacts *facts, const TerminalId *terminal)
{
	for (guint i = 0; i < facts->terminals->len; i++)
		if (terminal_id_equal(&g_array_index(facts->terminals, TerminalId, i), terminal))
			return;
	g_array_append_val(facts->terminals, *terminal);
}

static gboolean is_duty_place(const JudgeFacts *facts, gint64 place)
{
	for (guint i = 0; i < facts->places->len; i++)
		if (g_array_index(facts->places, gint64, i) == place)
			return TRUE;
	return FALSE;
}

static gboolean load_punches(JudgeFacts *facts, DayFacts *out, GError **error)
{
	const SpanPunch *known;
	guint n;
	g_array_set_size(facts->punches, 0);
	g_array_set_size(facts->terminals, 0);
	facts_person_punches(&facts->span, out->day, facts->utc_offset_min, &known, &n);
	for (guint i = 0; i < n; i++) {
		DayPunch one = known[i].punch;
		one.at_duty = is_duty_place(facts, one.place_id);
		if (!facts_place_name(facts, one.place_id, out->day, &one.place, error))
			return FALSE;
		g_array_append_val(facts->punches, one);
		if (one.letter == NULL && calendar_day(one.at_ms, facts->utc_offset_min) == out->day)
			remember_terminal(facts, &known[i].terminal);
	}
	out->punches = (const DayPunch *)(void *)facts->punches->data;
	out->n_punches = facts->punches->len;
	return TRUE;
}

/* A school holiday is a teacher's annual leave as long as the balance lasts. */
static gboolean load_school_holiday(JudgeFacts *facts, const DayFacts *out, GError **error)
{
	const UnitDay *unit_day = facts_unit_day(facts, out->unit, out->day, error);
	gboolean teacher = FALSE, taken = FALSE;
	if (unit_day == NULL)
		return FALSE;
	if (unit_day->school_holiday == NULL)
		return TRUE;
	if (!academic_is_teacher(facts->sql, out->person, out->day, &teacher, error) ||
		(teacher && !judge_leave_school_day(facts, out->person, out->day, &taken, error)))
		return FALSE;
	if (taken) {
		DayLeave one = {.code = "CT",
						.name = unit_day->school_holiday,
						.letter = unit_day->school_source,
						.slot = SLOT_DAY};
		g_array_append_val(facts->leaves, one);
	}
	return TRUE;
}

/* Who died on the day is excused from what is missing of it. */
static void excuse_death(JudgeFacts *facts, const DayFacts *out)
{
	DayLeave one = {.code = "DSP", .name = "Meninggal dunia", .slot = SLOT_DAY, .duty = TRUE};
	for (gsize i = 0; i < out->n_punches; i++)
		if (calendar_day(out->punches[i].at_ms, facts->utc_offset_min) == out->day)
			one.slot = SLOT_OUT;
	g_array_append_val(facts->leaves, one);
}

gboolean judge_facts_load(JudgeFacts *facts, gint64 person, gint64 day, gint64 now_ms,
						  DayFacts *out, GError **error)
{
	*out = (DayFacts){.person = person,
					  .day = day,
					  .now_ms = now_ms,
					  .utc_offset_min = facts->utc_offset_min,
					  .start_day = DAY_OPEN};
	if (!load_employment(facts, out, day + 1, error))
		return FALSE;
	if (!out->employed)
		return TRUE;
	/* A leave of one's own before what an order says. */
	g_array_set_size(facts->leaves, 0);
	facts_person_leaves(&facts->span, day, facts->leaves);
	if (!facts_ask_day(facts, out, error))
		return FALSE;
	if (out->unit == 0 || out->day < out->start_day)
		return TRUE;
	if (!load_school_holiday(facts, out, error) || !load_punches(facts, out, error))
		return FALSE;
	if (facts->span.died_day == day)
		excuse_death(facts, out);
	out->leaves = (const DayLeave *)(void *)facts->leaves->data;
	out->n_leaves = facts->leaves->len;
	return facts_ask_data(facts, out, error);
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
	if (!load_employment(facts, &day_facts, day + WORKS_AHEAD, error))
		return FALSE;
	g_array_set_size(facts->leaves, 0);
	if (!day_facts.employed || day_facts.status_code != NULL)
		return TRUE;
	if (!facts_ask_day(facts, &day_facts, error))
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
