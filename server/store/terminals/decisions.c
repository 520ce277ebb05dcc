#include "server/store/terminals/decisions.h"

#include "server/store/terminals/quarantine.h"
#include "server/store/read.h"

G_DEFINE_QUARK(hadir - decision - error, decision_error)

static const char *const kind_names[] = {
	[DECISION_ENROLMENT] = "enrolment",
	[DECISION_BACKLOG] = "backlog",
	[DECISION_EVENT] = "event",
	[DECISION_ALARM] = "alarm",
};

static const struct {
	const char *name;
	guint kinds; /* a bit each */
} verdicts[] = {
	[VERDICT_DIFFERENT] = {"different", 1 << DECISION_ENROLMENT},
	[VERDICT_SAME_PERSON] = {"same-person", 1 << DECISION_ENROLMENT},
	[VERDICT_FRAUD] = {"fraud", 1 << DECISION_ENROLMENT},
	[VERDICT_ACCEPTED] = {"accepted", 1 << DECISION_BACKLOG | 1 << DECISION_EVENT},
	[VERDICT_REJECTED] = {"rejected", 1 << DECISION_BACKLOG | 1 << DECISION_EVENT},
	[VERDICT_ENDED] = {"ended", 1 << DECISION_ALARM},
};

const char *decision_kind_text(DecisionKind kind)
{
	return kind_names[kind];
}

const char *decision_verdict_text(DecisionVerdict verdict)
{
	return verdicts[verdict].name;
}

gboolean decision_verdict_parse(DecisionKind kind, const char *text, DecisionVerdict *verdict)
{
	for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(verdicts); i++)
		if (strcmp(verdicts[i].name, text) == 0 && (verdicts[i].kinds & (1u << kind)) != 0) {
			*verdict = (DecisionVerdict)i;
			return TRUE;
		}
	return FALSE;
}

char *decision_event_subject(gint64 journal, gint64 seq)
{
	return g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, journal, seq);
}

gboolean decision_event_parse(const char *text, gint64 *journal, gint64 *seq)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", 3);
	return g_strv_length(parts) == 2 &&
		   g_ascii_string_to_signed(parts[0], 10, 1, G_MAXINT64, journal, NULL) &&
		   g_ascii_string_to_signed(parts[1], 10, 1, G_MAXINT64, seq, NULL);
}

/* ── checks ── */

static gboolean refuse(GError **error, DecisionError code, const char *text)
{
	g_set_error_literal(error, DECISION_ERROR, code, text);
	return FALSE;
}

gboolean decision_reason_check(const char *reason, GError **error)
{
	gboolean ok = strlen(reason) <= DECISION_REASON_MAX && g_utf8_validate(reason, -1, NULL);
	for (const char *c = reason; ok && *c != '\0'; c = g_utf8_next_char(c))
		ok = !g_unichar_iscntrl(g_utf8_get_char(c));
	g_autofree char *bare = ok ? g_strstrip(g_strdup(reason)) : NULL;
	return (ok && g_utf8_strlen(bare, -1) >= DECISION_REASON_MIN) ||
		   refuse(error, DECISION_ERROR_REASON, "a reason of 3 characters to 500 bytes, one line");
}

/* The time of an event: said where it is not believed and shall count, and nowhere else. */
static gboolean check_event(Sql *sql, const Decision *decision, gint64 now_ms, GError **error)
{
	QuarantineRow row;
	gint64 journal, seq;
	g_autoptr(GError) local = NULL;
	if (!decision_event_parse(decision->subject, &journal, &seq) ||
		!quarantine_get(sql, journal, seq, &row, &local)) {
		if (local == NULL)
			return refuse(error, DECISION_ERROR_GONE, "no such event waits");
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	gboolean accepted = decision->verdict == VERDICT_ACCEPTED;
	if (accepted && strcmp(row.reason, "content") == 0)
		return refuse(error, DECISION_ERROR_VERDICT, "what cannot be read cannot be accepted");
	if (!accepted || !quarantine_is_of_time(&row))
		return decision->at_ms == 0 ||
			   refuse(error, DECISION_ERROR_TIME, "this decision takes no time");
	return (decision->at_ms > 0 && decision->at_ms <= now_ms) ||
		   refuse(error, DECISION_ERROR_TIME, "say when it happened, not in the future");
}

static gboolean check(Sql *sql, const Decision *decision, gint64 now_ms, GError **error)
{
	DecisionVerdict verdict;
	if (!decision_verdict_parse(decision->kind, verdicts[decision->verdict].name, &verdict))
		return refuse(error, DECISION_ERROR_VERDICT, "no verdict on this");
	if (!decision_reason_check(decision->reason, error))
		return FALSE;
	if (decision->kind == DECISION_EVENT)
		return check_event(sql, decision, now_ms, error);
	return decision->at_ms == 0 ||
		   refuse(error, DECISION_ERROR_TIME, "this decision takes no time");
}

/* ── adding ── */

static gint64 claim_event(Sql *sql, const Decision *decision, GError **error)
{
	gint64 journal, seq;
	if (!decision_event_parse(decision->subject, &journal, &seq))
		return 0;
	return sql_change(sql, error,
					  "UPDATE quarantine SET decision = $3 WHERE journal = $1 AND seq = $2"
					  " AND ended_ms IS NULL AND decision IS NULL",
					  "iii", journal, seq, decision->id);
}

/* What a gap kept out before may follow now: it is tried again with what is new. */
static gint64 claim_backlog(Sql *sql, const Decision *decision, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE held_batch SET decision = $2 WHERE terminal = $1"
						  " AND decision IS NULL",
						  "ti", decision->subject, decision->id);
	if (n > 0 && decision->verdict == VERDICT_ACCEPTED &&
		!sql_run(sql, error,
				 "UPDATE held_batch SET decision = $2, outcome = NULL WHERE terminal = $1"
				 " AND outcome = 'gap'",
				 "ti", decision->subject, decision->id))
		return -1;
	return n;
}

