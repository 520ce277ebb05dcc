#include "server/web/time/page_corrections.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/services/correction.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/words.h"

/* ── markup ── */

static void add_line(Html *html, const Frame *frame, const CorrectionLine *line, gboolean decide)
{
	html_add(html, "<li><span><b>%s</b><small>%s</small><small>%s, diajukan %s%s%s</small></span>",
			 line->name != NULL ? line->name : line->what, line->name != NULL ? line->what : "",
			 line->reason, line->asked_by, line->document != NULL ? ", dokumen " : "",
			 line->document);
	if (!decide) {
		html_add(html, "<span class=\"hd-mark\">%s</span></li>\n", line->state);
		return;
	}
	html_add(html,
			 "<form class=\"hd-right\" method=\"post\" action=\"/koreksi/%" G_GINT64_FORMAT "\">\n",
			 line->id);
	layout_csrf(html, frame);
	html_add(html,
			 "<input class=\"form-control form-control-sm\" name=\"alasan\" maxlength=\"500\" "
			 "aria-label=\"Catatan untuk %s\" placeholder=\"Catatan, wajib bila ditolak\">\n"
			 "<button class=\"btn btn-sm btn-primary\" type=\"submit\" name=\"putusan\" "
			 "value=\"setuju\" aria-label=\"Setujui %s, %s\">Setujui</button>\n"
			 "<button class=\"btn btn-sm btn-outline-danger\" type=\"submit\" name=\"putusan\" "
			 "value=\"tolak\" aria-label=\"Tolak %s, %s\">Tolak</button>\n</form></li>\n",
			 line->name, line->name, line->what, line->name, line->what);
}

static void add_list(Html *html, const Frame *frame, const char *title, const char *none,
					 const GArray *lines, gboolean decide)
{
	html_add(html, "<section class=\"hd-section hd-tone-wait\">\n<h2>%s <small>%d</small></h2>\n",
			 title, (int)lines->len);
	if (lines->len == 0)
		html_add(html, "<p>%s</p>\n", none);
	else
		html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < lines->len; i++)
		add_line(html, frame, &g_array_index(lines, CorrectionLine, i), decide);
	if (lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
}

static void add_form(Html *html, const Frame *frame, const CorrectionsView *view)
{
	static const FieldChoice kinds[] = {
		{"masuk", "Presensi masuk"}, {"pulang", "Presensi pulang"}, {"hari", "Seluruh hari"}};
	const Field day = {.id = "tanggal",
					   .label = "Tanggal",
					   .type = "date",
					   .value = view->day,
					   .problem = view->day_problem};
	const Field reason = {.id = "alasan",
						  .label = "Alasan",
						  .value = view->reason,
						  .problem = view->reason_problem,
						  .size_max = CORRECTION_TEXT_MAX};
	const Field document = {.id = "dokumen",
							.label = "Nomor surat atau dokumen",
							.type = "text",
							.size_max = 120,
							.optional = TRUE};
	html_add(html,
			 "<section class=\"hd-section hd-tone-mute\" id=\"ajukan\">\n<h2>Ajukan koreksi</h2>\n"
			 "<form class=\"hd-card hd-form\" method=\"post\" action=\"/koreksi\">\n");
	layout_csrf(html, frame);
	if (view->problem != NULL)
		field_alert(html, view->problem);
	field_render(html, &day);
	field_select(html, "jenis", "Yang dikoreksi", kinds, G_N_ELEMENTS(kinds), view->kind, NULL);
	field_select(html, "sebab", "Sebab", view->codes, view->n_codes, view->code, NULL);
	field_render(html, &reason);
	field_render(html, &document);
	html_add(html, "<button class=\"btn btn-primary\" type=\"submit\">Kirim</button>\n</form>\n"
				   "</section>\n");
}

void page_corrections_render(Html *html, const Frame *frame, const CorrectionsView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Koreksi</h1>\n<p>Presensi yang tidak tercatat "
			 "sebagaimana terjadi</p></div></div>\n");
	if (view->decides)
		add_list(html, frame, "Menunggu putusan Anda", "Tidak ada koreksi yang menunggu Anda.",
				 view->inbox, TRUE);
	if (view->asks) {
		add_list(html, frame, "Pengajuan saya", "Belum ada pengajuan.", view->own, FALSE);
		add_form(html, frame, view);
	}
	layout_end(html, frame);
}

/* ── read from the store ── */

