#include "server/web/time/page_recap.h"

#include <string.h>

#include "server/web/words.h"

static const char *const only_words[N_RECAP_ONLY] = {"Semua pegawai", "Ada tanpa keterangan",
													 "Ada menit terlambat atau pulang cepat",
													 "Ada potongan", "Ada hari belum final"};

/* ── title, choices, links ── */

/* What keeps the choice in a link; the caller goes on after it. */
#define CHOICE "bulan=%s&amp;unit=%s&amp;jenis=%s&amp;saring=%s&amp;cari=%s"
#define CHOICE_OF(view, month)                                                                     \
	(month), (view)->unit_code, recap_kind_text((view)->kind), recap_only_text((view)->only),      \
		(view)->text

static void add_kinds(Html *html, const RecapView *view)
{
	html_add(html, "<nav class=\"hd-pager hd-gap hd-noprint\" aria-label=\"Jenis rekap\">\n");
	for (int i = 0; i < N_RECAP_KINDS; i++) {
		RecapKind kind = (RecapKind)i;
		if (kind == view->kind)
			html_add(html, "<a class=\"btn btn-primary\" aria-current=\"page\" ");
		else
			html_add(html, "<a class=\"btn btn-outline-secondary\" ");
		html_add(html, "href=\"/rekap?bulan=%s&amp;unit=%s&amp;jenis=%s&amp;cari=%s\">%s</a>\n",
				 view->month_iso, view->unit_code, recap_kind_text(kind), view->text,
				 recap_kind_title(kind));
	}
	html_add(html, "</nav>\n");
}

static void add_only(Html *html, const RecapView *view)
{
	html_add(html, "<label class=\"visually-hidden\" for=\"saring\">Saringan</label>\n"
				   "<select class=\"form-select\" id=\"saring\" name=\"saring\" data-kirim>\n");
	for (int i = 0; i < N_RECAP_ONLY; i++) {
		RecapOnly only = (RecapOnly)i;
		if (only == view->only)
			html_add(html, "<option value=\"%s\" selected>%s</option>\n", recap_only_text(only),
					 only_words[i]);
		else
			html_add(html, "<option value=\"%s\">%s</option>\n", recap_only_text(only),
					 only_words[i]);
	}
	html_add(html, "</select>\n");
}

static void add_form(Html *html, const RecapView *view)
{
	html_add(html,
			 "<form class=\"hd-choose hd-noprint\" method=\"get\" action=\"/rekap\">\n"
			 "<input type=\"hidden\" name=\"bulan\" value=\"%s\">\n"
			 "<input type=\"hidden\" name=\"jenis\" value=\"%s\">\n",
			 view->month_iso, recap_kind_text(view->kind));
	choices_render(html, view->choices, view->unit_code);
	add_only(html, view);
	html_add(html,
			 "<label class=\"visually-hidden\" for=\"cari\">Nama atau NIP</label>\n"
			 "<input class=\"form-control\" id=\"cari\" name=\"cari\" type=\"search\" "
			 "maxlength=\"80\" placeholder=\"Nama atau NIP\" value=\"%s\">\n"
			 "<button class=\"btn btn-outline-secondary\" type=\"submit\" data-tetap>Tampilkan"
			 "</button>\n</form>\n",
			 view->text);
}

static void add_files(Html *html, const RecapView *view)
{
	if (view->n_people > RECAP_FILE_PEOPLE) {
		html_add(html,
				 "<p class=\"hd-asof\">Berkas dan cetakan: pilih unit kerja dengan paling banyak "
				 "%d orang.</p>\n",
				 RECAP_FILE_PEOPLE);
		return;
	}
	html_add(html,
			 "<nav class=\"hd-pager hd-gap hd-noprint\" aria-label=\"Berkas\">\n"
			 "<a class=\"btn btn-primary\" href=\"/rekap/pdf?" CHOICE "\">Unduh PDF</a>\n",
			 CHOICE_OF(view, view->month_iso));
	html_add(html,
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap/xlsx?" CHOICE
			 "\">Unduh XLSX</a>\n",
			 CHOICE_OF(view, view->month_iso));
	html_add(html,
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap/csv?" CHOICE
			 "\">Unduh CSV</a>\n",
			 CHOICE_OF(view, view->month_iso));
	html_add(html,
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap/cetak?" CHOICE
			 "\">Tampilan cetak</a>\n</nav>\n",
			 CHOICE_OF(view, view->month_iso));
}

static void add_title(Html *html, const RecapView *view)
{
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>%s, %s</h1>\n<p>%s%s%s</p></div>\n<nav "
			 "class=\"hd-pager hd-noprint\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap?" CHOICE
			 "\" rel=\"prev\">Bulan sebelumnya</a>\n",
			 recap_kind_title(view->kind), view->month, view->unit_name,
			 view->foot.proof == NULL ? "" : " · ", view->foot.proof,
			 CHOICE_OF(view, view->before));
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"/rekap?" CHOICE
				 "\" rel=\"next\">Bulan berikutnya</a>\n",
				 CHOICE_OF(view, view->after));
	html_add(html, "</nav></div>\n");
}

/* ── the table ── */

