/* Conflicts of a roster: what is told, and that it is told once and for the right day. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/roster.h"

#define MONDAY 20094 /* 2025-01-06 */
#define OFFSET 420
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
	g_autoptr(GArray) conflicts = g_array_new(FALSE, FALSE, sizeof(RosterConflict));
	g_assert_true(roster_is_continuous(before, 3, FALSE));
	g_assert_false(roster_is_continuous(gap, 3, FALSE));
	g_assert_true(roster_is_continuous(gap, 3, TRUE));      /* some duty passes midnight */
	g_assert_false(roster_is_continuous(before, 0, FALSE)); /* nothing is known */
	g_assert_true(roster_is_continuous(before, 0, TRUE));
	roster_find_nobody(gap, 3, MONDAY, conflicts);
	g_autofree char *got = told(conflicts);
	g_assert_cmpstr(got, ==, "1:kosong");
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
		{{.kind = ROSTER_NOBODY}, "tidak ada yang jaga"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) words = g_string_new(NULL);
		roster_conflict_words(words, &cases[i].conflict);
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
	g_test_add_func("/rules/roster/each_is_said_in_words", each_is_said_in_words);
	g_test_add_func("/rules/roster/every_conflict_is_found_once", every_conflict_is_found_once);
	return g_test_run();
}
