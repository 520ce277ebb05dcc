#include "server/web/time/page_roster.h"

static void add_choice(Html *html, const RosterView *view)
{
	html_add(html,
			 "<form class=\"hd-choose\" method=\"get\" action=\"/jadwal\">\n"
			 "<input type=\"hidden\" name=\"bulan\" value=\"%s\">\n",
			 view->month_iso);
	choices_render(html, view->choices, view->unit_code);
	if (view->choices->len > 1)
		html_add(html,
				 "<button class=\"btn btn-outline-secondary\" type=\"submit\">Pilih</button>\n");
	html_add(html, "</form>\n");
}

static void add_links(Html *html, const RosterView *view)
{
	html_add(html,
			 "<nav class=\"hd-pager\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/jadwal?bulan=%s&amp;unit=%s\" "
			 "rel=\"prev\">Bulan sebelumnya</a>\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/jadwal?bulan=%s&amp;unit=%s\" "
			 "rel=\"next\">Bulan berikutnya</a>\n</nav>\n",
			 view->before, view->unit_code, view->after, view->unit_code);
}

/* ── the grid ── */

static void add_head(Html *html, const RosterView *view)
{
	static const char *const weekdays[] = {"Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"};
	html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
				   "aria-label=\"Tabel jadwal\"><table class=\"table hd-table hd-grid\">\n"
				   "<thead><tr><th scope=\"col\">Nama</th>");
	for (int day = 0; day < view->n_days; day++)
		html_add(html, "<th scope=\"col\">%d<br>%s</th>", day + 1,
				 weekdays[(view->first_weekday + day) % 7]);
	html_add(html, "</tr></thead>\n<tbody>\n");
}

static void add_row(Html *html, const RosterView *view, const RosterGridRow *row)
{
	html_add(html, "<tr><th scope=\"row\">%s</th>", row->name);
	for (int day = 0; day < view->n_days; day++) {
		const RosterCell *cell = &row->days[day];
		if (cell->duty == NULL)
			html_add(html, "<td></td>");
		else if (cell->draft)
			html_add(html, "<td class=\"hd-tone-wait\"><i>%s</i></td>", cell->duty);
		else
			html_add(html, "<td>%s</td>", cell->duty);
	}
	html_add(html, "</tr>\n");
}

static void add_parts(Html *html, const RosterView *view)
{
	if (view->rows->len <= ROSTER_ROWS)
		return;
	html_add(html, "<nav class=\"hd-foot hd-pager\" aria-label=\"Bagian lain\">\n");
	for (guint from = 0; from < view->rows->len; from += ROSTER_ROWS) {
		int last = (int)MIN(from + ROSTER_ROWS, view->rows->len);
		if (from == view->from)
			html_add(html, "<span aria-current=\"page\">%d–%d</span>\n", (int)from + 1, last);
		else
			html_add(html, "<a href=\"/jadwal?bulan=%s&amp;unit=%s&amp;mulai=%d\">%d–%d</a>\n",
					 view->month_iso, view->unit_code, (int)from, (int)from + 1, last);
	}
	html_add(html, "</nav>\n");
}

static void add_grid(Html *html, const RosterView *view)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\" id=\"tabel\">\n<h2>Jadwal <small>%d "
			 "orang</small></h2>\n",
			 (int)view->rows->len);
	if (view->rows->len == 0) {
		html_add(html, "<p>Belum ada jadwal bulan ini. Salin dari bulan lalu, atau tempel dari "
					   "lembar kerja di bawah.</p>\n</section>\n");
		return;
	}
	add_head(html, view);
	for (guint i = view->from; i < MIN(view->from + ROSTER_ROWS, view->rows->len); i++)
		add_row(html, view, view->rows->pdata[i]);
	html_add(html, "</tbody>\n</table></div>\n");
	if (view->n_draft > 0)
		html_add(html, "<p class=\"hd-hint\">Yang miring adalah rancangan: belum berlaku.</p>\n");
	add_parts(html, view);
	html_add(html, "</section>\n");
}

/* ── the draft ── */

static void begin_form(Html *html, const Frame *frame, const RosterView *view, const char *path,
					   const char *style)
{
	html_add(html, "<form class=\"%s\" method=\"post\" action=\"%s?bulan=%s&amp;unit=%s\">\n",
			 style, path, view->month_iso, view->unit_code);
	layout_csrf(html, frame);
}

static void add_conflicts(Html *html, const RosterView *view)
{
	if (view->n_conflicts == 0) {
		html_add(html, "<p>Tidak ada pertentangan: cuti, istirahat dan jam seminggu sesuai.</p>\n");
		return;
	}
	html_add(html, "<p>%d pertentangan:</p>\n<ul>\n", (int)view->n_conflicts);
	for (guint i = 0; i < view->conflicts->len; i++)
		html_add(html, "<li>%s</li>\n", (const char *)view->conflicts->pdata[i]);
	html_add(html, "</ul>\n");
	if (view->n_conflicts > view->conflicts->len)
		html_add(html, "<p>%d yang pertama ditampilkan.</p>\n", (int)view->conflicts->len);
}

