/* Days, weekdays and local time. */
#pragma once

#include <glib.h>

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define DAY_MS G_GINT64_CONSTANT(86400000)

/* The local day of an instant, also before 1970. */
gint64 calendar_day(gint64 at_ms, gint64 utc_offset_min);
/* The instant of a minute of a local day; minutes may be negative or beyond the day. */
gint64 calendar_ms(gint64 day, gint64 minute, gint64 utc_offset_min);
/* 0 Monday … 6 Sunday. */
int calendar_weekday(gint64 day);

/* Proleptic Gregorian. FALSE when there is no such date; years 1 … 9999. */
gboolean calendar_from_date(int year, int month, int day_of_month, gint64 *day);
void calendar_to_date(gint64 day, int *year, int *month, int *day_of_month);
/* "2025-03-31". */
gboolean calendar_parse(const char *text, gint64 *day);
#define CALENDAR_TEXT 12
void calendar_format(gint64 day, char text[CALENDAR_TEXT]);

/* "2025-03-03T06:52:10+07:00" of an instant. */
#define CALENDAR_ISO 40
void calendar_format_iso(gint64 at_ms, gint64 utc_offset_min, char text[CALENDAR_ISO]);
/* The same, with T or a blank, with or without seconds, with Z or an offset or neither (local then),
 * or a date alone (its local midnight). */
gboolean calendar_parse_iso(const char *text, gint64 utc_offset_min, gint64 *at_ms);

/* Indonesian, as the interface writes it: "06.52", "Senin, 3 Maret 2025", "3 Maret 2025". Appends. */
void calendar_words_time(GString *out, gint64 at_ms, gint64 utc_offset_min);
void calendar_words_date(GString *out, gint64 day, gboolean weekday);
