/* /api/v1/grants: who may do what; giving, limiting and ending, under the rules of the pages. */
#include <string.h>

#include "server/store/people/granting.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/system/page_grants.h"
#include "server/web/words.h"

/* More than a province has; the cursor counts rows within. */
#define GRANTS_MAX 100000

static json_t *text_json(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

/* The last day included, as decrees write it. */
static json_t *grant_json(const GrantRow *row)
{
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row->id);
	g_autofree char *from = iso_date(row->from_day);
	g_autofree char *to = row->to_day == G_MAXINT64 ? NULL : iso_date(row->to_day - 1);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	json_object_set_new(out, "account", json_string(row->name));
	json_object_set_new(out, "person", row->person == 0 ? json_null() : json_integer(row->person));
	json_object_set_new(out, "role", json_string(role_name(row->role)));
	json_object_set_new(out, "unit", text_json(row->unit_code));
	json_object_set_new(out, "from", json_string(from));
	json_object_set_new(out, "to", text_json(to));
	json_object_set_new(out, "decree", text_json(row->decree));
	json_object_set_new(out, "grantor", text_json(row->grantor));
	json_object_set_new(out, "moved", json_boolean(row->moved));
	return out;
}

/* Parameter "unit"; without one, the account's own top. */
Response *subject_grants(Call *call, GError **error)
{
	Response *problem = api_unit(call, &call->subject.unit, error);
	if (problem == NULL && call->subject.unit == 0)
		call->subject.unit = call->scope->top;
	return problem;
}

Response *api_grants(Call *call, GError **error)
{
	static const char *const names[] = {"unit", "limit", "cursor", NULL};
	gsize limit;
	gint64 skip, unused;
	Response *problem = api_only(call, names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &skip, &unused);
	if (problem != NULL)
		return problem;
	g_autoptr(GPtrArray) rows =
		granting_list(call->web->sql, call->subject.unit, call->today, GRANTS_MAX, error);
	if (rows == NULL)
		return NULL;
	json_t *items = json_array();
	gint64 at = skip;
	for (; at < rows->len && json_array_size(items) < limit; at++) {
		const GrantRow *row = rows->pdata[at];
		if (call->scope->all || scope_has(call->scope, row->unit))
			json_array_append_new(items, grant_json(row));
	}
	g_autofree char *next = at < rows->len ? cursor_encode(at, 0) : NULL;
	return api_list(items, next);
}

static Response *answer_grant(Call *call, guint status, gint64 id, GError **error)
{
	g_autoptr(GrantRow) row = granting_get(call->web->sql, id, call->today, error);
	return row == NULL ? NULL : call_json(status, grant_json(row));
}

Response *api_grant(Call *call, GError **error)
{
	gint64 id = g_ascii_strtoll(call->params[0], NULL, 10);
	return answer_grant(call, 200, id, error);
}

/* ── changing ── */

static Response *only_fields(json_t *body, const char *const *known)
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

/* A last day; NULL: open. */
static Response *read_to(const Call *call, gint64 *to_day)
{
	const char *text = said(call, "to");
	*to_day = G_MAXINT64;
	if (text == NULL)
		return NULL;
	if (!iso_date_parse(text, to_day))
		return problem_field("to", "a date as 2025-03-03");
	(*to_day)++;
	return NULL;
}

static Response *read_unit(Call *call, gint64 *unit, GError **error)
{
	const char *code = said(call, "unit");
	*unit = 0;
	if (code == NULL)
		return NULL;
	if (!units_find(call->web->sql, code, FALSE, unit, error))
		return problem_new(503, NULL);
	return *unit == 0 || !scope_has(call->scope, *unit)
			   ? problem_field("unit", "there is no such unit")
			   : NULL;
}

static Response *read_grant(Call *call, GrantNew *grant, GError **error)
{
	static const char *const known[] = {"account", "role", "unit", "from", "to", "decree", NULL};
	const char *role = said(call, "role"), *from = said(call, "from");
	Response *problem = only_fields(call->body, known);
	if (problem != NULL)
		return problem;
	grant->decree = said(call, "decree");
	grant->from_day = call->today;
	if (role == NULL || !role_parse(role, &grant->role))
		return problem_field("role", "the name of a role");
	if (from != NULL && !iso_date_parse(from, &grant->from_day))
		return problem_field("from", "a date as 2025-03-03");
	problem = read_to(call, &grant->to_day);
	return problem == NULL ? read_unit(call, &grant->unit, error) : problem;
}

/* The field that the rules refuse; NULL: another error, passed on.  Takes `refused`. */
static Response *refusal(GError *refused, GError **error)
{
	static const char *const fields[] = {
		[GRANTING_ERROR_ROLE] = "role",     [GRANTING_ERROR_UNIT] = "unit",
		[GRANTING_ERROR_FROM] = "from",     [GRANTING_ERROR_TO] = "to",
		[GRANTING_ERROR_DECREE] = "decree",
	};
	g_autoptr(GError) owned = refused;
	if (owned->domain != GRANTING_ERROR) {
		g_propagate_error(error, g_steal_pointer(&owned));
		return NULL;
	}
	return owned->code == GRANTING_ERROR_OWN ? problem_new(403, owned->message)
											 : problem_field(fields[owned->code], owned->message);
}

Response *api_grant_give(Call *call, GError **error)
{
	GrantNew grant = {0};
	g_autoptr(User) holder = NULL;
	const Granter granter = grants_granter(call);
	const char *account = said(call, "account");
	Response *problem = read_grant(call, &grant, error);
	if (problem != NULL)
		return problem;
	if (!grants_find_holder(call, account == NULL ? "" : account, &holder, error))
		return NULL;
	if (holder == NULL)
		return problem_field("account", "there is no such account");
	GError *refused = NULL;
	grant.account = holder->id;
	gint64 id = granting_give(call->web->sql, &granter, &grant, holder->person, &refused);
	if (id == 0)
		return refusal(refused, error);
	call->subject.person = holder->person;
	call->subject.unit = grant.unit;
	call->subject.detail = g_strdup_printf("%s: %s", holder->name, role_name(grant.role));
	return answer_grant(call, 201, id, error);
}

Response *api_grant_limit(Call *call, GError **error)
{
	static const char *const known[] = {"to", NULL};
	gint64 to_day;
	GError *refused = NULL;
	const Granter granter = grants_granter(call);
	Response *problem = only_fields(call->body, known);
	if (problem == NULL)
		problem = read_to(call, &to_day);
	if (problem != NULL)
		return problem;
	g_autoptr(GrantRow) row = granting_get(
		call->web->sql, g_ascii_strtoll(call->params[0], NULL, 10), call->today, error);
	if (row == NULL)
		return NULL;
	call->subject.person = row->person;
	if (!granting_limit(call->web->sql, &granter, row, to_day, &refused))
		return refusal(refused, error);
	return answer_grant(call, 200, row->id, error);
}

Response *api_grant_end(Call *call, GError **error)
{
	GError *refused = NULL;
	const Granter granter = grants_granter(call);
	g_autoptr(GrantRow) row = granting_get(
		call->web->sql, g_ascii_strtoll(call->params[0], NULL, 10), call->today, error);
	if (row == NULL)
		return NULL;
	call->subject.person = row->person;
	if (!granting_end(call->web->sql, &granter, row, &refused))
		return refusal(refused, error);
	return call_json(200, grant_json(row));
}
