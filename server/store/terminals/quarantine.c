#include "server/store/terminals/quarantine.h"

#include "protocol/event.h"
#include "server/store/read.h"

gboolean quarantine_is_of_time(const QuarantineRow *row)
{
	static const char *const reasons[] = {"future", "past", "clock-unset", NULL};
	return g_strv_contains(reasons, row->reason);
}

gboolean quarantine_add(Sql *sql, gint64 journal, gint64 seq, const char *reason, gint64 now_ms,
						GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO quarantine (journal, seq, reason, listed_ms)"
				   " VALUES ($1, $2, $3, $4) ON CONFLICT (journal, seq) DO UPDATE SET"
				   " reason = excluded.reason, listed_ms = excluded.listed_ms, ended_ms = NULL,"
				   " ended_how = NULL, decision = NULL WHERE quarantine.ended_ms IS NOT NULL",
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

#define QUARANTINE_COLUMNS                                                                         \
	"SELECT q.journal, q.seq, j.terminal, q.reason, q.listed_ms, j.journal FROM quarantine q"      \
	" JOIN journal j ON j.id = q.journal "

static void read_row(SqlStatement *row, QuarantineRow *out)
{
	*out = (QuarantineRow){.journal = sql_int(row, 0), .seq = sql_int(row, 1)};
	read_text(row, 2, out->terminal.text, sizeof out->terminal.text);
	read_text(row, 3, out->reason, sizeof out->reason);
	out->listed_ms = sql_int(row, 4);
	read_fixed(row, 5, &out->journal_id, sizeof out->journal_id);
}

gboolean quarantine_get(Sql *sql, gint64 journal, gint64 seq, QuarantineRow *out, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, QUARANTINE_COLUMNS "WHERE q.journal = $1 AND q.seq = $2 AND q.ended_ms IS NULL",
		"ii", journal, seq);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_row(row, out);
	return TRUE;
}

gboolean quarantine_list(Sql *sql, const TerminalId *terminal, const char *reason, gsize n_max,
						 GArray **rows, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(QuarantineRow));
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		QUARANTINE_COLUMNS "WHERE q.ended_ms IS NULL"
						   " AND (j.terminal = $1 OR $1 = '') AND (q.reason = $2 OR $2 = '')"
						   " ORDER BY q.listed_ms, q.journal, q.seq LIMIT $3",
		"tti", terminal != NULL ? terminal->text : "", reason != NULL ? reason : "", (gint64)n_max);
	if (row == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(row, error)) == SQL_ROW) {
		QuarantineRow one;
		read_row(row, &one);
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*rows = g_steal_pointer(&list);
	return TRUE;
}

/* ── as people see it ── */

/* Whose it is: by its punch, its claim, or what the terminal wrote. */
static PersonId person_of(SqlStatement *row, guint32 kind)
{
	gsize size = 0;
	const guint8 *bytes = sql_bytes(row, 10, &size);
	Event event;
	EventBody body;
	if (!sql_is_null(row, 9))
		return sql_int(row, 9);
	if (kind != EVENT_PUNCH || bytes == NULL ||
		event_decode((Slice){bytes, size}, &event) != WIRE_OK || event.payload_destroyed ||
		event_body_decode(kind, event.payload, &body) != WIRE_OK)
		return 0;
	return body.punch.person;
}

#define ITEMS                                                                                      \
	"SELECT q.journal, q.seq, j.terminal, q.reason, q.listed_ms, j.journal, e.kind, e.wall_ms,"    \
	" e.received_ms, coalesce(p.person, c.person), e.bytes FROM quarantine q"                      \
	" JOIN journal j ON j.id = q.journal JOIN event e ON e.journal = q.journal AND e.seq = q.seq"  \
	" LEFT JOIN punch p ON p.terminal = j.terminal AND p.journal = j.journal AND p.seq = q.seq"    \
	" LEFT JOIN claim c ON c.journal = q.journal AND c.seq = q.seq"                                \
	" WHERE q.ended_ms IS NULL AND q.decision IS NULL "

static void read_item(SqlStatement *row, QuarantineItem *out)
{
	read_row(row, &out->row);
	out->kind = (guint32)sql_int(row, 6);
	out->wall_ms = sql_int(row, 7);
	out->received_ms = sql_int(row, 8);
	out->person = person_of(row, out->kind);
}

