/*
 * Working time: patterns of a week, and which unit follows which pattern when (the nearest unit
 * above that has one counts).  A pattern's content never changes; other hours are another pattern.
 */
#pragma once

#include "server/rules/shift.h"
#include "server/store/history.h"

#define PATTERN_CODE_MAX 40

typedef struct {
	const char *code, *name;
	gboolean ramadan; /* 1950 minutes a week instead of 2250 (Perpres 21/2023) */
	WeekPattern week;
} Pattern;

/* Makes it, or finds the same; an error when the code has another content.  `minutes` gets the
 * effective minutes of the week; the caller warns when they are not 2250 or 1950. */
gboolean schedules_add_pattern(Sql *sql, const Pattern *pattern, gint64 *id, gint64 *minutes,
							   GError **error);
/* 0: unknown. */
gboolean schedules_find_pattern(Sql *sql, const char *code, gint64 *id, GError **error);
gboolean schedules_set(Sql *sql, gint64 unit, gint64 pattern, const Change *change,
					   gboolean *changed, GError **error);

/* The pattern of the unit or the nearest above it on that day, as known now; *id 0: none.  `name`
 * (may be NULL; transfer full) and `from_day` (may be NULL): since when it is followed. */
gboolean schedules_on(Sql *sql, gint64 unit, gint64 day, gint64 *id, WeekPattern *week, char **name,
					  gint64 *from_day, GError **error);
/* The windows of [from_day, to_day) in UTC ms, for the terminals' rosters; of ShiftWindow. Holidays
 * are left out. */
gboolean schedules_windows(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day,
						   gint64 utc_offset_min, GArray **windows, GError **error);

/* Limits of the rules, effective-dated (decision 14): see server/rules/rules.h. */
gboolean schedules_rules_on(Sql *sql, gint64 day, RuleSet *rules, GError **error);
gboolean schedules_set_rules(Sql *sql, const RuleSet *rules, const Change *change,
							 gboolean *changed, GError **error);
