/* Conflicts of a roster: what is told, and that it is told once and for the right day. */
#include <stdio.h>
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/roster.h"

#define MONDAY 20094 /* 2025-01-06 */
#define OFFSET 420
#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define WEEK 7

/* "P" 07–14, "S" 14–21, "M" 21–07, "K" 07:00–15:30 with an hour's break, "-" none; a digit after it
 * says more: 1 holiday, 2 leave. */
static GArray *duties_of(gint64 day, const char *text, gint32 week_min)
{
	static const struct {
		char letter;
		gint32 start_min, end_min, break_min;
	} shifts[] = {
		{'P', 420, 840, 0}, {'S', 840, 1260, 0}, {'M', 1260, 1860, 0}, {'K', 420, 930, 60}};
	GArray *duties = g_array_new(FALSE, TRUE, sizeof(RosterDuty));
	for (; *text != '\0'; text++) {
		RosterDuty duty = {.day = day, .week_min = week_min};
		for (gsize i = 0; i < G_N_ELEMENTS(shifts); i++) {
			if (shifts[i].letter != *text)
				continue;
			duty.start_ms = calendar_ms(day, shifts[i].start_min, OFFSET);
			duty.end_ms = calendar_ms(day, shifts[i].end_min, OFFSET);
			duty.minutes = shifts[i].end_min - shifts[i].start_min - shifts[i].break_min;
		}
		duty.holiday = text[1] == '1';
		if (text[1] == '2')
			g_strlcpy(duty.leave, "CT", sizeof duty.leave);
		text += text[1] == '1' || text[1] == '2';
		g_array_append_val(duties, duty);
		day++;
	}
	return duties;
}

static char *told(const GArray *conflicts)
{
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < conflicts->len; i++) {
		const RosterConflict *one = &g_array_index(conflicts, RosterConflict, i);
		g_string_append_printf(text, "%s%" G_GINT64_FORMAT ":%s", i > 0 ? " " : "",
							   one->day - MONDAY, roster_conflict_text(one->kind));
		if (one->wanted != 0)
			g_string_append_printf(text, "=%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, one->minutes,
								   one->wanted);
	}
	return g_string_free(text, FALSE);
}

