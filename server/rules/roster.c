#include "server/rules/roster.h"

#include "server/rules/calendar.h"

#define WEEK_DAYS 7
#define WORKING_DAYS 5 /* Perpres 21/2023: Monday to Friday */

static gboolean is_duty(const RosterDuty *duty)
{
	return duty->end_ms > duty->start_ms;
}

static gboolean is_within(gint64 day, gint64 from_day, gint64 to_day)
{
	return day >= from_day && day < to_day;
}

static void tell(GArray *conflicts, RosterConflict conflict)
{
	g_array_append_val(conflicts, conflict);
}

static void judge_leave(gint64 person, const RosterDuty *duty, GArray *conflicts)
{
	RosterConflict conflict = {.kind = ROSTER_LEAVE, .person = person, .day = duty->day};
	if (!is_duty(duty) || duty->leave[0] == '\0')
		return;
	g_strlcpy(conflict.code, duty->leave, sizeof conflict.code);
	tell(conflicts, conflict);
}

/* `before`: the last duty before this one. */
static void judge_rest(gint64 person, const RosterDuty *before, const RosterDuty *duty,
					   gint32 rest_min, GArray *conflicts)
{
	gint64 rest_ms = duty->start_ms - before->end_ms;
	if (rest_ms >= rest_min * MINUTE_MS)
		return;
	tell(conflicts, (RosterConflict){.kind = ROSTER_REST,
									 .person = person,
									 .day = duty->day,
									 .minutes = MAX(rest_ms, 0) / MINUTE_MS,
									 .wanted = rest_min});
}

/* FALSE: it is not known. */
static gboolean week_wanted(const RosterDuty week[WEEK_DAYS], gint64 *wanted)
{
	gint64 sum = 0;
	for (int i = 0; i < WORKING_DAYS; i++) {
		if (week[i].week_min == 0)
			return FALSE;
		if (!week[i].holiday && week[i].leave[0] == '\0')
			sum += week[i].week_min;
	}
	*wanted = sum / WORKING_DAYS;
	return TRUE;
}

static void judge_week(gint64 person, const RosterDuty week[WEEK_DAYS], gint32 slack_min,
					   GArray *conflicts)
{
	RosterConflict conflict = {.person = person, .day = week[0].day};
	if (!week_wanted(week, &conflict.wanted))
		return;
	for (int i = 0; i < WEEK_DAYS; i++)
		conflict.minutes += week[i].leave[0] == '\0' ? week[i].minutes : 0;
	if (conflict.minutes > conflict.wanted + slack_min)
		conflict.kind = ROSTER_OVER;
	else if (conflict.minutes < conflict.wanted - slack_min)
		conflict.kind = ROSTER_UNDER;
	else
		return;
	tell(conflicts, conflict);
}

void roster_judge_person(gint64 person, const RosterDuty *duties, gsize n, gint64 from_day,
						 gint64 to_day, const RosterLimits *limits, GArray *conflicts)
{
	const RosterDuty *before = NULL;
	for (gsize i = 0; i < n; i++) {
		const RosterDuty *duty = &duties[i];
		gboolean within = is_within(duty->day, from_day, to_day);
		if (within)
			judge_leave(person, duty, conflicts);
		if (is_duty(duty)) {
			if (before != NULL && (within || is_within(before->day, from_day, to_day)))
				judge_rest(person, before, duty, limits->rest_min, conflicts);
			before = duty;
		}
		if (within && calendar_weekday(duty->day) == WEEK_DAYS - 1 && i + 1 >= WEEK_DAYS)
			judge_week(person, &duties[i + 1 - WEEK_DAYS], limits->slack_min, conflicts);
	}
}

gboolean roster_is_continuous(const gint32 *on_duty, gsize n, gboolean past_midnight)
{
	for (gsize i = 0; i < n; i++)
		if (on_duty[i] == 0)
			return past_midnight;
	return n > 0 || past_midnight;
}

void roster_find_nobody(const gint32 *on_duty, gsize n, gint64 from_day, GArray *conflicts)
{
	for (gsize i = 0; i < n; i++)
		if (on_duty[i] == 0)
			tell(conflicts, (RosterConflict){.kind = ROSTER_NOBODY, .day = from_day + (gint64)i});
}

const char *roster_conflict_text(RosterConflictKind kind)
{
	static const char *const texts[] = {
		[ROSTER_LEAVE] = "cuti",         [ROSTER_REST] = "istirahat", [ROSTER_OVER] = "menit-lebih",
		[ROSTER_UNDER] = "menit-kurang", [ROSTER_NOBODY] = "kosong",
	};
	return texts[kind];
}

void roster_conflict_words(GString *out, const RosterConflict *conflict)
{
	static const char *const words[] = {
		[ROSTER_LEAVE] = "dijadwalkan jaga selama cuti atau dinas",
		[ROSTER_REST] = "istirahat sebelumnya",
		[ROSTER_OVER] = "jam kerja minggu ini lebih",
		[ROSTER_UNDER] = "jam kerja minggu ini kurang",
		[ROSTER_NOBODY] = "tidak ada yang jaga",
	};
	g_string_append(out, words[conflict->kind]);
	if (conflict->kind == ROSTER_LEAVE)
		g_string_append_printf(out, " (%s)", conflict->code);
	else if (conflict->kind == ROSTER_REST)
		g_string_append_printf(out, " %" G_GINT64_FORMAT " menit, paling sedikit %" G_GINT64_FORMAT,
							   conflict->minutes, conflict->wanted);
	else if (conflict->kind != ROSTER_NOBODY)
		g_string_append_printf(out, ": %" G_GINT64_FORMAT " menit, semestinya %" G_GINT64_FORMAT,
							   conflict->minutes, conflict->wanted);
}
