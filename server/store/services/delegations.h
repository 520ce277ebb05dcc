/* Who decides in somebody's place for a time.  Writing functions join the caller's transaction. */
#pragma once

#include "server/store/sql.h"

typedef struct {
	gint64 id;
	gint64 account, deputy;   /* in whose place; who */
	gint64 from_day, to_day;  /* half-open */
	gint64 made_ms, ended_ms; /* ended 0: by its date */
	char *reason, *by, *to;   /* owned; names of the accounts */
} Delegation;

void delegation_free(Delegation *delegation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Delegation, delegation_free)

/* The texts of `delegation` are not read but for its reason. */
gboolean delegations_add(Sql *sql, const Delegation *delegation, gint64 now_ms, gint64 *id,
						 GError **error);
/* `ended` FALSE: that account has none of that number in force. */
gboolean delegations_end(Sql *sql, gint64 id, gint64 account, gint64 now_ms, gboolean *ended,
						 GError **error);
/* For this deputy, in force on `day`; or given by this account, also those that are to come; 0: any.  Of
 * Delegation (transfer full). */
GPtrArray *delegations_on(Sql *sql, gint64 deputy, gint64 account, gint64 day, GError **error);
