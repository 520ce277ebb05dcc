/*
 * /mesin: terminals, those in trouble first, with what is to be done; /mesin/{id}: one of them.
 * Nothing about people.
 */
#pragma once

#include "server/web/layout.h"

#define TERMINAL_TROUBLES_MAX 8

typedef struct {
	const char *what, *advice; /* static or borrowed */
	int weight;                /* the heavier, the sooner */
} TerminalTrouble;

/* Texts are borrowed. */
typedef struct {
	const char *id, *place, *state, *tone;
	const char *heard;                               /* "pukul 06.12", or a date; NULL: never */
	TerminalTrouble troubles[TERMINAL_TROUBLES_MAX]; /* heaviest first */
	gsize n_troubles;
	gint64 backlog, n_people;
	const char *version, *sensor;
	int weight;
} TerminalView;

typedef struct {
	const GArray *terminals; /* TerminalView, by weight */
	gint64 n_active, n_troubled;
	gboolean may_declare; /* an outage of a place */
} TerminalsView;

void page_terminals_render(Html *html, const Frame *frame, const TerminalsView *view);

typedef struct {
	const char *journal, *head; /* beginnings, in hex */
	gint64 seq;
	const char *heard;
} TerminalJournal;

typedef struct {
	const char *what, *since;
	gint64 n;
} TerminalAlarm;

typedef struct {
	TerminalView terminal;
	const char *joined; /* NULL: not yet */
	const char *clock;
	gint64 free_mib, n_held;
	const GArray *journals; /* TerminalJournal */
	const GArray *alarms;   /* TerminalAlarm */
} TerminalDetail;

void page_terminal_render(Html *html, const Frame *frame, const TerminalDetail *view);

/* How many terminals of the call's scope need somebody. */
gboolean page_terminals_count(const Call *call, gint64 *n_troubled, GError **error);