/* Which day's reasons a cell opens; 0: none. */
static int day_of(const ReportColumn *column, const RecapLink *link)
{
	if (column->type == REPORT_DATE)
		return (int)link->day;
	if (column->key == NULL || column->key[0] != 'd' || !g_ascii_isdigit(column->key[1]))
		return 0;
	return (int)g_ascii_strtoll(column->key + 1, NULL, 10);
}

static void add_text(Html *html, const RecapView *view, const ReportColumn *column,
					 const RecapLink *link, const char *text)
{
	int day = day_of(column, link);
	if (link->person == 0 || text[0] == '\0')
		html_add(html, "<td>%s</td>", text);
	else if (day > 0)
		html_add(html,
				 "<td><a href=\"/pegawai/%" G_GINT64_FORMAT "/bulan?bulan=%s#t%d\">%s</a></td>",
				 link->person, view->month_iso, day, text);
	else if (g_strcmp0(column->key, "name") == 0)
		html_add(html, "<td><a href=\"/pegawai/%" G_GINT64_FORMAT "/bulan?bulan=%s\">%s</a></td>",
				 link->person, view->month_iso, text);
	else
		html_add(html, "<td>%s</td>", text);
}

static void add_row(Html *html, const RecapView *view, const ReportCell *row, const RecapLink *link)
{
	char buffer[REPORT_CELL_SIZE];
	html_add(html, "<tr>");
	for (gsize c = 0; c < view->report->n_columns; c++) {
		const ReportColumn *column = &view->report->columns[c];
		const char *text = report_cell_text(column->type, &row[c], buffer);
		if (column->type == REPORT_TEXT || column->type == REPORT_DATE)
			add_text(html, view, column, link, text);
		else
			html_add(html, "<td class=\"hd-n\">%s</td>", text);
	}
	html_add(html, "</tr>\n");
}

static gboolean is_dense(const Report *report)
{
	return report->n_columns > 20;
}

static void add_table(Html *html, const RecapView *view)
{
	const Report *report = view->report;
	if (is_dense(report))
		html_add(html, "<div class=\"hd-scroll hd-dense\" tabindex=\"0\" role=\"region\" "
					   "aria-label=\"Tabel rekap\">");
	else
		html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
					   "aria-label=\"Tabel rekap\">");
	html_add(html, "<table class=\"table hd-table\">\n<thead><tr>");
	for (gsize c = 0; c < report->n_columns; c++)
		html_add(html, "<th scope=\"col\">%s</th>", report->columns[c].title);
	html_add(html, "</tr></thead>\n<tbody>\n");
	for (guint i = 0; i < report->rows->len; i++)
		add_row(html, view, report->rows->pdata[i], &g_array_index(view->links, RecapLink, i));
	html_add(html, "</tbody>\n</table></div>\n");
}

static void add_pages(Html *html, const RecapView *view)
{
	if (view->page <= 1 && !view->more)
		return;
	html_add(html, "<nav class=\"hd-pager hd-foot hd-noprint\" aria-label=\"Halaman\">\n");
	if (view->page > 1)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" rel=\"prev\" href=\"/rekap?" CHOICE
				 "&amp;hal=%d\">Halaman %d</a>\n",
				 CHOICE_OF(view, view->month_iso), view->page - 1, view->page - 1);
	if (view->more)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" rel=\"next\" href=\"/rekap?" CHOICE
				 "&amp;hal=%d\">Halaman %d</a>\n",
				 CHOICE_OF(view, view->month_iso), view->page + 1, view->page + 1);
	html_add(html, "</nav>\n");
}

static void add_signature(Html *html, const ReportSection *foot)
{
	if (foot->proof != NULL)
		html_add(html, "<p class=\"hd-asof\">%s</p>\n", foot->proof);
	if (foot->signer_title == NULL)
		return;
	html_add(html, "<div class=\"hd-signature\">\n<p>%s</p>\n<p>%s</p>\n<p><b>%s</b></p>\n",
			 foot->signed_on, foot->signer_title, foot->signer);
	if (foot->signer_number != NULL)
		html_add(html, "<p>NIP %s</p>\n", foot->signer_number);
	html_add(html, "</div>\n");
}

/* Whether it is still to change: where the month stands, and the hash of what was locked. */
static void add_state(Html *html, const RecapView *view)
{
	if (view->foot.proof != NULL)
		html_add(html,
				 "<p class=\"hd-asof\">%s. <a href=\"/akhir-bulan?bulan=%s\">Akhir bulan</a></p>\n",
				 view->foot.proof, view->month_iso);
}

void page_recap_render(Html *html, const Frame *frame, const RecapView *view)
{
	layout_begin(html, frame);
	add_title(html, view);
	if (view->page != 0) {
		add_kinds(html, view);
		add_form(html, view);
		add_files(html, view);
		add_state(html, view);
	}
	g_autofree char *n = words_number(view->n_people);
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Pegawai <small>%s orang</small>"
			 "</h2>\n",
			 n);
	if (view->report->rows->len == 0)
		html_add(html,
				 "<p>Tidak ada yang cocok di unit ini dalam bulan ini. Pilih bulan, unit kerja, "
				 "atau saringan lain.</p>\n");
	else
		add_table(html, view);
	if (view->page != 0)
		add_pages(html, view);
	html_add(html, "</section>\n");
	if (view->page == 0)
		add_signature(html, &view->foot);
	layout_end(html, frame);
}