static void conflicts_of_a_person(void)
{
	/* Of Monday to Sunday when nothing else is said; 480 minutes of rest (setting rest_min), a week of
	 * 2,250 minutes (Perpres 21/2023). */
	static const struct {
		const char *duties;
		gint64 begins, from, to; /* from Monday on */
		gint32 week_min, slack_min;
		const char *told;
	} cases[] = {
		/* Five days of 7½ hours: exactly the week. */
		{"KKKKK--", 0, 0, 7, 2250, 0, ""},
		/* The week's minutes, at the border of what may differ. */
		{"PPPPP--", 0, 0, 7, 2250, 150, ""},
		{"PPPPP--", 0, 0, 7, 2250, 149, "0:menit-kurang=2100/2250"},
		{"KKKKKK-", 0, 0, 7, 2250, 450, ""},
		{"KKKKKK-", 0, 0, 7, 2250, 449, "0:menit-lebih=2700/2250"},
		/* In Ramadan 1,950. */
		{"KKKKK--", 0, 0, 7, 1950, 0, "0:menit-lebih=2250/1950"},
		/* By contract, and no contract is here. */
		{"PP-----", 0, 0, 7, 0, 0, ""},
		/* A holiday and a leave on working days take a fifth each; on a Sunday nothing. */
		{"-1KKKK--", 0, 0, 7, 2250, 0, ""},
		{"-2KKKK--1", 0, 0, 7, 2250, 0, ""},
		{"K1KKKK--", 0, 0, 7, 2250, 0, "0:menit-lebih=2250/1800"},
		/* Duty during leave is no work of the week. */
		{"K2KKKK--", 0, 0, 7, 2250, 0, "0:cuti"},
		/* Seven hours between an afternoon at 21 and the next morning at 7 would be ten: enough. */
		{"SP-----", 0, 0, 7, 0, 0, ""},
		/* A night ends at 7: a morning that day has no rest, an afternoon seven hours, a night 14. */
		{"MP-----", 0, 0, 7, 0, 0, "1:istirahat=0/480"},
		{"MS-----", 0, 0, 7, 0, 0, "1:istirahat=420/480"},
		{"MM-----", 0, 0, 7, 0, 0, ""},
		/* Days off between are rest. */
		{"M-P----", 0, 0, 7, 0, 0, ""},
		/* The month's border: the pair is told when either lies within, else not. */
		{"MP-----", 0, 1, 7, 0, 0, "1:istirahat=0/480"},
		{"MP-----", 0, 0, 1, 0, 0, "1:istirahat=0/480"},
		{"MP-----", 0, 2, 7, 0, 0, ""},
		/* A leave outside of it is another month's. */
		{"P2------", 0, 1, 7, 0, 0, ""},
		/* A week belongs to the month of its Sunday. */
		{"PPPPP--", 0, 0, 6, 2250, 0, ""},
		{"PPPPP--", 0, 6, 7, 2250, 0, "0:menit-kurang=2100/2250"},
		/* Of a week that is not given as a whole nothing is said. */
		{"PPPP--", 1, 0, 14, 2250, 0, ""},
		{"------PPPPP--", 1, 0, 14, 2250, 0, "7:menit-kurang=2100/2250"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const RosterLimits limits = {480, cases[i].slack_min};
		g_autoptr(GArray) conflicts = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
		g_autoptr(GArray) duties =
			duties_of(MONDAY + cases[i].begins, cases[i].duties, cases[i].week_min);
		roster_judge_person(7, (const RosterDuty *)(void *)duties->data, duties->len,
							MONDAY + cases[i].from, MONDAY + cases[i].to, &limits, conflicts);
		g_autofree char *got = told(conflicts);
		if (g_strcmp0(got, cases[i].told) != 0)
			g_error("case %d '%s': '%s', not '%s'", (int)i, cases[i].duties, got, cases[i].told);
		for (guint j = 0; j < conflicts->len; j++)
			g_assert_cmpint(g_array_index(conflicts, RosterConflict, j).person, ==, 7);
	}
}

static void somebody_is_there_every_day(void)
{
	static const gint32 before[] = {1, 2, 1}, gap[] = {1, 0, 1};
	g_assert_true(roster_is_continuous(before, 3, FALSE));
	g_assert_false(roster_is_continuous(gap, 3, FALSE));
	g_assert_true(roster_is_continuous(gap, 3, TRUE));      /* some duty passes midnight */
	g_assert_false(roster_is_continuous(before, 0, FALSE)); /* nothing is known */
	g_assert_true(roster_is_continuous(before, 0, TRUE));
}

/* ── Hours at which somebody is needed ── */

/* "0:21-31*2 1:7-14": days from Monday, hours from their midnight, people (one). */
static GArray *spans_of(const char *text)
{
	GArray *spans = g_array_new(FALSE, FALSE, sizeof(RosterSpan));
	g_auto(GStrv) parts = g_strsplit(text, " ", -1);
	for (char **part = parts; *part != NULL && **part != '\0'; part++) {
		int day, from, to, people = 1;
		g_assert_cmpint(sscanf(*part, "%d:%d-%d*%d", &day, &from, &to, &people), >=, 3);
		RosterSpan span = {calendar_ms(MONDAY + day, from * 60, OFFSET),
						   calendar_ms(MONDAY + day, to * 60, OFFSET), people};
		g_array_append_val(spans, span);
	}
	return spans;
}

static int hour_of(gint64 at_ms)
{
	return (int)((at_ms - calendar_ms(MONDAY, 0, OFFSET)) / (60 * MINUTE_MS));
}

static char *told_hours(const GArray *conflicts)
{
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < conflicts->len; i++) {
		const RosterConflict *one = &g_array_index(conflicts, RosterConflict, i);
		int day = (int)(one->day - MONDAY);
		g_string_append_printf(text, "%s%d:%d-%d=%d/%d", i > 0 ? " " : "", day,
							   hour_of(one->from_ms) - day * 24, hour_of(one->to_ms) - day * 24,
							   (int)one->n_people, (int)one->n_needed);
		g_assert_cmpint(one->kind, ==, one->n_people == 0 ? ROSTER_NOBODY : ROSTER_FEW);
	}
	return g_string_free(text, FALSE);
}

