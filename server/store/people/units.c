#include "server/store/people/units.h"

#include "server/rules/calendar.h"
#include "server/store/time/academic.h"
#include "server/store/time/marks.h"

static const HistoryTable fact_table =
	HISTORY_TABLE("unit_fact", "unit", "unit=$3", "name, short_name, kind, parent, source", "tttit",
				  "$4,$5,$6,$7,$8,$9");
static const HistoryTable start_table = HISTORY_TABLE(
	"unit_start", "unit", "unit=$3", "start_day, live_day, source", "iit", "$4,$5,$6,$7");
static const HistoryTable place_table =
	HISTORY_TABLE("unit_place", "unit, place", "unit=$3 AND place=$4", "source", "t", "$4,$5,$6");

gboolean units_find(Sql *sql, const char *code, gboolean make, gint64 *unit, GError **error)
{
	if (!sql_get_int(sql, unit, 0, error, "SELECT id FROM unit WHERE code=$1", "t", code))
		return FALSE;
	if (*unit != 0 || !make)
		return TRUE;
	g_assert(sql_in_transaction(sql));
	return sql_get_int(sql, unit, 0, error,
					   "INSERT INTO unit (id, code) SELECT coalesce(max(id),0)+1, $1 FROM unit"
					   " RETURNING id",
					   "t", code);
}

/* ── Writing ── */

static gboolean mark_changed(Sql *sql, gint64 unit, const Change *change, gboolean new,
							 gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	/* A day more on both sides: the windows of neighbouring days shape each other. */
	return !new || mark_unit(sql, unit, change->from_day - 1, change->to_day + 1, change->today,
							 "unit", error);
}

/* $1 the unit, $2 the one above it, $3 and $4 the days.  Upwards from there, each step with the days on which
 * all of the path holds; the others' facts make no circle, so it ends: within UNIT_LEVELS_MAX steps, whose codes are
 * shorter than what one of an older database is cut at. */
/* clang-format off */
#define LATER(a, b) "CASE WHEN " a ">" b " THEN " a " ELSE " b " END"
#define EARLIER(a, b) "CASE WHEN " a "<" b " THEN " a " ELSE " b " END"
static const char circle[] =
	"WITH RECURSIVE path(unit, from_day, to_day, codes) AS ("
	" SELECT u.id, $3, $4, (SELECT b.code FROM unit b WHERE b.id=$1) || ' < ' || u.code"
	"  FROM unit u WHERE u.id=$2"
	" UNION"
	" SELECT f.parent, " LATER("f.valid_from_day", "path.from_day") ","
	"  " EARLIER("f.valid_to_day", "path.to_day") ", path.codes || ' < ' || u.code"
	"  FROM path JOIN unit_fact f ON f.unit=path.unit AND f.valid_from_day<path.to_day"
	"   AND f.valid_to_day>path.from_day AND" AS_KNOWN_NOW("f")
	"  JOIN unit u ON u.id=f.parent WHERE path.unit<>$1 AND length(path.codes)<10000)"
	" SELECT path.codes, path.from_day FROM path WHERE path.unit=$1"
	" ORDER BY path.from_day, path.codes LIMIT 1";
/* clang-format on */

static gboolean refuse_circle(Sql *sql, gint64 unit, gint64 parent, const Change *change,
							  GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, circle, "iiii", unit, parent, change->from_day, change->to_day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step != SQL_ROW)
		return step == SQL_DONE;
	char since[CALENDAR_TEXT] = "always";
	if (sql_int(row, 1) != DAY_ALWAYS)
		calendar_format(sql_int(row, 1), since);
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"the unit above would lie below this one, from %s on: %s", since, sql_text(row, 0));
	return FALSE;
}

