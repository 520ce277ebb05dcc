#include "server/web/time/page_board.h"

#include <string.h>

#include "server/web/words.h"

/* How each state is shown, in this order: first what somebody has to do something about. */
static const struct {
	BoardState state;
	const char *id, *tone, *tile, *heading;
	gboolean always_tile; /* also when nobody is in that state */
	const char *empty;    /* what the section says then; NULL: it is left out */
} sections[] = {
	{BOARD_MISSING, "belum", "hd-tone-missing", "Belum presensi", "Belum presensi", TRUE,
	 "Tidak ada yang masih ditunggu presensinya."},
	{BOARD_WAITING, "menunggu", "hd-tone-wait", "Menunggu", "Menunggu verifikasi atau persetujuan",
	 TRUE, NULL},
	{BOARD_NOT_ENROLLED, "belum-terdaftar", "hd-tone-late", "Belum terdaftar",
	 "Belum terdaftar: sidik jari belum direkam", TRUE, NULL},
	{BOARD_GAP, "belum-lengkap", "hd-tone-mute", "Belum lengkap",
	 "Belum lengkap: data mesin belum diterima", FALSE, NULL},
	{BOARD_PRESENT, "hadir", "hd-tone-ok", "Hadir", "Hadir", TRUE,
	 "Belum ada presensi hari ini. Daftar ini terisi sendiri begitu presensi diterima."},
	{BOARD_AWAY, "cuti", "hd-tone-away", "Cuti dan dinas", "Cuti, dinas, dan tugas lain", TRUE,
	 NULL},
	{BOARD_OFF, "libur", "hd-tone-mute", "Libur", "Tidak ada kewajiban hari ini", FALSE, NULL},
};

/* A number opens its rows; zero has none. */
static void add_tile(Html *html, const char *id, const char *tone, const char *text, gint64 n)
{
	g_autofree char *number = words_number(n);
	if (n > 0)
		html_add(html, "<a class=\"hd-tile %s\" href=\"#%s\"><b>%s</b><span>%s</span></a>\n", tone,
				 id, number, text);
	else
		html_add(html, "<div class=\"hd-tile hd-tone-mute\"><b>%s</b><span>%s</span></div>\n",
				 number, text);
}

static void add_tiles(Html *html, const BoardView *view)
{
	html_add(html, "<nav class=\"hd-tiles\" aria-label=\"Ringkasan\">\n");
	for (gsize i = 0; i < G_N_ELEMENTS(sections); i++)
		if (sections[i].always_tile || view->n[sections[i].state] > 0)
			add_tile(html, sections[i].id, sections[i].tone, sections[i].tile,
					 view->n[sections[i].state]);
	add_tile(html, "mesin", "hd-tone-late", "Mesin tanpa jaringan", view->terminals->len);
	html_add(html, "</nav>\n");
}

static void begin_section(Html *html, const char *id, const char *tone, const char *heading,
						  gint64 n)
{
	g_autofree char *number = words_number(n);
	html_add(html,
			 "<section class=\"hd-section %s\" id=\"%s\" aria-labelledby=\"%s-judul\">\n"
			 "<h2 id=\"%s-judul\">%s <small>%s orang</small></h2>\n",
			 tone, id, id, id, heading, number);
}

/* What stands at the right end of a person's line. */
static void add_mark(Html *html, const BoardView *view, const BoardPerson *person)
{
	if (person->at_ms != 0) {
		g_autofree char *time = words_time(person->at_ms, view->utc_offset_min);
		g_autofree char *machine = g_strdelimit(g_strdup(time), ".", ':');
		html_add(html, "<time datetime=\"%s\">%s", machine, time);
		if (person->late_min > 0 && person->code != NULL)
			html_add(html, "<small class=\"hd-tone-late\">%s · %" G_GINT64_FORMAT " menit</small>",
					 person->code, person->late_min);
		html_add(html, "</time>");
	} else if (person->meaning != NULL)
		html_add(html, "<span class=\"hd-mark\" title=\"%s\">%s</span>", person->meaning,
				 person->code);
}

/* Below the name: the unit, and where the punch was or why there is none. */
static void add_place(Html *html, const char *unit, const char *rest)
{
	if (rest == NULL)
		html_add(html, "<small title=\"%s\">%s</small>", unit, unit);
	else
		html_add(html, "<small title=\"%s · %s\">%s · %s</small>", unit, rest, unit, rest);
}

/* Serves here besides; the day is judged in the person's own unit. */
static const char *secondary_words(const char *kind)
{
	static const char *const words[][2] = {
		{"plt", "Plt"}, {"plh", "Plh"}, {"sekolah", "sekolah kedua"}};
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	return "tugas tambahan";
}

static void add_person(Html *html, const BoardView *view, const BoardPerson *person)
{
	html_add(html, "<li><span><b>%s</b>", person->name);
	if (person->secondary != NULL)
		html_add(html, " <em>%s</em>", secondary_words(person->secondary));
	add_place(html, g_hash_table_lookup((GHashTable *)view->units, &person->unit),
			  person->at_ms != 0 ? person->place : person->meaning);
	html_add(html, "</span>");
	add_mark(html, view, person);
	html_add(html, "</li>\n");
}

