/*
 * What waits for a decision, and the decisions: GET /api/v1/{held,backlogs,quarantine,alarms},
 * POST …/{id}/decision on each, GET /api/v1/decisions.  The core role carries a decision out.
 */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/terminals/decisions.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/terminals/quarantine.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/terminals/waiting.h"
#include "server/web/words.h"

/* Rows looked at for one page; a page may be short, its cursor goes on. */
#define SCAN_MAX 2000

static const char *const page_names[] = {"limit", "cursor", NULL};

static void set_time(json_t *object, const char *name, gint64 at_ms, gint64 offset_min)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, offset_min);
	json_object_set_new(object, name, text == NULL ? json_null() : json_string(text));
}

static void set_person(json_t *object, const char *name, PersonId person)
{
	json_object_set_new(object, name, person == 0 ? json_null() : json_integer(person));
}

/* ── a page of a list ── */

/* One kind of list: rows after a cursor, and what becomes of each. */
typedef struct {
	gboolean (*load)(Sql *sql, const gint64 cursor[2], GArray **rows, GError **error);
	gboolean (*sees)(const Call *call, gconstpointer row, gboolean *seen, GError **error);
	json_t *(*json)(gconstpointer row, gint64 offset_min);
	void (*place)(gconstpointer row, gint64 cursor[2]);
} List;

static gboolean fill(const Call *call, const List *list, gsize limit, json_t *items,
					 gint64 cursor[2], gboolean *more, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!list->load(call->web->sql, cursor, &rows, error))
		return FALSE;
	guint row_size = g_array_get_element_size(rows);
	*more = rows->len == SCAN_MAX;
	for (guint i = 0; i < rows->len; i++) {
		gconstpointer row = rows->data + (gsize)i * row_size;
		gboolean seen;
		if (!list->sees(call, row, &seen, error))
			return FALSE;
		if (seen)
			json_array_append_new(items, list->json(row, call->web->utc_offset_min));
		list->place(row, cursor);
		if (json_array_size(items) == limit) {
			*more = *more || i + 1 < rows->len;
			return TRUE;
		}
	}
	return TRUE;
}

static Response *answer_list(const Call *call, const List *list, GError **error)
{
	gsize limit;
	gint64 cursor[2];
	gboolean more;
	Response *problem = api_only(call, page_names);
	if (problem == NULL)
		problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &cursor[0], &cursor[1]);
	if (problem != NULL)
		return problem;
	json_t *items = json_array();
	if (!fill(call, list, limit, items, cursor, &more, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = more ? cursor_encode(cursor[0], cursor[1]) : NULL;
	return api_list(items, next);
}

/* ── held enrolments ── */

static gboolean load_held(Sql *sql, const gint64 cursor[2], GArray **rows, GError **error)
{
	return enrolments_held(sql, cursor[0], SCAN_MAX, rows, error);
}

static gboolean sees_held(const Call *call, gconstpointer row, gboolean *seen, GError **error)
{
	const HeldEnrolment *held = row;
	return waiting_sees_person(call, held->row.person, held->row.finished_ms, seen, error);
}

static json_t *held_json(gconstpointer row, gint64 offset_min)
{
	const HeldEnrolment *held = row;
	char id[RANDOM_ID_TEXT];
	random_id_format(&held->row.id, id);
	json_t *out = json_object();
	json_t *fingers = json_array();
	for (gsize i = 0; i < held->row.n_fingers; i++)
		json_array_append_new(fingers, json_string(finger_name(held->row.fingers[i])));
	json_object_set_new(out, "id", json_string(id));
	set_person(out, "person", held->row.person);
	set_person(out, "other", held->row.other);
	json_object_set_new(out, "terminal", json_string(held->row.terminal.text));
	json_object_set_new(out, "fingers", fingers);
	set_time(out, "held", held->row.finished_ms, offset_min);
	return out;
}

static void place_held(gconstpointer row, gint64 cursor[2])
{
	cursor[0] = ((const HeldEnrolment *)row)->order;
}

Response *api_held(Call *call, GError **error)
{
	static const List list = {load_held, sees_held, held_json, place_held};
	return answer_list(call, &list, error);
}

/* ── backlogs: as many as there are revoked terminals, on one page ── */

static json_t *backlog_json(const HeldBacklog *backlog, gint64 offset_min)
{
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(backlog->terminal.text));
	json_object_set_new(out, "messages", json_integer(backlog->n_batches));
	json_object_set_new(out, "events", json_integer(backlog->n_events));
	set_time(out, "first", backlog->first_ms, offset_min);
	set_time(out, "last", backlog->last_ms, offset_min);
	return out;
}

