#include "server/store/time/coverage_view.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/read.h"

/* What is read around the first span that is asked for: a month to each side. */
#define AROUND_MS (31 * G_GINT64_CONSTANT(86400000))

typedef struct {
	gint64 from_ms, to_ms;
} Span;

/* A terminal, from its first covered instant, or its join if that was earlier, until it was revoked. */
typedef struct {
	TerminalId id;                   /* the key: its text */
	gint64 service_from, service_to; /* service_from 0: never */
	gint64 known_from, known_to;     /* of what `spans` tells */
	GArray *spans;                   /* Span, ascending, apart from each other */
	GArray *losses;                  /* TerminalLoss, all, ascending */
} Terminal;

typedef struct {
	TerminalId terminal;
	gint64 from_ms, to_ms;
} Standing;

typedef struct {
	gint64 id;         /* the key */
	GArray *standings; /* Standing, by terminal */
	GArray *outages;   /* PlaceOutage, accepted ones first */
} Place;

struct CoverageView {
	Sql *sql;
	gint64 utc_offset_min;
	GHashTable *terminals, *places;
	/* Asked for last; NULL: none yet. */
	Terminal *last;
	Place *last_place;
};

static void terminal_free(gpointer data)
{
	Terminal *terminal = data;
	g_array_unref(terminal->spans);
	g_clear_pointer(&terminal->losses, g_array_unref);
	g_free(terminal);
}

static void place_free(gpointer data)
{
	Place *place = data;
	g_array_unref(place->standings);
	g_array_unref(place->outages);
	g_free(place);
}

static void clear_outage(gpointer data)
{
	PlaceOutage *outage = data;
	g_free(outage->cause);
	g_free(outage->document);
	g_free(outage->decided_by);
}

CoverageView *coverage_view_new(Sql *sql, gint64 utc_offset_min)
{
	CoverageView *view = g_new0(CoverageView, 1);
	view->sql = sql;
	view->utc_offset_min = utc_offset_min;
	view->terminals = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, terminal_free);
	view->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, place_free);
	return view;
}

void coverage_view_clear(CoverageView *view)
{
	view->last = NULL;
	view->last_place = NULL;
	g_hash_table_remove_all(view->terminals);
	g_hash_table_remove_all(view->places);
}

void coverage_view_free(CoverageView *view)
{
	g_hash_table_destroy(view->terminals);
	g_hash_table_destroy(view->places);
	g_free(view);
}

/* ── Terminals ── */

static gboolean load_service(CoverageView *view, Terminal *terminal, GError **error)
{
	gint64 first;
	if (!sql_get_int(view->sql, &first, 0, error,
					 "SELECT min(from_ms) FROM coverage WHERE terminal = $1", "t",
					 terminal->id.text))
		return FALSE;
	g_autoptr(SqlStatement) row =
		sql_query(view->sql, error, "SELECT joined_ms, revoked_ms FROM terminal WHERE id = $1", "t",
				  terminal->id.text);
	gboolean found;
	if (!read_first(row, &found, error))
		return FALSE;
	gint64 joined = found ? sql_int(row, 0) : 0;
	gint64 revoked = found ? sql_int(row, 1) : 0;
	terminal->service_from = first == 0 || (joined != 0 && joined < first) ? joined : first;
	terminal->service_to = revoked != 0 ? revoked : G_MAXINT64;
	return TRUE;
}

static gboolean load_spans(CoverageView *view, Terminal *terminal, gint64 from_ms, gint64 to_ms,
						   GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows =
		sql_query(view->sql, error,
				  "SELECT from_ms, to_ms FROM coverage WHERE terminal = $1 AND from_ms < $3"
				  " AND to_ms > $2 ORDER BY from_ms",
				  "tii", terminal->id.text, from_ms, to_ms);
	if (rows == NULL)
		return FALSE;
	g_array_set_size(terminal->spans, 0);
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Span span = {sql_int(rows, 0), sql_int(rows, 1)};
		g_array_append_val(terminal->spans, span);
	}
	terminal->known_from = from_ms;
	terminal->known_to = to_ms;
	return step == SQL_DONE;
}

