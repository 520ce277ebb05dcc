#include "server/store/month/month_close.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/system/audit_log.h"
#include "server/store/time/holidays.h"
#include "server/store/time/schedules.h"

/* ── Until when ── */

typedef struct {
	Sql *sql;
	gint64 unit;
	GError *error;
} Calendar;

/* After an error every day is a working day. */
static gboolean is_holiday(gint64 day, gpointer user)
{
	Calendar *calendar = user;
	g_autofree char *name = NULL, *kind = NULL;
	return calendar->error == NULL &&
		   holidays_on(calendar->sql, calendar->unit, day, &name, &kind, &calendar->error) &&
		   name != NULL;
}

gboolean month_deadline_of(Sql *sql, gint64 unit, gint64 month_day, gint64 *day, GError **error)
{
	RuleSet rules;
	Calendar calendar = {.sql = sql, .unit = unit};
	if (!schedules_rules_on(sql, month_after(month_day, 1), &rules, error))
		return FALSE;
	*day = month_deadline(month_day, rules.submit_day, is_holiday, &calendar);
	if (calendar.error == NULL)
		return TRUE;
	g_propagate_error(error, calendar.error);
	return FALSE;
}

/* ── What the step is judged by ── */

/* A Plh before a Plt before the definitive one. */
static gboolean head_of(Sql *sql, gint64 unit, gint64 today, gint64 *head, GError **error)
{
	return sql_get_int(sql, head, 0, error,
					   "SELECT h.person FROM unit_head h WHERE h.unit=$1 AND" NOW_ON(
						   "h", "$2") "ORDER BY h.mode DESC LIMIT 1",
					   "ii", unit, today);
}

/* Does anything of these days wait to be judged? */
static gboolean is_judged(Sql *sql, gint64 from_day, gint64 to_day, gboolean *judged,
						  GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT (SELECT count(*) FROM (SELECT 1 FROM day_mark WHERE day>=$1 AND day<$2"
					 " LIMIT 1) AS one) + (SELECT count(*) FROM (SELECT 1 FROM person_mark"
					 " WHERE from_day<$2 AND to_day>$1 LIMIT 1) AS other)",
					 "ii", from_day, to_day))
		return FALSE;
	*judged = n == 0;
	return TRUE;
}

/* Who did what since it was last open, and what was signed; `signed_row` borrowed from `steps`. */
static void read_steps(const GPtrArray *steps, MonthFacts *facts, const MonthStepRow **signed_row)
{
	*signed_row = NULL;
	for (guint i = 0; i < steps->len; i++) {
		const MonthStepRow *row = steps->pdata[i];
		if (row->step == MONTH_SUBMIT) {
			facts->submitted_by = row->person;
		} else if (row->step == MONTH_SIGN) {
			facts->signed_by = row->person;
			*signed_row = row;
		} else if (row->step == MONTH_REOPEN) {
			facts->submitted_by = facts->signed_by = 0;
			*signed_row = NULL;
		}
	}
}

static gboolean read_facts(Sql *sql, const MonthOrder *order, const GPtrArray *steps,
						   MonthFacts *facts, const MonthStepRow **signed_row, MonthOutcome *out,
						   GError **error)
{
	gint64 today = calendar_day(order->now_ms, order->utc_offset_min);
	gint64 end_day = month_after(order->month_day, 1);
	*facts = (MonthFacts){.person = order->person,
						  .over = today >= end_day,
						  .has_reason = order->reason != NULL && *order->reason != '\0'};
	read_steps(steps, facts, signed_row);
	return months_state(sql, order->unit, order->month_day, &facts->state, error) &&
		   head_of(sql, order->unit, today, &facts->head, error) &&
		   is_judged(sql, order->month_day, end_day, &facts->judged, error) &&
		   month_deadline_of(sql, order->unit, order->month_day, &out->deadline_day, error);
}

