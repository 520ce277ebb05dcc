#include "server/rules/calendar.h"

#include <string.h>

static gint64 floor_divide(gint64 value, gint64 by)
{
	gint64 quotient = value / by;
	return value % by < 0 ? quotient - 1 : quotient;
}

gint64 calendar_day(gint64 at_ms, gint64 utc_offset_min)
{
	return floor_divide(at_ms + utc_offset_min * MINUTE_MS, DAY_MS);
}

gint64 calendar_ms(gint64 day, gint64 minute, gint64 utc_offset_min)
{
	return day * DAY_MS + (minute - utc_offset_min) * MINUTE_MS;
}

int calendar_weekday(gint64 day)
{
	/* 1970-01-01 was a Thursday. */
	return (int)(day + 3 - floor_divide(day + 3, 7) * 7);
}

static gboolean is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days before 1 January of the year, since year 1. */
static gint64 days_before_year(gint64 year)
{
	gint64 y = year - 1;
	return y * 365 + y / 4 - y / 100 + y / 400;
}

#define DAYS_TO_1970 G_GINT64_CONSTANT(719162)

gboolean calendar_from_date(int year, int month, int day_of_month, gint64 *day)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day_of_month < 1 ||
		day_of_month > days_in_month(year, month))
		return FALSE;
	gint64 days = days_before_year(year) - DAYS_TO_1970 + day_of_month - 1;
	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	*day = days;
	return TRUE;
}

void calendar_to_date(gint64 day, int *year, int *month, int *day_of_month)
{
	gint64 since = day + DAYS_TO_1970;
	/* A guess that is never too late, then at most a step or two. */
	gint64 y = CLAMP(floor_divide(since, 366) + 1, 1, 9999);
	while (y < 9999 && days_before_year(y + 1) <= since)
		y++;
	gint64 rest = since - days_before_year(y);
	int m = 1;
	while (m < 12 && rest >= days_in_month((int)y, m))
		rest -= days_in_month((int)y, m++);
	*year = (int)y;
	*month = m;
	*day_of_month = (int)rest + 1;
}

gboolean calendar_parse(const char *text, gint64 *day)
{
	if (text == NULL || strlen(text) != 10)
		return FALSE;
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
			return FALSE;
	return calendar_from_date((int)g_ascii_strtoll(text, NULL, 10),
							  (int)g_ascii_strtoll(text + 5, NULL, 10),
							  (int)g_ascii_strtoll(text + 8, NULL, 10), day);
}

void calendar_format(gint64 day, char text[CALENDAR_TEXT])
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	g_snprintf(text, CALENDAR_TEXT, "%04u-%02u-%02u", (unsigned)year % 10000u,
			   (unsigned)month % 100u, (unsigned)day_of_month % 100u);
}

void calendar_format_iso(gint64 at_ms, gint64 utc_offset_min, char text[CALENDAR_ISO])
{
	char date[CALENDAR_TEXT];
	gint64 day = calendar_day(at_ms, utc_offset_min);
	int second = (int)((at_ms - calendar_ms(day, 0, utc_offset_min)) / 1000);
	int offset = (int)ABS(utc_offset_min);
	calendar_format(day, date);
	g_snprintf(text, CALENDAR_ISO, "%sT%02d:%02d:%02d%c%02d:%02d", date, second / 3600,
			   second / 60 % 60, second % 60, utc_offset_min < 0 ? '-' : '+', offset / 60,
			   offset % 60);
}

/* Two digits, at most `max`; -1 when there are none. */
static int two_digits(const char *text, int max)
{
	if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]))
		return -1;
	int number = g_ascii_digit_value(text[0]) * 10 + g_ascii_digit_value(text[1]);
	return number <= max ? number : -1;
}

/* "07:05" or "07:05:59"; what follows is left in `rest`. */
static gboolean parse_clock(const char *text, gint64 *second, const char **rest)
{
	int hour = two_digits(text, 23);
	int minute = hour >= 0 && text[2] == ':' ? two_digits(text + 3, 59) : -1;
	if (minute < 0)
		return FALSE;
	int seconds = text[5] == ':' ? two_digits(text + 6, 59) : 0;
	*second = hour * 3600 + minute * 60 + seconds;
	*rest = text + (text[5] == ':' ? 8 : 5);
	return seconds >= 0;
}

/* "", "Z", "+07:00". */
static gboolean parse_offset(const char *text, gint64 *offset_min)
{
	gint64 second;
	const char *rest = "";
	if (*text == '\0')
		return TRUE;
	if (strcmp(text, "Z") == 0) {
		*offset_min = 0;
		return TRUE;
	}
	if ((*text != '+' && *text != '-') || strlen(text) != 6 ||
		!parse_clock(text + 1, &second, &rest) || *rest != '\0')
		return FALSE;
	*offset_min = *text == '-' ? -second / 60 : second / 60;
	return TRUE;
}

gboolean calendar_parse_iso(const char *text, gint64 utc_offset_min, gint64 *at_ms)
{
	char date[CALENDAR_TEXT];
	gint64 day, second = 0;
	const char *rest = "";
	if (text == NULL || strlen(text) < 10)
		return FALSE;
	g_strlcpy(date, text, 11);
	if (!calendar_parse(date, &day))
		return FALSE;
	if (text[10] != '\0' &&
		((text[10] != 'T' && text[10] != ' ') || !parse_clock(text + 11, &second, &rest) ||
		 !parse_offset(rest, &utc_offset_min)))
		return FALSE;
	*at_ms = calendar_ms(day, 0, utc_offset_min) + second * 1000;
	return TRUE;
}

void calendar_words_time(GString *out, gint64 at_ms, gint64 utc_offset_min)
{
	gint64 local = at_ms + utc_offset_min * MINUTE_MS;
	int minute = (int)((local - floor_divide(local, DAY_MS) * DAY_MS) / MINUTE_MS);
	g_string_append_printf(out, "%02d.%02d", minute / 60, minute % 60);
}

void calendar_words_date(GString *out, gint64 day, gboolean weekday)
{
	static const char *const weekdays[] = {"Senin", "Selasa", "Rabu",  "Kamis",
										   "Jumat", "Sabtu",  "Minggu"};
	static const char *const months[] = {"Januari",   "Februari", "Maret",    "April",
										 "Mei",       "Juni",     "Juli",     "Agustus",
										 "September", "Oktober",  "November", "Desember"};
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	if (weekday)
		g_string_append_printf(out, "%s, ", weekdays[calendar_weekday(day)]);
	g_string_append_printf(out, "%d %s %d", day_of_month, months[month - 1], year);
}