static void add_section(Html *html, const BoardView *view, gsize i)
{
	gint64 n = view->n[sections[i].state];
	begin_section(html, sections[i].id, sections[i].tone, sections[i].heading, n);
	if (n == 0)
		html_add(html, "<p>%s</p>\n", sections[i].empty);
	else
		html_add(html, "<ul class=\"hd-people\">\n");
	for (guint at = 0; n > 0 && at < view->people->len; at++) {
		const BoardPerson *person = view->people->pdata[at];
		if (person->state == sections[i].state)
			add_person(html, view, person);
	}
	if (n > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_sum_row(Html *html, const BoardUnit *unit)
{
	html_add(html,
			 "<tr><th scope=\"row\"><a href=\"/papan?unit=%s\">%s</a></th>"
			 "<td class=\"hd-n\">%" G_GINT64_FORMAT "</td>",
			 unit->code, unit->name, unit->n_people);
	for (gsize i = 0; i < G_N_ELEMENTS(sections); i++) {
		gint64 n = unit->n[sections[i].state];
		if (n == 0)
			html_add(html, "<td class=\"hd-n\">0</td>");
		else
			html_add(
				html,
				"<td class=\"hd-n\"><a class=\"%s\" href=\"/papan?unit=%s#%s\">%" G_GINT64_FORMAT
				"</a></td>",
				sections[i].tone, unit->code, sections[i].id, n);
	}
	html_add(html, "</tr>\n");
}

/* Large subtrees: one line per unit, each of which opens its own board. */
static void add_sums(Html *html, const BoardView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\" id=\"per-unit\">\n<h2>Per unit kerja"
				   "</h2>\n<div class=\"hd-scroll\"><table class=\"table hd-table\">\n"
				   "<thead><tr><th scope=\"col\">Unit kerja</th>"
				   "<th scope=\"col\" class=\"hd-n\">Pegawai</th>");
	for (gsize i = 0; i < G_N_ELEMENTS(sections); i++)
		html_add(html, "<th scope=\"col\" class=\"hd-n\" id=\"%s\">%s</th>", sections[i].id,
				 sections[i].tile);
	html_add(html, "</tr></thead>\n<tbody>\n");
	for (guint i = 0; i < view->sums->len; i++)
		add_sum_row(html, &g_array_index(view->sums, BoardUnit, i));
	html_add(html, "</tbody>\n</table></div>\n</section>\n");
}

static void add_terminal(Html *html, const BoardTerminal *terminal)
{
	html_add(html, "<li><span><b>%s</b><small>%s · ", terminal->name, terminal->id);
	if (terminal->since == NULL)
		html_add(html, "belum pernah terhubung");
	else
		html_add(html, "terakhir terdengar %s", terminal->since);
	html_add(html, "</small></span>");
	if (terminal->backlog > 0)
		html_add(html, "<span class=\"hd-mark\">%" G_GINT64_FORMAT " menunggu</span>",
				 terminal->backlog);
	html_add(html, "</li>\n");
}

static void add_terminals(Html *html, const BoardView *view)
{
	html_add(html,
			 "<section class=\"hd-section %s\" id=\"mesin\" aria-labelledby=\"mesin-judul\">\n"
			 "<h2 id=\"mesin-judul\">Mesin tanpa jaringan <small>%d dari %" G_GINT64_FORMAT
			 " mesin</small></h2>\n",
			 view->terminals->len > 0 ? "hd-tone-late" : "hd-tone-mute", (int)view->terminals->len,
			 view->n_terminals);
	if (view->n_terminals == 0)
		html_add(html,
				 "<p>Belum ada mesin presensi di lokasi unit ini. Mintalah kepada BKD.</p>\n");
	else if (view->terminals->len == 0)
		html_add(html, "<p>Semua mesin terhubung.</p>\n");
	else
		html_add(html, "<p>Presensi di mesin ini tetap tercatat dan terkirim saat jaringan pulih."
					   "</p>\n<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->terminals->len; i++)
		add_terminal(html, &g_array_index(view->terminals, BoardTerminal, i));
	if (view->terminals->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

void page_board_render_fragment(Html *html, const BoardView *view)
{
	html_add(html, "<p class=\"hd-asof\">Keadaan pukul %s WIB</p>\n", view->time);
	add_tiles(html, view);
	if (view->n_people == 0)
		html_add(html, "<div class=\"hd-card\">Belum ada pegawai di unit ini pada hari ini. "
					   "Pegawai muncul sejak TMT penempatannya; penempatan dimasukkan oleh BKD."
					   "</div>\n");
	else if (view->people == NULL)
		add_sums(html, view);
	else
		for (gsize i = 0; i < G_N_ELEMENTS(sections); i++)
			if (view->n[sections[i].state] > 0 || sections[i].empty != NULL)
				add_section(html, view, i);
	add_terminals(html, view);
}

static void add_choices(Html *html, const BoardPage *page)
{
	if (page->choices->len < 2)
		return;
	html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"/papan\">\n");
	choices_render(html, page->choices, page->unit_code);
	html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">"
				   "Tampilkan</button>\n</form>\n");
}

void page_board_render(Html *html, const Frame *frame, const BoardPage *page)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>%s</h1>\n<p>%s · <span class=\"hd-live\" "
			 "data-langsung role=\"status\">menurut keadaan saat dibuka</span></p></div>\n",
			 page->unit_name, page->board.date);
	add_choices(html, page);
	html_add(html, "</div>\n<div data-aliran=\"/papan/aliran?unit=");
	html_add(html, "%s\">\n", page->unit_code);
	page_board_render_fragment(html, &page->board);
	html_add(html, "</div>\n");
	layout_end(html, frame);
}
