/* /api/v1/corrections: asking, for oneself or for a slot of a unit at once, and deciding, under the page's rules. */
#include <string.h>

#include "server/services/correction.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *time_json(const Call *call, gint64 at_ms)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, call->web->utc_offset_min);
	return text_or_null(text);
}

static json_t *steps_json(const Call *call, const Correction *one)
{
	json_t *out = json_array();
	for (gsize i = 0; i < one->n_steps; i++) {
		const CorrectionStep *step = &one->steps[i];
		json_t *item = json_object();
		json_object_set_new(item, "level", json_string(step->level));
		json_object_set_new(item, "state", json_string(correction_step_text(step->state)));
		json_object_set_new(item, "due", time_json(call, step->due_ms));
		json_object_set_new(item, "decided", time_json(call, step->decided_ms));
		json_object_set_new(item, "account", text_or_null(step->by));
		json_object_set_new(item, "on_behalf_of", text_or_null(step->for_whom));
		json_object_set_new(item, "reason", text_or_null(step->reason));
		json_array_append_new(out, item);
	}
	return out;
}

static json_t *correction_json(const Call *call, const Correction *one)
{
	g_autofree char *date = iso_date(one->day);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_integer(one->id));
	json_object_set_new(out, "batch", json_integer(one->batch));
	json_object_set_new(out, "person", json_integer(one->person));
	json_object_set_new(out, "date", json_string(date));
	json_object_set_new(out, "slot", json_string(correction_kind_text(one->kind)));
	json_object_set_new(out, "code", text_or_null(one->code));
	json_object_set_new(out, "reason", text_or_null(one->reason));
	json_object_set_new(out, "document", text_or_null(one->document_name));
	json_object_set_new(out, "state", json_string(correction_state_text(one->state)));
	json_object_set_new(out, "account", text_or_null(one->by));
	json_object_set_new(out, "asked", time_json(call, one->asked_ms));
	json_object_set_new(out, "steps", steps_json(call, one));
	return out;
}

/* NULL with `error` unset: there is none of that number. */
static json_t *find_json(const Call *call, gint64 id, GError **error)
{
	g_auto(Correction) one = {0};
	gboolean found = FALSE;
	if (!corrections_get(call->web->sql, id, &one, &found, error) || !found)
		return NULL;
	return correction_json(call, &one);
}

/* ── lists ── */

static gboolean list_ids(const Call *call, gboolean inbox, gint64 after, gint64 limit, GArray **ids,
						 GError **error)
{
	const User *user = call->access->user;
	const CorrectionFilter filter = {.person = user->person, .after = after, .limit = limit};
	if (inbox)
		return correction_inbox(call->web->sql, user->id, call->today, after, (guint)limit, ids,
								error);
	if (user->person != 0)
		return corrections_list(call->web->sql, &filter, ids, error);
	*ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	return TRUE;
}

Response *api_corrections(Call *call, GError **error)
{
	static const char *const names[] = {"box", "limit", "cursor", NULL};
	const char *box = call_query(call, "box");
	gboolean inbox = g_strcmp0(box, "inbox") == 0;
	gsize limit = 0;
	gint64 after = 0, unused = 0;
	g_autoptr(GArray) ids = NULL;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &after, &unused);
	if (problem != NULL)
		return problem;
	if (box != NULL && !inbox && strcmp(box, "own") != 0)
		return problem_field("box", "own or inbox");
	if (!list_ids(call, inbox, after, (gint64)limit + 1, &ids, error))
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < MIN(ids->len, limit); i++) {
		json_t *item = find_json(call, g_array_index(ids, gint64, i), error);
		if (item == NULL) {
			json_decref(items);
			return NULL;
		}
		json_array_append_new(items, item);
	}
	g_autofree char *next =
		ids->len > limit ? cursor_encode(g_array_index(ids, gint64, limit - 1), 0) : NULL;
	return api_list(items, next);
}

/* ── changes ── */

static const char *said(const Call *call, const char *name)
{
	return json_string_value(json_object_get(call->body, name));
}

static Response *only(const Call *call, const char *const *known)
{
	const char *name;
	json_t *value;
	json_object_foreach(call->body, name, value)
	{
		if (!g_strv_contains(known, name))
			return problem_field(name, "there is no such field");
		if (!json_is_string(value))
			return problem_field(name, "a text");
	}
	return NULL;
}

static Response *read_ask(const Call *call, CorrectionAsk *ask)
{
	const char *date = said(call, "date"), *slot = said(call, "slot");
	*ask = (CorrectionAsk){.code = said(call, "code"),
						   .reason = said(call, "reason"),
						   .account = call->access->user->id,
						   .document_name = said(call, "document"),
						   .document_hash = said(call, "document_hash")};
	if (date == NULL || !iso_date_parse(date, &ask->day))
		return problem_field("date", "a date as 2025-03-03");
	if (slot == NULL || !correction_kind_parse(slot, &ask->kind))
		return problem_field("slot", "masuk, pulang, hari");
	if (ask->reason == NULL)
		return problem_field("reason", "what happened");
	return NULL;
}