Response *api_backlogs(Call *call, GError **error)
{
	static const char *const names[] = {NULL};
	g_autoptr(GArray) rows = NULL;
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	if (!held_waiting(call->web->sql, &rows, error))
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < rows->len; i++) {
		const HeldBacklog *row = &g_array_index(rows, HeldBacklog, i);
		gboolean seen;
		if (!waiting_sees_terminal(call, &row->terminal, &seen, error)) {
			json_decref(items);
			return NULL;
		}
		if (seen)
			json_array_append_new(items, backlog_json(row, call->web->utc_offset_min));
	}
	return api_list(items, NULL);
}

/* ── quarantined events ── */

static gboolean load_quarantine(Sql *sql, const gint64 cursor[2], GArray **rows, GError **error)
{
	return quarantine_waiting(sql, cursor[0], cursor[1], SCAN_MAX, rows, error);
}

static gboolean sees_item(const Call *call, gconstpointer row, gboolean *seen, GError **error)
{
	const QuarantineItem *item = row;
	return waiting_sees_person(call, item->person, item->received_ms, seen, error);
}

static json_t *item_json(gconstpointer row, gint64 offset_min)
{
	const QuarantineItem *item = row;
	g_autofree char *id = decision_event_subject(item->row.journal, item->row.seq);
	json_t *out = json_object();
	json_object_set_new(out, "id", json_string(id));
	set_person(out, "person", item->person);
	json_object_set_new(out, "terminal", json_string(item->row.terminal.text));
	json_object_set_new(out, "reason", json_string(item->row.reason));
	json_object_set_new(out, "needs_time", json_boolean(quarantine_is_of_time(&item->row)));
	set_time(out, "stamped", item->wall_ms, offset_min);
	set_time(out, "received", item->received_ms, offset_min);
	return out;
}

static void place_item(gconstpointer row, gint64 cursor[2])
{
	const QuarantineItem *item = row;
	cursor[0] = item->row.journal;
	cursor[1] = item->row.seq;
}

Response *api_quarantine(Call *call, GError **error)
{
	static const List list = {load_quarantine, sees_item, item_json, place_item};
	return answer_list(call, &list, error);
}

/* ── alarms ── */

static gboolean load_alarms(Sql *sql, const gint64 cursor[2], GArray **rows, GError **error)
{
	return alarms_list(sql, cursor[0], SCAN_MAX, rows, error);
}

static gboolean sees_alarm(const Call *call, gconstpointer row, gboolean *seen, GError **error)
{
	return waiting_sees_terminal(call, &((const AlarmRow *)row)->terminal, seen, error);
}

static json_t *alarm_json(gconstpointer row, gint64 offset_min)
{
	const AlarmRow *alarm = row;
	json_t *out = json_object();
	json_object_set_new(out, "id", json_integer(alarm->id));
	json_object_set_new(out, "kind", json_string(alarm->kind));
	json_object_set_new(out, "terminal",
						alarm->terminal.text[0] == '\0' ? json_null()
														: json_string(alarm->terminal.text));
	json_object_set_new(out, "detail", json_string(alarm->detail));
	json_object_set_new(out, "times", json_integer(alarm->n));
	set_time(out, "first", alarm->first_ms, offset_min);
	set_time(out, "last", alarm->last_ms, offset_min);
	return out;
}

static void place_alarm(gconstpointer row, gint64 cursor[2])
{
	cursor[0] = ((const AlarmRow *)row)->id;
}

