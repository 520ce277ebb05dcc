#include "server/reports/report.h"

static void add_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	if (report_is_unsafe(text))
		g_string_append_c(out, '\'');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *c);
	}
	g_string_append_c(out, '"');
}

static void add_cell(GString *out, ReportType type, const ReportCell *cell)
{
	switch (type) {
	case REPORT_TEXT:
		add_text(out, cell->text == NULL ? "" : cell->text);
		break;
	case REPORT_NUMBER:
		g_string_append_printf(out, "%" G_GINT64_FORMAT, cell->number);
		break;
	case REPORT_HUNDREDTHS:
		g_string_append_printf(out, "%" G_GINT64_FORMAT ",%02d", cell->number / 100,
							   (int)(ABS(cell->number) % 100));
		break;
	}
}

static void end_cell(GString *out, gboolean last)
{
	g_string_append(out, last ? "\r\n" : ";");
}

GBytes *report_as_csv(const Report *report)
{
	GString *out = g_string_new("\357\273\277");
	for (gsize c = 0; c < report->n_columns; c++) {
		add_text(out, report->columns[c].title);
		end_cell(out, c + 1 == report->n_columns);
	}
	for (guint i = 0; i < report->rows->len; i++) {
		const ReportCell *row = report->rows->pdata[i];
		for (gsize c = 0; c < report->n_columns; c++) {
			add_cell(out, report->columns[c].type, &row[c]);
			end_cell(out, c + 1 == report->n_columns);
		}
	}
	return g_string_free_to_bytes(out);
}
