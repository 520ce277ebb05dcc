/* GET /api/v1/mutation-preview, POST /api/v1/mutations: one mutation by decree, tried or entered. */
#include <string.h>

#include "server/store/people/mutate.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/request_keys.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/page_mutation.h"
#include "server/web/words.h"

/* What each field is called by programs, and what it has to be. */
static const struct {
	const char *name, *wanted;
} fields[N_MUTATION_FIELDS] = {
	[MUTATION_PERSON] = {"person", "a person of the account's units, not the account's own"},
	[MUTATION_KIND] = {"kind", "a kind of mutation"},
	[MUTATION_DECREE] = {"decree", "the number of the decree, 3 characters to 120 bytes"},
	[MUTATION_DATE] = {"decree_date", "a date as 2025-03-03, or nothing"},
	[MUTATION_TMT] = {"tmt", "a date as 2025-03-03, on which the person is employed"},
	[MUTATION_UNIT] = {"unit", "a unit of the account's that exists on the TMT; only of its kinds"},
	[MUTATION_PLACE] = {"place", "the code of a place; only of kinds that name a unit"},
	[MUTATION_TITLE] = {"title", "a title, at most 200 bytes; only of its kinds"},
	[MUTATION_TITLE_KIND] = {"title_kind", "a kind of position; only of kinds that name a title"},
	[MUTATION_RANK] = {"rank", "a golongan as III/d or IX; only of its kind"},
	[MUTATION_EMPLOYMENT] = {"employment", "a kind of employment; only of its kinds"},
	[MUTATION_NUMBER] = {"number", "a NIP or NI PPPK that nobody else has; only of its kinds"},
	[MUTATION_NAME] = {"name", "a name without titles; only of its kind"},
	[MUTATION_FRONT] = {"front_title", "a title, at most 200 bytes; only with a name"},
	[MUTATION_BACK] = {"back_title", "a title, at most 200 bytes; only with a name"},
};

static const char *const fact_names[N_MUTATION_FACTS] = {
	[MUTATION_FACT_UNIT] = "unit",
	[MUTATION_FACT_PLACES] = "places",
	[MUTATION_FACT_TITLE] = "title",
	[MUTATION_FACT_RANK] = "rank",
	[MUTATION_FACT_EMPLOYMENT] = "employment",
	[MUTATION_FACT_STATUS] = "status",
	[MUTATION_FACT_SUPERIOR] = "superior",
	[MUTATION_FACT_NUMBER] = "number",
	[MUTATION_FACT_NAME] = "name",
};

/* ── what was sent ── */

static Response *read_query(const Call *call, MutationForm *form)
{
	const char *names[N_MUTATION_FIELDS + 1] = {NULL};
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++) {
		const char *text = call_query(call, fields[i].name);
		names[i] = fields[i].name;
		form->values[i] = text == NULL ? "" : text;
	}
	return api_only(call, names);
}

/* The number of a person may be a number; `person_text` keeps it as text. */
static Response *read_body(const Call *call, MutationForm *form, char person_text[24])
{
	const char *name;
	json_t *value;
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++)
		form->values[i] = "";
	json_object_foreach(call->body, name, value)
	{
		gsize i = 0;
		while (i < N_MUTATION_FIELDS && strcmp(fields[i].name, name) != 0)
			i++;
		if (i == N_MUTATION_FIELDS)
			return problem_field(name, "there is no such field");
		if (i == MUTATION_PERSON && json_is_integer(value)) {
			g_snprintf(person_text, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
			form->values[i] = person_text;
		} else if (json_is_string(value))
			form->values[i] = json_string_value(value);
		else if (!json_is_null(value))
			return problem_field(name, "a text");
	}
	return NULL;
}

/* The first field that is wrong; NULL: none is. */
static Response *first_problem(const MutationForm *form)
{
	for (gsize i = 0; i < N_MUTATION_FIELDS; i++)
		if (form->problems[i] != NULL)
			return problem_field(fields[i].name, fields[i].wanted);
	return NULL;
}

/* ── the answer ── */

