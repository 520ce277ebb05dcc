/*
 * Inside day*.c only: how a person-day is judged, part by part.
 *
 *   day.c                what is asked from outside; days without duty
 *   day_kind.c           what kind of day it is: domain §9, points 1 to 4
 *   day_minutes.c        minutes late and early, the punches that count, what has to be known first
 *   day_slot.c           one slot of a shift: decided, then written into the verdict
 *   day_duty.c           a day of duty: its slots together
 *   day_events.c         apel, upacara, senam
 *   day_contradiction.c  facts that contradict each other
 *   day_verdict.c        how codes, reasons, deductions and the year's account are added up
 */
#pragma once

#include "server/rules/day.h"

/* ── The kind of a day ── */

typedef enum {
	KIND_NONE,
	KIND_STATUS,
	KIND_NO_SCHEDULE,
	KIND_HOLIDAY,
	KIND_OFF,
	KIND_LEAVE,
	KIND_DUTY
} DayKind;

/* The order of domain §9, points 1 to 4. `plan`: what the day asks for, when that was looked at. */
DayKind day_classify(const DayFacts *facts, DayPlan *plan);

/* ── Minutes and choices ── */

typedef struct {
	gint64 late, early; /* minutes */
	gint64 make_up;     /* minutes of flexible time to be worked after the end */
	gint64 unmade;      /* of these not worked, when they are to count as late */
} DayMinutes;

DayMinutes day_count_minutes(const Shift *shift, const RuleSet *rules, const DayChoice *choice);
/* Of the plan's shift `i`: its neighbours are the other one of the day, or those of the days around. */
void day_find_choice(const DayFacts *facts, const DayPlan *plan, gsize i, ShiftNeeds *out);

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

SlotState day_decide_slot(const Slot *slot, const DayFacts *facts);
void day_judge_slot(DayVerdict *verdict, const Slot *slot, const DayFacts *facts);
/* `slot` 0: the day. */
void day_add_leave(DayVerdict *verdict, const DayFacts *facts, const DayLeave *leave, int slot);

/* ── The whole day ── */

void day_judge_duty(const DayFacts *facts, const DayPlan *plan, DayVerdict *verdict);
void day_judge_events(DayVerdict *verdict, const DayFacts *facts);
void day_find_two_places(DayVerdict *verdict, const DayFacts *facts);
/* A punch that does not go with being away: any during leave, one at the own place during duty
 * elsewhere. NULL: none. */
const DayPunch *day_contradicting_punch(const DayFacts *facts, const DayPlan *plan,
										const DayLeave *leave);

/* ── Adding up ── */

/* Once each, in the order in which they come. */
void day_add_code(DayVerdict *verdict, const char *code);
void day_add_reason(DayVerdict *verdict, Reason reason);
/* The stronger of two: a day still running is not final, whatever else waits. */
void day_move_state(DayVerdict *verdict, DayState state);
/* Uji coba: nothing is deducted, nothing accumulates. */
gboolean day_is_trial(const DayFacts *facts);
/* What the day's scheme takes for a code; nothing without a scheme. */
void day_deduct_code(DayVerdict *verdict, const DayFacts *facts, const char *code);
/* Minutes late, early, or of a missing punch: two independent accounts. `row` may be NULL. */
void day_account(DayVerdict *verdict, const DayFacts *facts, const DeductionRow *row,
				 const char *code, gint64 minutes);
void day_cap_deduction(DayVerdict *verdict);
