#include "server/web/system/page_audit.h"

#include "server/web/fields.h"

static void add_tabs(Html *html)
{
	html_add(html,
			 "<nav class=\"hd-pager hd-gap\" aria-label=\"Audit\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/audit\">Cari hari pegawai</a>\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/audit/rantai\">Rantai mesin</a>\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/audit/catatan\">Catatan akses"
			 "</a>\n</nav>\n");
}

/* ── finding ── */

static void add_grants(Html *html, const GArray *grants)
{
	for (guint i = 0; i < grants->len; i++) {
		const AuditGrant *grant = &g_array_index(grants, AuditGrant, i);
		html_add(html, "<p class=\"hd-asof\">%s, %s. Surat: %s. Berlaku %s%s.</p>\n", grant->role,
				 grant->unit == NULL ? "seluruh provinsi" : grant->unit,
				 grant->decree == NULL ? "tidak dicatat" : grant->decree,
				 grant->until == NULL ? "tanpa batas waktu" : "sampai ", grant->until);
	}
}

static void add_people(Html *html, const AuditFindView *view)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Hasil <small>%d orang</small>"
			 "</h2>\n",
			 (int)view->people->len);
	if (view->people->len == 0)
		html_add(html, "<p>Tidak ada pegawai yang cocok pada tanggal itu. Periksa ejaan nama atau "
					   "angka NIP.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->people->len; i++) {
		const AuditPerson *person = &g_array_index(view->people, AuditPerson, i);
		html_add(html,
				 "<li><span><b><a href=\"/audit/pegawai/%" G_GINT64_FORMAT
				 "?tanggal=%s\">%s</a></b><small>%s%s%s</small></span></li>\n",
				 person->id, view->date, person->name, person->number,
				 person->number == NULL || person->unit == NULL ? "" : " · ", person->unit);
	}
	if (view->people->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

void page_audit_render(Html *html, const Frame *frame, const AuditFindView *view)
{
	const Field text = {
		.id = "q", .label = "Nama, NIP, atau nomor Hadir", .type = "text", .value = view->text};
	const Field date = {.id = "tanggal",
						.label = "Tanggal",
						.type = "date",
						.value = view->date,
						.problem = view->date_problem};
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Audit</h1>\n<p>Satu hari seorang pegawai, "
				   "sampai tanda tangannya</p></div></div>\n");
	add_tabs(html);
	add_grants(html, view->grants);
	html_add(html, "<form class=\"hd-card hd-form hd-gap\" method=\"get\" action=\"/audit\" "
				   "role=\"search\">\n");
	field_render(html, &text);
	field_render(html, &date);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Cari</button>\n"
				   "</form>\n");
	if (view->asked && view->date_problem == NULL)
		add_people(html, view);
	layout_end(html, frame);
}

/* ── a person-day ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		html_add(html, "<div><dt>%s</dt><dd class=\"hd-secret\">%s</dd></div>\n", name, value);
}

static void add_state(Html *html, EvidenceState state)
{
	switch (state) {
	case EVIDENCE_HOLDS:
		html_add(html, "<span class=\"hd-mark hd-tone-ok\">✓ rantai dan tanda tangan sah</span>");
		break;
	case EVIDENCE_UNSIGNED:
		html_add(html, "<span class=\"hd-mark hd-tone-wait\">belum ditandatangani</span>");
		break;
	case EVIDENCE_BROKEN:
		html_add(html, "<span class=\"hd-mark hd-tone-missing\">✕ tidak cocok</span>");
		break;
	case EVIDENCE_MISSING:
	default:
		html_add(html, "<span class=\"hd-mark hd-tone-mute\">tidak ada kejadian dari mesin</span>");
	}
}

static void add_punch(Html *html, const EvidencePunch *punch)
{
	const Evidence *proof = &punch->evidence;
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>%s, %s <small>%s</small></h2>\n"
			 "<div class=\"hd-proof\">",
			 punch->time, punch->place, punch->state);
	add_state(html, proof->state);
	html_add(html, "</div>\n<dl class=\"hd-facts hd-proof\">\n");
	add_fact(html, "Mesin", punch->terminal);
	add_fact(html, "Dasar", punch->letter);
	add_fact(html, "Waktu menurut mesin", punch->stamp);
	add_fact(html, "Diterima server", punch->received);
	if (punch->journal != NULL) {
		g_autofree char *seq = g_strdup_printf("%" G_GINT64_FORMAT, proof->seq);
		add_fact(html, "Jurnal", punch->journal);
		add_fact(html, "Nomor urut", seq);
	}
	if (proof->first != 0) {
		g_autofree char *span = g_strdup_printf("%" G_GINT64_FORMAT " sampai %" G_GINT64_FORMAT,
												proof->first, proof->last);
		add_fact(html, "Pernyataan atas kejadian", span);
	}
	add_fact(html, "Mata rantai (SHA-256)", proof->head);
	add_fact(html, "Ujung rantai yang ditandatangani", proof->signed_head);
	add_fact(html, "Tanda tangan (ES256)", proof->signature);
	add_fact(html, "Kunci mesin", proof->key);
	add_fact(html, "Nomor sertifikat", proof->certificate);
	html_add(html, "</dl>\n</section>\n");
}

static void add_verdict(Html *html, const EvidenceView *view)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\">\n<h2>Putusan hari ini <small>%s"
			 "</small></h2>\n",
			 view->codes == NULL ? "belum dinilai" : view->codes);
	if (view->codes == NULL)
		html_add(html, "<p>Hari ini belum dinilai, atau tidak dinilai: belum bertugas, sebelum "
					   "unitnya mulai, atau belum tiba.</p>\n");
	for (guint i = 0; i < view->reasons->len; i++)
		html_add(html, "<p class=\"hd-reason\">%s</p>\n", (const char *)view->reasons->pdata[i]);
	if (view->judged != NULL)
		html_add(html, "<p>%s</p>\n", view->judged);
	html_add(html, "</section>\n");
}

void page_evidence_render(Html *html, const Frame *frame, const EvidenceView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s</p></div>\n"
			 "<nav class=\"hd-pager\" aria-label=\"Hari lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" rel=\"prev\" "
			 "href=\"/audit/pegawai/%" G_GINT64_FORMAT "?tanggal=%s\">Hari sebelumnya</a>\n"
			 "<a class=\"btn btn-outline-secondary\" rel=\"next\" "
			 "href=\"/audit/pegawai/%" G_GINT64_FORMAT
			 "?tanggal=%s\">Hari berikutnya</a>\n</nav></div>\n",
			 view->name, view->date, view->person, view->before, view->person, view->after);
	add_verdict(html, view);
	if (view->punches->len == 0)
		html_add(html, "<section class=\"hd-section hd-tone-mute\"><h2>Presensi</h2>\n<p>Tidak ada "
					   "presensi pada hari ini.</p></section>\n");
	for (guint i = 0; i < view->punches->len; i++)
		add_punch(html, &g_array_index(view->punches, EvidencePunch, i));
	html_add(html, "<p><a href=\"/audit\">Cari yang lain</a></p>\n");
	layout_end(html, frame);
}

/* ── chains ── */

