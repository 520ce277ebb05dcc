/*
 * Changes of a roster that need somebody's approval: of a shift that had begun (a correction), and
 * swaps between two people.  Both versions stay with the request; what is approved comes into force
 * naming the request, so that the verdict's reasons do.  Writing functions join the caller's
 * transaction, and mark the person-days when something came into force.
 */
#pragma once

#include "server/store/time/roster_check.h"

typedef enum {
	ROSTER_SAME,    /* known already, or asked for already in these words */
	ROSTER_APPLIED, /* in force */
	ROSTER_WAITS,   /* a correction was proposed */
	ROSTER_UNTOLD,  /* the shift has begun, and no reason is given: nothing was done */
} RosterOutcome;

typedef struct {
	PersonId person;
	const RosterDay *roster; /* its day and shifts; `source` is not read */
	const char *source;      /* number or reason; may be NULL */
	gint64 account;          /* who asks; 0: the administrator, by import */
	gint64 utc_offset_min;
} RosterAsked;

/* A row of a roster: in force at once, unless it changes what was known of a shift that has begun at
 * change->now_ms; that is proposed.  What nobody had said anything of, in a month that is not
 * published, is no change. */
gboolean roster_requests_set(Sql *sql, const RosterAsked *asked, const Change *change,
							 RosterOutcome *outcome, GError **error);

typedef struct {
	PersonId person;
	gint64 day;
} RosterSlot;

/* On one day the two exchange their duties; on two days each does the other's, and is free on the own.
 * Both need a roster on these days.  SQL_ERROR_CONSTRAINT says in words why not. */
gboolean roster_requests_swap(Sql *sql, const RosterSlot *one, const RosterSlot *other,
							  const char *reason, gint64 account, gint64 now_ms, gint64 *id,
							  GError **error);

typedef enum { ROSTER_PROPOSED = 1, ROSTER_APPROVED, ROSTER_REFUSED } RosterRequestState;

typedef struct {
	gint64 id;
	gboolean is_swap;
	RosterRequestState state;
	gint64 account, proposed_ms;   /* account 0: by import */
	gint64 decided_by, decided_ms; /* 0: not decided */
	char *reason, *decision;       /* owned; decision may be NULL */
	char *by, *decider;            /* names of the accounts; owned; may be NULL */
	GArray *before, *after;        /* of PlannedDay, one person-day at the same place; owned */
} RosterRequest;

void roster_request_clear(RosterRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RosterRequest, roster_request_clear)

/* `found` FALSE: no such request. */
gboolean roster_requests_get(Sql *sql, gint64 id, RosterRequest *request, gboolean *found,
							 GError **error);
/* Ids of those that wait, above `after`, at most `limit`; of gint64. */
gboolean roster_requests_waiting(Sql *sql, gint64 after, gint64 limit, GArray **ids,
								 GError **error);

/* The versions after it come into force (change->now_ms, today; `by`: the decider's name), or the
 * request ends.  SQL_ERROR_CONSTRAINT when it does not wait, or the roster has changed since. */
gboolean roster_requests_approve(Sql *sql, const RosterRequest *request, gint64 account,
								 const char *by, const char *decision, const Change *change,
								 GError **error);
gboolean roster_requests_refuse(Sql *sql, const RosterRequest *request, gint64 account,
								const char *decision, gint64 now_ms, GError **error);
/* "P", "P+S", "-", "siaga", and "?" where nothing was known (transfer full). */
char *roster_day_text(Sql *sql, const PlannedDay *day, GError **error);
