#include "server/store/time/outage_down.h"

#include "protocol/event.h"
#include "server/rules/calendar.h"
#include "server/store/read.h"
#include "server/store/terminals/journals.h"

/* What an event says of why a terminal could not record. */
typedef struct {
	gint64 at_ms;
	const char *cause; /* NULL: a hole follows, nothing is known */
} Marker;

/* ── Markers ── */

/* A journal that names one of which we have less: what lies between is lost, not proven. */
static gboolean is_hole(Sql *sql, const TerminalId *terminal, const EventBody *body, gboolean *hole,
						GError **error)
{
	JournalRow before = {0};
	GError *local = NULL;
	if (!journals_get(sql, terminal, &body->open.previous_journal, &before, &local) &&
		local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	*hole = (uint64_t)before.seq < body->open.previous_seq;
	return TRUE;
}

/* FALSE in `says`: the event tells nothing. */
static gboolean read_marker(Sql *sql, const TerminalId *terminal, const Event *event,
							gboolean timed, Marker *marker, gboolean *says, GError **error)
{
	EventBody body;
	*says = FALSE;
	if (event->payload_destroyed ||
		event_body_decode(event->header.kind, event->payload, &body) != WIRE_OK)
		return TRUE;
	*says = TRUE;
	switch (event->header.kind) {
	case EVENT_OPEN:
		marker->cause = NULL;
		return is_hole(sql, terminal, &body, says, error);
	case EVENT_BOOT:
		marker->cause = event->header.trust == CLOCK_UNSET && !timed ? "jam"
						: body.boot.clean                            ? "dimatikan"
																	 : "listrik";
		return TRUE;
	case EVENT_SENSOR_LOST:
		marker->cause = "sensor";
		return TRUE;
	case EVENT_RESERVE:
	default:
		marker->cause = "penuh";
		*says = body.reserve.reached;
		return TRUE;
	}
}

/* In the order of the journals; a day more to each side, since an unset clock may say anything. */
static gboolean load_markers(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
							 GArray *markers, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT e.bytes, coalesce(t.at_ms,e.wall_ms), CASE WHEN t.at_ms IS NULL THEN 1 "
				  "ELSE 0 END FROM journal j JOIN event e"
				  " ON e.journal=j.id LEFT JOIN event_time t ON t.journal=e.journal AND t.seq=e.seq"
				  " WHERE j.terminal=$1 AND e.kind IN (1,2,6,13)"
				  " AND coalesce(t.at_ms,e.wall_ms) BETWEEN $2 AND $3 ORDER BY e.journal, e.seq",
				  "tii", terminal->text, from_ms - DAY_MS, to_ms + DAY_MS);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		/* The sign of the time: was it derived? */
		gint64 at_ms = sql_int(rows, 2) == 1 ? sql_int(rows, 1) : -sql_int(rows, 1);
		g_ptr_array_add(events, read_bytes(rows, 0));
		g_array_append_val(times, at_ms);
	}
	if (step != SQL_DONE)
		return FALSE;
	g_clear_pointer(&rows, sql_statement_free);
	for (guint i = 0; i < events->len; i++) {
		gint64 at_ms = g_array_index(times, gint64, i);
		Marker marker = {.at_ms = ABS(at_ms)};
		gsize size = 0;
		const guint8 *bytes = g_bytes_get_data(events->pdata[i], &size);
		Event event;
		gboolean says;
		if (event_decode((Slice){bytes, size}, &event) != WIRE_OK)
			continue;
		if (!read_marker(sql, terminal, &event, at_ms < 0, &marker, &says, error))
			return FALSE;
		if (says)
			g_array_append_val(markers, marker);
	}
	return TRUE;
}

/* ── Spans ── */

/* A hole says that nothing is known; otherwise the first that says something. */
static gboolean cause_of(const GArray *markers, gint64 from_ms, gint64 to_ms, const char **cause)
{
	*cause = NULL;
	for (guint i = 0; i < markers->len; i++) {
		const Marker *marker = &g_array_index(markers, Marker, i);
		if (marker->at_ms < from_ms || marker->at_ms > to_ms)
			continue;
		if (marker->cause == NULL)
			return FALSE;
		if (*cause == NULL)
			*cause = marker->cause;
	}
	if (*cause == NULL)
		*cause = "macet";
	return TRUE;
}

static void add_span(GArray *spans, const GArray *markers, gint64 from_ms, gint64 to_ms)
{
	DownSpan span = {.from_ms = from_ms, .to_ms = to_ms};
	if (from_ms >= to_ms || !cause_of(markers, from_ms, to_ms, &span.cause))
		return;
	/* Up for a moment only: one outage. */
	DownSpan *last = spans->len > 0 ? &g_array_index(spans, DownSpan, spans->len - 1) : NULL;
	if (last != NULL && last->to_ms == from_ms)
		last->to_ms = to_ms;
	else
		g_array_append_val(spans, span);
}

/* Down until it last said so, if nothing of its journal is missing. */
static gboolean add_by_health(Sql *sql, const TerminalId *terminal, gint64 last_ms, GArray *spans,
							  GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error,
		"SELECT h.heard_ms, h.sensor_ok, h.reserve_reached, h.trust FROM terminal_health h"
		" JOIN journal j ON j.terminal=h.terminal AND j.journal=h.journal"
		" WHERE h.terminal=$1 AND h.online=1 AND h.seq<=j.seq",
		"t", terminal->text);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	if (!found)
		return TRUE;
	DownSpan span = {.from_ms = last_ms, .to_ms = sql_int(row, 0)};
	if (sql_int(row, 1) == 0)
		span.cause = "sensor";
	else if (sql_int(row, 2) != 0)
		span.cause = "penuh";
	else if (sql_int(row, 3) == CLOCK_UNSET)
		span.cause = "jam";
	if (span.cause != NULL && span.from_ms < span.to_ms)
		g_array_append_val(spans, span);
	return TRUE;
}

gboolean outage_down_of(Sql *sql, const TerminalId *terminal, gint64 from_ms, gint64 to_ms,
						GArray **spans, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(DownSpan));
	g_autoptr(GArray) markers = g_array_new(FALSE, FALSE, sizeof(Marker));
	gint64 last_ms = 0, first_ms, end_ms;
	/* With the spans before and after it: an outage may be longer than what is asked for. */
	if (!sql_get_int(sql, &first_ms, from_ms, error,
					 "SELECT max(from_ms) FROM coverage WHERE terminal=$1 AND from_ms<=$2", "ti",
					 terminal->text, from_ms) ||
		!sql_get_int(sql, &end_ms, to_ms, error,
					 "SELECT min(from_ms) FROM coverage WHERE terminal=$1 AND from_ms>=$2", "ti",
					 terminal->text, to_ms) ||
		!load_markers(sql, terminal, first_ms, end_ms, markers, error))
		return FALSE;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT from_ms, to_ms FROM coverage WHERE terminal=$1 AND from_ms>=$2"
				  " AND from_ms<=$3 ORDER BY from_ms",
				  "tii", terminal->text, first_ms, end_ms);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		if (last_ms != 0)
			add_span(found, markers, last_ms, sql_int(rows, 0));
		last_ms = sql_int(rows, 1);
	}
	if (step == SQL_FAILED)
		return FALSE;
	if (last_ms != 0 && last_ms < to_ms && !add_by_health(sql, terminal, last_ms, found, error))
		return FALSE;
	*spans = g_steal_pointer(&found);
	return TRUE;
}
