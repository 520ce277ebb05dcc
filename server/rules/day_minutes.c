#include "server/rules/day_private.h"

#include "server/rules/calendar.h"

/* Whole minutes from `from_ms` to `to_ms`, seconds of both floored; 0 when it is not later. */
static gint64 minutes_after(gint64 from_ms, gint64 to_ms)
{
	gint64 minutes = to_ms / MINUTE_MS - from_ms / MINUTE_MS;
	return MAX(minutes, 0);
}

/* Later than the flexible time: all of it is late, or only what exceeds it (a choice of BKD). */
static void count_late(const Shift *shift, const RuleSet *rules, gint64 late, DayMinutes *minutes)
{
	if (late <= shift->grace_min)
		return;
	if (late <= shift->flex_min) {
		minutes->make_up = late;
	} else if (rules->flex_excess && shift->flex_min > 0) {
		minutes->make_up = shift->flex_min;
		minutes->late = late - shift->flex_min;
	} else {
		minutes->late = late;
	}
}

DayMinutes day_count_minutes(const Shift *shift, const RuleSet *rules, const DayChoice *choice)
{
	DayMinutes minutes = {0};
	if (choice->in != NULL)
		count_late(shift, rules, minutes_after(shift->start_ms, choice->in->at_ms), &minutes);
	if (choice->out == NULL)
		return minutes;
	minutes.early = minutes_after(choice->out->at_ms, shift->end_ms + minutes.make_up * MINUTE_MS);
	if (rules->flex_unmade_late) {
		minutes.unmade = MIN(minutes.early, minutes.make_up);
		minutes.early -= minutes.unmade;
	}
	return minutes;
}

/* ── What has to be known ── */

static void need_spans(const DayFacts *facts, const DayMinutes *minutes, ShiftNeeds *out)
{
	const DayChoice *choice = &out->choice;
	const ShiftWindow *window = &out->window;
	if (leave_over(facts->leaves, facts->n_leaves, SLOT_IN) == NULL) {
		if (choice->in == NULL && window->in_to_ms <= facts->now_ms) {
			out->in_from_ms = window->in_from_ms;
			out->in_to_ms = window->in_to_ms;
		} else if (choice->in != NULL && minutes->late > 0) {
			out->in_from_ms = window->in_from_ms;
			out->in_to_ms = choice->in->at_ms;
		}
	}
	if (leave_over(facts->leaves, facts->n_leaves, SLOT_OUT) == NULL &&
		window->out_to_ms <= facts->now_ms) {
		if (choice->out == NULL) {
			out->out_from_ms = window->out_from_ms;
			out->out_to_ms = window->out_to_ms;
		} else if (minutes->early + minutes->unmade > 0) {
			out->out_from_ms = choice->out->at_ms;
			out->out_to_ms = window->out_to_ms;
		}
	}
}

void day_find_choice(const DayFacts *facts, const DayPlan *plan, gsize i, ShiftNeeds *out)
{
	const Shift *before = i > 0 ? &plan->shifts[i - 1] : facts->has_before ? &facts->before : NULL;
	const Shift *after = i + 1 < plan->n_shifts ? &plan->shifts[i + 1]
						 : facts->has_after     ? &facts->after
												: NULL;
	shift_window(&plan->shifts[i], before, after, &facts->rules, &out->window);
	punch_choose(facts->punches, facts->n_punches, &out->window, &facts->rules, &out->choice);
}

void day_needs(const DayFacts *facts, DayNeeds *out)
{
	DayPlan plan;
	*out = (DayNeeds){0};
	if (day_classify(facts, &plan) != KIND_DUTY)
		return;
	out->n_shifts = plan.n_shifts;
	for (gsize i = 0; i < plan.n_shifts; i++) {
		day_find_choice(facts, &plan, i, &out->shifts[i]);
		DayMinutes minutes =
			day_count_minutes(&plan.shifts[i], &facts->rules, &out->shifts[i].choice);
		need_spans(facts, &minutes, &out->shifts[i]);
	}
}
