/*
 * Where the month of a unit stands (server/rules/month.h).
 *
 * Months are handed in by the units right below the province (kind "provinsi"; without one, by the roots), each
 * with everything below it; who serves at the province itself is in the month of that.  So every person-day is
 * in exactly one month: that of the unit above the verdict's unit, as the tree was on that day.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/month.h"
#include "server/store/sql.h"

/* The unit in whose month the days of `unit` are on `day`; 0: the unit does not exist then. */
gboolean months_unit_of(Sql *sql, gint64 unit, gint64 day, gint64 *month_unit, GError **error);
/* `unit` as months_unit_of() gives it, `month_day` the first of a month. */
gboolean months_state(Sql *sql, gint64 unit, gint64 month_day, MonthState *state, GError **error);
/* Of the month in which a person's day is: that in which it was locked, else that of the unit to which they are
 * assigned that day (`unit` 0, and open: to none).  `unit` may be NULL. */
gboolean months_state_of_day(Sql *sql, PersonId person, gint64 day, MonthState *state, gint64 *unit,
							 GError **error);
/* The days from the first locked month's to the end of the last one's; half-open, empty: none is locked. */
gboolean months_locked_range(Sql *sql, gint64 *from_day, gint64 *to_day, GError **error);
/* In a transaction: until its end nobody else judges or locks (SQLite has one writer anyway). */
gboolean months_take_turn(Sql *sql, gboolean locks, GError **error);
/* The first open month after `month_day` of the unit: into which differences of that one go. */
gboolean months_next_open(Sql *sql, gint64 unit, gint64 month_day, gint64 *next, GError **error);

/* One step of a month. */
typedef struct {
	gint64 n;
	MonthStep step;
	gint64 account, person;
	char *by;     /* the account's name; owned */
	char *name;   /* of the person, as of that day; owned, may be NULL */
	char *reason; /* owned; may be NULL */
	gint64 at_ms;
	gint64 deadline_day, n_hindrances, n_people, n_days, n_differences;
	guint8 hash[MONTH_HASH_SIZE];
	gint64 audit_seq;
	guint8 audit_hash[MONTH_HASH_SIZE];
} MonthStepRow;

/* The steps of a month, the first one first; GPtrArray of MonthStepRow (transfer full). */
GPtrArray *months_steps(Sql *sql, gint64 unit, gint64 month_day, GError **error);
void month_step_row_free(MonthStepRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthStepRow, month_step_row_free)

/* A unit that hands in its month, and where that stands. */
typedef struct {
	gint64 unit;
	char *code, *name; /* as of the month's last day; owned */
	MonthState state;
	gint64 n_steps;               /* which step was the last; 0: none */
	gint64 n_people, n_days;      /* of the last step; 0: none */
	gint64 n_differences;         /* lines of earlier months in it */
	gint64 last_ms;               /* of the last step; 0: none */
	gint64 submitted_ms;          /* since it was last open; 0: not yet */
	guint8 hash[MONTH_HASH_SIZE]; /* of the last step */
} MonthRow;
/* All units that hand in that month, by name; `unit`: only those within its subtree or above it (0: all).
 * GPtrArray of MonthRow (transfer full). */
GPtrArray *months_list(Sql *sql, gint64 unit, gint64 month_day, GError **error);
void month_row_free(MonthRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthRow, month_row_free)

/* Joins the caller's transaction.  FALSE in `done`: somebody else has moved it since `n_steps` was read; nothing
 * is written. `row->n` is not read. */
gboolean months_move(Sql *sql, gint64 unit, gint64 month_day, gint64 n_steps, MonthState next,
					 const MonthStepRow *row, gboolean *done, GError **error);
