/*
 * One person-day judged: facts → verdict, in the order of domain §9.
 *
 *   not employed, not assigned, before the start ............ no verdict
 *   legal status that suspends the duty ...................... PH, TB, CLTN
 *   no schedule .............................................. TJ
 *   holiday, off-day ......................................... HL, CBS, L
 *   leave over the whole day ................................. its code
 *   each slot: leave, punch, waiting, not yet, outage, not enrolled, data missing, nothing
 *   minutes late and early, floored; bands ................... H, TL1–4, PSW1–4, TAM, TAP, TK
 *   events of the day ........................................ APG, UPC, TAPG
 *
 * A slot is never "nothing" while data may be missing (BL), nobody could have identified the
 * person (BT), or a claim waits (MV).
 */
#pragma once

#include "server/rules/deduction.h"
#include "server/rules/leave.h"
#include "server/rules/punch.h"
#include "server/rules/reason.h"

typedef enum {
	DATA_COMPLETE,
	DATA_GAP,         /* a terminal's data for that time has not come */
	DATA_NO_TERMINAL, /* no terminal was in service there */
	DATA_OUTAGE_DECLARED,
	DATA_OUTAGE_ACCEPTED,
	DATA_LOST, /* a terminal's data for that time will never come: somebody decided so */
} DataState;

typedef struct {
	DataState state;
	const char *terminal;  /* DATA_GAP, DATA_LOST: one that has the gap; may be NULL; borrowed */
	const char *place;     /* borrowed */
	const char *document;  /* outages: the Berita Acara; may be NULL; borrowed */
	gint64 from_ms, to_ms; /* the span asked for; of an outage or a loss: its own */
	/* Of an outage or a loss. */
	gint64 number;      /* which one */
	const char *cause;  /* why; may be NULL; borrowed */
	const char *by;     /* who decided; may be NULL; borrowed */
	gint64 decided_day; /* when `by` is set */
} SlotData;

/* An event of the day that the person has to attend (apel, upacara, senam). */
typedef struct {
	const char *code;      /* of who attended: "APG", "UPC"; borrowed */
	const char *name;      /* "Apel pagi"; borrowed */
	const char *letter;    /* borrowed */
	gint64 from_ms, to_ms; /* a punch within it is attendance, unless by list */
	gboolean by_list;      /* attendance is what the list says … */
	gboolean has_list;     /* … once there is one */
	gboolean listed;
	SlotData data; /* of the terminals over that time */
} DayEvent;

typedef struct {
	gint64 person, day;
	gint64 now_ms;
	gint64 utc_offset_min;
	RuleSet rules;

	gboolean employed;
	const char *status;         /* kedudukan hukum; borrowed */
	const char *status_name;    /* borrowed */
	const char *status_code;    /* code of a status that suspends the duty; NULL: none */
	gint64 unit;                /* 0: not assigned */
	gint64 start_day, live_day; /* of the unit; judged from, in earnest from */

	gboolean has_pattern;
	WeekPattern pattern;      /* of this day */
	const char *pattern_name; /* borrowed */
	gint64 pattern_from_day;
	gboolean has_before, has_after;
	Shift before, after; /* of the days around, when there is one */

	gboolean has_plan; /* a roster or an order says what the day asks for, not the pattern */
	DayPlan plan;

	const char *holiday, *holiday_kind; /* NULL: none; borrowed */
	const char *holiday_document;       /* may be NULL; borrowed */
	const DayEvent *events;
	gsize n_events;
	const DayLeave *leaves;
	gsize n_leaves;
	const DayPunch *punches; /* from the day before to the day after, ascending */
	gsize n_punches;
	gboolean enrolled; /* had an active reference that day */
	struct {
		SlotData in, out;
	} data[DAY_SHIFTS_MAX];
	const DeductionScheme *deductions; /* of that day; NULL: nothing is deducted; borrowed */
} DayFacts;

/* What has to be known of terminals before a shift can be judged. */
typedef struct {
	ShiftWindow window;
	DayChoice choice;
	/* The spans in which a punch would change the verdict; empty (from = to): none. */
	gint64 in_from_ms, in_to_ms;
	gint64 out_from_ms, out_to_ms;
} ShiftNeeds;

typedef struct {
	gsize n_shifts; /* 0: no data needed */
	ShiftNeeds shifts[DAY_SHIFTS_MAX];
} DayNeeds;

/* Everything but `data` must be set. */
void day_needs(const DayFacts *facts, DayNeeds *out);

typedef enum {
	DAY_NONE,    /* no verdict: not employed, not assigned, before the start */
	DAY_RUNNING, /* a slot's time has not passed */
	DAY_WAITING, /* BL or MV: something has still to come */
	DAY_FINAL,   /* until a fact changes */
} DayState;

const char *day_state_text(DayState state); /* "none", "running", "waiting", "final" */

#define DAY_CODES_MAX 12
#define DAY_CODE_SIZE 8
#define DAY_REASONS_MAX 40

typedef struct {
	DayState state;
	gsize n_codes;
	char codes[DAY_CODES_MAX][DAY_CODE_SIZE];
	gint32 late_min, early_min;
	gint64 in_ms, out_ms; /* 0: none */
	gint64 due_out_ms;    /* the earliest leaving that makes the day whole; 0: no duty to leave */
	gint32
		deduction_bp; /* hundredths of a per cent, at most DEDUCTION_CAP_BP; each line is a reason */
	/* For the year's account of PP 94/2021 (450 minutes are a day), whatever was deducted. */
	gint32 pp94_min, pp94_days;
	gboolean trial;
	gboolean conflict; /* facts contradict each other: for the list of those who must explain */
	gint64 rule_version;
	gint64 due_ms; /* when to judge again without any new fact; 0: never */
	gsize n_reasons;
	Reason
		reasons[DAY_REASONS_MAX]; /* the first n_reasons are set; texts borrowed from the facts */
} DayVerdict;

void day_judge(const DayFacts *facts, DayVerdict *out);
/* "TL1 PSW2" (transfer full). */
char *day_codes_text(const DayVerdict *verdict);
#define DAY_CODES_SIZE (DAY_CODES_MAX * DAY_CODE_SIZE)
void day_codes_write(const DayVerdict *verdict, char text[DAY_CODES_SIZE]);
/* Of 64 bits in hex over everything but due_ms, reasons too: tells whether a verdict has changed. */
#define DAY_HASH_SIZE 17
void day_hash_of(const DayVerdict *verdict, char hash[DAY_HASH_SIZE]);