static gint64 claim_alarm(Sql *sql, const Decision *decision, gint64 now_ms, GError **error)
{
	gint64 id;
	if (!g_ascii_string_to_signed(decision->subject, 10, 1, G_MAXINT64, &id, NULL))
		return 0;
	return sql_change(sql, error,
					  "UPDATE alarm SET decision = $2, ended_ms = $3 WHERE id = $1"
					  " AND ended_ms IS NULL",
					  "iii", id, decision->id, now_ms);
}

/* Rows that were waiting and are this decision's now; -1 on error. */
static gint64 claim(Sql *sql, const Decision *decision, gint64 now_ms, GError **error)
{
	switch (decision->kind) {
	case DECISION_ENROLMENT:
		return sql_change(sql, error,
						  "UPDATE enrolment SET decision = $2 WHERE id = $1 AND state = 'held'"
						  " AND decision IS NULL",
						  "ti", decision->subject, decision->id);
	case DECISION_BACKLOG:
		return claim_backlog(sql, decision, error);
	case DECISION_EVENT:
		return claim_event(sql, decision, error);
	case DECISION_ALARM:
	default:
		return claim_alarm(sql, decision, now_ms, error);
	}
}

static gboolean insert(Sql *sql, const Decision *decision, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO decision (id, kind, subject, verdict, reason, at_ms, account,"
				   " decided_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
				   "itttt"
				   "Iii",
				   decision->id, kind_names[decision->kind], decision->subject,
				   verdicts[decision->verdict].name, decision->reason,
				   decision->at_ms == 0 ? NULL : &decision->at_ms, decision->account, now_ms);
}

gboolean decisions_add(Sql *sql, Decision *decision, gint64 now_ms, GError **error)
{
	gint64 last;
	if (!check(sql, decision, now_ms, error) ||
		!sql_get_int(sql, &last, 0, error, "SELECT max(id) FROM decision", ""))
		return FALSE;
	decision->id = last + 1;
	if (!insert(sql, decision, now_ms, error))
		return FALSE;
	gint64 n = claim(sql, decision, now_ms, error);
	if (n <= 0)
		return n < 0 ? FALSE : refuse(error, DECISION_ERROR_GONE, "nothing of that name waits");
	/* Closing an alarm is all there is to it. */
	return decision->kind != DECISION_ALARM ||
		   decisions_carried(sql, decision->id, "done", now_ms, error);
}

/* ── reading ── */

#define DECISION_COLUMNS                                                                           \
	"SELECT d.id, d.kind, d.subject, d.verdict, d.reason, d.at_ms, d.account, a.name,"             \
	" d.decided_ms, d.carried_ms, d.outcome FROM decision d"                                       \
	" LEFT JOIN account a ON a.id = d.account "

static void read_row(SqlStatement *row, Decision *out)
{
	memset(out, 0, sizeof *out);
	out->id = sql_int(row, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(kind_names); i++)
		if (g_strcmp0(sql_text(row, 1), kind_names[i]) == 0)
			out->kind = (DecisionKind)i;
	read_text(row, 2, out->subject, sizeof out->subject);
	decision_verdict_parse(out->kind, sql_text(row, 3), &out->verdict);
	read_text(row, 4, out->reason, sizeof out->reason);
	out->at_ms = sql_int(row, 5);
	out->account = sql_int(row, 6);
	read_text(row, 7, out->by, sizeof out->by);
	out->decided_ms = sql_int(row, 8);
	out->carried_ms = sql_int(row, 9);
	read_text(row, 10, out->outcome, sizeof out->outcome);
}

static gboolean read_one(SqlStatement *row, Decision *out, GError **error)
{
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_row(row, out);
	return TRUE;
}

gboolean decisions_get(Sql *sql, gint64 id, Decision *out, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, DECISION_COLUMNS "WHERE d.id = $1", "i", id);
	return read_one(row, out, error);
}

gboolean decisions_next(Sql *sql, gint64 after, Decision *out, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  DECISION_COLUMNS "WHERE d.carried_ms IS NULL AND d.id > $1 ORDER BY d.id LIMIT 1",
				  "i", after);
	return read_one(row, out, error);
}

gboolean decisions_list(Sql *sql, gint64 before, gsize n_max, GArray **decisions, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(Decision));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, DECISION_COLUMNS "WHERE d.id < $1 OR $1 = 0 ORDER BY d.id DESC LIMIT $2", "ii",
		before, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Decision row;
		read_row(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*decisions = g_steal_pointer(&list);
	return TRUE;
}

gboolean decisions_carried(Sql *sql, gint64 id, const char *outcome, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE decision SET carried_ms = $3, outcome = $2 WHERE id = $1"
				   " AND carried_ms IS NULL",
				   "iti", id, outcome, now_ms);
}
