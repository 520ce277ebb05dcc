#include "server/web/system/page_grants.h"

#include "server/store/people/granting.h"
#include "server/store/people/units.h"

static const char *unit_of(const GrantLine *line)
{
	return line->unit == NULL ? "Seluruh provinsi" : line->unit;
}

static void add_line(Html *html, const GrantLine *line)
{
	html_add(html,
			 "<li><span><b><a href=\"/hak-akses/%" G_GINT64_FORMAT "\">%s</a></b>"
			 "<small>%s · %s</small><small>%s %s%s%s</small></span>",
			 line->id, line->holder, line->role, unit_of(line), line->later ? "mulai" : "sejak",
			 line->from, line->to == NULL ? ", tanpa batas waktu" : ", sampai ", line->to);
	if (line->moved)
		html_add(html, "<span class=\"hd-mark hd-tone-mute\">berakhir, pindah unit</span>");
	else if (line->later)
		html_add(html, "<span class=\"hd-mark hd-tone-wait\">belum mulai</span>");
	html_add(html, "</li>\n");
}

void page_grants_render(Html *html, const Frame *frame, const GrantsView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Hak akses</h1>\n<p>%s</p></div>\n",
			 view->unit_name);
	html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"/hak-akses\">\n");
	choices_render(html, view->choices, view->unit_code);
	if (view->choices->len > 1)
		html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Lihat"
					   "</button>\n");
	html_add(html,
			 "<a class=\"btn btn-primary\" href=\"/hak-akses/baru?unit=%s\">Beri hak akses</a>\n"
			 "</form>\n</div>\n<section class=\"hd-section hd-tone-mute\">\n<h2>Yang berlaku "
			 "<small>%d%s</small></h2>\n",
			 view->unit_code, (int)view->lines->len,
			 view->more ? " pertama dari lebih banyak" : "");
	if (view->lines->len == 0)
		html_add(html, "<p>Belum ada hak akses di unit ini selain hak setiap pegawai atas datanya "
					   "sendiri. Tekan Beri hak akses untuk menunjuk pengelola atau atasan.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		add_line(html, &g_array_index(view->lines, GrantLine, i));
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	if (view->more)
		html_add(html, "<p>Pilih unit kerja untuk mempersempit daftar.</p>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── giving ── */

void page_grants_render_form(Html *html, const Frame *frame, const GrantForm *form)
{
	const Field account = {.id = "akun",
						   .label = "Nama pengguna, NIP, atau nomor Hadir",
						   .type = "text",
						   .value = form->account,
						   .problem = form->account_problem};
	const Field unit = {.id = "unit",
						.label = "Kode unit kerja",
						.type = "text",
						.value = form->unit,
						.hint = "Berlaku untuk unit ini dan semua di bawahnya. Kosongkan untuk "
								"seluruh provinsi.",
						.problem = form->unit_problem,
						.list = "daftar-unit",
						.size_max = UNIT_CODE_MAX,
						.optional = TRUE};
	const Field from = {.id = "dari",
						.label = "Mulai tanggal",
						.type = "date",
						.value = form->from,
						.problem = form->from_problem};
	const Field to = {.id = "sampai",
					  .label = "Sampai dengan tanggal",
					  .type = "date",
					  .value = form->to,
					  .hint = "Kosongkan bila tanpa batas waktu. Auditor selalu berbatas waktu.",
					  .problem = form->to_problem,
					  .optional = TRUE};
	const Field decree = {.id = "surat",
						  .label = "Nomor surat penunjukan",
						  .type = "text",
						  .value = form->decree,
						  .problem = form->decree_problem,
						  .size_max = GRANT_DECREE_MAX};
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Beri hak akses</h1>\n"
				   "<p class=\"text-muted\">Hak berakhir dengan sendirinya bila pemegangnya pindah "
				   "unit kerja.</p>\n");
	const FieldProblem problems[] = {{account.id, account.label, account.problem},
									 {"peran", "Peran", form->role_problem},
									 {unit.id, unit.label, unit.problem},
									 {from.id, from.label, from.problem},
									 {to.id, to.label, to.problem},
									 {decree.id, decree.label, decree.problem}};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/hak-akses\">\n");
	layout_csrf(html, frame);
	field_render(html, &account);
	field_select(html, "peran", "Peran", form->roles, form->n_roles, form->role,
				 form->role_problem);
	field_render(html, &unit);
	choices_datalist(html, "daftar-unit", form->units);
	field_render(html, &from);
	field_render(html, &to);
	field_render(html, &decree);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Beri hak akses"
				   "</button>\n</form>\n<p class=\"hd-hint\"><a href=\"/hak-akses\">Kembali ke "
				   "daftar</a></p>\n</div>\n");
	layout_end(html, frame);
}

