#include "server/store/commands.h"

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

static void command_row_clear(gpointer data)
{
	CommandRow *row = data;
	g_clear_pointer(&row->body, g_bytes_unref);
}

gboolean commands_pending(Sql *sql, const TerminalId *terminal, gint64 after, gint64 now_ms,
						  gsize n_max, GArray **commands, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CommandRow));
	g_array_set_clear_func(list, command_row_clear);
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT id, kind, body FROM command WHERE terminal = $1 AND id > $2 AND done_ms IS NULL"
		" AND withdrawn_ms IS NULL AND (expires_ms IS NULL OR expires_ms > $3)"
		" ORDER BY id LIMIT $4",
		"tiii", terminal->text, after, now_ms, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		CommandRow row = {sql_int(rows, 0), (guint32)sql_int(rows, 1), read_bytes(rows, 2)};
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*commands = g_steal_pointer(&list);
	return TRUE;
}

gboolean commands_done(Sql *sql, const TerminalId *terminal, gint64 upto, gint64 now_ms,
					   GError **error)
{
	return sql_run(sql, error,
				   "UPDATE command SET done_ms = $3 WHERE terminal = $1 AND id <= $2"
				   " AND done_ms IS NULL AND withdrawn_ms IS NULL",
				   "tii", terminal->text, upto, now_ms);
}

gboolean commands_withdraw(Sql *sql, const TerminalId *terminal, guint32 kind, gint64 now_ms,
						   GError **error)
{
	return sql_run(sql, error,
				   "UPDATE command SET withdrawn_ms = $3 WHERE terminal = $1 AND kind = $2"
				   " AND done_ms IS NULL AND withdrawn_ms IS NULL",
				   "tii", terminal->text, (gint64)kind, now_ms);
}
