#include "server/web/time/page_roster_request.h"

#include <string.h>

#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/terminals/waiting.h"
#include "server/web/words.h"

static const FieldChoice verdicts[] = {{"approved", "Setujui"}, {"refused", "Tolak"}};

/* ── rendering ── */

void page_roster_request_render_list(Html *html, const GArray *lines)
{
	if (lines->len == 0)
		return;
	html_add(html,
			 "<section class=\"hd-section hd-tone-wait\" id=\"jadwal\">\n<h2>Perubahan jadwal "
			 "<small>%d</small></h2>\n<ul class=\"hd-people hd-wide\">\n",
			 (int)lines->len);
	for (guint i = 0; i < lines->len; i++) {
		const RosterRequestLine *line = &g_array_index(lines, RosterRequestLine, i);
		html_add(html,
				 "<li><span><b><a href=\"/persetujuan/jadwal/%" G_GINT64_FORMAT
				 "\">%s</a></b><small>%s</small></span></li>\n",
				 line->id, line->title, line->detail);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_days(Html *html, const RosterRequestView *view)
{
	html_add(html, "<section class=\"hd-section hd-tone-wait\">\n<h2>Perubahan</h2>\n"
				   "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->days->len; i++) {
		const RosterRequestDay *day = &g_array_index(view->days, RosterRequestDay, i);
		html_add(html,
				 "<li><span><b>%s</b><small>%s</small></span>"
				 "<span class=\"hd-mark\">%s → %s</span></li>\n",
				 day->name, day->date, day->before, day->after);
	}
	html_add(html, "</ul>\n<p>Alasan: %s. Diminta oleh %s, %s.</p>\n</section>\n", view->reason,
			 view->by == NULL ? "berkas impor" : view->by, view->asked);
}

static void add_conflicts(Html *html, const RosterRequestView *view)
{
	html_add(html, "<div class=\"mb-3\"><p>Perubahan ini menimbulkan:</p>\n<ul>\n");
	for (guint i = 0; i < view->conflicts->len; i++)
		html_add(html, "<li>%s</li>\n", (const char *)view->conflicts->pdata[i]);
	html_add(html, "</ul>\n<div class=\"form-check\"><input class=\"form-check-input\" "
				   "type=\"checkbox\" id=\"tetap\" name=\"tetap\" value=\"1\"");
	if (view->despite)
		html_add(html, " checked");
	if (view->despite_problem != NULL)
		html_add(html, " aria-invalid=\"true\" aria-describedby=\"tetap-salah\"");
	html_add(html,
			 "><label class=\"form-check-label\" for=\"tetap\">Tetap setujui</label></div>\n");
	if (view->despite_problem != NULL)
		html_add(html, "<div class=\"hd-problem\" id=\"tetap-salah\">%s</div>\n",
				 view->despite_problem);
	html_add(html, "</div>\n");
}

static void add_form(Html *html, const Frame *frame, const RosterRequestView *view)
{
	const Field words = {.id = "alasan",
						 .label = "Alasan putusan",
						 .value = view->words,
						 .problem = view->words_problem,
						 .size_max = ROSTER_REASON_MAX};
	const FieldProblem problems[] = {{"putusan-0", "Putusan", view->verdict_problem},
									 {"tetap", "Tetap setujui", view->despite_problem},
									 {words.id, words.label, words.problem}};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html,
			 "<form class=\"hd-card hd-form\" method=\"post\" "
			 "action=\"/persetujuan/jadwal/%" G_GINT64_FORMAT "\">\n",
			 view->id);
	layout_csrf(html, frame);
	field_radio(html, "putusan", "Putusan", verdicts, G_N_ELEMENTS(verdicts), view->verdict,
				view->verdict_problem);
	if (view->conflicts->len > 0)
		add_conflicts(html, view);
	field_render(html, &words);
	html_add(html, "<button class=\"btn btn-primary\" type=\"submit\">Simpan putusan</button>\n"
				   "</form>\n");
}

void page_roster_request_render(Html *html, const Frame *frame, const RosterRequestView *view)
{
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>%s</h1></div></div>\n", view->title);
	add_days(html, view);
	if (view->own)
		html_add(html, "<p>Perubahan Anda sendiri, atau yang Anda minta, diputuskan oleh pejabat "
					   "lain.</p>\n");
	else
		add_form(html, frame, view);
	html_add(html, "<p class=\"hd-hint\"><a href=\"/persetujuan\">Kembali ke daftar</a></p>\n");
	layout_end(html, frame);
}

/* ── loading ── */

/* Are all people of it of the scope, on their days? */
static gboolean is_seen(const Call *call, const RosterRequest *request, gboolean *seen,
						GError **error)
{
	*seen = request->after->len > 0;
	for (guint i = 0; i < request->after->len && *seen; i++) {
		const PlannedDay *day = &g_array_index(request->after, PlannedDay, i);
		gint64 noon_ms =
			day->roster.day * DAY_MS + DAY_MS / 2 - call->web->utc_offset_min * MINUTE_MS;
		if (!waiting_sees_person(call, day->person, noon_ms, seen, error))
			return FALSE;
	}
	return TRUE;
}

gboolean page_roster_request_is_own(const Call *call, const RosterRequest *request)
{
	const User *user = call->access->user;
	for (guint i = 0; i < request->after->len; i++)
		if (user->person != 0 &&
			user->person == g_array_index(request->after, PlannedDay, i).person)
			return TRUE;
	return user->id == request->account;
}

static const char *title_of(const RosterRequest *request)
{
	return request->is_swap ? "Tukar jadwal" : "Koreksi jadwal";
}

static gboolean add_line(const Call *call, gint64 id, GStringChunk *texts, GArray *lines,
						 GError **error)
{
	g_auto(RosterRequest) request = {0};
	gboolean found, seen;
	const char *name;
	if (!roster_requests_get(call->web->sql, id, &request, &found, error) ||
		!is_seen(call, &request, &seen, error))
		return FALSE;
	if (!found || !seen)
		return TRUE;
	const PlannedDay *first = &g_array_index(request.after, PlannedDay, 0);
	g_autofree char *date = words_date(first->roster.day);
	if (!names_person(call, texts, first->person, &name, error))
		return FALSE;
	RosterRequestLine line = {
		.id = id,
		.title = words_keep(texts, g_strdup_printf("%s: %s", title_of(&request), name)),
		.detail = words_keep(texts, g_strdup_printf("%s. %s", date, request.reason)),
	};
	g_array_append_val(lines, line);
	return TRUE;
}

gboolean page_roster_request_list(const Call *call, GStringChunk *texts, GArray *lines,
								  GError **error)
{
	g_autoptr(GArray) ids = NULL;
	if (!roster_requests_waiting(call->web->sql, 0, 10 * ROSTER_REQUESTS_MAX, &ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len && lines->len < ROSTER_REQUESTS_MAX; i++)
		if (!add_line(call, g_array_index(ids, gint64, i), texts, lines, error))
			return FALSE;
	return TRUE;
}

gboolean page_roster_request_find(const Call *call, gint64 id, RosterRequest *request,
								  gboolean *found, GError **error)
{
	if (!roster_requests_get(call->web->sql, id, request, found, error))
		return FALSE;
	if (*found && request->state != ROSTER_PROPOSED)
		*found = FALSE;
	return !*found || is_seen(call, request, found, error);
}

static gboolean find(const Call *call, RosterRequest *request, gboolean *found, GError **error)
{
	gint64 id;
	*found = FALSE;
	return !g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL) ||
		   page_roster_request_find(call, id, request, found, error);
}

Response *subject_roster_request(Call *call, GError **error)
{
	g_auto(RosterRequest) request = {0};
	gboolean found;
	if (!find(call, &request, &found, error))
		return NULL;
	if (!found)
		return problem_for(call, 404, NULL);
	const PlannedDay *first = &g_array_index(request.after, PlannedDay, 0);
	call->subject.person = first->person;
	call->subject.from_day = first->roster.day;
	call->subject.to_day = first->roster.day + 1;
	call->subject.detail = g_strdup_printf("%" G_GINT64_FORMAT, request.id);
	return NULL;
}

static gboolean load_days(const Call *call, const RosterRequest *request, GStringChunk *texts,
						  GArray *days, GError **error)
{
	for (guint i = 0; i < request->after->len; i++) {
		const PlannedDay *after = &g_array_index(request->after, PlannedDay, i);
		const PlannedDay *before = &g_array_index(request->before, PlannedDay, i);
		RosterRequestDay day = {.date = words_keep(texts, words_date(after->roster.day))};
		if (!names_person(call, texts, after->person, &day.name, error))
			return FALSE;
		day.before = words_keep(texts, roster_day_text(call->web->sql, before, error));
		day.after = words_keep(texts, roster_day_text(call->web->sql, after, error));
		if (day.before == NULL || day.after == NULL)
			return FALSE;
		g_array_append_val(days, day);
	}
	return TRUE;
}

static gboolean load_conflicts(const Call *call, const RosterRequest *request, GStringChunk *texts,
							   GPtrArray *conflicts, GError **error)
{
	g_autoptr(GArray) found = NULL;
	if (!roster_check_planned(call->web->sql, request->after, call->web->utc_offset_min, &found,
							  error))
		return FALSE;
	for (guint i = 0; i < found->len; i++) {
		const RosterConflict *conflict = &g_array_index(found, RosterConflict, i);
		g_autofree char *date = words_date(conflict->day);
		const char *name;
		if (!names_person(call, texts, conflict->person, &name, error))
			return FALSE;
		g_autoptr(GString) words = g_string_new(NULL);
		g_string_append_printf(words, "%s, %s: ", name, date);
		roster_conflict_words(words, conflict, call->web->utc_offset_min);
		g_ptr_array_add(conflicts, g_string_chunk_insert(texts, words->str));
	}
	return TRUE;
}

/* Fills what is shown of the request besides the form. */
static gboolean load(const Call *call, const RosterRequest *request, GStringChunk *texts,
					 GArray *days, GPtrArray *conflicts, RosterRequestView *view, GError **error)
{
	view->id = request->id;
	view->title = title_of(request);
	view->reason = request->reason;
	view->by = request->by;
	view->asked = words_keep(texts, words_moment(request->proposed_ms, call->web->utc_offset_min));
	view->own = page_roster_request_is_own(call, request);
	view->days = days;
	view->conflicts = conflicts;
	return load_days(call, request, texts, days, error) &&
		   load_conflicts(call, request, texts, conflicts, error);
}

static void check(RosterRequestView *view)
{
	gboolean approved = strcmp(view->verdict, "approved") == 0;
	if (!approved && strcmp(view->verdict, "refused") != 0)
		view->verdict_problem = "Pilih putusan.";
	if (g_utf8_strlen(view->words, -1) < ROSTER_REASON_MIN ||
		strlen(view->words) > ROSTER_REASON_MAX)
		view->words_problem = "Tulis alasannya, paling sedikit 3 huruf.";
	if (approved && view->conflicts->len > 0 && !view->despite)
		view->despite_problem = "Centang bila tetap disetujui.";
}

static Response *show(const Call *call, guint status, const RosterRequestView *view)
{
	Frame frame = layout_frame(call, view->title, NAV_CLAIMS);
	Html *html = html_new();
	page_roster_request_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static const char *sent(const Call *call, const char *name)
{
	const char *text = call->form == NULL ? NULL : form_get(call->form, name);
	return text == NULL ? "" : text;
}

static Response *decide(const Call *call, const RosterRequest *request,
						const RosterRequestView *view, GError **error)
{
	const User *user = call->access->user;
	const Change change = {.now_ms = call->request->now_ms, .today = call->today};
	GError *refused = NULL;
	gboolean done = strcmp(view->verdict, "approved") == 0
						? roster_requests_approve(call->web->sql, request, user->id, user->name,
												  view->words, &change, &refused)
						: roster_requests_refuse(call->web->sql, request, user->id, view->words,
												 change.now_ms, &refused);
	if (done)
		return response_redirect("/persetujuan");
	if (g_error_matches(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		g_error_free(refused);
		return problem_for(call, 409, NULL);
	}
	g_propagate_error(error, refused);
	return NULL;
}

/* The page, and what was sent from it. */
Response *page_roster_request(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(RosterRequestDay));
	g_autoptr(GPtrArray) conflicts = g_ptr_array_new();
	g_auto(RosterRequest) request = {0};
	gboolean found;
	RosterRequestView view = {.verdict = sent(call, "putusan"),
							  .words = sent(call, "alasan"),
							  .despite = sent(call, "tetap")[0] != '\0'};
	if (!find(call, &request, &found, error))
		return NULL;
	if (!found)
		return problem_for(call, 404, NULL);
	if (!load(call, &request, texts, days, conflicts, &view, error))
		return NULL;
	if (call->form == NULL)
		return show(call, 200, &view);
	if (view.own)
		return problem_for(call, 403, NULL);
	check(&view);
	if (view.verdict_problem != NULL || view.words_problem != NULL || view.despite_problem != NULL)
		return show(call, 422, &view);
	return decide(call, &request, &view, error);
}
