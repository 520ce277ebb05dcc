#include "server/store/time/verdicts.h"

#include <string.h>

#include "server/rules/reason_pack.h"
#include "server/store/history.h"

struct VerdictCursor {
	SqlStatement *rows;
	char *reasons;  /* of the current row */
	gboolean brief; /* without reasons */
};

#define COLUMNS                                                                                    \
	"SELECT v.person, v.day, v.codes, v.state, v.late_min, v.early_min, v.in_ms, v.out_ms,"        \
	" v.unit, v.trial, v.reasons, v.rule_version, v.hash, v.judged_ms, coalesce(v.due_ms,0),"      \
	" v.due_out_ms, v.deduction_bp, v.pp94_min, v.pp94_days, v.conflict"
#define OF_VERDICT COLUMNS " FROM verdict v "

static VerdictCursor *new_cursor(SqlStatement *rows)
{
	if (rows == NULL)
		return NULL;
	VerdictCursor *cursor = g_new0(VerdictCursor, 1);
	cursor->rows = rows;
	return cursor;
}

void verdict_cursor_brief(VerdictCursor *cursor)
{
	cursor->brief = TRUE;
}

VerdictCursor *verdicts_of_person(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
								  GError **error)
{
	return new_cursor(sql_query(
		sql, error, OF_VERDICT "WHERE v.person=$1 AND v.day>=$2 AND v.day<$3 ORDER BY v.day", "iii",
		person, from_day, to_day));
}

VerdictCursor *verdicts_of_unit(Sql *sql, gint64 unit, gint64 day, GError **error)
{
	if (unit == 0)
		return new_cursor(
			sql_query(sql, error, OF_VERDICT "WHERE v.day=$1 ORDER BY v.person", "i", day));
	return new_cursor(sql_query(
		sql, error,
		"WITH RECURSIVE tree(unit) AS (SELECT $1 UNION SELECT f.unit FROM tree"
		" JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON(
			"f", "$2") ") " OF_VERDICT
					   "WHERE v.day=$2 AND v.unit IN (SELECT unit FROM tree) ORDER BY v.person",
		"ii", unit, day));
}

static void read_verdict(VerdictCursor *cursor, Verdict *verdict)
{
	SqlStatement *row = cursor->rows;
	g_free(cursor->reasons);
	cursor->reasons = cursor->brief ? NULL : reasons_unpack_json(sql_text(row, 10));
	*verdict = (Verdict){.person = sql_int(row, 0),
						 .day = sql_int(row, 1),
						 .codes = sql_text(row, 2),
						 .state = sql_text(row, 3),
						 .late_min = sql_int(row, 4),
						 .early_min = sql_int(row, 5),
						 .in_ms = sql_int(row, 6),
						 .out_ms = sql_int(row, 7),
						 .unit = sql_int(row, 8),
						 .trial = sql_int(row, 9) != 0,
						 .reasons = cursor->reasons,
						 .rule_version = sql_int(row, 11),
						 .hash = sql_text(row, 12),
						 .judged_ms = sql_int(row, 13),
						 .due_ms = sql_int(row, 14),
						 .due_out_ms = sql_int(row, 15),
						 .deduction_bp = sql_int(row, 16),
						 .pp94_min = sql_int(row, 17),
						 .pp94_days = sql_int(row, 18),
						 .conflict = sql_int(row, 19) != 0};
}

SqlStep verdicts_next(VerdictCursor *cursor, Verdict *verdict, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step == SQL_ROW)
		read_verdict(cursor, verdict);
	return step;
}

/* clang-format off */
#define LINE \
	COLUMNS ", coalesce(n.name,''), o.digits, u.code, f.name FROM verdict v" \
	" LEFT JOIN person_name n ON n.person=v.person AND" NOW_ON("n", "v.day") \
	" LEFT JOIN person_number o ON o.person=v.person AND" NOW_ON("o", "v.day") \
	" LEFT JOIN unit u ON u.id=v.unit" \
	" LEFT JOIN unit_fact f ON f.unit=v.unit AND" NOW_ON("f", "v.day")
#define OF_PERSON " ($3=0 OR v.person=$3) AND v.conflict>=$5 ORDER BY v.person, v.day"

static const char lines_of_all[] = LINE "WHERE $4=0 AND v.day>=$1 AND v.day<$2 AND" OF_PERSON;

/* The subtree as of each day: a unit counts where it stood. */
static const char lines_of_unit[] =
	"WITH RECURSIVE days(day) AS (SELECT $1 UNION ALL SELECT day+1 FROM days WHERE day+1<$2),"
	" tree(unit, day) AS (SELECT $4, day FROM days UNION SELECT s.unit, tree.day FROM tree"
	" JOIN unit_fact s ON s.parent=tree.unit AND" NOW_ON("s", "tree.day") ") "
	LINE "JOIN tree ON tree.unit=v.unit AND tree.day=v.day WHERE" OF_PERSON;
