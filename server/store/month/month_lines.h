/*
 * What is in a locked month, and what became known later of its days.  Both are written once; only the last
 * difference of a person-day, while the month it is a line of is open, still follows what is known.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/month.h"
#include "server/store/sql.h"

/* ── Person-days of locked months ── */

typedef struct {
	gint64 unit;      /* in whose month; 0: of all (the province) */
	gint64 month_day; /* the first day of the month */
	PersonId person;  /* 0: everybody */
} MonthFilter;

typedef struct {
	PersonId person;
	gint64 unit;    /* in whose month */
	MonthLine line; /* borrowed until the next step */
} MonthPersonDay;

typedef struct MonthLineCursor MonthLineCursor;
/* As they were locked, by person, then by day; none of months that are not locked. */
MonthLineCursor *month_lines_list(Sql *sql, const MonthFilter *filter, GError **error);
SqlStep month_lines_next(MonthLineCursor *cursor, MonthPersonDay *out, GError **error);
void month_line_cursor_free(MonthLineCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthLineCursor, month_line_cursor_free)

/* The hash of each person in the unit's locked month, by person: with the lines of one person the month's own
 * hash can be computed. */
typedef struct {
	PersonId person;
	gint64 n_days;
	guint8 hash[MONTH_HASH_SIZE];
} MonthPersonHash;
/* Of MonthPersonHash (transfer full). */
GArray *month_person_hashes(Sql *sql, gint64 unit, gint64 month_day, GError **error);

/* The lines themselves, of which month_hash_lines() is the hash (transfer full); NULL with `error` unset: there
 * are none. */
char *month_lines_text(Sql *sql, gint64 unit, gint64 month_day, PersonId person, GError **error);

/* A person's lines of month_line_append(), ascending. */
typedef struct {
	GString *lines;
	gint64 n_days;
	gint64 days; /* which: bit 0 is the month's first day */
	guint8 hash[MONTH_HASH_SIZE];
} MonthContent;
/* For the lock, in its transaction. */
gboolean month_lines_put(Sql *sql, gint64 unit, gint64 month_day, PersonId person,
						 const MonthContent *content, GError **error);

/* ── Differences ── */

typedef struct {
	PersonId person;
	gint64 day, n;
	gint64 old_unit, old_month_day; /* the locked month of the day */
	gint64 unit, month_day;         /* the month it is a line of */
	gboolean has_before, has_after; /* FALSE: there was (is) no verdict */
	MonthLine before, after;
	const char *before_text, *after_text; /* as stored; NULL: none */
	gint64 recorded_ms;
	const char *name;          /* of the person as of the day; may be NULL */
	const char *old_unit_code; /* of the locked month's unit */
	const char *unit_code;     /* of the month it is a line of */
} MonthDifference;             /* all borrowed until the next step */

typedef struct MonthDifferenceCursor MonthDifferenceCursor;
/* The lines of that month, by person, day and number; with `from_old` those, of whichever month, whose old
 * month it was. */
MonthDifferenceCursor *month_differences_list(Sql *sql, const MonthFilter *filter,
											  gboolean from_old, GError **error);
SqlStep month_differences_next(MonthDifferenceCursor *cursor, MonthDifference *out, GError **error);
void month_difference_cursor_free(MonthDifferenceCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthDifferenceCursor, month_difference_cursor_free)
