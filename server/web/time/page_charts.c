#include "server/web/time/page_charts.h"

#include <string.h>

#include "server/store/people/units.h"
#include "server/store/terminals/places.h"
#include "server/store/time/figures.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

#define DAYS_SHOWN 7

/* ── rendering ── */

static void add_chart(Html *html, const Chart *chart)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\" id=\"%s\" aria-labelledby=\"%s-judul\">\n"
			 "<h2 id=\"%s-judul\">%s</h2>\n",
			 chart->id, chart->id, chart->id, chart->title);
	if (chart->rows->len == 0) {
		html_add(html, "<p>%s</p>\n</section>\n", chart->empty);
		return;
	}
	html_add(html,
			 "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Tabel %s\">"
			 "<table class=\"table hd-table\" data-grafik=\"%s\">\n<thead><tr><th scope=\"col\">%s"
			 "</th><th scope=\"col\" class=\"hd-n\">%s</th></tr></thead>\n<tbody>\n",
			 chart->title, chart->title, chart->label, chart->value);
	for (guint i = 0; i < chart->rows->len; i++) {
		const ChartRow *row = &g_array_index(chart->rows, ChartRow, i);
		g_autofree char *number = words_number(row->value);
		html_add(html,
				 "<tr><th scope=\"row\">%s</th><td class=\"hd-n\" data-n=\"%" G_GINT64_FORMAT
				 "\">%s</td></tr>\n",
				 row->label, row->value, number);
	}
	html_add(html, "</tbody>\n</table></div>\n");
	if (chart->more)
		html_add(html, "<p>%d teratas ditampilkan.</p>\n", CHART_ROWS_MAX);
	html_add(html, "</section>\n");
}

void page_charts_render(Html *html, const Frame *frame, const ChartsView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Grafik</h1>\n<p>%s · %s</p></div>\n",
			 view->unit_name, view->span);
	if (view->choices->len > 1) {
		html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"/grafik\">\n");
		choices_render(html, view->choices, view->unit_code);
		html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Tampilkan"
					   "</button>\n</form>\n");
	}
	html_add(html, "</div>\n");
	for (gsize i = 0; i < view->n_charts; i++)
		add_chart(html, &view->charts[i]);
	layout_end(html, frame);
}

/* ── loading ── */

/* From the first quarter in which somebody came to the last. */
static gboolean load_arrivals(const Call *call, gint64 unit, GStringChunk *texts, GArray *rows,
							  GError **error)
{
	gint64 counts[FIGURES_QUARTERS];
	int first = FIGURES_QUARTERS, last = -1;
	if (!figures_arrivals(call->web->sql, unit, call->today - DAYS_SHOWN + 1, call->today + 1,
						  call->web->utc_offset_min, counts, error))
		return FALSE;
	for (int i = 0; i < FIGURES_QUARTERS; i++)
		if (counts[i] > 0) {
			first = MIN(first, i);
			last = i;
		}
	for (int i = first; i <= last; i++) {
		ChartRow row = {words_keep(texts, g_strdup_printf("%02d.%02d", i / 4, i % 4 * 15)),
						counts[i]};
		g_array_append_val(rows, row);
	}
	return TRUE;
}

static int by_value(gconstpointer a, gconstpointer b)
{
	const ChartRow *x = a, *y = b;
	return x->value != y->value ? (y->value > x->value) - (y->value < x->value)
								: g_utf8_collate(x->label, y->label);
}

/* A unit, and the line in which it is counted: its ancestor right below the chosen unit, or itself. */
typedef struct {
	gint64 id;
	gint64 line;
	const char *name;
	gint64 late_min;
} UnitSum;

static GHashTable *load_units(const Call *call, gint64 top, GStringChunk *texts, GError **error)
{
	g_autoptr(GHashTable) units = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	g_autoptr(UnitCursor) cursor = unit_subtree(call->web->sql, top, call->today, error);
	UnitRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = units_next(cursor, &row, error)) == SQL_ROW) {
		const UnitSum *above = g_hash_table_lookup(units, &row.parent);
		UnitSum *sum = g_new0(UnitSum, 1);
		sum->id = row.id;
		/* Of the province, its roots; else the units right below the chosen one. */
		sum->line = row.depth <= (top == 0 ? 0 : 1) || above == NULL ? row.id : above->line;
		sum->name = g_string_chunk_insert(texts, row.name);
		g_hash_table_insert(units, &sum->id, sum);
	}
	return step == SQL_DONE ? g_steal_pointer(&units) : NULL;
}

static gboolean load_late(const Call *call, gint64 unit, GStringChunk *texts, GArray *rows,
						  GError **error)
{
	g_autoptr(GArray) figures = g_array_new(FALSE, FALSE, sizeof(FiguresUnit));
	g_autoptr(GHashTable) units = load_units(call, unit, texts, error);
	if (units == NULL || !figures_late(call->web->sql, unit, call->today - DAYS_SHOWN + 1,
									   call->today + 1, figures, error))
		return FALSE;
	for (guint i = 0; i < figures->len; i++) {
		const FiguresUnit *row = &g_array_index(figures, FiguresUnit, i);
		const UnitSum *of = g_hash_table_lookup(units, &row->unit);
		UnitSum *line = of == NULL ? NULL : g_hash_table_lookup(units, &of->line);
		if (line != NULL)
			line->late_min += row->late_min;
	}
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, units);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const UnitSum *sum = value;
		ChartRow row = {sum->name, sum->late_min};
		if (sum->late_min > 0)
			g_array_append_val(rows, row);
	}
	g_array_sort(rows, by_value);
	return TRUE;
}