typedef struct {
	GStringChunk *texts;
	GArray *inbox, *own, *codes;
} Loaded;

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->inbox);
	g_array_unref(loaded->own);
	g_array_unref(loaded->codes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static Loaded loaded_new(void)
{
	return (Loaded){.texts = g_string_chunk_new(4096),
					.inbox = g_array_new(FALSE, FALSE, sizeof(CorrectionLine)),
					.own = g_array_new(FALSE, FALSE, sizeof(CorrectionLine)),
					.codes = g_array_new(FALSE, FALSE, sizeof(FieldChoice))};
}

static const char *state_words(GStringChunk *texts, const Correction *correction)
{
	g_autoptr(GString) out = g_string_new(correction_state_text(correction->state));
	const CorrectionStep *open = correction_open_step(correction);
	if (open != NULL)
		g_string_append_printf(out, " %s", open->level);
	for (gsize i = 0; i < correction->n_steps; i++)
		if (correction->steps[i].by != NULL)
			g_string_append_printf(out, "; %s oleh %s",
								   correction_step_text(correction->steps[i].state),
								   correction->steps[i].by);
	return g_string_chunk_insert(texts, out->str);
}

static gboolean add_correction(const Call *call, const Loaded *loaded, gint64 id, gboolean named,
							   GArray *lines, GError **error)
{
	g_auto(Correction) one = {0};
	gboolean found = FALSE;
	if (!corrections_get(call->web->sql, id, &one, &found, error))
		return FALSE;
	g_autofree char *date = words_date(one.day);
	g_autofree char *what =
		g_strdup_printf("%s, %s, %s", date, correction_kind_text(one.kind), one.code);
	CorrectionLine line = {.id = id,
						   .what = g_string_chunk_insert(loaded->texts, what),
						   .reason = g_string_chunk_insert(loaded->texts, one.reason),
						   .asked_by = g_string_chunk_insert(loaded->texts, one.by),
						   .state = state_words(loaded->texts, &one)};
	if (one.document_name != NULL)
		line.document = g_string_chunk_insert(loaded->texts, one.document_name);
	if (named && !names_person(call, loaded->texts, one.person, &line.name, error))
		return FALSE;
	g_array_append_val(lines, line);
	return TRUE;
}

static gboolean add_all(const Call *call, const Loaded *loaded, const GArray *ids, gboolean named,
						GArray *lines, GError **error)
{
	for (guint i = 0; i < ids->len; i++)
		if (!add_correction(call, loaded, g_array_index(ids, gint64, i), named, lines, error))
			return FALSE;
	return TRUE;
}

static gboolean load_codes(const Call *call, const Loaded *loaded, GError **error)
{
	g_autoptr(GPtrArray) codes = corrections_codes(call->web->sql, error);
	for (guint i = 0; codes != NULL && i + 1 < codes->len; i += 2) {
		const FieldChoice choice = {g_string_chunk_insert(loaded->texts, codes->pdata[i]),
									g_string_chunk_insert(loaded->texts, codes->pdata[i + 1])};
		g_array_append_val(loaded->codes, choice);
	}
	return codes != NULL;
}

static gboolean load(const Call *call, const Loaded *loaded, const CorrectionsView *view,
					 GError **error)
{
	g_autoptr(GArray) inbox = NULL;
	g_autoptr(GArray) own = NULL;
	const User *user = call->access->user;
	const CorrectionFilter filter = {.person = user->person, .limit = CORRECTIONS_LIST_MAX};
	if (view->decides && (!correction_inbox(call->web->sql, user->id, call->today, 0,
											CORRECTIONS_LIST_MAX, &inbox, error) ||
						  !add_all(call, loaded, inbox, TRUE, loaded->inbox, error)))
		return FALSE;
	return !view->asks || (corrections_list(call->web->sql, &filter, &own, error) &&
						   add_all(call, loaded, own, FALSE, loaded->own, error) &&
						   load_codes(call, loaded, error));
}

static Response *show(Call *call, CorrectionsView *view, guint status, GError **error)
{
	g_auto(Loaded) loaded = loaded_new();
	view->decides = access_has_right(call->access, RIGHT_CORRECT);
	view->asks = call->access->user->person != 0;
	if (!load(call, &loaded, view, error))
		return NULL;
	view->inbox = loaded.inbox;
	view->own = loaded.own;
	view->codes = (const FieldChoice *)(gpointer)loaded.codes->data;
	view->n_codes = loaded.codes->len;
	Frame frame = layout_frame(call, "Koreksi", NAV_CORRECTIONS);
	Html *html = html_new();
	page_corrections_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static const char *text_or(const char *text, const char *fallback)
{
	return text != NULL ? text : fallback;
}

Response *page_corrections(Call *call, GError **error)
{
	CorrectionsView view = {.day = text_or(call_query(call, "tanggal"), ""),
							.kind = text_or(call_query(call, "jenis"), "masuk"),
							.code = "AT",
							.reason = ""};
	return show(call, &view, 200, error);
}

/* ── changes ── */

/* What a refusal says on a page. */
static const char *refusal_words(const GError *refused)
{
	static const char *const words[] = {
		[CORRECTION_ERROR_UNKNOWN] = "Koreksi itu tidak ada.",
		[CORRECTION_ERROR_OWN] = "Koreksi sendiri, atau yang Anda ajukan, diputuskan pejabat lain.",
		[CORRECTION_ERROR_RIGHT] = "Tahap ini bukan wewenang Anda pada hari ini.",
		[CORRECTION_ERROR_CLOSED] = "Koreksi itu sudah diputuskan atau ditarik.",
		[CORRECTION_ERROR_DEADLINE] = "Batas waktu koreksi bulan itu sudah lewat.",
		[CORRECTION_ERROR_MONTH] = "Bulan itu sudah diajukan atau dikunci.",
		[CORRECTION_ERROR_WAITS] = "Koreksi untuk slot yang sama masih menunggu.",
		[CORRECTION_ERROR_DAY] = "Tanggal itu belum tiba, atau Anda belum bertugas.",
		[CORRECTION_ERROR_CODE] = "Sebab itu tidak berlaku untuk slot tersebut.",
		[CORRECTION_ERROR_TEXT] = "Alasan diperlukan, paling banyak 500 huruf.",
		[CORRECTION_ERROR_DOCUMENT] = "Dokumen itu tidak dapat diterima.",
		[CORRECTION_ERROR_DEPUTY] = "Delegasi itu tidak dapat diterima.",
		[CORRECTION_ERROR_NOBODY] = "Tidak ada pegawai yang perlu dikoreksi.",
	};
	return words[refused->code];
}

Response *page_correction_post(Call *call, GError **error)
{
	const CorrectionClock clock = {call->request->now_ms, call->today};
	const char *document = form_get(call->form, "dokumen");
	CorrectionsView view = {.day = text_or(form_get(call->form, "tanggal"), ""),
							.kind = text_or(form_get(call->form, "jenis"), ""),
							.code = text_or(form_get(call->form, "sebab"), "AT"),
							.reason = text_or(form_get(call->form, "alasan"), "")};
	CorrectionAsk ask = {.person = call->access->user->person,
						 .code = view.code,
						 .reason = view.reason,
						 .account = call->access->user->id};
	gint64 id = 0;
	if (document != NULL && *document != '\0')
		ask.document_name = document;
	if (!calendar_parse(view.day, &ask.day))
		view.day_problem = "Isi tanggal hari yang dikoreksi.";
	if (*view.reason == '\0')
		view.reason_problem = "Isi apa yang terjadi.";
	if (view.day_problem != NULL || view.reason_problem != NULL ||
		!correction_kind_parse(view.kind, &ask.kind))
		return show(call, &view, 422, error);
	g_autoptr(GError) refused = NULL;
	if (correction_ask(call->web->sql, &ask, &clock, &id, &refused)) {
		call->subject.detail = g_strdup_printf("%" G_GINT64_FORMAT, id);
		return response_redirect("/koreksi");
	}
	if (refused->domain != CORRECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	view.problem = refusal_words(refused);
	return show(call, &view, 422, error);
}

Response *page_correction_decide(Call *call, GError **error)
{
	const CorrectionClock clock = {call->request->now_ms, call->today};
	const char *said = form_get(call->form, "putusan");
	const char *reason = form_get(call->form, "alasan");
	gboolean approve = g_strcmp0(said, "setuju") == 0;
	CorrectionState state;
	gint64 id = 0;
	g_autoptr(GError) refused = NULL;
	if (!approve && g_strcmp0(said, "tolak") != 0)
		return problem_for(call, 422, NULL);
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL))
		return problem_for(call, 404, NULL);
	call->subject.detail = g_strdup_printf("%s %s", call->params[0], said);
	if (correction_decide(call->web->sql, id, approve, call->access->user->id, reason, &clock,
						  &state, &refused))
		return response_redirect("/koreksi");
	if (refused->domain != CORRECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	if (refused->code == CORRECTION_ERROR_UNKNOWN)
		return problem_for(call, 404, NULL);
	return problem_for(call, refused->code == CORRECTION_ERROR_TEXT ? 422 : 409, NULL);
}