/* The terminal, with what covers [from_ms, to_ms). */
static const Terminal *find_terminal(CoverageView *view, const TerminalId *id, gint64 from_ms,
									 gint64 to_ms, GError **error)
{
	Terminal *terminal = view->last;
	if (terminal == NULL || !terminal_id_equal(&terminal->id, id))
		terminal = g_hash_table_lookup(view->terminals, id->text);
	if (terminal == NULL) {
		terminal = g_new0(Terminal, 1);
		terminal->id = *id;
		terminal->spans = g_array_new(FALSE, FALSE, sizeof(Span));
		terminal->known_from = from_ms;
		terminal->known_to = from_ms;
		if (!load_service(view, terminal, error) ||
			!losses_of(view->sql, &terminal->id, &terminal->losses, error)) {
			terminal_free(terminal);
			return NULL;
		}
		g_hash_table_insert(view->terminals, terminal->id.text, terminal);
	}
	if ((from_ms < terminal->known_from || to_ms > terminal->known_to) &&
		!load_spans(view, terminal, MIN(from_ms, terminal->known_from) - AROUND_MS,
					MAX(to_ms, terminal->known_to) + AROUND_MS, error)) {
		g_hash_table_remove(view->terminals, id->text);
		view->last = NULL;
		return NULL;
	}
	view->last = terminal;
	return terminal;
}

/* The end of the span that holds `at_ms`; `at_ms` itself: none does. */
static gint64 covered_to(const Terminal *terminal, gint64 at_ms)
{
	guint from = 0, to = terminal->spans->len;
	while (from < to) {
		guint middle = from + (to - from) / 2;
		if (g_array_index(terminal->spans, Span, middle).from_ms <= at_ms)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 ? MAX(g_array_index(terminal->spans, Span, from - 1).to_ms, at_ms) : at_ms;
}

static gint64 lost_to(const Terminal *terminal, gint64 at_ms)
{
	gint64 to_ms = at_ms;
	for (guint i = 0; i < terminal->losses->len; i++) {
		const TerminalLoss *loss = &g_array_index(terminal->losses, TerminalLoss, i);
		if (loss->from_ms <= at_ms)
			to_ms = MAX(to_ms, loss->to_ms);
	}
	return to_ms;
}

/* From span to span, and over what is lost where there is none. */
static CoverageState walk(const Terminal *terminal, gint64 from_ms, gint64 to_ms)
{
	CoverageState state = COVERAGE_COMPLETE;
	for (gint64 at_ms = from_ms, next; at_ms < to_ms; at_ms = next) {
		next = covered_to(terminal, at_ms);
		if (next > at_ms)
			continue;
		next = lost_to(terminal, at_ms);
		if (next == at_ms)
			return COVERAGE_GAP;
		state = COVERAGE_LOST;
	}
	return state;
}

gboolean coverage_view_terminal(CoverageView *view, const TerminalId *terminal, gint64 from_ms,
								gint64 to_ms, CoverageState *state, GError **error)
{
	*state = COVERAGE_NONE;
	if (from_ms >= to_ms)
		return TRUE;
	const Terminal *known = find_terminal(view, terminal, from_ms, to_ms, error);
	if (known == NULL)
		return FALSE;
	gint64 from = MAX(from_ms, known->service_from), to = MIN(to_ms, known->service_to);
	if (known->service_from != 0 && from < to)
		*state = walk(known, from, to);
	return TRUE;
}

/* ── Places ── */

static gboolean load_standings(CoverageView *view, Place *place, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows =
		sql_query(view->sql, error,
				  "SELECT t.id, p.valid_from_day, p.valid_to_day FROM terminal_place p"
				  " JOIN terminal t ON t.number = p.terminal WHERE p.place = $1 AND" AS_KNOWN_NOW(
					  "p") "ORDER BY t.id, p.valid_from_day",
				  "i", place->id);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		Standing standing = {.from_ms = calendar_ms(sql_int(rows, 1), 0, view->utc_offset_min),
							 .to_ms = calendar_ms(sql_int(rows, 2), 0, view->utc_offset_min)};
		read_text(rows, 0, standing.terminal.text, sizeof standing.terminal.text);
		g_array_append_val(place->standings, standing);
	}
	return step == SQL_DONE;
}

