#include "server/web/time/page_team.h"

#include "server/web/words.h"

static const struct {
	const char *id, *tone, *heading, *empty; /* empty NULL: the section is left out */
} groups[N_TEAM_GROUPS] = {
	[TEAM_MISSING] = {"belum", "hd-tone-missing", "Belum presensi",
					  "Tidak ada yang masih ditunggu presensinya."},
	[TEAM_PRESENT] = {"hadir", "hd-tone-ok", "Hadir", "Belum ada presensi hari ini."},
	[TEAM_LEAVE] = {"cuti", "hd-tone-away", "Cuti dan izin", NULL},
	[TEAM_DUTY] = {"dinas", "hd-tone-away", "Dinas luar dan tugas lain", NULL},
	[TEAM_OFF] = {"libur", "hd-tone-mute", "Tidak ada kewajiban hari ini", NULL},
};

static void add_choice(Html *html, const char *action, const GArray *choices, const char *chosen,
					   const char *month)
{
	if (choices->len < 2)
		return;
	html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"%s\">\n", action);
	if (month != NULL)
		html_add(html, "<input type=\"hidden\" name=\"bulan\" value=\"%s\">\n", month);
	choices_render(html, choices, chosen);
	html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Tampilkan</button>"
				   "\n</form>\n");
}

static void add_too_many(Html *html)
{
	html_add(html,
			 "<div class=\"hd-card\">Lebih dari %d orang. Pilih unit kerja yang lebih kecil.</div>"
			 "\n",
			 TEAM_PEOPLE_MAX);
}

/* ── today ── */

static void add_tiles(Html *html, const TeamView *view)
{
	html_add(html, "<nav class=\"hd-tiles\" aria-label=\"Ringkasan\">\n");
	for (gsize i = 0; i < N_TEAM_GROUPS; i++) {
		g_autofree char *number = words_number(view->groups[i]->len);
		if (view->groups[i]->len > 0)
			html_add(html, "<a class=\"hd-tile %s\" href=\"#%s\"><b>%s</b><span>%s</span></a>\n",
					 groups[i].tone, groups[i].id, number, groups[i].heading);
		else
			html_add(html, "<div class=\"hd-tile hd-tone-mute\"><b>%s</b><span>%s</span></div>\n",
					 number, groups[i].heading);
	}
	html_add(html, "</nav>\n");
}

static void add_group(Html *html, const TeamView *view, gsize i)
{
	const GArray *people = view->groups[i];
	if (people->len == 0 && groups[i].empty == NULL)
		return;
	html_add(html,
			 "<section class=\"hd-section %s\" id=\"%s\" aria-labelledby=\"%s-judul\">\n"
			 "<h2 id=\"%s-judul\">%s <small>%d orang</small></h2>\n",
			 groups[i].tone, groups[i].id, groups[i].id, groups[i].id, groups[i].heading,
			 (int)people->len);
	if (people->len == 0)
		html_add(html, "<p>%s</p>\n", groups[i].empty);
	else
		html_add(html, "<ul class=\"hd-people\">\n");
	for (guint at = 0; at < people->len; at++) {
		const TeamPerson *person = &g_array_index(people, TeamPerson, at);
		html_add(html,
				 "<li class=\"%s\"><span><b><a href=\"/pegawai/%" G_GINT64_FORMAT
				 "/bulan\">%s</a></b><small>%s</small></span>",
				 person->tone, person->id, person->name, person->detail);
		if (person->mark != NULL)
			html_add(html, "<span class=\"hd-mark\">%s</span>", person->mark);
		html_add(html, "</li>\n");
	}
	if (people->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

void page_team_render(Html *html, const Frame *frame, const TeamView *view)
{
	layout_begin(html, frame);
	html_add(
		html,
		"<div class=\"hd-title\">\n<div><h1>Tim hari ini</h1>\n<p>%s · %s, pukul %s</p></div>\n",
		view->unit_name, view->date, view->time);
	add_choice(html, "/tim", view->choices, view->unit_code, NULL);
	html_add(html,
			 "<nav class=\"hd-pager\" aria-label=\"Tim\"><a class=\"btn btn-outline-secondary\" "
			 "href=\"/tim/bulan?unit=%s\">Tim sebulan</a></nav>\n</div>\n",
			 view->unit_code);
	if (view->too_many) {
		add_too_many(html);
	} else {
		add_tiles(html, view);
		for (gsize i = 0; i < N_TEAM_GROUPS; i++)
			add_group(html, view, i);
	}
	layout_end(html, frame);
}

/* ── the month ── */

static void add_month_links(Html *html, const TeamMonthView *view)
{
	html_add(html,
			 "<nav class=\"hd-pager\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/tim/bulan?bulan=%s&amp;unit=%s\" "
			 "rel=\"prev\">Bulan sebelumnya</a>\n",
			 view->before, view->unit_code);
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" href=\"/tim/bulan?bulan=%s&amp;unit=%s\" "
				 "rel=\"next\">Bulan berikutnya</a>\n",
				 view->after, view->unit_code);
	html_add(html,
			 "<a class=\"btn btn-outline-secondary\" href=\"/tim?unit=%s\">Tim hari ini</a>\n"
			 "</nav>\n",
			 view->unit_code);
}

static void add_head(Html *html, const TeamMonthView *view)
{
	static const char *const weekdays[] = {"Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"};
	html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
				   "aria-label=\"Tabel kehadiran tim\"><table class=\"table hd-table hd-grid\">\n"
				   "<thead><tr><th scope=\"col\">Nama</th>");
	for (int day = 0; day < view->n_days; day++)
		html_add(html, "<th scope=\"col\">%d<br>%s</th>", day + 1,
				 weekdays[(view->first_weekday + day) % 7]);
	html_add(html, "<th scope=\"col\" class=\"hd-n\">Hadir</th><th scope=\"col\" class=\"hd-n\">TK"
				   "</th><th scope=\"col\" class=\"hd-n\">Menit terlambat</th></tr></thead>\n"
				   "<tbody>\n");
}

