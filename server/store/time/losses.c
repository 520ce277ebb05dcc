#include "server/store/time/losses.h"

#include "protocol/event.h"
#include "server/rules/calendar.h"
#include "server/store/read.h"
#include "server/store/terminals/decisions.h"
#include "server/store/terminals/terminal_places.h"
#include "server/store/terminals/terminals.h"
#include "server/store/time/marks.h"

G_DEFINE_QUARK(hadir - loss - error, loss_error)

static gboolean refuse(GError **error, LossError code, const char *text)
{
	g_set_error_literal(error, LOSS_ERROR, code, text);
	return FALSE;
}

/* ── The span ── */

static gboolean count_held(Sql *sql, const TerminalId *terminal, gint64 *n, GError **error)
{
	return sql_get_int(sql, n, 0, error,
					   "SELECT count(*) FROM held_batch WHERE terminal=$1 AND outcome IS NULL", "t",
					   terminal->text);
}

/* What was revoked can send no more, but what it sent may wait; what was not revoked has lost only
 * what it has gone beyond. */
static gboolean check_over(Sql *sql, const TerminalLoss *loss, const TerminalRow *row,
						   GError **error)
{
	gint64 last, n_held;
	if (row->state != TERMINAL_REVOKED) {
		if (!sql_get_int(sql, &last, 0, error, "SELECT max(to_ms) FROM coverage WHERE terminal=$1",
						 "t", loss->terminal.text))
			return FALSE;
		return (loss->to_ms != 0 && loss->to_ms <= last) ||
			   refuse(error, LOSS_ERROR_TERMINAL,
					  "it may still send what is missing; revoke it first, or name a span after"
					  " which it has sent");
	}
	return count_held(sql, &loss->terminal, &n_held, error) &&
		   (n_held == 0 || refuse(error, LOSS_ERROR_TERMINAL,
								  "messages of it wait for a decision; decide its backlog first"));
}

/* From the end of the last span before, to the revocation. */
static gboolean fill_span(Sql *sql, TerminalLoss *loss, const TerminalRow *row, GError **error)
{
	if (loss->to_ms == 0)
		loss->to_ms = row->revoked_ms;
	if (loss->from_ms != 0)
		return TRUE;
	return sql_get_int(sql, &loss->from_ms, row->joined_ms, error,
					   "SELECT max(to_ms) FROM coverage WHERE terminal=$1 AND from_ms<$2", "ti",
					   loss->terminal.text, loss->to_ms);
}

/* Something has to be missing in it. */
static gboolean check_span(Sql *sql, const TerminalLoss *loss, gint64 now_ms, GError **error)
{
	gint64 n;
	if (loss->from_ms >= loss->to_ms)
		return refuse(error, LOSS_ERROR_SPAN, "nothing is missing: it ends before it begins");
	if (loss->to_ms > now_ms)
		return refuse(error, LOSS_ERROR_SPAN, "what has not happened yet is not lost");
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM coverage WHERE terminal=$1 AND from_ms<=$2"
					 " AND to_ms>=$3",
					 "tii", loss->terminal.text, loss->from_ms, loss->to_ms))
		return FALSE;
	if (n > 0)
		return refuse(error, LOSS_ERROR_SPAN, "nothing is missing: its data covers all of it");
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM terminal_loss WHERE terminal=$1 AND from_ms<$3"
					 " AND to_ms>$2 AND withdrawn_ms IS NULL",
					 "tii", loss->terminal.text, loss->from_ms, loss->to_ms))
		return FALSE;
	return n == 0 || refuse(error, LOSS_ERROR_SPAN, "it is declared lost already");
}

/* ── The journal ── */

/* What the next journal says of the one before. */
static gboolean said_by_next(Sql *sql, const TerminalLoss *loss, gint64 *last, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT e.bytes FROM event e JOIN journal j ON j.id=e.journal"
				  " WHERE j.terminal=$1 AND j.id>$2 AND e.seq=1 ORDER BY j.id LIMIT 1",
				  "ti", loss->terminal.text, loss->journal);
	gboolean found;
	Event event;
	EventBody body;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return TRUE;
	gsize size = 0;
	const guint8 *bytes = sql_bytes(row, 0, &size);
	if (bytes != NULL && event_decode((Slice){bytes, size}, &event) == WIRE_OK &&
		event.header.kind == EVENT_OPEN && !event.payload_destroyed &&
		event_body_decode(EVENT_OPEN, event.payload, &body) == WIRE_OK)
		*last = (gint64)MIN(body.open.previous_seq, (uint64_t)G_MAXINT64);
	return TRUE;
}

/* The journal that had been written to when the span begins, and what of it is missing. */
static gboolean find_events(Sql *sql, TerminalLoss *loss, GError **error)
{
	gint64 stored = 0, health = 0, next = 0;
	if (!sql_get_int(sql, &loss->journal, 0, error,
					 "SELECT max(id) FROM journal WHERE terminal=$1 AND (last_at_ms<=$2"
					 " OR id=(SELECT min(id) FROM journal WHERE terminal=$1))",
					 "ti", loss->terminal.text, loss->from_ms) ||
		!sql_get_int(sql, &stored, 0, error, "SELECT seq FROM journal WHERE id=$1", "i",
					 loss->journal) ||
		!sql_get_int(sql, &health, 0, error,
					 "SELECT h.seq FROM terminal_health h JOIN journal j ON j.terminal=h.terminal"
					 " AND j.journal=h.journal WHERE j.id=$1",
					 "i", loss->journal) ||
		!said_by_next(sql, loss, &next, error))
		return FALSE;
	loss->first_seq = stored + 1;
	loss->last_seq = MAX(health, next) > stored ? MAX(health, next) : 0;
	return TRUE;
}

