#include "server/store/people/careers.h"

#include "server/store/time/academic.h"
#include "server/store/time/marks.h"

static const HistoryTable rank_table =
	HISTORY_TABLE("person_rank", "person", "person=$3", "rank, source", "tt", "$4,$5,$6");
static const HistoryTable position_table = HISTORY_TABLE(
	"person_position", "person", "person=$3", "title, kind, source", "ttt", "$4,$5,$6,$7");
static const HistoryTable head_table = HISTORY_TABLE(
	"unit_head", "unit, mode", "unit=$3 AND mode=$4", "person, source", "it", "$4,$5,$6,$7");
static const HistoryTable superior_table =
	HISTORY_TABLE("person_superior", "person", "person=$3", "superior, source", "it", "$4,$5,$6");
static const HistoryTable secondary_table =
	HISTORY_TABLE("secondary_assignment", "person, unit", "person=$3 AND unit=$4",
				  "kind, place, share_percent, source", "tiit", "$4,$5,$6,$7,$8,$9");

/* ── Writing ── */

gboolean careers_set_rank(Sql *sql, PersonId person, const char *rank, const Change *change,
						  gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = rank}, {.text = change->source}};
	gint64 known = 0;
	if (!sql_get_int(sql, &known, 0, error, "SELECT count(*) FROM rank_code WHERE code=$1", "t",
					 rank))
		return FALSE;
	if (known == 0) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "'%s' is no golongan", rank);
		return FALSE;
	}
	return history_set(sql, &rank_table, &person, 1, values, change, changed, error);
}

gboolean careers_set_position(Sql *sql, PersonId person, const char *title, const char *kind,
							  const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.text = title}, {.text = kind}, {.text = change->source}};
	gboolean new = FALSE;
	if (!history_set(sql, &position_table, &person, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	/* Who becomes a teacher, or is one no longer, has other school holidays. */
	return !new || academic_mark_person(sql, person, change->today, error);
}

gboolean careers_set_head(Sql *sql, gint64 unit, HeadMode mode, PersonId person,
						  const Change *change, gboolean *changed, GError **error)
{
	const gint64 keys[] = {unit, mode};
	HistoryValue values[] = {{.integer = person}, {.text = change->source}};
	return history_set(sql, &head_table, keys, 2, values, change, changed, error);
}

gboolean careers_set_superior(Sql *sql, PersonId person, PersonId superior, const Change *change,
							  gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = superior}, {.text = change->source}};
	if (person == superior) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "nobody is their own superior");
		return FALSE;
	}
	return history_set(sql, &superior_table, &person, 1, values, change, changed, error);
}

/* Its places are duty places. */
static gboolean mark_secondary(Sql *sql, PersonId person, const Change *change, gboolean new,
							   gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	/* The days beside it too: an order for one of its places moves their windows (a night's end). */
	return !new || mark_days(sql, person, change->from_day - 1, change->to_day + 1, change->today,
							 "secondary", error);
}

