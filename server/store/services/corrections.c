#include "server/store/services/corrections.h"

#include <string.h>

#include "server/store/people/grants.h"
#include "server/store/read.h"

#define HOURS_MAX 8760
#define HOUR_MS G_GINT64_CONSTANT(3600000)

static const HistoryTable chain_table =
	HISTORY_TABLE("correction_chain", "unit, kind", "unit=$3 AND kind=$4",
				  "levels, deadline_day, source", "tit", "$4,$5,$6,$7,$8");

static const char *const kinds[] = {
	[CORRECTION_IN] = "masuk", [CORRECTION_OUT] = "pulang", [CORRECTION_DAY] = "hari"};

const char *correction_kind_text(CorrectionKind kind)
{
	return kinds[kind];
}

gboolean correction_kind_parse(const char *text, CorrectionKind *kind)
{
	for (CorrectionKind i = CORRECTION_IN; i <= CORRECTION_DAY; i++)
		if (g_strcmp0(text, kinds[i]) == 0) {
			*kind = i;
			return TRUE;
		}
	return FALSE;
}

/* ── chains ── */

static gboolean parse_level(const char *text, CorrectionLevel *level)
{
	Role role;
	const char *colon = strchr(text, ':');
	gsize size = colon == NULL ? 0 : (gsize)(colon - text);
	if (size == 0 || size >= sizeof level->level ||
		!g_ascii_string_to_signed(colon + 1, 10, 1, HOURS_MAX, &level->hours, NULL))
		return FALSE;
	memcpy(level->level, text, size);
	level->level[size] = '\0';
	return strcmp(level->level, "LANGSUNG") == 0 ||
		   (role_parse(level->level, &role) && role_has_right(role, RIGHT_CORRECT) &&
			strcmp(role_name(role), level->level) == 0);
}

gboolean correction_chain_parse(const char *text, CorrectionChain *chain)
{
	g_auto(GStrv) parts = g_strsplit(text, " ", -1);
	chain->n_levels = 0;
	for (char **part = parts; *part != NULL; part++) {
		if (chain->n_levels == CORRECTION_LEVELS_MAX ||
			!parse_level(*part, &chain->levels[chain->n_levels]))
			return FALSE;
		for (gsize i = 0; i < chain->n_levels; i++)
			if (strcmp(chain->levels[i].level, chain->levels[chain->n_levels].level) == 0)
				return FALSE;
		chain->n_levels++;
	}
	return chain->n_levels > 0;
}

gboolean corrections_set_chain(Sql *sql, gint64 unit, CorrectionKind kind, const char *levels,
							   gint64 deadline_day, const Change *change, gboolean *changed,
							   GError **error)
{
	const gint64 keys[] = {unit, kind};
	const HistoryValue values[] = {
		{.text = levels}, {.integer = deadline_day}, {.text = change->source}};
	return history_set(sql, &chain_table, keys, 2, values, change, changed, error);
}

/* clang-format off */
static const char nearest_chain[] =
	"WITH RECURSIVE above(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT coalesce(f.parent,0), above.depth+1 FROM above JOIN unit_fact f ON f.unit=above.unit"
	" WHERE above.depth<30 AND" NOW_ON("f", "$3") ")"
	" SELECT c.levels, c.deadline_day FROM (SELECT unit, depth FROM above UNION SELECT 0, 99) AS a"
	" JOIN correction_chain c ON c.unit=a.unit WHERE c.kind=$2 AND" NOW_ON("c", "$3")
	"ORDER BY a.depth LIMIT 1";
/* clang-format on */

gboolean corrections_chain(Sql *sql, gint64 unit, CorrectionKind kind, gint64 day,
						   CorrectionChain *chain, GError **error)
{
	gboolean found = FALSE;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, nearest_chain, "iii", unit, (gint64)kind, day);
	if (!read_first(row, &found, error))
		return FALSE;
	if (found && correction_chain_parse(sql_text(row, 0), chain)) {
		chain->deadline_day = sql_int(row, 1);
		return TRUE;
	}
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"no chain decides corrections of '%s' for this unit", correction_kind_text(kind));
	return FALSE;
}

/* ── asking ── */

