#include "server/store/terminals/enrolments.h"

#include <string.h>
#include <sys/random.h>

#include "server/store/terminals/commands.h"
#include "server/store/read.h"
#include "server/store/time/rosters.h"

static const char *const state_names[] = {
	[ENROLMENT_WAITING] = "waiting",   [ENROLMENT_CAPTURING] = "capturing",
	[ENROLMENT_CHECKING] = "checking", [ENROLMENT_DONE] = "done",
	[ENROLMENT_HELD] = "held",         [ENROLMENT_FAILED] = "failed",
};

const char *enrolment_state_text(EnrolmentState state)
{
	return state_names[state == ENROLMENT_CHECKING ? ENROLMENT_CAPTURING : state];
}

static EnrolmentState parse_state(const char *text)
{
	for (gsize i = 0; i < G_N_ELEMENTS(state_names); i++)
		if (g_strcmp0(text, state_names[i]) == 0)
			return (EnrolmentState)i;
	return ENROLMENT_FAILED;
}

static char *fingers_text(const Finger *fingers, gsize n)
{
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < n; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "," : "", finger_name(fingers[i]));
	return g_string_free(text, FALSE);
}

static void parse_fingers(const char *text, EnrolmentRow *out)
{
	g_auto(GStrv) names = g_strsplit(text != NULL ? text : "", ",", ENROLMENT_FINGERS_MAX);
	for (gsize i = 0; names[i] != NULL; i++) {
		Finger finger = finger_parse(names[i]);
		if (finger != 0)
			out->fingers[out->n_fingers++] = finger;
	}
}

/* ── ordering ── */

static gboolean cancel_open(Sql *sql, const TerminalId *terminal, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE enrolment SET state = 'failed', reason = 'replaced', finished_ms = $2"
				   " WHERE terminal = $1 AND finished_ms IS NULL AND state <> 'checking'",
				   "ti", terminal->text, now_ms) &&
		   commands_withdraw(sql, terminal, COMMAND_ENROL, now_ms, error);
}

static gboolean insert(Sql *sql, const EnrolmentOrder *order, const RandomId *id, gint64 now_ms,
					   GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(id, text);
	g_autofree char *fingers = fingers_text(order->fingers, order->n_fingers);
	return sql_run(sql, error,
				   "INSERT INTO enrolment (id, person, terminal, fingers, state, finger, accepted,"
				   " wanted, hint, ordered_by, created_ms, expires_ms)"
				   " VALUES ($1, $2, $3, $4, 'waiting', 0, 0, 3, 0, $5, $6, $7)",
				   "titttii", text, order->person, order->terminal.text, fingers, order->ordered_by,
				   now_ms, order->expires_ms);
}

gboolean enrolments_order(Sql *sql, const EnrolmentOrder *order, gint64 now_ms, RandomId *id,
						  GError **error)
{
	if (order->n_fingers == 0 || order->n_fingers > ENROLMENT_FINGERS_MAX) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "an enrolment reads 1 to %d fingers",
					ENROLMENT_FINGERS_MAX);
		return FALSE;
	}
	if (getrandom(id->bytes, sizeof id->bytes, 0) != (ssize_t)sizeof id->bytes) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "no random bytes from the kernel");
		return FALSE;
	}
	Command command = {.kind = COMMAND_ENROL};
	command.enrol.enrolment = *id;
	command.enrol.person = order->person;
	command.enrol.name = roster_name(order->person_name);
	command.enrol.ordered_by =
		(Slice){(const uint8_t *)order->ordered_by, strlen(order->ordered_by)};
	command.enrol.expires_ms = order->expires_ms;
	command.enrol.n_fingers = order->n_fingers;
	for (gsize i = 0; i < order->n_fingers; i++)
		command.enrol.fingers[i] = order->fingers[i];
	return cancel_open(sql, &order->terminal, now_ms, error) &&
		   insert(sql, order, id, now_ms, error) &&
		   commands_add(sql, &order->terminal, &command, order->expires_ms, now_ms, error);
}

gboolean enrolments_cancel(Sql *sql, const RandomId *id, gint64 now_ms, GError **error)
{
	EnrolmentRow row;
	g_autoptr(GError) local = NULL;
	if (!enrolments_get(sql, id, &row, &local)) {
		if (local != NULL)
			g_propagate_error(error, g_steal_pointer(&local));
		return local == NULL && (error == NULL || *error == NULL);
	}
	if (row.finished_ms != 0 || row.state == ENROLMENT_CHECKING)
		return TRUE;
	Command command = {.kind = COMMAND_ENROL_CANCEL};
	command.enrol_cancel.enrolment = *id;
	return enrolments_finish(sql, id, ENROLMENT_FAILED, "cancelled", 0, now_ms, error) &&
		   commands_withdraw(sql, &row.terminal, COMMAND_ENROL, now_ms, error) &&
		   commands_add(sql, &row.terminal, &command, row.expires_ms, now_ms, error);
}

/* ── reading ── */

#define ENROLMENT_COLUMNS                                                                          \
	"SELECT id, person, terminal, fingers, state, finger, accepted, wanted, hint, reason, other,"  \
	" created_ms, expires_ms, finished_ms FROM enrolment "

