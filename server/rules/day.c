#include "server/rules/day.h"

#include <string.h>

#include "server/rules/calendar.h"

/* ── What kind of day it is ── */

typedef enum {
	KIND_NONE,
	KIND_STATUS,
	KIND_NO_SCHEDULE,
	KIND_HOLIDAY,
	KIND_OFF,
	KIND_LEAVE,
	KIND_DUTY
} Kind;

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

/* The order of domain §9, points 1 to 4. */
static Kind classify(const DayFacts *facts, DayPlan *plan)
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

/* ── Minutes ── */

typedef struct {
	gint64 late, early; /* minutes */
	gint64 make_up;     /* minutes of flexible time to be worked after the end */
	gint64 unmade;      /* of these not worked, when they are to count as late */
} Minutes;

/* Whole minutes from `from_ms` to `to_ms`, seconds of both floored; 0 when it is not later. */
static gint64 minutes_after(gint64 from_ms, gint64 to_ms)
{
	gint64 minutes = to_ms / MINUTE_MS - from_ms / MINUTE_MS;
	return MAX(minutes, 0);
}

/* Later than the flexible time: all of it is late, or only what exceeds it (a choice of BKD). */
static void count_late(const Shift *shift, const RuleSet *rules, gint64 late, Minutes *minutes)
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

static Minutes count_minutes(const Shift *shift, const RuleSet *rules, const DayChoice *choice)
{
	Minutes minutes = {0};
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

static void need_spans(const DayFacts *facts, const Minutes *minutes, ShiftNeeds *out)
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

/* Of the plan's shift `i`: its neighbours are the other one of the day, or those of the days around. */
static void find_choice(const DayFacts *facts, const DayPlan *plan, gsize i, ShiftNeeds *out)
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
	if (classify(facts, &plan) != KIND_DUTY)
		return;
	out->n_shifts = plan.n_shifts;
	for (gsize i = 0; i < plan.n_shifts; i++) {
		find_choice(facts, &plan, i, &out->shifts[i]);
		Minutes minutes = count_minutes(&plan.shifts[i], &facts->rules, &out->shifts[i].choice);
		need_spans(facts, &minutes, &out->shifts[i]);
	}
}

/* ── Putting a verdict together ── */

const char *day_state_text(DayState state)
{
	switch (state) {
	case DAY_RUNNING:
		return "running";
	case DAY_WAITING:
		return "waiting";
	case DAY_FINAL:
		return "final";
	case DAY_NONE:
	default:
		return "none";
	}
}

static void add_code(DayVerdict *verdict, const char *code)
{
	for (gsize i = 0; i < verdict->n_codes; i++)
		if (strcmp(verdict->codes[i], code) == 0)
			return;
	g_assert(verdict->n_codes < DAY_CODES_MAX);
	g_strlcpy(verdict->codes[verdict->n_codes++], code, DAY_CODE_SIZE);
}

static void add_reason(DayVerdict *verdict, Reason reason)
{
	g_assert(verdict->n_reasons < DAY_REASONS_MAX);
	verdict->reasons[verdict->n_reasons++] = reason;
	verdict->conflict |= reason.kind == REASON_CONFLICT || reason.kind == REASON_TWO_PLACES;
}

/* The stronger of two: a day still running is not final, whatever else waits. */
static void move_state(DayVerdict *verdict, DayState state)
{
	if (verdict->state == DAY_FINAL || (verdict->state == DAY_WAITING && state == DAY_RUNNING))
		verdict->state = state;
}

/* TL1 … TL4, PSW1 … PSW4. */
static const char *band_code(const char *const codes[4], gint64 minutes, const RuleSet *rules)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules->bands_min); i++)
		if (minutes <= rules->bands_min[i])
			return codes[i];
	return codes[3];
}

/* ── What it costs, and what the year's account gets ── */

/* Uji coba: nothing is deducted, nothing accumulates. */
static gboolean is_trial(const DayFacts *facts)
{
	return facts->day < facts->live_day;
}

/* A line of the deductions, with what it stands on. */
static void deduct(DayVerdict *verdict, const DayFacts *facts, const DeductionRow *row,
				   const char *code, gint64 minutes)
{
	if (row == NULL || row->percent_bp == 0 || is_trial(facts))
		return;
	verdict->deduction_bp += row->percent_bp;
	add_reason(verdict, (Reason){.kind = REASON_DEDUCTION,
								 .code = code,
								 .name = facts->deductions->code,
								 .document = row->source,
								 .minutes = minutes,
								 .percent_bp = row->percent_bp});
}

