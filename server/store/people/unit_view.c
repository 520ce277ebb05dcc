#include "server/store/people/unit_view.h"

/* $1 day, $2 known at. */
#define THEN(t) VALID_ON(t, "$1") "AND" AS_KNOWN_THEN(t, "$2")

/* clang-format off */
static const char units_on[] =
	"SELECT f.unit, coalesce(f.parent,0), u.code, f.name, f.short_name, f.kind, p.code,"
	" coalesce(h.person,0), n.name, coalesce(h.mode,0) FROM unit_fact f JOIN unit u ON u.id=f.unit"
	" LEFT JOIN unit p ON p.id=f.parent"
	" LEFT JOIN unit_head h ON h.unit=f.unit AND" THEN("h")
	"  AND h.mode=(SELECT max(m.mode) FROM unit_head m WHERE m.unit=f.unit AND" THEN("m") ")"
	" LEFT JOIN person_name n ON n.person=h.person AND" THEN("n")
	" WHERE" THEN("f") "ORDER BY f.name, f.unit";

/* $1 unit, $2 known at. */
#define KNOWN(t) AS_KNOWN_THEN(t, "$2") "ORDER BY " t ".valid_from_day"
#define SPAN(t) t ".valid_from_day, " t ".valid_to_day, " t ".source"
static const char facts[] =
	"SELECT " SPAN("f") ", f.name, f.short_name, f.kind, p.code FROM unit_fact f"
	" LEFT JOIN unit p ON p.id=f.parent WHERE f.unit=$1 AND" KNOWN("f");
/* A head by the name of the first day. */
static const char heads[] =
	"SELECT " SPAN("h") ", n.name, h.person, h.mode FROM unit_head h"
	" LEFT JOIN person_name n ON n.person=h.person AND n.valid_from_day<=h.valid_from_day"
	"  AND n.valid_to_day>h.valid_from_day AND" AS_KNOWN_THEN("n", "$2")
	" WHERE h.unit=$1 AND" KNOWN("h") ", h.mode";
static const char places[] =
	"SELECT " SPAN("p") ", c.code FROM unit_place p JOIN place c ON c.id=p.place"
	" WHERE p.unit=$1 AND" KNOWN("p") ", c.code";
static const char decrees[] =
	"SELECT r.tmt_day, 0, r.decree, r.before_text, r.kind, r.after_text, u.code, o.code,"
	" r.decree_day, r.n_people FROM reorganisation r JOIN unit u ON u.id=r.unit"
	" LEFT JOIN unit o ON o.id=r.to_unit WHERE (r.unit=$1 OR r.to_unit=$1) AND r.recorded_ms<=$2"
	" ORDER BY r.tmt_day, r.id";
/* clang-format on */

static void init(UnitView *out)
{
	*out = (UnitView){.units = g_array_new(FALSE, TRUE, sizeof(UnitOn)),
					  .past = g_array_new(FALSE, TRUE, sizeof(UnitPast)),
					  .texts = g_string_chunk_new(4096)};
}

void unit_view_clear(UnitView *out)
{
	g_clear_pointer(&out->units, g_array_unref);
	g_clear_pointer(&out->past, g_array_unref);
	g_clear_pointer(&out->texts, g_string_chunk_free);
}

static const char *keep(UnitView *out, SqlStatement *row, int column)
{
	return sql_is_null(row, column)
			   ? NULL
			   : g_string_chunk_insert_const(out->texts, sql_text(row, column));
}

/* ── The tree ── */

typedef struct {
	UnitView *out;
	GArray *all;     /* UnitOn, by name */
	guint8 *visited; /* of `all` */
	gint64 top;
} Walk;

static gboolean load_units(Sql *sql, gint64 day, gint64 known_ms, Walk *walk, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows = sql_query(sql, error, units_on, "ii", day, known_ms);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		UnitOn unit = {.id = sql_int(rows, 0),
					   .parent = sql_int(rows, 1),
					   .code = keep(walk->out, rows, 2),
					   .name = keep(walk->out, rows, 3),
					   .short_name = keep(walk->out, rows, 4),
					   .kind = keep(walk->out, rows, 5),
					   .parent_code = keep(walk->out, rows, 6),
					   .head = sql_int(rows, 7),
					   .head_name = keep(walk->out, rows, 8),
					   .head_mode = (HeadMode)sql_int(rows, 9)};
		g_array_append_val(walk->all, unit);
	}
	return step == SQL_DONE;
}

static GHashTable *index_units(const GArray *all)
{
	GHashTable *by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	for (guint i = 0; i < all->len; i++) {
		UnitOn *unit = &g_array_index(all, UnitOn, i);
		g_hash_table_insert(by_id, &unit->id, unit);
	}
	return by_id;
}

