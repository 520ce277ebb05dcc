/*
 * Join: a device's first keys and certificate, and their renewals.
 *
 *   bundle: bootstrap certificate, secret ──join(proof)──> keys kept, certificate issued, secret gone
 *   own certificate at two thirds of life ──join(renewal)──> certificate issued
 *
 * The certificate is a command: it is repeated until the terminal says that it has it.
 */
#pragma once

#include "protocol/want.h"
#include "server/authority.h"

typedef struct {
	const Authority *authority;
	gint64 certificate_days; /* life of what is issued */
} JoinPolicy;

/* `join` has passed verify_join() for `terminal`.  Inside the caller's transaction.  What is refused
 * changes nothing but an alarm of kind "join-refused" that says why; FALSE: the database or the
 * authority failed, nothing was decided. */
gboolean join_accept(Sql *sql, const JoinPolicy *policy, const TerminalId *terminal,
					 const Join *join, gint64 now_ms, GError **error);
