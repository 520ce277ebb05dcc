/* Weeks of work and their windows. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/shift.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */

static const RuleSet rules = {.in_before_min = 90, .out_after_min = 240};

static void a_week_has_its_effective_minutes(void)
{
	static const struct {
		WeekPattern week;
		gint64 minutes;
	} rows[] = {
		/* Jawa Tengah, 5 days (domain 1.2): Friday's 90 minutes of break make 2250. */
		{{.days = {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}},
		 2250},
		/* Ramadan 2017, 5 days. */
		{{.days = {{480, 900, 30}, {480, 900, 30}, {480, 900, 30}, {480, 900, 30}, {480, 930, 60}}},
		 1950},
		/* Kab. Semarang, Ramadan 2026, 6 days. */
		{{.days = {{480, 840, 0},
				   {480, 840, 0},
				   {480, 840, 0},
				   {480, 840, 0},
				   {480, 690, 0},
				   {480, 780, 0}}},
		 1950},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_null(shift_check_week(&rows[i].week));
		g_assert_cmpint(shift_week_minutes(&rows[i].week), ==, rows[i].minutes);
	}
}

static void an_unsound_week_is_refused(void)
{
	static const WeekPattern midnight = {.days = {{0, 480, 60}}}; /* no day off */
	g_assert_null(shift_check_week(&midnight));
	static const WeekPattern bad[] = {
		{.days = {{0}}},             /* no day at all */
		{.days = {{930, 420, 60}}},  /* ends before it begins */
		{.days = {{420, 420, 0}}},   /* takes no time */
		{.days = {{1440, 1500, 0}}}, /* begins on the next day */
		{.days = {{-1, 400, 0}}},
		{.days = {{1260, SHIFT_END_MAX + 1, 0}}},
		{.days = {{420, 930, 510}}}, /* nothing but break */
		{.days = {{420, 930, -1}}},
		{.days = {{0, 1441, 0}}, .grace_min = 0}, /* longer than a day */
		{.days = {{420, 930, 60}}, .grace_min = 121},
		{.days = {{420, 930, 60}}, .grace_min = -1},
		{.days = {{420, 930, 60}}, .flex_min = 121},
		{.days = {{420, 930, 60}}, .flex_min = -1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_nonnull(shift_check_week(&bad[i]));
}

static gint64 at(gint64 day, int hour, int minute)
{
	return calendar_ms(day, hour * 60 + minute, OFFSET);
}

static Shift make(gint64 day, int from_hour, int to_hour)
{
	return (Shift){.day = day, .start_ms = at(day, from_hour, 0), .end_ms = at(day, to_hour, 0)};
}

static void windows_meet_in_the_middle(void)
{
	Shift shift = {.day = MONDAY, .start_ms = at(MONDAY, 7, 0), .end_ms = at(MONDAY, 15, 31)};
	ShiftWindow window;
	shift_window(&shift, NULL, NULL, &rules, &window);
	g_assert_cmpint(window.in_from_ms, ==, at(MONDAY, 5, 30));
	g_assert_cmpint(window.in_to_ms, ==, at(MONDAY, 11, 15)); /* down to the minute */
	g_assert_cmpint(window.out_from_ms, ==, window.in_to_ms);
	g_assert_cmpint(window.out_to_ms, ==, at(MONDAY, 19, 31));
}

static void neighbours_share_what_lies_between(void)
{
	/* A night until 07.00, then a day from 09.00: out of the one until 08.00, in of the other from
	 * 08.00. */
	Shift night = make(MONDAY, 21, 31), morning = make(MONDAY + 1, 9, 17);
	ShiftWindow first, second;
	shift_window(&night, NULL, &morning, &rules, &first);
	shift_window(&morning, &night, NULL, &rules, &second);
	g_assert_cmpint(first.out_to_ms, ==, at(MONDAY + 1, 8, 0));
	g_assert_cmpint(second.in_from_ms, ==, at(MONDAY + 1, 8, 0));
	/* Far apart: each has all of its own. */
	morning = make(MONDAY + 1, 14, 21);
	shift_window(&night, NULL, &morning, &rules, &first);
	shift_window(&morning, &night, NULL, &rules, &second);
	g_assert_cmpint(first.out_to_ms, ==, at(MONDAY + 1, 11, 0));
	g_assert_cmpint(second.in_from_ms, ==, at(MONDAY + 1, 12, 30));
}

static void windows_of_neighbours_never_overlap(void)
{
	for (int i = 0; i < 2000; i++) {
		int from = g_test_rand_int_range(0, 24), length = g_test_rand_int_range(1, 13);
		int next = g_test_rand_int_range(0, 24), next_length = g_test_rand_int_range(1, 13);
		Shift one = make(MONDAY, from, from + length);
		Shift other = make(MONDAY + 1, next, next + next_length);
		ShiftWindow a, b;
		if (other.start_ms < one.end_ms)
			continue; /* nobody works two shifts at once */
		shift_window(&one, NULL, &other, &rules, &a);
		shift_window(&other, &one, NULL, &rules, &b);
		g_assert_cmpint(a.in_from_ms, <=, a.in_to_ms);
		g_assert_cmpint(a.out_from_ms, <=, a.out_to_ms);
		g_assert_cmpint(a.out_to_ms, <=, b.in_from_ms);
		g_assert_cmpint(b.in_from_ms, <=, b.in_to_ms);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/shift/a_week_has_its_effective_minutes",
					a_week_has_its_effective_minutes);
	g_test_add_func("/rules/shift/an_unsound_week_is_refused", an_unsound_week_is_refused);
	g_test_add_func("/rules/shift/windows_meet_in_the_middle", windows_meet_in_the_middle);
	g_test_add_func("/rules/shift/neighbours_share_what_lies_between",
					neighbours_share_what_lies_between);
	g_test_add_func("/rules/shift/windows_of_neighbours_never_overlap",
					windows_of_neighbours_never_overlap);
	return g_test_run();
}
