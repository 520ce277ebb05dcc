#include "server/web/people/page_mutation.h"

#include <string.h>

#include "server/store/people/mutate.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"

/* What a field is, apart from its value. */
static const Field fields[N_MUTATION_FIELDS] = {
	[MUTATION_PERSON] = {.id = "pegawai",
						 .label = "NIP, NI PPPK, atau nomor Hadir",
						 .type = "text",
						 .size_max = 40},
	[MUTATION_KIND] = {.id = "jenis", .label = "Jenis mutasi"},
	[MUTATION_DECREE] = {.id = "sk", .label = "Nomor SK", .type = "text", .size_max = 120},
	[MUTATION_DATE] = {.id = "tanggal", .label = "Tanggal SK", .type = "date", .optional = TRUE},
	[MUTATION_TMT] = {.id = "tmt",
					  .label = "TMT",
					  .type = "date",
					  .hint = "Hari pertama berlakunya, bukan tanggal SK."},
	[MUTATION_UNIT] = {.id = "unit",
					   .label = "Kode unit kerja tujuan",
					   .type = "text",
					   .hint = "Untuk pindah unit kerja dan masuk.",
					   .list = "daftar-unit",
					   .size_max = UNIT_CODE_MAX,
					   .optional = TRUE},
	[MUTATION_PLACE] = {.id = "lokasi",
						.label = "Kode lokasi presensi",
						.type = "text",
						.hint = "Kosongkan untuk lokasi unit kerja.",
						.size_max = 40,
						.optional = TRUE},
	[MUTATION_TITLE] = {.id = "jabatan",
						.label = "Jabatan baru",
						.type = "text",
						.hint = "Untuk jabatan dan promosi.",
						.size_max = 120,
						.optional = TRUE},
	[MUTATION_TITLE_KIND] = {.id = "jenis-jabatan", .label = "Jenis jabatan"},
	[MUTATION_RANK] = {.id = "golongan",
					   .label = "Golongan baru",
					   .type = "text",
					   .hint = "Untuk kenaikan pangkat, misalnya III/d.",
					   .size_max = 10,
					   .optional = TRUE},
	[MUTATION_EMPLOYMENT] = {.id = "kepegawaian", .label = "Status kepegawaian"},
	[MUTATION_NUMBER] = {.id = "nomor",
						 .label = "NIP atau NI PPPK baru",
						 .type = "text",
						 .hint = "18 angka. Boleh juga bersama masuk dan perubahan status.",
						 .size_max = 40,
						 .optional = TRUE},
	[MUTATION_NAME] = {.id = "nama",
					   .label = "Nama baru tanpa gelar",
					   .type = "text",
					   .hint = "Untuk perubahan nama atau gelar.",
					   .size_max = PERSON_NAME_MAX,
					   .optional = TRUE},
	[MUTATION_FRONT] = {.id = "gelar-depan",
						.label = "Gelar depan",
						.type = "text",
						.size_max = 40,
						.optional = TRUE},
	[MUTATION_BACK] = {.id = "gelar-belakang",
					   .label = "Gelar belakang",
					   .type = "text",
					   .size_max = 60,
					   .optional = TRUE},
};

