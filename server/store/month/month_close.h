/*
 * A unit's month is handed in, signed, locked, paid, or opened again: one step in one transaction, allowed or
 * refused as server/rules/month.h says.  Whether the account has the right over the unit is the caller's to ask.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/month/month_contents.h"
#include "server/store/month/months.h"

typedef struct {
	gint64 unit, month_day; /* a unit that hands in its month */
	MonthStep step;
	gint64 account;
	PersonId person;    /* behind the account; 0: nobody */
	const char *reason; /* NULL or "": none */
	gint64 seen_steps;  /* how many steps there were when it was decided; -1: whatever there is */
	gint64 now_ms, utc_offset_min;
} MonthOrder;

typedef struct {
	MonthRefusal refusal; /* MONTH_ALLOWED: done, or `overtaken` */
	gboolean overtaken;   /* somebody else has moved it since: nothing was done */
	MonthState state;     /* after it, or as it is */
	MonthContents contents;
	gint64 n_hindrances;
	gint64 deadline_day;
	gboolean late; /* submitted after the deadline */
} MonthOutcome;

/* In the caller's transaction, which is to be rolled back unless `refusal` is MONTH_ALLOWED and it was not
 * overtaken.  FALSE: the database failed. */
gboolean month_take_step(Sql *sql, const MonthOrder *order, MonthOutcome *out, GError **error);
/* Until which day the unit's month is handed in, by the calendar as known now. */
gboolean month_deadline_of(Sql *sql, gint64 unit, gint64 month_day, gint64 *day, GError **error);