static void hours_without_enough_people(void)
{
	static const struct {
		const char *needs, *presence, *told;
	} cases[] = {
		{"0:7-14", "0:7-14", ""},
		{"0:7-14", "", "0:7-14=0/1"},
		{"", "0:7-14", ""},
		/* Who comes late or goes early leaves a gap of its own. */
		{"0:7-14", "0:8-13", "0:7-8=0/1 0:13-14=0/1"},
		/* One follows the other, however they are listed. */
		{"0:7-14", "0:10-14 0:7-10", ""},
		{"0:7-14", "0:11-14 0:7-10", "0:10-11=0/1"},
		/* Two are needed: with one it says how many there are, with none that nobody is there. */
		{"0:7-14*2", "0:7-14 0:7-10", "0:10-14=1/2"},
		{"0:7-14*2", "0:7-12 0:7-10", "0:10-12=1/2 0:12-14=0/2"},
		{"0:7-14*2", "0:7-14 0:7-14 0:7-14", ""},
		/* A night belongs to the day on which it begins; the next morning's shift is another's need. */
		{"0:21-31", "0:21-31", ""},
		{"0:21-31", "0:21-24", "1:0-7=0/1"},
		{"0:21-31", "1:0-7", "0:21-24=0/1"},
		/* What touches is told once, over midnight too; another number is told apart. */
		{"0:0-24 1:0-24", "", "0:0-48=0/1"},
		{"0:0-24 1:0-24", "0:0-20 1:6-24", "0:20-30=0/1"},
		{"0:0-24 1:0-24*2", "", "0:0-24=0/1 1:0-24=0/2"},
		{"0:0-24*2 1:0-24*2", "0:0-24", "0:0-24=1/2 1:0-24=0/2"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) needs = spans_of(cases[i].needs);
		g_autoptr(GArray) presence = spans_of(cases[i].presence);
		g_autoptr(GArray) conflicts = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
		roster_find_uncovered((const RosterSpan *)(void *)needs->data, needs->len,
							  (const RosterSpan *)(void *)presence->data, presence->len, OFFSET,
							  conflicts);
		g_autofree char *got = told_hours(conflicts);
		if (g_strcmp0(got, cases[i].told) != 0)
			g_error("case %d: '%s', not '%s'", (int)i, got, cases[i].told);
	}
}

static void hours_by_custom(void)
{
	static const struct {
		const char *presence, *needs;
		gsize n_days;
	} cases[] = {
		/* On every day, on two of three, on half of them. */
		{"0:7-14 1:7-14 2:7-14", "0:7-14 1:7-14 2:7-14", 3},
		{"0:7-14 1:7-14", "0:7-14 1:7-14 2:7-14", 3},
		{"0:7-14 1:7-14", "", 4},
		/* Nights: until the morning, and from the evening on. */
		{"-1:21-31 0:21-31 1:21-31", "0:0-7 0:21-24 1:0-7 1:21-24", 2},
		/* Two people at once are one custom. */
		{"0:7-14 0:7-14", "", 2},
		/* One stays longer on one day only. */
		{"0:7-14 1:7-16 2:7-14", "0:7-14 1:7-14 2:7-14", 3},
		{"", "", 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) presence = spans_of(cases[i].presence);
		g_autoptr(GArray) wanted = spans_of(cases[i].needs);
		g_autoptr(GArray) needs = g_array_new(FALSE, FALSE, sizeof(RosterSpan));
		roster_learn_needs((const RosterSpan *)(void *)presence->data, presence->len,
						   calendar_ms(MONDAY, 0, OFFSET), cases[i].n_days, needs);
		g_assert_cmpuint(needs->len, ==, wanted->len);
		for (guint j = 0; j < needs->len; j++) {
			const RosterSpan *got = &g_array_index(needs, RosterSpan, j);
			const RosterSpan *want = &g_array_index(wanted, RosterSpan, j);
			g_assert_cmpint(got->from_ms, ==, want->from_ms);
			g_assert_cmpint(got->to_ms, ==, want->to_ms);
			g_assert_cmpint(got->people, ==, 1);
		}
	}
}

