/*
 * Inside judge_facts*.c only: what is remembered between person-days, and who fills it.
 *
 *   judge_facts.c          the public side
 *   judge_facts_shared.c   what many people share, read once while it holds
 *   judge_facts_person.c   what concerns one person, read once for a span of days
 *   judge_facts_asked.c    what a day asks of the person: unit, roster, orders, the days beside it
 *   judge_facts_data.c     whether the terminals' data is complete where it matters
 *
 * On FALSE or NULL with `error` the database failed.
 */
#pragma once

#include "server/judge/judge_facts.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/time/coverage_view.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/deductions.h"
#include "server/store/time/shifts.h"

/* What everybody of a unit shares on a day. */
typedef struct {
	gint64 unit, day; /* the key */
	gint64 start_day, live_day;
	gint64 pattern; /* 0: none */
	WeekPattern week;
	const char *pattern_name;
	gint64 pattern_from_day;
	const char *holiday, *holiday_kind;
	const char *school_holiday; /* for its teachers; NULL: none */
	const char *school_source;  /* may be NULL */
	RuleSet rules;
	const DeductionScheme *deductions; /* NULL: none */
	GArray *places;                    /* gint64 */
} UnitDay;

/* Orders of one day. */
typedef struct {
	gint64 day;     /* the key */
	GArray *orders; /* DayOrder, the nearest scope last */
} OrderDay;

/* A code of leave, duty or excuse; `name` NULL: it is none. */
typedef struct {
	const char *code, *name;
	gboolean duty;
} AbsenceCode;

typedef struct {
	gint64 from_day, to_day;
	DayLeave leave;
} SpanLeave;

typedef struct {
	DayPunch punch; /* but for what depends on the day: `at_duty`, `place` */
	TerminalId terminal;
} SpanPunch;

/* What was read of one person for [from_day, to_day), and the days beside it where they matter. */
typedef struct {
	PersonId person;
	gint64 from_day, to_day; /* empty: nothing was read */
	gint64 died_day;         /* that is to be judged; G_MININT64: none */
	GArray *duties;          /* PersonDuty */
	GArray *assignments;     /* Assignment */
	GArray *secondaries;     /* Assignment: where they serve besides */
	GArray *leaves;          /* SpanLeave */
	GArray *punches;         /* SpanPunch, ascending; counted and waiting ones */
	GArray *rosters;         /* RosterDay, ascending; NULL: not employed */
	GStringChunk *texts;
} PersonSpan;

#define EVENTS_MAX 4

/* What a day asks of the person in hand; remembered are the last days. */
#define ASKED_DAYS 4
typedef struct AskedDay AskedDay;

struct JudgeFacts {
	Sql *sql;
	gint64 utc_offset_min;
	GHashTable *unit_days;   /* UnitDay → itself */
	GHashTable *place_names; /* place and day → text in `texts` */
	GHashTable *schemes;     /* gint64 → DeductionTable */
	GHashTable *elsewhere;   /* place and day → gboolean: recorded elsewhere */
	GHashTable *order_days;  /* gint64 day → OrderDay */
	GHashTable *shifts;      /* gint64 → WorkShift */
	GHashTable *codes;       /* code → AbsenceCode */
	gint64 generation;       /* of the facts above (history.h); -1: none are known */
	GStringChunk *texts;
	PersonSpan span;
	AskedDay *asked;        /* of the span's person */
	CoverageView *coverage; /* of this transaction */
	/* Of the person-day loaded last. */
	GArray *leaves;    /* DayLeave */
	GArray *punches;   /* DayPunch */
	GArray *terminals; /* TerminalId: where they punched that day */
	GArray *places;    /* gint64: duty places */
	DayEvent events[EVENTS_MAX];
	gboolean deducted; /* by the kind of employment */
	/* School holidays that are a teacher's annual leave, of the person and year asked last. */
	struct {
		gint64 person;
		int year;
		GArray *days; /* gint64, ascending; NULL: none asked yet */
	} school;
};

/* A text kept with what is shared; NULL stays NULL. */
const char *facts_keep(JudgeFacts *facts, const char *text);

/* All borrowed until judge_facts_begin(). */
const UnitDay *facts_unit_day(JudgeFacts *facts, gint64 unit, gint64 day, GError **error);
const OrderDay *facts_order_day(JudgeFacts *facts, gint64 day, GError **error);
const WorkShift *facts_shift(JudgeFacts *facts, gint64 id, GError **error);
/* `name` NULL: the place has none. */
gboolean facts_place_name(JudgeFacts *facts, gint64 place, gint64 day, const char **name,
						  GError **error);
/* Recorded elsewhere: whoever records there vouches for all of it. */
gboolean facts_place_elsewhere(JudgeFacts *facts, gint64 place, gint64 day, gboolean *elsewhere,
							   GError **error);
const AbsenceCode *facts_absence_code(JudgeFacts *facts, const char *code, GError **error);
/* The caches and their contents. */
void facts_shared_init(JudgeFacts *facts);
/* Forgets what does not hold any more, and when it has become too much. */
gboolean facts_shared_renew(JudgeFacts *facts, GError **error);
void facts_shared_clear(JudgeFacts *facts);

void facts_person_init(PersonSpan *span);
void facts_person_clear(PersonSpan *span);
void facts_person_forget(PersonSpan *span);
/* Into facts->span, instead of what was there. */
gboolean facts_person_load(JudgeFacts *facts, PersonId person, gint64 from_day, gint64 to_day,
						   GError **error);
gboolean facts_person_holds(const PersonSpan *span, PersonId person, gint64 day);
/* NULL: none. */
const PersonDuty *facts_person_duty(const PersonSpan *span, gint64 day);
const Assignment *facts_person_assignment(const PersonSpan *span, gint64 day);
const RosterDay *facts_person_roster(const PersonSpan *span, gint64 day);
/* Appends DayLeave. */
void facts_person_leaves(const PersonSpan *span, gint64 day, GArray *leaves);
/* From the day before to the day after. */
void facts_person_punches(const PersonSpan *span, gint64 day, gint64 utc_offset_min,
						  const SpanPunch **first, guint *n);

/* "masuk", "pulang", else the whole day. */
DaySlot facts_slot(const char *text);
/* Unit, plan, holiday, events and the shifts of the days beside it, into `out`; duty places into
 * `facts`, and what an order excuses behind the leaves that are there. */
gboolean facts_ask_day(JudgeFacts *facts, DayFacts *out, GError **error);
/* Whose hours: a person's, read before (facts_person_load()), or those of a unit's people at a place
 * who have none of their own. */
typedef struct {
	PersonId person;    /* 0: the unit's */
	gint64 unit, place; /* only without a person */
} FactsWho;
/* The shifts of a day, `n` 0: it is free. */
gboolean facts_ask_shifts(JudgeFacts *facts, const FactsWho *who, gint64 day,
						  Shift shifts[DAY_SHIFTS_MAX], gsize *n, GError **error);
AskedDay *facts_asked_new(void); /* (transfer full), g_free() */
/* With another span, or other shared facts. */
void facts_asked_forget(JudgeFacts *facts);
/* After everything else of `out`.  Only what may change the verdict is asked: most slots have their
 * punch. */
gboolean facts_ask_data(JudgeFacts *facts, DayFacts *out, GError **error);
