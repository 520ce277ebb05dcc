/*
 * Inside judge_facts*.c only: what is remembered between person-days, and who fills it.
 *
 *   judge_facts.c          the public side; employment, leaves, punches
 *   judge_facts_shared.c   what many people share, read once until judge_facts_forget()
 *   judge_facts_asked.c    what a day asks of the person: unit, roster, orders, the days beside it
 *   judge_facts_data.c     whether the terminals' data is complete where it matters
 *
 * On FALSE or NULL with `error` the database failed.
 */
#pragma once

#include "server/judge/judge_facts.h"
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
	RuleSet rules;
	const DeductionScheme *deductions; /* NULL: none */
	GArray *places;                    /* gint64 */
} UnitDay;

/* Orders of one day. */
typedef struct {
	gint64 day;     /* the key */
	GArray *orders; /* DayOrder, the nearest scope last */
} OrderDay;

#define EVENTS_MAX 4

struct JudgeFacts {
	Sql *sql;
	gint64 utc_offset_min;
	GHashTable *unit_days;   /* UnitDay → itself */
	GHashTable *place_names; /* place and day → text in `texts` */
	GHashTable *schemes;     /* gint64 → DeductionTable */
	GHashTable *elsewhere;   /* place and day → gboolean: recorded elsewhere */
	GHashTable *order_days;  /* gint64 day → OrderDay */
	GHashTable *shifts;      /* gint64 → WorkShift */
	GStringChunk *texts;
	/* Of the person-day loaded last. */
	GArray *leaves;    /* DayLeave */
	GArray *punches;   /* DayPunch */
	GArray *terminals; /* TerminalId: where they punched that day */
	GArray *places;    /* gint64: duty places */
	GArray *rosters;   /* RosterDay of the day and those around; NULL: none loaded */
	DayEvent events[EVENTS_MAX];
	gboolean deducted; /* by the kind of employment */
};

/* A text kept until judge_facts_forget(); NULL stays NULL. */
const char *facts_keep(JudgeFacts *facts, const char *text);

/* All borrowed until judge_facts_forget(). */
const UnitDay *facts_unit_day(JudgeFacts *facts, gint64 unit, gint64 day, GError **error);
const OrderDay *facts_order_day(JudgeFacts *facts, gint64 day, GError **error);
const WorkShift *facts_shift(JudgeFacts *facts, gint64 id, GError **error);
/* `name` NULL: the place has none. */
gboolean facts_place_name(JudgeFacts *facts, gint64 place, gint64 day, const char **name,
						  GError **error);
/* Recorded elsewhere: whoever records there vouches for all of it. */
gboolean facts_place_elsewhere(JudgeFacts *facts, gint64 place, gint64 day, gboolean *elsewhere,
							   GError **error);
/* The caches and their contents. */
void facts_shared_init(JudgeFacts *facts);
void facts_shared_forget(JudgeFacts *facts);
void facts_shared_clear(JudgeFacts *facts);

/* "masuk", "pulang", else the whole day. */
DaySlot facts_slot(const char *text);
/* Unit, plan, holiday, events and the shifts of the days beside it, into `out`; duty places into
 * `facts`, and what an order excuses behind the leaves that are there. */
gboolean facts_ask_day(JudgeFacts *facts, DayFacts *out, GError **error);
/* After everything else of `out`.  Only what may change the verdict is asked: most slots have their
 * punch. */
gboolean facts_ask_data(JudgeFacts *facts, DayFacts *out, GError **error);