/* $1 the unit, $2 and $3 the days: the longest way up from it, or down, on any of them. */
/* clang-format off */
#define STEPS(next, here) \
	"WITH RECURSIVE way(unit, depth, from_day, to_day) AS (SELECT u.id, 0, $2, $3 FROM unit u" \
	" WHERE u.id=$1 UNION SELECT f." next ", way.depth+1, " \
	LATER("f.valid_from_day", "way.from_day") ", " EARLIER("f.valid_to_day", "way.to_day") \
	" FROM way JOIN unit_fact f ON f." here "=way.unit AND f.valid_from_day<way.to_day" \
	"  AND f.valid_to_day>way.from_day AND" AS_KNOWN_NOW("f") \
	" WHERE f.parent IS NOT NULL AND way.depth<=$4) SELECT max(way.depth) FROM way"
/* clang-format on */

/* What asks for the nearest unit above gives up after so many steps: nothing may lie farther away. */
static gboolean refuse_depth(Sql *sql, gint64 unit, gint64 parent, const Change *change,
							 GError **error)
{
	gint64 above = 0, below = 0;
	if (!sql_get_int(sql, &above, 0, error, STEPS("parent", "unit"), "iiii", parent,
					 change->from_day, change->to_day, (gint64)UNIT_LEVELS_MAX) ||
		!sql_get_int(sql, &below, 0, error, STEPS("unit", "parent"), "iiii", unit, change->from_day,
					 change->to_day, (gint64)UNIT_LEVELS_MAX))
		return FALSE;
	if (above + 1 + below < UNIT_LEVELS_MAX)
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"the tree would have more than %d levels with it", UNIT_LEVELS_MAX);
	return FALSE;
}

gboolean units_set(Sql *sql, gint64 unit, const UnitFacts *facts, const Change *change,
				   gboolean *changed, GError **error)
{
	if (facts->parent != 0 && (!refuse_circle(sql, unit, facts->parent, change, error) ||
							   !refuse_depth(sql, unit, facts->parent, change, error)))
		return FALSE;
	HistoryValue values[] = {{.text = facts->name},
							 {.text = facts->short_name},
							 {.text = facts->kind},
							 {.integer = facts->parent, .is_null = facts->parent == 0},
							 {.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &fact_table, &unit, 1, values, change, &new, error) &&
		   mark_changed(sql, unit, change, new, changed, error);
}

gboolean units_first_start(Sql *sql, gint64 *day, GError **error)
{
	return sql_get_int(sql, day, DAY_OPEN, error,
					   "SELECT min(start_day) FROM unit_start WHERE recorded_to_ms IS NULL", "");
}

gboolean units_set_start(Sql *sql, gint64 unit, gint64 start_day, gint64 live_day,
						 const Change *change, gboolean *changed, GError **error)
{
	HistoryValue values[] = {
		{.integer = start_day}, {.integer = live_day}, {.text = change->source}};
	gboolean new = FALSE;
	gint64 before = 0, after = 0;
	return units_first_start(sql, &before, error) &&
		   history_set(sql, &start_table, &unit, 1, values, change, &new, error) &&
		   mark_changed(sql, unit, change, new, changed, error) &&
		   units_first_start(sql, &after, error) &&
		   (before == after || academic_mark_everybody(sql, change->today, error));
}

gboolean units_set_place(Sql *sql, gint64 unit, gint64 place, const Change *change,
						 gboolean *changed, GError **error)
{
	const gint64 keys[] = {unit, place};
	HistoryValue values[] = {{.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &place_table, keys, 2, values, change, &new, error) &&
		   mark_changed(sql, unit, change, new, changed, error);
}

gboolean units_end_place(Sql *sql, gint64 unit, gint64 place, const Change *change,
						 gboolean *changed, GError **error)
{
	const gint64 keys[] = {unit, place};
	gboolean new = FALSE;
	return history_clear(sql, &place_table, keys, 2, change, &new, error) &&
		   mark_changed(sql, unit, change, new, changed, error);
}

gboolean units_end(Sql *sql, gint64 unit, const Change *change, gboolean *changed, GError **error)
{
	gboolean new = FALSE;
	return history_clear(sql, &fact_table, &unit, 1, change, &new, error) &&
		   mark_changed(sql, unit, change, new, changed, error);
}

static gboolean own_places(Sql *sql, gint64 unit, const Change *change, GArray *places,
						   GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT DISTINCT p.place FROM unit_place p WHERE p.unit=$1"
				  " AND p.valid_from_day<$3 AND p.valid_to_day>$2 AND" AS_KNOWN_NOW("p"),
				  "iii", unit, change->from_day, change->to_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 place = sql_int(rows, 0);
		g_array_append_val(places, place);
	}
	return step == SQL_DONE;
}

static gboolean contains(const gint64 *places, gsize n, gint64 place)
{
	for (gsize i = 0; i < n; i++)
		if (places[i] == place)
			return TRUE;
	return FALSE;
}

gboolean units_set_places(Sql *sql, gint64 unit, const gint64 *places, gsize n,
						  const Change *change, gboolean *changed, GError **error)
{
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(gint64));
	gboolean new = FALSE, any = FALSE;
	if (!own_places(sql, unit, change, known, error))
		return FALSE;
	for (guint i = 0; i < known->len; i++) {
		gint64 place = g_array_index(known, gint64, i);
		if (contains(places, n, place))
			continue;
		if (!units_end_place(sql, unit, place, change, &new, error))
			return FALSE;
		any |= new;
	}
	for (gsize i = 0; i < n; i++) {
		if (!units_set_place(sql, unit, places[i], change, &new, error))
			return FALSE;
		any |= new;
	}
	if (changed != NULL)
		*changed = any;
	return TRUE;
}

