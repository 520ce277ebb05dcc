#include "server/web/time/page_closing.h"

#include "server/web/fields.h"
#include "server/web/words.h"

static const struct {
	const char *path, *button, *done;
} step_words[N_MONTH_STEPS] = {
	[MONTH_SUBMIT] = {"ajukan", "Ajukan", "Diajukan"},
	[MONTH_SIGN] = {"tanda-tangan", "Tanda tangani", "Ditandatangani"},
	[MONTH_LOCK] = {"kunci", "Kunci", "Dikunci"},
	[MONTH_PAY] = {"bayar", "Catat sudah dibayarkan", "Dibayarkan"},
	[MONTH_REOPEN] = {"buka", "Buka kembali", "Dibuka kembali"},
};

static const struct {
	const char *word, *tone;
} state_words[N_MONTH_STATES] = {
	[MONTH_OPEN] = {"Terbuka", "hd-tone-wait"},
	[MONTH_SUBMITTED] = {"Diajukan", "hd-tone-away"},
	[MONTH_SIGNED] = {"Ditandatangani", "hd-tone-away"},
	[MONTH_LOCKED] = {"Dikunci", "hd-tone-ok"},
	[MONTH_PAID] = {"Dibayarkan", "hd-tone-ok"},
};

const char *page_closing_step(MonthStep step)
{
	return step_words[step].path;
}

const char *page_closing_state(MonthState state)
{
	return state_words[state].word;
}

/* ── all units ── */

static void add_title(Html *html, const ClosingsView *view)
{
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Akhir bulan, %s</h1>\n<p>Batas pengajuan %s</p>"
			 "</div>\n<nav class=\"hd-pager hd-noprint\" aria-label=\"Bulan lain\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/akhir-bulan?bulan=%s&amp;saring=%s\" "
			 "rel=\"prev\">Bulan sebelumnya</a>\n",
			 view->month, view->deadline, view->before, view->only);
	if (view->after != NULL)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" "
				 "href=\"/akhir-bulan?bulan=%s&amp;saring=%s\" rel=\"next\">Bulan berikutnya</a>\n",
				 view->after, view->only);
	html_add(html, "</nav></div>\n");
}

static void add_choice(Html *html, const ClosingsView *view, const char *only, const char *words,
					   gint64 n)
{
	g_autofree char *number = words_number(n);
	if (g_str_equal(view->only, only))
		html_add(html, "<a class=\"btn btn-primary\" aria-current=\"page\" ");
	else
		html_add(html, "<a class=\"btn btn-outline-secondary\" ");
	html_add(html, "href=\"/akhir-bulan?bulan=%s&amp;saring=%s\">%s", view->month_iso, only, words);
	if (n >= 0)
		html_add(html, " (%s)", number);
	html_add(html, "</a>\n");
}

static void add_choices(Html *html, const ClosingsView *view)
{
	html_add(html, "<nav class=\"hd-pager hd-gap hd-noprint\" aria-label=\"Saringan\">\n");
	add_choice(html, view, "", "Semua unit", -1);
	for (MonthState i = MONTH_OPEN; i < N_MONTH_STATES; i++)
		add_choice(html, view, month_state_text(i), state_words[i].word, view->n_states[i]);
	add_choice(html, view, "hindered", "Masih terhalang", -1);
	html_add(html, "</nav>\n");
}

static void add_line(Html *html, const ClosingsView *view, const ClosingLine *line)
{
	g_autofree char *people = words_number(line->n_people);
	g_autofree char *hindrances = words_number(line->n_hindrances);
	g_autofree char *differences = words_number(line->n_differences);
	html_add(html, "<li class=\"%s\"><span><b><a href=\"/akhir-bulan/%s/%s\">%s</a></b><small>%s",
			 line->late ? "hd-tone-late" : state_words[line->state].tone, view->month_iso,
			 line->code, line->name, line->last == NULL ? "Belum diajukan" : line->last);
	if (line->last != NULL)
		html_add(html, ", %s orang", people);
	html_add(html, "</small>");
	if (line->n_hindrances > 0)
		html_add(html, "<small>%s hal masih menghalangi</small>", hindrances);
	if (line->n_differences > 0)
		html_add(html, "<small>%s penyesuaian bulan terdahulu</small>", differences);
	html_add(html, "</span><span class=\"hd-mark\">%s%s</span></li>\n",
			 state_words[line->state].word, line->late ? ", lewat batas" : "");
}