/* What the step fixes; a lock keeps it at once, to be undone when it is refused. */
static gboolean read_contents(Sql *sql, const MonthOrder *order, MonthFacts *facts,
							  const MonthStepRow *signed_row, MonthOutcome *out, GError **error)
{
	g_autoptr(GArray) hindrances = NULL;
	GArray **asked = order->step == MONTH_SUBMIT ? &hindrances : NULL;
	gboolean done =
		order->step == MONTH_LOCK
			? month_contents_freeze(sql, order->unit, order->month_day, &out->contents, error)
			: month_contents_read(sql, order->unit, order->month_day, order->utc_offset_min,
								  &out->contents, asked, error);
	if (!done)
		return FALSE;
	if (hindrances != NULL)
		out->n_hindrances = facts->n_hindrances = hindrances->len;
	facts->changed =
		signed_row != NULL && memcmp(signed_row->hash, out->contents.hash, MONTH_HASH_SIZE) != 0;
	return TRUE;
}

/* What was said of the contents last. */
static void keep_contents(const GPtrArray *steps, MonthOutcome *out)
{
	const MonthStepRow *last = steps->pdata[steps->len - 1];
	out->contents = (MonthContents){
		.n_people = last->n_people, .n_days = last->n_days, .n_differences = last->n_differences};
	memcpy(out->contents.hash, last->hash, MONTH_HASH_SIZE);
}

/* First by what is known at once: a large unit's contents take their time. */
static gboolean judge_step_of(Sql *sql, const MonthOrder *order, const GPtrArray *steps,
							  MonthState *next, MonthOutcome *out, GError **error)
{
	MonthFacts facts;
	const MonthStepRow *signed_row;
	if (!read_facts(sql, order, steps, &facts, &signed_row, out, error))
		return FALSE;
	out->state = facts.state;
	facts.changed = order->step == MONTH_SIGN;
	out->refusal = month_may(order->step, &facts, next);
	if (out->refusal != MONTH_ALLOWED)
		return TRUE;
	if (order->step == MONTH_PAY || order->step == MONTH_REOPEN) {
		keep_contents(steps, out);
		return TRUE;
	}
	if (!read_contents(sql, order, &facts, signed_row, out, error))
		return FALSE;
	out->refusal = month_may(order->step, &facts, next);
	return TRUE;
}

/* ── The step ── */

static gboolean move(Sql *sql, const MonthOrder *order, gint64 n_steps, MonthState next,
					 MonthOutcome *out, GError **error)
{
	gboolean done = FALSE;
	MonthStepRow row = {.step = order->step,
						.account = order->account,
						.person = order->person,
						.reason = (char *)order->reason,
						.at_ms = order->now_ms,
						.deadline_day = out->deadline_day,
						.n_hindrances = out->n_hindrances,
						.n_people = out->contents.n_people,
						.n_days = out->contents.n_days,
						.n_differences = out->contents.n_differences};
	memcpy(row.hash, out->contents.hash, MONTH_HASH_SIZE);
	if (!audit_log_head(sql, &row.audit_seq, row.audit_hash, error) ||
		!months_move(sql, order->unit, order->month_day, n_steps, next, &row, &done, error))
		return FALSE;
	out->overtaken = !done;
	if (done)
		out->state = next;
	return TRUE;
}

gboolean month_take_step(Sql *sql, const MonthOrder *order, MonthOutcome *out, GError **error)
{
	MonthState next = MONTH_OPEN;
	*out = (MonthOutcome){0};
	if (!months_take_turn(sql, order->step == MONTH_LOCK, error))
		return FALSE;
	g_autoptr(GPtrArray) steps = months_steps(sql, order->unit, order->month_day, error);
	if (steps == NULL || !months_state(sql, order->unit, order->month_day, &out->state, error))
		return FALSE;
	out->overtaken = order->seen_steps >= 0 && order->seen_steps != steps->len;
	if (out->overtaken)
		return TRUE;
	if (!judge_step_of(sql, order, steps, &next, out, error))
		return FALSE;
	out->late = order->step == MONTH_SUBMIT &&
				calendar_day(order->now_ms, order->utc_offset_min) > out->deadline_day;
	return out->refusal != MONTH_ALLOWED || move(sql, order, steps->len, next, out, error);
}
