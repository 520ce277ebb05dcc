/*
 * Distribute: whom each terminal identifies, worked out from assignments, and sent as numbered
 * changes in chunks (protocol/roster.h; design.md, decisions 9 and 10).
 *
 *   refresh (commit thread): personnel tables -> roster_entry, versions grow
 *   plan    (main loop):     roster_entry above what the terminal holds -> one chunk, references
 *                            still sealed to the vault
 *   fill    (main loop):     the vault's answer -> the chunk, ready to be encoded
 */
#pragma once

#include "server/messages.h"
#include "server/store/sql.h"

typedef struct {
	gint64 utc_offset_min;
	gint64 lease_days; /* an entry ends by itself after at most so many days */
	gint64 grace_days; /* after a mutation the former place goes on identifying */
	gint64 repeat_s;
} DistributePolicy;

/* Days for which the windows are sent; with the night before. */
#define DISTRIBUTE_WINDOW_DAYS 7

/* Makes the terminal's roster what it ought to be now; `changed`: how many versions it grew by.  In
 * the caller's transaction. */
gboolean distribute_refresh(Sql *sql, const DistributePolicy *policy, const TerminalId *terminal,
							gint64 now_ms, gint64 *changed, GError **error);

/* One chunk on its way. */
typedef struct DistributePlan DistributePlan;

/* The changes after `from`, as many as one chunk and one request to the vault hold; `reset`: a full
 * snapshot, `from` is 0 then.  A chunk without changes is a plan too: it brings the windows. */
DistributePlan *distribute_plan(Sql *sql, const DistributePolicy *policy,
								const TerminalId *terminal, const PublicKey *sealing, gint64 from,
								gboolean reset, gint64 now_ms, GError **error);
void distribute_plan_free(DistributePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DistributePlan, distribute_plan_free)

/* What the vault must seal; borrowed.  `n` 0: nothing, the chunk is ready. */
const VaultReseal *distribute_plan_reseal(DistributePlan *plan, guint64 request);
/* FALSE: the answer does not fit the request. A reference that could not be opened is left out. */
gboolean distribute_plan_fill(DistributePlan *plan, const VaultResealed *resealed);
const RosterChunk *distribute_plan_chunk(DistributePlan *plan);
