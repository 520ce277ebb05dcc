#include "server/store/time/verdicts.h"

#include <string.h>

#include "server/rules/reason_pack.h"
#include "server/store/history.h"

#define HASH_DIGITS 16

struct VerdictCursor {
	Sql *sql;
	SqlStatement *rows;
	gboolean brief, begun; /* begun: the reasons of a row were asked for */
	/* Of the current row. */
	char *reasons;
	char hash[HASH_DIGITS + 1];
};

#define COLUMNS                                                                                    \
	"SELECT v.person, v.day, v.codes, v.state, v.late_min, v.early_min, v.in_ms, v.out_ms,"        \
	" v.unit, v.trial, v.reasons, v.rule_version, v.hash, v.judged_ms, coalesce(v.due_ms,0),"      \
	" v.due_out_ms, v.deduction_bp, v.pp94_min, v.pp94_days, v.conflict"

static VerdictCursor *new_cursor(Sql *sql, SqlStatement *rows)
{
	if (rows == NULL)
		return NULL;
	VerdictCursor *cursor = g_new0(VerdictCursor, 1);
	cursor->sql = sql;
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
	SqlStatement *rows = sql_query(
		sql, error,
		COLUMNS " FROM verdict v WHERE v.person=$1 AND v.day>=$2 AND v.day<$3 ORDER BY v.day",
		"iii", person, from_day, to_day);
	return new_cursor(sql, rows);
}

/* ── Reasons, which are mostly not stored ── */

typedef struct {
	VerdictExplain explain;
	gpointer self;
	GDestroyNotify free;
} Explainer;

static const char explainer_key;

static void explainer_free(gpointer data)
{
	Explainer *explainer = data;
	if (explainer->free != NULL)
		explainer->free(explainer->self);
	g_free(explainer);
}

void verdicts_explain_with(Sql *sql, VerdictExplain explain, gpointer self, GDestroyNotify free)
{
	Explainer *explainer = g_new(Explainer, 1);
	*explainer = (Explainer){explain, self, free};
	sql_set_data(sql, &explainer_key, explainer, explainer_free);
}

static gboolean explain(VerdictCursor *cursor, const Verdict *verdict, gboolean packed, char **text,
						GError **error)
{
	const Explainer *explainer = sql_get_data(cursor->sql, &explainer_key);
	gboolean first = !cursor->begun;
	cursor->begun = TRUE;
	if (explainer != NULL)
		return explainer->explain(explainer->self, verdict, first, packed, text, error);
	g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED,
						"verdicts: nobody here can say their reasons");
	return FALSE;
}

static gboolean read_reasons(VerdictCursor *cursor, Verdict *verdict, GError **error)
{
	g_clear_pointer(&cursor->reasons, g_free);
	if (cursor->brief)
		return TRUE;
	const char *kept = sql_text(cursor->rows, 10);
	if (kept != NULL)
		cursor->reasons = reasons_unpack_json(kept);
	else if (!explain(cursor, verdict, FALSE, &cursor->reasons, error))
		return FALSE;
	verdict->reasons = cursor->reasons;
	return TRUE;
}

/* ── Rows ── */

static void format_hash(guint64 bits, char hash[HASH_DIGITS + 1])
{
	for (int i = HASH_DIGITS - 1; i >= 0; i--, bits >>= 4)
		hash[i] = "0123456789abcdef"[bits & 15];
	hash[HASH_DIGITS] = '\0';
}

static gboolean read_verdict(VerdictCursor *cursor, Verdict *verdict, GError **error)
{
	SqlStatement *row = cursor->rows;
	format_hash((guint64)sql_int(row, 12), cursor->hash);
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
						 .rule_version = sql_int(row, 11),
						 .hash = cursor->hash,
						 .judged_ms = sql_int(row, 13),
						 .due_ms = sql_int(row, 14),
						 .due_out_ms = sql_int(row, 15),
						 .deduction_bp = sql_int(row, 16),
						 .pp94_min = sql_int(row, 17),
						 .pp94_days = sql_int(row, 18),
						 .conflict = sql_int(row, 19) != 0};
	return read_reasons(cursor, verdict, error);
}

SqlStep verdicts_next(VerdictCursor *cursor, Verdict *verdict, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step == SQL_ROW && !read_verdict(cursor, verdict, error))
		return SQL_FAILED;
	return step;
}