static void deduct_code(DayVerdict *verdict, const DayFacts *facts, const char *code)
{
	if (facts->deductions != NULL)
		deduct(verdict, facts, deduction_for_code(facts->deductions, code), code, 0);
}

/* Minutes late, early, or of a missing punch: two independent accounts. */
static void account(DayVerdict *verdict, const DayFacts *facts, const DeductionRow *row,
					const char *code, gint64 minutes)
{
	if (!is_trial(facts) && (row == NULL || row->percent_bp == 0 || facts->rules.pp94_deducted))
		verdict->pp94_min += (gint32)minutes;
	deduct(verdict, facts, row, code, minutes);
}

static void cap_deduction(DayVerdict *verdict)
{
	if (verdict->deduction_bp <= DEDUCTION_CAP_BP)
		return;
	verdict->deduction_bp = DEDUCTION_CAP_BP;
	add_reason(verdict, (Reason){.kind = REASON_CAPPED, .percent_bp = DEDUCTION_CAP_BP});
}

/* ── One slot ── */

typedef enum {
	SLOT_PUNCHED,
	SLOT_EXCUSED, /* leave over the slot */
	SLOT_WAITING, /* a claim not yet verified */
	SLOT_NOT_YET, /* its time has not passed */
	SLOT_OUTAGE,  /* accepted */
	SLOT_NOT_ENROLLED,
	SLOT_DATA_MISSING,
	SLOT_NOTHING,
} SlotState;

typedef struct {
	DaySlot slot;
	const DayPunch *punch, *waiting;
	const DayLeave *leave;
	const SlotData *data;
	gint64 from_ms, to_ms; /* the window */
	gint64 minutes;        /* late or early by the punch there is */
	gint64 unmade;         /* flexible minutes that a later leaving would still make up */
	const char *const *bands;
	const char *nothing; /* TAM, TAP */
	SlotState state;
} Slot;

/* Would the waiting punch be better than the one that counts? */
static gboolean waiting_helps(const Slot *slot)
{
	if (slot->waiting == NULL)
		return FALSE;
	if (slot->punch == NULL)
		return TRUE;
	return slot->slot == SLOT_IN ? slot->waiting->at_ms < slot->punch->at_ms
								 : slot->waiting->at_ms > slot->punch->at_ms;
}

static SlotState slot_of_missing_data(const Slot *slot, gboolean enrolled)
{
	switch (slot->data->state) {
	case DATA_OUTAGE_ACCEPTED:
		return SLOT_OUTAGE;
	case DATA_OUTAGE_DECLARED:
	case DATA_GAP:
		return slot->punch == NULL && !enrolled ? SLOT_NOT_ENROLLED : SLOT_DATA_MISSING;
	case DATA_NO_TERMINAL:
		if (slot->punch != NULL)
			return SLOT_PUNCHED;
		return enrolled ? SLOT_DATA_MISSING : SLOT_NOT_ENROLLED;
	case DATA_COMPLETE:
	default:
		if (slot->punch != NULL)
			return SLOT_PUNCHED;
		return enrolled ? SLOT_NOTHING : SLOT_NOT_ENROLLED;
	}
}

static SlotState decide_slot(const Slot *slot, const DayFacts *facts)
{
	if (slot->punch != NULL && slot->minutes == 0 && slot->unmade == 0)
		return SLOT_PUNCHED;
	if (slot->leave != NULL)
		return SLOT_EXCUSED;
	if (waiting_helps(slot))
		return SLOT_WAITING;
	/* Who came late can not come earlier any more; who left may come back. */
	if (slot->to_ms > facts->now_ms && (slot->punch == NULL || slot->slot == SLOT_OUT))
		return SLOT_NOT_YET;
	return slot_of_missing_data(slot, facts->enrolled);
}

static Reason slot_reason(const Slot *slot, ReasonKind kind, const char *code)
{
	return (Reason){.kind = kind,
					.slot = slot->slot,
					.code = code,
					.from_ms = slot->from_ms,
					.to_ms = slot->to_ms};
}

static void judge_punch(DayVerdict *verdict, const Slot *slot, const DayFacts *facts)
{
	if (slot->minutes == 0)
		return;
	const char *code = band_code(slot->bands, slot->minutes, &facts->rules);
	Reason reason = slot_reason(slot, slot->slot == SLOT_IN ? REASON_LATE : REASON_EARLY, code);
	reason.minutes = slot->minutes;
	reason.from_ms = slot->punch->at_ms;
	reason.to_ms = 0;
	add_code(verdict, code);
	add_reason(verdict, reason);
	*(slot->slot == SLOT_IN ? &verdict->late_min : &verdict->early_min) += (gint32)slot->minutes;
	const DeductionRow *row =
		facts->deductions != NULL
			? deduction_for_minutes(facts->deductions, slot->slot, slot->minutes)
			: NULL;
	account(verdict, facts, row, code, slot->minutes);
}

