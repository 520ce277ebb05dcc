/* A report: typed columns and rows, the same for a page and for every file made of it. */
#pragma once

#include <glib.h>

typedef enum {
	REPORT_TEXT,
	REPORT_NUMBER,
	REPORT_HUNDREDTHS, /* a number of hundredths: 150 is 1,50 */
} ReportType;

typedef struct {
	const char *title; /* static */
	ReportType type;
} ReportColumn;

typedef struct {
	char *text;    /* REPORT_TEXT; NULL: nothing */
	gint64 number; /* else */
} ReportCell;

typedef struct {
	const ReportColumn *columns; /* static */
	gsize n_columns;
	GPtrArray *rows; /* ReportCell[n_columns] */
} Report;

Report *report_new(const ReportColumn *columns, gsize n_columns);
void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* An empty row, to be filled; texts become the report's. */
ReportCell *report_add_row(Report *report);
/* By the text of that column. */
void report_sort(Report *report, gsize column);

/* Would a spreadsheet take the text for a formula (=, +, -, @, a control character in front), or
 * round it (16 digits and more)?  OWASP, CSV injection. */
gboolean report_is_unsafe(const char *text);

/* UTF-8 with its mark, semicolons, as spreadsheets here expect it; RFC 4180's quotes and line ends.
 * (transfer full) */
GBytes *report_as_csv(const Report *report);
/* A workbook of one sheet, made in memory; the same report gives the same bytes.  (transfer full); NULL: out
 * of memory. */
GBytes *report_as_xlsx(const Report *report);
