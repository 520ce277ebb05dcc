/* GET /api/v1/people/{id}/days?from&to: the judged days of a person, with punches and reasons. */
#include <string.h>

#include "server/store/terminals/places.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

#define DAYS_MAX 366

Response *subject_days(Call *call, GError **error)
{
	static const char *const names[] = {"from", "to", NULL};
	Subject *subject = &call->subject;
	Response *problem = subject_person(call, error);
	if (problem == NULL)
		problem = api_only(call, names);
	if (problem == NULL)
		problem = api_days_asked(call, DAYS_MAX, &subject->from_day, &subject->to_day);
	if (problem == NULL) {
		g_autofree char *from = iso_date(subject->from_day), *to = iso_date(subject->to_day - 1);
		subject->detail = g_strdup_printf("%s…%s", from, to);
	}
	return problem;
}

static json_t *time_or_null(gint64 at_ms, gint64 offset_min)
{
	g_autofree char *text = at_ms == 0 ? NULL : iso_time(at_ms, offset_min);
	return text == NULL ? json_null() : json_string(text);
}

static json_t *codes_json(const char *codes)
{
	json_t *list = json_array();
	g_auto(GStrv) parts = g_strsplit(codes == NULL ? "" : codes, " ", -1);
	for (char **part = parts; *part != NULL; part++)
		if (**part != '\0')
			json_array_append_new(list, json_string(*part));
	return list;
}

static json_t *reasons_of(const char *text)
{
	json_t *reasons = text == NULL ? NULL : json_loads(text, 0, NULL);
	if (json_is_array(reasons))
		return reasons;
	json_decref(reasons);
	return json_array();
}

static json_t *day_json(gint64 day, const Verdict *verdict, gint64 offset_min)
{
	g_autofree char *date = iso_date(day);
	json_t *out = json_object();
	json_object_set_new(out, "date", json_string(date));
	json_object_set_new(out, "state", json_string(verdict->state));
	json_object_set_new(out, "codes", codes_json(verdict->codes));
	json_object_set_new(out, "late_min", json_integer(verdict->late_min));
	json_object_set_new(out, "early_min", json_integer(verdict->early_min));
	json_object_set_new(out, "in", time_or_null(verdict->in_ms, offset_min));
	json_object_set_new(out, "out", time_or_null(verdict->out_ms, offset_min));
	json_object_set_new(out, "due_out", time_or_null(verdict->due_out_ms, offset_min));
	json_object_set_new(out, "deduction_bp", json_integer(verdict->deduction_bp));
	json_object_set_new(out, "pp94_min", json_integer(verdict->pp94_min));
	json_object_set_new(out, "pp94_days", json_integer(verdict->pp94_days));
	json_object_set_new(out, "conflict", json_boolean(verdict->conflict));
	json_object_set_new(out, "trial", json_boolean(verdict->trial));
	json_object_set_new(out, "punches", json_array());
	json_object_set_new(out, "reasons", reasons_of(verdict->reasons));
	return out;
}

static gboolean add_days(const Call *call, const DaySpan *span, json_t *items, GError **error)
{
	g_autoptr(VerdictCursor) cursor = verdicts_of_person(call->web->sql, call->subject.person,
														 span->from_day, span->to_day, error);
	if (cursor == NULL)
		return FALSE;
	Verdict verdict;
	SqlStep step;
	while ((step = verdicts_next(cursor, &verdict, error)) == SQL_ROW)
		json_array_append_new(items, day_json(verdict.day, &verdict, call->web->utc_offset_min));
	return step == SQL_DONE;
}

/* The judged day that a punch is shown with: its own local day. */
static json_t *day_of(json_t *items, const char *date)
{
	size_t i;
	json_t *item;
	json_array_foreach(items, i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, "date")), date) == 0)
			return item;
	}
	return NULL;
}

static gboolean add_punch(const Call *call, json_t *items, const Punch *punch, GError **error)
{
	gint64 offset_min = call->web->utc_offset_min;
	gint64 local_day = words_day(punch->at_ms, offset_min);
	g_autofree char *date = iso_date(local_day);
	json_t *day = day_of(items, date);
	if (day == NULL)
		return TRUE;
	g_autoptr(GError) inner = NULL;
	g_autofree char *place = places_name(call->web->sql, punch->place, local_day, &inner);
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	json_t *out = json_object();
	json_object_set_new(out, "at", time_or_null(punch->at_ms, offset_min));
	json_object_set_new(out, "terminal", json_string(punch->terminal.text));
	json_object_set_new(out, "place", place == NULL ? json_null() : json_string(place));
	json_object_set_new(out, "state", json_string(punch_state_text(punch->state)));
	json_array_append_new(json_object_get(day, "punches"), out);
	return TRUE;
}

static gboolean add_punches(const Call *call, const DaySpan *span, json_t *items, GError **error)
{
	gint64 offset_ms = call->web->utc_offset_min * MINUTE_MS;
	g_autoptr(PunchCursor) cursor =
		punches_of_person(call->web->sql, call->subject.person, span->from_day * DAY_MS - offset_ms,
						  span->to_day * DAY_MS - offset_ms, error);
	if (cursor == NULL)
		return FALSE;
	Punch punch;
	SqlStep step;
	while ((step = punches_next(cursor, &punch, error)) == SQL_ROW)
		if (!add_punch(call, items, &punch, error))
			return FALSE;
	return step == SQL_DONE;
}

Response *api_days(Call *call, GError **error)
{
	json_t *items = json_array();
	for (guint i = 0; i < call->days->len; i++) {
		const DaySpan *span = &g_array_index(call->days, DaySpan, i);
		if (!add_days(call, span, items, error) || !add_punches(call, span, items, error)) {
			json_decref(items);
			return NULL;
		}
	}
	return api_list(items, NULL);
}
