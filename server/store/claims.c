#include "server/store/claims.h"

#include "server/store/read.h"

static const char *const state_names[] = {
	[CLAIM_WAITING] = "waiting", [CLAIM_MANUAL] = "manual",   [CLAIM_ACCEPTED] = "accepted",
	[CLAIM_REFUSED] = "refused", [CLAIM_UNKNOWN] = "unknown",
};

gboolean claims_add(Sql *sql, const ClaimRow *claim, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO claim (journal, seq, terminal, kind, person, state)"
				   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
				   "iitiIt", claim->journal, claim->seq, claim->terminal.text, (gint64)claim->kind,
				   claim->person == 0 ? NULL : &claim->person, state_names[claim->state]);
}

#define CLAIM_COLUMNS                                                                              \
	"SELECT c.journal, c.seq, c.terminal, j.journal, c.kind, c.person, c.state"                    \
	" FROM claim c JOIN journal j ON j.id = c.journal "

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

gboolean claims_list(Sql *sql, ClaimState state, gsize n_max, GArray **claims, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(ClaimRow));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, CLAIM_COLUMNS "WHERE c.state = $1 ORDER BY c.journal, c.seq LIMIT $2",
				  "ti", state_names[state], (gint64)n_max);
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