/* ── The tree ── */

struct UnitCursor {
	SqlStatement *rows;
};

/* UNIT_LEVELS_MAX; a circle that came into an older database is cut here. */
#define DEPTH_MAX "30"

/* clang-format off */
static const char subtree[] =
	"WITH RECURSIVE tree(unit, depth) AS ("
	" SELECT f.unit, 0 FROM unit_fact f"
	"  WHERE (f.unit=$1 OR ($1=0 AND f.parent IS NULL)) AND" NOW_ON("f", "$2")
	" UNION SELECT f.unit, tree.depth+1 FROM tree JOIN unit_fact f ON f.parent=tree.unit"
	"  WHERE tree.depth<" DEPTH_MAX " AND" NOW_ON("f", "$2") ")"
	" SELECT f.unit, coalesce(f.parent,0), u.code, f.name, f.short_name, f.kind, min(tree.depth)"
	" FROM tree JOIN unit_fact f ON f.unit=tree.unit JOIN unit u ON u.id=f.unit"
	" WHERE" NOW_ON("f", "$2")
	" GROUP BY f.unit, f.parent, u.code, f.name, f.short_name, f.kind"
	" ORDER BY 7, f.name, f.unit";
/* clang-format on */

UnitCursor *unit_subtree(Sql *sql, gint64 unit, gint64 day, GError **error)
{
	SqlStatement *rows = sql_query(sql, error, subtree, "ii", unit, day);
	if (rows == NULL)
		return NULL;
	UnitCursor *cursor = g_new0(UnitCursor, 1);
	cursor->rows = rows;
	return cursor;
}

SqlStep units_next(UnitCursor *cursor, UnitRow *row, GError **error)
{
	SqlStep step = sql_next(cursor->rows, error);
	if (step != SQL_ROW)
		return step;
	row->id = sql_int(cursor->rows, 0);
	row->parent = sql_int(cursor->rows, 1);
	row->code = sql_text(cursor->rows, 2);
	row->name = sql_text(cursor->rows, 3);
	row->short_name = sql_text(cursor->rows, 4);
	row->kind = sql_text(cursor->rows, 5);
	row->depth = sql_int(cursor->rows, 6);
	return SQL_ROW;
}