static void judge_nothing(DayVerdict *verdict, const Slot *slot, const DayFacts *facts)
{
	add_code(verdict, slot->nothing);
	add_reason(verdict, slot_reason(slot, slot->slot == SLOT_IN ? REASON_NO_IN : REASON_NO_OUT,
									slot->nothing));
	const DeductionRow *row =
		facts->deductions != NULL ? deduction_for_nothing(facts->deductions, slot->slot) : NULL;
	account(verdict, facts, row, slot->nothing, facts->rules.missing_min);
}

static void judge_missing_data(DayVerdict *verdict, const Slot *slot)
{
	ReasonKind kind = slot->data->state == DATA_NO_TERMINAL       ? REASON_NO_TERMINAL
					  : slot->data->state == DATA_OUTAGE_DECLARED ? REASON_OUTAGE_DECLARED
																  : REASON_GAP;
	Reason reason = slot_reason(slot, kind, "BL");
	reason.terminal = slot->data->terminal;
	reason.place = slot->data->place;
	reason.document = slot->data->document;
	reason.from_ms = slot->data->from_ms;
	reason.to_ms = slot->data->to_ms;
	add_code(verdict, "BL");
	add_reason(verdict, reason);
	move_state(verdict, DAY_WAITING);
}

/* Of a slot that no punch decides. */
static void judge_empty(DayVerdict *verdict, const Slot *slot)
{
	static const struct {
		ReasonKind kind;
		const char *code;
		DayState state;
	} table[] = {
		[SLOT_WAITING] = {REASON_WAITING, "MV", DAY_WAITING},
		[SLOT_NOT_YET] = {REASON_NOT_YET, "BW", DAY_RUNNING},
		[SLOT_OUTAGE] = {REASON_OUTAGE, "AT", DAY_FINAL},
		[SLOT_NOT_ENROLLED] = {REASON_NOT_ENROLLED, "BT", DAY_WAITING},
	};
	Reason reason = slot_reason(slot, table[slot->state].kind, table[slot->state].code);
	if (slot->state == SLOT_WAITING) {
		reason.from_ms = slot->waiting->at_ms;
		reason.place = slot->waiting->place;
		reason.event = slot->waiting->event;
	} else if (slot->state == SLOT_OUTAGE) {
		reason.place = slot->data->place;
		reason.document = slot->data->document;
	}
	if (slot->state == SLOT_NOT_YET && (verdict->due_ms == 0 || slot->to_ms < verdict->due_ms))
		verdict->due_ms = slot->to_ms;
	add_code(verdict, table[slot->state].code);
	add_reason(verdict, reason);
	move_state(verdict, table[slot->state].state);
}

static void add_leave(DayVerdict *verdict, const DayFacts *facts, const DayLeave *leave, int slot)
{
	add_code(verdict, leave->code);
	add_reason(verdict, (Reason){.kind = REASON_LEAVE,
								 .slot = slot,
								 .code = leave->code,
								 .name = leave->name,
								 .document = leave->letter});
	deduct_code(verdict, facts, leave->code);
}

static void judge_slot(DayVerdict *verdict, const Slot *slot, const DayFacts *facts)
{
	switch (slot->state) {
	case SLOT_PUNCHED:
		judge_punch(verdict, slot, facts);
		break;
	case SLOT_EXCUSED:
		add_leave(verdict, facts, slot->leave, slot->slot);
		break;
	case SLOT_DATA_MISSING:
		judge_missing_data(verdict, slot);
		break;
	case SLOT_NOTHING:
		judge_nothing(verdict, slot, facts);
		break;
	case SLOT_WAITING:
	case SLOT_NOT_YET:
	case SLOT_OUTAGE:
	case SLOT_NOT_ENROLLED:
	default:
		judge_empty(verdict, slot);
		break;
	}
}

/* ── A day of duty ── */