/* clang-format on */

VerdictCursor *verdicts_report(Sql *sql, const VerdictFilter *filter, GError **error)
{
	if (filter->unit == 0)
		return new_cursor(sql_query(sql, error, lines_of_all, "iiiii", filter->from_day,
									filter->to_day, filter->person, filter->unit,
									(gint64)filter->conflicts));
	return new_cursor(sql_query(sql, error, lines_of_unit, "iiiii", filter->from_day,
								filter->to_day, filter->person, filter->unit,
								(gint64)filter->conflicts));
}

SqlStep verdicts_report_next(VerdictCursor *cursor, VerdictLine *line, GError **error)
{
	SqlStatement *row = cursor->rows;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step;
	read_verdict(cursor, &line->verdict);
	line->name = sql_text(row, 20);
	line->number = sql_text(row, 21);
	line->unit_code = sql_text(row, 22);
	line->unit_name = sql_text(row, 23);
	return SQL_ROW;
}

void verdict_cursor_free(VerdictCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor->reasons);
	g_free(cursor);
}

/* ── For judge ── */

gboolean verdicts_known(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, GArray *known,
						GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT day, unit, coalesce(due_ms,0), hash FROM verdict WHERE person=$1 AND day>=$2"
		" AND day<$3 ORDER BY day",
		"iii", person, from_day, to_day);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		VerdictKnown one = {
			.day = sql_int(rows, 0), .unit = sql_int(rows, 1), .due_ms = sql_int(rows, 2)};
		g_strlcpy(one.hash, sql_text(rows, 3), sizeof one.hash);
		g_array_append_val(known, one);
	}
	return step == SQL_DONE;
}

static const char put[] =
	"INSERT INTO verdict (person, day, codes, state, late_min, early_min, in_ms, out_ms, unit,"
	" trial, reasons, rule_version, hash, judged_ms, due_ms, due_out_ms, deduction_bp, pp94_min,"
	" pp94_days, conflict) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,"
	"$19,$20)"
	" ON CONFLICT (person, day) DO UPDATE SET codes=excluded.codes, state=excluded.state,"
	" late_min=excluded.late_min, early_min=excluded.early_min, in_ms=excluded.in_ms,"
	" out_ms=excluded.out_ms, unit=excluded.unit, trial=excluded.trial, reasons=excluded.reasons,"
	" rule_version=excluded.rule_version, hash=excluded.hash, judged_ms=excluded.judged_ms,"
	" due_ms=excluded.due_ms, due_out_ms=excluded.due_out_ms, deduction_bp=excluded.deduction_bp,"
	" pp94_min=excluded.pp94_min, pp94_days=excluded.pp94_days,"
	" conflict=excluded.conflict";

gboolean verdicts_put(Sql *sql, const Verdict *verdict, const VerdictKnown *known,
					  gboolean *changed, GError **error)
{
	const gint64 *due_ms = verdict->due_ms != 0 ? &verdict->due_ms : NULL;
	*changed =
		known == NULL || known->unit != verdict->unit || strcmp(known->hash, verdict->hash) != 0;
	if (!*changed)
		return known->due_ms == verdict->due_ms ||
			   sql_run(sql, error, "UPDATE verdict SET due_ms=$3 WHERE person=$1 AND day=$2", "iiI",
					   verdict->person, verdict->day, due_ms);
	return sql_run(sql, error, put, "iittiiiiiititiIiiiii", verdict->person, verdict->day,
				   verdict->codes, verdict->state, verdict->late_min, verdict->early_min,
				   verdict->in_ms, verdict->out_ms, verdict->unit, (gint64)verdict->trial,
				   verdict->reasons, verdict->rule_version, verdict->hash, verdict->judged_ms,
				   due_ms, verdict->due_out_ms, verdict->deduction_bp, verdict->pp94_min,
				   verdict->pp94_days, (gint64)verdict->conflict);
}

gboolean verdicts_remove(Sql *sql, PersonId person, gint64 day, GError **error)
{
	return sql_run(sql, error, "DELETE FROM verdict WHERE person=$1 AND day=$2", "ii", person, day);
}

gboolean verdicts_due(Sql *sql, gint64 now_ms, gsize n_max, GArray **due, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(VerdictKey));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, "SELECT person, day FROM verdict WHERE due_ms<=$1 ORDER BY due_ms LIMIT $2",
		"ii", now_ms, (gint64)n_max);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		VerdictKey key = {sql_int(rows, 0), sql_int(rows, 1)};
		g_array_append_val(found, key);
	}
	if (step == SQL_FAILED)
		return FALSE;
	*due = g_steal_pointer(&found);
	return TRUE;
}

gboolean verdicts_next_due(Sql *sql, gint64 *due_ms, GError **error)
{
	return sql_get_int(sql, due_ms, 0, error,
					   "SELECT min(due_ms) FROM verdict WHERE due_ms IS NOT NULL", "");
}
