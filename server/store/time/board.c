#include "server/store/time/board.h"

#include <string.h>

#include "server/store/history.h"

/* ── people ── */

static void board_person_free(gpointer data)
{
	BoardPerson *person = data;
	g_free(person->name);
	g_free(person->place);
	g_free(person->code);
	g_free(person->meaning);
	g_free(person->kind);
	g_free(person->secondary);
	g_free(person);
}

/* What a code of the verdict says about the board; the first that applies decides. */
static const struct {
	const char *category;
	BoardState state;
} categories[] = {
	{"cuti", BOARD_AWAY},      {"dinas", BOARD_AWAY},  {"izin", BOARD_AWAY},
	{"fleksibel", BOARD_AWAY}, {"status", BOARD_AWAY}, {"libur", BOARD_OFF},
};

typedef struct {
	char *code, *name, *category;
} Code;

static void code_free(gpointer data)
{
	Code *code = data;
	g_free(code->code);
	g_free(code->name);
	g_free(code->category);
	g_free(code);
}

static GHashTable *read_codes(Sql *sql, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT code, name, category FROM attendance_code", "");
	if (rows == NULL)
		return NULL;
	g_autoptr(GHashTable) codes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, code_free);
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Code *code = g_new0(Code, 1);
		code->code = g_strdup(sql_text(rows, 0));
		code->name = g_strdup(sql_text(rows, 1));
		code->category = g_strdup(sql_text(rows, 2));
		g_hash_table_insert(codes, code->code, code);
	}
	return step == SQL_DONE ? g_steal_pointer(&codes) : NULL;
}

/* What a row says besides the person. */
typedef struct {
	char **codes;
	gint64 counted_ms, waiting_ms;
	gboolean enrolled;
} Facts;

static gboolean has_code(const Facts *facts, const char *code)
{
	return facts->codes != NULL && g_strv_contains((const char *const *)facts->codes, code);
}

static void set_code(BoardPerson *person, const Code *code)
{
	person->code = g_strdup(code->code);
	person->meaning = g_strdup(code->name);
	person->kind = g_strdup(code->category);
}

/* The state that a code of leave, duty elsewhere or free days gives; FALSE: none of them. */
static gboolean away_by_code(BoardPerson *person, const Facts *facts, GHashTable *codes)
{
	for (char **name = facts->codes; name != NULL && *name != NULL; name++) {
		const Code *code = g_hash_table_lookup(codes, *name);
		if (code == NULL || strcmp(code->code, "UC") == 0)
			continue;
		for (gsize i = 0; i < G_N_ELEMENTS(categories); i++)
			if (strcmp(categories[i].category, code->category) == 0) {
				person->state = categories[i].state;
				set_code(person, code);
				return TRUE;
			}
	}
	return FALSE;
}

/* A late arrival is worth a word on the board. */
static void mark_late(BoardPerson *person, const Facts *facts, GHashTable *codes)
{
	for (char **name = facts->codes; name != NULL && *name != NULL; name++) {
		const Code *code = g_hash_table_lookup(codes, *name);
		if (code != NULL && strcmp(code->category, "terlambat") == 0)
			set_code(person, code);
	}
}

static void decide(BoardPerson *person, const Facts *facts, GHashTable *codes)
{
	if (facts->counted_ms != 0) {
		person->state = BOARD_PRESENT;
		person->at_ms = facts->counted_ms;
		mark_late(person, facts, codes);
	} else if (facts->waiting_ms != 0 || has_code(facts, "MV")) {
		person->state = BOARD_WAITING;
		person->at_ms = facts->waiting_ms;
	} else if (away_by_code(person, facts, codes))
		return;
	else if (!facts->enrolled)
		person->state = BOARD_NOT_ENROLLED;
	else if (has_code(facts, "BL"))
		person->state = BOARD_GAP;
	else
		person->state = BOARD_MISSING;
}

static BoardPerson *read_person(SqlStatement *row, GHashTable *codes)
{
	BoardPerson *person = g_new0(BoardPerson, 1);
	person->person = sql_int(row, 0);
	person->name = g_strdup(sql_is_null(row, 1) ? "" : sql_text(row, 1));
	person->unit = sql_int(row, 2);
	person->late_min = sql_int(row, 4);
	person->place = g_strdup(sql_text(row, 8));
	person->secondary = g_strdup(sql_text(row, 9));
	const char *text = sql_text(row, 3);
	g_auto(GStrv) list = g_strsplit(text == NULL ? "" : text, " ", -1);
	Facts facts = {.codes = list,
				   .counted_ms = sql_int(row, 5),
				   .waiting_ms = sql_int(row, 6),
				   .enrolled = sql_int(row, 7) != 0};
	decide(person, &facts, codes);
	return person;
}

/* $1 unit, $2 day, $3 and $4 its instants.  Whoever serves in the subtree besides is there too, once,
 * unless the assignment itself lies in it. */
/* clang-format off */
#define PUNCHES(states) \
	" FROM punch p WHERE p.person=s.person AND p.at_ms>=$3 AND p.at_ms<$4 AND p.state" states