Response *api_alarms(Call *call, GError **error)
{
	static const List list = {load_alarms, sees_alarm, alarm_json, place_alarm};
	return answer_list(call, &list, error);
}

/* ── what a decision is about: not there unless it waits and is seen ── */

/* NULL: go on. Takes `local`. */
static Response *check_seen(const Call *call, gboolean found, gboolean seen, GError *local,
							GError **error)
{
	if (local == NULL)
		return found && seen ? NULL : problem_for(call, 404, "nothing of that name waits");
	g_propagate_error(error, local);
	return problem_for(call, 503, NULL);
}

Response *subject_held(Call *call, GError **error)
{
	RandomId id;
	EnrolmentRow row = {0};
	gboolean seen = FALSE;
	GError *local = NULL;
	gboolean found = random_id_parse(&id, call->params[0]) &&
					 enrolments_get(call->web->sql, &id, &row, &local) &&
					 row.state == ENROLMENT_HELD &&
					 waiting_sees_person(call, row.person, row.finished_ms, &seen, &local);
	call->subject.person = row.person;
	call->subject.from_day = words_day(row.finished_ms, call->web->utc_offset_min);
	call->subject.to_day = call->subject.from_day + 1;
	call->subject.detail = g_strdup(call->params[0]);
	return check_seen(call, found, seen, local, error);
}

Response *subject_backlog(Call *call, GError **error)
{
	TerminalId id;
	gboolean seen = FALSE;
	GError *local = NULL;
	gboolean found =
		api_parse_terminal(call->params[0], &id) && waiting_sees_terminal(call, &id, &seen, &local);
	call->subject.detail = g_strdup(call->params[0]);
	return check_seen(call, found, seen, local, error);
}

Response *subject_quarantined(Call *call, GError **error)
{
	gint64 journal, seq;
	QuarantineItem item = {0};
	gboolean seen = FALSE;
	GError *local = NULL;
	gboolean found = decision_event_parse(call->params[0], &journal, &seq) &&
					 quarantine_waiting_one(call->web->sql, journal, seq, &item, &local) &&
					 waiting_sees_person(call, item.person, item.received_ms, &seen, &local);
	/* Somebody we do not know has no unit whose rights could be asked for. */
	gboolean known = FALSE;
	if (found && local == NULL && item.person != 0)
		people_exists(call->web->sql, item.person, &known, &local);
	if (known) {
		call->subject.person = item.person;
		call->subject.from_day = words_day(item.received_ms, call->web->utc_offset_min);
		call->subject.to_day = call->subject.from_day + 1;
	}
	call->subject.detail = g_strdup(call->params[0]);
	return check_seen(call, found, seen, local, error);
}

Response *subject_alarm(Call *call, GError **error)
{
	gint64 id;
	g_auto(AlarmRow) row = {0};
	gboolean seen = FALSE;
	GError *local = NULL;
	gboolean found = g_ascii_string_to_signed(call->params[0], 10, 1, G_MAXINT64, &id, NULL) &&
					 alarms_get(call->web->sql, id, &row, &local) &&
					 waiting_sees_terminal(call, &row.terminal, &seen, &local);
	call->subject.detail = g_strdup(call->params[0]);
	return check_seen(call, found, seen, local, error);
}

/* ── deciding ── */

static json_t *decision_json(gconstpointer row, gint64 offset_min)
{
	const Decision *decision = row;
	json_t *out = json_object();
	json_object_set_new(out, "id", json_integer(decision->id));
	json_object_set_new(out, "kind", json_string(decision_kind_text(decision->kind)));
	json_object_set_new(out, "subject", json_string(decision->subject));
	json_object_set_new(out, "decision", json_string(decision_verdict_text(decision->verdict)));
	json_object_set_new(out, "reason", json_string(decision->reason));
	set_time(out, "at", decision->at_ms, offset_min);
	json_object_set_new(out, "by", json_string(decision->by));
	set_time(out, "decided", decision->decided_ms, offset_min);
	set_time(out, "carried_out", decision->carried_ms, offset_min);
	json_object_set_new(out, "outcome",
						decision->carried_ms == 0 ? json_null() : json_string(decision->outcome));
	return out;
}

