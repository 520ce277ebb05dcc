/*
 * The first two looks at a gallery, which find the few references that are worth a full comparison.
 * First: minutiae whose codes are alike vote for one motion of the finger (vector unit, a fraction of
 * a microsecond a reference).  Second: under the best motions the minutiae are laid on each other
 * (about ten microseconds).
 */
#pragma once

#include "firmware/match/chunk.h"
#include "firmware/match/kernels.h"

typedef struct MatchQuery MatchQuery;

/* `kernels` from kernels.h. The probe may be freed before it. */
MatchQuery *match_query_new(const MatchTemplate *probe, const MatchKernels *kernels);
void match_query_free(MatchQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchQuery, match_query_free)

/* First look: the votes of each slot; 0 for those that cannot reach `floor`, and free ones. */
void match_query_vote(MatchQuery *query, const MatchChunk *chunk, guint floor,
					  guint votes[MATCH_CHUNK_SLOTS]);
/* Second look. Larger: more likely the same finger. */
guint match_query_weigh(MatchQuery *query, const MatchChunk *chunk, guint slot);