static const FieldChoice kinds[] = {
	{"unit", "Pindah unit kerja"},
	{"jabatan", "Jabatan"},
	{"promosi", "Promosi"},
	{"pangkat", "Kenaikan pangkat"},
	{"masuk", "Masuk dari luar provinsi"},
	{"kepegawaian", "Perubahan status kepegawaian"},
	{"nomor", "Perubahan NIP atau NI PPPK"},
	{"nama", "Perubahan nama atau gelar"},
	{"kgb", "Kenaikan gaji berkala"},
	{"keluar", "Pindah ke luar provinsi"},
	{"tubel", "Tugas belajar"},
	{"cltn", "Cuti di luar tanggungan negara"},
	{"cltn_lanjut", "Perpanjangan cuti di luar tanggungan negara"},
	{"skors", "Pemberhentian sementara"},
	{"mpp", "Masa persiapan pensiun"},
	{"aktif", "Aktif kembali"},
	{"berhenti", "Berhenti"},
	{"pensiun", "Pensiun"},
	{"meninggal", "Meninggal dunia"},
};
static const FieldChoice title_kinds[] = {
	{"", "—"},
	{"pelaksana", "Pelaksana"},
	{"jpt", "Pimpinan tinggi"},
	{"administrator", "Administrator"},
	{"pengawas", "Pengawas"},
	{"guru", "Guru"},
	{"fungsional", "Fungsional"},
};
static const FieldChoice employments[] = {
	{"", "—"},
	{"PNS", "PNS"},
	{"CPNS", "CPNS"},
	{"PPPK", "PPPK"},
	{"PPPK_PW", "PPPK paruh waktu"},
	{"DPK", "Dipekerjakan"},
	{"DPB", "Diperbantukan"},
	{"LAIN", "Lainnya"},
};

const char *mutation_field_name(MutationField field)
{
	return fields[field].id;
}

const char *mutation_kind_text(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].value, kind) == 0)
			return kinds[i].text;
	return kind;
}

/* ── the form ── */

static void add_summary(Html *html, const MutationForm *form)
{
	FieldProblem problems[N_MUTATION_FIELDS];
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++)
		problems[i] = (FieldProblem){fields[i].id, fields[i].label, form->problems[i]};
	field_summary(html, problems, N_MUTATION_FIELDS);
}

static void add_select(Html *html, const MutationForm *form, MutationField i,
					   const FieldChoice *choices, gsize n)
{
	field_select(html, fields[i].id, fields[i].label, choices, n, form->values[i],
				 form->problems[i]);
}

static void add_fields(Html *html, const MutationForm *form)
{
	for (MutationField i = 0; i < N_MUTATION_FIELDS; i++) {
		Field field = fields[i];
		field.value = form->values[i];
		field.problem = form->problems[i];
		if (i == MUTATION_KIND)
			add_select(html, form, i, kinds, G_N_ELEMENTS(kinds));
		else if (i == MUTATION_TITLE_KIND)
			add_select(html, form, i, title_kinds, G_N_ELEMENTS(title_kinds));
		else if (i == MUTATION_EMPLOYMENT)
			add_select(html, form, i, employments, G_N_ELEMENTS(employments));
		else
			field_render(html, &field);
	}
}

void page_mutation_render_form(Html *html, const Frame *frame, const MutationForm *form)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Mutasi</h1>\n"
				   "<p class=\"text-muted\">Satu mutasi menurut SK. Dampaknya ditunjukkan sebelum "
				   "disimpan. <a href=\"/unit\">Lihat pohon unit kerja</a>.</p>\n");
	add_summary(html, form);
	html_add(html, "<form method=\"get\" action=\"/mutasi/dampak\">\n");
	add_fields(html, form);
	choices_datalist(html, "daftar-unit", form->units);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Lihat dampak</button>\n"
				   "</form>\n</div>\n");
	layout_end(html, frame);
}

/* ── the preview ── */

