/*
 * Merge: a verified batch becomes rows, exactly once (design.md, decision 8).
 *
 *   already here, same content   -> ignored, the receipt repeats where we are
 *   already here, other content  -> kept as evidence once, alarm; nothing of the batch is stored
 *   does not begin where we are  -> not stored, the receipt repeats the last good head
 *   otherwise                    -> events, statement, head, punches, coverage and marks, in the
 *                                   caller's one transaction
 *
 * Called on the commit thread only.
 */
#pragma once

#include "protocol/receipt.h"
#include "server/event_clock.h"
#include "server/store/terminals/decisions.h"
#include "server/store/terminals/journals.h"

typedef struct {
	gboolean demo; /* simulated sensors count */
	gint64 utc_offset_min;
	gint64 alive_tolerance_ms;
	EventTimeLimits limits;
} MergePolicy;

typedef enum {
	MERGE_STORED,
	MERGE_DUPLICATE,
	MERGE_GAP,
	MERGE_CONFLICT, /* same key, other content: evidence and alarm */
	MERGE_BROKEN,   /* a first event whose `previous` is not the journal's genesis */
} MergeOutcome;

/* A person-day that the batch touched, for those who watch. */
typedef struct {
	PersonId person;
	gint64 day;
} MergeChange;

typedef struct {
	MergeOutcome outcome;
	Receipt receipt;  /* valid once the transaction is committed */
	gint64 n_new;     /* events stored */
	gboolean answers; /* commands for the terminal were added */
	gboolean claims;  /* claims wait for the vault */
	GArray *changes;  /* of MergeChange, owned */
} MergeResult;

void merge_result_clear(MergeResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MergeResult, merge_result_clear)

/* Carries out somebody's decision on a quarantined event, in the caller's transaction: an accepted one
 * counts, at `decision->at_ms` where its time was not believed; a rejected one never does.  The stamp
 * stays; a time that was said is a row of its own.  `outcome` is set to a literal. */
gboolean merge_decide(Sql *sql, const MergePolicy *policy, const Decision *decision, gint64 now_ms,
					  const char **outcome, GError **error);

/* `batch` has passed verify_batch(); `envelope` is the signed statement, exact.  FALSE: the database
 * failed, the caller rolls back, nothing was decided. */
gboolean merge_batch(Sql *sql, const MergePolicy *policy, const TerminalId *terminal,
					 const EventBatch *batch, Slice envelope, gint64 now_ms, MergeResult *result,
					 GError **error);
