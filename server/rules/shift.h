/* Working time of one day, and the windows that decide what a punch is. */
#pragma once

#include "server/rules/rules.h"

/* Minutes after the local midnight of the day on which the shift begins.  `end_min` beyond 1440: a
 * night.  Both 0: a day off. */
typedef struct {
	gint32 start_min, end_min;
	gint32 break_min;
} DayPattern;

typedef struct {
	DayPattern days[7]; /* Monday first */
	gint32 grace_min;   /* late by at most so much is not late */
	gint32 flex_min;    /* late by at most so much may be made up after the end of the same day */
	gboolean ramadan;   /* its hours are those of Ramadan */
} WeekPattern;

#define SHIFT_END_MAX (36 * 60)

/* NULL when it is sound, else what is wrong with it, in English for the importer. */
const char *shift_check_week(const WeekPattern *week);
/* Effective minutes: 2250, in Ramadan 1950 (Perpres 21/2023). */
gint64 shift_week_minutes(const WeekPattern *week);

typedef struct {
	gint64 day;
	gint64 start_ms, end_ms;
	gint32 grace_min, flex_min;
} Shift;

/* Days of the week that are worked. */
int shift_week_days(const WeekPattern *week);

/* FALSE: a day off. */
gboolean shift_of_day(const WeekPattern *week, gint64 day, gint64 utc_offset_min, Shift *out);

/* What a day asks for, wherever it comes from: the unit's week, a roster, a day order. */
#define DAY_SHIFTS_MAX 2
typedef struct {
	gsize n_shifts;               /* 0: a day off */
	Shift shifts[DAY_SHIFTS_MAX]; /* ascending; two that touch are one */
	const char *name;             /* "5 hari kerja", "Jaga pagi"; borrowed */
	const char *document;         /* the order or roster; may be NULL; borrowed */
	gint64 from_day;              /* in force since; G_MININT64: always, or for this day */
	gboolean over_holiday;        /* rostered or ordered: a holiday does not free */
} DayPlan;

/* The day's shifts as one plan: ascending, joined where they touch or overlap. `n` ≤ DAY_SHIFTS_MAX. */
void shift_plan(DayPlan *plan, const Shift *shifts, gsize n);

/* Half-open spans in UTC ms. */
typedef struct {
	gint64 in_from_ms, in_to_ms;
	gint64 out_from_ms, out_to_ms;
} ShiftWindow;

/* In from start − in_before to the middle of the shift, out from there to end + out_after.  Where
 * the shift before or after (NULL: none near) would overlap, the border is the middle of the time
 * between the one's end and the other's start. */
void shift_window(const Shift *shift, const Shift *before, const Shift *after, const RuleSet *rules,
				  ShiftWindow *out);