gboolean quarantine_waiting(Sql *sql, gint64 journal, gint64 seq, gsize n_max, GArray **items,
							GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(QuarantineItem));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  ITEMS "AND (q.journal > $1 OR (q.journal = $1 AND q.seq > $2))"
						" ORDER BY q.journal, q.seq LIMIT $3",
				  "iii", journal, seq, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		QuarantineItem item;
		read_item(rows, &item);
		g_array_append_val(list, item);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*items = g_steal_pointer(&list);
	return TRUE;
}

gboolean quarantine_waiting_one(Sql *sql, gint64 journal, gint64 seq, QuarantineItem *out,
								GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, ITEMS "AND q.journal = $1 AND q.seq = $2", "ii", journal, seq);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_item(row, out);
	return TRUE;
}

/* ── revoked terminals ── */

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

gboolean held_waiting(Sql *sql, GArray **backlogs, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(HeldBacklog));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT terminal, count(*), sum(last - first + 1), min(received_ms),"
				  " max(received_ms) FROM held_batch WHERE decision IS NULL"
				  " GROUP BY terminal ORDER BY terminal",
				  "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		HeldBacklog one = {.n_batches = sql_int(rows, 1),
						   .n_events = sql_int(rows, 2),
						   .first_ms = sql_int(rows, 3),
						   .last_ms = sql_int(rows, 4)};
		read_text(rows, 0, one.terminal.text, sizeof one.terminal.text);
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*backlogs = g_steal_pointer(&list);
	return TRUE;
}

static void held_batch_clear(gpointer data)
{
	g_clear_pointer(&((HeldBatch *)data)->message, g_bytes_unref);
}

gboolean held_batches(Sql *sql, gint64 decision, gsize n_max, GArray **batches, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(HeldBatch));
	g_array_set_clear_func(list, held_batch_clear);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT journal, first, last, received_ms, message FROM held_batch"
				  " WHERE decision = $1 AND outcome IS NULL ORDER BY journal, first, last LIMIT $2",
				  "ii", decision, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		HeldBatch one = {.first = sql_int(rows, 1),
						 .last = sql_int(rows, 2),
						 .received_ms = sql_int(rows, 3),
						 .message = read_bytes(rows, 4)};
		read_fixed(rows, 0, &one.journal, sizeof one.journal);
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*batches = g_steal_pointer(&list);
	return TRUE;
}

gboolean held_end(Sql *sql, const TerminalId *terminal, const HeldBatch *batch, const char *outcome,
				  GError **error)
{
	return sql_run(sql, error,
				   "UPDATE held_batch SET outcome = $5 WHERE terminal = $1 AND journal = $2"
				   " AND first = $3 AND last = $4",
				   "tbiit", terminal->text, batch->journal.bytes, sizeof batch->journal.bytes,
				   batch->first, batch->last, outcome);
}

gboolean held_end_all(Sql *sql, gint64 decision, const char *outcome, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE held_batch SET outcome = $2 WHERE decision = $1 AND outcome IS NULL",
				   "it", decision, outcome);
}

/* ── refused messages ── */

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

gboolean refusals_forget(Sql *sql, gint64 before_ms, GError **error)
{
	return sql_run(sql, error, "DELETE FROM refusal_sample WHERE received_ms < $1", "i", before_ms);
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

void alarm_row_clear(AlarmRow *row)
{
	g_clear_pointer(&row->detail, g_free);
}

static void clear_alarm(gpointer data)
{
	alarm_row_clear(data);
}

#define ALARM_COLUMNS                                                                              \
	"SELECT id, kind, terminal, detail, first_ms, last_ms, n FROM alarm WHERE ended_ms IS NULL "

static void read_alarm(SqlStatement *row, AlarmRow *out)
{
	*out = (AlarmRow){.id = sql_int(row, 0)};
	read_text(row, 1, out->kind, sizeof out->kind);
	read_text(row, 2, out->terminal.text, sizeof out->terminal.text);
	out->detail = g_strdup(sql_text(row, 3));
	out->first_ms = sql_int(row, 4);
	out->last_ms = sql_int(row, 5);
	out->n = sql_int(row, 6);
}

gboolean alarms_list(Sql *sql, gint64 before, gsize n_max, GArray **alarms, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(AlarmRow));
	g_array_set_clear_func(list, clear_alarm);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, ALARM_COLUMNS "AND (id < $1 OR $1 = 0) ORDER BY id DESC LIMIT $2",
				  "ii", before, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		AlarmRow row;
		read_alarm(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*alarms = g_steal_pointer(&list);
	return TRUE;
}

gboolean alarms_get(Sql *sql, gint64 id, AlarmRow *out, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(sql, error, ALARM_COLUMNS "AND id = $1", "i", id);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_alarm(row, out);
	return TRUE;
}
