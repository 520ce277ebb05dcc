#include "server/web/terminals/page_outages.h"

#include "server/store/terminals/decisions.h"
#include "server/store/terminals/places.h"
#include "server/web/words.h"

/* ── the list ── */

static void add_line(Html *html, const OutageLine *line)
{
	html_add(html,
			 "<li class=\"%s\"><span><b><a href=\"/gangguan/%" G_GINT64_FORMAT
			 "\">%s</a></b><small>%s · %s</small>",
			 line->tone, line->id, line->place, line->span, line->cause);
	if (line->after_holiday)
		html_add(html, "<small>Hari kerja pertama sesudah libur.</small>");
	html_add(html, "</span><span class=\"hd-mark\">%s</span></li>\n", line->state);
}

static void add_section(Html *html, const OutagesView *view, gboolean open)
{
	int n = 0;
	for (guint i = 0; i < view->lines->len; i++)
		n += g_array_index(view->lines, OutageLine, i).open == open;
	html_add(html, "<section class=\"hd-section %s\" id=\"%s\">\n<h2>%s <small>%d</small></h2>\n",
			 open && n > 0 ? "hd-tone-wait" : "hd-tone-mute", open ? "menunggu" : "diputuskan",
			 open ? "Menunggu putusan" : "Sudah diputuskan", n);
	if (n == 0)
		html_add(html, "<p>%s</p>\n",
				 open ? "Tidak ada gangguan yang menunggu putusan."
					  : "Belum ada gangguan yang diputuskan.");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		if (g_array_index(view->lines, OutageLine, i).open == open)
			add_line(html, &g_array_index(view->lines, OutageLine, i));
	if (n > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_frequent(Html *html, const OutagesView *view)
{
	if (view->frequent->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-late\">\n<h2>Lokasi yang sering terganggu "
				   "<small>92 hari terakhir</small></h2>\n<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->frequent->len; i++) {
		const OutageFrequent *place = &g_array_index(view->frequent, OutageFrequent, i);
		g_autofree char *minutes = words_number(place->minutes);
		html_add(html,
				 "<li><span><b>%s</b><small>%s menit</small></span><span "
				 "class=\"hd-mark\">%" G_GINT64_FORMAT " kali</span></li>\n",
				 place->place, minutes, place->n);
	}
	html_add(html, "</ul>\n</section>\n");
}

void page_outages_render(Html *html, const Frame *frame, const OutagesView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Gangguan</h1>\n<p>Waktu ketika tidak seorang "
				   "pun dapat presensi di suatu lokasi.</p></div>\n");
	if (view->may_declare)
		html_add(html, "<a class=\"btn btn-primary\" href=\"/gangguan/baru\">Laporkan gangguan</a>"
					   "\n");
	html_add(html, "</div>\n");
	add_section(html, view, TRUE);
	add_section(html, view, FALSE);
	if (view->more)
		html_add(html, "<p>%d yang terbaru ditampilkan.</p>\n", OUTAGES_LIST_MAX);
	add_frequent(html, view);
	layout_end(html, frame);
}

/* ── declaring ── */

static const struct {
	const char *name, *label, *type, *hint;
	int size_max;
	gboolean optional;
} fields[N_OUTAGE_FIELDS] = {
	[OUTAGE_FIELD_PLACE] = {"lokasi", "Kode lokasi", "text", NULL, PLACE_CODE_MAX, FALSE},
	[OUTAGE_FIELD_FROM_DATE] = {"dari", "Mulai tanggal", "date", NULL, 0, FALSE},
	[OUTAGE_FIELD_FROM_TIME] = {"dari-jam", "Mulai pukul", "time", NULL, 0, FALSE},
	[OUTAGE_FIELD_TO_DATE] = {"sampai", "Sampai tanggal", "date", NULL, 0, FALSE},
	[OUTAGE_FIELD_TO_TIME] = {"sampai-jam", "Sampai pukul", "time", NULL, 0, FALSE},
	[OUTAGE_FIELD_CAUSE] = {"sebab", "Sebab", "text", "Misalnya: listrik padam.", OUTAGE_CAUSE_MAX,
							FALSE},
	[OUTAGE_FIELD_EVIDENCE] = {"bukti", "Bukti", "text",
							   "Apa yang menunjukkan bahwa tidak ada mesin yang dapat dipakai.",
							   DECISION_REASON_MAX, FALSE},
	[OUTAGE_FIELD_DOCUMENT] = {"surat", "Nomor Berita Acara", "text", "Kosongkan bila belum ada.",
							   OUTAGE_DOCUMENT_MAX, TRUE},
};

const char *outage_field_name(OutageField field)
{
	return fields[field].name;
}

static void add_places(Html *html, const GArray *places)
{
	html_add(html, "<datalist id=\"daftar-lokasi\">\n");
	for (guint i = 0; i < places->len; i++) {
		const OutagePlaceChoice *place = &g_array_index(places, OutagePlaceChoice, i);
		html_add(html, "<option value=\"%s\">%s</option>\n", place->code, place->name);
	}
	html_add(html, "</datalist>\n");
}

void page_outages_render_form(Html *html, const Frame *frame, const OutageForm *form)
{
	FieldProblem problems[N_OUTAGE_FIELDS];
	for (gsize i = 0; i < N_OUTAGE_FIELDS; i++)
		problems[i] = (FieldProblem){fields[i].name, fields[i].label, form->problems[i]};
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Laporkan gangguan</h1>\n"
				   "<p class=\"text-muted\">Selama gangguan, presensi yang tidak ada berstatus "
				   "belum lengkap sampai BKD memutuskan.</p>\n");
	field_summary(html, problems, N_OUTAGE_FIELDS);
	html_add(html, "<form method=\"post\" action=\"/gangguan\">\n");
	layout_csrf(html, frame);
	for (gsize i = 0; i < N_OUTAGE_FIELDS; i++) {
		const Field field = {.id = fields[i].name,
							 .label = fields[i].label,
							 .type = fields[i].type,
							 .value = form->values[i],
							 .hint = fields[i].hint,
							 .problem = form->problems[i],
							 .list = i == OUTAGE_FIELD_PLACE ? "daftar-lokasi" : NULL,
							 .size_max = fields[i].size_max,
							 .optional = fields[i].optional};
		field_render(html, &field);
	}
	add_places(html, form->places);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Laporkan</button>\n"
				   "</form>\n<p class=\"hd-hint\"><a href=\"/gangguan\">Kembali ke daftar</a></p>\n"
				   "</div>\n");
	layout_end(html, frame);
}

