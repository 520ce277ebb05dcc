/*
 * Signals of PP 94/2021 as they are kept, with the days they rest on, and what superiors did about them;
 * and the days of which they are made.  What is to be said is server/services/discipline's.
 * Writing functions join the caller's transaction.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/discipline.h"
#include "server/store/history.h"

/* The limits as of a day, as known now; texts and tiers are owned. */
typedef struct {
	DisciplineLimits limits;
	GArray *tiers; /* DisciplineTier, of which `limits` borrows */
	GStringChunk *texts;
	const char *run_name;
	gint64 run_bkn_id, act_days;
} SignalRules;

gboolean signals_rules(Sql *sql, gint64 day, SignalRules *out, GError **error);
void signal_rules_clear(SignalRules *rules);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SignalRules, signal_rules_clear)

/* The limits but for the tiers; what was said already stays, the next round says what follows. */
gboolean signals_set_rules(Sql *sql, const SignalRules *rules, const Change *change,
						   gboolean *changed, GError **error);
gboolean signals_set_tier(Sql *sql, const DisciplineTier *tier, const Change *change,
						  gboolean *changed, GError **error);
/* No tier begins with so many days in that time. */
gboolean signals_end_tier(Sql *sql, gint64 from_days, const Change *change, gboolean *changed,
						  GError **error);
/* SQL_ERROR_CONSTRAINT when on some day the tiers have a gap, or a number of days twice, or end. */
gboolean signals_check_tiers(Sql *sql, GError **error);

/* The person's judged days of [from_day, to_day), ascending (DisciplineDay): what is final counts, of a locked
 * month what became known since, too. */
gboolean signals_days(Sql *sql, PersonId person, gint64 from_day, gint64 to_day, GArray **days,
					  GError **error);
/* Of the next `n_max` people above `after`: those with something that accumulates in [from_day, to_day), or
 * of whom something was said (PersonId, ascending).  `last`: how far this went; 0: nobody is left. */
gboolean signals_people(Sql *sql, PersonId after, gint64 n_max, gint64 from_day, gint64 to_day,
						GArray **people, PersonId *last, GError **error);
/* Do the tiers apply to this person on that day? */
gboolean signals_apply(Sql *sql, PersonId person, gint64 day, gboolean *applies, GError **error);

typedef enum { SIGNAL_TIER = 1, SIGNAL_RUN } SignalKind;
typedef enum { SIGNAL_SAID = 1, SIGNAL_NOTED, SIGNAL_ACTED, SIGNAL_WITHDRAWN } SignalState;

typedef struct {
	gint64 id;
	PersonId person;
	SignalKind kind;
	gint64 year, from_days, bkn_id;
	gint64 absent_days, minutes, total;
	gint64 reached_day, unit;
	PersonId superior; /* 0: nobody is known */
	SignalState state;
	gint64 made_ms, due_day, overdue_ms; /* 0: not so */
	gint64 noted_ms, acted_ms, ended_ms;
	char *name, *action, *ended_why, *noted_by, *acted_by; /* owned; all but name may be NULL */
} Signal;

void signal_free(Signal *signal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signal, signal_free)

typedef struct {
	gint64 id, day;
	gboolean absent;
	gint64 minutes;
} SignalDay;

/* `days` (SignalDay; `id` is not read): SQL_ERROR_CONSTRAINT when one of them was said already. */
gboolean signals_add(Sql *sql, const Signal *signal, const GArray *days, gint64 now_ms, gint64 *id,
					 GError **error);
/* Days of this kind of which something was said that still holds (SignalDay, by day). */
gboolean signals_said_days(Sql *sql, PersonId person, SignalKind kind, gint64 from_day,
						   gint64 to_day, GArray **days, GError **error);
/* The days of one signal (SignalDay). */
gboolean signals_its_days(Sql *sql, gint64 id, GArray **days, GError **error);
gboolean signals_withdraw(Sql *sql, gint64 id, const char *why, gint64 now_ms, GError **error);
/* `done` FALSE: it is not in a state for that; nothing was written. */
gboolean signals_note(Sql *sql, gint64 id, gint64 account, gint64 now_ms, gboolean *done,
					  GError **error);
gboolean signals_act(Sql *sql, gint64 id, gint64 account, const char *action, gint64 now_ms,
					 gboolean *done, GError **error);
/* Marks those whose last day to act is before `today`; `n`: how many anew. */
gboolean signals_mark_overdue(Sql *sql, gint64 today, gint64 now_ms, gint64 *n, GError **error);

typedef struct {
	gint64 id;         /* 0: any */
	gint64 year;       /* 0: any */
	PersonId person;   /* 0: anybody */
	PersonId superior; /* -1: anybody's */
	gint64 unit;       /* its subtree as of the day it was reached; 0: all */
	gboolean open;     /* only those that are not acted upon or withdrawn */
	gint64 after, limit;
} SignalFilter;
/* Of Signal (transfer full), by id. */
GPtrArray *signals_list(Sql *sql, const SignalFilter *filter, GError **error);