/* Of each unit, the places in `all` of those directly below it, by name. */
static GHashTable *index_children(const GArray *all)
{
	GHashTable *below =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_array_unref);
	for (guint i = 0; i < all->len; i++) {
		UnitOn *unit = &g_array_index(all, UnitOn, i);
		GArray *list = g_hash_table_lookup(below, &unit->parent);
		if (list == NULL) {
			list = g_array_new(FALSE, FALSE, sizeof(guint));
			g_hash_table_insert(below, &unit->parent, list);
		}
		g_array_append_val(list, i);
	}
	return below;
}

/* Each unit before those below it; without recursion, however deep a tree is. */
static void visit(Walk *walk, GHashTable *below, guint from)
{
	typedef struct {
		guint at;
		gint64 depth;
	} Step;
	g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Step));
	Step step = {from, 0};
	g_array_append_val(stack, step);
	while (stack->len > 0) {
		step = g_array_index(stack, Step, stack->len - 1);
		g_array_set_size(stack, stack->len - 1);
		if (walk->visited[step.at])
			continue;
		walk->visited[step.at] = 1;
		UnitOn unit = g_array_index(walk->all, UnitOn, step.at);
		unit.depth = step.depth;
		g_array_append_val(walk->out->units, unit);
		const GArray *list = g_hash_table_lookup(below, &unit.id);
		for (guint i = list != NULL ? list->len : 0; i > 0; i--) {
			Step next = {g_array_index(list, guint, i - 1), step.depth + 1};
			g_array_append_val(stack, next);
		}
	}
}

/* A unit whose unit above does not exist that day stands at the top: nothing is hidden. */
static void visit_all(Walk *walk)
{
	g_autoptr(GHashTable) by_id = index_units(walk->all);
	g_autoptr(GHashTable) below = index_children(walk->all);
	for (guint i = 0; i < walk->all->len; i++) {
		const UnitOn *unit = &g_array_index(walk->all, UnitOn, i);
		gboolean is_top = walk->top != 0
							  ? unit->id == walk->top
							  : unit->parent == 0 || !g_hash_table_contains(by_id, &unit->parent);
		if (is_top)
			visit(walk, below, i);
	}
	for (guint i = 0; walk->top == 0 && i < walk->all->len; i++)
		if (!walk->visited[i])
			visit(walk, below, i);
}

gboolean unit_view_tree(Sql *sql, gint64 top, gint64 day, gint64 known_ms, UnitView *out,
						GError **error)
{
	init(out);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(UnitOn));
	Walk walk = {.out = out, .all = all, .top = top};
	if (!load_units(sql, day, known_ms, &walk, error))
		return FALSE;
	g_autofree guint8 *visited = g_new0(guint8, all->len + 1);
	walk.visited = visited;
	visit_all(&walk);
	return TRUE;
}

/* ── One unit ── */

typedef void (*TakePast)(UnitView *out, SqlStatement *row, UnitPast *past);

static void take_fact(UnitView *out, SqlStatement *row, UnitPast *past)
{
	past->what = UNIT_PAST_FACT;
	past->short_name = keep(out, row, 4);
	past->kind = keep(out, row, 5);
	past->other = keep(out, row, 6);
}

static void take_head(UnitView *out G_GNUC_UNUSED, SqlStatement *row, UnitPast *past)
{
	past->what = UNIT_PAST_HEAD;
	past->person = sql_int(row, 4);
	past->mode = (HeadMode)sql_int(row, 5);
}

static void take_place(UnitView *out G_GNUC_UNUSED, SqlStatement *row G_GNUC_UNUSED, UnitPast *past)
{
	past->what = UNIT_PAST_PLACE;
}

static void take_decree(UnitView *out, SqlStatement *row, UnitPast *past)
{
	past->what = UNIT_PAST_DECREE;
	past->to_day = DAY_OPEN;
	past->kind = keep(out, row, 4);
	past->other = keep(out, row, 5);
	past->unit = keep(out, row, 6);
	past->to = keep(out, row, 7);
	past->decree_day = sql_is_null(row, 8) ? DAY_ALWAYS : sql_int(row, 8);
	past->n_people = sql_int(row, 9);
}

static gboolean load_past(SqlStatement *rows, UnitView *out, TakePast take, GError **error)
{
	g_autoptr(SqlStatement) owned = rows;
	SqlStep step;
	if (owned == NULL)
		return FALSE;
	while ((step = sql_next(owned, error)) == SQL_ROW) {
		UnitPast past = {.from_day = sql_int(owned, 0),
						 .to_day = sql_int(owned, 1),
						 .source = keep(out, owned, 2),
						 .name = keep(out, owned, 3),
						 .decree_day = DAY_ALWAYS};
		take(out, owned, &past);
		g_array_append_val(out->past, past);
	}
	return step == SQL_DONE;
}

gboolean unit_view_past(Sql *sql, gint64 unit, gint64 known_ms, UnitView *out, GError **error)
{
	static const struct {
		const char *text;
		TakePast take;
	} parts[] = {
		{facts, take_fact}, {heads, take_head}, {places, take_place}, {decrees, take_decree}};
	init(out);
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (!load_past(sql_query(sql, error, parts[i].text, "ii", unit, known_ms), out,
					   parts[i].take, error))
			return FALSE;
	return TRUE;
}
