/*
 * Decisions carried out that need more than one stage: a held enrolment (references, marks), a
 * revoked terminal's backlog (collect, verify, merge, as the ordinary way).  Quarantined events are
 * merge_decide()'s.  In the caller's transaction, on the commit thread.
 */
#pragma once

#include "server/merge.h"
#include "server/store/terminals/decisions.h"

/* What whoever runs the vault and the rosters has to know of it. */
typedef struct {
	const char *outcome; /* literal; NULL: there is more to do, call again */
	RandomId enrolment;
	GArray *ended; /* gint64: references to forget */
	GArray *added; /* SealedReference: to load */
} DecideResult;

void decide_result_clear(DecideResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DecideResult, decide_result_clear)

/* Batches of a backlog that are merged in one call. */
#define DECIDE_BATCHES_MAX 16

/* Does a part of it, or all, and then writes the outcome to the decision. */
gboolean decide_carry_out(Sql *sql, const MergePolicy *policy, const Decision *decision,
						  gint64 now_ms, DecideResult *result, GError **error);
/* The next decided pair of people under two names whose references have to end, if there is one; TRUE
 * in `found` then.  `result->outcome` is not set. */
gboolean decide_next_pair(Sql *sql, const MergePolicy *policy, gint64 now_ms, DecideResult *result,
						  gboolean *found, GError **error);
