#include "server/rules/day_private.h"

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
	case DATA_LOST: /* who could not have been identified has lost nothing */
		return slot->punch == NULL && !enrolled ? SLOT_NOT_ENROLLED : SLOT_OUTAGE;
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

SlotState day_decide_slot(const Slot *slot, const DayFacts *facts)
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

/* TL1 … TL4, PSW1 … PSW4. */
static const char *band_code(const char *const codes[4], gint64 minutes, const RuleSet *rules)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules->bands_min); i++)
		if (minutes <= rules->bands_min[i])
			return codes[i];
	return codes[3];
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
	day_add_code(verdict, code);
	day_add_reason(verdict, reason);
	*(slot->slot == SLOT_IN ? &verdict->late_min : &verdict->early_min) += (gint32)slot->minutes;
	const DeductionRow *row =
		facts->deductions != NULL
			? deduction_for_minutes(facts->deductions, slot->slot, slot->minutes)
			: NULL;
	day_account(verdict, facts, row, code, slot->minutes);
}

static void judge_nothing(DayVerdict *verdict, const Slot *slot, const DayFacts *facts)
{
	day_add_code(verdict, slot->nothing);
	day_add_reason(verdict, slot_reason(slot, slot->slot == SLOT_IN ? REASON_NO_IN : REASON_NO_OUT,
										slot->nothing));
	const DeductionRow *row =
		facts->deductions != NULL ? deduction_for_nothing(facts->deductions, slot->slot) : NULL;
	day_account(verdict, facts, row, slot->nothing, facts->rules.missing_min);
}

/* What is known of the terminals, for the reason. */
static void add_data(Reason *reason, const SlotData *data)
{
	reason->terminal = data->terminal;
	reason->place = data->place;
	reason->document = data->document;
	reason->from_ms = data->from_ms;
	reason->to_ms = data->to_ms;
	reason->number = data->number;
	reason->name = data->cause;
	reason->by = data->by;
	reason->day = data->decided_day;
}

static void judge_missing_data(DayVerdict *verdict, const Slot *slot)
{
	ReasonKind kind = slot->data->state == DATA_NO_TERMINAL       ? REASON_NO_TERMINAL
					  : slot->data->state == DATA_OUTAGE_DECLARED ? REASON_OUTAGE_DECLARED
																  : REASON_GAP;
	Reason reason = slot_reason(slot, kind, "BL");
	add_data(&reason, slot->data);
	day_add_code(verdict, "BL");
	day_add_reason(verdict, reason);
	day_move_state(verdict, DAY_WAITING);
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
		if (slot->data->state == DATA_LOST)
			reason.kind = REASON_LOST;
		add_data(&reason, slot->data);
	}
	/* Slots come in the order of time: the first ends first. */
	if (slot->state == SLOT_NOT_YET && verdict->due_ms == 0)
		verdict->due_ms = slot->to_ms;
	day_add_code(verdict, table[slot->state].code);
	day_add_reason(verdict, reason);
	day_move_state(verdict, table[slot->state].state);
}

void day_add_leave(DayVerdict *verdict, const DayFacts *facts, const DayLeave *leave, int slot)
{
	day_add_code(verdict, leave->code);
	day_add_reason(verdict, (Reason){.kind = REASON_LEAVE,
									 .slot = slot,
									 .code = leave->code,
									 .name = leave->name,
									 .document = leave->letter});
	day_deduct_code(verdict, facts, leave->code);
}

void day_judge_slot(DayVerdict *verdict, const Slot *slot, const DayFacts *facts)
{
	switch (slot->state) {
	case SLOT_PUNCHED:
		judge_punch(verdict, slot, facts);
		break;
	case SLOT_EXCUSED:
		day_add_leave(verdict, facts, slot->leave, slot->slot);
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
