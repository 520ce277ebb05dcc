/* POST /api/v1/enrolments, GET /api/v1/enrolments/{id}, POST /api/v1/enrolments/{id}/cancel. */
#include <string.h>

#include "server/store/terminals/enrolments.h"
#include "server/web/api.h"
#include "server/web/people/enrol_order.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

static Response *unknown_field(json_t *body)
{
	static const char *const known[] = {"person", "terminal", "finger", "fingers", NULL};
	const char *name;
	json_t *value;
	json_object_foreach(body, name, value)
	{
		if (!g_strv_contains(known, name))
			return problem_field(name, "there is no such field");
	}
	return NULL;
}

Response *subject_enrolment_order(Call *call, GError **error)
{
	(void)error;
	Response *problem = unknown_field(call->body);
	if (problem != NULL)
		return problem;
	json_t *person = json_object_get(call->body, "person");
	gint64 id = json_is_integer(person) ? json_integer_value(person) : 0;
	if (id < 1 || id > PERSON_ID_MAX)
		return problem_field("person", "a person's id, a number");
	call->subject.person = id;
	const char *terminal = json_string_value(json_object_get(call->body, "terminal"));
	TerminalId parsed;
	if (terminal == NULL || !api_parse_terminal(terminal, &parsed))
		return problem_field("terminal", "a terminal's id, a text");
	call->subject.detail = g_strdup(terminal);
	return NULL;
}

static Response *add_finger(EnrolmentOrder *order, const char *field, json_t *value)
{
	const char *name = json_string_value(value);
	Finger finger = name == NULL ? 0 : finger_parse(name);
	if (finger == 0)
		return problem_field(field, "a finger as \"right-index\"");
	for (gsize i = 0; i < order->n_fingers; i++)
		if (order->fingers[i] == finger)
			return problem_field(field, "each finger once");
	if (order->n_fingers == ENROLMENT_FINGERS_MAX)
		return problem_field(field, "at most 4 fingers at once");
	order->fingers[order->n_fingers++] = finger;
	return NULL;
}

/* "finger", or "fingers", or by default both index fingers. */
static Response *read_fingers(const Call *call, EnrolmentOrder *order)
{
	json_t *one = json_object_get(call->body, "finger");
	json_t *many = json_object_get(call->body, "fingers");
	if (one != NULL && many != NULL)
		return problem_field("fingers", "either \"finger\" or \"fingers\"");
	if (one != NULL)
		return add_finger(order, "finger", one);
	if (many == NULL) {
		order->fingers[order->n_fingers++] = FINGER_RIGHT_INDEX;
		order->fingers[order->n_fingers++] = FINGER_LEFT_INDEX;
		return NULL;
	}
	if (!json_is_array(many) || json_array_size(many) == 0)
		return problem_field("fingers", "a list of fingers as [\"right-index\", \"left-index\"]");
	size_t i;
	json_t *value;
	Response *problem = NULL;
	json_array_foreach(many, i, value)
	{
		if (problem == NULL)
			problem = add_finger(order, "fingers", value);
	}
	return problem;
}

static Response *check_terminal(const Call *call, TerminalId *id, GError **error)
{
	EnrolTerminal fits;
	const char *text = json_string_value(json_object_get(call->body, "terminal"));
	if (!enrol_order_terminal(call, text, id, &fits, error))
		return problem_new(503, NULL);
	if (fits == ENROL_TERMINAL_UNKNOWN)
		return problem_field("terminal", "there is no such terminal in your units");
	if (fits == ENROL_TERMINAL_UNUSED)
		return problem_field("terminal", "the terminal is not in service");
	return NULL;
}

static json_t *fingers_json(const EnrolmentRow *row)
{
	json_t *list = json_array();
	for (gsize i = 0; i < row->n_fingers; i++)
		json_array_append_new(list, json_string(finger_name(row->fingers[i])));
	return list;
}

static void set_time(json_t *object, const char *name, gint64 at_ms, gint64 offset_min)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, offset_min);
	json_object_set_new(object, name, text == NULL ? json_null() : json_string(text));
}

static json_t *enrolment_json(const EnrolmentRow *row, gint64 offset_min)
{
	char id[RANDOM_ID_TEXT];
	random_id_format(&row->id, id);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	json_object_set_new(out, "state", json_string(enrolment_state_text(row->state)));
	json_object_set_new(out, "person", json_integer(row->person));
	json_object_set_new(out, "terminal", json_string(row->terminal.text));
	json_object_set_new(out, "fingers", fingers_json(row));
	json_object_set_new(out, "finger",
						row->finger == 0 ? json_null() : json_string(finger_name(row->finger)));
	json_object_set_new(out, "accepted", json_integer(row->accepted));
	json_object_set_new(out, "wanted", json_integer(row->wanted));
	json_object_set_new(out, "reason",
						row->reason[0] == '\0' ? json_null() : json_string(row->reason));
	set_time(out, "created", row->created_ms, offset_min);
	set_time(out, "expires", row->expires_ms, offset_min);
	set_time(out, "finished", row->finished_ms, offset_min);
	return out;
}

/* The enrolment as it is now, with that status. */
static Response *show(const Call *call, const RandomId *id, guint status, GError **error)
{
	EnrolmentRow row;
	g_autoptr(GError) inner = NULL;
	if (enrolments_get(call->web->sql, id, &row, &inner))
		return call_json(status, enrolment_json(&row, call->web->utc_offset_min));
	if (inner == NULL)
		return problem_new(404, "there is no such enrolment");
	g_propagate_error(error, g_steal_pointer(&inner));
	return NULL;
}

Response *api_enrolment_order(Call *call, GError **error)
{
	EnrolmentOrder order = {0};
	RandomId id;
	Response *problem = check_terminal(call, &order.terminal, error);
	if (problem == NULL)
		problem = read_fingers(call, &order);
	if (problem != NULL)
		return problem;
	if (!enrol_order_place(call, &order, &id, error))
		return NULL;
	Response *response = show(call, &id, 201, error);
	if (response != NULL) {
		char text[RANDOM_ID_TEXT];
		random_id_format(&id, text);
		g_autofree char *location = g_strconcat("/api/v1/enrolments/", text, NULL);
		response_header(response, "Location", location);
	}
	return response;
}

Response *subject_enrolment(Call *call, GError **error)
{
	RandomId id;
	EnrolmentRow row;
	g_autoptr(GError) inner = NULL;
	if (!random_id_parse(&id, call->params[0]) ||
		!enrolments_get(call->web->sql, &id, &row, &inner)) {
		if (inner == NULL)
			return problem_for(call, 404, "there is no such enrolment");
		g_propagate_error(error, g_steal_pointer(&inner));
		return problem_for(call, 503, NULL);
	}
	call->subject.person = row.person;
	call->subject.detail = g_strdup(call->params[0]);
	call->notify_terminal = g_strdup(row.terminal.text);
	return NULL;
}

Response *api_enrolment(Call *call, GError **error)
{
	RandomId id;
	if (!random_id_parse(&id, call->params[0]))
		return problem_new(404, "there is no such enrolment");
	return show(call, &id, 200, error);
}

Response *api_enrolment_cancel(Call *call, GError **error)
{
	RandomId id;
	if (!random_id_parse(&id, call->params[0]))
		return problem_new(404, "there is no such enrolment");
	if (!enrolments_cancel(call->web->sql, &id, call->request->now_ms, error))
		return NULL;
	return show(call, &id, 200, error);
}