static Response *unknown_field(json_t *body)
{
	static const char *const known[] = {"decision", "reason", "at", NULL};
	const char *name;
	json_t *value;
	json_object_foreach(body, name, value)
	{
		if (!g_strv_contains(known, name))
			return problem_field(name, "there is no such field");
	}
	return NULL;
}

static Response *read_decision(const Call *call, Decision *decision)
{
	Response *problem = unknown_field(call->body);
	if (problem != NULL)
		return problem;
	const char *verdict = json_string_value(json_object_get(call->body, "decision"));
	const char *reason = json_string_value(json_object_get(call->body, "reason"));
	json_t *at = json_object_get(call->body, "at");
	if (!decision_verdict_parse(decision->kind, verdict, &decision->verdict))
		return problem_field("decision", "none that there is for this");
	if (reason == NULL ||
		g_strlcpy(decision->reason, reason, sizeof decision->reason) >= sizeof decision->reason)
		return problem_field("reason", "a reason of 3 characters to 500 bytes, one line");
	if (at != NULL &&
		(!json_is_string(at) ||
		 !calendar_parse_iso(json_string_value(at), call->web->utc_offset_min, &decision->at_ms)))
		return problem_field("at", "a time as 2025-03-03T07:05:00+07:00");
	decision->account = call->access->user->id;
	return NULL;
}

/* What the store refuses, as the client reads it; NULL: another error, which is left. */
static Response *refusal_of(GError *refused, GError **error)
{
	static const struct {
		int code;
		const char *field;
	} fields[] = {{DECISION_ERROR_VERDICT, "decision"},
				  {DECISION_ERROR_REASON, "reason"},
				  {DECISION_ERROR_TIME, "at"}};
	g_autoptr(GError) owned = refused;
	if (g_error_matches(owned, DECISION_ERROR, DECISION_ERROR_GONE))
		return problem_new(409, "it is not open for a decision");
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		if (g_error_matches(owned, DECISION_ERROR, fields[i].code))
			return problem_field(fields[i].field, owned->message);
	g_propagate_error(error, g_steal_pointer(&owned));
	return NULL;
}

static Response *decide(Call *call, DecisionKind kind, GError **error)
{
	Decision decision = {.kind = kind};
	GError *refused = NULL;
	Response *problem = read_decision(call, &decision);
	if (problem != NULL)
		return problem;
	if (g_strlcpy(decision.subject, call->params[0], sizeof decision.subject) >=
		sizeof decision.subject)
		return problem_new(404, "nothing of that name waits");
	if (!decisions_add(call->web->sql, &decision, call->request->now_ms, &refused))
		return refusal_of(refused, error);
	if (!decisions_get(call->web->sql, decision.id, &decision, error))
		return NULL;
	return call_json(200, decision_json(&decision, call->web->utc_offset_min));
}

Response *api_held_decision(Call *call, GError **error)
{
	return decide(call, DECISION_ENROLMENT, error);
}

Response *api_backlog_decision(Call *call, GError **error)
{
	return decide(call, DECISION_BACKLOG, error);
}

Response *api_quarantine_decision(Call *call, GError **error)
{
	return decide(call, DECISION_EVENT, error);
}

Response *api_alarm_decision(Call *call, GError **error)
{
	return decide(call, DECISION_ALARM, error);
}

/* ── decisions: of the whole province, for whom that is the scope ── */

static gboolean load_decisions(Sql *sql, const gint64 cursor[2], GArray **rows, GError **error)
{
	return decisions_list(sql, cursor[0], SCAN_MAX, rows, error);
}

static gboolean sees_decision(const Call *call, gconstpointer row, gboolean *seen, GError **error)
{
	(void)row, (void)error;
	*seen = call->scope->all;
	return TRUE;
}

static void place_decision(gconstpointer row, gint64 cursor[2])
{
	cursor[0] = ((const Decision *)row)->id;
}

Response *api_decisions(Call *call, GError **error)
{
	static const List list = {load_decisions, sees_decision, decision_json, place_decision};
	return answer_list(call, &list, error);
}
