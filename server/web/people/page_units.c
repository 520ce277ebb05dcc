/* /unit: the tree of units as of a day. */
#include <string.h>

#include "server/store/people/units.h"
#include "server/web/handlers.h"
#include "server/web/people/page_mutation.h"
#include "server/web/words.h"

/* The children of each unit, in the order of their names. */
typedef struct {
	GArray *lines;     /* UnitLine, by depth, then by name */
	GHashTable *below; /* parent's id → GArray of indices into `lines`; 0: the tops */
	GHashTable *ids;   /* set of gint64: who is there */
	GArray *of;        /* gint64: the unit of each line */
	GStringChunk *texts;
} Tree;

static void tree_init(Tree *tree)
{
	*tree = (Tree){
		.lines = g_array_new(FALSE, FALSE, sizeof(UnitLine)),
		.below = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
									   (GDestroyNotify)g_array_unref),
		.ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.of = g_array_new(FALSE, FALSE, sizeof(gint64)),
		.texts = g_string_chunk_new(16384),
	};
}

static void tree_clear(Tree *tree)
{
	g_array_unref(tree->lines);
	g_hash_table_unref(tree->below);
	g_hash_table_unref(tree->ids);
	g_array_unref(tree->of);
	g_string_chunk_free(tree->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tree, tree_clear)

/* Below its parent, or a top when the parent is not seen. */
static void add_unit(Tree *tree, const UnitRow *row)
{
	gint64 parent = g_hash_table_contains(tree->ids, &row->parent) ? row->parent : 0;
	guint index = tree->lines->len;
	UnitLine line = {.code = g_string_chunk_insert(tree->texts, row->code),
					 .name = g_string_chunk_insert(tree->texts, row->name),
					 .kind = words_keep(tree->texts, g_strdup(row->kind))};
	GArray *siblings = g_hash_table_lookup(tree->below, &parent);
	if (siblings == NULL) {
		siblings = g_array_new(FALSE, FALSE, sizeof(guint));
		g_hash_table_insert(tree->below, g_memdup2(&parent, sizeof parent), siblings);
	}
	g_array_append_val(siblings, index);
	g_array_append_val(tree->lines, line);
	g_array_append_val(tree->of, row->id);
	g_hash_table_add(tree->ids, g_memdup2(&row->id, sizeof row->id));
}

static gboolean load_tree(const Call *call, gint64 day, Tree *tree, GError **error)
{
	g_autoptr(Scope) scope =
		access_scope(call->web->sql, call->access, RIGHT_SEE_PEOPLE, day, error);
	if (scope == NULL)
		return FALSE;
	g_autoptr(UnitCursor) cursor = unit_subtree(call->web->sql, 0, day, error);
	UnitRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = units_next(cursor, &row, error)) == SQL_ROW)
		if (scope_has(scope, row.id))
			add_unit(tree, &row);
	return step == SQL_DONE;
}

/* Depth first, without recursion: a stack of (index, depth). */
static void lay_out(const Tree *tree, GArray *out, gboolean *more)
{
	typedef struct {
		guint index;
		int depth;
	} Place;
	g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Place));
	gint64 at = 0;
	int depth = 0;
	for (;;) {
		const GArray *children = g_hash_table_lookup(tree->below, &at);
		for (guint i = children == NULL ? 0 : children->len; i > 0; i--) {
			Place place = {g_array_index(children, guint, i - 1), depth};
			g_array_append_val(stack, place);
		}
		if (stack->len == 0)
			return;
		if (out->len == UNITS_LIST_MAX) {
			*more = TRUE;
			return;
		}
		Place next = g_array_index(stack, Place, stack->len - 1);
		g_array_set_size(stack, stack->len - 1);
		UnitLine line = g_array_index(tree->lines, UnitLine, next.index);
		line.depth = next.depth;
		g_array_append_val(out, line);
		at = g_array_index(tree->of, gint64, next.index);
		depth = next.depth + 1;
	}
}

Response *page_units(Call *call, GError **error)
{
	const char *asked = call_query(call, "tanggal");
	gint64 day = call->today;
	gboolean bad = asked != NULL && asked[0] != '\0' && !iso_date_parse(asked, &day);
	if (bad)
		day = call->today;
	g_auto(Tree) tree;
	tree_init(&tree);
	if (!load_tree(call, day, &tree, error))
		return NULL;
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(UnitLine));
	g_autofree char *date = words_date(day), *iso = iso_date(day);
	UnitsView view = {.date = date,
					  .date_iso = iso,
					  .date_problem = bad ? "Isi tanggal, misalnya 2025-03-03." : NULL,
					  .lines = lines};
	lay_out(&tree, lines, &view.more);
	Frame frame = layout_frame(call, "Unit kerja", NAV_UNITS);
	Html *html = html_new();
	page_units_render(html, &frame, &view);
	Response *response = call_html(html_to_bytes(html));
	response->status = bad ? 422 : 200;
	return response;
}
