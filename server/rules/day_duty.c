#include "server/rules/day_private.h"

#include "server/rules/calendar.h"

static void add_presence(DayVerdict *verdict, const DayPlan *plan, const Shift *shift,
						 const DayChoice *choice, const DayMinutes *minutes)
{
	gint64 in_ms = choice->in != NULL ? choice->in->at_ms : 0;
	if (choice->in != NULL || choice->out != NULL)
		day_add_reason(verdict,
					   (Reason){.kind = REASON_PRESENT,
								.from_ms = in_ms,
								.to_ms = choice->out != NULL ? choice->out->at_ms : 0,
								.place = choice->in != NULL ? choice->in->place : NULL,
								.place_out = choice->out != NULL ? choice->out->place : NULL,
								.document = choice->in != NULL ? choice->in->letter : NULL,
								.document_out = choice->out != NULL ? choice->out->letter : NULL,
								.event = choice->in != NULL ? choice->in->event : NULL,
								.event_out = choice->out != NULL ? choice->out->event : NULL});
	if (minutes->make_up > 0)
		day_add_reason(verdict, (Reason){.kind = REASON_FLEX,
										 .minutes = minutes->make_up,
										 .from_ms = in_ms,
										 .to_ms = shift->end_ms + minutes->make_up * MINUTE_MS});
	day_add_reason(verdict, (Reason){.kind = REASON_SCHEDULE,
									 .name = plan->name,
									 .document = plan->document,
									 .from_ms = shift->start_ms,
									 .to_ms = shift->end_ms,
									 .day = plan->from_day});
}

/* The two slots of shift `i`, decided but not yet written into the verdict. */
static void decide_shift(const DayFacts *facts, const DayPlan *plan, gsize i, Slot slots[2],
						 DayVerdict *verdict)
{
	static const char *const late[] = {"TL1", "TL2", "TL3", "TL4"};
	static const char *const early[] = {"PSW1", "PSW2", "PSW3", "PSW4"};
	const Shift *shift = &plan->shifts[i];
	ShiftNeeds needs = {0};
	day_find_choice(facts, plan, i, &needs);
	DayMinutes minutes = day_count_minutes(shift, &facts->rules, &needs.choice);
	slots[0] = (Slot){.slot = SLOT_IN,
					  .punch = needs.choice.in,
					  .waiting = needs.choice.waiting_in,
					  .data = &facts->data[i].in,
					  .from_ms = needs.window.in_from_ms,
					  .to_ms = needs.window.in_to_ms,
					  .minutes = minutes.late,
					  .bands = late,
					  .nothing = "TAM"};
	slots[1] = (Slot){.slot = SLOT_OUT,
					  .punch = needs.choice.out,
					  .waiting = needs.choice.waiting_out,
					  .data = &facts->data[i].out,
					  .from_ms = needs.window.out_from_ms,
					  .to_ms = needs.window.out_to_ms,
					  .minutes = minutes.early,
					  .unmade = minutes.unmade,
					  .bands = early,
					  .nothing = "TAP"};
	for (int s = 0; s < 2; s++) {
		slots[s].leave = leave_over(facts->leaves, facts->n_leaves, slots[s].slot);
		slots[s].state = day_decide_slot(&slots[s], facts);
	}
	/* Settled by the leaving, counted with the arrival. */
	if (slots[1].state == SLOT_PUNCHED)
		slots[0].minutes += minutes.unmade;
	if (slots[1].state != SLOT_EXCUSED)
		verdict->due_out_ms = shift->end_ms + minutes.make_up * MINUTE_MS;
	if (verdict->in_ms == 0 && needs.choice.in != NULL)
		verdict->in_ms = needs.choice.in->at_ms;
	if (needs.choice.out != NULL)
		verdict->out_ms = needs.choice.out->at_ms;
	add_presence(verdict, plan, shift, &needs.choice, &minutes);
}

void day_judge_duty(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	Slot slots[2 * DAY_SHIFTS_MAX] = {0};
	gsize n_slots = 2 * plan->n_shifts, n_nothing = 0;
	for (gsize i = 0; i < plan->n_shifts; i++)
		decide_shift(facts, plan, i, &slots[2 * i], verdict);
	for (gsize i = 0; i < n_slots; i++)
		n_nothing += slots[i].state == SLOT_NOTHING;
	day_find_two_places(verdict, facts);
	if (n_nothing == n_slots) {
		day_add_code(verdict, "TK");
		day_add_reason(verdict, (Reason){.kind = REASON_ABSENT,
										 .code = "TK",
										 .from_ms = slots[0].from_ms,
										 .to_ms = slots[n_slots - 1].to_ms});
		verdict->pp94_days = day_is_trial(facts) ? 0 : 1;
		day_deduct_code(verdict, facts, "TK");
		return;
	}
	for (gsize i = 0; i < n_slots; i++)
		day_judge_slot(verdict, &slots[i], facts);
	if (verdict->n_codes == 0)
		day_add_code(verdict, "H");
	day_judge_events(verdict, facts);
}
