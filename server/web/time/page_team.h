/* /tim: the people of a unit as their superior sees them, today and by month. */
#pragma once

#include "server/web/choices.h"
#include "server/web/layout.h"

/* So many are listed; who has more chooses a unit. */
#define TEAM_PEOPLE_MAX 300
/* People on one page of the month: each has a cell for every day. */
#define TEAM_MONTH_ROWS 100

typedef enum {
	TEAM_MISSING, /* belum */
	TEAM_PRESENT, /* hadir */
	TEAM_LEAVE,   /* cuti dan izin */
	TEAM_DUTY,    /* dinas luar, and whatever else is duty at another place */
	TEAM_OFF,     /* no duty today */
} TeamGroup;
#define N_TEAM_GROUPS (TEAM_OFF + 1)

/* Texts are borrowed. */
typedef struct {
	gint64 id;
	const char *name, *detail; /* unit, and where or why */
	const char *mark;          /* "06.52", "CT"; NULL: none */
	const char *tone;
} TeamPerson;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name, *date, *time;
	gboolean too_many;                   /* nobody is listed */
	const GArray *groups[N_TEAM_GROUPS]; /* TeamPerson, by name */
} TeamView;

void page_team_render(Html *html, const Frame *frame, const TeamView *view);

typedef struct {
	const char *codes, *tone; /* codes NULL: not judged */
} TeamCell;

typedef struct {
	gint64 id;
	const char *name;
	gint64 n_present, n_absent, late_min;
	TeamCell days[31];
} TeamRow;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const char *month, *month_iso, *before, *after; /* "Maret 2025", "2025-03"; after NULL: none */
	int n_days, first_weekday;                      /* of the month; 0 Monday */
	gboolean too_many;
	const GPtrArray *rows; /* TeamRow, by name */
	guint from, n_rows;    /* the first one shown, of how many */
} TeamMonthView;

void page_team_month_render(Html *html, const Frame *frame, const TeamMonthView *view);