void page_chains_render(Html *html, const Frame *frame, const ChainsView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>Rantai mesin</h1>\n<p>%" G_GINT64_FORMAT
			 " mesin, %" G_GINT64_FORMAT " peringatan terbuka</p></div></div>\n",
			 view->n_terminals, view->n_alarms);
	add_tabs(html);
	html_add(html, "<section class=\"hd-section %s\">\n<h2>Jurnal <small>%d%s</small></h2>\n",
			 view->n_alarms == 0 ? "hd-tone-ok" : "hd-tone-missing", (int)view->lines->len,
			 view->more ? " pertama" : "");
	if (view->lines->len == 0)
		html_add(html, "<p>Belum ada mesin yang mengirim kejadian.</p>\n");
	else
		html_add(html, "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" "
					   "aria-label=\"Jurnal\"><table class=\"table hd-table hd-lines\">\n"
					   "<thead><tr><th scope=\"col\">Mesin</th><th scope=\"col\">Jurnal</th>"
					   "<th scope=\"col\" class=\"hd-n\">Kejadian</th><th scope=\"col\">Ujung "
					   "rantai</th><th scope=\"col\">Terakhir diterima</th><th scope=\"col\" "
					   "class=\"hd-n\">Peringatan</th></tr></thead>\n<tbody>\n");
	for (guint i = 0; i < view->lines->len; i++) {
		const ChainLine *line = &g_array_index(view->lines, ChainLine, i);
		html_add(html,
				 "<tr><td><a href=\"/mesin/%s\">%s</a></td><td>%s</td><td "
				 "class=\"hd-n\">%" G_GINT64_FORMAT
				 "</td><td>%s</td><td>%s</td><td class=\"hd-n\">%" G_GINT64_FORMAT "</td></tr>\n",
				 line->terminal, line->terminal, line->journal, line->seq, line->head, line->heard,
				 line->n_alarms);
	}
	if (view->lines->len > 0)
		html_add(html, "</tbody></table></div>\n");
	html_add(html, "<p>Setiap kejadian memuat sidik kejadian sebelumnya, jadi yang hilang, "
				   "berubah, atau tertukar tampak. Seluruh rantai diperiksa di server dengan "
				   "perintah hadir audit.</p>\n</section>\n");
	layout_end(html, frame);
}

/* ── the log ── */

void page_log_render(Html *html, const Frame *frame, const LogView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Catatan akses</h1>\n<p>Siapa melihat dan "
				   "mengubah apa</p></div></div>\n");
	add_tabs(html);
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Terbaru dahulu</h2>\n");
	if (view->lines->len == 0)
		html_add(html, "<p>Belum ada catatan.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++) {
		const LogLine *line = &g_array_index(view->lines, LogLine, i);
		html_add(
			html,
			"<li><span><b>%s</b><small>%s</small><small>%s%s%s</small><small>%s%s%s</small></span>"
			"</li>\n",
			line->what, line->time, line->who, line->whom == NULL ? "" : ", tentang ", line->whom,
			line->detail, line->detail == NULL || line->address == NULL ? "" : " · ",
			line->address);
	}
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
	if (view->older != NULL)
		html_add(html,
				 "<p><a class=\"btn btn-outline-secondary\" href=\"/audit/catatan?sebelum=%s\">"
				 "Lebih lama</a></p>\n",
				 view->older);
	layout_end(html, frame);
}
