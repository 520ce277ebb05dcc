/*
 * GET /api/v1/reenrolments: whose finger should be enrolled again, and why.  GET /api/v1/pairs, POST
 * …/{id}/decision: two people who seem to be one, found by the search of all among themselves.
 */
#include <string.h>

#include "server/store/terminals/finger_use.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/page_pairs.h"
#include "server/web/words.h"

/* Rows looked at for one page; a page may be short, its cursor goes on. */
#define SCAN_MAX 2000

/* ── to be enrolled again ── */

static json_t *reenrol_json(const ReenrolRow *row, const PersonRow *person)
{
	json_t *out = json_object(), *reasons = json_array();
	for (guint bit = 0; bit < 3; bit++)
		if (row->reasons & 1u << bit)
			json_array_append_new(reasons,
								  json_string(reenrol_reason_text((ReenrolReason)(1u << bit))));
	json_object_set_new(out, "person", json_integer(row->person));
	json_object_set_new(out, "name", json_string(person->name));
	json_object_set_new(out, "unit", json_string(person->unit_code));
	json_object_set_new(out, "finger",
						row->finger == 0 ? json_null() : json_string(finger_name(row->finger)));
	json_object_set_new(out, "reasons", reasons);
	json_object_set_new(out, "identified", json_integer(row->n_found));
	json_object_set_new(out, "refused", json_integer(row->n_refused));
	json_object_set_new(out, "score", json_real(row->score / 1000.0));
	json_object_set_new(out, "quality", json_integer(row->quality));
	return out;
}

/* Appends it when the person is of the unit (0: any) and of a unit of the scope. */
static gboolean add_reenrol(const Call *call, gint64 unit, const ReenrolRow *row, json_t *items,
							GError **error)
{
	const PeopleFilter filter = {
		.day = call->today, .unit = unit, .person = row->person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow person;
	SqlStep step = cursor != NULL ? people_next(cursor, &person, error) : SQL_FAILED;
	if (step == SQL_ROW && person.unit != 0 && scope_has(call->scope, person.unit))
		json_array_append_new(items, reenrol_json(row, &person));
	return step != SQL_FAILED;
}

static gboolean fill_reenrol(const Call *call, gint64 unit, gsize limit, json_t *items,
							 gint64 last[2], gboolean *more, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!finger_use_list(call->web->sql, call->today, last[0], (Finger)last[1], SCAN_MAX, &rows,
						 error))
		return FALSE;
	*more = rows->len == SCAN_MAX;
	for (guint i = 0; i < rows->len; i++) {
		const ReenrolRow *row = &g_array_index(rows, ReenrolRow, i);
		if (!add_reenrol(call, unit, row, items, error))
			return FALSE;
		last[0] = row->person;
		last[1] = row->finger;
		if (json_array_size(items) == limit) {
			*more = *more || i + 1 < rows->len;
			return TRUE;
		}
	}
	return TRUE;
}

Response *api_reenrolments(Call *call, GError **error)
{
	static const char *const names[] = {"unit", "limit", "cursor", NULL};
	gsize limit;
	gint64 last[2] = {0, 0}, unit = 0;
	gboolean more;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &last[0], &last[1]);
	if (problem == NULL)
		problem = api_unit(call, &unit, error);
	if (problem != NULL || *error != NULL)
		return problem;
	if (unit != 0 && !scope_has(call->scope, unit))
		return problem_new(404, NULL);
	json_t *items = json_array();
	if (!fill_reenrol(call, unit, limit, items, last, &more, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = more ? cursor_encode(last[0], last[1]) : NULL;
	return api_list(items, next);
}

/* ── pairs ── */

static json_t *pair_json(const DuplicatePair *pair, gint64 offset_min)
{
	g_autofree char *id =
		g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, pair->person, pair->other);
	g_autofree char *found = iso_time(pair->found_ms, offset_min);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	json_object_set_new(out, "person", json_integer(pair->person));
	json_object_set_new(out, "other", json_integer(pair->other));
	json_object_set_new(out, "finger", json_string(finger_name(pair->finger)));
	json_object_set_new(out, "score", json_real(pair->score / 1000.0));
	json_object_set_new(out, "second_score",
						pair->two_fingers ? json_real(pair->second_score / 1000.0) : json_null());
	json_object_set_new(out, "found", json_string(found));
	json_object_set_new(out, "verdict",
						pair->decided ? json_string(decision_verdict_text(pair->verdict))
									  : json_null());
	json_object_set_new(out, "ends", pair->ends != 0 ? json_integer(pair->ends) : json_null());
	return out;
}

