/* /rekap: the month of a unit's people; /rekap/csv: the same as a file. */
#pragma once

#include "server/reports/report.h"
#include "server/web/choices.h"
#include "server/web/layout.h"

/* So many rows a page shows; the file has all. */
#define RECAP_ROWS_MAX 300

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name;
	const char *month;          /* "Maret 2025" */
	const char *month_iso;      /* "2025-03" */
	const char *before, *after; /* "2025-02"; after NULL: there is none yet */
	const Report *report;       /* of server/reports/recap.h */
} RecapView;

void page_recap_render(Html *html, const Frame *frame, const RecapView *view);