static void read_row(SqlStatement *row, EnrolmentRow *out)
{
	memset(out, 0, sizeof *out);
	random_id_parse(&out->id, sql_text(row, 0));
	out->person = sql_int(row, 1);
	read_text(row, 2, out->terminal.text, sizeof out->terminal.text);
	parse_fingers(sql_text(row, 3), out);
	out->state = parse_state(sql_text(row, 4));
	out->finger = (Finger)sql_int(row, 5);
	out->accepted = (gint32)sql_int(row, 6);
	out->wanted = (gint32)sql_int(row, 7);
	out->hint = (EnrolHint)sql_int(row, 8);
	read_text(row, 9, out->reason, sizeof out->reason);
	out->other = sql_int(row, 10);
	out->created_ms = sql_int(row, 11);
	out->expires_ms = sql_int(row, 12);
	out->finished_ms = sql_int(row, 13);
}

gboolean enrolments_get(Sql *sql, const RandomId *id, EnrolmentRow *out, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(id, text);
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, ENROLMENT_COLUMNS "WHERE id = $1", "t", text);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_row(row, out);
	return TRUE;
}

gboolean enrolments_list(Sql *sql, PersonId person, const TerminalId *terminal, gsize n_max,
						 GArray **enrolments, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(EnrolmentRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  ENROLMENT_COLUMNS "WHERE (person = $1 OR $1 = 0) AND (terminal = $2 OR $2 = '')"
									" ORDER BY created_ms DESC, id LIMIT $3",
				  "iti", person, terminal != NULL ? terminal->text : "", (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		EnrolmentRow row;
		read_row(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*enrolments = g_steal_pointer(&list);
	return TRUE;
}

/* ── what the terminal says ── */

static EnrolmentState state_of(const EnrolReport *report, const char **reason)
{
	switch (report->state) {
	case ENROL_WAITING:
		return ENROLMENT_WAITING;
	case ENROL_CAPTURING:
		return ENROLMENT_CAPTURING;
	case ENROL_DONE:
		return ENROLMENT_CHECKING;
	case ENROL_CANCELLED:
		*reason = "cancelled";
		return ENROLMENT_FAILED;
	case ENROL_TIMEOUT:
		*reason = "timeout";
		return ENROLMENT_FAILED;
	case ENROL_FAILED:
	default:
		*reason = "failed";
		return ENROLMENT_FAILED;
	}
}

gboolean enrolments_progress(Sql *sql, const EnrolReport *report, const TerminalId *terminal,
							 gint64 now_ms, gboolean *changed, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(&report->enrolment, text);
	const char *reason = NULL;
	EnrolmentState state = state_of(report, &reason);
	/* Only forward: a repeated or late report finds no row. */
	gint64 n = sql_change(
		sql, error,
		"UPDATE enrolment SET state = $4, finger = $5, accepted = $6, wanted = $7, hint = $8,"
		" reason = $9, finished_ms = $10 WHERE id = $1 AND terminal = $2 AND person = $3"
		" AND finished_ms IS NULL AND state <> 'checking'",
		"ttitiiiitI", text, terminal->text, report->person, state_names[state],
		(gint64)report->finger, (gint64)report->accepted, (gint64)report->wanted,
		(gint64)report->hint, reason, state == ENROLMENT_FAILED ? &now_ms : NULL);
	*changed = n > 0;
	return n >= 0;
}

gboolean enrolments_finish(Sql *sql, const RandomId *id, EnrolmentState state, const char *reason,
						   PersonId other, gint64 now_ms, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(id, text);
	return sql_run(sql, error,
				   "UPDATE enrolment SET state = $2, reason = $3, other = $4, finished_ms = $5"
				   " WHERE id = $1 AND finished_ms IS NULL",
				   "tttIi", text, state_names[state], reason, other == 0 ? NULL : &other, now_ms);
}

gboolean enrolments_settle(Sql *sql, const RandomId *id, EnrolmentState state, const char *reason,
						   gint64 now_ms, GError **error)
{
	char text[RANDOM_ID_TEXT];
	random_id_format(id, text);
	return sql_run(sql, error,
				   "UPDATE enrolment SET state = $2, reason = $3, finished_ms = $4"
				   " WHERE id = $1 AND state = 'held'",
				   "ttti", text, state_names[state], reason, now_ms);
}

/* Its templates' numbers grow with the time of being held, and are never reused. */
gboolean enrolments_held(Sql *sql, gint64 after, gsize n_max, GArray **held, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(HeldEnrolment));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT e.id, e.person, e.terminal, e.fingers, e.state, e.finger, e.accepted, e.wanted,"
		" e.hint, e.reason, e.other, e.created_ms, e.expires_ms, e.finished_ms, h.first, h.n"
		" FROM enrolment e JOIN (SELECT enrolment, min(id) AS first, count(*) AS n"
		" FROM held_reference GROUP BY enrolment) h ON h.enrolment = e.id"
		" WHERE e.state = 'held' AND e.decision IS NULL AND h.first > $1 ORDER BY h.first LIMIT $2",
		"ii", after, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		HeldEnrolment one = {.order = sql_int(rows, 14), .n_templates = sql_int(rows, 15)};
		read_row(rows, &one.row);
		g_array_append_val(list, one);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*held = g_steal_pointer(&list);
	return TRUE;
}

gboolean enrolments_expire(Sql *sql, gint64 now_ms, gint64 *n, GError **error)
{
	/* The terminal needs a little longer to say that its own time is over; one that has sent
	 * templates repeats them until it is answered, unless it is gone. */
	*n = sql_change(
		sql, error,
		"UPDATE enrolment SET state = 'failed', reason = 'timeout', finished_ms = $1"
		" WHERE finished_ms IS NULL AND ((state <> 'checking' AND expires_ms < $1 - 60000)"
		" OR expires_ms < $1 - 86400000)",
		"i", now_ms);
	return *n >= 0;
}
