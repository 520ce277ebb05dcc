#include "server/judge/judge_facts_private.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/time/leaves.h"
#include "server/store/time/punches.h"
#include "server/store/time/schedules.h"

/* The windows of a day reach from the evening before to the noon after. */
#define PUNCH_DAYS_BEFORE 1
#define PUNCH_DAYS_AFTER 2

static void clear_rosters(PersonSpan *span)
{
	g_clear_pointer(&span->rosters, g_array_unref);
}

void facts_person_init(PersonSpan *span)
{
	span->texts = g_string_chunk_new(1024);
	span->duties = g_array_new(FALSE, FALSE, sizeof(PersonDuty));
	span->assignments = g_array_new(FALSE, FALSE, sizeof(Assignment));
	span->secondaries = g_array_new(FALSE, FALSE, sizeof(Assignment));
	span->leaves = g_array_new(FALSE, FALSE, sizeof(SpanLeave));
	span->punches = g_array_new(FALSE, FALSE, sizeof(SpanPunch));
}

void facts_person_clear(PersonSpan *span)
{
	clear_rosters(span);
	g_array_unref(span->duties);
	g_array_unref(span->assignments);
	g_array_unref(span->secondaries);
	g_array_unref(span->leaves);
	g_array_unref(span->punches);
	g_string_chunk_free(span->texts);
}

void facts_person_forget(PersonSpan *span)
{
	span->from_day = span->to_day = 0;
}

static const char *keep(PersonSpan *span, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(span->texts, text) : NULL;
}

static gboolean load_leaves(JudgeFacts *facts, PersonSpan *span, GError **error)
{
	Leave leave;
	SpanLeave one;
	SqlStep step;
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(facts->sql, span->person, span->from_day, span->to_day, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &one.from_day, &one.to_day, error)) == SQL_ROW) {
		const AbsenceCode *code = facts_absence_code(facts, leave.code, error);
		if (code == NULL)
			return FALSE;
		one.leave =
			(DayLeave){.code = code->code,
					   .name = code->name != NULL ? code->name : code->code,
					   .letter = keep(span, leave.letter),
					   .slot = facts_slot(leave.slot),
					   .duty = code->duty,
					   .away = strcmp(leave.code, "DL") == 0 || strcmp(leave.code, "DIK") == 0};
		g_array_append_val(span->leaves, one);
	}
	return step == SQL_DONE;
}

/* Mostly that of the punch before. */
static const char *keep_terminal(PersonSpan *span, const TerminalId *terminal)
{
	const SpanPunch *before = span->punches->len > 0
								  ? &g_array_index(span->punches, SpanPunch, span->punches->len - 1)
								  : NULL;
	if (before != NULL && terminal_id_equal(&before->terminal, terminal))
		return before->punch.terminal;
	return keep(span, terminal->text);
}

/* "terminal/journal/seq". */
static const char *event_key(PersonSpan *span, const Punch *punch)
{
	char key[TERMINAL_ID_MAX + RANDOM_ID_TEXT + 24], digits[20];
	char *at = g_stpcpy(key, punch->terminal.text), *digit = digits;
	*at++ = '/';
	random_id_format(&punch->journal, at);
	at += RANDOM_ID_TEXT - 1;
	*at++ = '/';
	/* As "%" G_GINT64_FORMAT does, which is slow; a sequence has no sign. */
	guint64 rest = (guint64)punch->seq;
	do {
		*digit++ = (char)('0' + rest % 10);
	} while ((rest /= 10) > 0);
	while (digit > digits)
		*at++ = *--digit;
	return g_string_chunk_insert_len(span->texts, key, at - key);
}

static gboolean load_punches(JudgeFacts *facts, PersonSpan *span, GError **error)
{
	Punch punch;
	SqlStep step;
	g_autoptr(PunchCursor) rows = punches_of_person(
		facts->sql, span->person,
		calendar_ms(span->from_day - PUNCH_DAYS_BEFORE, 0, facts->utc_offset_min),
		calendar_ms(span->to_day - 1 + PUNCH_DAYS_AFTER, 0, facts->utc_offset_min), error);
	if (rows == NULL)
		return FALSE;
	while ((step = punches_next(rows, &punch, error)) == SQL_ROW) {
		if (punch.state != PUNCH_COUNTED && punch.state != PUNCH_WAITING)
			continue;
		SpanPunch one = {.punch = {.at_ms = punch.at_ms,
								   .waiting = punch.state == PUNCH_WAITING,
								   .place_id = punch.place,
								   .letter = keep(span, punch.letter),
								   .terminal = keep_terminal(span, &punch.terminal),
								   .event = event_key(span, &punch)},
						 .terminal = punch.terminal};
		g_array_append_val(span->punches, one);
	}
	return step == SQL_DONE;
}

