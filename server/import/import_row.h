/* Between import.c and the files that know one kind of row each; nobody else includes it. */
#pragma once

#include "server/import/import.h"
#include "server/import/import_csv.h"
#include "server/rules/shift.h"
#include "server/store/history.h"
#include "server/store/people/people.h"

typedef struct {
	Sql *sql;
	gint64 now_ms, today, utc_offset_min;
	CsvReader *reader;
	const CsvRow *row;  /* in hand; its texts go with it */
	const char *folder; /* absolute, of the file: what a row names lies beside it */
	GHashTable *claims; /* of import_claim() */
	GString *errors;    /* of all rows so far */
	gsize n_errors, n_rows;
	gboolean changed;    /* this row brought something new */
	gboolean row_failed; /* import_fail() was called for it */
	ImportHooks hooks;
	gpointer state; /* of the kind, for what goes over several rows; freed by free_state */
	GDestroyNotify free_state;
} Import;

typedef struct {
	const char *name;
	gboolean required; /* the column must be there, and no field of it empty */
} ImportColumn;

typedef struct {
	const char *name;
	const ImportColumn *columns; /* ends with a NULL name */
	/* What one fact is of, columns by blanks, people's with a star; two rows of a file may not say it
	 * for the same days.  NULL: `apply` knows, or rows never contradict each other. */
	const char *key;
	gboolean dated; /* for the days of the columns from and to; FALSE: once for all */
	/* Before the rows, may be NULL: once per row. */
	gboolean (*prepare)(Import *import, GError **error);
	/* TRUE also for a bad row (import_fail() was called); FALSE: the database failed. */
	gboolean (*apply)(Import *import, GError **error);
	/* After the rows, may be NULL: only when all were good. */
	gboolean (*finish)(Import *import, ImportResult *result, GError **error);
} ImportKind;

extern const ImportKind import_places, import_units, import_people, import_assignments;
extern const ImportKind import_schedules, import_holidays, import_leaves, import_terminals;
extern const ImportKind import_entitlements;
extern const ImportKind import_reorganisations;
extern const ImportKind import_ranks, import_positions, import_heads, import_superiors;
extern const ImportKind import_secondaries, import_mutations;
extern const ImportKind import_shifts, import_rosters, import_drafts, import_rotations;
extern const ImportKind import_orders, import_events, import_lists;
extern const ImportKind import_duties, import_corrections, import_punches;
extern const ImportKind import_outages, import_elsewhere, import_balances;
extern const ImportKind import_ramadan, import_academic, import_weeks, import_cover;
extern const ImportKind import_deductions, import_schemes, import_settings;
extern const ImportKind import_discipline, import_tiers, import_references;

/* The field of the current row, NULL when empty or when there is no such column. */
const char *import_field(const Import *import, const char *column);
/* A bad row; the file will not be imported. */
void import_fail(Import *import, const char *column, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* What the store refused (SQL_ERROR_CONSTRAINT) becomes a bad row. FALSE: another error, passed on.
 * Takes `refused`. */
gboolean import_refused(Import *import, const char *column, GError *refused, GError **error);
void import_warn(Import *import, const char *column, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A warning on `column` when the person's days of the change reach into a locked month: what was locked stays. */
gboolean import_warn_of_lock(Import *import, const char *column, gint64 person,
							 const Change *change, GError **error);

/* This row speaks of `key` in [from, to), `open` when it names no end.  FALSE: an earlier row does so too
 * and says something else (import_fail() was called).  Rows that are wholly the same are warned about, and a
 * row without an end gives way to one below it that begins later, as lists of careers are written. */
gboolean import_claim(Import *import, const char *column, const char *key, gint64 from, gint64 to,
					  gboolean open);

/* The same by the kind's own key.  FALSE: the database failed. */
gboolean import_claim_row(Import *import, const ImportKind *kind, GError **error);

/* FALSE: bad, and said so; years are 1900 … 2199. An empty field gives `fallback`. */
gboolean import_date(Import *import, const char *column, gint64 fallback, gint64 *day);
/* Of a required column: local time without an offset. */
gboolean import_time(Import *import, const char *column, gint64 *at_ms);
/* "07:00-15:30/60"; an end before the start is on the next day. Says nothing. */
#define IMPORT_NO_HOURS "no hours: '%s' (07:00-15:30/60, the break is shorter than the shift)"
gboolean import_parse_hours(const char *text, DayPattern *day);
/* from, to (inclusive in the file) and source of the row. */
gboolean import_change(Import *import, Change *change);
/* Today, or the day of the change that is nearest to it. */
gint64 import_day_within(const Import *import, const Change *change);
/* Does the week of the unit have the minutes that the person's employment or contract asks for?  A
 * warning on `column` when not. */
gboolean import_warn_of_week(Import *import, const char *column, gint64 person, gint64 unit,
							 gint64 day, GError **error);
/* Letters, digits, point, dash, underscore; at most `max`. */
gboolean import_code(Import *import, const char *column, gsize max, const char **code);
/* One of `words` (NULL-terminated). An empty field gives the first. */
gboolean import_word(Import *import, const char *column, const char *const *words,
					 const char **word);
gboolean import_number(Import *import, const char *column, gint64 min, gint64 max, gint64 fallback,
					   gint64 *number);
/* What the code names, 0 and a bad row when nothing. FALSE only when the database failed. */
gboolean import_unit(Import *import, const char *column, gint64 *unit, GError **error);
gboolean import_place(Import *import, const char *column, const char *code, gint64 *place,
					  GError **error);
/* A number that a spreadsheet has rounded to fifteen figures: "1.98503E+17", or 000 at the end. */
gboolean import_is_rounded(const char *text);
#define IMPORT_ROUNDED                                                                             \
	"'%s' was rounded by a spreadsheet, its last digits are lost: format the column as text,"      \
	" enter the number again from its source, and save; digits are never guessed"
gboolean import_person_key(Import *import, const char *column, const char *key, gint64 *person,
						   GError **error);
gboolean import_person(Import *import, const char *column, gint64 *person, GError **error);
/* An NIP or NI PPPK, checked, its spaces removed; NUMBER_NONE: empty; NUMBER_BAD: said so. */
NumberKind import_official_number(Import *import, const char *column, char digits[19]);
/* Is it another person's on a day of the change?  Then it is a bad row. */
gboolean import_number_taken(Import *import, const char *column, const char *digits, gint64 person,
							 const Change *change, gboolean *taken, GError **error);
