#include "server/store/terminals/duplicates.h"

#include "server/store/read.h"

gboolean duplicate_runs_last(Sql *sql, DuplicateRun *run, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT id, started_ms, coalesce(finished_ms, 0), after_person, n_people,"
				  " n_references FROM duplicate_run ORDER BY id DESC LIMIT 1",
				  "");
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	*run = (DuplicateRun){sql_int(row, 0), sql_int(row, 1), sql_int(row, 2),
						  sql_int(row, 3), sql_int(row, 4), sql_int(row, 5)};
	return TRUE;
}

gboolean duplicate_runs_begin(Sql *sql, gint64 now_ms, DuplicateRun *run, GError **error)
{
	*run = (DuplicateRun){.started_ms = now_ms};
	return sql_get_int(sql, &run->id, 1, error,
					   "SELECT coalesce(max(id), 0) + 1 FROM duplicate_run", "") &&
		   sql_run(
			   sql, error,
			   "INSERT INTO duplicate_run (id, started_ms, after_person, n_people, n_references)"
			   " VALUES ($1, $2, 0, 0, 0)",
			   "ii", run->id, now_ms);
}

gboolean duplicate_runs_update(Sql *sql, const DuplicateRun *run, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE duplicate_run SET after_person = $2, n_people = $3, n_references = $4,"
				   " finished_ms = nullif($5, 0) WHERE id = $1",
				   "iiiii", run->id, run->after, run->n_people, run->n_references,
				   run->finished_ms);
}

gboolean duplicates_people(Sql *sql, PersonId after, gsize n_max, GArray **people, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(PersonId));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT DISTINCT person FROM reference WHERE to_ms IS NULL AND person > $1"
				  " ORDER BY person LIMIT $2",
				  "ii", after, (gint64)n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PersonId person = sql_int(rows, 0);
		g_array_append_val(list, person);
	}
	if (step != SQL_DONE)
		return FALSE;
	*people = g_steal_pointer(&list);
	return TRUE;
}

gboolean duplicates_add(Sql *sql, const DuplicatePair *pair, GError **error)
{
	PersonId first = MIN(pair->person, pair->other), second = MAX(pair->person, pair->other);
	return sql_run(sql, error,
				   "INSERT INTO duplicate_pair (person, other, run, finger, score, found_ms)"
				   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person, other) DO UPDATE SET"
				   " run = $3, finger = CASE WHEN duplicate_pair.score < $5 THEN $4"
				   " ELSE duplicate_pair.finger END, score = CASE WHEN duplicate_pair.score < $5"
				   " THEN $5 ELSE duplicate_pair.score END",
				   "iiiiii", first, second, pair->run, (gint64)pair->finger, (gint64)pair->score,
				   pair->found_ms) &&
		   (!pair->two_fingers ||
			sql_run(sql, error,
					"UPDATE duplicate_pair SET second_score = $3 WHERE person = $1 AND other = $2"
					" AND coalesce(second_score, $3 - 1) < $3",
					"iii", first, second, (gint64)pair->second_score));
}

/* ── lists ── */

static void read_pair(SqlStatement *row, DuplicatePair *out)
{
	*out = (DuplicatePair){.person = sql_int(row, 0),
						   .other = sql_int(row, 1),
						   .run = sql_int(row, 2),
						   .finger = (Finger)sql_int(row, 3),
						   .score = (gint32)sql_int(row, 4),
						   .two_fingers = !sql_is_null(row, 5),
						   .second_score = (gint32)sql_int(row, 5),
						   .found_ms = sql_int(row, 6),
						   .decided_ms = sql_int(row, 10)};
	out->decided = decision_verdict_parse(DECISION_ENROLMENT, sql_text(row, 7), &out->verdict);
	read_text(row, 8, out->reason, sizeof out->reason);
	read_text(row, 9, out->by, sizeof out->by);
}

gboolean duplicates_list(Sql *sql, gboolean undecided, PersonId person, PersonId other, gsize n_max,
						 GArray **pairs, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(DuplicatePair));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT p.person, p.other, p.run, p.finger, p.score, p.second_score, p.found_ms, p.verdict,"
		" p.reason, a.name, p.decided_ms FROM duplicate_pair p"
		" LEFT JOIN account a ON a.id = p.account"
		" WHERE (p.person > $1 OR (p.person = $1 AND p.other > $2))"
		" AND (p.verdict IS NULL OR $3 = 0) ORDER BY p.person, p.other LIMIT $4",
		"iiii", person, other, (gint64)(undecided ? 1 : 0), (gint64)n_max);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		DuplicatePair pair;
		read_pair(rows, &pair);
		g_array_append_val(list, pair);
	}
	if (step != SQL_DONE)
		return FALSE;
	*pairs = g_steal_pointer(&list);
	return TRUE;
}

/* ── a decision ── */

gboolean duplicates_decide(Sql *sql, PersonId person, PersonId other, DecisionVerdict verdict,
						   const char *reason, gint64 account, gint64 now_ms, GError **error)
{
	const char *text = decision_verdict_text(verdict);
	DecisionVerdict same;
	if (!decision_verdict_parse(DECISION_ENROLMENT, text, &same)) {
		g_set_error_literal(error, DECISION_ERROR, DECISION_ERROR_VERDICT, "no verdict on this");
		return FALSE;
	}
	if (!decision_reason_check(reason, error))
		return FALSE;
	gint64 n =
		sql_change(sql, error,
				   "UPDATE duplicate_pair SET verdict = $3, reason = $4, account = $5,"
				   " decided_ms = $6 WHERE person = $1 AND other = $2 AND verdict IS NULL",
				   "iittii", MIN(person, other), MAX(person, other), text, reason, account, now_ms);
	if (n == 0)
		g_set_error_literal(error, DECISION_ERROR, DECISION_ERROR_GONE,
							"no such pair waits for a decision");
	return n > 0;
}
