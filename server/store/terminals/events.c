#include "server/store/terminals/events.h"

#include "server/store/read.h"

gboolean events_add(Sql *sql, gint64 journal, const Event *event, Slice bytes, gint64 now_ms,
					GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO event (journal, seq, kind, wall_ms, received_ms, bytes)"
				   " VALUES ($1, $2, $3, $4, $5, $6)",
				   "iiiiib", journal, (gint64)event->header.seq, (gint64)event->header.kind,
				   event->header.wall_ms, now_ms, bytes.data, (gsize)bytes.size);
}

GBytes *events_get(Sql *sql, gint64 journal, gint64 seq, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT bytes FROM event WHERE journal = $1 AND seq = $2", "ii", journal, seq);
	gboolean found;
	return read_first(row, &found, error) && found ? read_bytes(row, 0) : NULL;
}

static void event_row_clear(gpointer data)
{
	EventRow *row = data;
	g_clear_pointer(&row->bytes, g_bytes_unref);
}

gboolean events_page(Sql *sql, gint64 journal, gint64 after, gsize n_max, GArray **events,
					 GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(EventRow));
	g_array_set_clear_func(list, event_row_clear);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT seq, kind, received_ms, bytes FROM event"
				  " WHERE journal = $1 AND seq > $2 ORDER BY seq LIMIT $3",
				  "iii", journal, after, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		EventRow row = {sql_int(rows, 0), (guint32)sql_int(rows, 1), sql_int(rows, 2),
						read_bytes(rows, 3)};
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*events = g_steal_pointer(&list);
	return TRUE;
}

gboolean events_destroy_attachment(Sql *sql, gint64 journal, gint64 seq, GError **error)
{
	g_autoptr(GBytes) bytes = events_get(sql, journal, seq, error);
	if (bytes == NULL)
		return FALSE;
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	Event event;
	if (event_decode((Slice){data, size}, &event) != WIRE_OK) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "a stored event does not decode");
		return FALSE;
	}
	WireBuffer out = {0};
	gboolean ok = event_destroy(&out, &event, EVENT_ATTACHMENT) &&
				  sql_run(sql, error, "UPDATE event SET bytes = $3 WHERE journal = $1 AND seq = $2",
						  "iib", journal, seq, out.data, (gsize)out.size);
	wire_buffer_clear(&out);
	return ok;
}

gboolean events_add_batch(Sql *sql, gint64 journal, gint64 first, gint64 last, Slice envelope,
						  gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO batch (journal, first, last, received_ms, envelope)"
				   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
				   "iiiib", journal, first, last, now_ms, envelope.data, (gsize)envelope.size);
}

static void batch_row_clear(gpointer data)
{
	BatchRow *row = data;
	g_clear_pointer(&row->envelope, g_bytes_unref);
}

gboolean events_batches(Sql *sql, gint64 journal, gint64 after, gsize n_max, GArray **batches,
						GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(BatchRow));
	g_array_set_clear_func(list, batch_row_clear);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT first, last, envelope FROM batch WHERE journal = $1 AND last > $2"
				  " ORDER BY last, first LIMIT $3",
				  "iii", journal, after, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		BatchRow row = {sql_int(rows, 0), sql_int(rows, 1), read_bytes(rows, 2)};
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*batches = g_steal_pointer(&list);
	return TRUE;
}

gboolean events_add_conflict(Sql *sql, gint64 journal, gint64 seq, const Hash *digest, Slice bytes,
							 Slice envelope, gint64 now_ms, gboolean *fresh, GError **error)
{
	gint64 n =
		sql_change(sql, error,
				   "INSERT INTO conflict (journal, seq, digest, bytes, envelope, received_ms)"
				   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
				   "iibbbi", journal, seq, digest->bytes, sizeof digest->bytes, bytes.data,
				   (gsize)bytes.size, envelope.data, (gsize)envelope.size, now_ms);
	*fresh = n == 1;
	return n >= 0;
}

gboolean boots_get(Sql *sql, const TerminalId *terminal, const RandomId *boot, BootRow *out,
				   GError **error)
{
	memset(out, 0, sizeof *out);
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT simulated, anchor_wall_ms, anchor_mono_ms FROM boot"
				  " WHERE terminal = $1 AND boot = $2",
				  "tb", terminal->text, boot->bytes, sizeof boot->bytes);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return TRUE;
	out->known = !sql_is_null(row, 0);
	out->simulated = sql_int(row, 0) == 1;
	out->has_anchor = !sql_is_null(row, 1);
	out->anchor_wall_ms = sql_int(row, 1);
	out->anchor_mono_ms = sql_int(row, 2);
	return TRUE;
}

gboolean boots_put(Sql *sql, const TerminalId *terminal, const RandomId *boot, const BootRow *row,
				   GError **error)
{
	gint64 simulated = row->simulated != FALSE;
	return sql_run(sql, error,
				   "INSERT INTO boot (terminal, boot, simulated, anchor_wall_ms, anchor_mono_ms)"
				   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (terminal, boot) DO UPDATE SET"
				   " simulated = excluded.simulated, anchor_wall_ms = excluded.anchor_wall_ms,"
				   " anchor_mono_ms = excluded.anchor_mono_ms",
				   "tbIII", terminal->text, boot->bytes, sizeof boot->bytes,
				   row->known ? &simulated : NULL, row->has_anchor ? &row->anchor_wall_ms : NULL,
				   row->has_anchor ? &row->anchor_mono_ms : NULL);
}

gboolean events_set_time(Sql *sql, gint64 journal, gint64 seq, gint64 at_ms, const char *reason,
						 GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO event_time (journal, seq, at_ms, reason) VALUES ($1, $2, $3, $4)"
				   " ON CONFLICT (journal, seq) DO UPDATE SET at_ms = excluded.at_ms,"
				   " reason = excluded.reason",
				   "iiit", journal, seq, at_ms, reason);
}
