#include "server/web/time/page_month.h"

#include "server/web/words.h"

static void add_tile(Html *html, const char *tone, gint64 n, const char *text)
{
	g_autofree char *number = words_number(n);
	html_add(html, "<div class=\"hd-tile %s\"><b>%s</b><span>%s</span></div>\n",
			 n > 0 ? tone : "hd-tone-mute", number, text);
}

static void add_title(Html *html, const MonthView *view)
{
	html_add(html, "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s", view->month, view->name);
	if (view->back != NULL)
		html_add(html, " · <a href=\"%s\">berkas pegawai</a>", view->back);
	html_add(html, "</p></div>\n<nav class=\"hd-pager\" aria-label=\"Bulan lain\">\n");
	if (view->before != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"%s?bulan=%s\" rel=\"prev\">"
				 "Bulan sebelumnya</a>\n",
				 view->base, view->before);
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"%s?bulan=%s\" rel=\"next\">"
				 "Bulan berikutnya</a>\n",
				 view->base, view->after);
	html_add(html, "</nav></div>\n");
}

/* A day with a verdict opens what is said of it. */
static void add_cell(Html *html, const MonthDay *day)
{
	if (!day->judged) {
		html_add(html, "<td><span class=\"hd-day\"><b>%d</b></span></td>", day->number);
		return;
	}
	html_add(html,
			 "<td><a class=\"hd-day %s\" href=\"#t%d\" aria-label=\"%s: %s\"><b>%d</b>"
			 "<span>%s</span></a></td>",
			 day->tone, day->number, day->date, day->codes, day->number, day->codes);
}

static void add_calendar(Html *html, const MonthView *view)
{
	static const struct {
		const char *shown, *whole;
	} weekdays[] = {{"Sen", "Senin"}, {"Sel", "Selasa"}, {"Rab", "Rabu"},  {"Kam", "Kamis"},
					{"Jum", "Jumat"}, {"Sab", "Sabtu"},  {"Min", "Minggu"}};
	html_add(html,
			 "<table class=\"hd-calendar\">\n<caption class=\"visually-hidden\">%s</caption>\n"
			 "<thead><tr>",
			 view->month);
	for (gsize i = 0; i < G_N_ELEMENTS(weekdays); i++)
		html_add(html, "<th scope=\"col\"><abbr title=\"%s\">%s</abbr></th>", weekdays[i].whole,
				 weekdays[i].shown);
	html_add(html, "</tr></thead>\n<tbody>\n<tr>");
	for (int i = 0; i < view->first_weekday; i++)
		html_add(html, "<td></td>");
	for (guint i = 0; i < view->days->len; i++) {
		if (i > 0 && (view->first_weekday + (int)i) % 7 == 0)
			html_add(html, "</tr>\n<tr>");
		add_cell(html, &g_array_index(view->days, MonthDay, i));
	}
	html_add(html, "</tr>\n</tbody>\n</table>\n");
}

static void add_codes(Html *html, const MonthView *view)
{
	if (view->codes->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Jumlah hari</h2>\n"
				   "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->codes->len; i++) {
		const MonthCode *code = &g_array_index(view->codes, MonthCode, i);
		html_add(
			html,
			"<li><span><b>%s</b><small>%s</small></span><span class=\"hd-mark\">%" G_GINT64_FORMAT
			"</span></li>\n",
			code->code, code->meaning, code->n);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_punches(Html *html, const GArray *punches)
{
	html_add(html, "<ul class=\"hd-punches\">\n");
	for (guint i = 0; i < punches->len; i++) {
		const MonthPunch *punch = &g_array_index(punches, MonthPunch, i);
		html_add(html, "<li><b>%s</b> %s <span class=\"%s\">%s</span></li>\n", punch->time,
				 punch->place, punch->counted ? "hd-mark hd-tone-ok" : "hd-mark hd-tone-wait",
				 punch->state);
	}
	html_add(html, "</ul>\n");
}

static void add_day(Html *html, const MonthDay *day)
{
	html_add(html,
			 "<article class=\"hd-section %s\" id=\"t%d\" tabindex=\"-1\">\n"
			 "<h2>%s <small class=\"hd-mark\">%s</small></h2>\n",
			 day->tone, day->number, day->date, day->codes);
	if (day->figures != NULL)
		html_add(html, "<p class=\"hd-reason\"><b>%s</b></p>\n", day->figures);
	for (guint i = 0; day->texts != NULL && i < day->texts->len; i++)
		html_add(html, "<p class=\"hd-reason\">%s</p>\n", (const char *)day->texts->pdata[i]);
	if (day->punches != NULL)
		add_punches(html, day->punches);
	if (day->correct != NULL)
		html_add(html,
				 "<p class=\"hd-reason\"><a class=\"btn btn-sm btn-outline-secondary\" href=\"%s\" "
				 "aria-label=\"Koreksi %s\">Koreksi</a></p>\n",
				 day->correct, day->date);
	html_add(html, "</article>\n");
}

void page_month_render(Html *html, const Frame *frame, const MonthView *view)
{
	gboolean any = FALSE;
	layout_begin(html, frame);
	add_title(html, view);
	html_add(html, "<div class=\"hd-tiles\">\n");
	add_tile(html, "hd-tone-ok", view->n_present, "Hari dengan presensi");
	add_tile(html, "hd-tone-late", view->late_min, "Menit terlambat");
	add_tile(html, "hd-tone-late", view->early_min, "Menit pulang cepat");
	html_add(html,
			 "<div class=\"hd-tile hd-tone-mute\"><b>%s</b><span>Potongan sementara</span></div>\n"
			 "</div>\n",
			 view->deduction);
	add_calendar(html, view);
	for (guint i = view->days->len; i > 0; i--) {
		const MonthDay *day = &g_array_index(view->days, MonthDay, i - 1);
		any = any || day->judged;
		if (day->judged)
			add_day(html, day);
	}
	if (!any)
		html_add(html,
				 "<div class=\"hd-card\">Belum ada hari yang dinilai dalam bulan ini. Penilaian "
				 "muncul sejak hari pertama penempatan dan setelah presensi diterima.</div>\n");
	add_codes(html, view);
	layout_end(html, frame);
}
