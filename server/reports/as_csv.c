#include "server/reports/report.h"

#include "server/rules/calendar.h"

/* So much is handed over at once. */
#define PIECE (64 * 1024)

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
	char text[REPORT_HUNDREDTHS_SIZE], day[CALENDAR_TEXT];
	switch (type) {
	case REPORT_TEXT:
		add_text(out, cell->text == NULL ? "" : cell->text);
		break;
	case REPORT_NUMBER:
		g_string_append_printf(out, "%" G_GINT64_FORMAT, cell->number);
		break;
	case REPORT_HUNDREDTHS:
		report_hundredths(cell->number, ',', text);
		g_string_append(out, text);
		break;
	case REPORT_DATE:
		calendar_format(cell->number, day);
		g_string_append(out, day);
		break;
	}
}

static void end_cell(GString *out, gboolean last)
{
	g_string_append(out, last ? "\r\n" : ";");
}

gboolean report_write_csv(const ReportSource *source, ReportOut write, gpointer user,
						  GError **error)
{
	g_autoptr(GString) out = g_string_new("\357\273\277");
	ReportRow row;
	SqlStep step;
	for (gsize c = 0; c < source->n_columns; c++) {
		add_text(out, source->columns[c].title);
		end_cell(out, c + 1 == source->n_columns);
	}
	while ((step = source->next(source->self, &row, error)) == SQL_ROW) {
		for (gsize c = 0; c < source->n_columns; c++) {
			add_cell(out, source->columns[c].type, &row.cells[c]);
			end_cell(out, c + 1 == source->n_columns);
		}
		if (out->len < PIECE)
			continue;
		if (!write(user, out->str, out->len, error))
			return FALSE;
		g_string_truncate(out, 0);
	}
	return step == SQL_DONE && write(user, out->str, out->len, error);
}