static const char people_sql[] =
	"WITH RECURSIVE tree (unit) AS ("
	" SELECT f.unit FROM unit_fact f WHERE" NOW_ON("f", "$2")
	"  AND (f.unit=$1 OR ($1=0 AND f.parent IS NULL))"
	" UNION SELECT f.unit FROM tree JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON("f", "$2") "),"
	" own (person, unit) AS (SELECT a.person, a.unit FROM tree JOIN assignment a ON a.unit=tree.unit"
	"  WHERE" NOW_ON("a", "$2") "),"
	" besides (person, unit) AS (SELECT o.person, min(o.unit) FROM tree JOIN secondary_assignment o"
	"  ON o.unit=tree.unit WHERE" NOW_ON("o", "$2")
	"  AND NOT EXISTS (SELECT 1 FROM own WHERE own.person=o.person) GROUP BY o.person),"
	" served (person, unit, kind) AS (SELECT person, unit, NULL FROM own UNION ALL"
	"  SELECT b.person, b.unit, o.kind FROM besides b JOIN secondary_assignment o"
	"  ON o.person=b.person AND o.unit=b.unit AND" NOW_ON("o", "$2") "),"
	" board AS (SELECT s.person AS person, s.unit AS unit, s.kind AS kind,"
	"  (SELECT MIN(p.at_ms)" PUNCHES("=1") ") AS counted_ms,"
	"  (SELECT MIN(p.at_ms)" PUNCHES("=2") ") AS waiting_ms,"
	"  (SELECT p.place" PUNCHES("<=2") " ORDER BY p.state, p.at_ms LIMIT 1) AS place,"
	"  CASE WHEN EXISTS (SELECT 1 FROM reference r WHERE r.person=s.person AND r.to_ms IS NULL)"
	"  THEN 1 ELSE 0 END AS enrolled"
	"  FROM served s JOIN person_employment e ON e.person=s.person WHERE" NOW_ON("e", "$2") ")"
	" SELECT b.person, n.name, b.unit, v.codes, v.late_min, b.counted_ms, b.waiting_ms, b.enrolled,"
	" l.name, b.kind FROM board b"
	" LEFT JOIN person_name n ON n.person=b.person AND" NOW_ON("n", "$2")
	" LEFT JOIN place_fact l ON l.place=b.place AND" NOW_ON("l", "$2")
	" LEFT JOIN verdict v ON v.person=b.person AND v.day=$2"
	" ORDER BY n.name, b.person";
/* clang-format on */

GPtrArray *board_people(Sql *sql, gint64 unit, gint64 day, gint64 from_ms, gint64 to_ms,
						GError **error)
{
	g_autoptr(GHashTable) codes = read_codes(sql, error);
	if (codes == NULL)
		return NULL;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, people_sql, "iiii", unit, day, from_ms, to_ms);
	if (rows == NULL)
		return NULL;
	g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(board_person_free);
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW)
		g_ptr_array_add(people, read_person(rows, codes));
	return step == SQL_DONE ? g_steal_pointer(&people) : NULL;
}

gboolean board_parent(Sql *sql, gint64 unit, gint64 day, gint64 *parent, GError **error)
{
	return sql_get_int(sql, parent, 0, error,
					   "SELECT f.parent FROM unit_fact f WHERE f.unit=$1 AND" NOW_ON("f", "$2"),
					   "ii", unit, day);
}

char *board_code_name(Sql *sql, const char *code, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT name FROM attendance_code WHERE code=$1", "t", code);
	return row == NULL || sql_next(row, error) != SQL_ROW ? NULL : g_strdup(sql_text(row, 0));
}

/* ── figures ── */

static const struct {
	gsize offset;
	const char *sql;
} figure_queries[] = {
	{G_STRUCT_OFFSET(BoardFigures, n_events), "SELECT SUM(seq) FROM journal"},
	{G_STRUCT_OFFSET(BoardFigures, n_batches), "SELECT COUNT(*) FROM batch"},
	{G_STRUCT_OFFSET(BoardFigures, n_marks),
	 "SELECT (SELECT COUNT(*) FROM day_mark)"
	 " + (SELECT COALESCE(SUM(to_day-from_day),0) FROM person_mark)"},
	{G_STRUCT_OFFSET(BoardFigures, n_quarantined),
	 "SELECT COUNT(*) FROM quarantine WHERE ended_ms IS NULL"},
	{G_STRUCT_OFFSET(BoardFigures, n_alarms), "SELECT COUNT(*) FROM alarm WHERE ended_ms IS NULL"},
	{G_STRUCT_OFFSET(BoardFigures, n_refused), "SELECT SUM(n) FROM refusal"},
	{G_STRUCT_OFFSET(BoardFigures, n_enrolments),
	 "SELECT COUNT(*) FROM enrolment WHERE finished_ms IS NULL"},
	{G_STRUCT_OFFSET(BoardFigures, n_terminals),
	 "SELECT COUNT(*) FROM terminal WHERE state='active'"},
	{G_STRUCT_OFFSET(BoardFigures, n_connected),
	 "SELECT COUNT(*) FROM terminal t JOIN terminal_health h ON h.terminal=t.id "
	 "WHERE t.state='active' AND h.online=1"},
	{G_STRUCT_OFFSET(BoardFigures, n_backlog),
	 "SELECT SUM(h.seq-h.receipted) FROM terminal t JOIN terminal_health h ON h.terminal=t.id "
	 "WHERE t.state='active'"},
	{G_STRUCT_OFFSET(BoardFigures, n_audit), "SELECT MAX(seq) FROM audit_entry"},
};

gboolean board_figures(Sql *sql, BoardFigures *figures, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(figure_queries); i++)
		if (!sql_get_int(sql, G_STRUCT_MEMBER_P(figures, figure_queries[i].offset), 0, error,
						 figure_queries[i].sql, ""))
			return FALSE;
	return TRUE;
}