static json_t *text_json(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *date_json(gint64 day)
{
	g_autofree char *text = iso_date(day);
	return json_string(text);
}

static json_t *effects_json(const MutationFacts facts[2])
{
	json_t *effects = json_array();
	for (gsize i = 0; i < N_MUTATION_FACTS; i++) {
		const char *before = facts[0].texts[i], *after = facts[1].texts[i];
		if (g_strcmp0(before, after) != 0)
			json_array_append_new(effects,
								  json_pack("{s:s, s:o, s:o}", "fact", fact_names[i], "before",
											text_json(before), "after", text_json(after)));
	}
	return effects;
}

static json_t *mutation_json(const MutateOrder *order, const MutationFacts facts[2],
							 const MutateResult *result)
{
	json_t *out = json_object();
	json_object_set_new(out, "person", json_integer(order->person));
	json_object_set_new(out, "kind", json_string(order->kind));
	json_object_set_new(out, "decree", json_string(order->decree));
	json_object_set_new(out, "tmt", date_json(order->tmt_day));
	json_object_set_new(out, "until",
						result->to_day == DAY_OPEN ? json_null() : date_json(result->to_day - 1));
	json_object_set_new(out, "known", json_boolean(result->known));
	json_object_set_new(out, "effects", effects_json(facts));
	json_object_set_new(out, "judged_days", json_integer(result->moved ? result->judged_days : 0));
	json_object_set_new(out, "grants_ended", json_integer(facts[0].n_grants - facts[1].n_grants));
	return out;
}

/* After the store refused: the field; NULL: another error, passed on.  Takes `refused`. */
static Response *refusal(GError *refused, MutationForm *form, GError **error)
{
	return mutation_say_refusal(refused, form, error) ? first_problem(form) : NULL;
}

Response *api_mutation_preview(Call *call, GError **error)
{
	MutationForm form = {0};
	MutateOrder order;
	MutationFacts facts[2];
	g_auto(MutateResult) result = {0};
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	GError *refused = NULL;
	Response *problem = read_query(call, &form);
	if (problem != NULL)
		return problem;
	if (!mutation_read_order(call, &form, &order, error))
		return NULL;
	if (mutation_has_problem(&form))
		return first_problem(&form);
	if (!audit_change_begin(call->web->sql, error))
		return NULL;
	gboolean good = mutation_try(call, &order, texts, facts, &result, &refused);
	audit_change_rollback(call->web->sql);
	return good ? call_json(200, mutation_json(&order, facts, &result))
				: refusal(refused, &form, error);
}

/* ── entering it ── */

/* The answer that this key has had already; NULL with `error` unset: it is new. */
static Response *find_answer(const Call *call, const char *key, const char *hash, GError **error)
{
	g_autofree char *answer = NULL;
	gboolean same;
	if (key == NULL || !request_key_is_good(key))
		return problem_new(400, "send a header Idempotency-Key: 1 to 64 characters without blanks");
	if (!request_keys_find(call->web->sql, call->access->user->id, key, hash, &answer, &same,
						   error) ||
		answer == NULL)
		return NULL;
	if (!same)
		return problem_new(422, "this Idempotency-Key was given to another request");
	return response_new(201, "application/json", g_bytes_new(answer, strlen(answer)));
}

/* Takes `body`. */
static Response *keep_answer(const Call *call, const char *key, const char *hash, json_t *body,
							 GError **error)
{
	char *text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	gboolean kept = request_keys_keep(call->web->sql, call->access->user->id, key, hash, text,
									  call->request->now_ms, error);
	Response *response =
		kept ? response_new(201, "application/json", g_bytes_new(text, strlen(text))) : NULL;
	free(text);
	return response;
}

static Response *enter(Call *call, MutationForm *form, const char *key, const char *hash,
					   GError **error)
{
	MutateOrder order;
	MutationFacts facts[2];
	g_auto(MutateResult) result = {0};
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	GError *refused = NULL;
	if (!mutation_read_order(call, form, &order, error))
		return NULL;
	if (mutation_has_problem(form))
		return first_problem(form);
	if (!mutation_try(call, &order, texts, facts, &result, &refused))
		return refusal(refused, form, error);
	if (result.known)
		return problem_new(409, "this decree is entered for this person already");
	g_autofree char *tmt = iso_date(order.tmt_day);
	call->subject.detail = g_strdup_printf("%s: %s, TMT %s", order.kind, order.decree, tmt);
	return keep_answer(call, key, hash, mutation_json(&order, facts, &result), error);
}

Response *api_mutation(Call *call, GError **error)
{
	MutationForm form = {0};
	char person_text[24];
	const char *key = call->request->headers[HEADER_IDEMPOTENCY_KEY];
	const GByteArray *body = call->request->body;
	g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, body->data, body->len);
	Response *answer = find_answer(call, key, hash, error);
	if (answer != NULL && answer->status == 201)
		call->subject.detail = g_strdup_printf("again: %s", key);
	if (answer != NULL || *error != NULL)
		return answer;
	answer = read_body(call, &form, person_text);
	return answer != NULL ? answer : enter(call, &form, key, hash, error);
}