static void add_row(Html *html, const TeamMonthView *view, const TeamRow *row)
{
	g_autofree char *late = words_number(row->late_min);
	html_add(html,
			 "<tr><th scope=\"row\"><a href=\"/pegawai/%" G_GINT64_FORMAT
			 "/bulan?bulan=%s\">%s</a></th>",
			 row->id, view->month_iso, row->name);
	for (int day = 0; day < view->n_days; day++) {
		const TeamCell *cell = &row->days[day];
		if (cell->codes == NULL)
			html_add(html, "<td></td>");
		else
			html_add(html, "<td class=\"%s\">%s</td>", cell->tone, cell->codes);
	}
	html_add(html,
			 "<td class=\"hd-n\">%" G_GINT64_FORMAT "</td><td class=\"hd-n\">%" G_GINT64_FORMAT
			 "</td><td class=\"hd-n\">%s</td></tr>\n",
			 row->n_present, row->n_absent, late);
}

/* Other parts of the same list. */
static void add_parts(Html *html, const TeamMonthView *view)
{
	if (view->n_rows <= TEAM_MONTH_ROWS)
		return;
	html_add(html, "<nav class=\"hd-foot hd-pager\" aria-label=\"Bagian lain\">\n");
	for (guint from = 0; from < view->n_rows; from += TEAM_MONTH_ROWS) {
		int last = (int)MIN(from + TEAM_MONTH_ROWS, view->n_rows);
		if (from == view->from)
			html_add(html, "<span aria-current=\"page\">%d–%d</span>\n", (int)from + 1, last);
		else
			html_add(html, "<a href=\"/tim/bulan?bulan=%s&amp;unit=%s&amp;mulai=%d\">%d–%d</a>\n",
					 view->month_iso, view->unit_code, (int)from, (int)from + 1, last);
	}
	html_add(html, "</nav>\n");
}

static void add_table(Html *html, const TeamMonthView *view)
{
	add_head(html, view);
	for (guint i = view->from; i < MIN(view->from + TEAM_MONTH_ROWS, view->n_rows); i++)
		add_row(html, view, view->rows->pdata[i]);
	html_add(html, "</tbody>\n</table></div>\n");
	add_parts(html, view);
}

void page_team_month_render(Html *html, const Frame *frame, const TeamMonthView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Tim %s</h1>\n<p>%s</p></div>\n", view->month,
			 view->unit_name);
	add_choice(html, "/tim/bulan", view->choices, view->unit_code, view->month_iso);
	add_month_links(html, view);
	html_add(html, "</div>\n");
	if (view->too_many) {
		add_too_many(html);
	} else {
		html_add(html,
				 "<section class=\"hd-section hd-tone-mute\">\n<h2>Pegawai <small>%d orang</small>"
				 "</h2>\n",
				 (int)view->n_rows);
		if (view->n_rows == 0)
			html_add(html, "<p>Belum ada hari yang dinilai dalam bulan ini. Pilih bulan atau unit "
						   "kerja lain.</p>\n");
		else
			add_table(html, view);
		html_add(html, "</section>\n");
	}
	layout_end(html, frame);
}