/* Only of whom is employed in that time. */
static gboolean load_rest(JudgeFacts *facts, PersonSpan *span, GError **error)
{
	return assignments_served(facts->sql, span->person, span->from_day - 1, span->to_day + 1,
							  span->assignments, span->secondaries, error) &&
		   shifts_of_person(facts->sql, span->person, span->from_day - 1, span->to_day + 1,
							&span->rosters, error) &&
		   load_leaves(facts, span, error) && load_punches(facts, span, error);
}

/* Employment ends with the day of death; where BKD has chosen to judge that day, it is asked for as
 * the day before. */
static gboolean load_death(JudgeFacts *facts, PersonSpan *span, GError **error)
{
	gint64 day = G_MININT64;
	RuleSet rules;
	span->died_day = G_MININT64;
	if (facts_person_duty(span, span->to_day - 1) != NULL)
		return TRUE;
	if (!sql_get_int(facts->sql, &day, G_MININT64, error,
					 "SELECT max(tmt_day) FROM mutation WHERE person=$1 AND kind='meninggal'"
					 " AND tmt_day>=$2 AND tmt_day<$3",
					 "iii", span->person, span->from_day, span->to_day))
		return FALSE;
	if (day == G_MININT64)
		return TRUE;
	if (!schedules_rules_on(facts->sql, day, &rules, error))
		return FALSE;
	if (!rules.death_day_judged || facts_person_duty(span, day) != NULL)
		return TRUE;
	g_array_set_size(span->duties, 0);
	if (!people_duties(facts->sql, span->person, span->from_day - 1, span->to_day, span->texts,
					   span->duties, error))
		return FALSE;
	for (guint i = 0; i < span->duties->len; i++) {
		PersonDuty *duty = &g_array_index(span->duties, PersonDuty, i);
		if (duty->to_day != day)
			continue;
		duty->to_day++;
		span->died_day = day;
	}
	return TRUE;
}

gboolean facts_person_load(JudgeFacts *facts, PersonId person, gint64 from_day, gint64 to_day,
						   GError **error)
{
	PersonSpan *span = &facts->span;
	facts_asked_forget(facts);
	clear_rosters(span);
	g_array_set_size(span->duties, 0);
	g_array_set_size(span->assignments, 0);
	g_array_set_size(span->secondaries, 0);
	g_array_set_size(span->leaves, 0);
	g_array_set_size(span->punches, 0);
	g_string_chunk_clear(span->texts);
	span->person = person;
	span->from_day = from_day;
	span->to_day = to_day;
	if (people_duties(facts->sql, person, from_day, to_day, span->texts, span->duties, error) &&
		load_death(facts, span, error) && (span->duties->len == 0 || load_rest(facts, span, error)))
		return TRUE;
	facts_person_forget(span);
	return FALSE;
}

gboolean facts_person_holds(const PersonSpan *span, PersonId person, gint64 day)
{
	return span->person == person && span->from_day <= day && day < span->to_day;
}

/* ── Of one day ── */

const PersonDuty *facts_person_duty(const PersonSpan *span, gint64 day)
{
	for (guint i = 0; i < span->duties->len; i++) {
		const PersonDuty *duty = &g_array_index(span->duties, PersonDuty, i);
		if (duty->from_day <= day && day < duty->to_day)
			return duty;
	}
	return NULL;
}

const Assignment *facts_person_assignment(const PersonSpan *span, gint64 day)
{
	for (guint i = 0; i < span->assignments->len; i++) {
		const Assignment *there = &g_array_index(span->assignments, Assignment, i);
		if (there->from_day <= day && day < there->to_day)
			return there;
	}
	return NULL;
}

const RosterDay *facts_person_roster(const PersonSpan *span, gint64 day)
{
	guint from = 0, to = span->rosters->len;
	while (from < to) {
		guint middle = from + (to - from) / 2;
		const RosterDay *roster = &g_array_index(span->rosters, RosterDay, middle);
		if (roster->day == day)
			return roster;
		if (roster->day < day)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

void facts_person_leaves(const PersonSpan *span, gint64 day, GArray *leaves)
{
	for (guint i = 0; i < span->leaves->len; i++) {
		const SpanLeave *one = &g_array_index(span->leaves, SpanLeave, i);
		if (one->from_day <= day && day < one->to_day)
			g_array_append_val(leaves, one->leave);
	}
}

void facts_person_punches(const PersonSpan *span, gint64 day, gint64 utc_offset_min,
						  const SpanPunch **first, guint *n)
{
	gint64 from_ms = calendar_ms(day - PUNCH_DAYS_BEFORE, 0, utc_offset_min);
	gint64 to_ms = calendar_ms(day + PUNCH_DAYS_AFTER, 0, utc_offset_min);
	const SpanPunch *all = (const SpanPunch *)(void *)span->punches->data;
	guint from = 0, to = span->punches->len, end;
	while (from < to) {
		guint middle = from + (to - from) / 2;
		if (all[middle].punch.at_ms < from_ms)
			from = middle + 1;
		else
			to = middle;
	}
	for (end = from; end < span->punches->len && all[end].punch.at_ms < to_ms;)
		end++;
	*first = all + from;
	*n = end - from;
}
