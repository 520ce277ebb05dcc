/*
 * /disiplin: signals of PP 94/2021 of the units seen; /disiplin/{id}: one, with the days it rests on and what the
 * superior does about it.  A signal is never a sanction.
 */
#pragma once

#include "server/web/layout.h"

#define DISCIPLINE_PAGE 50 /* signals on a page */

/* Texts are borrowed. */
typedef struct {
	gint64 id, person;
	const char *who, *what; /* "SITI RAHMAWATI", "Teguran lisan, 3 hari" */
	const char *reached;    /* "12 Februari" */
	const char *state;      /* "disampaikan" */
	const char *due;        /* last day to act; NULL: nothing is due */
	gboolean overdue, open;
} SignalLine;

typedef struct {
	gint64 year;
	gboolean only_open;
	const GArray *lines; /* SignalLine */
	gint64 next;         /* the page begins after this one; 0: there is none */
} SignalsView;

void page_signals_render(Html *html, const Frame *frame, const SignalsView *view);

typedef struct {
	const char *date, *month_iso;
	int day;
	const char *what; /* "tidak hadir", "12 menit" */
} SignalEvidence;

typedef struct {
	SignalLine line;
	gint64 absent_days, minutes, total;
	const char *superior;       /* name */
	const char *made;           /* moment */
	const char *noted, *acted;  /* "BUDI"; NULL: not yet */
	const char *action, *ended; /* what was done, why it was withdrawn; NULL: none */
	const GArray *days;         /* SignalEvidence */
	gboolean may_note, may_act; /* this account's turn */
	const char *text, *problem; /* of the form; text never NULL */
} SignalView;

void page_signal_render(Html *html, const Frame *frame, const SignalView *view);
