#include "server/rules/day_private.h"

#include "server/rules/calendar.h"

/* What the day asks for. FALSE: nobody has said. */
static gboolean plan_of(const DayFacts *facts, DayPlan *plan)
{
	Shift shift;
	if (facts->has_plan) {
		*plan = facts->plan;
		return TRUE;
	}
	*plan = (DayPlan){.name = facts->pattern_name, .from_day = facts->pattern_from_day};
	if (!facts->has_pattern)
		return FALSE;
	if (shift_of_day(&facts->pattern, facts->day, facts->utc_offset_min, &shift))
		shift_plan(plan, &shift, 1);
	return TRUE;
}

DayKind day_classify(const DayFacts *facts, DayPlan *plan)
{
	if (!facts->employed || facts->unit == 0 || facts->day < facts->start_day ||
		facts->day > calendar_day(facts->now_ms, facts->utc_offset_min))
		return KIND_NONE;
	if (facts->status_code != NULL)
		return KIND_STATUS;
	if (!plan_of(facts, plan))
		return KIND_NO_SCHEDULE;
	if (facts->holiday != NULL && !plan->over_holiday)
		return KIND_HOLIDAY;
	if (plan->n_shifts == 0)
		return KIND_OFF;
	if (leave_over(facts->leaves, facts->n_leaves, SLOT_DAY) != NULL)
		return KIND_LEAVE;
	return KIND_DUTY;
}