static gboolean keep_document(Sql *sql, const Correction *correction, GBytes *document,
							  gint64 now_ms, GError **error)
{
	gint64 size = document == NULL ? 0 : (gint64)g_bytes_get_size(document);
	g_autoptr(GBytes) hash = g_bytes_new(correction->document, CORRECTION_HASH_SIZE);
	return !correction->has_hash ||
		   sql_run(sql, error,
				   "INSERT INTO correction_document (hash, size, content, added_ms)"
				   " VALUES ($1,$2,$3,$4) ON CONFLICT (hash) DO UPDATE SET"
				   " size=coalesce(correction_document.size, excluded.size),"
				   " content=coalesce(correction_document.content, excluded.content)",
				   "BIBi", hash, document != NULL ? &size : NULL, document, now_ms);
}

static gboolean add_steps(Sql *sql, const Correction *correction, gint64 id, gint64 now_ms,
						  GError **error)
{
	for (gsize i = 0; i < correction->n_steps; i++) {
		const CorrectionStep *step = &correction->steps[i];
		gint64 due_ms = now_ms + step->hours * HOUR_MS;
		if (!sql_run(sql, error,
					 "INSERT INTO correction_step (correction, number, level, hours, state,"
					 " opened_ms, due_ms) VALUES ($1,$2,$3,$4,$5,$6,$7)",
					 "iitiiII", id, (gint64)i + 1, step->level, step->hours,
					 (gint64)(i == 0 ? STEP_OPEN : STEP_LATER), i == 0 ? &now_ms : NULL,
					 i == 0 ? &due_ms : NULL))
			return FALSE;
	}
	return TRUE;
}

gboolean corrections_add(Sql *sql, const Correction *correction, GBytes *document, gint64 now_ms,
						 gint64 *id, GError **error)
{
	const gint64 *batch = correction->batch != 0 ? &correction->batch : NULL;
	g_autoptr(GBytes) hash =
		correction->has_hash ? g_bytes_new(correction->document, CORRECTION_HASH_SIZE) : NULL;
	*id = 0;
	return keep_document(sql, correction, document, now_ms, error) &&
		   sql_get_int(sql, id, 0, error,
					   "INSERT INTO correction (id, batch, person, day, kind, code, reason, unit,"
					   " state, account, asked_ms, document, document_name)"
					   " SELECT coalesce(max(id),0)+1, coalesce($1, coalesce(max(id),0)+1), $2, $3,"
					   " $4, $5, $6, $7, 1, $8, $9, $10, $11 FROM correction RETURNING id",
					   "IiiittiiiBt", batch, correction->person, correction->day,
					   (gint64)correction->kind, correction->code, correction->reason,
					   correction->unit, correction->account, now_ms, hash,
					   correction->document_name) &&
		   add_steps(sql, correction, *id, now_ms, error);
}

/* ── reading ── */

void correction_clear(Correction *correction)
{
	g_clear_pointer(&correction->code, g_free);
	g_clear_pointer(&correction->reason, g_free);
	g_clear_pointer(&correction->by, g_free);
	g_clear_pointer(&correction->document_name, g_free);
	for (gsize i = 0; i < correction->n_steps; i++) {
		g_free(correction->steps[i].reason);
		g_free(correction->steps[i].by);
		g_free(correction->steps[i].for_whom);
	}
	correction->n_steps = 0;
}

const CorrectionStep *correction_open_step(const Correction *correction)
{
	for (gsize i = 0; i < correction->n_steps; i++)
		if (correction->steps[i].state == STEP_OPEN)
			return &correction->steps[i];
	return NULL;
}

static gboolean load_steps(Sql *sql, Correction *out, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT s.number, s.level, s.hours, s.state, s.opened_ms, s.due_ms, s.account, s.behalf,"
		" s.decided_ms, s.reason, a.name, b.name FROM correction_step s"
		" LEFT JOIN account a ON a.id=s.account LEFT JOIN account b ON b.id=s.behalf"
		" WHERE s.correction=$1 ORDER BY s.number",
		"i", out->id);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		if (out->n_steps == CORRECTION_STEPS_MAX)
			break;
		CorrectionStep *one = &out->steps[out->n_steps++];
		*one = (CorrectionStep){.number = sql_int(rows, 0),
								.hours = sql_int(rows, 2),
								.state = (CorrectionStepState)sql_int(rows, 3),
								.opened_ms = sql_int(rows, 4),
								.due_ms = sql_int(rows, 5),
								.account = sql_int(rows, 6),
								.behalf = sql_int(rows, 7),
								.decided_ms = sql_int(rows, 8),
								.reason = g_strdup(sql_text(rows, 9)),
								.by = g_strdup(sql_text(rows, 10)),
								.for_whom = g_strdup(sql_text(rows, 11))};
		read_text(rows, 1, one->level, sizeof one->level);
	}
	return step != SQL_FAILED;
}