/* Takes `refused`. */
static Response *refusal(GError *refused, GError **error)
{
	g_autoptr(GError) owned = refused;
	if (owned->domain != CORRECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	switch ((CorrectionError)owned->code) {
	case CORRECTION_ERROR_UNKNOWN:
		return problem_new(404, owned->message);
	case CORRECTION_ERROR_CODE:
		return problem_field("code", owned->message);
	case CORRECTION_ERROR_TEXT:
		return problem_field("reason", owned->message);
	case CORRECTION_ERROR_DOCUMENT:
		return problem_field("document_hash", owned->message);
	case CORRECTION_ERROR_DAY:
		return problem_field("date", owned->message);
	case CORRECTION_ERROR_OWN:
	case CORRECTION_ERROR_RIGHT:
	case CORRECTION_ERROR_CLOSED:
	case CORRECTION_ERROR_DEADLINE:
	case CORRECTION_ERROR_MONTH:
	case CORRECTION_ERROR_WAITS:
	case CORRECTION_ERROR_DEPUTY:
	case CORRECTION_ERROR_NOBODY:
		break;
	}
	return problem_new(409, owned->message);
}

static Response *answer(Call *call, guint status, gint64 id, GError **error)
{
	json_t *json = find_json(call, id, error);
	return json == NULL ? NULL : call_json(status, json);
}

Response *api_correction_ask(Call *call, GError **error)
{
	static const char *const known[] = {"date",     "slot",          "code", "reason",
										"document", "document_hash", NULL};
	const CorrectionClock clock = {call->request->now_ms, call->today};
	CorrectionAsk ask;
	gint64 id = 0;
	GError *refused = NULL;
	Response *problem = only(call, known);
	if (problem == NULL)
		problem = read_ask(call, &ask);
	if (problem != NULL)
		return problem;
	ask.person = call->access->user->person;
	if (!correction_ask(call->web->sql, &ask, &clock, &id, &refused))
		return refusal(refused, error);
	call->subject.detail = g_strdup_printf("%" G_GINT64_FORMAT, id);
	return answer(call, 201, id, error);
}

Response *api_correction_slot(Call *call, GError **error)
{
	static const char *const known[] = {"unit",   "date",     "slot",          "code",
										"reason", "document", "document_hash", NULL};
	const CorrectionClock clock = {call->request->now_ms, call->today};
	CorrectionAsk ask;
	gint64 unit = 0, batch = 0;
	guint n_asked = 0, n_left = 0;
	GError *refused = NULL;
	Response *problem = only(call, known);
	if (problem == NULL)
		problem = read_ask(call, &ask);
	if (problem != NULL)
		return problem;
	const char *code = said(call, "unit");
	if (code != NULL && !units_find(call->web->sql, code, FALSE, &unit, error))
		return NULL;
	if (unit == 0 || !scope_has(call->scope, unit))
		return problem_field("unit", "the code of a unit of this account");
	if (!correction_ask_slot(call->web->sql, unit, &ask, &clock, &batch, &n_asked, &n_left,
							 &refused))
		return refusal(refused, error);
	call->subject.detail = g_strdup_printf("%s %s %u", code, said(call, "date"), n_asked);
	return call_json(201, json_pack("{s:I, s:i, s:i}", "batch", (json_int_t)batch, "n_asked",
									(int)n_asked, "n_left", (int)n_left));
}

static Response *decide(Call *call, gint64 id, gboolean approve, GError **error)
{
	const CorrectionClock clock = {call->request->now_ms, call->today};
	CorrectionState state;
	GError *refused = NULL;
	if (!correction_decide(call->web->sql, id, approve, call->access->user->id,
						   said(call, "reason"), &clock, &state, &refused))
		return refusal(refused, error);
	return answer(call, 200, id, error);
}

Response *api_correction_decide(Call *call, GError **error)
{
	static const char *const known[] = {"decision", "reason", NULL};
	const char *decision = said(call, "decision");
	gboolean approve = g_strcmp0(decision, "approved") == 0;
	gint64 id;
	Response *problem = only(call, known);
	if (problem != NULL)
		return problem;
	if (!approve && g_strcmp0(decision, "refused") != 0)
		return problem_field("decision", "approved or refused");
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL))
		return problem_new(404, NULL);
	call->subject.detail = g_strdup_printf("%s %s", call->params[0], decision);
	return decide(call, id, approve, error);
}
