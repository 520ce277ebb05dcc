#include "server/web/words.h"

#include <string.h>

static const char *const weekdays[] = {"Senin", "Selasa", "Rabu",  "Kamis",
									   "Jumat", "Sabtu",  "Minggu"};
static const char *const months[] = {"Januari",   "Februari", "Maret",    "April",
									 "Mei",       "Juni",     "Juli",     "Agustus",
									 "September", "Oktober",  "November", "Desember"};

#define JULIAN_1970 719163 /* GDate's number of 1970-01-01 */

static gint64 floor_div(gint64 a, gint64 b)
{
	return a / b - (a % b < 0);
}

gint64 words_day(gint64 at_ms, gint64 utc_offset_min)
{
	return floor_div(at_ms + utc_offset_min * MINUTE_MS, DAY_MS);
}

static void set_date(GDate *date, gint64 day)
{
	g_date_clear(date, 1);
	g_date_set_julian(date, (guint32)CLAMP(day + JULIAN_1970, 1, 3650000));
}

char *words_short_date(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return g_strdup_printf("%d %s", g_date_get_day(&date), months[g_date_get_month(&date) - 1]);
}

char *words_date(gint64 day)
{
	GDate date;
	set_date(&date, day);
	g_autofree char *rest = words_short_date(day);
	return g_strdup_printf("%s, %s %d", weekdays[g_date_get_weekday(&date) - 1], rest,
						   g_date_get_year(&date));
}

char *words_month(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return g_strdup_printf("%s %d", months[g_date_get_month(&date) - 1], g_date_get_year(&date));
}

static gint64 minute_of_day(gint64 at_ms, gint64 utc_offset_min)
{
	gint64 local_ms = at_ms + utc_offset_min * MINUTE_MS;
	return (local_ms - floor_div(local_ms, DAY_MS) * DAY_MS) / MINUTE_MS;
}

char *words_time(gint64 at_ms, gint64 utc_offset_min)
{
	int minute = (int)minute_of_day(at_ms, utc_offset_min);
	return g_strdup_printf("%02d.%02d", minute / 60, minute % 60);
}

char *words_moment(gint64 at_ms, gint64 utc_offset_min)
{
	g_autofree char *date = words_date(words_day(at_ms, utc_offset_min));
	g_autofree char *time = words_time(at_ms, utc_offset_min);
	return g_strdup_printf("%s pukul %s", date, time);
}

char *words_number(gint64 value)
{
	g_autofree char *digits =
		g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)(value < 0 ? -value : value));
	gsize size = strlen(digits);
	GString *out = g_string_new(value < 0 ? "-" : "");
	for (gsize i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			g_string_append_c(out, '.');
		g_string_append_c(out, digits[i]);
	}
	return g_string_free(out, FALSE);
}

char *words_percent(gint64 hundredths)
{
	gint64 rest = hundredths % 100;
	if (rest == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT " %%", hundredths / 100);
	if (rest % 10 == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT " %%", hundredths / 100,
							   rest / 10);
	return g_strdup_printf("%" G_GINT64_FORMAT ",%02d %%", hundredths / 100, (int)rest);
}

char *words_figures(gint64 late_min, gint64 early_min, gint64 deduction_bp)
{
	g_autoptr(GString) text = g_string_new(NULL);
	if (late_min > 0)
		g_string_append_printf(text, "Terlambat %" G_GINT64_FORMAT " menit", late_min);
	if (early_min > 0)
		g_string_append_printf(text, "%s %" G_GINT64_FORMAT " menit",
							   text->len == 0 ? "Pulang cepat" : ", pulang cepat", early_min);
	if (deduction_bp > 0) {
		g_autofree char *percent = words_percent(deduction_bp);
		g_string_append_printf(text, "%s %s", text->len == 0 ? "Potongan" : ", potongan", percent);
	}
	return text->len == 0 ? NULL : g_string_free(g_steal_pointer(&text), FALSE);
}

char *iso_date(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), g_date_get_month(&date),
						   g_date_get_day(&date));
}

gboolean iso_date_parse(const char *text, gint64 *day)
{
	static const char shape[] = "dddd-dd-dd";
	if (strlen(text) != strlen(shape))
		return FALSE;
	int parts[3] = {0};
	gsize part = 0;
	for (gsize i = 0; shape[i] != '\0'; i++) {
		if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit(text[i]))
			return FALSE;
		if (shape[i] == '-')
			part++;
		else
			parts[part] = parts[part] * 10 + (text[i] - '0');
	}
	if (parts[0] < 1900 || parts[0] > 2999 ||
		!g_date_valid_dmy((GDateDay)parts[2], (GDateMonth)parts[1], (GDateYear)parts[0]))
		return FALSE;
	GDate date;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)parts[2], (GDateMonth)parts[1], (GDateYear)parts[0]);
	*day = (gint64)g_date_get_julian(&date) - JULIAN_1970;
	return TRUE;
}

char *iso_time(gint64 at_ms, gint64 utc_offset_min)
{
	gint64 local_ms = at_ms + utc_offset_min * MINUTE_MS;
	gint64 second = floor_div(local_ms, 1000) % (DAY_MS / 1000);
	if (second < 0)
		second += DAY_MS / 1000;
	g_autofree char *date = iso_date(words_day(at_ms, utc_offset_min));
	int offset = (int)ABS(utc_offset_min);
	return g_strdup_printf("%sT%02d:%02d:%02d%c%02d:%02d", date, (int)(second / 3600),
						   (int)(second / 60 % 60), (int)(second % 60),
						   utc_offset_min < 0 ? '-' : '+', offset / 60, offset % 60);
}

char *iso_month(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return g_strdup_printf("%04d-%02d", g_date_get_year(&date), (int)g_date_get_month(&date));
}

gboolean iso_month_parse(const char *text, gint64 *day)
{
	g_autofree char *first = g_strconcat(text, "-01", NULL);
	return iso_date_parse(first, day);
}

gint64 month_first(gint64 day, int n)
{
	GDate date;
	set_date(&date, day);
	g_date_set_day(&date, 1);
	if (n < 0)
		g_date_subtract_months(&date, (guint)-n);
	else
		g_date_add_months(&date, (guint)n);
	return (gint64)g_date_get_julian(&date) - JULIAN_1970;
}

int weekday_of(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return (int)g_date_get_weekday(&date) - 1;
}

int day_of_month(gint64 day)
{
	GDate date;
	set_date(&date, day);
	return g_date_get_day(&date);
}

const char *words_keep(GStringChunk *chunk, char *text)
{
	if (text == NULL)
		return NULL;
	const char *kept = g_string_chunk_insert(chunk, text);
	g_free(text);
	return kept;
}
