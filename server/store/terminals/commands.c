#include "server/store/terminals/commands.h"

#include "server/store/read.h"

static gboolean next_id(Sql *sql, gint64 now_ms, gint64 *id, GError **error)
{
	gint64 last;
	if (!sql_get_int(sql, &last, 0, error, "SELECT max(id) FROM command", ""))
		return FALSE;
	*id = MAX(last + 1, now_ms);
	return TRUE;
}

gboolean commands_add(Sql *sql, const TerminalId *terminal, Command *command, gint64 expires_ms,
					  gint64 now_ms, GError **error)
{
	gint64 id;
	if (!next_id(sql, now_ms, &id, error))
		return FALSE;
	command->id = (uint64_t)id;
	WireBuffer body = {0};
	command_encode(&body, command);
	if (body.failed) {
		wire_buffer_clear(&body);
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "out of memory for a command");
		return FALSE;
	}
	gboolean ok = sql_run(sql, error,
						  "INSERT INTO command (id, terminal, kind, body, created_ms, expires_ms)"
						  " VALUES ($1, $2, $3, $4, $5, $6)",
						  "itibiI", id, terminal->text, (gint64)command->kind, body.data,
						  (gsize)body.size, now_ms, expires_ms == 0 ? NULL : &expires_ms);
	wire_buffer_clear(&body);
	return ok;
}

gboolean commands_next(Sql *sql, const TerminalId *terminal, gint64 now_ms, GBytes **body,
					   GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT body FROM command WHERE terminal = $1 AND done_ms IS NULL AND withdrawn_ms IS NULL"
		" AND (expires_ms IS NULL OR expires_ms > $2) ORDER BY id LIMIT 1",
		"ti", terminal->text, now_ms);
	gboolean found;
	*body = NULL;
	if (!read_first(row, &found, error))
		return FALSE;
	if (found)
		*body = read_bytes(row, 0);
	return TRUE;
}

gboolean commands_done(Sql *sql, const TerminalId *terminal, gint64 last, gint64 now_ms,
					   gint64 *n_done, GError **error)
{
	/* One that expired before `last` was sent may never have arrived. */
	*n_done = sql_change(sql, error,
						 "UPDATE command SET done_ms = $3 WHERE terminal = $1 AND id <= $2"
						 " AND done_ms IS NULL AND withdrawn_ms IS NULL"
						 " AND (id = $2 OR expires_ms IS NULL OR expires_ms > $3)",
						 "tii", terminal->text, last, now_ms);
	return *n_done >= 0;
}

gboolean commands_withdraw(Sql *sql, const TerminalId *terminal, guint32 kind, gint64 now_ms,
						   GError **error)
{
	return sql_run(sql, error,
				   "UPDATE command SET withdrawn_ms = $3 WHERE terminal = $1"
				   " AND (kind = $2 OR $2 = 0)"
				   " AND done_ms IS NULL AND withdrawn_ms IS NULL",
				   "tii", terminal->text, (gint64)kind, now_ms);
}
