#include "server/web/terminals/page_claims.h"

#include "server/store/terminals/claims.h"
#include "server/store/terminals/decisions.h"
#include "server/web/handlers.h"
#include "server/web/people/names.h"
#include "server/web/problem.h"
#include "server/web/terminals/waiting.h"
#include "server/web/words.h"

static void add_line(Html *html, const Frame *frame, const ClaimLine *line)
{
	html_add(html, "<li><span><b>%s</b><small>%s, mesin %s</small><small>%s</small></span>",
			 line->name, line->when, line->terminal,
			 line->fingerless ? "tanpa jari" : "nomor diketik, belum ada sidik jari pembanding");
	if (line->own) {
		html_add(html, "<span class=\"hd-mark hd-tone-wait\">menunggu pejabat lain</span></li>\n");
		return;
	}
	html_add(html, "<form class=\"hd-right\" method=\"post\" action=\"/persetujuan/%s\">\n",
			 line->id);
	layout_csrf(html, frame);
	html_add(html,
			 "<button class=\"btn btn-sm btn-primary\" type=\"submit\" name=\"putusan\" "
			 "value=\"accepted\" aria-label=\"Setujui %s, %s\">Setujui</button>\n"
			 "<button class=\"btn btn-sm btn-outline-danger\" type=\"submit\" name=\"putusan\" "
			 "value=\"refused\" aria-label=\"Tolak %s, %s\">Tolak</button>\n</form></li>\n",
			 line->name, line->when, line->name, line->when);
}

void page_claims_render(Html *html, const Frame *frame, const ClaimsView *view)
{
	layout_begin(html, frame);
	html_add(html,
			 "<div class=\"hd-title\">\n<div><h1>Persetujuan</h1>\n<p>Presensi tanpa sidik jari "
			 "dan perubahan jadwal</p></div></div>\n<section class=\"hd-section "
			 "%s\">\n<h2>Menunggu persetujuan "
			 "<small>%d%s</small></h2>\n",
			 view->lines->len == 0 ? "hd-tone-ok" : "hd-tone-wait", (int)view->lines->len,
			 view->more ? " pertama" : "");
	if (view->lines->len == 0)
		html_add(html, "<p>Tidak ada presensi yang menunggu persetujuan Anda.</p>\n");
	else
		html_add(html, "<p>Setujui hanya bila Anda tahu pegawai itu hadir pada waktu tersebut. "
					   "Persetujuan Anda tercatat.</p>\n<ul class=\"hd-people hd-wide\">\n");
	for (guint i = 0; i < view->lines->len; i++)
		add_line(html, frame, &g_array_index(view->lines, ClaimLine, i));
	if (view->lines->len > 0)
		html_add(html, "</ul>\n");
	html_add(html, "</section>\n");
	page_roster_request_render_list(html, view->rosters);
	layout_end(html, frame);
}

/* ── read from the store ── */

static gboolean add_claim(const Call *call, const ClaimRow *claim, GStringChunk *texts,
						  GArray *lines, GError **error)
{
	gboolean seen;
	const gint64 at_ms = claim->at_ms == 0 ? call->request->now_ms : claim->at_ms;
	const PersonId own = call->access->user->person;
	if (!waiting_sees_person(call, claim->person, at_ms, &seen, error))
		return FALSE;
	if (!seen)
		return TRUE;
	ClaimLine line = {
		.id = words_keep(texts, decision_event_subject(claim->journal, claim->seq)),
		.when = claim->at_ms == 0
					? "waktunya belum dipercaya"
					: words_keep(texts, words_moment(claim->at_ms, call->web->utc_offset_min)),
		.terminal = g_string_chunk_insert(texts, claim->terminal.text),
		.fingerless = claim_is_fingerless(claim),
		.own = own != 0 && own == claim->person,
	};
	if (!names_person(call, texts, claim->person, &line.name, error))
		return FALSE;
	g_array_append_val(lines, line);
	return TRUE;
}

gboolean page_claims_list(const Call *call, GStringChunk *texts, GArray *lines, gboolean *more,
						  GError **error)
{
	g_autoptr(GArray) claims = NULL;
	*more = FALSE;
	if (!claims_list(call->web->sql, CLAIM_MANUAL, NULL, 10 * CLAIMS_LIST_MAX, &claims, error))
		return FALSE;
	for (guint i = 0; i < claims->len && !*more; i++) {
		if (!add_claim(call, &g_array_index(claims, ClaimRow, i), texts, lines, error))
			return FALSE;
		*more = lines->len == CLAIMS_LIST_MAX && i + 1 < claims->len;
	}
	return TRUE;
}

Response *page_claims(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ClaimLine));
	g_autoptr(GArray) rosters = g_array_new(FALSE, FALSE, sizeof(RosterRequestLine));
	ClaimsView view = {.lines = lines, .rosters = rosters};
	if (!page_claims_list(call, texts, lines, &view.more, error) ||
		!page_roster_request_list(call, texts, rosters, error))
		return NULL;
	Frame frame = layout_frame(call, "Persetujuan", NAV_CLAIMS);
	Html *html = html_new();
	page_claims_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

Response *page_claim_post(Call *call, GError **error)
{
	gint64 journal, seq;
	ClaimRow claim;
	gboolean decided;
	const char *said = form_get(call->form, "putusan");
	ClaimDecision decision = {.accepted = g_strcmp0(said, "accepted") == 0,
							  .account = call->access->user->id};
	if (!decision.accepted && g_strcmp0(said, "refused") != 0)
		return problem_for(call, 422, NULL);
	if (!decision_event_parse(call->params[0], &journal, &seq))
		return problem_for(call, 404, NULL);
	if (!claims_get(call->web->sql, journal, seq, &claim, error) ||
		!claims_settle(call->web->sql, &claim, &decision, call->web->utc_offset_min,
					   call->request->now_ms, &decided, error))
		return NULL;
	return decided ? response_redirect("/persetujuan") : problem_for(call, 409, NULL);
}
