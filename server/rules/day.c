#include "server/rules/day_private.h"

static void judge_leave(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	const DayLeave *leave = leave_over(facts->leaves, facts->n_leaves, SLOT_DAY);
	day_add_leave(verdict, facts, leave, 0);
	const DayPunch *punch = day_contradicting_punch(facts, plan, leave);
	if (punch != NULL)
		day_add_reason(verdict, (Reason){.kind = REASON_CONFLICT,
										 .code = leave->code,
										 .name = leave->name,
										 .place = punch->place,
										 .event = punch->event,
										 .from_ms = punch->at_ms});
	day_find_two_places(verdict, facts);
}

static void judge_holiday(const DayFacts *facts, DayVerdict *verdict)
{
	const char *code = g_strcmp0(facts->holiday_kind, "cuti_bersama") == 0 ? "CBS" : "HL";
	day_add_code(verdict, code);
	day_add_reason(verdict, (Reason){.kind = REASON_HOLIDAY,
									 .code = code,
									 .name = facts->holiday,
									 .document = facts->holiday_document});
}

void day_judge(const DayFacts *facts, DayVerdict *out)
{
	DayPlan plan = {0};
	*out = (DayVerdict){.state = DAY_FINAL, .rule_version = facts->rules.version};
	switch (day_classify(facts, &plan)) {
	case KIND_STATUS:
		day_add_code(out, facts->status_code);
		day_add_reason(out, (Reason){.kind = REASON_STATUS,
									 .code = facts->status_code,
									 .name = facts->status_name});
		break;
	case KIND_NO_SCHEDULE:
		day_add_code(out, "TJ");
		day_add_reason(out, (Reason){.kind = REASON_NO_SCHEDULE, .code = "TJ"});
		day_move_state(out, DAY_WAITING);
		break;
	case KIND_HOLIDAY:
		judge_holiday(facts, out);
		break;
	case KIND_OFF:
		day_add_code(out, "L");
		day_add_reason(out, (Reason){.kind = REASON_DAY_OFF,
									 .code = "L",
									 .name = plan.name,
									 .document = plan.document});
		break;
	case KIND_LEAVE:
		judge_leave(facts, &plan, out);
		break;
	case KIND_DUTY:
		day_judge_duty(facts, &plan, out);
		break;
	case KIND_NONE:
	default:
		*out = (DayVerdict){.state = DAY_NONE};
		return;
	}
	day_cap_deduction(out);
	out->trial = day_is_trial(facts);
	if (out->trial) {
		day_add_code(out, "UC");
		day_add_reason(out, (Reason){.kind = REASON_TRIAL, .code = "UC", .day = facts->live_day});
	}
}
