#include "server/judge/judge_facts_private.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/time/leaves.h"
#include "server/store/people/people.h"
#include "server/store/time/punches.h"

JudgeFacts *judge_facts_new(Sql *sql, gint64 utc_offset_min)
{
	JudgeFacts *facts = g_new0(JudgeFacts, 1);
	facts->sql = sql;
	facts->utc_offset_min = utc_offset_min;
	facts_shared_init(facts);
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
	g_clear_pointer(&facts->rosters, g_array_unref);
	g_array_unref(facts->leaves);
	g_array_unref(facts->punches);
	g_array_unref(facts->terminals);
	g_array_unref(facts->places);
	g_free(facts);
}

void judge_facts_forget(JudgeFacts *facts)
{
	facts_shared_forget(facts);
}

static gboolean load_employment(JudgeFacts *facts, DayFacts *out, GError **error)
{
	PersonDuty duty;
	if (!people_duty_on(facts->sql, out->person, out->day, facts->texts, &duty, error))
		return FALSE;
	out->employed = duty.employed;
	out->status = duty.status;
	out->status_name = duty.status_name;
	out->status_code = duty.day_code;
	facts->deducted = duty.deducted;
	return TRUE;
}

DaySlot facts_slot(const char *text)
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
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(facts->sql, out->person, out->day, out->day + 1, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW) {
		g_autofree char *name = NULL;
		DayLeave one = {.code = facts_keep(facts, leave.code),
						.letter = facts_keep(facts, leave.letter),
						.slot = facts_slot(leave.slot),
						.away = strcmp(leave.code, "DL") == 0 || strcmp(leave.code, "DIK") == 0};
		if (!leaves_code(facts->sql, leave.code, &name, NULL, &one.duty, error))
			return FALSE;
		one.name = facts_keep(facts, name != NULL ? name : leave.code);
		g_array_append_val(facts->leaves, one);
	}
	return step == SQL_DONE;
}

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
					.letter = facts_keep(facts, punch->letter),
					.terminal = facts_keep(facts, punch->terminal.text)};
	if (punch->state != PUNCH_COUNTED && punch->state != PUNCH_WAITING)
		return TRUE;
	if (!facts_place_name(facts, punch->place, out->day, &one.place, error))
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
	if (!load_leaves(facts, out, error) || !facts_ask_day(facts, out, error))
		return FALSE;
	if (out->unit == 0 || out->day < out->start_day)
		return TRUE;
	out->leaves = (const DayLeave *)(void *)facts->leaves->data;
	out->n_leaves = facts->leaves->len;
	return load_punches(facts, out, error) && facts_ask_data(facts, out, error);
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
