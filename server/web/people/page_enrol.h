/*
 * /perekaman: who lacks fingers, and what is being enrolled.  Two clicks enrol the next person: Mulai
 * beside the name, and Rekam on the page that asks whether it is the right one.
 */
#pragma once

#include "server/web/choices.h"
#include "server/web/layout.h"

#define ENROL_LIST_MAX 300

/* Texts are borrowed. */
typedef struct {
	const char *id, *label; /* label: place and id, and whether it is without network */
} EnrolTerminalChoice;

typedef struct {
	gint64 id;
	const char *name, *number, *unit; /* number NULL: none */
	gint64 n_fingers;
} EnrolPerson;

typedef struct {
	const char *id, *name, *terminal;
	const char *state, *tone;
	const char *progress; /* "Telunjuk kanan: 1 dari 3"; NULL: not begun, or over */
	const char *advice, *time;
	gboolean open;
} EnrolOrder;

typedef struct {
	const char *time;     /* of reading */
	const GArray *orders; /* EnrolOrder */
} EnrolProgress;

/* What changes while one looks. */
void page_enrol_render_fragment(Html *html, const EnrolProgress *progress);

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const GArray *terminals; /* EnrolTerminalChoice */
	const char *terminal;    /* the chosen one's id; NULL: there is none */
	const GArray *people;    /* EnrolPerson */
	gint64 n_without, n_lacking;
	EnrolProgress progress;
} EnrolView;

void page_enrol_render(Html *html, const Frame *frame, const EnrolView *view);

typedef struct {
	EnrolPerson person;
	const char *unit_code;
	const GArray *terminals; /* EnrolTerminalChoice */
	const char *terminal;
	gint64 fingers[2];                             /* chosen; 0: none */
	const char *terminal_problem, *finger_problem; /* NULL: none */
} EnrolConfirm;

void page_enrol_render_confirm(Html *html, const Frame *frame, const EnrolConfirm *view);

void page_enrol_render_detail(Html *html, const Frame *frame, const EnrolOrder *order);

/* The fragment of a unit now; NULL when it cannot be read. */
GBytes *page_enrol_fragment(Web *web, gint64 unit);
