/* GET /api/v1/claims, POST /api/v1/claims/{id}/decision: punches that wait for an approver. */
#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/terminals/claims.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

/* Rows looked at for one page; a page may be short, its cursor goes on. */
#define SCAN_MAX 2000

/* The id programs see: journal and sequence of the event, "12-345". */
static gboolean parse_id(const char *text, gint64 *journal, gint64 *seq)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", 3);
	return g_strv_length(parts) == 2 &&
		   g_ascii_string_to_signed(parts[0], 10, 1, G_MAXINT64, journal, NULL) &&
		   g_ascii_string_to_signed(parts[1], 10, 1, G_MAXINT64, seq, NULL);
}

static json_t *claim_json(const ClaimRow *claim, gint64 offset_min)
{
	g_autofree char *id =
		g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, claim->journal, claim->seq);
	g_autofree char *at = claim->at_ms == 0 ? NULL : iso_time(claim->at_ms, offset_min);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	json_object_set_new(out, "person", json_integer(claim->person));
	json_object_set_new(out, "terminal", json_string(claim->terminal.text));
	json_object_set_new(out, "at", at == NULL ? json_null() : json_string(at));
	json_object_set_new(out, "kind",
						json_string(claim_is_fingerless(claim) ? "fingerless" : "claim"));
	json_object_set_new(out, "state", json_string(claim_state_text(claim->state)));
	return out;
}

/* Day of the punch; today when its time was not believed. */
static gint64 claim_day(const Call *call, const ClaimRow *claim)
{
	return claim->at_ms == 0 ? call->today : words_day(claim->at_ms, call->web->utc_offset_min);
}

static gboolean sees(const Call *call, const ClaimRow *claim, gboolean *seen, GError **error)
{
	*seen = call->scope->all;
	if (*seen)
		return TRUE;
	Assignment assignment = {0};
	if (!assignments_on(call->web->sql, claim->person, claim_day(call, claim), &assignment, error))
		return FALSE;
	*seen = scope_has(call->scope, assignment.unit);
	return TRUE;
}

/* Fills `items`; `last` becomes the last claim looked at, `more` whether something may follow. */
static gboolean fill(const Call *call, gsize limit, json_t *items, ClaimRow *last, gboolean *more,
					 GError **error)
{
	g_autoptr(GArray) claims = NULL;
	if (!claims_list(call->web->sql, CLAIM_MANUAL, last, SCAN_MAX, &claims, error))
		return FALSE;
	*more = claims->len == SCAN_MAX;
	for (guint i = 0; i < claims->len; i++) {
		const ClaimRow *claim = &g_array_index(claims, ClaimRow, i);
		gboolean seen;
		if (!sees(call, claim, &seen, error))
			return FALSE;
		if (seen)
			json_array_append_new(items, claim_json(claim, call->web->utc_offset_min));
		*last = *claim;
		if (json_array_size(items) == limit) {
			*more = *more || i + 1 < claims->len;
			return TRUE;
		}
	}
	return TRUE;
}

Response *api_claims(Call *call, GError **error)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	gsize limit;
	ClaimRow last = {0};
	gboolean more;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &last.journal, &last.seq);
	if (problem != NULL)
		return problem;
	json_t *items = json_array();
	if (!fill(call, limit, items, &last, &more, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = more ? cursor_encode(last.journal, last.seq) : NULL;
	return api_list(items, next);
}

static gboolean find_claim(const Call *call, ClaimRow *claim, GError **error)
{
	gint64 journal, seq;
	return parse_id(call->params[0], &journal, &seq) &&
		   claims_get(call->web->sql, journal, seq, claim, error);
}

Response *subject_claim(Call *call, GError **error)
{
	ClaimRow claim;
	g_autoptr(GError) inner = NULL;
	if (!find_claim(call, &claim, &inner) || claim.person == 0) {
		if (inner == NULL)
			return problem_for(call, 404, "there is no such claim");
		g_propagate_error(error, g_steal_pointer(&inner));
		return problem_for(call, 503, NULL);
	}
	call->subject.person = claim.person;
	call->subject.from_day = claim_day(call, &claim);
	call->subject.to_day = call->subject.from_day + 1;
	call->subject.detail = g_strdup(call->params[0]);
	call->notify_terminal = g_strdup(claim.terminal.text);
	return NULL;
}

static Response *read_decision(const Call *call, ClaimDecision *decision)
{
	const char *name;
	json_t *value;
	json_object_foreach(call->body, name, value)
	{
		if (strcmp(name, "decision") != 0)
			return problem_field(name, "there is no such field");
	}
	const char *text = json_string_value(json_object_get(call->body, "decision"));
	decision->accepted = g_strcmp0(text, "accepted") == 0;
	if (!decision->accepted && g_strcmp0(text, "refused") != 0)
		return problem_field("decision", "\"accepted\" or \"refused\"");
	decision->account = call->access->user->id;
	return NULL;
}

Response *api_claim_decision(Call *call, GError **error)
{
	ClaimRow claim;
	ClaimDecision decision = {0};
	gboolean decided;
	Response *problem = read_decision(call, &decision);
	if (problem != NULL)
		return problem;
	if (!find_claim(call, &claim, error) ||
		!claims_settle(call->web->sql, &claim, &decision, call->web->utc_offset_min,
					   call->request->now_ms, &decided, error))
		return NULL;
	if (!decided)
		return problem_new(409, "it is not open for a decision");
	claim.state = decision.accepted ? CLAIM_ACCEPTED : CLAIM_REFUSED;
	return call_json(200, claim_json(&claim, call->web->utc_offset_min));
}
