/* GET /api/v1/punches: of one person between two dates, or the newest of all people of the scope. */
#include "server/store/people/assignments.h"
#include "server/store/time/punches.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

#define DAYS_MAX 366
/* Rows looked at for one page; a page may be short, its cursor goes on. */
#define SCAN_MAX 2000

Response *subject_punches(Call *call, GError **error)
{
	static const char *const names[] = {"person", "from",   "to", "terminal",
										"limit",  "cursor", NULL};
	(void)error;
	Subject *subject = &call->subject;
	Response *problem = api_only(call, names);
	const char *person = call_query(call, "person");
	if (problem != NULL)
		return problem;
	if (person == NULL && (call_query(call, "from") != NULL || call_query(call, "to") != NULL))
		return problem_field("from", "only together with \"person\"");
	if (person == NULL)
		return NULL;
	if (!api_parse_person(person, &subject->person))
		return problem_field("person", "a person's id, a number");
	return api_days_asked(call, DAYS_MAX, &subject->from_day, &subject->to_day);
}

static json_t *punch_json(const Punch *punch, gint64 offset_min)
{
	char journal[RANDOM_ID_TEXT];
	random_id_format(&punch->journal, journal);
	g_autofree char *at = iso_time(punch->at_ms, offset_min);
	json_t *out = json_object();
	json_object_set_new(out, "at", json_string(at));
	json_object_set_new(out, "person", json_integer(punch->person));
	json_object_set_new(out, "terminal", json_string(punch->terminal.text));
	json_object_set_new(out, "journal", json_string(journal));
	json_object_set_new(out, "seq", json_integer(punch->seq));
	json_object_set_new(out, "state", json_string(punch_state_text(punch->state)));
	json_object_set_new(out, "reason",
						punch->reason == NULL ? json_null() : json_string(punch->reason));
	return out;
}

static gboolean add_span(const Call *call, const DaySpan *span, json_t *items, GError **error)
{
	gint64 offset_min = call->web->utc_offset_min, offset_ms = offset_min * MINUTE_MS;
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, span->from_day * DAY_MS - offset_ms,
						  span->to_day * DAY_MS - offset_ms, error);
	if (cursor == NULL)
		return FALSE;
	Punch punch;
	SqlStep step;
	while ((step = punches_next(cursor, &punch, error)) == SQL_ROW)
		json_array_append_new(items, punch_json(&punch, offset_min));
	return step == SQL_DONE;
}

static Response *of_person(const Call *call, GError **error)
{
	json_t *items = json_array();
	for (guint i = 0; i < call->days->len; i++)
		if (!add_span(call, &g_array_index(call->days, DaySpan, i), items, error)) {
			json_decref(items);
			return NULL;
		}
	return api_list(items, NULL);
}

/* Was the punch's person, on that day, of a unit of the scope? */
static gboolean sees(const Call *call, const Punch *punch, gboolean *seen, GError **error)
{
	*seen = call->scope->all;
	if (*seen)
		return TRUE;
	Assignment assignment = {0};
	gint64 day = words_day(punch->at_ms, call->web->utc_offset_min);
	if (!assignments_on(call->web->sql, punch->person, day, &assignment, error))
		return FALSE;
	*seen = scope_has(call->scope, assignment.unit);
	return TRUE;
}

/* Where a page ends: the time of its last row, and how many rows of that time came already. */
typedef struct {
	gint64 at_ms, n_at;
	gsize n_scanned;
} Place;

static void advance(Place *place, gint64 at_ms)
{
	place->n_at = place->at_ms == at_ms ? place->n_at + 1 : 1;
	place->at_ms = at_ms;
	place->n_scanned++;
}

/* Fills the page; `more` says whether something may follow. */
static gboolean scan(const Call *call, const TerminalId *terminal, Place *place, gsize limit,
					 json_t *items, gboolean *more, GError **error)
{
	gint64 before_ms = place->at_ms == 0 ? G_MAXINT64 : place->at_ms + 1;
	gint64 skip = place->n_at;
	g_autoptr(PunchCursor) cursor =
		punches_latest(call->web->sql, terminal, before_ms, SCAN_MAX + skip, error);
	if (cursor == NULL)
		return FALSE;
	*more = TRUE;
	Punch punch;
	while (json_array_size(items) < limit && place->n_scanned < SCAN_MAX) {
		SqlStep step = punches_next(cursor, &punch, error);
		if (step != SQL_ROW) {
			*more = FALSE;
			return step == SQL_DONE;
		}
		if (skip > 0) {
			skip--;
			continue;
		}
		gboolean seen;
		if (!sees(call, &punch, &seen, error))
			return FALSE;
		advance(place, punch.at_ms);
		if (seen)
			json_array_append_new(items, punch_json(&punch, call->web->utc_offset_min));
	}
	return TRUE;
}

Response *api_punches(Call *call, GError **error)
{
	gsize limit;
	Place place = {0};
	TerminalId terminal;
	const char *name = call_query(call, "terminal");
	Response *problem = api_limit(call, &limit);
	if (problem == NULL)
		problem = api_cursor(call, &place.at_ms, &place.n_at);
	if (problem == NULL && name != NULL && !api_parse_terminal(name, &terminal))
		problem = problem_field("terminal", "a terminal's id");
	if (problem != NULL)
		return problem;
	if (call->subject.person != 0)
		return of_person(call, error);
	json_t *items = json_array();
	gboolean more;
	if (!scan(call, name == NULL ? NULL : &terminal, &place, limit, items, &more, error)) {
		json_decref(items);
		return NULL;
	}
	g_autofree char *next = more ? cursor_encode(place.at_ms, place.n_at) : NULL;
	return api_list(items, next);
}