/* ── Writing ── */

static gboolean insert(Sql *sql, TerminalLoss *loss, gint64 now_ms, GError **error)
{
	return sql_get_int(sql, &loss->id, 0, error,
					   "INSERT INTO terminal_loss (id, terminal, from_ms, to_ms, journal,"
					   " first_seq, last_seq, reason, account, decided_ms)"
					   " SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6, $7, $8, $9"
					   " FROM terminal_loss RETURNING id",
					   "tiiIiItii", loss->terminal.text, loss->from_ms, loss->to_ms,
					   loss->journal != 0 ? &loss->journal : NULL, loss->first_seq,
					   loss->last_seq != 0 ? &loss->last_seq : NULL, loss->reason, loss->account,
					   now_ms);
}

/* The day before too: a night shift ends in it. */
static gboolean mark(Sql *sql, const TerminalLoss *loss, gint64 now_ms, gint64 utc_offset_min,
					 GError **error)
{
	gint64 from_day = calendar_day(loss->from_ms, utc_offset_min) - 1;
	gint64 to_day = calendar_day(loss->to_ms - 1, utc_offset_min) + 1;
	g_autoptr(GArray) places = NULL;
	if (!terminal_places_between(sql, &loss->terminal, from_day, to_day, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++)
		if (!mark_place(sql, g_array_index(places, TerminalPlace, i).place, from_day, to_day,
						calendar_day(now_ms, utc_offset_min), "loss", error))
			return FALSE;
	return TRUE;
}

gboolean losses_declare(Sql *sql, TerminalLoss *loss, gint64 now_ms, gint64 utc_offset_min,
						GError **error)
{
	TerminalRow row;
	GError *local = NULL;
	if (!terminals_get(sql, &loss->terminal, &row, &local)) {
		if (local == NULL)
			return refuse(error, LOSS_ERROR_TERMINAL, "there is no such terminal");
		g_propagate_error(error, local);
		return FALSE;
	}
	if (!decision_reason_check(loss->reason, NULL))
		return refuse(error, LOSS_ERROR_REASON, "a reason of 3 characters to 500 bytes, one line");
	return check_over(sql, loss, &row, error) && fill_span(sql, loss, &row, error) &&
		   check_span(sql, loss, now_ms, error) && find_events(sql, loss, error) &&
		   insert(sql, loss, now_ms, error) && mark(sql, loss, now_ms, utc_offset_min, error);
}

static gboolean find_standing(Sql *sql, gint64 id, TerminalLoss *loss, GError **error)
{
	gboolean found;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT terminal, from_ms, to_ms FROM terminal_loss WHERE id=$1"
				  " AND withdrawn_ms IS NULL",
				  "i", id);
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return refuse(error, LOSS_ERROR_GONE, "there is no such loss, or it was withdrawn");
	read_text(row, 0, loss->terminal.text, sizeof loss->terminal.text);
	loss->from_ms = sql_int(row, 1);
	loss->to_ms = sql_int(row, 2);
	return TRUE;
}

gboolean losses_withdraw(Sql *sql, gint64 id, const char *reason, gint64 account, gint64 now_ms,
						 gint64 utc_offset_min, GError **error)
{
	TerminalLoss loss = {.id = id};
	if (!decision_reason_check(reason, NULL))
		return refuse(error, LOSS_ERROR_REASON, "a reason of 3 characters to 500 bytes, one line");
	return find_standing(sql, id, &loss, error) &&
		   sql_run(sql, error,
				   "UPDATE terminal_loss SET withdrawn_ms=$2, withdrawn_by=$3, withdrawal=$4"
				   " WHERE id=$1",
				   "iiit", id, now_ms, account, reason) &&
		   mark(sql, &loss, now_ms, utc_offset_min, error);
}

/* ── Reading ── */

static void clear_loss(gpointer data)
{
	TerminalLoss *loss = data;
	g_free(loss->reason);
	g_free(loss->by);
}

gboolean losses_of(Sql *sql, const TerminalId *terminal, GArray **losses, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(TerminalLoss));
	g_array_set_clear_func(list, clear_loss);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT l.id, l.from_ms, l.to_ms, l.journal, l.first_seq, l.last_seq, l.reason,"
				  " l.account, a.name, l.decided_ms FROM terminal_loss l"
				  " LEFT JOIN account a ON a.id=l.account WHERE l.terminal=$1"
				  " AND l.withdrawn_ms IS NULL ORDER BY l.from_ms",
				  "t", terminal->text);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		TerminalLoss loss = {.id = sql_int(rows, 0),
							 .terminal = *terminal,
							 .from_ms = sql_int(rows, 1),
							 .to_ms = sql_int(rows, 2),
							 .journal = sql_int(rows, 3),
							 .first_seq = sql_int(rows, 4),
							 .last_seq = sql_int(rows, 5),
							 .reason = g_strdup(sql_text(rows, 6)),
							 .account = sql_int(rows, 7),
							 .by = g_strdup(sql_text(rows, 8)),
							 .decided_ms = sql_int(rows, 9)};
		g_array_append_val(list, loss);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*losses = g_steal_pointer(&list);
	return TRUE;
}
