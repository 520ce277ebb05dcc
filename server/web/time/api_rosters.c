/* /api/v1/roster-requests: corrections of rosters and swaps that wait, decided under the rules of the page. */
#include <string.h>

#include "server/store/time/roster_requests.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/time/page_roster_request.h"
#include "server/web/words.h"

static gboolean add_day(const Call *call, const PlannedDay *before, const PlannedDay *after,
						json_t *days, GError **error)
{
	g_autofree char *date = iso_date(after->roster.day);
	g_autofree char *old = roster_day_text(call->web->sql, before, error);
	g_autofree char *fresh = old == NULL ? NULL : roster_day_text(call->web->sql, after, error);
	if (fresh == NULL)
		return FALSE;
	json_array_append_new(days,
						  json_pack("{s:I, s:s, s:s, s:s}", "person", (json_int_t)after->person,
									"date", date, "before", old, "after", fresh));
	return TRUE;
}

/* NULL with an error. */
static json_t *request_json(const Call *call, const RosterRequest *request, GError **error)
{
	static const char *const states[] = {[ROSTER_PROPOSED] = "waiting",
										 [ROSTER_APPROVED] = "approved",
										 [ROSTER_REFUSED] = "refused"};
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, request->id);
	g_autofree char *asked = iso_time(request->proposed_ms, call->web->utc_offset_min);
	json_t *days = json_array();
	for (guint i = 0; i < request->after->len; i++)
		if (!add_day(call, &g_array_index(request->before, PlannedDay, i),
					 &g_array_index(request->after, PlannedDay, i), days, error)) {
			json_decref(days);
			return NULL;
		}
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:o}", "id", id, "kind",
					 request->is_swap ? "swap" : "correction", "state", states[request->state],
					 "reason", request->reason, "asked_by", request->by, "asked", asked, "days",
					 days);
}

Response *api_roster_requests(Call *call, GError **error)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	gsize limit;
	gint64 after, unused;
	g_autoptr(GArray) ids = NULL;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &after, &unused);
	if (problem != NULL)
		return problem;
	if (!roster_requests_waiting(call->web->sql, after, (gint64)limit + 1, &ids, error))
		return NULL;
	json_t *items = json_array();
	guint at = 0;
	for (; at < MIN(ids->len, limit); at++) {
		g_auto(RosterRequest) request = {0};
		gboolean found = FALSE;
		after = g_array_index(ids, gint64, at);
		if (page_roster_request_find(call, after, &request, &found, error) && !found)
			continue;
		json_t *item = found ? request_json(call, &request, error) : NULL;
		if (item == NULL) {
			json_decref(items);
			return NULL;
		}
		json_array_append_new(items, item);
	}
	g_autofree char *next = at < ids->len ? cursor_encode(after, 0) : NULL;
	return api_list(items, next);
}

static const char *said(const Call *call, const char *name)
{
	return json_string_value(json_object_get(call->body, name));
}

static Response *check_body(const Call *call)
{
	static const char *const known[] = {"decision", "reason", "despite_conflicts", NULL};
	const char *name, *verdict = said(call, "decision"), *reason = said(call, "reason");
	const json_t *despite = json_object_get(call->body, "despite_conflicts");
	json_t *value;
	json_object_foreach(
		call->body, name,
		value) if (!g_strv_contains(known, name)) return problem_field(name,
																	   "there is no such field");
	if (g_strcmp0(verdict, "approved") != 0 && g_strcmp0(verdict, "refused") != 0)
		return problem_field("decision", "\"approved\" or \"refused\"");
	if (despite != NULL && !json_is_boolean(despite))
		return problem_field("despite_conflicts", "true or false");
	if (reason == NULL || g_utf8_strlen(reason, -1) < ROSTER_REASON_MIN ||
		strlen(reason) > ROSTER_REASON_MAX)
		return problem_field("reason", "3 characters to 500 bytes");
	return NULL;
}

/* NULL: none, or they are accepted. */
static Response *check_conflicts(const Call *call, const RosterRequest *request, GError **error)
{
	g_autoptr(GArray) conflicts = NULL;
	if (json_is_true(json_object_get(call->body, "despite_conflicts")))
		return NULL;
	if (!roster_check_planned(call->web->sql, request->after, call->web->utc_offset_min, &conflicts,
							  error))
		return problem_new(503, NULL);
	return conflicts->len == 0
			   ? NULL
			   : problem_field("despite_conflicts", "it breaks rest or leave: say true to approve");
}

Response *api_roster_decision(Call *call, GError **error)
{
	g_auto(RosterRequest) request = {0};
	gboolean found;
	GError *refused = NULL;
	Response *problem = check_body(call);
	if (problem != NULL)
		return problem;
	gint64 id = g_ascii_strtoll(call->params[0], NULL, 10);
	gboolean approve = strcmp(said(call, "decision"), "approved") == 0;
	if (!page_roster_request_find(call, id, &request, &found, error))
		return NULL;
	if (!found)
		return problem_new(404, "there is no such request");
	if (page_roster_request_is_own(call, &request))
		return problem_new(403, "nobody does this for themselves");
	problem = approve ? check_conflicts(call, &request, error) : NULL;
	if (problem != NULL)
		return problem;
	const User *user = call->access->user;
	const Change change = {.now_ms = call->request->now_ms, .today = call->today};
	gboolean done = approve
						? roster_requests_approve(call->web->sql, &request, user->id, user->name,
												  said(call, "reason"), &change, &refused)
						: roster_requests_refuse(call->web->sql, &request, user->id,
												 said(call, "reason"), change.now_ms, &refused);
	if (done) {
		request.state = approve ? ROSTER_APPROVED : ROSTER_REFUSED;
		json_t *json = request_json(call, &request, error);
		return json == NULL ? NULL : call_json(200, json);
	}
	if (g_error_matches(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		problem = problem_new(409, refused->message);
		g_error_free(refused);
		return problem;
	}
	g_propagate_error(error, refused);
	return NULL;
}