void page_closings_render(Html *html, const Frame *frame, const ClosingsView *view)
{
	layout_begin(html, frame);
	add_title(html, view);
	add_choices(html, view);
	html_add(html, "<section class=\"hd-section\">\n<h2>Unit kerja <small>%d</small></h2>\n",
			 (int)view->lines->len);
	if (view->lines->len == 0)
		html_add(html, "<p>Tidak ada unit yang cocok. Pilih bulan atau saringan lain.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		add_line(html, view, &g_array_index(view->lines, ClosingLine, i));
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── one ── */

static void add_fact(Html *html, const char *name, const char *value)
{
	html_add(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void add_facts(Html *html, const ClosingView *view)
{
	g_autofree char *people = words_number(view->n_people), *days = words_number(view->n_days);
	html_add(html, "<dl class=\"hd-card hd-facts\">\n");
	add_fact(html, "Keadaan", state_words[view->state].word);
	html_add(html, "<div><dt>Batas pengajuan</dt><dd>%s%s</dd></div>\n", view->deadline,
			 view->late ? ", sudah lewat" : "");
	if (view->hash != NULL) {
		html_add(html, "<div><dt>Isi pada langkah terakhir</dt><dd>%s orang, %s hari</dd></div>\n",
				 people, days);
		html_add(html, "<div><dt>Hash isi (SHA-256)</dt><dd class=\"hd-secret\">%s</dd></div>\n",
				 view->hash);
	}
	html_add(html, "</dl>\n");
}

static void add_links(Html *html, const ClosingView *view)
{
	html_add(html,
			 "<nav class=\"hd-pager hd-gap hd-noprint\" aria-label=\"Rekap bulan ini\">\n"
			 "<a class=\"btn btn-outline-secondary\" href=\"/rekap?unit=%s&amp;bulan=%s\">Rekap</a>"
			 "\n<a class=\"btn btn-outline-secondary\" "
			 "href=\"/rekap?unit=%s&amp;bulan=%s&amp;jenis=deductions\">Daftar potongan</a>\n"
			 "<a class=\"btn btn-outline-secondary\" "
			 "href=\"/rekap/cetak?unit=%s&amp;bulan=%s&amp;jenis=codes\">Cetak</a>\n</nav>\n",
			 view->code, view->month_iso, view->code, view->month_iso, view->code, view->month_iso);
}

/* Where somebody decides it. */
static void add_place(Html *html, const ClosingView *view, const ClosingHindrance *one)
{
	static const char button[] = "btn btn-sm btn-outline-secondary hd-noprint";
	if (one->kind == MONTH_HINDER_CORRECTION)
		html_add(html, "<a class=\"%s\" href=\"/koreksi\">Buka</a>", button);
	else if (one->kind == MONTH_HINDER_OUTAGE)
		html_add(html, "<a class=\"%s\" href=\"/gangguan/%" G_GINT64_FORMAT "\">Buka</a>", button,
				 one->id);
	else if (one->kind == MONTH_HINDER_REQUEST)
		html_add(html, "<a class=\"%s\" href=\"/persetujuan/jadwal/%" G_GINT64_FORMAT "\">Buka</a>",
				 button, one->id);
	else if (one->kind == MONTH_HINDER_ROSTER)
		html_add(html, "<a class=\"%s\" href=\"/jadwal?bulan=%s\">Buka</a>", button,
				 view->month_iso);
}

static void add_hindrance(Html *html, const ClosingView *view, const ClosingHindrance *one)
{
	const char *what = month_hinder_text(one->kind);
	html_add(html, "<li><span>");
	if (one->person != 0)
		html_add(html,
				 "<b><a href=\"/pegawai/%" G_GINT64_FORMAT "/bulan?bulan=%s#t%d\">%s</a></b>"
				 "<small>%s, ",
				 one->person, view->month_iso, one->day, one->who, what);
	else
		html_add(html, "<b>%s</b><small>", what);
	html_add(html, "sejak %s, %" G_GINT64_FORMAT " hari</small></span>", one->since, one->n_days);
	add_place(html, view, one);
	html_add(html, "</li>\n");
}

static void add_hindrances(Html *html, const ClosingView *view)
{
	g_autofree char *n = words_number(view->n_hindrances);
	if (view->state >= MONTH_LOCKED)
		return;
	html_add(html,
			 "<section class=\"hd-section %s\" id=\"halangan\">\n<h2>Yang masih menghalangi "
			 "<small>%s</small></h2>\n",
			 view->n_hindrances > 0 ? "hd-tone-wait" : "hd-tone-ok", n);
	if (view->n_hindrances == 0)
		html_add(html, "<p>Tidak ada. Bulan ini dapat diajukan sesudah berakhir.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->hindrances->len; i++)
		add_hindrance(html, view, &g_array_index(view->hindrances, ClosingHindrance, i));
	if (view->n_hindrances > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_differences(Html *html, const char *title, const char *note,
							const GArray *differences)
{
	if (differences->len == 0)
		return;
	html_add(html,
			 "<section class=\"hd-section hd-tone-late\">\n<h2>%s</h2>\n<p>%s</p>\n"
			 "<div class=\"hd-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
			 "<table class=\"table hd-table\">\n<thead><tr><th scope=\"col\">Pegawai</th>"
			 "<th scope=\"col\">Unit kerja</th><th scope=\"col\">Tanggal</th>"
			 "<th scope=\"col\">Semula</th><th scope=\"col\">Menjadi</th>"
			 "<th scope=\"col\">Masuk rekap</th></tr></thead>\n<tbody>\n",
			 title, note, title);
	for (guint i = 0; i < differences->len; i++) {
		const ClosingDifference *one = &g_array_index(differences, ClosingDifference, i);
		html_add(html,
				 "<tr><td><a href=\"/pegawai/%" G_GINT64_FORMAT "/bulan?bulan=%s#t%d\">%s</a></td>"
				 "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
				 one->person, one->month_iso, one->day, one->name, one->unit, one->date,
				 one->before, one->after, one->booked);
	}
	html_add(html, "</tbody>\n</table></div>\n</section>\n");
}

static void add_pages(Html *html, const ClosingView *view)
{
	if (view->page <= 1 && !view->more)
		return;
	html_add(html, "<nav class=\"hd-pager hd-foot hd-noprint\" aria-label=\"Halaman\">\n");
	if (view->page > 1)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" rel=\"prev\" "
				 "href=\"/akhir-bulan/%s/%s?hal=%d\">Halaman %d</a>\n",
				 view->month_iso, view->code, view->page - 1, view->page - 1);
	if (view->more)
		html_add(html,
				 "<a class=\"btn btn-outline-secondary\" rel=\"next\" "
				 "href=\"/akhir-bulan/%s/%s?hal=%d\">Halaman %d</a>\n",
				 view->month_iso, view->code, view->page + 1, view->page + 1);
	html_add(html, "</nav>\n");
}

static void add_steps(Html *html, const ClosingView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Langkah</h2>\n");
	if (view->steps->len == 0)
		html_add(html, "<p>Belum ada langkah.</p>\n");
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->steps->len; i++) {
		const ClosingStep *step = &g_array_index(view->steps, ClosingStep, i);
		html_add(html, "<li><span><b>%s</b><small>%s, %s</small>", step->step, step->by, step->at);
		if (step->reason != NULL)
			html_add(html, "<small>%s</small>", step->reason);
		html_add(html, "<small class=\"hd-secret\">%s</small></span></li>\n", step->hash);
	}
	if (view->steps->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

/* ── the steps that are offered ── */

static void begin_form(Html *html, const Frame *frame, const ClosingView *view, MonthStep step)
{
	html_add(html,
			 "<form class=\"hd-card hd-form hd-gap hd-noprint\" method=\"post\" "
			 "action=\"/akhir-bulan/%s/%s/%s\">\n",
			 view->month_iso, view->code, step_words[step].path);
	layout_csrf(html, frame);
	html_add(html, "<input type=\"hidden\" name=\"langkah\" value=\"%" G_GINT64_FORMAT "\">\n",
			 view->seen);
}

static void end_form(Html *html, MonthStep step)
{
	if (step == MONTH_REOPEN)
		html_add(html,
				 "<button class=\"btn btn-outline-danger\" type=\"submit\">%s</button>\n</form>\n",
				 step_words[step].button);
	else
		html_add(html, "<button class=\"btn btn-primary\" type=\"submit\">%s</button>\n</form>\n",
				 step_words[step].button);
}

static void add_reason(Html *html, const ClosingView *view, const char *label, gboolean optional)
{
	const Field reason = {.id = "alasan",
						  .label = label,
						  .type = "text",
						  .value = view->reason,
						  .problem = view->reason_problem,
						  .size_max = CLOSING_REASON_MAX,
						  .optional = optional};
	field_render(html, &reason);
}

static void add_code(Html *html, const ClosingView *view)
{
	const Field code = {.id = "kode",
						.label = "Kode dari telepon",
						.type = "text",
						.hint = "Sesudah dikunci, isinya tidak berubah lagi.",
						.problem = view->code_problem,
						.size_max = 40};
	if (view->ask_code)
		field_render(html, &code);
}

static void add_forms(Html *html, const Frame *frame, const ClosingView *view)
{
	for (MonthStep step = MONTH_SUBMIT; step < N_MONTH_STEPS; step++) {
		if (!view->may[step])
			continue;
		begin_form(html, frame, view, step);
		if (step == MONTH_SUBMIT && view->n_hindrances > 0)
			add_reason(html, view, "Alasan mengajukan meskipun masih terhalang", FALSE);
		else if (step == MONTH_REOPEN)
			add_reason(html, view, "Alasan membuka kembali", FALSE);
		else if (step == MONTH_LOCK)
			add_code(html, view);
		end_form(html, step);
	}
}

void page_closing_render(Html *html, const Frame *frame, const ClosingView *view)
{
	layout_begin(html, frame);
	html_add(
		html,
		"<div class=\"hd-title\">\n<div><h1>%s</h1>\n<p>Akhir bulan, %s · "
		"<a class=\"hd-noprint\" href=\"/akhir-bulan?bulan=%s\">semua unit</a></p></div></div>\n",
		view->name, view->month, view->month_iso);
	if (view->problem != NULL)
		field_alert(html, view->problem);
	add_facts(html, view);
	add_links(html, view);
	add_forms(html, frame, view);
	add_hindrances(html, view);
	add_differences(html, "Penyesuaian bulan terdahulu",
					"Diketahui sesudah bulannya dikunci, dan dihitung di bulan ini.",
					view->earlier);
	add_differences(html, "Berubah setelah dikunci",
					"Isi yang dikunci tidak berubah; selisihnya masuk rekap bulan yang disebut.",
					view->later);
	add_pages(html, view);
	add_steps(html, view);
	layout_end(html, frame);
}