void unit_cursor_free(UnitCursor *cursor)
{
	if (cursor == NULL)
		return;
	sql_statement_free(cursor->rows);
	g_free(cursor);
}

/* ── Upwards ── */

/* $1 unit, $2 day: the unit and those above it, nearest first by `depth`. */
#define CHAIN                                                                                      \
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"                                     \
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"             \
	" WHERE f.parent IS NOT NULL AND chain.depth<" DEPTH_MAX " AND" NOW_ON("f", "$2") ") "

gboolean units_within(Sql *sql, gint64 unit, gint64 top, gint64 day, gboolean *within,
					  GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error, CHAIN "SELECT count(*) FROM chain WHERE unit=$3", "iii",
					 unit, day, top))
		return FALSE;
	*within = n > 0;
	return TRUE;
}

gboolean units_start(Sql *sql, gint64 unit, gint64 day, gint64 *start_day, gint64 *live_day,
					 GError **error)
{
	*start_day = *live_day = DAY_OPEN;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  CHAIN "SELECT s.start_day, s.live_day FROM chain"
						" JOIN unit_start s ON s.unit=chain.unit AND" NOW_ON(
							"s", "$2") " ORDER BY chain.depth LIMIT 1",
				  "ii", unit, day);
	if (rows == NULL)
		return FALSE;
	SqlStep step = sql_next(rows, error);
	if (step == SQL_ROW) {
		*start_day = sql_int(rows, 0);
		*live_day = sql_int(rows, 1);
	}
	return step != SQL_FAILED;
}

gboolean units_places(Sql *sql, gint64 unit, gint64 day, GArray **places, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  CHAIN "SELECT p.place, chain.depth FROM chain"
						" JOIN unit_place p ON p.unit=chain.unit AND" NOW_ON(
							"p", "$2") " ORDER BY chain.depth, p.place",
				  "ii", unit, day);
	if (rows == NULL)
		return FALSE;
	gint64 nearest = -1;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 place = sql_int(rows, 0);
		if (nearest >= 0 && sql_int(rows, 1) != nearest)
			continue;
		nearest = sql_int(rows, 1);
		g_array_append_val(found, place);
	}
	*places = step == SQL_DONE ? g_steal_pointer(&found) : NULL;
	return step == SQL_DONE;
}

/* clang-format off */
static const char places_within[] =
	"WITH RECURSIVE tree(unit) AS (SELECT $1 UNION SELECT f.unit FROM tree"
	" JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON("f", "$2") ")"
	" SELECT DISTINCT p.place FROM unit_place p"
	" WHERE p.unit IN (SELECT unit FROM tree) AND" NOW_ON("p", "$2");
/* clang-format on */

static void add_place(GHashTable *places, gint64 place)
{
	g_hash_table_add(places, g_memdup2(&place, sizeof place));
}

gboolean units_places_within(Sql *sql, gint64 unit, gint64 day, GHashTable **places, GError **error)
{
	g_autoptr(GHashTable) all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	/* Units below that name no place use one of theirs, or what the top itself uses. */
	g_autoptr(GArray) own = NULL;
	if (!units_places(sql, unit, day, &own, error))
		return FALSE;
	for (guint i = 0; i < own->len; i++)
		add_place(all, g_array_index(own, gint64, i));
	g_autoptr(SqlStatement) rows = sql_query(sql, error, places_within, "ii", unit, day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		add_place(all, sql_int(rows, 0));
	*places = step == SQL_DONE ? g_steal_pointer(&all) : NULL;
	return step == SQL_DONE;
}

char *units_name(Sql *sql, gint64 unit, gint64 day, GError **error)
{
	g_autoptr(SqlStatement) row = sql_query(
		sql, error, "SELECT f.name FROM unit_fact f WHERE f.unit=$1 AND" NOW_ON("f", "$2"), "ii",
		unit, day);
	return row == NULL || sql_next(row, error) != SQL_ROW ? NULL : g_strdup(sql_text(row, 0));
}
