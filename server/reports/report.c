#include "server/reports/report.h"

#include <string.h>

/* Spreadsheets keep 15 digits of a number. */
#define DIGITS_MAX 15

Report *report_new(const ReportColumn *columns, gsize n_columns)
{
	Report *report = g_new0(Report, 1);
	report->columns = columns;
	report->n_columns = n_columns;
	report->rows = g_ptr_array_new();
	return report;
}

void report_free(Report *report)
{
	if (report == NULL)
		return;
	for (guint i = 0; i < report->rows->len; i++) {
		ReportCell *row = report->rows->pdata[i];
		for (gsize c = 0; c < report->n_columns; c++)
			g_free(row[c].text);
		g_free(row);
	}
	g_ptr_array_unref(report->rows);
	g_free(report);
}

ReportCell *report_add_row(Report *report)
{
	ReportCell *row = g_new0(ReportCell, report->n_columns);
	g_ptr_array_add(report->rows, row);
	return row;
}

static int by_text(gconstpointer a, gconstpointer b, gpointer user)
{
	const ReportCell *const *x = a, *const *y = b;
	gsize column = GPOINTER_TO_SIZE(user);
	return g_strcmp0((*x)[column].text, (*y)[column].text);
}

void report_sort(Report *report, gsize column)
{
	g_ptr_array_sort_with_data(report->rows, by_text, GSIZE_TO_POINTER(column));
}

gboolean report_is_unsafe(const char *text)
{
	gsize size = strlen(text);
	return (size > 0 && (strchr("=+-@", text[0]) != NULL || g_ascii_iscntrl(text[0]))) ||
		   (size > DIGITS_MAX && strspn(text, "0123456789") == size);
}
