/* Outages, read from the store; what is sent to declare and decide them. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/terminals/decisions.h"
#include "server/store/terminals/places.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/page_outages.h"
#include "server/web/words.h"

#define FREQUENT_DAYS 92
#define FREQUENT_MIN 3
#define FREQUENT_MAX 20

/* ── of whom ── */

gboolean outages_places_seen(const Call *call, GHashTable **places, gboolean *all, GError **error)
{
	*all = call->scope->all;
	*places = NULL;
	return *all || api_scope_places(call->web->sql, call->scope, call->today, places, error);
}

OutageRow *outages_find_seen(const Call *call, const char *id, GError **error)
{
	OutageFilter filter = {.limit = 1, .to_ms = G_MAXINT64};
	gboolean all;
	g_autoptr(GHashTable) places = NULL;
	if (!g_ascii_string_to_signed(id, 10, 1, G_MAXINT64, &filter.id, NULL))
		return NULL;
	g_autoptr(GPtrArray) rows =
		outage_list(call->web->sql, &filter, call->web->utc_offset_min, error);
	if (rows == NULL || rows->len == 0 || !outages_places_seen(call, &places, &all, error))
		return NULL;
	const OutageRow *row = rows->pdata[0];
	return all || g_hash_table_contains(places, &row->place) ? g_ptr_array_steal_index(rows, 0)
															 : NULL;
}

