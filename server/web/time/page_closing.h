/*
 * /akhir-bulan: where the months of the units stand; /akhir-bulan/{month}/{unit}: one of them, with what hinders it,
 * what differs from locked months, its steps, and the next step for whose turn it is.
 */
#pragma once

#include "server/rules/month.h"
#include "server/store/month/month_hinders.h"
#include "server/web/layout.h"

#define CLOSING_PAGE 100       /* hindrances, and differences of each kind, on a page */
#define CLOSING_REASON_MAX 500 /* bytes */

/* Texts are borrowed. */
typedef struct {
	const char *code, *name;
	MonthState state;
	const char *last; /* moment of the last step; NULL: none yet */
	gint64 n_people, n_differences, n_hindrances;
	gboolean late; /* open past its deadline */
} ClosingLine;

typedef struct {
	const char *month, *month_iso;   /* "Maret 2025", "2025-03" */
	const char *before, *after;      /* "2025-02"; after NULL: there is none yet */
	const char *deadline;            /* of the province's calendar */
	const char *only;                /* a state's text, "hindered", or "" */
	gint64 n_states[N_MONTH_STATES]; /* of all lines, whatever `only` leaves */
	const GArray *lines;             /* ClosingLine */
} ClosingsView;

void page_closings_render(Html *html, const Frame *frame, const ClosingsView *view);

typedef struct {
	MonthHinderKind kind;
	const char *who;   /* NULL: nobody in particular */
	const char *since; /* "3 Maret" */
	gint64 n_days;
	gint64 person; /* whose month opens; 0: none */
	gint64 id;     /* of what is to be decided; 0: none */
	int day;       /* of the month */
} ClosingHindrance;

typedef struct {
	gint64 person;
	const char *name, *unit;
	const char *date;           /* "12 Februari 2025" */
	const char *month_iso;      /* of the day */
	int day;                    /* of that month */
	const char *before, *after; /* codes and figures */
	const char *booked;         /* month it is a line of, "Maret 2025" */
} ClosingDifference;

typedef struct {
	const char *step, *by, *at, *reason, *hash;
} ClosingStep;

typedef struct {
	const char *code, *name, *month, *month_iso;
	MonthState state;
	const char *deadline;
	gboolean late;
	gint64 n_people, n_days; /* of the last step */
	const char *hash;        /* of the last step; NULL: none yet */
	gint64 seen;             /* steps there were when this was read */
	gint64 n_hindrances;
	const GArray *hindrances; /* ClosingHindrance of this page */
	const GArray *earlier;    /* ClosingDifference: lines of earlier months in this one */
	const GArray *later;      /* … of this month's days, lines of later ones */
	const GArray *steps;      /* ClosingStep */
	int page;                 /* from 1 */
	gboolean more;
	gboolean may[N_MONTH_STEPS]; /* which steps this account is offered */
	gboolean ask_code;           /* the lock asks for the second factor once more */
	const char *reason;          /* what was typed; never NULL */
	const char *problem, *reason_problem,
		*code_problem; /* of the step that was refused; NULL: none */
} ClosingView;

void page_closing_render(Html *html, const Frame *frame, const ClosingView *view);
/* Last segment of a step's path: "ajukan", …; static. */
const char *page_closing_step(MonthStep step);
/* "Diajukan", …; static. */
const char *page_closing_state(MonthState state);
