/* /anomali: what somebody should look at, by kind and month, each row with its evidence. */
#pragma once

#include "server/reports/anomaly.h"
#include "server/web/layout.h"

typedef struct {
	AnomalyKind kind;
	const char *month, *month_iso; /* "Maret 2025", "2025-03" */
	const char *before, *after;    /* "2025-02"; after NULL: there is none yet */
	const GPtrArray *rows;         /* AnomalyRow */
} AnomaliesView;

void page_anomalies_render(Html *html, const Frame *frame, const AnomaliesView *view);
