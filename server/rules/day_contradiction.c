#include "server/rules/day_private.h"

#include "server/rules/calendar.h"

/* Two punches of the day at two places, with too little time between them. */
void day_find_two_places(DayVerdict *verdict, const DayFacts *facts)
{
	gint64 gap_ms = facts->rules.travel_min * MINUTE_MS;
	const DayPunch *before = NULL;
	for (gsize i = 0; i < facts->n_punches; i++) {
		const DayPunch *punch = &facts->punches[i];
		if (punch->waiting || calendar_day(punch->at_ms, facts->utc_offset_min) != facts->day)
			continue;
		if (before != NULL && before->place_id != punch->place_id &&
			punch->at_ms - before->at_ms < gap_ms) {
			day_add_reason(verdict, (Reason){.kind = REASON_TWO_PLACES,
											 .from_ms = before->at_ms,
											 .to_ms = punch->at_ms,
											 .place = before->place,
											 .place_out = punch->place,
											 .event = before->event,
											 .event_out = punch->event});
			return;
		}
		before = punch;
	}
}

const DayPunch *day_contradicting_punch(const DayFacts *facts, const DayPlan *plan,
										const DayLeave *leave)
{
	ShiftNeeds needs = {0};
	if (leave->duty && !leave->away)
		return NULL;
	day_find_choice(facts, plan, 0, &needs);
	const DayPunch *punch = needs.choice.in != NULL ? needs.choice.in : needs.choice.out;
	return punch != NULL && (!leave->away || punch->at_duty) ? punch : NULL;
}