gboolean careers_set_secondary(Sql *sql, PersonId person, const Secondary *secondary,
							   const Change *change, gboolean *changed, GError **error)
{
	const gint64 keys[] = {person, secondary->unit};
	HistoryValue values[] = {
		{.text = secondary->kind},
		{.integer = secondary->place, .is_null = secondary->place == 0},
		{.integer = secondary->share_percent, .is_null = secondary->share_percent == 0},
		{.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &secondary_table, keys, 2, values, change, &new, error) &&
		   mark_secondary(sql, person, change, new, changed, error);
}

gboolean careers_end_secondary(Sql *sql, PersonId person, gint64 unit, const Change *change,
							   gboolean *changed, GError **error)
{
	const gint64 keys[] = {person, unit};
	gboolean new = FALSE;
	return history_clear(sql, &secondary_table, keys, 2, change, &new, error) &&
		   mark_secondary(sql, person, change, new, changed, error);
}

gboolean careers_end_heads(Sql *sql, gint64 unit, const Change *change, GError **error)
{
	for (gint64 mode = HEAD_DEFINITIVE; mode <= HEAD_PLH; mode++) {
		const gint64 keys[] = {unit, mode};
		if (!history_clear(sql, &head_table, keys, 2, change, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* ── Reading ── */

const char *head_mode_text(HeadMode mode)
{
	static const char *const texts[] = {
		[HEAD_DEFINITIVE] = "definitif", [HEAD_PLT] = "plt", [HEAD_PLH] = "plh"};
	return texts[mode];
}

/* $2 day, $3 known at. */
#define THEN(t) VALID_ON(t, "$2") "AND" AS_KNOWN_THEN(t, "$3")

/* clang-format off */
/* The unit of the person and those above, each with its head of the day. */
static const char heads[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT a.unit, 0 FROM assignment a WHERE a.person=$1 AND"
	THEN("a") " UNION SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" THEN("f") ")"
	" SELECT h.person FROM chain JOIN unit_head h ON h.unit=chain.unit AND" THEN("h")
	" WHERE h.person<>$1 ORDER BY chain.depth, h.mode DESC LIMIT 1";

static const char career[] =
	"SELECT r.rank, q.title, q.kind FROM person p"
	" LEFT JOIN person_rank r ON r.person=p.id AND" THEN("r")
	" LEFT JOIN person_position q ON q.person=p.id AND" THEN("q") " WHERE p.id=$1";

static const char others[] =
	"SELECT u.code FROM secondary_assignment s JOIN unit u ON u.id=s.unit WHERE s.person=$1 AND"
	THEN("s") "ORDER BY u.code";
/* clang-format on */

gboolean careers_superior(Sql *sql, PersonId person, gint64 day, gint64 known_ms,
						  PersonId *superior, GError **error)
{
	return sql_get_int(sql, superior, 0, error,
					   "SELECT s.superior FROM person_superior s WHERE s.person=$1 AND" THEN("s"),
					   "iii", person, day, known_ms) &&
		   (*superior != 0 ||
			sql_get_int(sql, superior, 0, error, heads, "iii", person, day, known_ms));
}

static gboolean load_others(Sql *sql, PersonId person, gint64 day, gint64 known_ms, Career *out,
							GError **error)
{
	g_autoptr(GString) codes = g_string_new(NULL);
	g_autoptr(SqlStatement) rows = sql_query(sql, error, others, "iii", person, day, known_ms);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW)
		g_string_append_printf(codes, "%s%s", codes->len > 0 ? " " : "", sql_text(rows, 0));
	if (codes->len > 0)
		out->secondary = g_string_free(g_steal_pointer(&codes), FALSE);
	return step == SQL_DONE;
}

gboolean careers_on(Sql *sql, PersonId person, gint64 day, gint64 known_ms, Career *out,
					GError **error)
{
	*out = (Career){0};
	g_autoptr(SqlStatement) row = sql_query(sql, error, career, "iii", person, day, known_ms);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		out->rank = g_strdup(sql_text(row, 0));
		out->position = g_strdup(sql_text(row, 1));
		out->position_kind = g_strdup(sql_text(row, 2));
	}
	return step != SQL_FAILED && load_others(sql, person, day, known_ms, out, error) &&
		   careers_superior(sql, person, day, known_ms, &out->superior, error);
}

void career_clear(Career *out)
{
	g_free(out->rank);
	g_free(out->position);
	g_free(out->position_kind);
	g_free(out->secondary);
	*out = (Career){0};
}

/* ── Mutation records ── */

gboolean careers_record(Sql *sql, const Mutation *mutation, gint64 now_ms, gboolean *added,
						gint64 *judged_days, GError **error)
{
	const gint64 *decree_day = mutation->decree_day != DAY_ALWAYS ? &mutation->decree_day : NULL;
	if (!sql_get_int(sql, judged_days, 0, error,
					 "SELECT count(*) FROM verdict WHERE person=$1 AND day>=$2 AND day<$3", "iii",
					 mutation->person, mutation->tmt_day, mutation->to_day))
		return FALSE;
	gint64 n = sql_change(
		sql, error,
		"INSERT INTO mutation (id, person, kind, decree, decree_day, tmt_day, before_text,"
		" after_text, judged_days, recorded_ms)"
		" SELECT coalesce(max(id),0)+1, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM mutation WHERE true"
		" ON CONFLICT (person, kind, decree) DO NOTHING",
		"ittIittii", mutation->person, mutation->kind, mutation->decree, decree_day,
		mutation->tmt_day, mutation->before, mutation->after, *judged_days, now_ms);
	*added = n > 0;
	return n >= 0;
}