static void add_effects(Html *html, const MutationPreview *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-away\">\n<h2>Yang berubah</h2>\n");
	if (view->known)
		html_add(html, "<p>SK ini sudah dicatat untuk pegawai ini dengan jenis dan TMT yang sama. "
					   "Tidak ada yang berubah.</p>\n");
	else if (view->effects->len == 0)
		html_add(html, "<p>Hanya dicatat: data pegawai pada TMT sudah demikian.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->effects->len; i++) {
		const MutationEffect *effect = &g_array_index(view->effects, MutationEffect, i);
		html_add(html, "<li><span><small>%s</small><b>%s → %s</b></span></li>\n", effect->what,
				 effect->before, effect->after);
	}
	if (view->effects->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_consequences(Html *html, const MutationPreview *view)
{
	html_add(html, "<ul class=\"hd-steps\">\n");
	if (view->judged_days > 0)
		html_add(html, "<li><b>%d hari</b> yang sudah dinilai sejak TMT dinilai kembali.</li>\n",
				 (int)view->judged_days);
	else
		html_add(html, "<li>Tidak ada hari yang sudah dinilai sejak TMT.</li>\n");
	if (view->later)
		html_add(html, "<li>Berlaku pada TMT; sampai hari itu tidak ada yang berubah.</li>\n");
	if (view->until != NULL)
		html_add(html,
				 "<li>Berlaku sampai <b>%s</b>: sesudahnya sudah tercatat mutasi lain.</li>\n",
				 view->until);
	if (view->n_grants > 0)
		html_add(html,
				 "<li><b>%d hak akses</b> pegawai ini berakhir pada TMT karena ia pindah unit.</li>"
				 "\n",
				 (int)view->n_grants);
	html_add(html, "</ul>\n");
}

/* Back to the form with what was typed, and on with the confirmation. */
static void add_again(Html *html, const MutationForm *form)
{
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++)
		html_add(html, "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n", fields[i].id,
				 form->values[i]);
}

void page_mutation_render_preview(Html *html, const Frame *frame, const MutationPreview *view)
{
	layout_begin(html, frame);
	html_add(
		html,
		"<div class=\"hd-title\"><div><h1>%s</h1>\n<p><a href=\"/pegawai/%" G_GINT64_FORMAT
		"\">%s</a>%s%s</p></div></div>\n<dl class=\"hd-card hd-facts\">\n<div><dt>TMT</dt><dd>%s"
		"</dd></div>\n<div><dt>Nomor SK</dt><dd>%s</dd></div>\n</dl>\n",
		view->kind, view->person, view->name, view->number == NULL ? "" : " · ", view->number,
		view->tmt, view->form->values[MUTATION_DECREE]);
	add_effects(html, view);
	if (!view->known) {
		add_consequences(html, view);
		html_add(html, "<form method=\"post\" action=\"/mutasi\">\n");
		layout_csrf(html, frame);
		add_again(html, view->form);
		html_add(html, "<button class=\"btn btn-primary\" type=\"submit\">Simpan mutasi</button>\n"
					   "</form>\n");
	}
	html_add(html, "<form class=\"hd-hint\" method=\"get\" action=\"/mutasi\">\n");
	add_again(html, view->form);
	html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Ubah isian</button>"
				   "\n</form>\n");
	layout_end(html, frame);
}

/* ── the tree ── */

void page_units_render(Html *html, const Frame *frame, const UnitsView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Unit kerja</h1>\n<p>Pada %s</p></div>\n"
			 "<form class=\"hd-choose\" method=\"get\" action=\"/unit\">\n"
			 "<label class=\"visually-hidden\" for=\"tanggal\">Pada tanggal</label>\n"
			 "<input class=\"form-control\" id=\"tanggal\" name=\"tanggal\" type=\"date\" "
			 "value=\"%s\">\n<button class=\"btn btn-primary\" type=\"submit\">Tampilkan</button>\n"
			 "</form>\n</div>\n",
			 view->date, view->date_iso);
	field_alert(html, view->date_problem);
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Susunan <small>%d%s unit</small>"
			 "</h2>\n",
			 (int)view->lines->len, view->more ? " pertama dari lebih banyak" : "");
	if (view->lines->len == 0)
		html_add(html, "<p>Pada hari itu tidak ada unit kerja dalam wewenang Anda. Pilih tanggal "
					   "lain.</p>\n");
	else
		html_add(html, "<ul class=\"hd-tree\">\n");
	for (guint i = 0; i < view->lines->len; i++) {
		const UnitLine *line = &g_array_index(view->lines, UnitLine, i);
		html_add(html, "<li class=\"hd-depth-%d\"><b>%s</b> <small>%s%s%s</small></li>\n",
				 MIN(line->depth, 6), line->name, line->code, line->kind == NULL ? "" : " · ",
				 line->kind);
	}
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}
