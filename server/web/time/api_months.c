/* /api/v1/months: where the units' months stand, what is in the way, what differs from locked ones; the steps. */
#include <string.h>

#include "server/store/month/month_close.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/words.h"

#define REASON_MAX 500
#define LINES_MAX 1000 /* of hindrances and of differences in one answer */

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

/* null: there is none yet. */
static json_t *hash_json(const guint8 hash[MONTH_HASH_SIZE], gboolean any)
{
	char hex[2 * MONTH_HASH_SIZE + 1];
	for (gsize i = 0; i < MONTH_HASH_SIZE; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return any ? json_string(hex) : json_null();
}

static json_t *time_json(const Call *call, gint64 at_ms)
{
	g_autofree char *text = iso_time(at_ms, call->web->utc_offset_min);
	return json_string(text);
}

static json_t *day_json(gint64 day)
{
	g_autofree char *text = iso_date(day);
	return json_string(text);
}

static json_t *row_json(const MonthRow *row, gint64 month_day, gint64 n_hindrances)
{
	char month[MONTH_TEXT];
	json_t *out = json_object();
	month_format(month_day, month);
	json_object_set_new(out, "unit", json_string(row->code));
	json_object_set_new(out, "name", json_string(row->name));
	json_object_set_new(out, "month", json_string(month));
	json_object_set_new(out, "state", json_string(month_state_text(row->state)));
	json_object_set_new(out, "seen", json_integer(row->n_steps));
	json_object_set_new(out, "n_people", json_integer(row->n_people));
	json_object_set_new(out, "n_days", json_integer(row->n_days));
	json_object_set_new(out, "n_differences", json_integer(row->n_differences));
	json_object_set_new(out, "n_hindrances", json_integer(n_hindrances));
	json_object_set_new(out, "hash", hash_json(row->hash, row->n_steps > 0));
	return out;
}

Response *api_months(Call *call, GError **error)
{
	static const char *const names[] = {"month", NULL};
	const char *text = call_query(call, "month");
	gint64 month_day = month_after(call->today, -1);
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	if (text != NULL && !month_parse(text, &month_day))
		return problem_field("month", "a month as 2025-03");
	g_autoptr(GPtrArray) rows = months_list(call->web->sql, 0, month_day, error);
	if (rows == NULL)
		return NULL;
	for (guint i = rows->len; i > 0; i--)
		if (!scope_has(call->scope, ((MonthRow *)rows->pdata[i - 1])->unit))
			g_ptr_array_remove_index(rows, i - 1);
	g_autofree gint64 *counts =
		month_hinders_count(call->web->sql, rows, month_day, call->web->utc_offset_min, error);
	if (counts == NULL)
		return NULL;
	json_t *items = json_array();
	for (guint i = 0; i < rows->len; i++)
		json_array_append_new(items, row_json(rows->pdata[i], month_day, counts[i]));
	return api_list(items, NULL);
}

/* ── One month ── */

Response *subject_unit_month(Call *call, GError **error)
{
	gint64 unit = 0;
	if (!month_parse(call->params[0], &call->subject.from_day))
		return problem_for(call, 404, NULL);
	if (!units_find(call->web->sql, call->params[1], FALSE, &unit, error))
		return NULL;
	if (unit == 0)
		return problem_for(call, 404, NULL);
	call->subject.unit = unit;
	call->subject.to_day = month_after(call->subject.from_day, 1);
	call->subject.detail = g_strdup(call->params[0]);
	return NULL;
}

/* (transfer full); NULL with `error` unset: the unit hands in no month of its own. */
static MonthRow *find_row(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) rows =
		months_list(call->web->sql, call->subject.unit, call->subject.from_day, error);
	for (guint i = 0; rows != NULL && i < rows->len; i++)
		if (((const MonthRow *)rows->pdata[i])->unit == call->subject.unit)
			return g_ptr_array_steal_index(rows, i);
	return NULL;
}

static json_t *steps_json(const Call *call, GError **error)
{
	g_autoptr(GPtrArray) steps =
		months_steps(call->web->sql, call->subject.unit, call->subject.from_day, error);
	if (steps == NULL)
		return NULL;
	json_t *out = json_array();
	for (guint i = 0; i < steps->len; i++) {
		const MonthStepRow *step = steps->pdata[i];
		json_t *one = json_object();
		json_object_set_new(one, "step", json_string(month_step_text(step->step)));
		json_object_set_new(one, "at", time_json(call, step->at_ms));
		json_object_set_new(one, "account", json_string(step->by));
		json_object_set_new(one, "reason", text_or_null(step->reason));
		json_object_set_new(one, "hash", hash_json(step->hash, TRUE));
		json_object_set_new(one, "audit_seq", json_integer(step->audit_seq));
		json_array_append_new(out, one);
	}
	return out;
}

static json_t *hindrances_json(const GArray *hindrances)
{
	json_t *out = json_array();
	for (guint i = 0; i < MIN(hindrances->len, LINES_MAX); i++) {
		const MonthHindrance *one = &g_array_index(hindrances, MonthHindrance, i);
		json_t *item = json_object();
		json_object_set_new(item, "what", json_string(month_hinder_text(one->kind)));
		json_object_set_new(item, "person",
							one->person != 0 ? json_integer(one->person) : json_null());
		json_object_set_new(item, "id", one->id != 0 ? json_integer(one->id) : json_null());
		json_object_set_new(item, "from", day_json(one->first_day));
		json_object_set_new(item, "n_days", json_integer(one->n_days));
		json_array_append_new(out, item);
	}
	return out;
}

