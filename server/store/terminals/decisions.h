/*
 * Decisions of people on what the server would not decide alone: held enrolments, a revoked
 * terminal's backlog, quarantined events, alarms.  Each has its decider, reason and time.
 *
 *   waits ──decisions_add (web, `hadir`)──> decided ──core role──> carried out, with its outcome
 *
 * One decision claims its subject: a second is refused until the first is carried out, and after
 * that unless the subject waits anew (more of a backlog has come; a corrected time uncovered a
 * simulated sensor).
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

#define DECISION_ERROR (decision_error_quark())
GQuark decision_error_quark(void);

typedef enum {
	DECISION_ERROR_VERDICT, /* none that this subject can have */
	DECISION_ERROR_REASON,  /* missing, too long, no text */
	DECISION_ERROR_TIME,    /* missing where it is needed, given where it is not, or impossible */
	DECISION_ERROR_GONE,    /* nothing of that name waits */
} DecisionError;

typedef enum {
	DECISION_ENROLMENT,
	DECISION_BACKLOG,
	DECISION_EVENT,
	DECISION_ALARM,
} DecisionKind;

typedef enum {
	VERDICT_DIFFERENT,   /* enrolment: two people, its references become active */
	VERDICT_SAME_PERSON, /* enrolment: the finger is the other's, its templates are destroyed */
	VERDICT_FRAUD,       /* enrolment: likewise */
	VERDICT_ACCEPTED,    /* backlog, event */
	VERDICT_REJECTED,    /* backlog, event: kept as evidence, never counted */
	VERDICT_ENDED,       /* alarm: dealt with */
} DecisionVerdict;

const char *decision_kind_text(DecisionKind kind);          /* "enrolment", … */
const char *decision_verdict_text(DecisionVerdict verdict); /* "same-person", … */
/* FALSE: no verdict on that kind. */
gboolean decision_verdict_parse(DecisionKind kind, const char *text, DecisionVerdict *verdict);

#define DECISION_REASON_MIN 3   /* characters */
#define DECISION_REASON_MAX 500 /* bytes of UTF-8, without control characters */
#define DECISION_SUBJECT_MAX 47

typedef struct {
	gint64 id; /* written by decisions_add() */
	DecisionKind kind;
	char subject[DECISION_SUBJECT_MAX + 1]; /* see 0009_decisions.sql */
	DecisionVerdict verdict;
	char reason[DECISION_REASON_MAX + 1];
	gint64 at_ms;   /* event of an implausible time, accepted: when it happened; else 0 */
	gint64 account; /* who decides */
	/* Not for decisions_add(). */
	char by[48]; /* the account's name */
	gint64 decided_ms, carried_ms;
	char outcome[48]; /* "" while carried_ms is 0 */
} Decision;

/* DECISION_ERROR_REASON when it is none. */
gboolean decision_reason_check(const char *reason, GError **error);

/* Checks, and claims the subject, in the caller's transaction.  FALSE: DECISION_ERROR_… or the
 * database's; the caller rolls back. */
gboolean decisions_add(Sql *sql, Decision *decision, gint64 now_ms, GError **error);
/* FALSE with `error` unset: no such decision. */
gboolean decisions_get(Sql *sql, gint64 id, Decision *out, GError **error);
/* Newest first, with id < `before` (0: all), at most n_max; of Decision. */
gboolean decisions_list(Sql *sql, gint64 before, gsize n_max, GArray **decisions, GError **error);
/* The oldest with id > `after` that is not carried out; FALSE with `error` unset: none. */
gboolean decisions_next(Sql *sql, gint64 after, Decision *out, GError **error);
/* `outcome`: "done", or in a few words why not. */
gboolean decisions_carried(Sql *sql, gint64 id, const char *outcome, gint64 now_ms, GError **error);

/* An event as a decision names it: "12-345". */
char *decision_event_subject(gint64 journal, gint64 seq); /* (transfer full) */
gboolean decision_event_parse(const char *text, gint64 *journal, gint64 *seq);