static void each_is_said_in_words(void)
{
	static const struct {
		RosterConflict conflict;
		const char *words;
	} cases[] = {
		{{.kind = ROSTER_LEAVE, .code = "CT"}, "dijadwalkan jaga selama cuti atau dinas (CT)"},
		{{.kind = ROSTER_REST, .minutes = 420, .wanted = 480},
		 "istirahat sebelumnya 420 menit, paling sedikit 480"},
		{{.kind = ROSTER_OVER, .minutes = 2700, .wanted = 2250},
		 "jam kerja minggu ini lebih: 2700 menit, semestinya 2250"},
		{{.kind = ROSTER_UNDER, .minutes = 2100, .wanted = 2250},
		 "jam kerja minggu ini kurang: 2100 menit, semestinya 2250"},
		{{.kind = ROSTER_NOBODY,
		  .from_ms = MONDAY * DAY_MS + 14 * HOUR_MS,
		  .to_ms = MONDAY * DAY_MS + 24 * HOUR_MS},
		 "tidak ada yang jaga pukul 21.00–07.00"},
		{{.kind = ROSTER_NOBODY,
		  .from_ms = MONDAY * DAY_MS + 14 * HOUR_MS,
		  .to_ms = MONDAY * DAY_MS + 38 * HOUR_MS},
		 "tidak ada yang jaga pukul 21.00–21.00 (sampai 2025-01-07)"},
		{{.kind = ROSTER_FEW,
		  .from_ms = MONDAY * DAY_MS,
		  .to_ms = MONDAY * DAY_MS + 7 * HOUR_MS,
		  .n_people = 1,
		  .n_needed = 2},
		 "kurang yang jaga pukul 07.00–14.00: 1 orang, semestinya 2"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) words = g_string_new(NULL);
		roster_conflict_words(words, &cases[i].conflict, OFFSET);
		g_assert_cmpstr(words->str, ==, cases[i].words);
	}
}

/* ── Whatever the roster ── */

#define DAYS 42
#define ROUNDS 2000

static char *random_roster(void)
{
	char *text = g_new0(char, DAYS + 1);
	for (int i = 0; i < DAYS; i++)
		text[i] = "PSMK--"[g_test_rand_int_range(0, 6)];
	return text;
}

/* By minutes from the first midnight, duty against every later duty, week by week. */
static void count_naively(const char *roster, int from, int to, guint *n_rest, guint *n_weeks)
{
	static const char letters[] = "PSMK";
	static const int start[] = {420, 840, 1260, 420}, end[] = {840, 1260, 1860, 930};
	static const int minutes[] = {420, 420, 600, 450};
	*n_rest = *n_weeks = 0;
	int ended = -100000, ended_on = -1;
	for (int day = 0; day < DAYS; day++) {
		const char *letter = strchr(letters, roster[day]);
		if (letter == NULL)
			continue;
		int at = day * 1440 + start[letter - letters];
		*n_rest +=
			at - ended < 480 && ((day >= from && day < to) || (ended_on >= from && ended_on < to));
		ended = day * 1440 + end[letter - letters];
		ended_on = day;
	}
	for (int week = 0; week + WEEK <= DAYS; week += WEEK) {
		int sum = 0;
		for (int day = week; day < week + WEEK; day++) {
			const char *letter = strchr(letters, roster[day]);
			sum += letter != NULL ? minutes[letter - letters] : 0;
		}
		*n_weeks += sum != 2250 && week + 6 >= from && week + 6 < to;
	}
}

/* The same conflicts as by counting; those of two halves are those of the whole, a rest across the
 * border twice. */
static void every_conflict_is_found_once(void)
{
	static const RosterLimits limits = {480, 0};
	for (int round = 0; round < ROUNDS; round++) {
		g_autofree char *roster = random_roster();
		int from = g_test_rand_int_range(0, DAYS), to = g_test_rand_int_range(from, DAYS + 1);
		guint n_rest, n_weeks, got_rest = 0, got_weeks = 0;
		g_autoptr(GArray) conflicts = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
		g_autoptr(GArray) duties = duties_of(MONDAY, roster, 2250);
		roster_judge_person(7, (const RosterDuty *)(void *)duties->data, duties->len, MONDAY + from,
							MONDAY + to, &limits, conflicts);
		for (guint i = 0; i < conflicts->len; i++) {
			RosterConflictKind kind = g_array_index(conflicts, RosterConflict, i).kind;
			got_rest += kind == ROSTER_REST;
			got_weeks += kind == ROSTER_OVER || kind == ROSTER_UNDER;
		}
		count_naively(roster, from, to, &n_rest, &n_weeks);
		g_assert_cmpuint(got_rest, ==, n_rest);
		g_assert_cmpuint(got_weeks, ==, n_weeks);
		g_assert_cmpuint(conflicts->len, ==, n_rest + n_weeks);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/roster/conflicts_of_a_person", conflicts_of_a_person);
	g_test_add_func("/rules/roster/somebody_is_there_every_day", somebody_is_there_every_day);
	g_test_add_func("/rules/roster/hours_without_enough_people", hours_without_enough_people);
	g_test_add_func("/rules/roster/hours_by_custom", hours_by_custom);
	g_test_add_func("/rules/roster/each_is_said_in_words", each_is_said_in_words);
	g_test_add_func("/rules/roster/every_conflict_is_found_once", every_conflict_is_found_once);
	return g_test_run();
}
