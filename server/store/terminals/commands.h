/*
 * Commands to terminals, kept until a `want` says they were carried out.  Ids grow over all
 * terminals and never go back, not even after a restore: they start at the clock's milliseconds.
 *
 * A terminal is sent one command at a time, the oldest: the next follows when a want has confirmed it,
 * or when it has expired or was taken back.  So the last command a terminal has carried out says
 * exactly which ones those were, whatever was lost on the way.
 */
#pragma once

#include "protocol/command.h"
#include "server/store/sql.h"

/* Allots command->id and stores the command, in the caller's transaction. `expires_ms` 0: never. */
gboolean commands_add(Sql *sql, const TerminalId *terminal, Command *command, gint64 expires_ms,
					  gint64 now_ms, GError **error);

/* The one to send now, as command_encode() wrote it (transfer full); NULL in `body`: none. */
gboolean commands_next(Sql *sql, const TerminalId *terminal, gint64 now_ms, GBytes **body,
					   GError **error);
/* The terminal has carried out `last`, and what it was sent before; how many are new of these. */
gboolean commands_done(Sql *sql, const TerminalId *terminal, gint64 last, gint64 now_ms,
					   gint64 *n_done, GError **error);
/* Takes back the pending commands of that kind; 0: of every kind. */
gboolean commands_withdraw(Sql *sql, const TerminalId *terminal, guint32 kind, gint64 now_ms,
						   GError **error);
