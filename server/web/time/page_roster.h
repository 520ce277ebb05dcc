/* /jadwal: a unit's month of duties as a grid; planned by pasting or from last month, then published. */
#pragma once

#include "server/web/choices.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define ROSTER_ROWS 60          /* on one page */
#define ROSTER_CONFLICTS_MAX 60 /* told */
#define ROSTER_WHY_MAX 500      /* bytes */

/* Texts are borrowed. */
typedef struct {
	const char *duty; /* "P+S", "–", "siaga"; NULL: nothing is said */
	gboolean draft;   /* not yet published */
} RosterCell;

typedef struct {
	const char *name;
	RosterCell days[31];
} RosterGridRow;

typedef struct {
	const char *text, *reason; /* reason NULL: none */
} RosterVersion;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const char *month, *month_iso, *before, *after; /* "April 2025", "2025-04" */
	int n_days, first_weekday;                      /* 0 Monday */
	gboolean no_unit;                               /* the province: choose one first */
	const GPtrArray *rows;                          /* RosterGridRow, by name */
	guint from;                                     /* the first one shown */
	gint64 n_draft;                                 /* days of the draft */
	const GPtrArray *conflicts;                     /* const char *, of the draft */
	guint n_conflicts;
	const GArray *versions;  /* RosterVersion, the newest first */
	const GPtrArray *shifts; /* const char *: "P: Jaga pagi" */
	/* What was sent, never NULL, and what is wrong with it. */
	const char *pasted, *reason;
	const GPtrArray *problems; /* const char *, of what was pasted */
	const char *reason_problem;
} RosterView;

void page_roster_render(Html *html, const Frame *frame, const RosterView *view);