/* ── one ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

/* One administrator asks, another agrees. */
static void add_phone(Html *html, const Frame *frame, const GrantView *view)
{
	html_add(html, "<section class=\"hd-card hd-gap\"><h2 class=\"h5\">Telepon hilang</h2>\n");
	if (!view->has_second) {
		html_add(html, "<p>Akun ini belum memakai kode telepon.</p>\n</section>\n");
		return;
	}
	if (view->reset_by == NULL)
		html_add(html, "<p>Pastikan Anda berhadapan dengan pemegang akun. Kode telepon dihapus "
					   "setelah pemberi hak lain menyetujui dalam 24 jam.</p>\n");
	else
		html_add(
			html,
			"<p>Diminta oleh <b>%s</b>. Bila Anda menyetujui, kode telepon dihapus, semua sesi "
			"akun ini berakhir, dan pemegangnya memasang telepon baru saat masuk.</p>\n",
			view->reset_by);
	if (view->reset_by_self) {
		html_add(html, "<p>Menunggu persetujuan pemberi hak lain.</p>\n</section>\n");
		return;
	}
	html_add(html, "<form method=\"post\" action=\"/hak-akses/%" G_GINT64_FORMAT "/telepon\">\n",
			 view->line.id);
	layout_csrf(html, frame);
	html_add(html,
			 "<button class=\"btn btn-outline-danger\" type=\"submit\">%s</button>\n</form>\n"
			 "</section>\n",
			 view->reset_by == NULL ? "Minta hapus kode telepon" : "Setujui penghapusan");
}

static void add_changes(Html *html, const Frame *frame, const GrantView *view)
{
	const Field to = {.id = "sampai",
					  .label = "Berlaku sampai dengan tanggal",
					  .type = "date",
					  .value = view->to_value,
					  .problem = view->to_problem};
	const FieldProblem problem = {to.id, to.label, to.problem};
	html_add(html, "<section class=\"hd-card hd-gap\"><h2 class=\"h5\">Batasi waktunya</h2>\n");
	field_summary(html, &problem, 1);
	html_add(html, "<form method=\"post\" action=\"/hak-akses/%" G_GINT64_FORMAT "/batasi\">\n",
			 view->line.id);
	layout_csrf(html, frame);
	field_render(html, &to);
	html_add(html,
			 "<button class=\"btn btn-primary\" type=\"submit\">Batasi</button>\n</form>\n"
			 "</section>\n<section class=\"hd-card hd-gap\"><h2 class=\"h5\">Akhiri sekarang</h2>\n"
			 "<p>Hak ini berakhir saat itu juga, dan pemegangnya dikeluarkan dari semua "
			 "perangkat.</p>\n"
			 "<form method=\"post\" action=\"/hak-akses/%" G_GINT64_FORMAT "/akhiri\">\n",
			 view->line.id);
	layout_csrf(html, frame);
	html_add(html, "<button class=\"btn btn-outline-danger\" type=\"submit\">Akhiri hak akses"
				   "</button>\n</form>\n</section>\n");
}

void page_grants_render_one(Html *html, const Frame *frame, const GrantView *view)
{
	const GrantLine *line = &view->line;
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div></div>\n"
			 "<dl class=\"hd-card hd-facts\">\n",
			 line->holder, line->role);
	add_fact(html, "Nama pengguna", line->account);
	add_fact(html, "Unit kerja", unit_of(line));
	add_fact(html, "Mulai", line->from);
	add_fact(html, "Sampai dengan", line->to == NULL ? "tanpa batas waktu" : line->to);
	add_fact(html, "Surat", line->decree == NULL ? "tidak dicatat" : line->decree);
	add_fact(html, "Diberikan oleh",
			 view->grantor == NULL ? "administrator server" : view->grantor);
	html_add(html, "</dl>\n");
	if (line->moved)
		html_add(html, "<p>Hak ini sudah berakhir karena pemegangnya pindah unit kerja.</p>\n");
	if (view->may_change) {
		add_changes(html, frame, view);
		add_phone(html, frame, view);
	} else
		html_add(html, "<p>Hak ini hanya dapat diubah oleh pemberi hak di atasnya, dan tidak oleh "
					   "pemegangnya sendiri.</p>\n");
	html_add(html, "<p><a href=\"/hak-akses\">Kembali ke daftar</a></p>\n");
	layout_end(html, frame);
}
