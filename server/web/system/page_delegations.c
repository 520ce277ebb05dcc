#include "server/web/system/page_delegations.h"

#include <string.h>

#include "server/store/people/granting.h"
#include "server/store/system/users.h"
#include "server/web/handlers.h"
#include "server/web/problem.h"
#include "server/web/words.h"

#define NO_DEPUTY                                                                                  \
	"Tidak ada akun dengan nama ini yang berwenang memutuskan koreksi. Pilih akun pejabat lain."

/* ── rendering ── */

static void add_given(Html *html, const Frame *frame, const DelegationsView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-wait\" id=\"diberikan\">\n"
				   "<h2>Delegasi Anda</h2>\n");
	if (view->given->len == 0) {
		html_add(html, "<p>Tidak ada delegasi. Isi formulir ini sebelum Anda cuti atau dinas "
					   "luar.</p>\n</section>\n");
		return;
	}
	html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->given->len; i++) {
		const DelegationLine *line = &g_array_index(view->given, DelegationLine, i);
		html_add(html,
				 "<li><span><b>%s</b><small>%s%s</small><small>%s</small></span>\n"
				 "<form class=\"hd-right\" method=\"post\" "
				 "action=\"/delegasi/%" G_GINT64_FORMAT "/akhiri\">\n",
				 line->who, line->span, line->later ? " (belum mulai)" : "", line->reason,
				 line->id);
		layout_csrf(html, frame);
		html_add(html,
				 "<button class=\"btn btn-sm btn-outline-danger\" type=\"submit\" "
				 "aria-label=\"Akhiri delegasi kepada %s\">Akhiri</button>\n</form></li>\n",
				 line->who);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_received(Html *html, const DelegationsView *view)
{
	if (view->received->len == 0)
		return;
	html_add(html, "<section class=\"hd-section hd-tone-ok\" id=\"diterima\">\n"
				   "<h2>Anda menggantikan</h2>\n<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->received->len; i++) {
		const DelegationLine *line = &g_array_index(view->received, DelegationLine, i);
		html_add(html, "<li><span><b>%s</b><small>%s</small><small>%s</small></span></li>\n",
				 line->who, line->span, line->reason);
	}
	html_add(html, "</ul>\n<p>Tugasnya ada di <a href=\"/tugas\">kotak tugas</a> Anda.</p>\n"
				   "</section>\n");
}

static void add_form(Html *html, const Frame *frame, const DelegationsView *view)
{
	const Field fields[] = {
		{.id = "pengganti",
		 .label = "Akun pengganti",
		 .type = "text",
		 .value = view->deputy,
		 .hint = "Pejabat yang juga berwenang memutuskan koreksi.",
		 .problem = view->deputy_problem,
		 .list = "daftar-pengganti",
		 .size_max = 40},
		{.id = "dari",
		 .label = "Mulai tanggal",
		 .type = "date",
		 .value = view->from,
		 .problem = view->from_problem},
		{.id = "sampai",
		 .label = "Sampai tanggal",
		 .type = "date",
		 .value = view->to,
		 .hint = "Termasuk tanggal ini, paling lama setahun.",
		 .problem = view->to_problem},
		{.id = "alasan",
		 .label = "Alasan atau nomor surat",
		 .type = "text",
		 .value = view->reason,
		 .problem = view->reason_problem,
		 .size_max = CORRECTION_TEXT_MAX},
	};
	FieldProblem problems[G_N_ELEMENTS(fields)];
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		problems[i] = (FieldProblem){fields[i].id, fields[i].label, fields[i].problem};
	html_add(html, "<section class=\"hd-section hd-tone-mute\">\n<h2>Delegasikan</h2>\n");
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form class=\"hd-card hd-form\" method=\"post\" action=\"/delegasi\">\n");
	layout_csrf(html, frame);
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		field_render(html, &fields[i]);
	html_add(html, "<datalist id=\"daftar-pengganti\">\n");
	for (guint i = 0; i < view->choices->len; i++) {
		const DelegationChoice *choice = &g_array_index(view->choices, DelegationChoice, i);
		html_add(html, "<option value=\"%s\">%s</option>\n", choice->account, choice->name);
	}
	html_add(html, "</datalist>\n<button class=\"btn btn-primary\" type=\"submit\">Delegasikan"
				   "</button>\n</form>\n</section>\n");
}

void page_delegations_render(Html *html, const Frame *frame, const DelegationsView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Delegasi</h1>\n<p>Pejabat lain memutuskan "
				   "koreksi, presensi tanpa sidik jari dan perubahan jadwal atas nama Anda.</p>"
				   "</div></div>\n");
	add_received(html, view);
	add_given(html, frame, view);
	add_form(html, frame, view);
	html_add(html, "<p class=\"hd-hint\"><a href=\"/tugas\">Kembali ke kotak tugas</a></p>\n");
	layout_end(html, frame);
}

/* ── loading ── */

static gboolean load_lines(const Call *call, gboolean given, GStringChunk *texts, GArray *lines,
						   GError **error)
{
	gint64 own = call->access->user->id;
	g_autoptr(GPtrArray) rows =
		delegations_on(call->web->sql, given ? 0 : own, given ? own : 0, call->today, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const Delegation *row = rows->pdata[i];
		g_autofree char *from = words_date(row->from_day);
		g_autofree char *to = words_date(row->to_day - 1);
		DelegationLine line = {
			.id = row->id,
			.who = words_keep(texts, g_strdup(given ? row->to : row->by)),
			.span = words_keep(texts, g_strdup_printf("%s – %s", from, to)),
			.reason = words_keep(texts, g_strdup(row->reason)),
			.later = row->from_day > call->today,
		};
		g_array_append_val(lines, line);
	}
	return rows != NULL;
}

