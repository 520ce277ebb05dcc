/* Dates, times and numbers as people write them; how often something may be tried. */
#include <glib.h>

#include "server/web/limits.h"
#include "server/web/routes.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define MONDAY G_GINT64_CONSTANT(20150) /* 3 March 2025 */

static void test_dates(void)
{
	static const struct {
		gint64 day;
		const char *words, *iso;
	} cases[] = {
		{MONDAY, "Senin, 3 Maret 2025", "2025-03-03"},
		{0, "Kamis, 1 Januari 1970", "1970-01-01"},
		{-1, "Rabu, 31 Desember 1969", "1969-12-31"},
		{19782, "Kamis, 29 Februari 2024", "2024-02-29"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = words_date(cases[i].day), *iso = iso_date(cases[i].day);
		gint64 day;
		g_assert_cmpstr(words, ==, cases[i].words);
		g_assert_cmpstr(iso, ==, cases[i].iso);
		g_assert_true(iso_date_parse(iso, &day));
		g_assert_cmpint(day, ==, cases[i].day);
	}
}

static void test_what_is_no_date(void)
{
	static const char *const bad[] = {"",           "2025-3-3",   "2025-02-29",  "2025-13-01",
									  "2025-00-10", "20250303",   "2025-03-03 ", " 2025-03-03",
									  "2025/03/03", "1899-12-31", "3000-01-01",  "2025-03-0x"};
	gint64 day;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(iso_date_parse(bad[i], &day));
}

static void test_times_are_local(void)
{
	static const struct {
		gint64 at_ms, offset_min;
		const char *words, *iso;
		gint64 day;
	} cases[] = {
		{MONDAY * DAY_MS - 8 * MINUTE_MS, 420, "06.52", "2025-03-03T06:52:00+07:00", MONDAY},
		{MONDAY * DAY_MS - 7 * 60 * MINUTE_MS, 420, "00.00", "2025-03-03T00:00:00+07:00", MONDAY},
		{MONDAY * DAY_MS - 7 * 60 * MINUTE_MS - 1, 420, "23.59", "2025-03-02T23:59:59+07:00",
		 MONDAY - 1},
		{-1, -90, "22.29", "1969-12-31T22:29:59-01:30", -1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = words_time(cases[i].at_ms, cases[i].offset_min);
		g_autofree char *iso = iso_time(cases[i].at_ms, cases[i].offset_min);
		g_assert_cmpstr(words, ==, cases[i].words);
		g_assert_cmpstr(iso, ==, cases[i].iso);
		g_assert_cmpint(words_day(cases[i].at_ms, cases[i].offset_min), ==, cases[i].day);
	}
}

static void test_numbers(void)
{
	static const struct {
		gint64 value;
		const char *words;
	} cases[] = {
		{0, "0"}, {999, "999"}, {1204, "1.204"}, {1000000, "1.000.000"}, {-1204, "-1.204"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = words_number(cases[i].value);
		g_assert_cmpstr(words, ==, cases[i].words);
	}
}

static void test_limits_refill(void)
{
	g_autoptr(Limits) limits = limits_new(3, 1000, 10);
	gint64 wait_ms;
	for (int i = 0; i < 3; i++)
		g_assert_true(limits_take(limits, "siti", 0, NULL));
	g_assert_false(limits_take(limits, "siti", 0, &wait_ms));
	g_assert_cmpint(wait_ms, ==, 1000);
	g_assert_true(limits_take(limits, "budi", 0, NULL));
	g_assert_false(limits_take(limits, "siti", 999, &wait_ms));
	g_assert_cmpint(wait_ms, ==, 1);
	g_assert_true(limits_take(limits, "siti", 1000, NULL));
	g_assert_false(limits_take(limits, "siti", 1000, NULL));
	limits_reset(limits, "siti");
	g_assert_true(limits_take(limits, "siti", 1000, NULL));
}

/* Names that nobody bears must not fill the memory, nor free the one under attack soon. */
static void test_limits_are_bounded(void)
{
	g_autoptr(Limits) limits = limits_new(1, 1000, 3);
	g_assert_true(limits_take(limits, "a", 0, NULL));
	g_assert_true(limits_take(limits, "b", 0, NULL));
	g_assert_true(limits_take(limits, "c", 0, NULL));
	g_assert_false(limits_take(limits, "a", 0, NULL));
	g_assert_true(limits_take(limits, "d", 0, NULL)); /* b has been left alone longest */
	g_assert_false(limits_take(limits, "a", 0, NULL));
	g_assert_false(limits_take(limits, "c", 0, NULL));
}

static void test_figures(void)
{
	static const struct {
		gint64 late_min, early_min, deduction_bp;
		const char *text;
	} cases[] = {
		{0, 0, 0, NULL},
		{12, 0, 50, "Terlambat 12 menit, potongan 0,5 %"},
		{0, 7, 0, "Pulang cepat 7 menit"},
		{1, 2, 125, "Terlambat 1 menit, pulang cepat 2 menit, potongan 1,25 %"},
		{0, 0, 300, "Potongan 3 %"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			words_figures(cases[i].late_min, cases[i].early_min, cases[i].deduction_bp);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
	g_autofree char *none = words_percent(0), *small = words_percent(5);
	g_assert_cmpstr(none, ==, "0 %");
	g_assert_cmpstr(small, ==, "0,05 %");
	g_autofree char *moment = words_moment(20150 * DAY_MS, 420);
	g_assert_cmpstr(moment, ==, "Senin, 3 Maret 2025 pukul 07.00");
}

/* The audit log is read by people: no action of a route shows by its key. */
static void test_every_action_has_a_word(void)
{
	for (gsize i = 0; i < n_routes; i++)
		if (routes[i].action != NULL)
			g_assert_cmpstr(terms_action(routes[i].action), !=, routes[i].action);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/web/words/dates", test_dates);
	g_test_add_func("/web/words/what_is_no_date", test_what_is_no_date);
	g_test_add_func("/web/words/times_are_local", test_times_are_local);
	g_test_add_func("/web/words/numbers", test_numbers);
	g_test_add_func("/web/words/figures", test_figures);
	g_test_add_func("/web/words/every_action_has_one", test_every_action_has_a_word);
	g_test_add_func("/web/limits/refill", test_limits_refill);
	g_test_add_func("/web/limits/are_bounded", test_limits_are_bounded);
	return g_test_run();
}