static void read_correction(SqlStatement *row, Correction *out)
{
	out->batch = sql_int(row, 0);
	out->person = sql_int(row, 1);
	out->day = sql_int(row, 2);
	out->kind = (CorrectionKind)sql_int(row, 3);
	out->code = g_strdup(sql_text(row, 4));
	out->reason = g_strdup(sql_text(row, 5));
	out->unit = sql_int(row, 6);
	out->state = (CorrectionState)sql_int(row, 7);
	out->account = sql_int(row, 8);
	out->asked_ms = sql_int(row, 9);
	out->has_hash = read_fixed(row, 10, out->document, sizeof out->document);
	out->document_name = g_strdup(sql_text(row, 11));
	out->ended_ms = sql_int(row, 12);
	out->by = g_strdup(sql_text(row, 13));
	out->has_content = sql_int(row, 14) != 0;
}

gboolean corrections_get(Sql *sql, gint64 id, Correction *out, gboolean *found, GError **error)
{
	*out = (Correction){.id = id};
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT c.batch, c.person, c.day, c.kind, c.code, c.reason, c.unit, c.state,"
				  " c.account, c.asked_ms, c.document, c.document_name, c.ended_ms, a.name,"
				  " CASE WHEN d.content IS NULL THEN 0 ELSE 1 END FROM correction c"
				  " LEFT JOIN account a ON a.id=c.account"
				  " LEFT JOIN correction_document d ON d.hash=c.document WHERE c.id=$1",
				  "i", id);
	if (!read_first(row, found, error))
		return FALSE;
	if (!*found)
		return TRUE;
	read_correction(row, out);
	return load_steps(sql, out, error);
}

GBytes *corrections_document(Sql *sql, gint64 id, GError **error)
{
	gboolean found = FALSE;
	g_autoptr(SqlStatement) row = sql_query(sql, error,
											"SELECT d.content FROM correction c"
											" JOIN correction_document d ON d.hash=c.document"
											" WHERE c.id=$1",
											"i", id);
	return read_first(row, &found, error) && found ? read_bytes(row, 0) : NULL;
}

static gboolean take_ids(SqlStatement *rows, GArray **ids, GError **error)
{
	SqlStep step = SQL_FAILED;
	*ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 id = sql_int(rows, 0);
		g_array_append_val(*ids, id);
	}
	return step == SQL_DONE;
}

gboolean corrections_list(Sql *sql, const CorrectionFilter *filter, GArray **ids, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT id FROM correction WHERE id>$1 AND ($2=0 OR state=1) AND ($3=0 OR person=$3)"
		" AND ($4=0 OR batch=$4) AND ($6=0 OR (day>=$5 AND day<$6)) ORDER BY id LIMIT $7",
		"iiiiiii", filter->after, (gint64)(filter->waiting != FALSE), filter->person, filter->batch,
		filter->from_day, filter->to_day, filter->limit);
	return take_ids(rows, ids, error);
}

gboolean corrections_due(Sql *sql, gint64 now_ms, gint64 limit, GArray **ids, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT correction FROM correction_step WHERE state=2 AND due_ms<=$1 ORDER BY due_ms"
		" LIMIT $2",
		"ii", now_ms, limit);
	return take_ids(rows, ids, error);
}

/* ── what became of it ── */

static const gint64 *null_if_none(const gint64 *value)
{
	return *value != 0 ? value : NULL;
}

gboolean corrections_close_step(Sql *sql, gint64 id, gint64 number, CorrectionStepState state,
								const CorrectionDecision *decision, gboolean *won, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE correction_step SET state=$3, account=$4, behalf=$5,"
						  " decided_ms=$6, reason=$7 WHERE correction=$1 AND number=$2 AND state=2",
						  "iiiIIit", id, number, (gint64)state, null_if_none(&decision->account),
						  null_if_none(&decision->behalf), decision->now_ms, decision->reason);
	*won = n == 1;
	return n >= 0;
}

gboolean corrections_open_step(Sql *sql, gint64 id, gint64 number, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE correction_step SET state=2, opened_ms=$3, due_ms=$3+hours*3600000"
				   " WHERE correction=$1 AND number=$2 AND state=1",
				   "iii", id, number, now_ms);
}

