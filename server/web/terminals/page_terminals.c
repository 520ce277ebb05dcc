#include "server/web/terminals/page_terminals.h"

#include "server/web/words.h"

static void add_troubles(Html *html, const TerminalView *terminal)
{
	for (gsize i = 0; i < terminal->n_troubles; i++)
		html_add(html, "<small class=\"hd-trouble\"><strong>%s.</strong> %s</small>",
				 terminal->troubles[i].what, terminal->troubles[i].advice);
}

static void add_terminal(Html *html, const TerminalView *terminal)
{
	html_add(html, "<li class=\"%s\"><span><b><a href=\"/mesin/%s\">%s</a></b><small>%s · ",
			 terminal->tone, terminal->id, terminal->place, terminal->id);
	if (terminal->heard == NULL)
		html_add(html, "belum pernah terhubung</small>");
	else
		html_add(html, "terakhir terdengar %s</small>", terminal->heard);
	add_troubles(html, terminal);
	html_add(html, "</span><span class=\"hd-right\"><span class=\"hd-mark\">%s</span>",
			 terminal->state);
	if (terminal->backlog > 0) {
		g_autofree char *number = words_number(terminal->backlog);
		html_add(html, "<small class=\"hd-progress\">%s menunggu</small>", number);
	}
	html_add(html, "</span></li>\n");
}

void page_terminals_render(Html *html, const Frame *frame, const TerminalsView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Mesin presensi</h1>\n"
				   "<p>Yang bermasalah paling atas.</p></div>\n");
	if (view->may_declare)
		html_add(html, "<a class=\"btn btn-outline-secondary\" href=\"/gangguan/baru\">Laporkan "
					   "gangguan</a>\n");
	html_add(html,
			 "</div>\n<section class=\"hd-section %s\">\n<h2>Mesin <small>%" G_GINT64_FORMAT
			 " bermasalah dari %" G_GINT64_FORMAT " aktif</small></h2>\n",
			 view->n_troubled > 0 ? "hd-tone-late" : "hd-tone-ok", view->n_troubled,
			 view->n_active);
	if (view->terminals->len == 0)
		html_add(html, "<p>Belum ada mesin presensi di lokasi Anda. Mintalah kepada BKD.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->terminals->len; i++)
		add_terminal(html, &g_array_index(view->terminals, TerminalView, i));
	if (view->terminals->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── one terminal ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name,
			 value == NULL || value[0] == '\0' ? "belum diketahui" : value);
}

static void add_number(Html *html, const char *name, gint64 value, const char *unit)
{
	g_autofree char *number = words_number(value);
	html_add(html, "<div><dt>%s</dt><dd>%s %s</dd></div>\n", name, number, unit);
}

static void add_facts(Html *html, const TerminalDetail *view)
{
	const TerminalView *terminal = &view->terminal;
	html_add(html, "<dl class=\"hd-card hd-facts\">\n");
	add_fact(html, "Keadaan", terminal->state);
	add_fact(html, "Terakhir terdengar", terminal->heard);
	add_fact(html, "Jam mesin", view->clock);
	add_number(html, "Menunggu terkirim", terminal->backlog, "kejadian");
	add_number(html, "Pegawai dikenal", terminal->n_people, "orang");
	add_number(html, "Ruang simpan", view->free_mib, "MiB");
	add_fact(html, "Sensor", terminal->sensor);
	add_fact(html, "Versi program", terminal->version);
	add_fact(html, "Dipasang", view->joined);
	if (view->n_held > 0)
		add_number(html, "Kiriman ditahan", view->n_held, "menunggu keputusan BKD");
	html_add(html, "</dl>\n");
}

static void add_alarms(Html *html, const TerminalDetail *view)
{
	if (view->alarms->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-missing\">\n<h2>Peringatan</h2>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->alarms->len; i++) {
		const TerminalAlarm *alarm = &g_array_index(view->alarms, TerminalAlarm, i);
		html_add(html,
				 "<li><span><b>%s</b><small>sejak %s</small></span>"
				 "<span class=\"hd-mark\">%" G_GINT64_FORMAT "×</span></li>\n",
				 alarm->what, alarm->since, alarm->n);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_journals(Html *html, const TerminalDetail *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Rantai catatan</h2>\n");
	if (view->journals->len == 0) {
		html_add(html, "<p>Belum ada kejadian yang diterima dari mesin ini.</p>\n</section>\n");
		return;
	}
	html_add(html, "<p>Setiap kejadian ditandatangani mesin dan terikat pada kejadian sebelumnya. "
				   "Kejadian 1 sampai nomor di bawah tersimpan tanpa celah.</p>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->journals->len; i++) {
		const TerminalJournal *journal = &g_array_index(view->journals, TerminalJournal, i);
		g_autofree char *number = words_number(journal->seq);
		html_add(html,
				 "<li><span><b>Jurnal %s</b><small>kepala %s · diterima %s</small></span>"
				 "<span class=\"hd-mark\">%s kejadian</span></li>\n",
				 journal->journal, journal->head, journal->heard, number);
	}
	html_add(html, "</ul>\n</section>\n");
}

void page_terminal_render(Html *html, const Frame *frame, const TerminalDetail *view)
{
	const TerminalView *terminal = &view->terminal;
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s</h1>\n<p>%s · <a href=\"/mesin\">semua mesin</a>"
			 "</p></div></div>\n",
			 terminal->place, terminal->id);
	if (terminal->n_troubles > 0) {
		html_add(html, "<div class=\"hd-card hd-gap %s\">", terminal->tone);
		add_troubles(html, terminal);
		html_add(html, "</div>\n");
	}
	add_facts(html, view);
	add_alarms(html, view);
	add_journals(html, view);
	layout_end(html, frame);
}
