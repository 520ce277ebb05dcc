#include "server/web/api.h"

#include <string.h>

#include "server/store/terminals/references.h"
#include "server/store/people/units.h"
#include "server/web/words.h"

Response *api_list(json_t *items, const char *next)
{
	json_t *body = json_object();
	json_object_set_new(body, "items", items);
	json_object_set_new(body, "next", next == NULL ? json_null() : json_string(next));
	return call_json(200, body);
}

/* ── parameters ── */

Response *api_only(const Call *call, const char *const *names)
{
	const char *unknown = form_unknown(call->request->query, names);
	return unknown == NULL ? NULL : problem_field(unknown, "there is no such parameter");
}

static gboolean parse_number(const char *text, gint64 min, gint64 max, gint64 *value)
{
	return text[0] != '-' && text[0] != '+' &&
		   g_ascii_string_to_signed(text, 10, min, max, value, NULL);
}

Response *api_limit(const Call *call, gsize *limit)
{
	const char *text = call_query(call, "limit");
	gint64 value = API_LIMIT_DEFAULT;
	if (text != NULL && !parse_number(text, 1, API_LIMIT_MAX, &value))
		return problem_field("limit", "a number from 1 to 500");
	*limit = (gsize)value;
	return NULL;
}

Response *api_cursor(const Call *call, gint64 *a, gint64 *b)
{
	const char *text = call_query(call, "cursor");
	*a = *b = 0;
	if (text != NULL && !cursor_decode(text, a, b))
		return problem_field("cursor", "send what \"next\" of the page before said");
	return NULL;
}

static Response *date(const Call *call, const char *name, gint64 *day)
{
	const char *text = call_query(call, name);
	*day = call->today;
	if (text != NULL && !iso_date_parse(text, day))
		return problem_field(name, "a date as 2025-03-03");
	return NULL;
}

Response *api_days_asked(const Call *call, gint64 n_max, gint64 *from_day, gint64 *to_day)
{
	Response *problem = date(call, "from", from_day);
	if (problem == NULL)
		problem = date(call, "to", to_day);
	if (problem != NULL)
		return problem;
	(*to_day)++;
	if (*from_day >= *to_day)
		return problem_field("to", "not before \"from\"");
	if (*to_day - *from_day > n_max)
		return problem_field("to", "too many days: at most 366 at once");
	return NULL;
}

Response *api_unit(const Call *call, gint64 *unit, GError **error)
{
	const char *code = call_query(call, "unit");
	*unit = 0;
	if (code == NULL)
		return NULL;
	if (!units_find(call->web->sql, code, FALSE, unit, error))
		return problem_new(503, NULL);
	return *unit == 0 ? problem_new(404, "there is no such unit") : NULL;
}

gboolean api_parse_person(const char *text, PersonId *person)
{
	gint64 value;
	if (!parse_number(text, 1, PERSON_ID_MAX, &value))
		return FALSE;
	*person = value;
	return TRUE;
}

gboolean api_parse_terminal(const char *text, TerminalId *terminal)
{
	return terminal_id_parse(terminal, (Slice){(const guint8 *)text, strlen(text)});
}

/* ── people ── */

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *fingers_json(Sql *sql, PersonId person, GError **error)
{
	g_autoptr(GArray) fingers = NULL;
	if (!references_fingers(sql, person, &fingers, error))
		return NULL;
	json_t *list = json_array();
	for (guint i = 0; i < fingers->len; i++)
		json_array_append_new(list, json_string(finger_name(g_array_index(fingers, Finger, i))));
	return list;
}

json_t *api_person_json(Sql *sql, const PersonRow *row, GError **error)
{
	json_t *person = json_object();
	json_object_set_new(person, "id", json_integer(row->id));
	json_object_set_new(person, "name", json_string(row->name));
	json_object_set_new(person, "unit", text_or_null(row->unit_code));
	json_object_set_new(person, "unit_name", text_or_null(row->unit_name));
	json_object_set_new(person, "employment", text_or_null(row->employment));
	json_t *fingers = fingers_json(sql, row->id, error);
	if (fingers == NULL) {
		json_decref(person);
		return NULL;
	}
	json_object_set_new(person, "fingers", fingers);
	return person;
}

json_t *api_person_on(Sql *sql, PersonId person, gint64 day, GError **error)
{
	PeopleFilter filter = {.day = day, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(sql, &filter, error);
	PersonRow row;
	if (cursor == NULL || people_next(cursor, &row, error) != SQL_ROW)
		return NULL;
	return api_person_json(sql, &row, error);
}

/* ── places ── */

static gboolean add_places(Sql *sql, gint64 unit, gint64 day, GHashTable *places, GError **error)
{
	g_autoptr(GArray) found = NULL;
	if (!units_places(sql, unit, day, &found, error))
		return FALSE;
	for (guint i = 0; i < found->len; i++)
		g_hash_table_add(places, g_memdup2(&g_array_index(found, gint64, i), sizeof(gint64)));
	return TRUE;
}

gboolean api_scope_places(Sql *sql, const Scope *scope, gint64 day, GHashTable **places,
						  GError **error)
{
	g_autoptr(GHashTable) all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	GHashTableIter iter;
	gpointer unit;
	g_hash_table_iter_init(&iter, scope->units);
	while (g_hash_table_iter_next(&iter, &unit, NULL))
		if (!add_places(sql, *(const gint64 *)unit, day, all, error))
			return FALSE;
	*places = g_steal_pointer(&all);
	return TRUE;
}

gboolean api_sees_terminal(const Call *call, const TerminalRow *terminal, gboolean *seen,
						   GError **error)
{
	*seen = call->scope->all;
	if (*seen)
		return TRUE;
	g_autoptr(GHashTable) places = NULL;
	if (!api_scope_places(call->web->sql, call->scope, call->today, &places, error))
		return FALSE;
	*seen = g_hash_table_contains(places, &terminal->place);
	return TRUE;
}