static json_t *side_json(gboolean has, const MonthLine *line)
{
	if (!has)
		return json_null();
	json_t *out = json_object();
	json_object_set_new(out, "unit", json_string(line->unit));
	json_object_set_new(out, "codes", json_string(line->codes));
	json_object_set_new(out, "late_min", json_integer(line->late_min));
	json_object_set_new(out, "early_min", json_integer(line->early_min));
	json_object_set_new(out, "deduction_bp", json_integer(line->deduction_bp));
	return out;
}

static json_t *differences_json(const Call *call, GError **error)
{
	const MonthFilter filter = {.unit = call->subject.unit, .month_day = call->subject.from_day};
	MonthDifference one;
	SqlStep step = SQL_FAILED;
	g_autoptr(MonthDifferenceCursor) rows =
		month_differences_list(call->web->sql, &filter, FALSE, error);
	json_t *out = json_array();
	while (rows != NULL && json_array_size(out) < LINES_MAX &&
		   (step = month_differences_next(rows, &one, error)) == SQL_ROW) {
		char old[MONTH_TEXT];
		json_t *item = json_object();
		month_format(one.old_month_day, old);
		json_object_set_new(item, "old_month", json_string(old));
		json_object_set_new(item, "old_unit", json_string(one.old_unit_code));
		json_object_set_new(item, "person", json_integer(one.person));
		json_object_set_new(item, "date", day_json(one.day));
		json_object_set_new(item, "before", side_json(one.has_before, &one.before));
		json_object_set_new(item, "after", side_json(one.has_after, &one.after));
		json_array_append_new(out, item);
	}
	if (rows != NULL && step != SQL_FAILED)
		return out;
	json_decref(out);
	return NULL;
}

static Response *answer(const Call *call, const MonthRow *row, GError **error)
{
	gint64 deadline = 0, unit = call->subject.unit, month_day = call->subject.from_day;
	if (!month_deadline_of(call->web->sql, unit, month_day, &deadline, error))
		return NULL;
	g_autoptr(GArray) hindrances =
		month_hinders_list(call->web->sql, unit, month_day, call->web->utc_offset_min, error);
	if (hindrances == NULL)
		return NULL;
	json_t *steps = steps_json(call, error);
	json_t *differences = steps != NULL ? differences_json(call, error) : NULL;
	if (differences == NULL) {
		json_decref(steps);
		return NULL;
	}
	json_t *out = row_json(row, month_day, hindrances->len);
	json_object_set_new(out, "deadline", day_json(deadline));
	json_object_set_new(out, "steps", steps);
	json_object_set_new(out, "hindrances", hindrances_json(hindrances));
	json_object_set_new(out, "differences", differences);
	return call_json(200, out);
}

Response *api_month(Call *call, GError **error)
{
	GError *failed = NULL;
	g_autoptr(MonthRow) row = find_row(call, &failed);
	if (failed != NULL) {
		g_propagate_error(error, failed);
		return NULL;
	}
	return row != NULL ? answer(call, row, error) : problem_for(call, 404, NULL);
}

/* ── Steps ── */

/* The last segment of the route's pattern. */
static MonthStep step_of(const Call *call)
{
	MonthStep step = MONTH_SUBMIT;
	month_step_parse(strrchr(call->route->pattern, '/') + 1, &step);
	return step;
}

static Response *take(Call *call, const MonthOrder *order, GError **error)
{
	MonthOutcome outcome;
	if (!month_take_step(call->web->sql, order, &outcome, error))
		return NULL;
	if (outcome.overtaken)
		return problem_new(409, "somebody else has moved this month since it was read");
	if (outcome.refusal != MONTH_ALLOWED)
		return problem_new(409, month_refusal_text(outcome.refusal));
	return api_month(call, error);
}

Response *api_month_step(Call *call, GError **error)
{
	const json_t *seen = json_object_get(call->body, "seen");
	const json_t *said = json_object_get(call->body, "reason");
	const char *reason = json_string_value(said);
	if (!json_is_integer(seen) || json_integer_value(seen) < 0)
		return problem_field("seen", "how many steps there were when it was decided");
	if (said != NULL && !json_is_null(said) && reason == NULL)
		return problem_field("reason", "a text");
	if (reason != NULL && strlen(reason) > REASON_MAX)
		return problem_field("reason", "at most 500 bytes");
	const MonthOrder order = {.unit = call->subject.unit,
							  .month_day = call->subject.from_day,
							  .step = step_of(call),
							  .account = call->access->user->id,
							  .person = call->access->user->person,
							  .reason = reason,
							  .seen_steps = json_integer_value(seen),
							  .now_ms = call->request->now_ms,
							  .utc_offset_min = call->web->utc_offset_min};
	GError *failed = NULL;
	g_autoptr(MonthRow) row = find_row(call, &failed);
	if (failed != NULL) {
		g_propagate_error(error, failed);
		return NULL;
	}
	return row != NULL ? take(call, &order, error) : problem_for(call, 404, NULL);
}
