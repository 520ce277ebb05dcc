#include "server/web/time/page_recap.h"

#include "server/reports/recap.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/words.h"

/* ── rendering ── */

static void add_title(Html *html, const RecapView *view)
{
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Rekap %s</h1>\n<p>%s · potongan masih "
			 "sementara</p></div>\n<form class=\"hd-choose\" method=\"get\" action=\"/rekap\">\n"
			 "<input type=\"hidden\" name=\"bulan\" value=\"%s\">\n",
			 view->month, view->unit_name, view->month_iso);
	choices_render(html, view->choices, view->unit_code);
	if (view->choices->len > 1)
		html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Tampilkan"
					   "</button>\n");
	html_add(html,
			 "</form>\n<nav class=\"hd-pager\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap?bulan=%s&amp;unit=%s\" "
			 "rel=\"prev\">Bulan sebelumnya</a>\n",
			 view->before, view->unit_code);
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"/rekap?bulan=%s&amp;unit=%s\" "
				 "rel=\"next\">Bulan berikutnya</a>\n",
				 view->after, view->unit_code);
	html_add(
		html,
		"<a class=\"btn btn-primary\" href=\"/rekap/xlsx?bulan=%s&amp;unit=%s\">Unduh XLSX</a>\n"
		"<a class=\"btn btn-outline-secondary\" href=\"/rekap/csv?bulan=%s&amp;unit=%s\">Unduh "
		"CSV</a>\n</nav></div>\n",
		view->month_iso, view->unit_code, view->month_iso, view->unit_code);
}

static void add_cell(Html *html, ReportType type, const ReportCell *cell)
{
	g_autofree char *number = words_number(cell->number);
	switch (type) {
	case REPORT_TEXT:
		html_add(html, "<td>%s</td>", cell->text);
		break;
	case REPORT_NUMBER:
		html_add(html, "<td class=\"hd-n\">%s</td>", number);
		break;
	case REPORT_HUNDREDTHS: {
		g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT ",%02d", cell->number / 100,
												(int)(cell->number % 100));
		html_add(html, "<td class=\"hd-n\">%s</td>", text);
		break;
	}
	}
}

static void add_table(Html *html, const Report *report)
{
	html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
				   "aria-label=\"Tabel rekap\"><table class=\"table hd-table\">\n<thead><tr>");
	for (gsize c = 0; c < report->n_columns; c++)
		html_add(html, "<th scope=\"col\">%s</th>", report->columns[c].title);
	html_add(html, "</tr></thead>\n<tbody>\n");
	for (guint i = 0; i < MIN(report->rows->len, RECAP_ROWS_MAX); i++) {
		const ReportCell *row = report->rows->pdata[i];
		html_add(html, "<tr>");
		for (gsize c = 0; c < report->n_columns; c++)
			add_cell(html, report->columns[c].type, &row[c]);
		html_add(html, "</tr>\n");
	}
	html_add(html, "</tbody>\n</table></div>\n");
}

void page_recap_render(Html *html, const Frame *frame, const RecapView *view)
{
	const Report *report = view->report;
	layout_begin(html, frame);
	add_title(html, view);
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Pegawai <small>%d orang</small>"
			 "</h2>\n",
			 (int)report->rows->len);
	if (report->rows->len == 0)
		html_add(html,
				 "<p>Belum ada hari yang dinilai di unit ini dalam bulan ini. Pilih bulan atau "
				 "unit kerja lain.</p>\n");
	else
		add_table(html, report);
	if (report->rows->len > RECAP_ROWS_MAX)
		html_add(html,
				 "<p>%d orang pertama ditampilkan; unduh berkas untuk semuanya, atau pilih unit "
				 "kerja.</p>\n",
				 RECAP_ROWS_MAX);
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── loading ── */

Response *subject_recap(Call *call, GError **error)
{
	const char *text = call_query(call, "bulan");
	gint64 first = call->today;
	if (text != NULL && !iso_month_parse(text, &first))
		return problem_for(call, 404, NULL);
	call->subject.from_day = month_first(first, 0);
	call->subject.to_day = month_first(first, 1);
	call->subject.detail = iso_month(first);
	return subject_unit(call, error);
}

/* NULL with `error` unset: there is no unit to choose. */
static UnitChoices *load(Call *call, Report **report, GError **error)
{
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return NULL;
	*report = recap_of_unit(call->web->sql, choices->unit, call->subject.from_day,
							call->subject.to_day, error);
	return *report == NULL ? NULL : g_steal_pointer(&choices);
}

Response *page_recap(Call *call, GError **error)
{
	g_autoptr(Report) report = NULL;
	g_autoptr(UnitChoices) choices = load(call, &report, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	gint64 first = call->subject.from_day;
	g_autofree char *month = words_month(first), *iso = iso_month(first);
	g_autofree char *before = iso_month(month_first(first, -1));
	g_autofree char *after = iso_month(month_first(first, 1));
	RecapView view = {.choices = choices->list,
					  .unit_code = choices->code,
					  .unit_name = choices->name,
					  .month = month,
					  .month_iso = iso,
					  .before = before,
					  .after = month_first(first, 1) <= call->today ? after : NULL,
					  .report = report};
	Frame frame = layout_frame(call, "Rekap bulanan", NAV_RECAP);
	Html *html = html_new();
	page_recap_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

typedef GBytes *(*RecapWriter)(const Report *report);

static Response *answer_file(Call *call, RecapWriter write, const char *suffix, const char *type,
							 GError **error)
{
	g_autoptr(Report) report = NULL;
	g_autoptr(UnitChoices) choices = load(call, &report, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	/* A unit's code is of [A-Za-z0-9._-]: units.h. */
	g_autofree char *place = g_strdup_printf("attachment; filename=\"rekap-%s-%s.%s\"",
											 choices->code[0] == '\0' ? "provinsi" : choices->code,
											 call->subject.detail, suffix);
	GBytes *file = write(report);
	if (file == NULL)
		return problem_for(call, 503, NULL);
	Response *response = response_new(200, type, file);
	response_header(response, "Content-Disposition", place);
	return response;
}

Response *page_recap_csv(Call *call, GError **error)
{
	return answer_file(call, report_as_csv, "csv", "text/csv; charset=utf-8", error);
}

Response *page_recap_xlsx(Call *call, GError **error)
{
	return answer_file(call, report_as_xlsx, "xlsx",
					   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", error);
}
