/*
 * What the account of PP 94/2021 has to say, and to whom: a signal to the superior of the day on which a
 * tier was reached, with the days it rests on; never a sanction.  The superior's own duty (art. 26-28) is
 * tracked: taken note of, acted upon, overdue.
 *
 *   SAID --note--> NOTED --act--> ACTED        overdue: neither acted upon nor withdrawn by its last day
 *     '----------------act---------^
 *     '--the days do not hold any more (a letter, a decree)--> WITHDRAWN: its days may be said again
 *
 * Functions join the caller's transaction.
 */
#pragma once

#include "server/store/services/signals.h"

#define DISCIPLINE_ERROR (discipline_error_quark())
GQuark discipline_error_quark(void);

typedef enum {
	DISCIPLINE_ERROR_UNKNOWN, /* no such signal or account */
	DISCIPLINE_ERROR_RIGHT,   /* it is another superior's, or the own */
	DISCIPLINE_ERROR_STATE,   /* acted upon or withdrawn already */
	DISCIPLINE_ERROR_TEXT,    /* no word of what was done, or too long */
} DisciplineError;

#define DISCIPLINE_TEXT_MAX 500 /* bytes */

typedef struct {
	gint64 now_ms, today;
} DisciplineClock;

/* This year's and last year's account of one person, and runs over both. `n`: signals made or withdrawn. */
gboolean discipline_person(Sql *sql, PersonId person, const DisciplineClock *clock, gint64 *n,
						   GError **error);
/* The next `n_max` people above `*after`, which becomes 0 at the end. */
gboolean discipline_round(Sql *sql, gint64 n_max, const DisciplineClock *clock, PersonId *after,
						  gint64 *n, GError **error);

/* By the superior, or whom they named as deputy; of a superior who is not known, by BKD. */
gboolean discipline_note(Sql *sql, gint64 id, gint64 account, const DisciplineClock *clock,
						 GError **error);
/* `action`: what was done, with its decree. */
gboolean discipline_act(Sql *sql, gint64 id, gint64 account, const char *action,
						const DisciplineClock *clock, GError **error);
/* Is it this account's to act on? */
gboolean discipline_is_theirs(Sql *sql, const Signal *signal, gint64 account, gint64 today,
							  gboolean *theirs, GError **error);
/* The account of a year, as of today. */
gboolean discipline_year_of(Sql *sql, PersonId person, int year, DisciplineYear *out,
							GError **error);
/* "disampaikan", "dicatat", "ditindaklanjuti", "ditarik"; static. */
const char *discipline_state_text(SignalState state);
