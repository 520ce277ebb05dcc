/*
 * Dates, times and numbers as people here write them: Senin, 3 Maret 2025; 06.52; 1.204.
 *
 * A day is counted from 1970-01-01 in local time; an instant is UTC ms.
 */
#pragma once

#include <glib.h>

#include "server/rules/calendar.h"

/* The local day of an instant. */
gint64 words_day(gint64 at_ms, gint64 utc_offset_min);
/* "Senin, 3 Maret 2025" (transfer full). */
char *words_date(gint64 day);
/* "3 Maret" (transfer full). */
char *words_short_date(gint64 day);
/* "Maret 2025", of a day in that month (transfer full). */
char *words_month(gint64 day);
/* "06.52" (transfer full). */
char *words_time(gint64 at_ms, gint64 utc_offset_min);
/* "Senin, 3 Maret 2025 pukul 06.52" (transfer full). */
char *words_moment(gint64 at_ms, gint64 utc_offset_min);
/* "1.204" (transfer full). */
char *words_number(gint64 value);

/* "0,5 %" of 50 hundredths of a per cent (transfer full). */
char *words_percent(gint64 hundredths);
/* What a verdict counts, "Terlambat 12 menit, potongan 0,5 %" (transfer full); NULL: nothing. */
char *words_figures(gint64 late_min, gint64 early_min, gint64 deduction_bp);

/* "2025-03-03" (transfer full). */
char *iso_date(gint64 day);
/* FALSE when the text is no date of the years 1900 … 2999. */
gboolean iso_date_parse(const char *text, gint64 *day);
/* "2025-03-03T06:52:10+07:00" (transfer full). */
char *iso_time(gint64 at_ms, gint64 utc_offset_min);
/* "2025-03", of a day in that month (transfer full). */
char *iso_month(gint64 day);
/* The month's first day from such a text; FALSE when it is none. */
gboolean iso_month_parse(const char *text, gint64 *day);
/* First day of the month `n` after the one of `day`. */
gint64 month_first(gint64 day, int n);
/* 0 Monday … 6 Sunday. */
int weekday_of(gint64 day);
int day_of_month(gint64 day);

/* Takes `text` (may be NULL) into the chunk. */
const char *words_keep(GStringChunk *chunk, char *text);
