#include "server/web/terminals/page_pairs.h"

#include <string.h>

#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/terminals/waiting.h"
#include "server/web/terms.h"
#include "server/web/words.h"

/* Rows looked at for a list; who sees fewer people sees fewer of them. */
#define SCAN_MAX (10 * PAIRS_LIST_MAX)

static const FieldChoice verdicts[] = {
	{"different", "Dua orang berbeda: keduanya tetap berlaku"},
	{"same-person", "Orang yang sama tercatat dua kali: akhiri rekaman yang satu"},
	{"fraud", "Kecurangan: akhiri rekaman yang satu"},
};

/* ── rendering ── */

void page_pairs_render_list(Html *html, const GArray *lines, gboolean more)
{
	html_add(html,
			 "<section class=\"hd-section %s\" id=\"pasangan\">\n<h2>Sidik jari serupa <small>%d%s"
			 "</small></h2>\n",
			 lines->len == 0 ? "hd-tone-ok" : "hd-tone-missing", (int)lines->len,
			 more ? " pertama" : "");
	if (lines->len == 0) {
		html_add(html, "<p>Tidak ada dua pegawai yang sidik jarinya serupa.</p>\n</section>\n");
		return;
	}
	html_add(html, "<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < lines->len; i++) {
		const PairLine *line = &g_array_index(lines, PairLine, i);
		html_add(html,
				 "<li><span><b><a href=\"/putusan/pasangan/%s\">%s</a></b><small>%s</small></span>"
				 "</li>\n",
				 line->id, line->names, line->detail);
	}
	html_add(html, "</ul>\n</section>\n");
}

static void add_people(Html *html, const PairView *view)
{
	html_add(html, "<dl class=\"hd-card hd-facts\">\n");
	for (gsize i = 0; i < G_N_ELEMENTS(view->people); i++)
		html_add(html,
				 "<div><dt>Pegawai %d</dt><dd><a href=\"/pegawai/%" G_GINT64_FORMAT
				 "\">%s</a><br>%s</dd></div>\n",
				 (int)i + 1, view->people[i], view->names[i],
				 view->units[i] == NULL ? "Tanpa unit kerja" : view->units[i]);
	html_add(html,
			 "<div><dt>Jari</dt><dd>%s%s</dd></div>\n<div><dt>Ditemukan</dt><dd>%s</dd></div>\n"
			 "</dl>\n",
			 view->finger, view->two_fingers ? ", dan satu jari lain" : "", view->found);
}

static void add_form(Html *html, const Frame *frame, const PairView *view)
{
	char numbers[2][24];
	FieldChoice ends[3] = {{"", "Yang direkam belakangan"}};
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_snprintf(numbers[i], sizeof numbers[i], "%" G_GINT64_FORMAT, view->people[i]);
		ends[i + 1] = (FieldChoice){numbers[i], view->names[i]};
	}
	const Field reason = {.id = "alasan",
						  .label = "Alasan",
						  .type = "text",
						  .value = view->reason,
						  .hint = "Apa yang diperiksa, dan nomor berita acara bila ada.",
						  .problem = view->reason_problem,
						  .size_max = DECISION_REASON_MAX};
	const FieldProblem problems[] = {{"putusan-0", "Putusan", view->verdict_problem},
									 {"akhiri", "Rekaman yang diakhiri", view->ends_problem},
									 {reason.id, reason.label, reason.problem}};
	field_summary(html, problems, G_N_ELEMENTS(problems));
	html_add(html, "<form method=\"post\" action=\"/putusan/pasangan/%s\">\n", view->id);
	layout_csrf(html, frame);
	field_radio(html, "putusan", "Putusan", verdicts, G_N_ELEMENTS(verdicts), view->verdict,
				view->verdict_problem);
	field_select(html, "akhiri", "Rekaman yang diakhiri", ends, G_N_ELEMENTS(ends), view->ends,
				 view->ends_problem);
	field_render(html, &reason);
	html_add(html, "<button class=\"btn btn-primary w-100\" type=\"submit\">Putuskan</button>\n"
				   "</form>\n");
}

void page_pair_render(Html *html, const Frame *frame, const PairView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\"><div><h1>%s dan %s</h1>\n<p>Sidik jari serupa</p></div>"
			 "</div>\n",
			 view->names[0], view->names[1]);
	add_people(html, view);
	html_add(html, "<div class=\"hd-card hd-form\">\n<p class=\"text-muted\">Panggil keduanya dan "
				   "periksa sebelum memutuskan. Yang rekamannya diakhiri berstatus belum terdaftar "
				   "sampai direkam lagi.</p>\n");
	if (view->own)
		html_add(html, "<p>Ini menyangkut Anda sendiri: pejabat lain yang memutuskan.</p>\n");
	else
		add_form(html, frame, view);
	html_add(html, "<p class=\"hd-hint\"><a href=\"/putusan\">Kembali ke daftar</a></p>\n"
				   "</div>\n");
	layout_end(html, frame);
}

/* ── loading ── */

gboolean page_pairs_sees(const Call *call, const DuplicatePair *pair, gboolean *seen,
						 GError **error)
{
	gboolean other = FALSE;
	if (!waiting_sees_person(call, pair->person, call->request->now_ms, seen, error) ||
		!waiting_sees_person(call, pair->other, call->request->now_ms, &other, error))
		return FALSE;
	*seen = *seen && other;
	return TRUE;
}