static void add_presence(DayVerdict *verdict, const DayPlan *plan, const Shift *shift,
						 const DayChoice *choice, const Minutes *minutes)
{
	if (choice->in != NULL || choice->out != NULL)
		add_reason(verdict,
				   (Reason){.kind = REASON_PRESENT,
							.from_ms = choice->in != NULL ? choice->in->at_ms : 0,
							.to_ms = choice->out != NULL ? choice->out->at_ms : 0,
							.place = choice->in != NULL ? choice->in->place : NULL,
							.place_out = choice->out != NULL ? choice->out->place : NULL,
							.document = choice->in != NULL ? choice->in->letter : NULL,
							.document_out = choice->out != NULL ? choice->out->letter : NULL,
							.event = choice->in != NULL ? choice->in->event : NULL,
							.event_out = choice->out != NULL ? choice->out->event : NULL});
	if (minutes->make_up > 0)
		add_reason(verdict, (Reason){.kind = REASON_FLEX,
									 .minutes = minutes->make_up,
									 .from_ms = choice->in->at_ms,
									 .to_ms = shift->end_ms + minutes->make_up * MINUTE_MS});
	add_reason(verdict, (Reason){.kind = REASON_SCHEDULE,
								 .name = plan->name,
								 .document = plan->document,
								 .from_ms = shift->start_ms,
								 .to_ms = shift->end_ms,
								 .day = plan->from_day});
}

#define DAY_SLOTS_MAX (2 * DAY_SHIFTS_MAX)

/* The two slots of shift `i`, decided but not yet written into the verdict. */
static void decide_shift(const DayFacts *facts, const DayPlan *plan, gsize i, Slot slots[2],
						 DayVerdict *verdict)
{
	static const char *const late[] = {"TL1", "TL2", "TL3", "TL4"};
	static const char *const early[] = {"PSW1", "PSW2", "PSW3", "PSW4"};
	const Shift *shift = &plan->shifts[i];
	ShiftNeeds needs = {0};
	find_choice(facts, plan, i, &needs);
	Minutes minutes = count_minutes(shift, &facts->rules, &needs.choice);
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
		slots[s].state = decide_slot(&slots[s], facts);
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

/* ── Events of the day ── */

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
	add_code(verdict, event->code);
	add_reason(verdict, (Reason){.kind = REASON_EVENT,
								 .code = event->code,
								 .name = event->name,
								 .document = event->letter,
								 .place = punch != NULL ? punch->place : NULL,
								 .event = punch != NULL ? punch->event : NULL,
								 .from_ms = punch != NULL ? punch->at_ms : 0});
}

static void miss(DayVerdict *verdict, const DayFacts *facts, const DayEvent *event)
{
	add_code(verdict, "TAPG");
	add_reason(verdict, (Reason){.kind = REASON_NO_EVENT,
								 .code = "TAPG",
								 .name = event->name,
								 .document = event->letter,
								 .from_ms = event->by_list ? 0 : event->from_ms,
								 .to_ms = event->by_list ? 0 : event->to_ms});
	deduct_code(verdict, facts, "TAPG");
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
}

static void judge_events(DayVerdict *verdict, const DayFacts *facts)
{
	if (leave_over(facts->leaves, facts->n_leaves, SLOT_IN) != NULL)
		return;
	for (gsize i = 0; i < facts->n_events; i++)
		judge_event(verdict, facts, &facts->events[i]);
}

/* ── Facts that contradict each other ── */