gboolean corrections_add_step(Sql *sql, gint64 id, gint64 number, const CorrectionLevel *level,
							  gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO correction_step (correction, number, level, hours, state,"
				   " opened_ms) VALUES ($1,$2,$3,$4,2,$5)",
				   "iitii", id, number, level->level, level->hours, now_ms);
}

gboolean corrections_stay(Sql *sql, gint64 id, gint64 number, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE correction_step SET due_ms=NULL WHERE correction=$1 AND number=$2", "ii",
				   id, number);
}

gboolean corrections_end(Sql *sql, gint64 id, CorrectionState state, gint64 now_ms, gboolean *won,
						 GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE correction SET state=$2, ended_ms=$3 WHERE id=$1 AND state=1",
						  "iii", id, (gint64)state, now_ms);
	*won = n == 1;
	return n >= 0 && sql_run(sql, error,
							 "UPDATE correction_step SET state=6 WHERE correction=$1"
							 " AND state IN (1,2)",
							 "i", id);
}

/* ── months that take corrections again ── */

gboolean corrections_reopen(Sql *sql, gint64 unit, gint64 month_day, gint64 until_day,
							const char *reason, gint64 account, gint64 now_ms, GError **error)
{
	return sql_run(sql, error,
				   "INSERT INTO correction_reopening (id, unit, month_day, until_day, reason,"
				   " account, made_ms) SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6"
				   " FROM correction_reopening",
				   "iiitii", unit, month_day, until_day, reason, account, now_ms);
}

/* clang-format off */
static const char reopenings[] =
	"WITH RECURSIVE above(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT coalesce(f.parent,0), above.depth+1 FROM above JOIN unit_fact f ON f.unit=above.unit"
	" WHERE above.depth<30 AND" NOW_ON("f", "$3") ")"
	" SELECT max(until_day) FROM correction_reopening WHERE month_day=$2"
	" AND (unit=0 OR unit IN (SELECT unit FROM above))";
/* clang-format on */

gboolean corrections_reopened(Sql *sql, gint64 unit, gint64 month_day, gint64 today,
							  gint64 *until_day, GError **error)
{
	return sql_get_int(sql, until_day, DAY_ALWAYS, error, reopenings, "iii", unit, month_day,
					   today);
}

/* ── a slot of many ── */

/* clang-format off */
static const char lacking[] =
	"WITH RECURSIVE below(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.unit, below.depth+1 FROM below JOIN unit_fact f ON f.parent=below.unit"
	" WHERE below.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT v.person FROM verdict_span s JOIN verdict v ON v.person=s.person AND v.day=$2"
	" AND v.unit=s.unit WHERE s.unit IN (SELECT unit FROM below) AND s.from_day<=$2 AND s.to_day>$2"
	" AND (($3=1 AND (' '||v.codes||' ' LIKE '% TAM %' OR ' '||v.codes LIKE '% TL_%'"
	" OR ' '||v.codes||' ' LIKE '% TK %')) OR ($3=2 AND (' '||v.codes||' ' LIKE '% TAP %'"
	" OR ' '||v.codes LIKE '% PSW_%' OR ' '||v.codes||' ' LIKE '% TK %'))"
	" OR ($3=3 AND ' '||v.codes||' ' LIKE '% TK %')) ORDER BY v.person LIMIT $4";
/* clang-format on */

gboolean corrections_lacking(Sql *sql, gint64 unit, gint64 day, CorrectionKind kind, gint64 limit,
							 GArray **people, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, lacking, "iiii", unit, day, (gint64)kind, limit);
	return take_ids(rows, people, error);
}

/* ── codes ── */

#define CORRECTING "category IN ('koreksi', 'dinas', 'izin', 'fleksibel')"

gboolean corrections_code(Sql *sql, const char *code, CorrectionKind kind, gboolean *allowed,
						  GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM attendance_code WHERE code=$1 AND " CORRECTING
					 " AND '|'||slot||'|' LIKE '%|'||$2||'|%'",
					 "tt", code, correction_kind_text(kind)))
		return FALSE;
	*allowed = n > 0;
	return TRUE;
}

GPtrArray *corrections_codes(Sql *sql, GError **error)
{
	g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT code, name FROM attendance_code WHERE " CORRECTING
				  " ORDER BY CASE WHEN code='AT' THEN 0 ELSE 1 END, code",
				  "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		g_ptr_array_add(codes, g_strdup(sql_text(rows, 0)));
		g_ptr_array_add(codes, g_strdup(sql_text(rows, 1)));
	}
	return step == SQL_DONE ? g_steal_pointer(&codes) : NULL;
}
