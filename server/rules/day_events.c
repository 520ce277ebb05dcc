#include "server/rules/day_private.h"

static const DayPunch *punch_within(const DayFacts *facts, gint64 from_ms, gint64 to_ms)
{
	for (gsize i = 0; i < facts->n_punches; i++)
		if (!facts->punches[i].waiting && facts->punches[i].at_ms >= from_ms &&
			facts->punches[i].at_ms < to_ms)
			return &facts->punches[i];
	return NULL;
}

static void attend(DayVerdict *verdict, const DayEvent *event, const DayPunch *punch)
{
	day_add_code(verdict, event->code);
	day_add_reason(verdict, (Reason){.kind = REASON_EVENT,
									 .code = event->code,
									 .name = event->name,
									 .document = event->letter,
									 .place = punch != NULL ? punch->place : NULL,
									 .event = punch != NULL ? punch->event : NULL,
									 .from_ms = punch != NULL ? punch->at_ms : 0});
}

static void miss(DayVerdict *verdict, const DayFacts *facts, const DayEvent *event)
{
	day_add_code(verdict, "TAPG");
	day_add_reason(verdict, (Reason){.kind = REASON_NO_EVENT,
									 .code = "TAPG",
									 .name = event->name,
									 .document = event->letter,
									 .from_ms = event->by_list ? 0 : event->from_ms,
									 .to_ms = event->by_list ? 0 : event->to_ms});
	if (!day_is_trial(facts))
		verdict->pp94_min += facts->rules.event_min;
	day_deduct_code(verdict, facts, "TAPG");
}

/* By a list once there is one; by punches once the time is over and the terminals' data is there. */
static void judge_event(DayVerdict *verdict, const DayFacts *facts, const DayEvent *event)
{
	if (event->by_list) {
		if (event->listed)
			attend(verdict, event, NULL);
		else if (event->has_list)
			miss(verdict, facts, event);
		return;
	}
	const DayPunch *punch = punch_within(facts, event->from_ms, event->to_ms);
	if (punch != NULL)
		attend(verdict, event, punch);
	else if (event->to_ms <= facts->now_ms && event->data.state == DATA_COMPLETE && facts->enrolled)
		miss(verdict, facts, event);
	else if (verdict->state == DAY_RUNNING && event->to_ms > facts->now_ms)
		verdict->due_ms = MIN(verdict->due_ms, event->to_ms); /* its end comes before the day's */
}

void day_judge_events(DayVerdict *verdict, const DayFacts *facts)
{
	if (leave_over(facts->leaves, facts->n_leaves, SLOT_IN) != NULL)
		return;
	for (gsize i = 0; i < facts->n_events; i++)
		judge_event(verdict, facts, &facts->events[i]);
}
