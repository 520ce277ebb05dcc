#include "server/store/terminals/journals.h"

#include "server/store/read.h"

#define JOURNAL_COLUMNS                                                                            \
	"SELECT id, terminal, journal, seq, head, opened_ms, heard_ms, last_at_ms, sensor_lost"        \
	" FROM journal "

static void read_row(SqlStatement *row, JournalRow *out)
{
	memset(out, 0, sizeof *out);
	out->id = sql_int(row, 0);
	read_text(row, 1, out->terminal.text, sizeof out->terminal.text);
	read_fixed(row, 2, &out->journal, sizeof out->journal);
	out->seq = sql_int(row, 3);
	read_fixed(row, 4, &out->head, sizeof out->head);
	out->opened_ms = sql_int(row, 5);
	out->heard_ms = sql_int(row, 6);
	out->last_at_ms = sql_int(row, 7);
	out->sensor_lost = sql_int(row, 8) == 1;
}

gboolean journals_get(Sql *sql, const TerminalId *terminal, const RandomId *journal,
					  JournalRow *out, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, JOURNAL_COLUMNS "WHERE terminal = $1 AND journal = $2", "tb",
				  terminal->text, journal->bytes, sizeof journal->bytes);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_row(row, out);
	return TRUE;
}

gboolean journals_open(Sql *sql, const TerminalId *terminal, const RandomId *journal,
					   const Hash *genesis, gint64 now_ms, JournalRow *out, GError **error)
{
	gint64 last;
	if (!sql_get_int(sql, &last, 0, error, "SELECT max(id) FROM journal", ""))
		return FALSE;
	*out = (JournalRow){.id = last + 1,
						.terminal = *terminal,
						.journal = *journal,
						.head = *genesis,
						.opened_ms = now_ms,
						.heard_ms = now_ms};
	return sql_run(sql, error,
				   "INSERT INTO journal (id, terminal, journal, seq, head, opened_ms, heard_ms,"
				   " last_at_ms, sensor_lost) VALUES ($1, $2, $3, 0, $4, $5, $5, 0, 0)",
				   "itbbi", out->id, terminal->text, journal->bytes, sizeof journal->bytes,
				   genesis->bytes, sizeof genesis->bytes, now_ms);
}

gboolean journals_advance(Sql *sql, const JournalRow *journal, gint64 from_seq, gint64 now_ms,
						  GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE journal SET seq = $3, head = $4, heard_ms = $5, last_at_ms = $6,"
						  " sensor_lost = $7 WHERE id = $1 AND seq = $2",
						  "iiibiii", journal->id, from_seq, journal->seq, journal->head.bytes,
						  sizeof journal->head.bytes, now_ms, journal->last_at_ms,
						  (gint64)(journal->sensor_lost != FALSE));
	if (n == 0)
		g_set_error(error, SQL_ERROR, SQL_ERROR_BUSY, "journal %" G_GINT64_FORMAT " moved on",
					journal->id);
	return n == 1;
}

gboolean journals_list(Sql *sql, const TerminalId *terminal, GArray **journals, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(JournalRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, JOURNAL_COLUMNS "WHERE terminal = $1 OR $1 = '' ORDER BY id", "t",
				  terminal != NULL ? terminal->text : "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		JournalRow row;
		read_row(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*journals = g_steal_pointer(&list);
	return TRUE;
}
