#include "server/store/quarantine.h"

#include "server/store/read.h"

gboolean quarantine_add(Sql *sql, gint64 journal, gint64 seq, const char *reason, gint64 now_ms,
						GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO quarantine (journal, seq, reason, listed_ms)"
				   " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
				   "iiti", journal, seq, reason, now_ms);
}

gboolean quarantine_end(Sql *sql, gint64 journal, gint64 seq, const char *how, gint64 now_ms,
						GError **error)
{
	return sql_run(sql, error,
				   "UPDATE quarantine SET ended_ms = $4, ended_how = $3"
				   " WHERE journal = $1 AND seq = $2 AND ended_ms IS NULL",
				   "iiti", journal, seq, how, now_ms);
}

gboolean quarantine_list(Sql *sql, const TerminalId *terminal, const char *reason, gsize n_max,
						 GArray **rows, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(QuarantineRow));
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT q.journal, q.seq, j.terminal, q.reason, q.listed_ms, j.journal FROM quarantine q"
		" JOIN journal j ON j.id = q.journal WHERE q.ended_ms IS NULL"
		" AND (j.terminal = $1 OR $1 = '') AND (q.reason = $2 OR $2 = '')"
		" ORDER BY q.listed_ms, q.journal, q.seq LIMIT $3",
		"tti", terminal != NULL ? terminal->text : "", reason != NULL ? reason : "", (gint64)n_max);
	if (row == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(row, error)) == SQL_ROW) {
		QuarantineRow one = {.journal = sql_int(row, 0), .seq = sql_int(row, 1)};
		read_text(row, 2, one.terminal.text, sizeof one.terminal.text);
		read_text(row, 3, one.reason, sizeof one.reason);
		one.listed_ms = sql_int(row, 4);
		read_fixed(row, 5, &one.journal_id, sizeof one.journal_id);
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*rows = g_steal_pointer(&list);
	return TRUE;
}

gboolean held_add(Sql *sql, const TerminalId *terminal, const RandomId *journal, gint64 first,
				  gint64 last, Slice message, gint64 now_ms, gboolean *held, GError **error)
{
	gint64 used;
	*held = FALSE;
	if (!sql_get_int(sql, &used, 0, error,
					 "SELECT sum(length(message)) FROM held_batch WHERE terminal = $1", "t",
					 terminal->text))
		return FALSE;
	if (used + (gint64)message.size > HELD_BYTES_MAX)
		return TRUE;
	gint64 n = sql_change(sql, error,
						  "INSERT INTO held_batch (terminal, journal, first, last, received_ms,"
						  " message) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
						  "tbiiib", terminal->text, journal->bytes, sizeof journal->bytes, first,
						  last, now_ms, message.data, (gsize)message.size);
	*held = n == 1;
	return n >= 0;
}

gboolean held_count(Sql *sql, const TerminalId *terminal, gint64 *n, GError **error)
{
	return sql_get_int(sql, n, 0, error, "SELECT count(*) FROM held_batch WHERE terminal = $1", "t",
					   terminal->text);
}

/* Which of its slots the next sample of the cause takes: the oldest, or an empty one. */
static gboolean sample_slot(Sql *sql, const char *cause, gint64 *slot, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error, "SELECT count(*) FROM refusal_sample WHERE cause = $1", "t",
					 cause))
		return FALSE;
	*slot = n;
	return n < REFUSAL_SAMPLES || sql_get_int(sql, slot, 0, error,
											  "SELECT slot FROM refusal_sample WHERE cause = $1"
											  " ORDER BY received_ms, slot LIMIT 1",
											  "t", cause);
}

gboolean refusals_count(Sql *sql, const char *cause, const char *topic, Slice message, gint64 n,
						gint64 now_ms, GError **error)
{
	gint64 slot;
	return sql_run(sql, error,
				   "INSERT INTO refusal (cause, n, last_ms) VALUES ($1, $2, $3)"
				   " ON CONFLICT (cause) DO UPDATE SET n = refusal.n + excluded.n,"
				   " last_ms = excluded.last_ms",
				   "tii", cause, n, now_ms) &&
		   sample_slot(sql, cause, &slot, error) &&
		   sql_run(sql, error,
				   "INSERT INTO refusal_sample (cause, slot, received_ms, topic, message)"
				   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (cause, slot) DO UPDATE SET"
				   " received_ms = excluded.received_ms, topic = excluded.topic,"
				   " message = excluded.message",
				   "tiitb", cause, slot, now_ms, topic, message.data,
				   (gsize)MIN(message.size, REFUSAL_BYTES_MAX));
}

gboolean refusals_total(Sql *sql, gint64 *n, GError **error)
{
	return sql_get_int(sql, n, 0, error, "SELECT sum(n) FROM refusal", "");
}

gboolean alarms_raise(Sql *sql, const char *kind, const TerminalId *terminal, const char *detail,
					  gint64 now_ms, GError **error)
{
	const char *id = terminal != NULL ? terminal->text : NULL;
	gint64 n = sql_change(sql, error,
						  "UPDATE alarm SET n = n + 1, last_ms = $4 WHERE ended_ms IS NULL"
						  " AND kind = $1 AND coalesce(terminal, '') = coalesce($2, '')"
						  " AND detail = $3",
						  "ttti", kind, id, detail, now_ms);
	if (n != 0)
		return n > 0;
	gint64 last;
	return sql_get_int(sql, &last, 0, error, "SELECT max(id) FROM alarm", "") &&
		   sql_run(sql, error,
				   "INSERT INTO alarm (id, kind, terminal, detail, first_ms, last_ms, n)"
				   " VALUES ($1, $2, $3, $4, $5, $5, 1)",
				   "ittti", last + 1, kind, id, detail, now_ms);
}

gboolean alarms_end(Sql *sql, const char *kind, const TerminalId *terminal, gint64 now_ms,
					GError **error)
{
	return sql_run(sql, error,
				   "UPDATE alarm SET ended_ms = $3 WHERE ended_ms IS NULL AND kind = $1"
				   " AND coalesce(terminal, '') = $2",
				   "tti", kind, terminal != NULL ? terminal->text : "", now_ms);
}

static void alarm_row_clear(gpointer data)
{
	AlarmRow *row = data;
	g_clear_pointer(&row->detail, g_free);
}

gboolean alarms_list(Sql *sql, gsize n_max, GArray **alarms, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(AlarmRow));
	g_array_set_clear_func(list, alarm_row_clear);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, kind, terminal, detail, first_ms, last_ms, n FROM alarm"
				  " WHERE ended_ms IS NULL ORDER BY id DESC LIMIT $1",
				  "i", (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		AlarmRow row = {.id = sql_int(rows, 0)};
		read_text(rows, 1, row.kind, sizeof row.kind);
		read_text(rows, 2, row.terminal.text, sizeof row.terminal.text);
		row.detail = g_strdup(sql_text(rows, 3));
		row.first_ms = sql_int(rows, 4);
		row.last_ms = sql_int(rows, 5);
		row.n = sql_int(rows, 6);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*alarms = g_steal_pointer(&list);
	return TRUE;
}
