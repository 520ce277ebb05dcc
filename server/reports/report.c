#include "server/reports/report.h"

#include <string.h>

#include "server/rules/calendar.h"

/* Spreadsheets keep 15 digits of a number. */
#define DIGITS_MAX 15

GQuark report_error_quark(void)
{
	return g_quark_from_static_string("hadir-report");
}

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

static SqlStep next_row(gpointer self, ReportRow *row, GError **error)
{
	(void)error;
	ReportReader *reader = self;
	if (reader->at == reader->report->rows->len)
		return SQL_DONE;
	*row = (ReportRow){.cells = reader->report->rows->pdata[reader->at++]};
	return SQL_ROW;
}

ReportSource report_source(const Report *report, ReportReader *reader)
{
	*reader = (ReportReader){.report = report};
	return (ReportSource){.columns = report->columns,
						  .n_columns = report->n_columns,
						  .next = next_row,
						  .self = reader};
}

gboolean report_is_unsafe(const char *text)
{
	gsize size = strlen(text);
	return (size > 0 && (strchr("=+-@", text[0]) != NULL || g_ascii_iscntrl(text[0]))) ||
		   (size > DIGITS_MAX && strspn(text, "0123456789") == size);
}

void report_hundredths(gint64 value, char point, char text[REPORT_HUNDREDTHS_SIZE])
{
	g_snprintf(text, REPORT_HUNDREDTHS_SIZE, "%s%" G_GINT64_FORMAT "%c%02d", value < 0 ? "-" : "",
			   ABS(value) / 100, point, (int)(ABS(value) % 100));
}

/* 1204 is "1.204". */
static void thousands(gint64 value, char text[REPORT_CELL_SIZE])
{
	char digits[REPORT_CELL_SIZE];
	gsize at = 0, size = (gsize)g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, ABS(value));
	if (value < 0)
		text[at++] = '-';
	for (gsize i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			text[at++] = '.';
		text[at++] = digits[i];
	}
	text[at] = '\0';
}

static void date(gint64 day, char text[REPORT_CELL_SIZE])
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	g_snprintf(text, REPORT_CELL_SIZE, "%d/%d/%d", day_of_month, month, year);
}

const char *report_cell_text(ReportType type, const ReportCell *cell, char buffer[REPORT_CELL_SIZE])
{
	switch (type) {
	case REPORT_TEXT:
		return cell->text == NULL ? "" : cell->text;
	case REPORT_NUMBER:
		thousands(cell->number, buffer);
		break;
	case REPORT_HUNDREDTHS:
		report_hundredths(cell->number, ',', buffer);
		break;
	case REPORT_DATE:
		date(cell->number, buffer);
		break;
	}
	return buffer;
}

/* ── in memory ── */

static gboolean append(gpointer user, const void *data, gsize size, GError **error)
{
	(void)error;
	g_byte_array_append(user, data, (guint)size);
	return TRUE;
}

static GBytes *bytes_of(GByteArray *file, gboolean whole)
{
	if (whole)
		return g_byte_array_free_to_bytes(file);
	g_byte_array_unref(file);
	return NULL;
}

GBytes *report_csv_bytes(const ReportSource *source, GError **error)
{
	GByteArray *file = g_byte_array_new();
	return bytes_of(file, report_write_csv(source, append, file, error));
}

GBytes *report_pdf_bytes(const ReportSource *source, const char *title, GError **error)
{
	GByteArray *file = g_byte_array_new();
	return bytes_of(file, report_write_pdf(source, title, append, file, error));
}

GBytes *report_as_csv(const Report *report)
{
	ReportReader reader;
	ReportSource source = report_source(report, &reader);
	return report_csv_bytes(&source, NULL);
}

GBytes *report_as_xlsx(const Report *report)
{
	ReportReader reader;
	ReportSource source = report_source(report, &reader);
	return report_xlsx_bytes(&source, NULL);
}
