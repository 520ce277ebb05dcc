/*
 * The year's account of PP 94/2021: absent days, and late and early minutes, of which each 450 are a
 * day; which tier they reach; and the run of working days without a word.  It is counted, and said to
 * the superior, who has to act (PP 94/2021 art. 26-28); nothing is imposed here.
 *
 * Sources (domain 1.5): minutes, elucidation of PP 53/2010 art. 3(11) (HIGH), continued under PP 94/2021
 * (MED); tiers, PP 94/2021 (HIGH); the run, PerBKN 6/2022 art. 12 (HIGH); that days off do not break it
 * is an open choice (domain 9).  All of it is data (table discipline_rule, discipline_tier).
 */
#pragma once

#include <glib.h>

typedef enum {
	DISCIPLINE_OFF,    /* no duty: neither breaks the run nor counts for it */
	DISCIPLINE_ABSENT, /* a working day of absence: the code accumulates */
	DISCIPLINE_OTHER,  /* present, excused, or not known yet: it breaks the run */
} DisciplineKind;

/* A judged day of one person. */
typedef struct {
	gint64 day;
	DisciplineKind kind;
	gint64 minutes; /* late and early, as far as they accumulate; of days that are final */
} DisciplineDay;

typedef struct {
	gint64 from_days, to_days; /* to_days G_MAXINT64: open */
	gint64 bkn_id;             /* BKN's jenisHukuman */
	const char *level;         /* "ringan", "sedang", "berat" */
	const char *name;          /* "Teguran lisan" */
} DisciplineTier;

typedef struct {
	gint64 day_min;              /* so many minutes are a day */
	gint64 run_days;             /* working days in a row */
	const DisciplineTier *tiers; /* ascending, without gaps between them */
	gsize n_tiers;
} DisciplineLimits;

#define DISCIPLINE_NO_TIER (-1)

typedef struct {
	gint64 absent_days, minutes;
	gint64 minute_days; /* floor(minutes / day_min) */
	gint64 total;
	gint tier;          /* index of DisciplineLimits.tiers; DISCIPLINE_NO_TIER: none */
	gint64 reached_day; /* on which that tier was reached; of no meaning without one */
} DisciplineYear;

/* Of the days (ascending) that lie in [from_day, to_day): a calendar year, begun anew each January. */
void discipline_count(const DisciplineDay *days, gsize n, gint64 from_day, gint64 to_day,
					  const DisciplineLimits *limits, DisciplineYear *out);

typedef struct {
	gint64 first_day, last_day; /* of the absence; last_day: the last one so far */
	gint64 reached_day;         /* the one that made it long enough */
	gint64 n_days;              /* working days */
} DisciplineRun;

/* Appends the runs (DisciplineRun) that are long enough, across the end of years.  A day that is not in
 * `days` was not judged, and breaks a run. */
void discipline_find_runs(const DisciplineDay *days, gsize n, const DisciplineLimits *limits,
						  GArray *runs);

typedef enum {
	DISCIPLINE_KEEP,     /* what was said still holds, or there is nothing to say */
	DISCIPLINE_SIGNAL,   /* a higher tier than the one that was said */
	DISCIPLINE_WITHDRAW, /* what was said does not hold any more */
} DisciplineStep;

/* After what was said of this year: the highest tier (its from_days; 0: nothing). */
DisciplineStep discipline_next(const DisciplineYear *now, const DisciplineLimits *limits,
							   gint64 said_from_days);