static void add_draft(Html *html, const Frame *frame, const RosterView *view)
{
	const Field why = {.id = "alasan",
					   .label = "Alasan tetap diterbitkan",
					   .type = "text",
					   .value = view->reason,
					   .problem = view->reason_problem,
					   .size_max = ROSTER_WHY_MAX};
	const FieldProblem problem = {why.id, why.label, why.problem};
	if (view->n_draft == 0)
		return;
	html_add(html,
			 "<section class=\"hd-section hd-tone-wait\" id=\"rancangan\">\n<h2>Rancangan "
			 "<small>%d hari</small></h2>\n",
			 (int)view->n_draft);
	add_conflicts(html, view);
	field_summary(html, &problem, 1);
	begin_form(html, frame, view, "/jadwal/terbitkan", "hd-card hd-form");
	html_add(html, "<input type=\"hidden\" name=\"pertentangan\" value=\"%d\">\n",
			 (int)view->n_conflicts);
	if (view->n_conflicts > 0)
		field_render(html, &why);
	html_add(html,
			 "<button class=\"btn btn-primary\" type=\"submit\">Terbitkan</button>\n"
			 "<p class=\"hd-hint\">Perubahan atas shift yang sudah mulai menunggu persetujuan "
			 "pejabat lain.</p>\n</form>\n");
	begin_form(html, frame, view, "/jadwal/buang", "hd-foot");
	html_add(html, "<button class=\"btn btn-outline-danger\" type=\"submit\">Buang rancangan"
				   "</button>\n</form>\n</section>\n");
}

static void add_planning(Html *html, const Frame *frame, const RosterView *view)
{
	const char *hint = "Satu baris satu pegawai: NIP atau nomor, nama, lalu tanggal 1 dan "
					   "seterusnya. Sel kosong tidak mengubah apa pun; - berarti libur.";
	html_add(html, "<section class=\"hd-section hd-tone-mute\" id=\"rencana\">\n<h2>Rencanakan"
				   "</h2>\n");
	begin_form(html, frame, view, "/jadwal/salin", "hd-foot");
	html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Salin dari bulan "
				   "lalu</button>\n<p class=\"hd-hint\">Hari kerja yang sama, empat minggu "
				   "sebelumnya.</p>\n</form>\n");
	if (view->problems->len > 0) {
		html_add(html, "<div class=\"alert alert-danger\" role=\"alert\" id=\"tempel-salah\"><p>"
					   "Belum ada yang disimpan:</p>\n<ul>\n");
		for (guint i = 0; i < view->problems->len; i++)
			html_add(html, "<li>%s</li>\n", (const char *)view->problems->pdata[i]);
		html_add(html, "</ul></div>\n");
	}
	begin_form(html, frame, view, "/jadwal", "hd-card hd-form");
	html_add(
		html,
		"<div class=\"mb-3\"><label class=\"form-label\" for=\"tempel\">Tempel dari lembar "
		"kerja</label>\n<textarea class=\"form-control\" id=\"tempel\" name=\"tempel\" "
		"rows=\"6\" aria-describedby=\"tempel-petunjuk\" required>%s</textarea>\n"
		"<div class=\"form-text\" id=\"tempel-petunjuk\">%s</div></div>\n"
		"<button class=\"btn btn-primary\" type=\"submit\">Simpan rancangan</button>\n</form>\n",
		view->pasted, hint);
	html_add(html, "<p class=\"hd-hint\">Kode: - libur, siaga, dua shift dengan +");
	for (guint i = 0; i < view->shifts->len; i++)
		html_add(html, "; %s", (const char *)view->shifts->pdata[i]);
	html_add(html, ".</p>\n</section>\n");
}

static void add_versions(Html *html, const RosterView *view)
{
	if (view->versions->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-ok\" id=\"terbitan\">\n<h2>Terbitan</h2>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->versions->len; i++) {
		const RosterVersion *version = &g_array_index(view->versions, RosterVersion, i);
		html_add(html, "<li><span><b>%s</b><small>%s</small></span></li>\n", version->text,
				 version->reason == NULL ? "Tanpa pertentangan." : version->reason);
	}
	html_add(html, "</ul>\n</section>\n");
}

void page_roster_render(Html *html, const Frame *frame, const RosterView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Jadwal %s</h1>\n<p>%s</p></div>\n",
			 view->month, view->unit_name);
	add_choice(html, view);
	if (!view->no_unit)
		add_links(html, view);
	html_add(html, "</div>\n");
	if (view->no_unit) {
		html_add(html, "<div class=\"hd-card\">Pilih unit kerja yang jadwalnya disusun.</div>\n");
	} else {
		add_draft(html, frame, view);
		add_grid(html, view);
		add_planning(html, frame, view);
		add_versions(html, view);
	}
	layout_end(html, frame);
}
