/*
 * Limits of the rules: data with a validity period (design.md, decision 14), kept in table
 * attendance_rule.  Everything in this folder is a pure function: no I/O, no clock, no database.
 *
 * Days are local days since 1970-01-01, instants UTC milliseconds, minutes of a day local.
 */
#pragma once

#include <glib.h>

typedef struct {
	gint64 version;       /* of the rule set; a verdict names it */
	gint32 in_before_min; /* the in-window opens so long before the start … */
	gint32 out_after_min; /* … and the out-window closes so long after the end */
	gint32 repeat_s;      /* touches within it are one punch */
	gint32 bands_min[3];  /* last minute of TL1/PSW1, TL2/PSW2, TL3/PSW3 (Permentan 68/2012) */

	/* Open choices, BKD's to make (domain 9). */
	gboolean flex_excess;      /* later than the flexible time only the excess is late, else all */
	gboolean flex_unmade_late; /* flexible minutes not made up are TL, else PSW */
	gint32 missing_min;        /* what a missing punch adds to the year's 450 minutes */
	gboolean pp94_deducted;    /* minutes that were deducted count for the 450 too */
	gint32 travel_min;         /* punches at two places within it contradict each other; 0: never */
	/* Minutes that make one day of the year's account where a day is not the usual one; 0: 450. */
	gint32 day_ramadan_min, day_six_min, day_night_min;
	gboolean sick_unlettered_absent; /* sick without a letter is TK, else S */
	gboolean death_day_judged;       /* with what is missing excused, else not judged */
	gint32 event_min;                /* what a missed event adds to the year's 450 minutes */
	gint32 rest_min;                 /* between two shifts of a roster; less is told */
	gint32 week_slack_min;           /* a roster's week may differ by so much untold */
	gint32 submit_day;               /* of the next month: until then a month is handed in */
} RuleSet;
