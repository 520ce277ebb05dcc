/* Rows of Ramadan periods, academic calendars, weekly minutes by contract, and of what a unit needs. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/store/people/assignments.h"
#include "server/store/time/academic.h"
#include "server/store/time/covers.h"
#include "server/store/time/ramadan.h"
#include "server/store/time/weeks.h"

/* ── Ramadan ── */

static const ImportColumn ramadan_columns[] = {
	{"year", TRUE}, {"from", TRUE}, {"to", TRUE}, {"source", FALSE}, {NULL, FALSE},
};

static gboolean apply_ramadan(Import *import, GError **error)
{
	Change change;
	gint64 year;
	if (!import_number(import, "year", HIJRI_YEAR_MIN, HIJRI_YEAR_MAX, 0, &year) ||
		!import_change(import, &change))
		return TRUE;
	gint64 n_days = change.to_day - change.from_day;
	if (n_days < RAMADAN_DAYS_MAX - 1 || n_days > RAMADAN_DAYS_MAX) {
		import_fail(import, "to", "Ramadan has 29 or 30 days");
		return TRUE;
	}
	return ramadan_set_period(import->sql, year, &change, &import->changed, error);
}

const ImportKind import_ramadan = {"ramadan", ramadan_columns, "year", FALSE,
								   NULL,      apply_ramadan,   NULL};

/* ── Academic calendars ── */

static const ImportColumn academic_columns[] = {
	{"unit", TRUE},  {"from", TRUE},    {"to", FALSE}, {"name", TRUE},
	{"kind", FALSE}, {"source", FALSE}, {NULL, FALSE},
};

#define ACADEMIC_DAYS_MAX 62 /* the long holiday between two years */

static gboolean apply_academic(Import *import, GError **error)
{
	static const char *const kinds[] = {"libur", "masuk", "batal", NULL};
	Change change = {
		.now_ms = import->now_ms, .today = import->today, .source = import_field(import, "source")};
	const char *kind;
	gint64 unit = 0;
	if (!import_word(import, "kind", kinds, &kind) ||
		!import_date(import, "from", 0, &change.from_day) ||
		!import_date(import, "to", change.from_day, &change.to_day))
		return TRUE;
	change.to_day++;
	if (change.to_day <= change.from_day)
		import_fail(import, "to", "it ends before it begins");
	if (change.to_day - change.from_day > ACADEMIC_DAYS_MAX)
		import_fail(import, "to", "longer than %d days", ACADEMIC_DAYS_MAX);
	if (!import_unit(import, "unit", &unit, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	if (kind == kinds[2])
		return academic_remove(import->sql, unit, &change, &import->changed, error);
	return academic_set(import->sql, unit, import_field(import, "name"), kind == kinds[1], &change,
						&import->changed, error);
}

const ImportKind import_academic = {"academic", academic_columns, "unit kind", TRUE,
									NULL,       apply_academic,   NULL};

/* ── Part-time ── */

static const ImportColumn week_columns[] = {
	{"person", TRUE}, {"weekly_min", TRUE}, {"from", FALSE},
	{"to", FALSE},    {"source", FALSE},    {NULL, FALSE},
};

gboolean import_warn_of_week(Import *import, const char *column, gint64 person, gint64 unit,
							 gint64 day, GError **error)
{
	WeekFit fit;
	if (!weeks_fit(import->sql, person, unit, day, &fit, error))
		return FALSE;
	if (weeks_differ(&fit))
		import_warn(import, column,
					"the unit's week has %" G_GINT64_FORMAT " minutes, this person's should have"
					" %" G_GINT64_FORMAT,
					fit.minutes, fit.wanted);
	return TRUE;
}

static gboolean apply_week(Import *import, GError **error)
{
	Change change;
	gint64 person = 0, weekly_min;
	if (!import_number(import, "weekly_min", 60, WEEK_MIN, 0, &weekly_min) ||
		!import_change(import, &change))
		return TRUE;
	if (!import_person(import, "person", &person, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	Assignment there;
	gint64 day = import_day_within(import, &change);
	return weeks_set(import->sql, person, weekly_min, &change, &import->changed, error) &&
		   assignments_on(import->sql, person, day, &there, error) &&
		   import_warn_of_week(import, "weekly_min", person, there.unit, day, error);
}

const ImportKind import_weeks = {"weeks", week_columns, "*person", TRUE, NULL, apply_week, NULL};

/* ── Whom a unit needs on duty ── */

#define DAY_MIN (24 * 60)

static const ImportColumn cover_columns[] = {
	{"unit", TRUE},  {"hours", TRUE}, {"days", FALSE},   {"people", FALSE},
	{"from", FALSE}, {"to", FALSE},   {"source", FALSE}, {NULL, FALSE},
};

/* "12345": Monday to Friday. */
static gboolean read_days(Import *import, gboolean days[7])
{
	const char *text = import_field(import, "days");
	memset(days, 0, 7 * sizeof days[0]);
	for (const char *at = text != NULL ? text : "1234567"; *at != '\0'; at++) {
		if (*at < '1' || *at > '7' || days[*at - '1']) {
			import_fail(import, "days", "'%s' are no days: 1 (Monday) to 7, each once", text);
			return FALSE;
		}
		days[*at - '1'] = TRUE;
	}
	return TRUE;
}

static gboolean read_cover(Import *import, Cover *cover)
{
	DayPattern hours;
	const char *text = import_field(import, "hours");
	if (!import_number(import, "people", 0, COVER_PEOPLE_MAX, 1, &cover->people))
		return FALSE;
	if (!import_parse_hours(text, &hours) || hours.break_min != 0 ||
		hours.end_min - hours.start_min > COVER_LENGTH_MAX) {
		import_fail(import, "hours", "no hours: '%s' (21:00-07:00, 00:00-24:00)", text);
		return FALSE;
	}
	cover->start_min = hours.start_min;
	cover->length_min = hours.end_min - hours.start_min;
	return TRUE;
}

static gboolean apply_cover(Import *import, GError **error)
{
	Cover cover;
	Change change;
	gboolean days[7];
	gint64 unit = 0;
	if (!read_days(import, days) || !read_cover(import, &cover) || !import_change(import, &change))
		return TRUE;
	if (!import_unit(import, "unit", &unit, error))
		return FALSE;
	for (int day = 0; day < 7 && !import->row_failed; day++) {
		Cover of_day = cover;
		gboolean changed = FALSE;
		of_day.start_min += (gint64)day * DAY_MIN;
		g_autofree char *key =
			g_strdup_printf("%" G_GINT64_FORMAT "\x1f%" G_GINT64_FORMAT, unit, of_day.start_min);
		if (!days[day] || !import_claim(import, "hours", key, change.from_day, change.to_day,
										import_field(import, "to") == NULL))
			continue;
		if (!covers_set(import->sql, unit, &of_day, &change, &changed, error))
			return FALSE;
		import->changed |= changed;
	}
	return TRUE;
}

const ImportKind import_cover = {"cover", cover_columns, NULL, FALSE, NULL, apply_cover, NULL};
