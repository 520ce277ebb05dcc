/* GET /api/v1/units: the tree as of a day, as far as the account may see it then. */
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *unit_json(const UnitRow *row, GHashTable *codes)
{
	json_t *out = json_object();
	json_object_set_new(out, "code", json_string(row->code));
	json_object_set_new(out, "name", text_or_null(row->name));
	json_object_set_new(out, "short_name", text_or_null(row->short_name));
	json_object_set_new(out, "kind", text_or_null(row->kind));
	json_object_set_new(out, "parent", text_or_null(g_hash_table_lookup(codes, &row->parent)));
	return out;
}

Response *api_units(Call *call, GError **error)
{
	static const char *const names[] = {"date", NULL};
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	const char *date = call_query(call, "date");
	gint64 day = call->today;
	if (date != NULL && !iso_date_parse(date, &day))
		return problem_field("date", "a date as 2025-03-03");
	g_autoptr(Scope) scope =
		access_scope(call->web->sql, call->access, RIGHT_SEE_PEOPLE, day, error);
	if (scope == NULL)
		return NULL;
	g_autoptr(UnitCursor) cursor = unit_subtree(call->web->sql, 0, day, error);
	if (cursor == NULL)
		return NULL;
	g_autoptr(GHashTable) codes =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	json_t *items = json_array();
	UnitRow row;
	SqlStep step;
	while ((step = units_next(cursor, &row, error)) == SQL_ROW) {
		if (!scope_has(scope, row.id))
			continue;
		json_array_append_new(items, unit_json(&row, codes));
		g_hash_table_insert(codes, g_memdup2(&row.id, sizeof row.id), g_strdup(row.code));
	}
	if (step == SQL_FAILED) {
		json_decref(items);
		return NULL;
	}
	return api_list(items, NULL);
}