/* Who decides corrections within the account's own units, the account itself left out. */
static gboolean load_choices(const Call *call, GStringChunk *texts, GArray *choices, GError **error)
{
	if (call->scope->top == 0)
		return TRUE;
	g_autoptr(GPtrArray) rows = granting_list(call->web->sql, call->scope->top, call->today,
											  DELEGATIONS_CHOICES_MAX, error);
	const char *last = "";
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const GrantRow *row = rows->pdata[i];
		if (row->account == call->access->user->id || strcmp(row->name, last) == 0 ||
			!role_has_right(row->role, RIGHT_CORRECT))
			continue;
		DelegationChoice choice = {
			g_string_chunk_insert(texts, row->name),
			g_string_chunk_insert(texts, row->person_name == NULL ? "" : row->person_name)};
		last = choice.account;
		g_array_append_val(choices, choice);
	}
	return rows != NULL;
}

static Response *show(const Call *call, guint status, DelegationsView *view, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(DelegationLine));
	g_autoptr(GArray) received = g_array_new(FALSE, FALSE, sizeof(DelegationLine));
	g_autoptr(GArray) choices = g_array_new(FALSE, FALSE, sizeof(DelegationChoice));
	if (!load_lines(call, TRUE, texts, given, error) ||
		!load_lines(call, FALSE, texts, received, error) ||
		!load_choices(call, texts, choices, error))
		return NULL;
	view->given = given;
	view->received = received;
	view->choices = choices;
	Frame frame = layout_frame(call, "Delegasi", NAV_TASKS);
	Html *html = html_new();
	page_delegations_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

Response *page_delegations(Call *call, GError **error)
{
	g_autofree char *today = iso_date(call->today);
	DelegationsView view = {.deputy = "", .from = today, .to = "", .reason = ""};
	return show(call, 200, &view, error);
}

/* ── changing ── */

gboolean delegations_find_deputy(const Call *call, const char *name, gint64 *account,
								 GError **error)
{
	GError *local = NULL;
	g_autofree char *lower = g_strstrip(g_ascii_strdown(name, -1));
	g_autoptr(User) user = users_find(call->web->sql, lower, &local);
	*account = user == NULL || user->disabled ? 0 : user->id;
	if (local == NULL)
		return TRUE;
	g_propagate_error(error, local);
	return FALSE;
}

static const char *sent(const Call *call, const char *name)
{
	const char *text = form_get(call->form, name);
	return text == NULL ? "" : text;
}

/* The form as a delegation; what is wrong with it goes into `view`. */
static gboolean read_form(const Call *call, DelegationsView *view, Delegation *out, GError **error)
{
	*out = (Delegation){.account = call->access->user->id, .reason = (char *)view->reason};
	if (!iso_date_parse(view->from, &out->from_day))
		view->from_problem = "Isi tanggal.";
	if (!iso_date_parse(view->to, &out->to_day))
		view->to_problem = "Isi tanggal.";
	out->to_day++;
	if (view->to_problem == NULL && (out->to_day <= MAX(out->from_day, call->today) ||
									 out->to_day - out->from_day > CORRECTION_DAYS_OPEN_MAX))
		view->to_problem = "Tidak sebelum tanggal mulai atau hari ini, paling lama setahun.";
	if (view->reason[0] == '\0' || strlen(view->reason) > CORRECTION_TEXT_MAX)
		view->reason_problem = "Isi alasan, paling banyak 500 huruf.";
	if (!delegations_find_deputy(call, view->deputy, &out->deputy, error))
		return FALSE;
	if (out->deputy == 0)
		view->deputy_problem = NO_DEPUTY;
	return TRUE;
}

Response *page_delegations_post(Call *call, GError **error)
{
	const CorrectionClock clock = {call->request->now_ms, call->today};
	DelegationsView view = {.deputy = sent(call, "pengganti"),
							.from = sent(call, "dari"),
							.to = sent(call, "sampai"),
							.reason = sent(call, "alasan")};
	Delegation delegation;
	gint64 id = 0;
	g_autoptr(GError) refused = NULL;
	if (!read_form(call, &view, &delegation, error))
		return NULL;
	if (view.deputy_problem != NULL || view.from_problem != NULL || view.to_problem != NULL ||
		view.reason_problem != NULL)
		return show(call, 422, &view, error);
	if (correction_delegate(call->web->sql, &delegation, &clock, &id, &refused)) {
		call->subject.detail =
			g_strdup_printf("%" G_GINT64_FORMAT " %s %s..%s", id, view.deputy, view.from, view.to);
		return response_redirect("/delegasi");
	}
	if (refused->domain != CORRECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	if (refused->code == CORRECTION_ERROR_TEXT)
		view.reason_problem = "Isi alasan tanpa karakter khusus.";
	else
		view.deputy_problem = NO_DEPUTY;
	return show(call, 422, &view, error);
}

Response *page_delegation_end(Call *call, GError **error)
{
	gint64 id;
	gboolean ended = FALSE;
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL))
		return problem_for(call, 404, NULL);
	if (!delegations_end(call->web->sql, id, call->access->user->id, call->request->now_ms, &ended,
						 error))
		return NULL;
	if (!ended)
		return problem_for(call, 404, NULL);
	call->subject.detail = g_strdup(call->params[0]);
	return response_redirect("/delegasi");
}