static gboolean fill_pairs(const Call *call, gsize limit, json_t *items, gint64 last[2],
						   gboolean *more, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!duplicates_list(call->web->sql, TRUE, last[0], last[1], SCAN_MAX, &rows, error))
		return FALSE;
	*more = rows->len == SCAN_MAX;
	for (guint i = 0; i < rows->len; i++) {
		const DuplicatePair *pair = &g_array_index(rows, DuplicatePair, i);
		gboolean seen;
		if (!page_pairs_sees(call, pair, &seen, error))
			return FALSE;
		if (seen)
			json_array_append_new(items, pair_json(pair, call->web->utc_offset_min));
		last[0] = pair->person;
		last[1] = pair->other;
		if (json_array_size(items) == limit) {
			*more = *more || i + 1 < rows->len;
			return TRUE;
		}
	}
	return TRUE;
}

Response *api_pairs(Call *call, GError **error)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	gsize limit;
	gint64 last[2] = {0, 0};
	gboolean more;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &last[0], &last[1]);
	if (problem != NULL)
		return problem;
	json_t *items = json_array();
	if (!fill_pairs(call, limit, items, last, &more, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = more ? cursor_encode(last[0], last[1]) : NULL;
	return api_list(items, next);
}

Response *subject_pair(Call *call, GError **error)
{
	DuplicatePair pair;
	GError *local = NULL;
	gboolean found = page_pairs_find(call, &pair, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return problem_for(call, 503, NULL);
	}
	if (!found)
		return problem_for(call, 404, "there is no such pair");
	/* Neither of the two decides: of whom one asks, that one is the subject. */
	call->subject.person = call->access->user->person == pair.other ? pair.other : pair.person;
	call->subject.from_day = call->today;
	call->subject.to_day = call->today + 1;
	call->subject.detail = g_strdup(call->params[0]);
	return NULL;
}

static Response *read_pair(const Call *call, DuplicateDecision *decision)
{
	const char *name;
	json_t *value;
	json_object_foreach(call->body, name, value)
	{
		if (strcmp(name, "decision") != 0 && strcmp(name, "reason") != 0 &&
			strcmp(name, "ends") != 0)
			return problem_field(name, "there is no such field");
	}
	const char *verdict = json_string_value(json_object_get(call->body, "decision"));
	json_t *ends = json_object_get(call->body, "ends");
	if (verdict == NULL || !decision_verdict_parse(DECISION_ENROLMENT, verdict, &decision->verdict))
		return problem_field("decision", "\"different\", \"same-person\" or \"fraud\"");
	if (ends != NULL && !json_is_integer(ends))
		return problem_field("ends", "the number of one of the two");
	decision->ends = json_integer_value(ends);
	decision->reason = json_string_value(json_object_get(call->body, "reason"));
	if (decision->reason == NULL || !decision_reason_check(decision->reason, NULL))
		return problem_field("reason", "3 characters to 500 bytes of text");
	return NULL;
}

Response *api_pair_decision(Call *call, GError **error)
{
	DuplicatePair pair;
	DuplicateDecision decision = {.account = call->access->user->id};
	GError *local = NULL;
	Response *problem = read_pair(call, &decision);
	if (problem != NULL)
		return problem;
	if (!page_pairs_find(call, &pair, error))
		return *error == NULL ? problem_new(404, "there is no such pair") : NULL;
	decision.person = pair.person;
	decision.other = pair.other;
	if (!duplicates_decide(call->web->sql, &decision, call->request->now_ms, &local)) {
		gboolean gone = g_error_matches(local, DECISION_ERROR, DECISION_ERROR_GONE);
		gboolean wrong = g_error_matches(local, DECISION_ERROR, DECISION_ERROR_VERDICT);
		if (!gone && !wrong) {
			g_propagate_error(error, local);
			return NULL;
		}
		problem = gone ? problem_new(409, "it is decided already")
					   : problem_field("ends", local->message);
		g_error_free(local);
		return problem;
	}
	if (!duplicates_get(call->web->sql, pair.person, pair.other, &pair, error))
		return NULL;
	return call_json(200, pair_json(&pair, call->web->utc_offset_min));
}