/* ── one ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name,
			 value == NULL ? "tidak dicatat" : value);
}

static void add_history(Html *html, const OutageView *view)
{
	if (view->history->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Riwayat putusan</h2>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->history->len; i++) {
		const OutageHistoryLine *step = &g_array_index(view->history, OutageHistoryLine, i);
		html_add(html, "<li><span><b>%s</b><small>%s</small><small>%s, %s</small></span></li>\n",
				 step->state, step->reason, step->by, step->time);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_button(Html *html, gboolean shown, gboolean first, const char *verdict,
					   const char *text)
{
	if (!shown)
		return;
	if (first)
		html_add(html,
				 "<button class=\"btn btn-primary\" id=\"putusan\" type=\"submit\" "
				 "name=\"putusan\" value=\"%s\">%s</button>\n",
				 verdict, text);
	else
		html_add(html,
				 "<button class=\"btn btn-outline-danger\" type=\"submit\" name=\"putusan\" "
				 "value=\"%s\">%s</button>\n",
				 verdict, text);
}

static void add_form(Html *html, const Frame *frame, const OutageView *view)
{
	const Field reason = {.id = "alasan",
						  .label = "Alasan putusan",
						  .type = "text",
						  .value = view->reason,
						  .problem = view->reason_problem,
						  .size_max = DECISION_REASON_MAX};
	const Field letter = {.id = "surat",
						  .label = "Nomor Berita Acara",
						  .type = "text",
						  .value = view->letter,
						  .size_max = OUTAGE_DOCUMENT_MAX,
						  .optional = TRUE};
	const FieldProblem problems[] = {{"putusan", "Putusan", view->verdict_problem},
									 {reason.id, reason.label, reason.problem}};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html,
			 "<form class=\"hd-card hd-form hd-gap\" method=\"post\" "
			 "action=\"/gangguan/%" G_GINT64_FORMAT "\">\n",
			 view->line.id);
	layout_csrf(html, frame);
	field_render(html, &reason);
	field_render(html, &letter);
	if (view->verdict_problem != NULL)
		html_add(html, "<p class=\"hd-problem\" id=\"putusan-salah\">%s</p>\n",
				 view->verdict_problem);
	html_add(html, "<div class=\"hd-pager\">\n");
	add_button(html, view->may_accept, TRUE, "accepted", "Setujui");
	add_button(html, view->may_refuse, !view->may_accept, "refused",
			   view->may_accept ? "Tolak" : "Batalkan persetujuan");
	html_add(html, "</div>\n</form>\n");
}

void page_outages_render_one(Html *html, const Frame *frame, const OutageView *view)
{
	const OutageLine *line = &view->line;
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>Gangguan di %s</h1>\n<p>%s</p></div></div>\n"
			 "<dl class=\"hd-card hd-facts\">\n",
			 line->place, line->span);
	add_fact(html, "Keadaan", line->state);
	add_fact(html, "Sebab", line->cause);
	add_fact(html, "Bukti", view->evidence);
	add_fact(html, "Berita Acara", view->document);
	add_fact(html, "Dilaporkan oleh", view->declared_by == NULL ? "server" : view->declared_by);
	add_fact(html, "Dilaporkan pada", view->declared);
	html_add(html, "</dl>\n");
	add_history(html, view);
	if (view->own)
		html_add(html, "<p>Gangguan di lokasi tugas Anda sendiri diputuskan oleh petugas lain.</p>"
					   "\n");
	else if (view->may_decide)
		add_form(html, frame, view);
	html_add(html, "<p><a href=\"/gangguan\">Kembali ke daftar</a></p>\n");
	layout_end(html, frame);
}
