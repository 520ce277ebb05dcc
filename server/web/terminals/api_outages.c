/* /api/v1/outages, /api/v1/outages/{id}, …/decisions, /api/v1/outage-places. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/terminals/places.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/page_outages.h"
#include "server/web/words.h"

/* Rows looked at for one page; a page may be short, its cursor goes on. */
#define SCAN_MAX 2000
#define DAYS_MAX 366
#define N_MIN_DEFAULT 3

static json_t *text_json(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *time_json(const Call *call, gint64 at_ms)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, call->web->utc_offset_min);
	return text_json(text);
}

/* As `hadir outage list` says it. */
static const char *state_text(const OutageRow *row)
{
	if (row->state == OUTAGE_DECLARED)
		return row->proposed ? "proposed" : "declared";
	if (row->state == OUTAGE_ACCEPTED)
		return "approved";
	return row->n_decisions > 1 ? "withdrawn" : "refused";
}

static json_t *outage_json(const Call *call, const OutageRow *row)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row->id);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	json_object_set_new(out, "place", json_string(row->place_code));
	json_object_set_new(out, "from", time_json(call, row->from_ms));
	json_object_set_new(out, "to", time_json(call, row->to_ms));
	json_object_set_new(out, "state", json_string(state_text(row)));
	json_object_set_new(out, "cause", text_json(row->cause));
	json_object_set_new(out, "evidence", text_json(row->evidence));
	json_object_set_new(out, "document", text_json(row->document));
	json_object_set_new(out, "declared_by", text_json(row->declared_by));
	json_object_set_new(out, "declared", time_json(call, row->declared_ms));
	json_object_set_new(out, "decided_by", text_json(row->decided_by));
	json_object_set_new(out, "decided", time_json(call, row->decided_ms));
	json_object_set_new(out, "reason", text_json(row->reason));
	json_object_set_new(out, "after_holiday", json_boolean(row->after_holiday));
	return out;
}

/* ── lists ── */

/* Days of the query as instants; without them everything. */
static Response *read_span(const Call *call, gint64 *from_ms, gint64 *to_ms)
{
	gint64 from_day, to_day;
	Response *problem = api_days_asked(call, DAYS_MAX, &from_day, &to_day);
	if (problem != NULL)
		return problem;
	*from_ms = calendar_ms(from_day, 0, call->web->utc_offset_min);
	*to_ms = calendar_ms(to_day, 0, call->web->utc_offset_min);
	return NULL;
}

static Response *read_state(const Call *call, OutageFilter *filter)
{
	static const struct {
		const char *text;
		OutageState state;
	} states[] = {
		{"open", OUTAGE_DECLARED}, {"approved", OUTAGE_ACCEPTED}, {"refused", OUTAGE_REFUSED}};
	const char *text = call_query(call, "state");
	if (text == NULL)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
		if (strcmp(states[i].text, text) == 0) {
			filter->state = states[i].state;
			return NULL;
		}
	return problem_field("state", "\"open\", \"approved\" or \"refused\"");
}

static Response *read_filter(const Call *call, gsize *limit, OutageFilter *filter)
{
	static const char *const names[] = {"state", "from", "to", "limit", "cursor", NULL};
	gint64 unused;
	*filter = (OutageFilter){.to_ms = G_MAXINT64, .limit = SCAN_MAX};
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, limit);
	if (problem == NULL)
		problem = api_cursor(call, &filter->before, &unused);
	if (problem == NULL)
		problem = read_state(call, filter);
	if (problem == NULL && (call_query(call, "from") != NULL || call_query(call, "to") != NULL))
		problem = read_span(call, &filter->from_ms, &filter->to_ms);
	return problem;
}

