/* What today's board shows, read from the store. */
#include <string.h>

#include "server/store/terminals/places.h"
#include "server/store/terminals/terminals.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/time/page_board.h"
#include "server/web/words.h"

/* A unit of the subtree, and its nearest ancestor that has a line of its own in the sums. */
typedef struct {
	gint64 id, parent, line;
	char *code, *name;
	int depth;
} Unit;

/* Everything that the views borrow from. */
typedef struct {
	GPtrArray *people; /* BoardPerson */
	GPtrArray *units;  /* Unit, parents first */
	GHashTable *by_id; /* gint64 → Unit */
	GHashTable *names; /* gint64 → const char * */
	GArray *terminals; /* BoardTerminal */
	GArray *sums;      /* BoardUnit */
	GPtrArray *texts;  /* owned */
	char *date, *time;
} Loaded;

static void unit_free(gpointer data)
{
	Unit *unit = data;
	g_free(unit->code);
	g_free(unit->name);
	g_free(unit);
}

static void loaded_clear(Loaded *loaded)
{
	g_clear_pointer(&loaded->people, g_ptr_array_unref);
	g_ptr_array_unref(loaded->units);
	g_hash_table_unref(loaded->by_id);
	g_hash_table_unref(loaded->names);
	g_array_unref(loaded->terminals);
	g_array_unref(loaded->sums);
	g_ptr_array_unref(loaded->texts);
	g_free(loaded->date);
	g_free(loaded->time);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){
		.units = g_ptr_array_new_with_free_func(unit_free),
		.by_id = g_hash_table_new(g_int64_hash, g_int64_equal),
		.names = g_hash_table_new(g_int64_hash, g_int64_equal),
		.terminals = g_array_new(FALSE, FALSE, sizeof(BoardTerminal)),
		.sums = g_array_new(FALSE, FALSE, sizeof(BoardUnit)),
		.texts = g_ptr_array_new_with_free_func(g_free),
	};
}

/* Takes the text into what the view borrows from. */
static const char *keep(Loaded *loaded, char *text)
{
	if (text != NULL)
		g_ptr_array_add(loaded->texts, text);
	return text;
}

static void add_unit(Loaded *loaded, const UnitRow *row)
{
	Unit *unit = g_new0(Unit, 1);
	const Unit *parent = g_hash_table_lookup(loaded->by_id, &row->parent);
	unit->id = row->id;
	unit->parent = row->parent;
	unit->depth = (int)row->depth;
	unit->code = g_strdup(row->code);
	unit->name = g_strdup(row->name);
	/* Depth 0 and 1 have lines of their own; what is deeper counts with its ancestor there. */
	unit->line = row->depth <= 1 || parent == NULL ? row->id : parent->line;
	g_ptr_array_add(loaded->units, unit);
	g_hash_table_insert(loaded->by_id, &unit->id, unit);
	g_hash_table_insert(loaded->names, &unit->id, unit->name);
}

static gboolean load_units(Web *web, gint64 top, gint64 day, Loaded *loaded, GError **error)
{
	g_autoptr(UnitCursor) cursor = unit_subtree(web->sql, top, day, error);
	if (cursor == NULL)
		return FALSE;
	UnitRow row;
	SqlStep step;
	while ((step = units_next(cursor, &row, error)) == SQL_ROW)
		add_unit(loaded, &row);
	return step == SQL_DONE;
}

/* ── terminals ── */

static gboolean add_terminal(Web *web, const TerminalRow *row, gint64 day, Loaded *loaded,
							 GError **error)
{
	g_autoptr(GError) inner = NULL;
	const char *place = keep(loaded, places_name(web->sql, row->place, day, &inner));
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	gint64 heard_day = words_day(row->heard_ms, web->utc_offset_min);
	g_autofree char *time = words_time(row->heard_ms, web->utc_offset_min);
	g_autofree char *date = words_short_date(heard_day);
	BoardTerminal terminal = {
		.name = place == NULL ? row->id.text : place,
		.id = keep(loaded, g_strdup(row->id.text)),
		.backlog = row->backlog,
	};
	if (place == NULL)
		terminal.name = terminal.id;
	if (row->heard_ms != 0)
		terminal.since =
			keep(loaded, heard_day == day ? g_strdup_printf("pukul %s", time)
										  : g_strdup_printf("%s pukul %s", date, time));
	g_array_append_val(loaded->terminals, terminal);
	return TRUE;
}

