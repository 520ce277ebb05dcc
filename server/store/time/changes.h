/*
 * What a file of decrees changed of days judged already: person-days with both verdicts, kept as they were
 * when the file came.  Writing functions join the caller's transaction.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

/* So many person-days of a batch are kept; of more only the number. */
#define CHANGES_KEPT_MAX 100000

typedef struct {
	const char *codes; /* NULL: no verdict */
	gint64 unit;       /* 0: none */
	gint64 late_min, early_min;
	gint64 deduction_bp; /* hundredths of a per cent */
} ChangeSide;

typedef struct {
	PersonId person;
	gint64 day;
	ChangeSide before, after;
} ChangedDay;

typedef struct {
	gint64 id;
	const char *kind, *file; /* "mutations", its name; when read: free with change_batch_clear() */
	gint64 n_rows, n_people, n_days;
	gint64 recorded_ms;
} ChangeBatch;

/* `batch->id` is allotted. */
gboolean changes_begin(Sql *sql, ChangeBatch *batch, GError **error);
/* By person and day; counts them in `batch`. */
gboolean changes_add(Sql *sql, ChangeBatch *batch, const ChangedDay *day, GError **error);
/* Stores the counts. */
gboolean changes_finish(Sql *sql, const ChangeBatch *batch, GError **error);

/* `batch->id` 0: no such batch. */
gboolean changes_batch(Sql *sql, gint64 id, ChangeBatch *batch, GError **error);
void change_batch_clear(ChangeBatch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ChangeBatch, change_batch_clear)

typedef struct {
	ChangedDay day;                       /* texts borrowed until the next step */
	const char *name, *number;            /* as of the day; NULL: not known */
	const char *before_unit, *after_unit; /* codes; NULL: none */
} ChangeLine;

/* How many of those that are kept have other codes; the rest differ in unit, minutes or deduction. */
gboolean changes_count_codes(Sql *sql, gint64 batch, gint64 *n, GError **error);

typedef struct ChangeCursor ChangeCursor;
/* Of a batch, by person and day, those whose codes are others before the rest if asked so; at most `limit`. */
ChangeCursor *changes_list(Sql *sql, gint64 batch, gboolean other_codes_first, gint64 limit,
						   GError **error);
SqlStep changes_next(ChangeCursor *cursor, ChangeLine *line, GError **error);
void change_cursor_free(ChangeCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangeCursor, change_cursor_free)
