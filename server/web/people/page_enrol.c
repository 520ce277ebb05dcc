#include "server/web/people/page_enrol.h"

#include <string.h>

#include "server/web/fields.h"
#include "server/web/terms.h"
#include "server/web/words.h"

/* ── what is under way ── */

static void add_order(Html *html, const EnrolOrder *order)
{
	html_add(html,
			 "<li class=\"%s\"><span><b><a href=\"/perekaman/%s\">%s</a></b>"
			 "<small>%s · %s</small><small>%s</small></span>"
			 "<span class=\"hd-right\"><span class=\"hd-mark\">%s</span>",
			 order->tone, order->id, order->name, order->time, order->terminal, order->advice,
			 order->state);
	if (order->progress != NULL)
		html_add(html, "<small class=\"hd-progress\">%s</small>", order->progress);
	html_add(html, "</span></li>\n");
}

void page_enrol_render_fragment(Html *html, const EnrolProgress *progress)
{
	html_add(html,
			 "<section class=\"hd-section hd-tone-wait\" id=\"antrean\">\n"
			 "<h2>Antrean perekaman <small>pukul %s</small></h2>\n",
			 progress->time);
	if (progress->orders->len == 0)
		html_add(html, "<p>Tidak ada perekaman yang berjalan. Pilih pegawai di bawah, lalu tekan "
					   "Mulai.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < progress->orders->len; i++)
		add_order(html, &g_array_index(progress->orders, EnrolOrder, i));
	if (progress->orders->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

/* ── who lacks fingers ── */

static void add_terminals(Html *html, const GArray *terminals, const char *chosen)
{
	for (guint i = 0; i < terminals->len; i++) {
		const EnrolTerminalChoice *terminal = &g_array_index(terminals, EnrolTerminalChoice, i);
		if (g_strcmp0(terminal->id, chosen) == 0)
			html_add(html, "<option value=\"%s\" selected>%s</option>\n", terminal->id,
					 terminal->label);
		else
			html_add(html, "<option value=\"%s\">%s</option>\n", terminal->id, terminal->label);
	}
}

static void add_chooser(Html *html, const EnrolView *view)
{
	if (view->choices->len < 2 && view->terminals->len < 2)
		return;
	html_add(html, "<form class=\"hd-choose\" method=\"get\" action=\"/perekaman\">\n");
	choices_render(html, view->choices, view->unit_code);
	if (view->terminals->len > 1) {
		html_add(html, "<label class=\"visually-hidden\" for=\"mesin\">Mesin presensi</label>\n"
					   "<select class=\"form-select\" id=\"mesin\" name=\"mesin\" data-kirim>\n");
		add_terminals(html, view->terminals, view->terminal);
		html_add(html, "</select>\n");
	}
	html_add(html, "<button class=\"btn btn-outline-secondary\" type=\"submit\">Tampilkan</button>"
				   "\n</form>\n");
}

static void add_person(Html *html, const EnrolView *view, const EnrolPerson *person)
{
	html_add(html,
			 "<li><span><b><a href=\"/pegawai/%" G_GINT64_FORMAT "\">%s</a></b>"
			 "<small>%s%s%s</small></span>",
			 person->id, person->name, person->number == NULL ? "" : person->number,
			 person->number == NULL || person->unit == NULL ? "" : " · ", person->unit);
	if (view->terminal != NULL) {
		html_add(html,
				 "<a class=\"btn btn-sm btn-primary hd-right\" href=\"/perekaman/baru?pegawai="
				 "%" G_GINT64_FORMAT "&amp;mesin=%s&amp;unit=%s\" ",
				 person->id, view->terminal, view->unit_code);
		html_add(html, "aria-label=\"Mulai perekaman %s\">Mulai</a>", person->name);
	}
	html_add(html, "</li>\n");
}

/* A list of those with at least `min` and less than `end` fingers. */
static void add_people(Html *html, const EnrolView *view, gint64 min, gint64 end, gint64 n)
{
	guint shown = 0;
	html_add(html, "<ul class=\"hd-people\">\n");
	for (guint i = 0; i < view->people->len; i++) {
		const EnrolPerson *person = &g_array_index(view->people, EnrolPerson, i);
		if (person->n_fingers < min || person->n_fingers >= end)
			continue;
		add_person(html, view, person);
		shown++;
	}
	html_add(html, "</ul>\n");
	if (shown < n)
		html_add(html,
				 "<p>%d dari %" G_GINT64_FORMAT " ditampilkan; pilih unit kerja untuk "
				 "melihat yang lain.</p>\n",
				 (int)shown, n);
}

static void add_lacking(Html *html, const EnrolView *view)
{
	g_autofree char *without = words_number(view->n_without);
	gint64 n_few = view->n_lacking - view->n_without;
	html_add(html,
			 "<section class=\"hd-section hd-tone-late\" id=\"belum\">\n"
			 "<h2>Sidik jari belum direkam <small>%s orang</small></h2>\n",
			 without);
	if (view->n_without == 0)
		html_add(html, "<p>Semua pegawai unit ini sudah direkam.</p>\n");
	else
		add_people(html, view, 0, 1, view->n_without);
	html_add(html, "</section>\n");
	if (n_few == 0)
		return;
	g_autofree char *few = words_number(n_few);
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\" id=\"kurang\">\n"
			 "<h2>Baru satu jari <small>%s orang</small></h2>\n",
			 few);
	add_people(html, view, 1, G_MAXINT64, n_few);
	html_add(html, "</section>\n");
}

void page_enrol_render(Html *html, const Frame *frame, const EnrolView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Perekaman sidik jari</h1>\n<p>%s · <span "
			 "class=\"hd-live\" data-langsung role=\"status\">menurut keadaan saat dibuka</span>"
			 "</p></div>\n",
			 view->unit_name);
	add_chooser(html, view);
	html_add(html,
			 "<p class=\"hd-hint\"><a href=\"/perekaman/ulang?unit=%s\">Perlu rekam ulang</a></p>\n"
			 "</div>\n",
			 view->unit_code);
	if (view->terminal == NULL)
		html_add(html,
				 "<div class=\"hd-card hd-gap\">Belum ada mesin presensi yang aktif di lokasi "
				 "unit ini. Mintalah kepada BKD.</div>\n");
	html_add(html, "<div data-aliran=\"/perekaman/aliran?unit=%s\">\n", view->unit_code);
	page_enrol_render_fragment(html, &view->progress);
	html_add(html, "</div>\n");
	add_lacking(html, view);
	layout_end(html, frame);
}

/* ── the second click ── */

/* The attributes that say what is wrong with a field; the problem itself. */
static void add_invalid(Html *html, const char *id, const char *problem)
{
	if (problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"%s-salah\"", id);
}

static void add_problem(Html *html, const char *id, const char *problem)
{
	if (problem != NULL)
		html_add(html, "<div class=\"hd-problem\" id=\"%s-salah\">%s</div>\n", id, problem);
}

static void add_finger(Html *html, const char *id, const char *label, gint64 chosen,
					   const char *problem, gboolean optional)
{
	html_add(html,
			 "<div class=\"mb-3\"><label class=\"form-label\" for=\"%s\">%s</label>\n"
			 "<select class=\"form-select\" id=\"%s\" name=\"%s\"",
			 id, label, id, id);
	add_invalid(html, id, problem);
	html_add(html, ">\n");
	if (optional && chosen == 0)
		html_add(html, "<option value=\"0\" selected>Tidak ada</option>\n");
	else if (optional)
		html_add(html, "<option value=\"0\">Tidak ada</option>\n");
	for (Finger finger = FINGER_FIRST; finger <= FINGER_LAST; finger++) {
		if (chosen == (gint64)finger)
			html_add(html, "<option value=\"%d\" selected>%s</option>\n", (int)finger,
					 terms_finger(finger));
		else
			html_add(html, "<option value=\"%d\">%s</option>\n", (int)finger, terms_finger(finger));
	}
	html_add(html, "</select>\n");
	add_problem(html, id, problem);
	html_add(html, "</div>\n");
}

void page_enrol_render_confirm(Html *html, const Frame *frame, const EnrolConfirm *view)
{
	const EnrolPerson *person = &view->person;
	const FieldProblem problems[] = {{"mesin", "Mesin presensi", view->terminal_problem},
									 {"jari2", "Jari kedua", view->finger_problem}};
	gboolean refused = view->terminal_problem != NULL || view->finger_problem != NULL;
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card\">\n<h1 class=\"h4\">Rekam sidik jari</h1>\n"
			 "<p><b>%s</b><br>%s%s%s</p>\n"
			 "<p class=\"text-muted\">Pastikan orang yang berdiri di mesin adalah pegawai ini. "
			 "Yang disimpan adalah kode tersandi, bukan gambar sidik jari.</p>\n",
			 person->name, person->number == NULL ? "" : person->number,
			 person->number == NULL || person->unit == NULL ? "" : " · ", person->unit);
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/perekaman\">\n");
	layout_csrf(html, frame);
	html_add(
		html,
		"<input type=\"hidden\" name=\"pegawai\" value=\"%" G_GINT64_FORMAT "\">\n"
		"<input type=\"hidden\" name=\"unit\" value=\"%s\">\n"
		"<div class=\"mb-3\"><label class=\"form-label\" for=\"mesin\">Mesin presensi</label>\n"
		"<select class=\"form-select\" id=\"mesin\" name=\"mesin\"",
		person->id, view->unit_code);
	add_invalid(html, "mesin", view->terminal_problem);
	html_add(html, ">\n");
	add_terminals(html, view->terminals, view->terminal);
	html_add(html, "</select>\n");
	add_problem(html, "mesin", view->terminal_problem);
	html_add(html, "</div>\n");
	add_finger(html, "jari1", "Jari pertama", view->fingers[0], NULL, FALSE);
	add_finger(html, "jari2", "Jari kedua", view->fingers[1], view->finger_problem, TRUE);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\"");
	if (!refused)
		html_add(html, " autofocus");
	html_add(html, ">Rekam</button>\n</form>\n</div>\n");
	layout_end(html, frame);
}

/* ── one enrolment ── */

void page_enrol_render_detail(Html *html, const Frame *frame, const EnrolOrder *order)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-narrow hd-card %s\">\n<h1 class=\"h4\">%s</h1>\n"
			 "<p><span class=\"hd-mark\">%s</span> %s</p>\n<p>%s</p>\n"
			 "<p class=\"text-muted\">Diperintahkan pukul %s untuk mesin %s.</p>\n",
			 order->tone, order->name, order->state, order->progress, order->advice, order->time,
			 order->terminal);
	if (order->open) {
		html_add(html, "<form method=\"post\" action=\"/perekaman/%s/batal\">\n", order->id);
		layout_csrf(html, frame);
		html_add(html, "<button class=\"btn btn-outline-danger w-100\" type=\"submit\">Batalkan "
					   "perekaman</button>\n</form>\n");
	}
	html_add(html,
			 "<p class=\"hd-hint\"><a href=\"/perekaman\">Kembali ke antrean</a></p>\n</div>\n");
	layout_end(html, frame);
}
