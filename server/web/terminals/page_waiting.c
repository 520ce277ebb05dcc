#include "server/web/terminals/page_waiting.h"

#include "server/web/terminals/page_pairs.h"

static const struct {
	const char *path, *heading, *one, *empty, *advice;
	FieldChoice verdicts[3];
	gsize n_verdicts;
} kinds[] = {
	[DECISION_ENROLMENT] = {"perekaman",
							"Perekaman yang ditahan",
							"Perekaman yang ditahan",
							"Tidak ada perekaman yang mirip sidik jari pegawai lain.",
							"Jari yang direkam mirip jari pegawai lain yang sudah terdaftar. "
							"Panggil keduanya dan periksa sebelum memutuskan.",
							{{"different", "Dua orang berbeda: pakai rekaman ini"},
							 {"same-person",
							  "Orang yang sama tercatat dua kali: hapus rekaman ini"},
							 {"fraud", "Kecurangan: hapus rekaman ini"}},
							3},
	[DECISION_BACKLOG] = {"kiriman",
						  "Kiriman mesin yang dicabut",
						  "Kiriman mesin yang dicabut",
						  "Tidak ada kiriman yang tertahan.",
						  "Mesin ini sudah dicabut. Kirimannya disimpan utuh dan baru dihitung "
						  "bila diterima.",
						  {{"accepted", "Terima: hitung presensi di dalamnya"},
						   {"rejected", "Tolak: simpan sebagai bukti, tidak dihitung"}},
						  2},
	[DECISION_EVENT] = {"karantina",
						"Kejadian dalam karantina",
						"Kejadian dalam karantina",
						"Tidak ada kejadian yang diragukan.",
						"Server tidak dapat mempercayai kejadian ini begitu saja. Tanyakan kepada "
						"pegawai dan pengelola unitnya.",
						{{"accepted", "Terima: hitung sebagai presensi"},
						 {"rejected", "Tolak: simpan sebagai bukti, tidak dihitung"}},
						2},
	[DECISION_ALARM] = {"peringatan",
						"Peringatan",
						"Peringatan",
						"Tidak ada peringatan yang terbuka.",
						"Periksa penyebabnya, lalu tulis apa yang sudah dilakukan.",
						{{"ended", "Sudah ditangani"}},
						1},
};

const char *page_waiting_verdict(DecisionVerdict verdict)
{
	switch (verdict) {
	case VERDICT_DIFFERENT:
		return "Dua orang berbeda";
	case VERDICT_SAME_PERSON:
		return "Orang yang sama";
	case VERDICT_FRAUD:
		return "Kecurangan";
	case VERDICT_ACCEPTED:
		return "Diterima";
	case VERDICT_REJECTED:
		return "Ditolak";
	case VERDICT_ENDED:
	default:
		return "Sudah ditangani";
	}
}

static void add_section(Html *html, const WaitingView *view, DecisionKind kind)
{
	const GArray *lines = view->lines[kind];
	html_add(html, "<section class=\"hd-section %s\" id=\"%s\">\n<h2>%s <small>%d%s</small></h2>\n",
			 lines->len == 0 ? "hd-tone-ok" : "hd-tone-missing", kinds[kind].path,
			 kinds[kind].heading, (int)lines->len, view->more[kind] ? " pertama" : "");
	if (lines->len == 0)
		html_add(html, "<p>%s</p>\n", kinds[kind].empty);
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < lines->len; i++) {
		const WaitingLine *line = &g_array_index(lines, WaitingLine, i);
		html_add(html,
				 "<li><span><b><a href=\"/putusan/%s/%s\">%s</a></b><small>%s</small></span>"
				 "</li>\n",
				 kinds[kind].path, line->id, line->title, line->detail);
	}
	if (lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_done(Html *html, const WaitingView *view)
{
	if (view->done->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Putusan terakhir</h2>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->done->len; i++) {
		const WaitingDone *done = &g_array_index(view->done, WaitingDone, i);
		html_add(html,
				 "<li><span><b>%s: %s</b><small>%s</small><small>%s, %s</small></span>"
				 "<span class=\"hd-mark %s\">%s</span></li>\n",
				 done->what, done->verdict, done->reason, done->by, done->time,
				 done->carried ? "hd-tone-ok" : "hd-tone-wait",
				 done->carried ? "dijalankan" : "sedang dijalankan");
	}
	html_add(html, "</ul>\n</section>\n");
}

void page_waiting_render(Html *html, const Frame *frame, const WaitingView *view)
{
	static const DecisionKind order[] = {DECISION_ENROLMENT, DECISION_EVENT, DECISION_BACKLOG,
										 DECISION_ALARM};
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\">\n<div><h1>Menunggu putusan</h1>\n<p>Yang tidak "
				   "diputuskan server sendiri</p></div></div>\n");
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
		add_section(html, view, order[i]);
	page_pairs_render_list(html, view->pairs, view->more_pairs);
	add_done(html, view);
	layout_end(html, frame);
}

/* ── one ── */

static void add_time(Html *html, const WaitingForm *form)
{
	const Field date = {.id = "tanggal",
						.label = "Tanggal sebenarnya",
						.type = "date",
						.value = form->date,
						.hint = "Perlu bila diterima: waktu yang ditulis mesin tidak dapat "
								"dipercaya.",
						.problem = form->time_problem,
						.optional = TRUE};
	const Field time = {.id = "pukul",
						.label = "Pukul sebenarnya (WIB)",
						.type = "time",
						.value = form->time,
						.optional = TRUE};
	field_render(html, &date);
	field_render(html, &time);
}

static void add_form(Html *html, const Frame *frame, const WaitingForm *form)
{
	const Field reason = {.id = "alasan",
						  .label = "Alasan",
						  .type = "text",
						  .value = form->reason,
						  .hint = "Apa yang diperiksa, dan nomor berita acara bila ada.",
						  .problem = form->reason_problem,
						  .size_max = DECISION_REASON_MAX};
	const FieldProblem problems[] = {{"putusan-0", "Putusan", form->verdict_problem},
									 {"tanggal", "Tanggal sebenarnya", form->time_problem},
									 {reason.id, reason.label, reason.problem}};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/putusan/%s/%s\">\n", kinds[form->kind].path,
			 form->line.id);
	layout_csrf(html, frame);
	field_radio(html, "putusan", "Putusan", kinds[form->kind].verdicts,
				kinds[form->kind].n_verdicts, form->verdict, form->verdict_problem);
	if (form->asks_time)
		add_time(html, form);
	field_render(html, &reason);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Putuskan</button>\n"
				   "</form>\n");
}

void page_waiting_render_one(Html *html, const Frame *frame, const WaitingForm *form)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div></div>\n"
			 "<dl class=\"hd-card hd-facts\">\n",
			 form->line.title, kinds[form->kind].one);
	for (gsize i = 0; i < form->n_facts; i++)
		html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", form->facts[i].name,
				 form->facts[i].value);
	html_add(html, "</dl>\n<div class=\"hd-card hd-form\">\n<p class=\"text-muted\">%s</p>\n",
			 kinds[form->kind].advice);
	if (form->own)
		html_add(html, "<p>Ini menyangkut Anda sendiri: pejabat lain yang memutuskan.</p>\n");
	else
		add_form(html, frame, form);
	html_add(html, "<p class=\"hd-hint\"><a href=\"/putusan\">Kembali ke daftar</a></p>\n"
				   "</div>\n");
	layout_end(html, frame);
}
