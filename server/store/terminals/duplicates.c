#include "server/store/terminals/duplicates.h"

#include "server/store/read.h"
#include "server/store/terminals/references.h"

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
						   .decided_ms = sql_int(row, 10),
						   .ends = sql_int(row, 11),
						   .carried = !sql_is_null(row, 12)};
	out->decided = decision_verdict_parse(DECISION_ENROLMENT, sql_text(row, 7), &out->verdict);
	read_text(row, 8, out->reason, sizeof out->reason);
	read_text(row, 9, out->by, sizeof out->by);
}

#define PAIR                                                                                       \
	"SELECT p.person, p.other, p.run, p.finger, p.score, p.second_score, p.found_ms, p.verdict,"   \
	" p.reason, a.name, p.decided_ms, p.ends, p.carried_ms FROM duplicate_pair p"                  \
	" LEFT JOIN account a ON a.id = p.account"

gboolean duplicates_list(Sql *sql, gboolean undecided, PersonId person, PersonId other, gsize n_max,
						 GArray **pairs, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(DuplicatePair));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  PAIR " WHERE (p.person > $1 OR (p.person = $1 AND p.other > $2))"
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

static gboolean read_one(SqlStatement *row, DuplicatePair *pair, GError **error)
{
	gboolean found;
	if (!read_first(row, &found, error) || !found)
		return FALSE;
	read_pair(row, pair);
	return TRUE;
}

gboolean duplicates_get(Sql *sql, PersonId person, PersonId other, DuplicatePair *pair,
						GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, PAIR " WHERE p.person = $1 AND p.other = $2", "ii",
				  MIN(person, other), MAX(person, other));
	return read_one(row, pair, error);
}

/* ── a decision ── */

/* Of the two, who got the newest of the references that are active; 0: neither has any. */
static gboolean enrolled_later(Sql *sql, PersonId person, PersonId other, PersonId *later,
							   GError **error)
{
	return sql_get_int(sql, later, 0, error,
					   "SELECT person FROM reference WHERE to_ms IS NULL AND person IN ($1, $2)"
					   " ORDER BY from_ms DESC, id DESC LIMIT 1",
					   "ii", person, other);
}

static gboolean check(const DuplicateDecision *decision, GError **error)
{
	DecisionVerdict same;
	const char *text = decision_verdict_text(decision->verdict);
	if (!decision_verdict_parse(DECISION_ENROLMENT, text, &same)) {
		g_set_error_literal(error, DECISION_ERROR, DECISION_ERROR_VERDICT, "no verdict on this");
		return FALSE;
	}
	if (decision->ends != 0 &&
		(decision->verdict == VERDICT_DIFFERENT ||
		 (decision->ends != decision->person && decision->ends != decision->other))) {
		g_set_error_literal(error, DECISION_ERROR, DECISION_ERROR_VERDICT,
							"only the references of one of the two can end, and only when they "
							"are not different people");
		return FALSE;
	}
	return decision_reason_check(decision->reason, error);
}

gboolean duplicates_decide(Sql *sql, const DuplicateDecision *decision, gint64 now_ms,
						   GError **error)
{
	PersonId first = MIN(decision->person, decision->other);
	PersonId second = MAX(decision->person, decision->other), ends = decision->ends;
	if (!check(decision, error) || (ends == 0 && decision->verdict != VERDICT_DIFFERENT &&
									!enrolled_later(sql, first, second, &ends, error)))
		return FALSE;
	gint64 n = sql_change(sql, error,
						  "UPDATE duplicate_pair SET verdict = $3, reason = $4, account = $5,"
						  " decided_ms = $6, ends = nullif($7, 0)"
						  " WHERE person = $1 AND other = $2 AND verdict IS NULL",
						  "iittiii", first, second, decision_verdict_text(decision->verdict),
						  decision->reason, decision->account, now_ms, ends);
	if (n == 0)
		g_set_error_literal(error, DECISION_ERROR, DECISION_ERROR_GONE,
							"no such pair waits for a decision");
	return n > 0;
}

gboolean duplicates_next(Sql *sql, DuplicatePair *pair, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  PAIR " WHERE p.ends IS NOT NULL AND p.carried_ms IS NULL"
					   " ORDER BY p.person, p.other LIMIT 1",
				  "");
	return read_one(row, pair, error);
}

gboolean duplicates_carry_out(Sql *sql, const DuplicatePair *pair, gint64 now_ms, GArray *ended,
							  GError **error)
{
	return references_end(sql, pair->ends, 0, NULL, decision_verdict_text(pair->verdict), now_ms,
						  ended, error) &&
		   references_drop_person(sql, pair->ends, error) &&
		   sql_run(sql, error,
				   "UPDATE duplicate_pair SET carried_ms = $3 WHERE person = $1 AND other = $2",
				   "iii", pair->person, pair->other, now_ms);
}
