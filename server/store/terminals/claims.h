/*
 * Claims: what a visitor typed, with a probe (EVENT_CLAIM), and punches without a finger
 * (EVENT_FINGERLESS), until they are decided.
 *
 *   waiting ──vault──> accepted | refused        number names nobody: unknown
 *      '──no reference, or no finger──> manual ──approver, BKD──> accepted | refused
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/time/punches.h"
#include "server/store/sql.h"

typedef enum {
	CLAIM_WAITING, /* for the vault */
	CLAIM_MANUAL,  /* for a person */
	CLAIM_ACCEPTED,
	CLAIM_REFUSED,
	CLAIM_UNKNOWN, /* the number names nobody */
} ClaimState;

typedef struct {
	gint64 journal; /* ours */
	gint64 seq;
	TerminalId terminal;
	RandomId journal_id;
	guint32 kind;    /* EVENT_CLAIM or EVENT_FINGERLESS */
	PersonId person; /* 0: nobody */
	ClaimState state;
	gint64 at_ms; /* of the punch; 0: none was made of it. Not written. */
} ClaimRow;

/* "manual"; static storage. */
const char *claim_state_text(ClaimState state);
/* A punch without a finger, not a visitor's claim. */
gboolean claim_is_fingerless(const ClaimRow *claim);

/* An event that has its claim already changes nothing. */
gboolean claims_add(Sql *sql, const ClaimRow *claim, GError **error);
/* FALSE with `error` unset: no such claim. */
gboolean claims_get(Sql *sql, gint64 journal, gint64 seq, ClaimRow *out, GError **error);
/* `score` and `approver` 0: none. */
gboolean claims_decide(Sql *sql, gint64 journal, gint64 seq, ClaimState state, gint64 score,
					   PersonId approver, gint64 now_ms, GError **error);
/* The claim's punch, with its days marked, but only while it waits: a quarantined one stays so, and
 * there is none while the event's time is not believed. */
gboolean claims_settle_punch(Sql *sql, const ClaimRow *claim, PunchState state, const char *reason,
							 gint64 utc_offset_min, GError **error);
/* Who said yes or no to a claim in state CLAIM_MANUAL. */
typedef struct {
	gboolean accepted;
	PersonId approver; /* by finger at the terminal; 0: nobody */
	gint64 account;    /* at the server; 0: nobody */
} ClaimDecision;

/* Decides: the claim, its punch with the days marked, and the answer to the terminal, all in the
 * caller's transaction.  FALSE in `decided`: it was no longer open. */
gboolean claims_settle(Sql *sql, const ClaimRow *claim, const ClaimDecision *decision,
					   gint64 utc_offset_min, gint64 now_ms, gboolean *decided, GError **error);
/* In state `state`, by journal and sequence, after `after` (NULL: all), at most n_max; of ClaimRow. */
gboolean claims_list(Sql *sql, ClaimState state, const ClaimRow *after, gsize n_max,
					 GArray **claims, GError **error);
