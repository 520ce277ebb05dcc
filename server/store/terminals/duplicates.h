/*
 * The search of all enrolled people among themselves: how far it is, whom it found, and what somebody
 * decided on them.  A pair is two people who seem to be one, kept once.  A verdict of one person, or of
 * fraud, ends the references of one of the two: by default of who was enrolled later.  Their slots are
 * "belum terdaftar" from then on; a case for the inspectorate is for people to make.
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
	PersonId ends;    /* whose references the verdict ends; 0: nobody's */
	gboolean carried; /* they have ended */
} DuplicatePair;

/* In whichever order the two are named. A pair that is known keeps its verdict, and its better
 * score. */
gboolean duplicates_add(Sql *sql, const DuplicatePair *pair, GError **error);
/* In the order of the numbers, behind (person, other) (0, 0: all), at most n_max; only undecided ones,
 * or all.  Of DuplicatePair. */
gboolean duplicates_list(Sql *sql, gboolean undecided, PersonId person, PersonId other, gsize n_max,
						 GArray **pairs, GError **error);
/* FALSE with `error` unset: no such pair. In whichever order the two are named. */
gboolean duplicates_get(Sql *sql, PersonId person, PersonId other, DuplicatePair *pair,
						GError **error);

typedef struct {
	PersonId person, other;
	DecisionVerdict verdict;
	const char *reason;
	PersonId
		ends; /* one of the two; 0: who was enrolled later. Nobody's when they are different. */
	gint64 account;
} DuplicateDecision;

/* DECISION_ERROR_VERDICT, _REASON, _GONE (no such pair, or decided already), or the database's. The
 * core role carries it out. */
gboolean duplicates_decide(Sql *sql, const DuplicateDecision *decision, gint64 now_ms,
						   GError **error);
/* The next whose references have to end. FALSE with `error` unset: there is none. */
gboolean duplicates_next(Sql *sql, DuplicatePair *pair, GError **error);
/* Ends them, in the caller's transaction; `ended` gets the references. */
gboolean duplicates_carry_out(Sql *sql, const DuplicatePair *pair, gint64 now_ms, GArray *ended,
							  GError **error);
