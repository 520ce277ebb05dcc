/* /api/v1/delegations: who decides in the account's place, under the rules of the page. */
#include <string.h>

#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/system/page_delegations.h"
#include "server/web/words.h"

static json_t *delegation_json(const Delegation *row)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row->id);
	g_autofree char *from = iso_date(row->from_day);
	g_autofree char *to = iso_date(row->to_day - 1);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "account", row->by, "deputy",
					 row->to, "from", from, "to", to, "reason", row->reason);
}

static gboolean add_rows(const Call *call, gboolean given, json_t *items, GError **error)
{
	gint64 own = call->access->user->id;
	g_autoptr(GPtrArray) rows =
		delegations_on(call->web->sql, given ? 0 : own, given ? own : 0, call->today, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++)
		json_array_append_new(items, delegation_json(rows->pdata[i]));
	return rows != NULL;
}

Response *api_delegations(Call *call, GError **error)
{
	static const char *const names[] = {NULL};
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	json_t *items = json_array();
	if (!add_rows(call, TRUE, items, error) || !add_rows(call, FALSE, items, error)) {
		json_decref(items);
		return NULL;
	}
	return api_list(items, NULL);
}

static const char *said(const Call *call, const char *name)
{
	return json_string_value(json_object_get(call->body, name));
}

static Response *read_body(const Call *call, Delegation *out, GError **error)
{
	static const char *const known[] = {"deputy", "from", "to", "reason", NULL};
	const char *name;
	json_t *value;
	json_object_foreach(call->body, name, value)
	{
		if (!g_strv_contains(known, name))
			return problem_field(name, "there is no such field");
		if (!json_is_string(value))
			return problem_field(name, "a text");
	}
	const char *deputy = said(call, "deputy"), *from = said(call, "from"), *to = said(call, "to");
	*out = (Delegation){.account = call->access->user->id, .reason = (char *)said(call, "reason")};
	if (from == NULL || !iso_date_parse(from, &out->from_day))
		return problem_field("from", "a date as 2025-03-03");
	if (to == NULL || !iso_date_parse(to, &out->to_day))
		return problem_field("to", "a date as 2025-03-03");
	out->to_day++;
	if (deputy != NULL && !delegations_find_deputy(call, deputy, &out->deputy, error))
		return problem_new(503, NULL);
	return out->deputy == 0 ? problem_field("deputy", "an account that decides corrections") : NULL;
}

/* Takes `refused`. */
static Response *refusal(GError *refused, GError **error)
{
	g_autoptr(GError) owned = refused;
	if (owned->domain != CORRECTION_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	if (owned->code == CORRECTION_ERROR_TEXT)
		return problem_field("reason", owned->message);
	return problem_new(422, owned->message);
}

/* The row of the account's own; NULL with `error` unset: none. */
static json_t *find_json(const Call *call, gint64 id, GError **error)
{
	g_autoptr(GPtrArray) rows =
		delegations_on(call->web->sql, 0, call->access->user->id, call->today, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++)
		if (((const Delegation *)rows->pdata[i])->id == id)
			return delegation_json(rows->pdata[i]);
	return NULL;
}

Response *api_delegation_give(Call *call, GError **error)
{
	const CorrectionClock clock = {call->request->now_ms, call->today};
	Delegation delegation;
	gint64 id = 0;
	GError *refused = NULL;
	Response *problem = read_body(call, &delegation, error);
	if (problem != NULL)
		return problem;
	if (!correction_delegate(call->web->sql, &delegation, &clock, &id, &refused))
		return refusal(refused, error);
	call->subject.detail =
		g_strdup_printf("%" G_GINT64_FORMAT " %s %s..%s", id, said(call, "deputy"),
						said(call, "from"), said(call, "to"));
	json_t *json = find_json(call, id, error);
	return json == NULL ? NULL : call_json(201, json);
}

Response *api_delegation_end(Call *call, GError **error)
{
	gint64 id;
	gboolean ended = FALSE;
	if (!g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL))
		return problem_new(404, NULL);
	json_t *json = find_json(call, id, error);
	if (json == NULL)
		return *error == NULL ? problem_new(404, "there is no such delegation") : NULL;
	if (!delegations_end(call->web->sql, id, call->access->user->id, call->request->now_ms, &ended,
						 error)) {
		json_decref(json);
		return NULL;
	}
	call->subject.detail = g_strdup(call->params[0]);
	return call_json(200, json);
}