static gboolean serves_at(const Call *call, gint64 place, gint64 day, gboolean *serves,
						  GError **error)
{
	g_autoptr(GArray) places = NULL;
	if (!assignments_places(call->web->sql, call->access->user->person, day, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++)
		*serves |= g_array_index(places, gint64, i) == place;
	return TRUE;
}

gboolean outages_is_own(const Call *call, const OutageRow *row, gboolean *own, GError **error)
{
	gint64 offset_min = call->web->utc_offset_min;
	*own = FALSE;
	if (call->access->user->person == 0)
		return TRUE;
	for (gint64 day = words_day(row->from_ms, offset_min);
		 !*own && day <= words_day(row->to_ms - 1, offset_min); day++)
		if (!serves_at(call, row->place, day, own, error))
			return FALSE;
	return TRUE;
}

/* ── the list ── */

static const char *span_words(const Call *call, const OutageRow *row, GStringChunk *texts)
{
	gint64 offset_min = call->web->utc_offset_min;
	g_autofree char *from = words_moment(row->from_ms, offset_min);
	g_autofree char *to = words_day(row->from_ms, offset_min) == words_day(row->to_ms, offset_min)
							  ? words_time(row->to_ms, offset_min)
							  : words_moment(row->to_ms, offset_min);
	return words_keep(texts, g_strdup_printf("%s–%s", from, to));
}

static gboolean fill_line(const Call *call, const OutageRow *row, GStringChunk *texts,
						  OutageLine *line, GError **error)
{
	g_autoptr(GError) inner = NULL;
	gboolean withdrawn = row->state == OUTAGE_REFUSED && row->n_decisions > 1;
	const char *place =
		words_keep(texts, places_name(call->web->sql, row->place,
									  words_day(row->from_ms, call->web->utc_offset_min), &inner));
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	*line = (OutageLine){
		.id = row->id,
		.place = place != NULL ? place : g_string_chunk_insert(texts, row->place_code),
		.span = span_words(call, row, texts),
		.cause = g_string_chunk_insert(texts, row->cause == NULL ? "" : row->cause),
		.open = row->state == OUTAGE_DECLARED,
		.after_holiday = row->after_holiday,
		.state = row->state == OUTAGE_ACCEPTED  ? "✓ disetujui"
				 : withdrawn                    ? "dibatalkan"
				 : row->state == OUTAGE_REFUSED ? "✕ ditolak"
				 : row->proposed                ? "usulan server"
												: "dilaporkan",
		.tone = row->state == OUTAGE_ACCEPTED   ? "hd-tone-ok"
				: row->state == OUTAGE_DECLARED ? "hd-tone-wait"
												: "hd-tone-mute",
	};
	return TRUE;
}

static gboolean load_lines(const Call *call, GHashTable *places, GStringChunk *texts, GArray *lines,
						   gboolean *more, GError **error)
{
	OutageFilter filter = {.to_ms = G_MAXINT64, .limit = 10 * OUTAGES_LIST_MAX};
	g_autoptr(GPtrArray) rows =
		outage_list(call->web->sql, &filter, call->web->utc_offset_min, error);
	*more = FALSE;
	for (guint i = 0; rows != NULL && i < rows->len && !*more; i++) {
		const OutageRow *row = rows->pdata[i];
		OutageLine line;
		if (places != NULL && !g_hash_table_contains(places, &row->place))
			continue;
		if (!fill_line(call, row, texts, &line, error))
			return FALSE;
		*more = lines->len == OUTAGES_LIST_MAX;
		if (!*more)
			g_array_append_val(lines, line);
	}
	return rows != NULL;
}

static gboolean load_frequent(const Call *call, GHashTable *places, GStringChunk *texts,
							  GArray *frequent, GError **error)
{
	gint64 now_ms = call->request->now_ms;
	g_autoptr(GPtrArray) rows =
		outage_places(call->web->sql, now_ms - FREQUENT_DAYS * DAY_MS, now_ms, FREQUENT_MIN,
					  call->web->utc_offset_min, error);
	for (guint i = 0; rows != NULL && i < rows->len && frequent->len < FREQUENT_MAX; i++) {
		const OutagePlace *row = rows->pdata[i];
		OutageFrequent line = {g_string_chunk_insert(texts, row->place_code), row->n, row->minutes};
		if (places == NULL || g_hash_table_contains(places, &row->place))
			g_array_append_val(frequent, line);
	}
	return rows != NULL;
}

Response *page_outages(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(OutageLine));
	g_autoptr(GArray) frequent = g_array_new(FALSE, FALSE, sizeof(OutageFrequent));
	g_autoptr(GHashTable) places = NULL;
	gboolean all;
	OutagesView view = {.lines = lines,
						.frequent = frequent,
						.may_declare = access_has_right(call->access, RIGHT_DECLARE)};
	if (!outages_places_seen(call, &places, &all, error) ||
		!load_lines(call, places, texts, lines, &view.more, error) ||
		!load_frequent(call, places, texts, frequent, error))
		return NULL;
	Frame frame = layout_frame(call, "Gangguan", NAV_OUTAGES);
	Html *html = html_new();
	page_outages_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

gboolean outages_count_open(const Call *call, gint64 *n, GError **error)
{
	OutageFilter filter = {
		.to_ms = G_MAXINT64, .state = OUTAGE_DECLARED, .limit = OUTAGES_LIST_MAX};
	gboolean all;
	g_autoptr(GHashTable) places = NULL;
	g_autoptr(GPtrArray) rows =
		outage_list(call->web->sql, &filter, call->web->utc_offset_min, error);
	if (rows == NULL || !outages_places_seen(call, &places, &all, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++)
		*n += all || g_hash_table_contains(places, &((const OutageRow *)rows->pdata[i])->place);
	return TRUE;
}

/* ── declaring ── */

/* Proposed for the field; who has one place finds it there already. */
static gboolean load_places(const Call *call, GStringChunk *texts, GArray *list, GError **error)
{
	gboolean all;
	g_autoptr(GHashTable) seen = NULL;
	if (!outages_places_seen(call, &seen, &all, error))
		return FALSE;
	g_autoptr(PlaceCursor) cursor = places_list(call->web->sql, call->today, error);
	PlaceRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && (step = places_next(cursor, &row, error)) == SQL_ROW) {
		OutagePlaceChoice choice = {g_string_chunk_insert(texts, row.code),
									g_string_chunk_insert(texts, row.name)};
		if (list->len < OUTAGE_PLACES_MAX && (all || g_hash_table_contains(seen, &row.id)))
			g_array_append_val(list, choice);
	}
	return step == SQL_DONE;
}

static Response *ask(const Call *call, guint status, OutageForm *form, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(OutagePlaceChoice));
	if (!load_places(call, texts, places, error))
		return NULL;
	form->places = places;
	if (call->form == NULL && places->len == 1 && form->values[OUTAGE_FIELD_PLACE][0] == '\0')
		form->values[OUTAGE_FIELD_PLACE] = g_array_index(places, OutagePlaceChoice, 0).code;
	Frame frame = layout_frame(call, "Laporkan gangguan", NAV_OUTAGES);
	Html *html = html_new();
	page_outages_render_form(html, &frame, form);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static void read_form(const Call *call, OutageForm *form)
{
	for (OutageField i = 0; i < N_OUTAGE_FIELDS; i++) {
		const char *name = outage_field_name(i);
		const char *text = call->form != NULL ? form_get(call->form, name) : call_query(call, name);
		form->values[i] = text == NULL ? "" : text;
	}
}

Response *page_outages_form(Call *call, GError **error)
{
	OutageForm form = {0};
	g_autofree char *today = iso_date(call->today);
	read_form(call, &form);
	if (form.values[OUTAGE_FIELD_FROM_DATE][0] == '\0')
		form.values[OUTAGE_FIELD_FROM_DATE] = today;
	if (form.values[OUTAGE_FIELD_TO_DATE][0] == '\0')
		form.values[OUTAGE_FIELD_TO_DATE] = today;
	return ask(call, 200, &form, error);
}

/* A date and a time as browsers send them. */
static void read_moment(const Call *call, OutageForm *form, OutageField date, gint64 *at_ms)
{
	gint64 day;
	if (!iso_date_parse(form->values[date], &day)) {
		form->problems[date] = "Isi tanggal.";
		return;
	}
	g_autofree char *text = g_strdup_printf("%sT%s", form->values[date], form->values[date + 1]);
	if (strlen(form->values[date + 1]) < 5 ||
		!calendar_parse_iso(text, call->web->utc_offset_min, at_ms))
		form->problems[date + 1] = "Isi jam, misalnya 06:00.";
}

static gboolean find_place(const Call *call, OutageForm *form, gint64 *place, GError **error)
{
	gboolean all;
	g_autoptr(GHashTable) seen = NULL;
	if (!places_find(call->web->sql, form->values[OUTAGE_FIELD_PLACE], FALSE, place, error) ||
		!outages_places_seen(call, &seen, &all, error))
		return FALSE;
	if (*place == 0 || !(all || g_hash_table_contains(seen, place)))
		form->problems[OUTAGE_FIELD_PLACE] =
			"Tidak ada lokasi dengan kode ini dalam wewenang Anda.";
	return TRUE;
}

static gboolean has_problem(const OutageForm *form)
{
	for (gsize i = 0; i < N_OUTAGE_FIELDS; i++)
		if (form->problems[i] != NULL)
			return TRUE;
	return FALSE;
}

static const char *refusal_words(const GError *refused)
{
	switch ((OutageError)refused->code) {
	case OUTAGE_ERROR_SPAN:
		return "Waktu gangguan harus sudah lewat, berakhir setelah mulai, dan paling lama setahun.";
	case OUTAGE_ERROR_RECORDED:
		return "Pada waktu itu ada mesin di lokasi ini yang dapat mencatat, atau ada presensi. "
			   "Sesuaikan waktunya.";
	case OUTAGE_ERROR_OVERLAP:
		return "Sebagian waktunya sudah tercatat sebagai gangguan lain di lokasi ini.";
	case OUTAGE_ERROR_STATE:
		return "Putusannya sudah demikian.";
	case OUTAGE_ERROR_GONE:
	case OUTAGE_ERROR_TEXT:
		break;
	}
	return "Isi satu baris, paling sedikit 3 huruf.";
}

Response *page_outages_post(Call *call, GError **error)
{
	OutageForm form = {0};
	GError *refused = NULL;
	gint64 id;
	read_form(call, &form);
	Outage outage = {.cause = form.values[OUTAGE_FIELD_CAUSE],
					 .evidence = form.values[OUTAGE_FIELD_EVIDENCE],
					 .declared_by = call->access->user->name};
	if (form.values[OUTAGE_FIELD_DOCUMENT][0] != '\0')
		outage.document = form.values[OUTAGE_FIELD_DOCUMENT];
	read_moment(call, &form, OUTAGE_FIELD_FROM_DATE, &outage.from_ms);
	read_moment(call, &form, OUTAGE_FIELD_TO_DATE, &outage.to_ms);
	if (strlen(form.values[OUTAGE_FIELD_DOCUMENT]) > OUTAGE_DOCUMENT_MAX)
		form.problems[OUTAGE_FIELD_DOCUMENT] = "Terlalu panjang.";
	if (!decision_reason_check(outage.cause, NULL) ||
		g_utf8_strlen(outage.cause, -1) > OUTAGE_CAUSE_MAX)
		form.problems[OUTAGE_FIELD_CAUSE] = "Isi 3 sampai 40 huruf.";
	if (!decision_reason_check(outage.evidence, NULL))
		form.problems[OUTAGE_FIELD_EVIDENCE] = "Isi satu baris, paling sedikit 3 huruf.";
	if (!find_place(call, &form, &outage.place, error))
		return NULL;
	if (has_problem(&form))
		return ask(call, 422, &form, error);
	if (outage_declare(call->web->sql, &outage, call->request->now_ms, call->web->utc_offset_min,
					   &id, &refused)) {
		call->subject.detail =
			g_strdup_printf("%" G_GINT64_FORMAT " %s", id, form.values[OUTAGE_FIELD_PLACE]);
		g_autofree char *location = g_strdup_printf("/gangguan/%" G_GINT64_FORMAT, id);
		return response_redirect(location);
	}
	g_autoptr(GError) owned = refused;
	if (owned->domain != OUTAGE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	form.problems[OUTAGE_FIELD_TO_TIME] = refusal_words(owned);
	return ask(call, 422, &form, error);
}

/* ── one ── */

static gboolean load_history(const Call *call, gint64 id, GStringChunk *texts, GArray *history,
							 GError **error)
{
	g_autoptr(GPtrArray) steps = outage_history(call->web->sql, id, error);
	for (guint i = 0; steps != NULL && i < steps->len; i++) {
		const OutageStep *step = steps->pdata[i];
		OutageHistoryLine line = {
			.state = step->state == OUTAGE_ACCEPTED ? "Disetujui" : "Ditolak",
			.reason = words_keep(texts, g_strdup(step->reason)),
			.by = words_keep(texts, g_strdup(step->by)),
			.time = words_keep(texts, words_moment(step->decided_ms, call->web->utc_offset_min)),
		};
		g_array_append_val(history, line);
	}
	return steps != NULL;
}

/* Fills the rest of `view`, and answers with it. */
static Response *show(const Call *call, guint status, const OutageRow *row, OutageView *view,
					  GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) history = g_array_new(FALSE, FALSE, sizeof(OutageHistoryLine));
	if (!fill_line(call, row, texts, &view->line, error) ||
		!load_history(call, row->id, texts, history, error))
		return NULL;
	view->evidence = row->evidence;
	view->document = row->document;
	view->declared_by = row->declared_by;
	view->declared =
		row->declared_ms == 0
			? NULL
			: words_keep(texts, words_moment(row->declared_ms, call->web->utc_offset_min));
	view->history = history;
	view->may_accept = row->state != OUTAGE_ACCEPTED;
	view->may_refuse = row->state != OUTAGE_REFUSED;
	view->may_decide = access_has_right(call->access, RIGHT_DECIDE);
	if (view->may_decide && !outages_is_own(call, row, &view->own, error))
		return NULL;
	Frame frame = layout_frame(call, "Gangguan", NAV_OUTAGES);
	Html *html = html_new();
	page_outages_render_one(html, &frame, view);
	Response *response = call_html(html_to_bytes(html));
	response->status = status;
	return response;
}

static Response *none(const Call *call, GError **error)
{
	return *error == NULL ? problem_for(call, 404, NULL) : NULL;
}

Response *page_outage(Call *call, GError **error)
{
	OutageView view = {.reason = "", .letter = ""};
	OutageRow *row = outages_find_seen(call, call->params[0], error);
	if (row == NULL)
		return none(call, error);
	Response *response = show(call, 200, row, &view, error);
	outage_row_free(row);
	return response;
}

static Response *decide(const Call *call, const OutageRow *row, OutageState state, GError **error)
{
	const char *reason = form_get(call->form, "alasan"), *letter = form_get(call->form, "surat");
	OutageView view = {.reason = reason == NULL ? "" : reason,
					   .letter = letter == NULL ? "" : letter};
	const OutageDecision decision = {.id = row->id,
									 .state = state,
									 .reason = view.reason,
									 .document = view.letter[0] == '\0' ? NULL : view.letter,
									 .account = call->access->user->id};
	GError *refused = NULL;
	if (!decision_reason_check(view.reason, NULL))
		view.reason_problem = "Tulis alasannya satu baris, paling sedikit 3 huruf.";
	if (strlen(view.letter) > OUTAGE_DOCUMENT_MAX)
		view.reason_problem = "Nomor Berita Acara terlalu panjang.";
	if (view.reason_problem != NULL)
		return show(call, 422, row, &view, error);
	if (outage_decide(call->web->sql, &decision, call->request->now_ms, call->web->utc_offset_min,
					  &refused))
		return response_redirect("/gangguan");
	g_autoptr(GError) owned = refused;
	if (owned->domain != OUTAGE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	view.verdict_problem = refusal_words(owned);
	return show(call, 422, row, &view, error);
}

Response *page_outage_post(Call *call, GError **error)
{
	const char *said = form_get(call->form, "putusan");
	gboolean accepted = g_strcmp0(said, "accepted") == 0, own;
	OutageRow *row = outages_find_seen(call, call->params[0], error);
	Response *response = NULL;
	if (row == NULL)
		return none(call, error);
	call->subject.detail =
		g_strdup_printf("%" G_GINT64_FORMAT " %s", row->id, accepted ? "approved" : "refused");
	if (!accepted && g_strcmp0(said, "refused") != 0)
		response = problem_for(call, 422, NULL);
	else if (outages_is_own(call, row, &own, error))
		response = own ? problem_for(call, 403, "nobody does this for themselves")
					   : decide(call, row, accepted ? OUTAGE_ACCEPTED : OUTAGE_REFUSED, error);
	outage_row_free(row);
	return response;
}
