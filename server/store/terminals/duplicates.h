/*
 * The search of all enrolled people among themselves: how far it is, whom it found, and what somebody
 * decided on them.  A pair is two people who seem to be one, kept once.  What follows from a verdict
 * (a withdrawn enrolment, a case for the inspectorate) is for people to do.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"
#include "server/store/terminals/decisions.h"

typedef struct {
	gint64 id, started_ms, finished_ms; /* finished 0: not yet */
	PersonId after;                     /* people up to this one are done */
	gint64 n_people, n_references;      /* done */
} DuplicateRun;

/* The run that is not finished, else the last; FALSE with `error` unset: there was none. */
gboolean duplicate_runs_last(Sql *sql, DuplicateRun *run, GError **error);
/* Writing functions join the caller's transaction. */
gboolean duplicate_runs_begin(Sql *sql, gint64 now_ms, DuplicateRun *run, GError **error);
gboolean duplicate_runs_update(Sql *sql, const DuplicateRun *run, GError **error);

/* Up to n_max people above `after` with an active reference, ascending; of PersonId. Free with
 * g_array_unref(). */
gboolean duplicates_people(Sql *sql, PersonId after, gsize n_max, GArray **people, GError **error);

typedef struct {
	PersonId person, other; /* person < other */
	gint64 run;
	Finger finger;
	gint32 score;
	gboolean two_fingers;
	gint32 second_score; /* when two_fingers */
	gint64 found_ms;
	/* Not for duplicates_add(). */
	gboolean decided;
	DecisionVerdict verdict;
	char reason[DECISION_REASON_MAX + 1];
	char by[48]; /* the account's name */
	gint64 decided_ms;
} DuplicatePair;

/* In whichever order the two are named. A pair that is known keeps its verdict, and its better
 * score. */
gboolean duplicates_add(Sql *sql, const DuplicatePair *pair, GError **error);
/* In the order of the numbers, behind (person, other) (0, 0: all), at most n_max; only undecided ones,
 * or all.  Of DuplicatePair. */
gboolean duplicates_list(Sql *sql, gboolean undecided, PersonId person, PersonId other, gsize n_max,
						 GArray **pairs, GError **error);
/* DECISION_ERROR_VERDICT, _REASON, _GONE (no such pair, or decided already), or the database's. */
gboolean duplicates_decide(Sql *sql, PersonId person, PersonId other, DecisionVerdict verdict,
						   const char *reason, gint64 account, gint64 now_ms, GError **error);
