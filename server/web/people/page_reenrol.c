#include "server/web/people/page_reenrol.h"

#include "server/store/people/people.h"
#include "server/store/terminals/finger_use.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/terms.h"
#include "server/web/words.h"

#define PAGE 500

static void add_line(Html *html, const ReenrolLine *line)
{
	html_add(html,
			 "<li><span><b><a href=\"/pegawai/%" G_GINT64_FORMAT "\">%s</a></b>"
			 "<small>%s · %s</small><small>%s</small></span>\n",
			 line->person, line->name, line->finger, line->unit, line->why);
	html_add(html,
			 "<a class=\"btn btn-sm btn-primary hd-right\" href=\"/perekaman/baru?pegawai="
			 "%" G_GINT64_FORMAT "\" aria-label=\"Rekam ulang %s\">Rekam ulang</a></li>\n",
			 line->person, line->name);
}

void page_reenrol_render(Html *html, const Frame *frame, const ReenrolView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Perlu rekam ulang</h1>\n<p>%s, tiga bulan "
			 "terakhir</p></div></div>\n",
			 view->unit_name);
	if (view->choices->len > 1) {
		html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"/perekaman/ulang\">\n");
		choices_render(html, view->choices, view->unit_code);
		html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Tampilkan"
					   "</button>\n</form>\n");
	}
	html_add(html, "<section class=\"hd-section %s\">\n<h2>Pegawai <small>%d%s</small></h2>\n",
			 view->lines->len == 0 ? "hd-tone-ok" : "hd-tone-wait", (int)view->lines->len,
			 view->more ? " pertama" : "");
	if (view->lines->len == 0)
		html_add(html, "<p>Tidak ada sidik jari yang perlu direkam ulang.</p>\n");
	else
		html_add(html, "<p>Sidik jari ini sering tidak dikenali atau hampir tidak dikenali. "
					   "Rekam ulang dengan jari bersih dan kering, atau pilih jari lain.</p>\n"
					   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		add_line(html, &g_array_index(view->lines, ReenrolLine, i));
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "<p class=\"hd-hint\"><a href=\"/perekaman\">Kembali ke antrean</a></p>\n"
				   "</section>\n");
	layout_end(html, frame);
}

/* ── read from the store ── */

static char *why(const ReenrolRow *row)
{
	GString *text = g_string_new(NULL);
	if (row->reasons & REENROL_REFUSED)
		g_string_append_printf(text, "%" G_GINT64_FORMAT " kali tidak dikenali", row->n_refused);
	if (row->reasons & REENROL_WEAK)
		g_string_append_printf(
			text, "%s%" G_GINT64_FORMAT " dari %" G_GINT64_FORMAT " sentuhan hampir tidak dikenali",
			text->len > 0 ? "; " : "", row->n_weak, row->n_found);
	if (row->reasons & REENROL_POOR)
		g_string_append_printf(
			text, "%s%" G_GINT64_FORMAT " dari %" G_GINT64_FORMAT " sentuhan kurang jelas",
			text->len > 0 ? "; " : "", row->n_poor, row->n_found);
	return g_string_free(text, FALSE);
}

static gboolean add_row(const Call *call, gint64 unit, const ReenrolRow *row, GStringChunk *texts,
						GArray *lines, GError **error)
{
	const PeopleFilter filter = {
		.day = call->today, .unit = unit, .person = row->person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow person;
	SqlStep step = cursor != NULL ? people_next(cursor, &person, error) : SQL_FAILED;
	if (step != SQL_ROW)
		return step == SQL_DONE;
	if (person.unit == 0 || !scope_has(call->scope, person.unit))
		return TRUE;
	ReenrolLine line = {
		.person = row->person,
		.name = g_string_chunk_insert(texts, person.name),
		.unit = g_string_chunk_insert(texts, person.unit_name),
		.finger = row->finger == 0 ? "jari tidak diketahui" : terms_finger(row->finger),
		.why = words_keep(texts, why(row)),
	};
	g_array_append_val(lines, line);
	return TRUE;
}

static gboolean load(const Call *call, gint64 unit, GStringChunk *texts, GArray *lines,
					 gboolean *more, GError **error)
{
	ReenrolRow last = {0};
	guint n = PAGE;
	while (n == PAGE && !*more) {
		g_autoptr(GArray) rows = NULL;
		if (!finger_use_list(call->web->sql, call->today, last.person, last.finger, PAGE, &rows,
							 error))
			return FALSE;
		n = rows->len;
		for (guint i = 0; i < n && !*more; i++) {
			last = g_array_index(rows, ReenrolRow, i);
			if (!add_row(call, unit, &last, texts, lines, error))
				return FALSE;
			*more = lines->len == REENROL_LINES_MAX;
		}
	}
	return TRUE;
}

Response *page_reenrol(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ReenrolLine));
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	ReenrolView view = {.choices = choices->list,
						.unit_code = choices->code,
						.unit_name = choices->name,
						.lines = lines};
	if (!load(call, choices->unit, texts, lines, &view.more, error))
		return NULL;
	Frame frame = layout_frame(call, "Perlu rekam ulang", NAV_ENROL);
	Html *html = html_new();
	page_reenrol_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}