static gboolean load_terminals(Web *web, gint64 top, gint64 day, Loaded *loaded,
							   gint64 *n_terminals, GError **error)
{
	g_autoptr(GHashTable) places = NULL;
	g_autoptr(GArray) all = NULL;
	if (!terminals_list(web->sql, 0, &all, error) ||
		(top != 0 && !units_places_within(web->sql, top, day, &places, error)))
		return FALSE;
	*n_terminals = 0;
	for (guint i = 0; i < all->len; i++) {
		const TerminalRow *row = &g_array_index(all, TerminalRow, i);
		if (row->state != TERMINAL_ACTIVE ||
			(top != 0 && !g_hash_table_contains(places, &row->place)))
			continue;
		(*n_terminals)++;
		if (!row->online && !add_terminal(web, row, day, loaded, error))
			return FALSE;
	}
	return TRUE;
}

/* ── counting ── */

static void count(BoardView *view, const Loaded *loaded)
{
	for (guint i = 0; i < loaded->people->len; i++) {
		const BoardPerson *person = loaded->people->pdata[i];
		view->n_people++;
		view->n[person->state]++;
	}
}

/* One line per unit of depth 0 and 1, for what is at and below it. */
static void sum_up(Loaded *loaded)
{
	g_autoptr(GHashTable) lines = g_hash_table_new(g_int64_hash, g_int64_equal);
	for (guint i = 0; i < loaded->units->len; i++) {
		const Unit *unit = loaded->units->pdata[i];
		BoardUnit line = {.code = unit->code, .name = unit->name};
		if (unit->line != unit->id)
			continue;
		g_array_append_val(loaded->sums, line);
		g_hash_table_insert(lines, (gpointer)&unit->id, GUINT_TO_POINTER(loaded->sums->len));
	}
	for (guint i = 0; i < loaded->people->len; i++) {
		const BoardPerson *person = loaded->people->pdata[i];
		const Unit *unit = g_hash_table_lookup(loaded->by_id, &person->unit);
		guint at = unit == NULL ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(lines, &unit->line));
		if (at == 0)
			continue;
		BoardUnit *line = &g_array_index(loaded->sums, BoardUnit, at - 1);
		line->n_people++;
		line->n[person->state]++;
	}
	/* A unit that has nobody, as the province itself, is no line. */
	for (guint i = loaded->sums->len; i-- > 0;)
		if (g_array_index(loaded->sums, BoardUnit, i).n_people == 0)
			g_array_remove_index(loaded->sums, i);
}

static gboolean load(Web *web, gint64 unit, Loaded *loaded, BoardView *view, GError **error)
{
	gint64 day = words_day(web->now_ms(), web->utc_offset_min);
	gint64 from_ms = day * DAY_MS - web->utc_offset_min * MINUTE_MS;
	loaded->date = words_date(day);
	loaded->time = words_time(web->now_ms(), web->utc_offset_min);
	*view = (BoardView){.date = loaded->date,
						.time = loaded->time,
						.utc_offset_min = web->utc_offset_min,
						.units = loaded->names,
						.terminals = loaded->terminals};
	if (!load_units(web, unit, day, loaded, error) ||
		!load_terminals(web, unit, day, loaded, &view->n_terminals, error))
		return FALSE;
	loaded->people = board_people(web->sql, unit, day, from_ms, from_ms + DAY_MS, error);
	if (loaded->people == NULL)
		return FALSE;
	count(view, loaded);
	if (loaded->people->len <= BOARD_PEOPLE_MAX) {
		view->people = loaded->people;
	} else {
		sum_up(loaded);
		view->sums = loaded->sums;
	}
	return TRUE;
}

GBytes *page_board_fragment(Web *web, gint64 unit)
{
	g_auto(Loaded) loaded;
	g_autoptr(GError) error = NULL;
	BoardView view;
	loaded_init(&loaded);
	if (!load(web, unit, &loaded, &view, &error)) {
		g_warning("a live board: %s", error->message);
		return NULL;
	}
	Html *html = html_new();
	page_board_render_fragment(html, &view);
	return html_to_bytes(html);
}

/* ── the page ── */

Response *page_board(Call *call, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	BoardPage page = {
		.unit_code = choices->code, .unit_name = choices->name, .choices = choices->list};
	if (!load(call->web, choices->unit, &loaded, &page.board, error))
		return NULL;
	Frame frame = layout_frame(call, "Papan hari ini", NAV_BOARD);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_board_render(html, &frame, &page);
	return call_html(html_to_bytes(html));
}

Response *page_board_stream(Call *call, GError **error)
{
	(void)error;
	if (call->subject.unit == 0 && !call->scope->all)
		return problem_for(call, 404, NULL);
	return call_live(call, call->web->live);
}
