/*
 * Conflicts of a roster before it is worked: duty during leave, too little rest between two duties, a
 * week with more or fewer minutes than the person's kind of employment asks for, hours at which a unit
 * has nobody, or fewer than it needs.  They are told to who publishes; nothing is judged by them.
 */
#pragma once

#include <glib.h>

typedef enum {
	ROSTER_LEAVE,  /* on duty during a leave over the whole day */
	ROSTER_REST,   /* less rest before this duty than the rules ask for */
	ROSTER_OVER,   /* a week with more minutes … */
	ROSTER_UNDER,  /* … or fewer than the kind's */
	ROSTER_NOBODY, /* nobody is on duty … */
	ROSTER_FEW,    /* … or fewer than the unit needs */
} RosterConflictKind;

#define ROSTER_CODE_SIZE 8

/* A day of one person, by roster or by the hours of the unit. */
typedef struct {
	gint64 day;
	gint64 start_ms, end_ms;       /* of the whole duty; equal: none */
	gint64 gap_from_ms, gap_to_ms; /* between the two of a double shift; equal: none */
	gint32 minutes;                /* effective minutes, belonging to the day on which it begins */
	gint32 week_min;               /* what a week like this one asks for (weeks.h); 0: not known */
	gboolean holiday;              /* by the calendar, whether worked or not */
	char leave[ROSTER_CODE_SIZE];  /* code of a leave over the whole day; "": none */
} RosterDuty;

typedef struct {
	RosterConflictKind kind;
	gint64 person;               /* 0: of the unit */
	gint64 day;                  /* ROSTER_OVER and _UNDER: the Monday of the week */
	gint64 minutes, wanted;      /* rest, or effective minutes of the week, and what is asked for */
	gint64 from_ms, to_ms;       /* ROSTER_NOBODY and _FEW: when; otherwise 0 */
	gint64 n_people, n_needed;   /* the same: who is on duty then */
	char code[ROSTER_CODE_SIZE]; /* of the leave; "" otherwise */
} RosterConflict;

typedef struct {
	gint32 rest_min;  /* between two duties */
	gint32 slack_min; /* a week may differ by so much */
} RosterLimits;

/* Appends the conflicts (RosterConflict) of one person.  `duties` are consecutive days; told is what
 * lies within [from_day, to_day): duties during leave, rests of which one duty lies there, weeks whose
 * Sunday does and whose seven days are given.  A week asks for a fifth of its minutes on each day
 * from Monday to Friday that is neither holiday nor leave (Perpres 21/2023: five days). */
void roster_judge_person(gint64 person, const RosterDuty *duties, gsize n, gint64 from_day,
						 gint64 to_day, const RosterLimits *limits, GArray *conflicts);

/* Does the unit work every day?  It did on each of the days before (`on_duty`: how many people), or
 * some duty goes on past midnight. */
gboolean roster_is_continuous(const gint32 *on_duty, gsize n, gboolean past_midnight);

/* Half-open; as a need `people` have to be there, as a presence it is one person's. */
typedef struct {
	gint64 from_ms, to_ms;
	gint32 people;
} RosterSpan;

/* Appends to `needs` (of RosterSpan, one person each, a day at a time) the hours of the day that a unit
 * works by custom: somebody is there at them on more than half of the `n_days` days, of 24 hours, from
 * `from_ms` on. */
void roster_learn_needs(const RosterSpan *presence, gsize n, gint64 from_ms, gsize n_days,
						GArray *needs);
/* Appends the times at which fewer are there than needed, what touches as one; a conflict's day is that
 * of its beginning.  Needs (ascending) are each met for itself. */
void roster_find_uncovered(const RosterSpan *needs, gsize n_needs, const RosterSpan *presence,
						   gsize n_presence, gint64 utc_offset_min, GArray *conflicts);

/* "cuti", "istirahat", "menit-lebih", "menit-kurang", "kosong", "kurang-orang"; stable, for programs. */
const char *roster_conflict_text(RosterConflictKind kind);
/* Appends Indonesian words, without person and day; hours are local. */
void roster_conflict_words(GString *out, const RosterConflict *conflict, gint64 utc_offset_min);
