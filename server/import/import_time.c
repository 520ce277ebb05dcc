/* Rows of schedules, holidays and terminals. */
#include <stdio.h>
#include <string.h>

#include "server/import/import_row.h"
#include "server/store/time/holidays.h"
#include "server/store/time/punches.h"
#include "server/store/time/ramadan.h"
#include "server/store/time/schedules.h"
#include "server/store/time/weeks.h"
#include "server/store/terminals/terminal_places.h"
#include "server/store/terminals/terminals.h"

/* ── Schedules ── */

static const ImportColumn schedule_columns[] = {
	{"unit", TRUE},    {"pattern", TRUE}, {"name", FALSE}, {"from", FALSE},  {"to", FALSE},
	{"mon", FALSE},    {"tue", FALSE},    {"wed", FALSE},  {"thu", FALSE},   {"fri", FALSE},
	{"sat", FALSE},    {"sun", FALSE},    {"flex", FALSE}, {"grace", FALSE}, {"ramadan", FALSE},
	{"source", FALSE}, {NULL, FALSE},
};

/* "07:00-15:30/60". */
gboolean import_parse_hours(const char *text, DayPattern *day)
{
	int from_h, from_m, to_h, to_m, pause = 0, end = 0;
	int n =
		sscanf(text, "%2d:%2d-%2d:%2d%n/%3d%n", &from_h, &from_m, &to_h, &to_m, &end, &pause, &end);
	if (n < 4 || text[end] != '\0' || strspn(text, "0123456789:-/") != strlen(text))
		return FALSE;
	if (from_h < 0 || from_h > 23 || from_m < 0 || from_m > 59 || to_h < 0 || to_h > 24 ||
		to_m < 0 || to_m > 59 || pause < 0)
		return FALSE;
	day->start_min = from_h * 60 + from_m;
	day->end_min = to_h * 60 + to_m;
	if (day->end_min <= day->start_min)
		day->end_min += 24 * 60;
	day->break_min = pause;
	return pause < day->end_min - day->start_min;
}

/* `any` FALSE: the row gives no hours, the pattern is known from elsewhere. */
static gboolean read_week(Import *import, WeekPattern *week, gboolean *any)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	gint64 number;
	*week = (WeekPattern){0};
	*any = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(days); i++) {
		const char *text = import_field(import, days[i]);
		if (text == NULL)
			continue;
		*any = TRUE;
		if (!import_parse_hours(text, &week->days[i])) {
			import_fail(import, days[i], IMPORT_NO_HOURS, text);
			return FALSE;
		}
	}
	if (!import_number(import, "flex", 0, 120, 0, &number))
		return FALSE;
	week->flex_min = (gint32)number;
	if (!import_number(import, "grace", 0, 120, 0, &number))
		return FALSE;
	week->grace_min = (gint32)number;
	return TRUE;
}

/* `ya`: the hours of Ramadan, on the days of the row; `kalender`: in every Ramadan of the calendar. */
typedef struct {
	gboolean is_ramadan, by_calendar;
} RamadanUse;

static gboolean read_ramadan(Import *import, RamadanUse *use)
{
	static const char *const answers[] = {"tidak", "ya", "kalender", NULL};
	const char *word;
	if (!import_word(import, "ramadan", answers, &word))
		return FALSE;
	*use = (RamadanUse){word != answers[0], word == answers[2]};
	return TRUE;
}

/* FALSE: the database failed; a bad row gives 0. */
static gboolean find_pattern(Import *import, RamadanUse *use, gint64 *id, GError **error)
{
	Pattern pattern = {.name = import_field(import, "name")};
	gboolean any = FALSE;
	gint64 minutes = 0;
	*id = 0;
	if (!import_code(import, "pattern", PATTERN_CODE_MAX, &pattern.code) ||
		!read_ramadan(import, use) || !read_week(import, &pattern.week, &any))
		return TRUE;
	pattern.ramadan = use->is_ramadan;
	if (!any) {
		if (!schedules_find_pattern(import->sql, pattern.code, id, error))
			return FALSE;
		if (*id == 0)
			import_fail(import, "pattern", "'%s' is not known, and the row has no hours",
						pattern.code);
		return TRUE;
	}
	if (pattern.name == NULL)
		pattern.name = pattern.code;
	GError *refused = NULL;
	if (!schedules_add_pattern(import->sql, &pattern, id, &minutes, &refused)) {
		*id = 0;
		return import_refused(import, "pattern", refused, error);
	}
	gint64 wanted = pattern.ramadan ? WEEK_RAMADAN_MIN : WEEK_MIN;
	if (minutes != wanted)
		import_warn(import, "pattern",
					"the week has %" G_GINT64_FORMAT " minutes, Perpres 21/2023 asks for"
					" %" G_GINT64_FORMAT,
					minutes, wanted);
	return TRUE;
}

gint64 import_day_within(const Import *import, const Change *change)
{
	return CLAMP(import->today, change->from_day, change->to_day - 1);
}

