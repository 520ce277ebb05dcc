/*
 * /rekap: the month of a unit's people, by kind, with filters and pages; /rekap/cetak: the same whole, to be
 * printed; /rekap/csv, xlsx, pdf: the same as a file.
 */
#pragma once

#include "server/reports/recap.h"
#include "server/web/choices.h"
#include "server/web/layout.h"

/* So many people a page shows; of the personal kind, which has a row for each day, fewer. */
#define RECAP_PAGE_PEOPLE 50
#define RECAP_PAGE_PERSONS 8
/* So many are printed, and put into a file while others wait; more by unit, or by `hadir recap`. */
#define RECAP_FILE_PEOPLE 2000

typedef struct {
	gint64 person; /* 0: nobody's row */
	gint64 day;    /* of the month, from 1; 0: of no one day */
} RecapLink;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	RecapKind kind;
	RecapOnly only;
	const char *text;           /* of the search; "" none */
	const char *month;          /* "Maret 2025" */
	const char *month_iso;      /* "2025-03" */
	const char *before, *after; /* "2025-02"; after NULL: there is none yet */
	const Report *report;       /* rows shown */
	const GArray *links;        /* RecapLink, one for each of them */
	gint64 n_people;            /* in the unit, before `only` and pages */
	int page;                   /* from 1; 0: all, to be printed */
	gboolean more;
	ReportSection foot; /* of what is printed: who signs, and since when it stands */
} RecapView;

void page_recap_render(Html *html, const Frame *frame, const RecapView *view);
