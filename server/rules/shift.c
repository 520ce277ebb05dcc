#include "server/rules/shift.h"

#include "server/rules/calendar.h"

static gboolean is_off(const DayPattern *day)
{
	return day->start_min == 0 && day->end_min == 0;
}

const char *shift_check_week(const WeekPattern *week)
{
	gboolean any = FALSE;
	if (week->grace_min < 0 || week->grace_min > 120 || week->flex_min < 0 || week->flex_min > 120)
		return "grace and flex are 0 to 120 minutes";
	for (int i = 0; i < 7; i++) {
		const DayPattern *day = &week->days[i];
		if (is_off(day))
			continue;
		any = TRUE;
		if (day->start_min < 0 || day->start_min >= 24 * 60)
			return "a shift begins within its day";
		if (day->end_min <= day->start_min || day->end_min > SHIFT_END_MAX ||
			day->end_min - day->start_min > 24 * 60)
			return "a shift ends after it begins, and by noon of the next day";
		if (day->break_min < 0 || day->break_min >= day->end_min - day->start_min)
			return "the break is shorter than the shift";
	}
	return any ? NULL : "a week has at least one working day";
}

gint64 shift_week_minutes(const WeekPattern *week)
{
	gint64 minutes = 0;
	for (int i = 0; i < 7; i++)
		minutes += week->days[i].end_min - week->days[i].start_min - week->days[i].break_min;
	return minutes;
}

int shift_week_days(const WeekPattern *week)
{
	int n = 0;
	for (int i = 0; i < 7; i++)
		n += !is_off(&week->days[i]);
	return n;
}

gboolean shift_of_day(const WeekPattern *week, gint64 day, gint64 utc_offset_min, Shift *out)
{
	const DayPattern *hours = &week->days[calendar_weekday(day)];
	if (is_off(hours))
		return FALSE;
	*out = (Shift){.day = day,
				   .start_ms = calendar_ms(day, hours->start_min, utc_offset_min),
				   .end_ms = calendar_ms(day, hours->end_min, utc_offset_min),
				   .grace_min = week->grace_min,
				   .flex_min = week->flex_min};
	return TRUE;
}

/* Down to the minute: borders are whole minutes. */
static gint64 middle(gint64 from_ms, gint64 to_ms)
{
	gint64 half = (to_ms - from_ms) / 2;
	return from_ms + half - half % MINUTE_MS;
}

void shift_window(const Shift *shift, const Shift *before, const Shift *after, const RuleSet *rules,
				  ShiftWindow *out)
{
	gint64 out_after = rules->out_after_min * MINUTE_MS;
	gint64 in_before = rules->in_before_min * MINUTE_MS;
	out->in_from_ms = shift->start_ms - in_before;
	out->in_to_ms = out->out_from_ms = middle(shift->start_ms, shift->end_ms);
	out->out_to_ms = shift->end_ms + out_after;
	if (before != NULL && before->end_ms + out_after > out->in_from_ms) {
		gint64 border = middle(before->end_ms, shift->start_ms);
		out->in_from_ms = MIN(MAX(out->in_from_ms, border), out->in_to_ms);
	}
	if (after != NULL && after->start_ms - in_before < out->out_to_ms) {
		gint64 border = middle(shift->end_ms, after->start_ms);
		out->out_to_ms = MAX(MIN(out->out_to_ms, border), out->out_from_ms);
	}
}

void shift_plan(DayPlan *plan, const Shift *shifts, gsize n)
{
	plan->n_shifts = 0;
	if (n == 0)
		return;
	gboolean swapped = n == 2 && shifts[1].start_ms < shifts[0].start_ms;
	plan->shifts[plan->n_shifts++] = shifts[swapped ? 1 : 0];
	if (n < 2)
		return;
	Shift *first = &plan->shifts[0];
	const Shift *second = &shifts[swapped ? 0 : 1];
	if (second->start_ms <= first->end_ms)
		first->end_ms = MAX(first->end_ms, second->end_ms);
	else
		plan->shifts[plan->n_shifts++] = *second;
}