/* Of the unit's own people whose kind of employment or contract asks for another week. */
static gboolean warn_of_weeks(Import *import, gint64 unit, gint64 day, GError **error)
{
	gint64 pattern = 0;
	WeekPattern week;
	g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(WeekGroup));
	if (!schedules_on(import->sql, unit, day, &pattern, &week, NULL, NULL, error) ||
		!weeks_of_unit(import->sql, unit, day, groups, error))
		return FALSE;
	for (guint i = 0; pattern != 0 && i < groups->len; i++) {
		const WeekGroup *group = &g_array_index(groups, WeekGroup, i);
		gint64 minutes = shift_week_minutes(&week);
		gint64 wanted =
			week.ramadan ? group->weekly_min * WEEK_RAMADAN_MIN / WEEK_MIN : group->weekly_min;
		if (minutes != wanted)
			import_warn(import, "pattern",
						"the week has %" G_GINT64_FORMAT " minutes, %" G_GINT64_FORMAT
						" people of the unit have to work %" G_GINT64_FORMAT " by contract",
						minutes, group->n_people, wanted);
	}
	return TRUE;
}

static gboolean apply_schedule(Import *import, GError **error)
{
	Change change;
	gint64 unit = 0, pattern = 0;
	gsize n_before = import->n_errors;
	if (!import_change(import, &change))
		return TRUE;
	RamadanUse use = {0};
	if (!import_unit(import, "unit", &unit, error) || !find_pattern(import, &use, &pattern, error))
		return FALSE;
	if (import->n_errors != n_before)
		return TRUE;
	if (use.by_calendar)
		return ramadan_set_pattern(import->sql, unit, pattern, &change, &import->changed, error);
	return schedules_set(import->sql, unit, pattern, &change, &import->changed, error) &&
		   warn_of_weeks(import, unit, import_day_within(import, &change), error);
}

const ImportKind import_schedules = {
	"schedules", schedule_columns, "unit ramadan", TRUE, NULL, apply_schedule, NULL};

/* ── Holidays ── */

static const ImportColumn holiday_columns[] = {
	{"date", TRUE},  {"name", TRUE},    {"kind", TRUE},
	{"unit", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_holiday(Import *import, GError **error)
{
	static const char *const kinds[] = {"nasional", "cuti_bersama", "pemilu", "daerah", NULL};
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	const char *kind;
	gint64 unit = 0;
	gsize n_before = import->n_errors;
	if (!import_date(import, "date", 0, &change.from_day) ||
		!import_word(import, "kind", kinds, &kind))
		return TRUE;
	change.to_day = change.from_day + 1;
	if (import_field(import, "unit") != NULL && !import_unit(import, "unit", &unit, error))
		return FALSE;
	if (import->n_errors != n_before)
		return TRUE;
	return holidays_set(import->sql, unit, import_field(import, "name"), kind, &change,
						&import->changed, error);
}

const ImportKind import_holidays = {"holidays", holiday_columns, "date unit", FALSE,
									NULL,       apply_holiday,   NULL};

/* ── Terminals ── */

static const ImportColumn terminal_columns[] = {
	{"id", TRUE}, {"place", TRUE}, {"from", FALSE}, {"source", FALSE}, {NULL, FALSE}};

/* Another place, from a day on; without a day it has to be the place it is at. */
static gboolean move_terminal(Import *import, const TerminalId *id, gint64 place, gint64 today_s,
							  GError **error)
{
	Change change;
	if (import_field(import, "from") == NULL) {
		if (place != today_s)
			import_fail(import, "place",
						"'%s' hangs elsewhere: say in 'from' since when it hangs here", id->text);
		return TRUE;
	}
	return !import_change(import, &change) ||
		   terminal_places_move(import->sql, id, place, &change, import->utc_offset_min,
								&import->changed, error);
}

/* With a day it hangs there from then on: the same row again finds it so. */
static gboolean add_terminal(Import *import, const TerminalId *id, gint64 place, GError **error)
{
	gboolean added = import->hooks.add_terminal(id->text, place, import->hooks.user, error) &&
					 move_terminal(import, id, place, place, error);
	import->changed = TRUE;
	return added;
}

static gboolean apply_terminal(Import *import, GError **error)
{
	const char *text = import_field(import, "id");
	TerminalId id;
	gint64 place = 0, from_day;
	if (!import_date(import, "from", DAY_ALWAYS, &from_day))
		return TRUE;
	if (punch_is_unsigned_name(text)) {
		import_fail(import, "id", "'%s' stands for presence that no terminal recorded", text);
		return TRUE;
	}
	if (!terminal_id_parse(&id, (Slice){(const uint8_t *)text, strlen(text)})) {
		import_fail(import, "id", "'%s' is no terminal's name", text);
		return TRUE;
	}
	if (!import_place(import, "place", import_field(import, "place"), &place, error))
		return FALSE;
	if (place == 0)
		return TRUE;
	g_autoptr(GError) failed = NULL;
	TerminalRow row;
	if (terminals_get(import->sql, &id, &row, &failed)) {
		return move_terminal(import, &id, place, row.place, error);
	}
	if (failed != NULL) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	if (import->hooks.add_terminal == NULL) {
		import_fail(import, "id",
					"'%s' is not known, and there is no folder for its bundle (--out)", text);
		return TRUE;
	}
	return add_terminal(import, &id, place, error);
}

const ImportKind import_terminals = {"terminals", terminal_columns, "id", FALSE,
									 NULL,        apply_terminal,   NULL};
