/* GET /api/v1/terminals: devices and what they last said of themselves; nothing about people. */
#include "server/store/terminals/places.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

static json_t *time_or_null(gint64 at_ms, gint64 offset_min)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, offset_min);
	return text == NULL ? json_null() : json_string(text);
}

static json_t *terminal_json(const TerminalRow *row, const char *place, gint64 offset_min)
{
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(row->id.text));
	json_object_set_new(out, "place", place == NULL ? json_null() : json_string(place));
	json_object_set_new(out, "state", json_string(terminal_state_text(row->state)));
	json_object_set_new(out, "online", json_boolean(row->online));
	json_object_set_new(out, "heard", time_or_null(row->heard_ms, offset_min));
	json_object_set_new(out, "backlog", json_integer(row->backlog));
	json_object_set_new(out, "people", json_integer(row->n_people));
	json_object_set_new(out, "roster_version", json_integer(row->roster_version));
	json_object_set_new(out, "sensor_ok", json_boolean(row->sensor_ok));
	json_object_set_new(out, "tamper_open", json_boolean(row->tamper_open));
	json_object_set_new(out, "reserve_reached", json_boolean(row->reserve_reached));
	json_object_set_new(out, "simulated", json_boolean(row->simulated));
	json_object_set_new(out, "clock_offset_ms", json_integer(row->clock_offset_ms));
	json_object_set_new(out, "disk_free", json_integer(row->disk_free));
	json_object_set_new(out, "version", json_string(row->version));
	json_object_set_new(out, "sensor", json_string(row->sensor));
	return out;
}

static gboolean add_terminal(const Call *call, const TerminalRow *row, json_t *items,
							 GError **error)
{
	gboolean seen;
	if (!api_sees_terminal(call, row, &seen, error))
		return FALSE;
	if (!seen)
		return TRUE;
	g_autoptr(GError) inner = NULL;
	g_autofree char *place = places_name(call->web->sql, row->place, call->today, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	json_array_append_new(items, terminal_json(row, place, call->web->utc_offset_min));
	return TRUE;
}

Response *api_terminals(Call *call, GError **error)
{
	static const char *const names[] = {NULL};
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	g_autoptr(GArray) terminals = NULL;
	if (!terminals_list(call->web->sql, 0, &terminals, error))
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < terminals->len; i++)
		if (!add_terminal(call, &g_array_index(terminals, TerminalRow, i), items, error)) {
			json_decref(items);
			return NULL;
		}
	return api_list(items, NULL);
}