static gboolean load_outages(CoverageView *view, Place *place, GError **error)
{
	SqlStep step;
	g_autoptr(SqlStatement) rows =
		sql_query(view->sql, error,
				  "SELECT id, from_ms, to_ms, state, cause, document, decided_by, decided_ms"
				  " FROM outage WHERE place = $1 AND (state = 2 OR (state = 1"
				  " AND origin = 'declared')) ORDER BY state DESC, id",
				  "i", place->id);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		PlaceOutage outage = {.id = sql_int(rows, 0),
							  .from_ms = sql_int(rows, 1),
							  .to_ms = sql_int(rows, 2),
							  .state = (OutageState)sql_int(rows, 3),
							  .cause = g_strdup(sql_text(rows, 4)),
							  .document = g_strdup(sql_text(rows, 5)),
							  .decided_by = g_strdup(sql_text(rows, 6)),
							  .decided_ms = sql_int(rows, 7)};
		g_array_append_val(place->outages, outage);
	}
	return step == SQL_DONE;
}

static const Place *find_place(CoverageView *view, gint64 id, GError **error)
{
	Place *place = view->last_place;
	if (place != NULL && place->id == id)
		return place;
	place = g_hash_table_lookup(view->places, &id);
	if (place != NULL) {
		view->last_place = place;
		return place;
	}
	place = g_new0(Place, 1);
	place->id = id;
	place->standings = g_array_new(FALSE, FALSE, sizeof(Standing));
	place->outages = g_array_new(FALSE, FALSE, sizeof(PlaceOutage));
	g_array_set_clear_func(place->outages, clear_outage);
	if (!load_standings(view, place, error) || !load_outages(view, place, error)) {
		place_free(place);
		return NULL;
	}
	g_hash_table_insert(view->places, &place->id, place);
	view->last_place = place;
	return place;
}

/* Of the terminals of a place the one that says more: what may still come before what never will. */
static int weight_of(CoverageState state)
{
	static const int weights[] = {
		[COVERAGE_NONE] = 0, [COVERAGE_COMPLETE] = 1, [COVERAGE_LOST] = 2, [COVERAGE_GAP] = 3};
	return weights[state];
}

gboolean coverage_view_place(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							 CoverageState *state, TerminalId *terminal, GError **error)
{
	const Place *known = find_place(view, place, error);
	*state = COVERAGE_NONE;
	if (known == NULL)
		return FALSE;
	for (guint i = 0; i < known->standings->len; i++) {
		/* While it stood there. */
		const Standing *standing = &g_array_index(known->standings, Standing, i);
		CoverageState one;
		if (!coverage_view_terminal(view, &standing->terminal, MAX(from_ms, standing->from_ms),
									MIN(to_ms, standing->to_ms), &one, error))
			return FALSE;
		if (weight_of(one) <= weight_of(*state))
			continue;
		*state = one;
		if (terminal != NULL)
			*terminal = standing->terminal;
		if (one == COVERAGE_GAP)
			return TRUE;
	}
	return TRUE;
}

gboolean coverage_view_stands(CoverageView *view, gint64 place, const TerminalId *terminal,
							  gint64 from_ms, gint64 to_ms, gboolean *stands, GError **error)
{
	const Place *known = find_place(view, place, error);
	*stands = FALSE;
	for (guint i = 0; known != NULL && i < known->standings->len && !*stands; i++) {
		const Standing *one = &g_array_index(known->standings, Standing, i);
		*stands = one->from_ms <= from_ms && one->to_ms >= to_ms &&
				  strcmp(one->terminal.text, terminal->text) == 0;
	}
	return known != NULL;
}

gboolean coverage_view_outage(CoverageView *view, gint64 place, gint64 from_ms, gint64 to_ms,
							  const PlaceOutage **outage, GError **error)
{
	const Place *known = find_place(view, place, error);
	*outage = NULL;
	if (known == NULL)
		return FALSE;
	for (guint i = 0; i < known->outages->len && *outage == NULL; i++) {
		const PlaceOutage *one = &g_array_index(known->outages, PlaceOutage, i);
		if (one->from_ms < to_ms && one->to_ms > from_ms)
			*outage = one;
	}
	return TRUE;
}

const TerminalLoss *coverage_view_loss(CoverageView *view, const TerminalId *terminal,
									   gint64 from_ms, gint64 to_ms)
{
	const Terminal *known = g_hash_table_lookup(view->terminals, terminal->text);
	for (guint i = 0; known != NULL && i < known->losses->len; i++) {
		const TerminalLoss *loss = &g_array_index(known->losses, TerminalLoss, i);
		if (loss->from_ms < to_ms && loss->to_ms > from_ms)
			return loss;
	}
	return NULL;
}