gboolean page_pairs_find(const Call *call, DuplicatePair *pair, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(call->params[0], "-", 3);
	PersonId person, other;
	gboolean seen = FALSE;
	return g_strv_length(parts) == 2 && api_parse_person(parts[0], &person) &&
		   api_parse_person(parts[1], &other) && person < other &&
		   duplicates_get(call->web->sql, person, other, pair, error) &&
		   page_pairs_sees(call, pair, &seen, error) && seen;
}

static gboolean add_line(const Call *call, const DuplicatePair *pair, GStringChunk *texts,
						 GArray *lines, GError **error)
{
	const char *one, *other;
	g_autofree char *found = words_moment(pair->found_ms, call->web->utc_offset_min);
	if (!names_person(call, texts, pair->person, &one, error) ||
		!names_person(call, texts, pair->other, &other, error))
		return FALSE;
	PairLine line = {
		.id = words_keep(texts, g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
												pair->person, pair->other)),
		.names = words_keep(texts, g_strdup_printf("%s dan %s", one, other)),
		.detail = words_keep(
			texts, g_strdup_printf("%s. Ditemukan %s", terms_finger(pair->finger), found)),
	};
	g_array_append_val(lines, line);
	return TRUE;
}

gboolean page_pairs_list(const Call *call, GStringChunk *texts, GArray *lines, gboolean *more,
						 GError **error)
{
	g_autoptr(GArray) rows = NULL;
	*more = FALSE;
	if (!duplicates_list(call->web->sql, TRUE, 0, 0, SCAN_MAX, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len && !*more; i++) {
		const DuplicatePair *pair = &g_array_index(rows, DuplicatePair, i);
		gboolean seen;
		if (!page_pairs_sees(call, pair, &seen, error))
			return FALSE;
		*more = seen && lines->len == PAIRS_LIST_MAX;
		if (seen && !*more && !add_line(call, pair, texts, lines, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean load_person(const Call *call, GStringChunk *texts, gsize i, PairView *view,
							GError **error)
{
	const PeopleFilter filter = {.day = call->today, .person = view->people[i], .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step == SQL_ROW && row.unit_name != NULL)
		view->units[i] = g_string_chunk_insert(texts, row.unit_name);
	return step != SQL_FAILED && names_person(call, texts, view->people[i], &view->names[i], error);
}

/* Fills the rest of `view`, and answers with it. */
static Response *show(const Call *call, guint status, const DuplicatePair *pair, PairView *view,
					  GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(512);
	view->id = call->params[0];
	view->people[0] = pair->person;
	view->people[1] = pair->other;
	view->finger = terms_finger(pair->finger);
	view->two_fingers = pair->two_fingers;
	view->found = words_keep(texts, words_moment(pair->found_ms, call->web->utc_offset_min));
	view->own = call->access->user->person != 0 && (call->access->user->person == pair->person ||
													call->access->user->person == pair->other);
	for (gsize i = 0; i < G_N_ELEMENTS(view->people); i++)
		if (!load_person(call, texts, i, view, error))
			return NULL;
	Frame frame = layout_frame(call, "Sidik jari serupa", NAV_WAITING);
	Html *html = html_new();
	page_pair_render(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

/* One that still waits; NULL with `pair` filled, or the answer. */
static Response *find_open(const Call *call, DuplicatePair *pair, GError **error)
{
	GError *local = NULL;
	gboolean found = page_pairs_find(call, pair, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return problem_for(call, 503, NULL);
	}
	return found && !pair->decided ? NULL : problem_for(call, 404, NULL);
}

Response *page_pair(Call *call, GError **error)
{
	DuplicatePair pair;
	PairView view = {.verdict = "", .ends = "", .reason = ""};
	Response *problem = find_open(call, &pair, error);
	return problem != NULL ? problem : show(call, 200, &pair, &view, error);
}

/* ── deciding ── */

static const char *sent(const Call *call, const char *name)
{
	const char *text = form_get(call->form, name);
	return text == NULL ? "" : text;
}

static gboolean check(PairView *view, const DuplicatePair *pair, DuplicateDecision *decision)
{
	if (!decision_verdict_parse(DECISION_ENROLMENT, view->verdict, &decision->verdict))
		view->verdict_problem = "Pilih putusan.";
	if (view->ends[0] != '\0' &&
		(!api_parse_person(view->ends, &decision->ends) ||
		 (decision->ends != pair->person && decision->ends != pair->other)))
		view->ends_problem = "Pilih salah satu dari keduanya.";
	if (decision->verdict == VERDICT_DIFFERENT)
		decision->ends = 0;
	if (!decision_reason_check(view->reason, NULL))
		view->reason_problem = "Tulis alasannya satu baris, paling sedikit 3 huruf.";
	return view->verdict_problem == NULL && view->ends_problem == NULL &&
		   view->reason_problem == NULL;
}

Response *page_pair_post(Call *call, GError **error)
{
	DuplicatePair pair;
	PairView view = {.verdict = sent(call, "putusan"),
					 .ends = sent(call, "akhiri"),
					 .reason = sent(call, "alasan")};
	DuplicateDecision decision = {.reason = view.reason, .account = call->access->user->id};
	GError *local = NULL;
	Response *problem = find_open(call, &pair, error);
	if (problem != NULL)
		return problem;
	if (!check(&view, &pair, &decision))
		return show(call, 422, &pair, &view, error);
	decision.person = pair.person;
	decision.other = pair.other;
	if (duplicates_decide(call->web->sql, &decision, call->request->now_ms, &local))
		return response_redirect("/putusan");
	if (local->domain != DECISION_ERROR) {
		g_propagate_error(error, local);
		return NULL;
	}
	g_error_free(local);
	return problem_for(call, 409, NULL);
}
