/*
 * Commands to terminals, kept until a `want` says they were carried out.  Ids grow over all
 * terminals and never go back, not even after a restore: they start at the clock's milliseconds.
 */
#pragma once

#include "protocol/command.h"
#include "server/store/sql.h"

/* Allots command->id and stores the command, in the caller's transaction. `expires_ms` 0: never. */
gboolean commands_add(Sql *sql, const TerminalId *terminal, Command *command, gint64 expires_ms,
					  gint64 now_ms, GError **error);

typedef struct {
	gint64 id;
	guint32 kind;
	GBytes *body; /* as command_encode() wrote it */
} CommandRow;

/* Pending, not expired, id > `after`, ascending, at most n_max. The array frees the bodies. */
gboolean commands_pending(Sql *sql, const TerminalId *terminal, gint64 after, gint64 now_ms,
						  gsize n_max, GArray **commands, GError **error);
/* All up to and with `upto` were carried out. */
gboolean commands_done(Sql *sql, const TerminalId *terminal, gint64 upto, gint64 now_ms,
					   GError **error);
/* Takes back the pending commands of that kind. */
gboolean commands_withdraw(Sql *sql, const TerminalId *terminal, guint32 kind, gint64 now_ms,
						   GError **error);
