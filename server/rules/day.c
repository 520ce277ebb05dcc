#include "server/rules/day_private.h"

#include <string.h>

#include "server/rules/calendar.h"

/* Sickness of which there is no letter yet, where BKD has chosen to wait for it. */
static gboolean is_unlettered(const DayFacts *facts, const DayLeave *leave)
{
	return facts->rules.sick_unlettered_absent && strcmp(leave->code, "S") == 0 &&
		   g_strcmp0(leave->letter, "-") == 0;
}

static void judge_unlettered(const DayFacts *facts, DayVerdict *verdict)
{
	day_add_code(verdict, "TK");
	day_add_reason(verdict, (Reason){.kind = REASON_UNLETTERED, .code = "TK"});
	verdict->pp94_days = day_is_trial(facts) ? 0 : 1;
	day_deduct_code(verdict, facts, "TK");
}

static void judge_leave(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	const DayLeave *leave = leave_over(facts->leaves, facts->n_leaves, SLOT_DAY);
	if (is_unlettered(facts, leave))
		judge_unlettered(facts, verdict);
	else
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

#define YEAR_DAY_MIN 450   /* elucidation of PP 53/2010 art. 3(11): 7.5 hours are a day */
#define LONG_NIGHT_MIN 600 /* 21.00 to 07.00 */
#define SIX_DAYS 6

static gboolean is_long_night(const DayPlan *plan, gint64 utc_offset_min)
{
	for (gsize i = 0; i < plan->n_shifts; i++) {
		const Shift *shift = &plan->shifts[i];
		if (shift->end_ms > calendar_ms(shift->day + 1, 0, utc_offset_min) &&
			shift->end_ms - shift->start_ms >= LONG_NIGHT_MIN * MINUTE_MS)
			return TRUE;
	}
	return FALSE;
}

/* Minutes that make one day of the year's account: a choice of BKD for days that are not the usual
 * ones. */
static gint32 day_length(const DayFacts *facts, const DayPlan *plan)
{
	const RuleSet *rules = &facts->rules;
	gint32 length = 0;
	if (is_long_night(plan, facts->utc_offset_min))
		length = rules->day_night_min;
	else if (facts->has_pattern && facts->pattern.ramadan)
		length = rules->day_ramadan_min;
	else if (facts->has_pattern && shift_week_days(&facts->pattern) >= SIX_DAYS)
		length = rules->day_six_min;
	return length > 0 ? length : YEAR_DAY_MIN;
}

/* The year's 450 minutes are a day: where a day has fewer minutes, each weighs more. */
static void weigh_minutes(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict)
{
	gint32 length = day_length(facts, plan);
	if (length == YEAR_DAY_MIN || verdict->pp94_min == 0)
		return;
	verdict->pp94_min = verdict->pp94_min * YEAR_DAY_MIN / length;
	day_add_reason(
		verdict,
		(Reason){.kind = REASON_DAY_LENGTH, .day_min = length, .minutes = verdict->pp94_min});
}

/* All but the room for reasons, which is large and filled from its beginning. */
static void clear(DayVerdict *verdict, DayState state)
{
	memset(verdict, 0, G_STRUCT_OFFSET(DayVerdict, reasons));
	verdict->state = state;
}

void day_judge(const DayFacts *facts, DayVerdict *out)
{
	DayPlan plan = {0};
	clear(out, DAY_FINAL);
	out->rule_version = facts->rules.version;
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
		weigh_minutes(facts, &plan, out);
		break;
	case KIND_NONE:
	default:
		clear(out, DAY_NONE);
		return;
	}
	day_cap_deduction(out);
	out->trial = day_is_trial(facts);
	if (out->trial) {
		day_add_code(out, "UC");
		day_add_reason(out, (Reason){.kind = REASON_TRIAL, .code = "UC", .day = facts->live_day});
	}
}