/* clang-format off */
#define LINE \
	COLUMNS ", coalesce(n.name,''), o.digits, u.code, f.name FROM verdict v" \
	" LEFT JOIN person_name n ON n.person=v.person AND" NOW_ON("n", "v.day") \
	" LEFT JOIN person_number o ON o.person=v.person AND" NOW_ON("o", "v.day") \
	" LEFT JOIN unit u ON u.id=v.unit" \
	" LEFT JOIN unit_fact f ON f.unit=v.unit AND" NOW_ON("f", "v.day")
#define REST " v.conflict>=$3 ORDER BY v.person, v.day"

static const char lines_of_person[] =
	LINE "WHERE v.person=$4 AND v.day>=$1 AND v.day<$2 AND" REST;

static const char lines_of_all[] =
	LINE "JOIN verdict_span s ON s.unit=v.unit AND s.person=v.person"
	" WHERE s.from_day<$2 AND s.to_day>$1 AND v.day>=$1 AND v.day<$2 ORDER BY v.person, v.day";

static const char conflicts_of_all[] =
	LINE "WHERE v.conflict=1 AND v.day>=$1 AND v.day<$2 ORDER BY v.person, v.day";

/* The subtree as of each day: a unit counts where it stood. */
static const char lines_of_unit[] =
	"WITH RECURSIVE days(day) AS (SELECT $1 UNION ALL SELECT day+1 FROM days WHERE day+1<$2),"
	" tree(unit, day) AS (SELECT $4, day FROM days UNION SELECT s.unit, tree.day FROM tree"
	" JOIN unit_fact s ON s.parent=tree.unit AND" NOW_ON("s", "tree.day") ") "
	LINE "JOIN verdict_span s ON s.unit=v.unit AND s.person=v.person"
	" JOIN tree ON tree.unit=v.unit AND tree.day=v.day"
	" WHERE s.unit IN (SELECT unit FROM tree) AND s.from_day<$2 AND s.to_day>$1"
	" AND v.day>=$1 AND v.day<$2 AND ($5=0 OR v.person=$5) AND" REST;
/* clang-format on */

VerdictCursor *verdicts_report(Sql *sql, const VerdictFilter *filter, GError **error)
{
	gint64 from_day = filter->from_day, to_day = filter->to_day, conflicts = filter->conflicts;
	if (filter->unit != 0)
		return new_cursor(sql, sql_query(sql, error, lines_of_unit, "iiiii", from_day, to_day,
										 conflicts, filter->unit, filter->person));
	if (filter->person != 0)
		return new_cursor(sql, sql_query(sql, error, lines_of_person, "iiii", from_day, to_day,
										 conflicts, filter->person));
	return new_cursor(sql,
					  sql_query(sql, error, filter->conflicts ? conflicts_of_all : lines_of_all,
								"ii", from_day, to_day));
}

SqlStep verdicts_report_next(VerdictCursor *cursor, VerdictLine *line, GError **error)
{
	SqlStatement *row = cursor->rows;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step;
	if (!read_verdict(cursor, &line->verdict, error))
		return SQL_FAILED;
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
		format_hash((guint64)sql_int(rows, 3), one.hash);
		g_array_append_val(known, one);
	}
	return step == SQL_DONE;
}

static gboolean keep_reasons(VerdictCursor *rows, const Verdict *verdict, GError **error)
{
	g_autofree char *packed = NULL;
	if (!sql_is_null(rows->rows, 10))
		return TRUE;
	return explain(rows, verdict, TRUE, &packed, error) &&
		   sql_run(rows->sql, error, "UPDATE verdict SET reasons=$3 WHERE person=$1 AND day=$2",
				   "iit", verdict->person, verdict->day, packed);
}

gboolean verdicts_keep_reasons(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							   GError **error)
{
	Verdict verdict;
	SqlStep step = SQL_FAILED;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(sql, person, from_day, to_day, error);
	if (rows != NULL)
		verdict_cursor_brief(rows);
	while (rows != NULL && (step = verdicts_next(rows, &verdict, error)) == SQL_ROW)
		if (!keep_reasons(rows, &verdict, error))
			return FALSE;
	return step == SQL_DONE;
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
