#include "server/store/terminals/claims.h"

#include "protocol/event.h"

#include "server/store/terminals/commands.h"
#include "server/store/read.h"

/* Who waits at the terminal has gone long before. */
#define ANSWER_LIFE_MS (24 * G_GINT64_CONSTANT(3600000))

static const char *const state_names[] = {
	[CLAIM_WAITING] = "waiting", [CLAIM_MANUAL] = "manual",   [CLAIM_ACCEPTED] = "accepted",
	[CLAIM_REFUSED] = "refused", [CLAIM_UNKNOWN] = "unknown",
};

const char *claim_state_text(ClaimState state)
{
	return state_names[state];
}

gboolean claim_is_fingerless(const ClaimRow *claim)
{
	return claim->kind == EVENT_FINGERLESS;
}

gboolean claims_add(Sql *sql, const ClaimRow *claim, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO claim (journal, seq, terminal, kind, person, state)"
				   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
				   "iitiIt", claim->journal, claim->seq, claim->terminal.text, (gint64)claim->kind,
				   claim->person == 0 ? NULL : &claim->person, state_names[claim->state]);
}

#define CLAIM_COLUMNS                                                                              \
	"SELECT c.journal, c.seq, c.terminal, j.journal, c.kind, c.person, c.state, p.at_ms"           \
	" FROM claim c JOIN journal j ON j.id = c.journal LEFT JOIN punch p"                           \
	" ON p.terminal = c.terminal AND p.journal = j.journal AND p.seq = c.seq "

static void read_row(SqlStatement *row, ClaimRow *out)
{
	memset(out, 0, sizeof *out);
	out->journal = sql_int(row, 0);
	out->seq = sql_int(row, 1);
	read_text(row, 2, out->terminal.text, sizeof out->terminal.text);
	read_fixed(row, 3, &out->journal_id, sizeof out->journal_id);
	out->kind = (guint32)sql_int(row, 4);
	out->person = sql_int(row, 5);
	for (gsize i = 0; i < G_N_ELEMENTS(state_names); i++)
		if (g_strcmp0(sql_text(row, 6), state_names[i]) == 0)
			out->state = (ClaimState)i;
	out->at_ms = sql_int(row, 7);
}

gboolean claims_get(Sql *sql, gint64 journal, gint64 seq, ClaimRow *out, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, CLAIM_COLUMNS "WHERE c.journal = $1 AND c.seq = $2", "ii", journal, seq);
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_row(row, out);
	return TRUE;
}

gboolean claims_decide(Sql *sql, gint64 journal, gint64 seq, ClaimState state, gint64 score,
					   PersonId approver, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE claim SET state = $3, score = $4, approver = $5, decided_ms = $6"
				   " WHERE journal = $1 AND seq = $2 AND state IN ('waiting', 'manual')",
				   "iitIIi", journal, seq, state_names[state], score == 0 ? NULL : &score,
				   approver == 0 ? NULL : &approver, now_ms);
}

static gboolean answer(Sql *sql, const ClaimRow *claim, gboolean accepted, gint64 now_ms,
					   GError **error)
{
	Command command = {.kind = COMMAND_CLAIM_ANSWER};
	command.claim_answer.journal = claim->journal_id;
	command.claim_answer.seq = (uint64_t)claim->seq;
	command.claim_answer.outcome = accepted ? ANSWER_ACCEPTED : ANSWER_REFUSED;
	return commands_add(sql, &claim->terminal, &command, now_ms + ANSWER_LIFE_MS, now_ms, error);
}

gboolean claims_settle_punch(Sql *sql, const ClaimRow *claim, PunchState state, const char *reason,
							 gint64 utc_offset_min, GError **error)
{
	gint64 old;
	if (!sql_get_int(sql, &old, 0, error,
					 "SELECT state FROM punch WHERE terminal = $1 AND journal = $2 AND seq = $3",
					 "tbi", claim->terminal.text, &claim->journal_id, sizeof claim->journal_id,
					 claim->seq))
		return FALSE;
	return old != PUNCH_WAITING ||
		   punches_set_state(sql, &claim->terminal, &claim->journal_id, claim->seq, state, reason,
							 utc_offset_min, error);
}

gboolean claims_settle(Sql *sql, const ClaimRow *claim, const ClaimDecision *decision,
					   gint64 utc_offset_min, gint64 now_ms, gboolean *decided, GError **error)
{
	gint64 n =
		sql_change(sql, error,
				   "UPDATE claim SET state = $3, approver = $4, decider = $5, decided_ms = $6"
				   " WHERE journal = $1 AND seq = $2 AND state = 'manual'",
				   "iitIIi", claim->journal, claim->seq,
				   state_names[decision->accepted ? CLAIM_ACCEPTED : CLAIM_REFUSED],
				   decision->approver == 0 ? NULL : &decision->approver,
				   decision->account == 0 ? NULL : &decision->account, now_ms);
	*decided = n > 0;
	if (n <= 0)
		return n == 0;
	if (!claims_settle_punch(sql, claim, decision->accepted ? PUNCH_COUNTED : PUNCH_REJECTED,
							 decision->accepted ? "approved" : "refused", utc_offset_min, error))
		return FALSE;
	return answer(sql, claim, decision->accepted, now_ms, error);
}

gboolean claims_list(Sql *sql, ClaimState state, const ClaimRow *after, gsize n_max,
					 GArray **claims, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(ClaimRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  CLAIM_COLUMNS "WHERE c.state = $1 AND (c.journal > $2 OR (c.journal = $2 AND"
								" c.seq > $3)) ORDER BY c.journal, c.seq LIMIT $4",
				  "tiii", state_names[state], after != NULL ? after->journal : 0,
				  after != NULL ? after->seq : 0, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		ClaimRow row;
		read_row(rows, &row);
		g_array_append_val(list, row);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*claims = g_steal_pointer(&list);
	return TRUE;
}
