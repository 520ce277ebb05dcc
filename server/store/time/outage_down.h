/*
 * When a terminal could not record, by its own word: between two spans of its coverage, where its
 * journal goes on without a hole; or until it last said so in its health.  For outage_proposals.c.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef struct {
	gint64 from_ms, to_ms;
	const char *cause; /* literal, see outage_proposals.h */
} DownSpan;

/* Touching [from_ms, to_ms), ascending, apart from each other; of DownSpan. */
gboolean outage_down_of(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
						GArray **spans, GError **error);
