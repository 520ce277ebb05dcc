/*
 * /papan: today's board of a unit and what lies below it.  The fragment is what changes: it is sent
 * to those who watch whenever it does.
 */
#pragma once

#include "server/store/time/board.h"
#include "server/web/choices.h"
#include "server/web/layout.h"

/* More people than this are shown as sums per unit: nobody reads such a list. */
#define BOARD_PEOPLE_MAX 300

typedef struct {
	const char *name; /* of a terminal's place */
	const char *id;
	const char *since; /* "06.12", or a date; NULL: never heard */
	gint64 backlog;
} BoardTerminal;

typedef struct {
	const char *code, *name;
	gint64 n_people, n[N_BOARD_STATES];
} BoardUnit;

/* Texts are borrowed from what the view was loaded from. */
typedef struct {
	const char *date, *time; /* "Senin, 3 Maret 2025", "07.31" */
	gint64 utc_offset_min;
	gint64 n_people, n[N_BOARD_STATES];
	const GPtrArray *people; /* BoardPerson, by name; NULL: too many, see units */
	const GHashTable *units; /* gint64 unit → const char *, of the people's units */
	const GArray *sums;      /* BoardUnit; NULL when people are listed */
	const GArray *terminals; /* BoardTerminal: those without network */
	gint64 n_terminals;      /* of all */
} BoardView;

void page_board_render_fragment(Html *html, const BoardView *view);

typedef struct {
	const char *unit_code, *unit_name;
	const GArray *choices; /* UnitChoice */
	BoardView board;
} BoardPage;

void page_board_render(Html *html, const Frame *frame, const BoardPage *page);

/* The fragment of a unit now; NULL when it cannot be read. */
GBytes *page_board_fragment(Web *web, gint64 unit);
