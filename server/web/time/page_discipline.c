#include "server/web/time/page_discipline.h"

#include "server/services/discipline.h"
#include "server/web/fields.h"

static const char *tone_of(const SignalLine *line)
{
	if (!line->open)
		return "hd-tone-mute";
	return line->overdue ? "hd-tone-missing" : "hd-tone-wait";
}

static void add_line(Html *html, const SignalLine *line)
{
	html_add(html,
			 "<li class=\"%s\"><span><b><a href=\"/disiplin/%" G_GINT64_FORMAT
			 "\">%s</a></b><small>%s</small><small>Tercapai %s",
			 tone_of(line), line->id, line->who, line->what, line->reached);
	if (line->due != NULL)
		html_add(html, ", ditindaklanjuti paling lambat %s", line->due);
	html_add(html, "</small></span><span class=\"hd-mark\">%s%s</span></li>\n", line->state,
			 line->overdue && line->open ? ", terlambat" : "");
}

static void add_choice(Html *html, const SignalsView *view, gboolean open, const char *words)
{
	if (view->only_open == open)
		html_add(html, "<a class=\"btn btn-primary\" aria-current=\"page\" ");
	else
		html_add(html, "<a class=\"btn btn-outline-secondary\" ");
	html_add(html, "href=\"/disiplin?tahun=%" G_GINT64_FORMAT "&amp;saring=%s\">%s</a>\n",
			 view->year, open ? "terbuka" : "semua", words);
}

void page_signals_render(Html *html, const Frame *frame, const SignalsView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Sinyal disiplin, %" G_GINT64_FORMAT "</h1>\n"
			 "<p>Hitungan PP 94/2021 untuk atasan, bukan hukuman.</p></div>\n"
			 "<nav class=\"hd-pager hd-noprint\" aria-label=\"Tahun dan saringan\">\n"
			 "<a class=\"btn btn-outline-secondary\" rel=\"prev\" "
			 "href=\"/disiplin?tahun=%" G_GINT64_FORMAT "\">Tahun sebelumnya</a>\n",
			 view->year, view->year - 1);
	add_choice(html, view, TRUE, "Belum ditindaklanjuti");
	add_choice(html, view, FALSE, "Semua");
	html_add(html,
			 "</nav></div>\n<section class=\"hd-section\">\n<h2>Sinyal <small>%d</small></h2>\n",
			 (int)view->lines->len);
	if (view->lines->len == 0)
		html_add(html, "<p>Tidak ada sinyal di unit Anda. Pilih tahun atau saringan lain.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		add_line(html, &g_array_index(view->lines, SignalLine, i));
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	if (view->next != 0)
		html_add(html,
				 "<nav class=\"hd-pager hd-foot hd-noprint\" aria-label=\"Halaman\">\n"
				 "<a class=\"btn btn-outline-secondary\" rel=\"next\" "
				 "href=\"/disiplin?tahun=%" G_GINT64_FORMAT
				 "&amp;saring=%s&amp;setelah=%" G_GINT64_FORMAT "\">Berikutnya</a>\n</nav>\n",
				 view->year, view->only_open ? "terbuka" : "semua", view->next);
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── one ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	if (value != NULL)
		html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void add_days(Html *html, const SignalView *view)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Hari yang menjadi dasarnya "
			 "<small>%d</small></h2>\n<ul class=\"hd-people hd-wide\">\n",
			 (int)view->days->len);
	for (guint i = 0; i < view->days->len; i++) {
		const SignalEvidence *day = &g_array_index(view->days, SignalEvidence, i);
		html_add(html,
				 "<li><span><b><a href=\"/pegawai/%" G_GINT64_FORMAT
				 "/bulan?bulan=%s#t%d\">%s</a></b>"
				 "</span><span class=\"hd-mark\">%s</span></li>\n",
				 view->line.person, day->month_iso, day->day, day->date, day->what);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_form(Html *html, const Frame *frame, const SignalView *view)
{
	const Field action = {.id = "tindakan",
						  .label = "Tindakan saya",
						  .value = view->text,
						  .hint = "Apa yang dilakukan, dengan nomor dan tanggal suratnya.",
						  .problem = view->problem,
						  .size_max = DISCIPLINE_TEXT_MAX,
						  .optional = TRUE};
	if (!view->may_note && !view->may_act)
		return;
	html_add(html,
			 "<form class=\"hd-card hd-form hd-gap hd-noprint\" method=\"post\" "
			 "action=\"/disiplin/%" G_GINT64_FORMAT "\">\n",
			 view->line.id);
	layout_csrf(html, frame);
	field_render(html, &action);
	html_add(html, "<div class=\"hd-pager\">\n<button class=\"btn btn-primary\" type=\"submit\" "
				   "name=\"langkah\" value=\"tindak\">Sudah saya tindak lanjuti</button>\n");
	if (view->may_note)
		html_add(html,
				 "<button class=\"btn btn-outline-secondary\" type=\"submit\" name=\"langkah\" "
				 "value=\"catat\">Sudah saya baca</button>\n");
	html_add(html, "</div>\n</form>\n");
}

void page_signal_render(Html *html, const Frame *frame, const SignalView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div></div>\n"
			 "<dl class=\"hd-card hd-facts\">\n<div><dt>Keadaan</dt><dd>%s%s</dd></div>\n"
			 "<div><dt>Hitungan</dt><dd>%" G_GINT64_FORMAT " hari tidak hadir, %" G_GINT64_FORMAT
			 " menit: %" G_GINT64_FORMAT " hari</dd></div>\n",
			 view->line.who, view->line.what, view->line.state,
			 view->line.overdue && view->line.open ? ", terlambat" : "", view->absent_days,
			 view->minutes, view->total);
	add_fact(html, "Tercapai pada", view->line.reached);
	add_fact(html, "Atasan pada hari itu", view->superior);
	add_fact(html, "Disampaikan", view->made);
	add_fact(html, "Paling lambat ditindaklanjuti", view->line.due);
	add_fact(html, "Dibaca oleh", view->noted);
	add_fact(html, "Ditindaklanjuti oleh", view->acted);
	add_fact(html, "Tindakan", view->action);
	add_fact(html, "Ditarik karena", view->ended);
	html_add(html, "</dl>\n");
	add_form(html, frame, view);
	add_days(html, view);
	html_add(html, "<p class=\"hd-noprint\"><a href=\"/disiplin\">Kembali ke daftar</a></p>\n");
	layout_end(html, frame);
}
