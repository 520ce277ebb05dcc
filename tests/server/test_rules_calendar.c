/* Days, weekdays, local time and the words for them. */
#include "server/rules/calendar.h"

static void dates_and_days_are_the_same_thing(void)
{
	static const struct {
		const char *text;
		gint64 day;
		int weekday; /* 0 Monday */
	} rows[] = {
		{"1970-01-01", 0, 3},       {"1969-12-31", -1, 2},     {"2000-02-29", 11016, 1},
		{"2025-03-03", 20150, 0},   {"2026-11-24", 20781, 1},  {"0001-01-01", -719162, 0},
		{"9999-12-31", 2932896, 4}, {"1900-03-01", -25508, 3},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 day = 0;
		char text[CALENDAR_TEXT];
		g_assert_true(calendar_parse(rows[i].text, &day));
		g_assert_cmpint(day, ==, rows[i].day);
		g_assert_cmpint(calendar_weekday(day), ==, rows[i].weekday);
		calendar_format(day, text);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void every_day_of_a_century_agrees_with_glib(void)
{
	for (gint64 day = -25567; day < 25567 * 2; day++) {
		GDate date;
		int year, month, day_of_month;
		gint64 back = 0;
		g_date_clear(&date, 1);
		g_date_set_julian(&date, (guint32)(day + 719163));
		calendar_to_date(day, &year, &month, &day_of_month);
		g_assert_cmpint(year, ==, g_date_get_year(&date));
		g_assert_cmpint(month, ==, (int)g_date_get_month(&date));
		g_assert_cmpint(day_of_month, ==, g_date_get_day(&date));
		g_assert_cmpint(calendar_weekday(day), ==, (int)g_date_get_weekday(&date) - 1);
		g_assert_true(calendar_from_date(year, month, day_of_month, &back));
		g_assert_cmpint(back, ==, day);
	}
}

static void what_is_no_date_is_refused(void)
{
	static const char *const bad[] = {
		"",           "2025-02-29", "2025-13-01", "2025-00-10",  "2025-1-1",
		"2025-01-32", "2025/01/01", "20250101",   "2025-01-01 ", "0000-01-01",
		"2025-01-0x", "+025-01-01", "1900-02-29", "2025-04-31",  "2025-01-00"};
	gint64 day = 7;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(calendar_parse(bad[i], &day));
	g_assert_false(calendar_parse(NULL, &day));
	g_assert_false(calendar_from_date(10000, 1, 1, &day));
	g_assert_cmpint(day, ==, 7);
}

static void an_instant_belongs_to_its_local_day(void)
{
	static const struct {
		gint64 at_ms, offset, day;
	} rows[] = {
		{0, 0, 0},          {-1, 0, -1}, {-1, 420, 0}, {61199999, 420, 0}, /* 16.59.59.999 UTC */
		{61200000, 420, 1}, /* 17.00 UTC is local midnight */
		{-DAY_MS, -1, -2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(calendar_day(rows[i].at_ms, rows[i].offset), ==, rows[i].day);
	g_assert_cmpint(calendar_ms(1, 0, 420), ==, 61200000);
	g_assert_cmpint(calendar_ms(0, 25 * 60, 0), ==, 25 * 60 * MINUTE_MS);
}

static void words_are_indonesian(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	calendar_words_date(out, 20150, TRUE);
	g_string_append_c(out, '|');
	calendar_words_date(out, 20781, FALSE);
	g_string_append_c(out, '|');
	calendar_words_time(out, calendar_ms(20150, 6 * 60 + 52, 420) + 59999, 420);
	g_string_append_c(out, '|');
	calendar_words_time(out, calendar_ms(-1, 23 * 60 + 59, 420), 420);
	g_assert_cmpstr(out->str, ==, "Senin, 3 Maret 2025|24 November 2026|06.52|23.59");
}

static void instants_are_written_and_read(void)
{
	static const struct {
		const char *text;
		gint64 minute; /* of local 2025-03-03; -1: no time */
	} rows[] = {
		{"2025-03-03", 0},
		{"2025-03-03T06:52", 412},
		{"2025-03-03 06:52:00", 412},
		{"2025-03-03T06:52:00+07:00", 412},
		{"2025-03-02T23:52:00Z", 412},
		{"2025-03-03T04:52:00+05:00", 412},
		{"2025-03-02T21:52-02:00", 412},
		{"2025-02-29T06:52", -1},
		{"2025-03-03T24:00", -1},
		{"2025-03-03T06:60", -1},
		{"2025-03-03T06:52:6", -1},
		{"2025-03-03T06.52", -1},
		{"2025-03-03x06:52", -1},
		{"2025-03-03T06:52+7", -1},
		{"2025-03-03T06:52*07:00", -1},
		{"2025-03-03T06:52+0700", -1},
		{"2025-03-03T06:52+25:00", -1},
		{"2025-03-03T", -1},
		{"", -1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 at_ms = 0;
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(calendar_parse_iso(rows[i].text, 420, &at_ms), ==, rows[i].minute >= 0);
		if (rows[i].minute >= 0)
			g_assert_cmpint(at_ms, ==, calendar_ms(20150, rows[i].minute, 420));
	}
	gint64 untouched = 7;
	g_assert_false(calendar_parse_iso(NULL, 420, &untouched));
	g_assert_cmpint(untouched, ==, 7);
	char text[CALENDAR_ISO];
	calendar_format_iso(calendar_ms(20150, 412, 420) + 10000, 420, text);
	g_assert_cmpstr(text, ==, "2025-03-03T06:52:10+07:00");
	calendar_format_iso(calendar_ms(20150, 412, -90), -90, text);
	g_assert_cmpstr(text, ==, "2025-03-03T06:52:00-01:30");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/calendar/dates_and_days_are_the_same_thing",
					dates_and_days_are_the_same_thing);
	g_test_add_func("/rules/calendar/every_day_of_a_century_agrees_with_glib",
					every_day_of_a_century_agrees_with_glib);
	g_test_add_func("/rules/calendar/what_is_no_date_is_refused", what_is_no_date_is_refused);
	g_test_add_func("/rules/calendar/an_instant_belongs_to_its_local_day",
					an_instant_belongs_to_its_local_day);
	g_test_add_func("/rules/calendar/words_are_indonesian", words_are_indonesian);
	g_test_add_func("/rules/calendar/instants_are_written_and_read", instants_are_written_and_read);
	return g_test_run();
}