/* Two punches of the day at two places, with too little time between them. */
static void find_two_places(DayVerdict *verdict, const DayFacts *facts)
{
	gint64 gap_ms = facts->rules.travel_min * MINUTE_MS;
	const DayPunch *before = NULL;
	for (gsize i = 0; i < facts->n_punches; i++) {
		const DayPunch *punch = &facts->punches[i];
		if (punch->waiting || calendar_day(punch->at_ms, facts->utc_offset_min) != facts->day)
			continue;
		if (before != NULL && before->place_id != punch->place_id &&
			punch->at_ms - before->at_ms < gap_ms) {
			add_reason(verdict, (Reason){.kind = REASON_TWO_PLACES,
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

static void judge_duty(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	Slot slots[DAY_SLOTS_MAX];
	gsize n_slots = 2 * plan->n_shifts, n_nothing = 0;
	for (gsize i = 0; i < plan->n_shifts; i++)
		decide_shift(facts, plan, i, &slots[2 * i], verdict);
	for (gsize i = 0; i < n_slots; i++)
		n_nothing += slots[i].state == SLOT_NOTHING;
	find_two_places(verdict, facts);
	if (n_nothing == n_slots) {
		add_code(verdict, "TK");
		add_reason(verdict, (Reason){.kind = REASON_ABSENT,
									 .code = "TK",
									 .from_ms = slots[0].from_ms,
									 .to_ms = slots[n_slots - 1].to_ms});
		verdict->pp94_days = is_trial(facts) ? 0 : 1;
		deduct_code(verdict, facts, "TK");
		return;
	}
	for (gsize i = 0; i < n_slots; i++)
		judge_slot(verdict, &slots[i], facts);
	if (verdict->n_codes == 0)
		add_code(verdict, "H");
	judge_events(verdict, facts);
}

/* ── Days without duty ── */

/* A punch that does not go with being away: any during leave, one at the own place during duty
 * elsewhere. */
static const DayPunch *contradicting_punch(const DayFacts *facts, const DayPlan *plan,
										   const DayLeave *leave)
{
	ShiftNeeds needs = {0};
	if (leave->duty && !leave->away)
		return NULL;
	find_choice(facts, plan, 0, &needs);
	const DayPunch *punch = needs.choice.in != NULL ? needs.choice.in : needs.choice.out;
	return punch != NULL && (!leave->away || punch->at_duty) ? punch : NULL;
}

static void judge_leave(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	const DayLeave *leave = leave_over(facts->leaves, facts->n_leaves, SLOT_DAY);
	add_leave(verdict, facts, leave, 0);
	const DayPunch *punch = contradicting_punch(facts, plan, leave);
	if (punch != NULL)
		add_reason(verdict, (Reason){.kind = REASON_CONFLICT,
									 .code = leave->code,
									 .name = leave->name,
									 .place = punch->place,
									 .event = punch->event,
									 .from_ms = punch->at_ms});
	find_two_places(verdict, facts);
}

static void judge_holiday(const DayFacts *facts, DayVerdict *verdict)
{
	const char *code = g_strcmp0(facts->holiday_kind, "cuti_bersama") == 0 ? "CBS" : "HL";
	add_code(verdict, code);
	add_reason(verdict, (Reason){.kind = REASON_HOLIDAY,
								 .code = code,
								 .name = facts->holiday,
								 .document = facts->holiday_document});
}

void day_judge(const DayFacts *facts, DayVerdict *out)
{
	DayPlan plan = {0};
	*out = (DayVerdict){.state = DAY_FINAL, .rule_version = facts->rules.version};
	switch (classify(facts, &plan)) {
	case KIND_STATUS:
		add_code(out, facts->status_code);
		add_reason(out, (Reason){.kind = REASON_STATUS,
								 .code = facts->status_code,
								 .name = facts->status_name});
		break;
	case KIND_NO_SCHEDULE:
		add_code(out, "TJ");
		add_reason(out, (Reason){.kind = REASON_NO_SCHEDULE, .code = "TJ"});
		move_state(out, DAY_WAITING);
		break;
	case KIND_HOLIDAY:
		judge_holiday(facts, out);
		break;
	case KIND_OFF:
		add_code(out, "L");
		add_reason(out, (Reason){.kind = REASON_DAY_OFF,
								 .code = "L",
								 .name = plan.name,
								 .document = plan.document});
		break;
	case KIND_LEAVE:
		judge_leave(facts, &plan, out);
		break;
	case KIND_DUTY:
		judge_duty(facts, &plan, out);
		break;
	case KIND_NONE:
	default:
		*out = (DayVerdict){.state = DAY_NONE};
		return;
	}
	cap_deduction(out);
	out->trial = is_trial(facts);
	if (out->trial) {
		add_code(out, "UC");
		add_reason(out, (Reason){.kind = REASON_TRIAL, .code = "UC", .day = facts->live_day});
	}
}

/* ── As text ── */

char *day_codes_text(const DayVerdict *verdict)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (gsize i = 0; i < verdict->n_codes; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", verdict->codes[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *day_hash_of(const DayVerdict *verdict, const char *codes, const char *reasons)
{
	g_autofree char *all = g_strdup_printf(
		"%d|%s|%d|%d|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT
		"|%d|%d|%d|%d|%" G_GINT64_FORMAT "|%s",
		verdict->state, codes, verdict->late_min, verdict->early_min, verdict->in_ms,
		verdict->out_ms, verdict->due_out_ms, verdict->deduction_bp, verdict->pp94_min,
		verdict->pp94_days, verdict->trial, verdict->rule_version, reasons);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

char *day_hash(const DayVerdict *verdict, gint64 utc_offset_min)
{
	g_autofree char *codes = day_codes_text(verdict);
	g_autofree char *reasons = reasons_json(verdict->reasons, verdict->n_reasons, utc_offset_min);
	return day_hash_of(verdict, codes, reasons);
}