Response *api_outages(Call *call, GError **error)
{
	gsize limit;
	OutageFilter filter;
	gboolean all;
	g_autoptr(GHashTable) places = NULL;
	Response *problem = read_filter(call, &limit, &filter);
	if (problem != NULL)
		return problem;
	g_autoptr(GPtrArray) rows =
		outage_list(call->web->sql, &filter, call->web->utc_offset_min, error);
	if (rows == NULL || !outages_places_seen(call, &places, &all, error))
		return NULL;
	json_t *items = json_array();
	guint at = 0;
	gint64 last = 0;
	for (; at < rows->len && json_array_size(items) < limit; at++) {
		const OutageRow *row = rows->pdata[at];
		last = row->id;
		if (all || g_hash_table_contains(places, &row->place))
			json_array_append_new(items, outage_json(call, row));
	}
	gboolean more = at < rows->len || rows->len == SCAN_MAX;
	g_autofree char *next = more ? cursor_encode(last, 0) : NULL;
	return api_list(items, next);
}

/* Where outages are frequent. */
Response *api_outage_places(Call *call, GError **error)
{
	static const char *const names[] = {"from", "to", "min", NULL};
	const char *text = call_query(call, "min");
	gint64 from_ms, to_ms, n_min = N_MIN_DEFAULT;
	gboolean all;
	g_autoptr(GHashTable) seen = NULL;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = read_span(call, &from_ms, &to_ms);
	if (problem == NULL && text != NULL &&
		!g_ascii_string_to_signed(text, 10, 1, 10000, &n_min, NULL))
		problem = problem_field("min", "a number from 1 to 10000");
	if (problem != NULL)
		return problem;
	g_autoptr(GPtrArray) rows =
		outage_places(call->web->sql, from_ms, to_ms, n_min, call->web->utc_offset_min, error);
	if (rows == NULL || !outages_places_seen(call, &seen, &all, error))
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < rows->len; i++) {
		const OutagePlace *row = rows->pdata[i];
		if (all || g_hash_table_contains(seen, &row->place))
			json_array_append_new(items, json_pack("{s:s, s:I, s:I, s:I}", "place", row->place_code,
												   "outages", (json_int_t)row->n, "minutes",
												   (json_int_t)row->minutes, "after_holiday",
												   (json_int_t)row->n_after_holiday));
	}
	return api_list(items, NULL);
}

/* ── one ── */

static Response *none(GError **error)
{
	return *error == NULL ? problem_new(404, "there is no such outage") : NULL;
}

static Response *answer(const Call *call, guint status, const char *id, GError **error)
{
	OutageRow *row = outages_find_seen(call, id, error);
	if (row == NULL)
		return none(error);
	Response *response = call_json(status, outage_json(call, row));
	outage_row_free(row);
	return response;
}

Response *api_outage(Call *call, GError **error)
{
	return answer(call, 200, call->params[0], error);
}

Response *api_outage_history(Call *call, GError **error)
{
	OutageRow *row = outages_find_seen(call, call->params[0], error);
	if (row == NULL)
		return none(error);
	g_autoptr(GPtrArray) steps = outage_history(call->web->sql, row->id, error);
	outage_row_free(row);
	if (steps == NULL)
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < steps->len; i++) {
		const OutageStep *step = steps->pdata[i];
		json_t *item = json_object();
		json_object_set_new(item, "number", json_integer(step->number));
		json_object_set_new(item, "decision",
							json_string(step->state == OUTAGE_ACCEPTED ? "approved" : "refused"));
		json_object_set_new(item, "reason", text_json(step->reason));
		json_object_set_new(item, "by", text_json(step->by));
		json_object_set_new(item, "decided", time_json(call, step->decided_ms));
		json_array_append_new(items, item);
	}
	return api_list(items, NULL);
}

/* ── changing ── */

static Response *only_texts(json_t *body, const char *const *known)
{
	const char *name;
	json_t *value;
	json_object_foreach(body, name, value)
	{
		if (!g_strv_contains(known, name))
			return problem_field(name, "there is no such field");
		if (!json_is_string(value) && !json_is_null(value))
			return problem_field(name, "a text");
	}
	return NULL;
}

static const char *said(const Call *call, const char *name)
{
	return json_string_value(json_object_get(call->body, name));
}

