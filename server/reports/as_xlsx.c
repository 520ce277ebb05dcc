/*
 * A report as a workbook (ECMA-376 "XLSX"), made in memory: whoever serves it has no folder to write
 * to, which libxlsxwriter's temporary files need (1.1.4 of Debian 12 has no other way).  Texts are
 * inline strings of the format "text", never formulas; a number's digits are all there.
 */
#include "server/reports/report.h"

#include <string.h>

#include <zip.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define TYPES "application/vnd.openxmlformats-officedocument.spreadsheetml."
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

static const char content_types[] =
	XML "<Types xmlns=\"" PACKAGE "content-types\">"
		"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
		"relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPES "sheet.main+xml\"/>"
		"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" TYPES "worksheet+xml\"/>"
		"<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPES "styles+xml\"/></Types>";

static const char package_relations[] =
	XML "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
		"/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

static const char workbook[] =
	XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>"
		"<sheet name=\"Rekap\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";

static const char workbook_relations[] =
	XML "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
		"/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" OFFICE
		"/styles\" Target=\"styles.xml\"/></Relationships>";

/* Formats of cells: 0 general, 1 text, 2 text that stays one when it is edited, 3 head, 4 hundredths. */
static const char styles[] =
	XML "<styleSheet xmlns=\"" MAIN "\"><fonts count=\"2\"><font/><font><b/></font></fonts>"
		"<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill>"
		"<patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/>"
		"</borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"5\"><xf/>"
		"<xf numFmtId=\"49\" applyNumberFormat=\"1\"/>"
		"<xf numFmtId=\"49\" applyNumberFormat=\"1\" quotePrefix=\"1\"/>"
		"<xf fontId=\"1\" applyFont=\"1\"/><xf numFmtId=\"2\" applyNumberFormat=\"1\"/></cellXfs>"
		"</styleSheet>";

/* ── the sheet ── */

/* XML has no way to write most control characters: they are left out. */
static void add_text(GString *out, const char *text, int style)
{
	g_string_append_printf(out, "<c t=\"inlineStr\" s=\"%d\"><is><t xml:space=\"preserve\">",
						   style);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '&')
			g_string_append(out, "&amp;");
		else if (*c == '<')
			g_string_append(out, "&lt;");
		else if (*c == '>')
			g_string_append(out, "&gt;");
		else if (!g_ascii_iscntrl(*c) || *c == '\n' || *c == '\t')
			g_string_append_c(out, *c);
	}
	g_string_append(out, "</t></is></c>");
}

static void add_cell(GString *out, ReportType type, const ReportCell *cell)
{
	const char *text = cell->text == NULL ? "" : cell->text;
	switch (type) {
	case REPORT_TEXT:
		add_text(out, text, report_is_unsafe(text) ? 2 : 1);
		break;
	case REPORT_NUMBER:
		g_string_append_printf(out, "<c><v>%" G_GINT64_FORMAT "</v></c>", cell->number);
		break;
	case REPORT_HUNDREDTHS:
		g_string_append_printf(out, "<c s=\"4\"><v>%s%" G_GINT64_FORMAT ".%02d</v></c>",
							   cell->number < 0 ? "-" : "", ABS(cell->number) / 100,
							   (int)(ABS(cell->number) % 100));
		break;
	}
}

static GString *sheet_of(const Report *report)
{
	GString *out = g_string_new(XML "<worksheet xmlns=\"" MAIN "\"><sheetViews>"
									"<sheetView workbookViewId=\"0\"><pane ySplit=\"1\" "
									"topLeftCell=\"A2\" state=\"frozen\"/></sheetView></sheetViews>"
									"<sheetData><row>");
	for (gsize c = 0; c < report->n_columns; c++)
		add_text(out, report->columns[c].title, 3);
	g_string_append(out, "</row>");
	for (guint i = 0; i < report->rows->len; i++) {
		const ReportCell *row = report->rows->pdata[i];
		g_string_append(out, "<row>");
		for (gsize c = 0; c < report->n_columns; c++)
			add_cell(out, report->columns[c].type, &row[c]);
		g_string_append(out, "</row>");
	}
	g_string_append(out, "</sheetData></worksheet>");
	return out;
}

/* ── the archive ── */

/* `text` stays until the archive is written. */
static gboolean add_part(zip_t *zip, const char *name, const char *text, gsize size)
{
	zip_source_t *source = zip_source_buffer(zip, text, size, 0);
	zip_int64_t at = source == NULL ? -1 : zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
	if (source != NULL && at < 0)
		zip_source_free(source);
	/* The same report is the same file. */
	return at >= 0 && zip_file_set_mtime(zip, (zip_uint64_t)at, 315532800, 0) == 0;
}

static gboolean add_parts(zip_t *zip, const GString *sheet)
{
	static const struct {
		const char *name, *text;
	} parts[] = {
		{"[Content_Types].xml", content_types},
		{"_rels/.rels", package_relations},
		{"xl/workbook.xml", workbook},
		{"xl/_rels/workbook.xml.rels", workbook_relations},
		{"xl/styles.xml", styles},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (!add_part(zip, parts[i].name, parts[i].text, strlen(parts[i].text)))
			return FALSE;
	return add_part(zip, "xl/worksheets/sheet1.xml", sheet->str, sheet->len);
}

static GBytes *bytes_of(zip_source_t *source)
{
	zip_stat_t info;
	if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0)
		return NULL;
	g_autofree guint8 *data = g_malloc(info.size);
	zip_int64_t n = zip_source_read(source, data, info.size);
	zip_source_close(source);
	return n == (zip_int64_t)info.size ? g_bytes_new_take(g_steal_pointer(&data), info.size) : NULL;
}

GBytes *report_as_xlsx(const Report *report)
{
	GString *sheet = sheet_of(report);
	GBytes *bytes = NULL;
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	if (zip != NULL) {
		zip_source_keep(source);
		if (!add_parts(zip, sheet))
			zip_discard(zip);
		else if (zip_close(zip) == 0)
			bytes = bytes_of(source);
	}
	zip_source_free(source);
	g_string_free(sheet, TRUE);
	return bytes;
}
