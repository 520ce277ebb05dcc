/*
 * /grafik: figures of which a picture says more.  Each is a table; static/grafik.js draws it with
 * Debian's Chart.js above the table, so that without script nothing is missing.
 */
#pragma once

#include "server/web/choices.h"
#include "server/web/layout.h"

#define CHART_ROWS_MAX 60

/* Texts are borrowed. */
typedef struct {
	const char *label;
	gint64 value;
} ChartRow;

typedef struct {
	const char *id, *title, *label, *value; /* heads of the two columns */
	const char *empty;
	const GArray *rows; /* ChartRow */
	gboolean more;      /* only the first CHART_ROWS_MAX are there */
} Chart;

typedef struct {
	const GArray *choices; /* UnitChoice */
	const char *unit_code, *unit_name, *span;
	const Chart *charts;
	gsize n_charts;
} ChartsView;

void page_charts_render(Html *html, const Frame *frame, const ChartsView *view);