static Response *read_time(const Call *call, const char *name, gint64 *at_ms)
{
	const char *text = said(call, name);
	return text == NULL || !calendar_parse_iso(text, call->web->utc_offset_min, at_ms)
			   ? problem_field(name, "a time as 2025-03-03T06:00:00+07:00")
			   : NULL;
}

/* What the store refuses; NULL: another error, passed on.  Takes `refused`. */
static Response *refusal(GError *refused, GError **error)
{
	g_autoptr(GError) owned = refused;
	if (owned->domain != OUTAGE_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	return problem_new(owned->code == OUTAGE_ERROR_STATE ? 409 : 422, owned->message);
}

static Response *read_place(const Call *call, gint64 *place, GError **error)
{
	const char *code = said(call, "place");
	gboolean all;
	g_autoptr(GHashTable) seen = NULL;
	*place = 0;
	if (code != NULL && (!places_find(call->web->sql, code, FALSE, place, error) ||
						 !outages_places_seen(call, &seen, &all, error)))
		return problem_new(503, NULL);
	return *place == 0 || !(all || g_hash_table_contains(seen, place))
			   ? problem_field("place", "there is no such place")
			   : NULL;
}

static Response *check_document(const char *document)
{
	return document != NULL && strlen(document) > OUTAGE_DOCUMENT_MAX
			   ? problem_field("document", "at most 120 bytes")
			   : NULL;
}

Response *api_outage_declare(Call *call, GError **error)
{
	static const char *const known[] = {"place",    "from",     "to", "cause",
										"evidence", "document", NULL};
	GError *refused = NULL;
	gint64 id;
	Outage outage = {.cause = said(call, "cause"),
					 .evidence = said(call, "evidence"),
					 .document = said(call, "document"),
					 .declared_by = call->access->user->name};
	Response *problem = only_texts(call->body, known);
	if (problem == NULL)
		problem = read_time(call, "from", &outage.from_ms);
	if (problem == NULL)
		problem = read_time(call, "to", &outage.to_ms);
	if (problem == NULL)
		problem = check_document(outage.document);
	if (problem == NULL)
		problem = read_place(call, &outage.place, error);
	if (problem != NULL)
		return problem;
	if (!outage_declare(call->web->sql, &outage, call->request->now_ms, call->web->utc_offset_min,
						&id, &refused))
		return refusal(refused, error);
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
	call->subject.detail = g_strdup_printf("%s %s", text, said(call, "place"));
	return answer(call, 201, text, error);
}

Response *api_outage_decide(Call *call, GError **error)
{
	static const char *const known[] = {"decision", "reason", "document", NULL};
	const char *verdict = said(call, "decision");
	gboolean own, accepted = g_strcmp0(verdict, "approved") == 0;
	GError *refused = NULL;
	OutageDecision decision = {.state = accepted ? OUTAGE_ACCEPTED : OUTAGE_REFUSED,
							   .reason = said(call, "reason"),
							   .document = said(call, "document"),
							   .account = call->access->user->id};
	Response *problem = only_texts(call->body, known);
	if (problem == NULL && !accepted && g_strcmp0(verdict, "refused") != 0)
		problem = problem_field("decision", "\"approved\" or \"refused\"");
	if (problem == NULL)
		problem = check_document(decision.document);
	if (problem != NULL)
		return problem;
	OutageRow *row = outages_find_seen(call, call->params[0], error);
	if (row == NULL)
		return none(error);
	decision.id = row->id;
	gboolean known_own = outages_is_own(call, row, &own, error);
	outage_row_free(row);
	if (!known_own)
		return NULL;
	if (own)
		return problem_new(403, "nobody does this for themselves");
	if (!outage_decide(call->web->sql, &decision, call->request->now_ms, call->web->utc_offset_min,
					   &refused))
		return refusal(refused, error);
	call->subject.detail = g_strdup_printf("%s %s", call->params[0], verdict);
	return answer(call, 200, call->params[0], error);
}