/* The part of the time, in per cent, over which the terminal was heard; the worst first. */
static gboolean load_uptime(const Call *call, gint64 unit, GStringChunk *texts, GArray *rows,
							GError **error)
{
	gint64 now_ms = call->request->now_ms, from_ms = now_ms - DAYS_SHOWN * DAY_MS;
	g_autoptr(GArray) all = NULL;
	g_autoptr(GHashTable) places = NULL;
	if (!terminals_list(call->web->sql, 0, &all, error) ||
		(unit != 0 && !units_places_within(call->web->sql, unit, call->today, &places, error)))
		return FALSE;
	g_autoptr(GHashTable) covered = figures_uptime(call->web->sql, from_ms, now_ms, error);
	if (covered == NULL)
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		const TerminalRow *terminal = &g_array_index(all, TerminalRow, i);
		const gint64 *ms = g_hash_table_lookup(covered, terminal->id.text);
		gint64 since_ms = MAX(from_ms, terminal->joined_ms);
		if (terminal->state != TERMINAL_ACTIVE || since_ms >= now_ms ||
			(places != NULL && !g_hash_table_contains(places, &terminal->place)))
			continue;
		ChartRow row = {g_string_chunk_insert(texts, terminal->id.text),
						ms == NULL ? 0 : MIN(100, *ms * 100 / (now_ms - since_ms))};
		g_array_append_val(rows, row);
	}
	g_array_sort(rows, by_value);
	/* by_value() begins with the best. */
	for (guint i = 0; i < rows->len / 2; i++) {
		ChartRow *a = &g_array_index(rows, ChartRow, i);
		ChartRow *b = &g_array_index(rows, ChartRow, rows->len - 1 - i);
		ChartRow kept = *a;
		*a = *b;
		*b = kept;
	}
	return TRUE;
}

typedef gboolean (*ChartLoad)(const Call *call, gint64 unit, GStringChunk *texts, GArray *rows,
							  GError **error);

static const struct {
	Right right;
	Chart chart;
	ChartLoad load;
} kinds[] = {
	{RIGHT_SEE_PEOPLE,
	 {.id = "kedatangan",
	  .title = "Kedatangan per seperempat jam",
	  .label = "Mulai pukul",
	  .value = "Presensi masuk",
	  .empty = "Belum ada presensi masuk dalam tujuh hari terakhir."},
	 load_arrivals},
	{RIGHT_SEE_PEOPLE,
	 {.id = "terlambat",
	  .title = "Menit terlambat per unit kerja",
	  .label = "Unit kerja",
	  .value = "Menit terlambat",
	  .empty = "Tidak ada keterlambatan dalam tujuh hari terakhir."},
	 load_late},
	{RIGHT_SEE_TERMINALS,
	 {.id = "mesin",
	  .title = "Waktu hidup mesin",
	  .label = "Mesin",
	  .value = "Persen waktu",
	  .empty = "Belum ada mesin presensi di lokasi unit ini."},
	 load_uptime},
};

static void free_rows(Chart charts[G_N_ELEMENTS(kinds)])
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (charts[i].rows != NULL)
			g_array_unref((GArray *)charts[i].rows);
}

static gboolean load(const Call *call, gint64 unit, GStringChunk *texts, Chart *charts, gsize *n,
					 GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!access_has_right(call->access, kinds[i].right))
			continue;
		GArray *rows = g_array_new(FALSE, FALSE, sizeof(ChartRow));
		charts[*n] = kinds[i].chart;
		charts[(*n)++].rows = rows;
		if (!kinds[i].load(call, unit, texts, rows, error))
			return FALSE;
		charts[*n - 1].more = rows->len > CHART_ROWS_MAX;
		if (rows->len > CHART_ROWS_MAX)
			g_array_set_size(rows, CHART_ROWS_MAX);
	}
	return TRUE;
}

Response *page_charts(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	Chart charts[G_N_ELEMENTS(kinds)] = {{0}};
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	g_autofree char *from = words_date(call->today - DAYS_SHOWN + 1);
	g_autofree char *to = words_date(call->today);
	g_autofree char *span = g_strdup_printf("%s – %s", from, to);
	ChartsView view = {.choices = choices->list,
					   .unit_code = choices->code,
					   .unit_name = choices->name,
					   .span = span,
					   .charts = charts};
	Response *response = NULL;
	if (load(call, choices->unit, texts, charts, &view.n_charts, error)) {
		Frame frame = layout_frame(call, "Grafik", NAV_CHARTS);
		layout_charts(&frame, call);
		Html *html = html_new();
		page_charts_render(html, &frame, &view);
		response = call_html(html_to_bytes(html));
	}
	free_rows(charts);
	return response;
}
