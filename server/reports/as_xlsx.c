/*
 * A report as a workbook (ECMA-376 "XLSX"), by libzip, which wants to know how long a part is before it reads
 * it: the sheet is made first, in memory for bytes, beside the workbook for a file.  libxlsxwriter 1.1.4 of
 * Debian 12 has no way to memory, and would be a second writer with the same look to keep.  Texts are inline
 * strings of the format "text", never formulas; a number's digits are all there.
 */
#include "server/reports/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Formats of cells: 0 general, 1 text, 2 text that stays one when it is edited, 3 head, 4 hundredths, 5 day. */
static const char styles[] =
	XML "<styleSheet xmlns=\"" MAIN "\"><fonts count=\"2\"><font/><font><b/></font></fonts>"
		"<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill>"
		"<patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/>"
		"</borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"6\"><xf/>"
		"<xf numFmtId=\"49\" applyNumberFormat=\"1\"/>"
		"<xf numFmtId=\"49\" applyNumberFormat=\"1\" quotePrefix=\"1\"/>"
		"<xf fontId=\"1\" applyFont=\"1\"/><xf numFmtId=\"2\" applyNumberFormat=\"1\"/>"
		"<xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>";

/* Rows of a worksheet, with the head (ECMA-376). */
#define SHEET_ROWS_MAX 1048576
/* So much is made before it is handed on. */
#define PIECE (32 * 1024)
/* A day of a spreadsheet is counted from 1899-12-30. */
#define SHEET_DAY_0 25569

/* ── the sheet ── */

/* The sheet under way. */
typedef struct {
	const ReportSource *rows;
	GString *piece;
	gint64 n_rows;
	gboolean ended;
	GError *problem;
} Sheet;

/* XML has no way to write most control characters: they are left out. */
static void add_escaped(GString *out, const char *text)
{
	const char *from = text;
	for (const char *c = text;; c++) {
		if (*c != '\0' && *c != '&' && *c != '<' && *c != '>' &&
			(!g_ascii_iscntrl(*c) || *c == '\n' || *c == '\t'))
			continue;
		g_string_append_len(out, from, c - from);
		if (*c == '\0')
			return;
		g_string_append(out, *c == '&' ? "&amp;" : *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : "");
		from = c + 1;
	}
}

static void add_text(GString *out, const char *text, char style)
{
	g_string_append(out, "<c t=\"inlineStr\" s=\"");
	g_string_append_c(out, style);
	g_string_append(out, "\"><is><t xml:space=\"preserve\">");
	add_escaped(out, text);
	g_string_append(out, "</t></is></c>");
}

static void add_number(GString *out, const char *style, const char *number)
{
	g_string_append(out, "<c");
	g_string_append(out, style);
	g_string_append(out, "><v>");
	g_string_append(out, number);
	g_string_append(out, "</v></c>");
}

static void add_cell(GString *out, ReportType type, const ReportCell *cell)
{
	char text[REPORT_HUNDREDTHS_SIZE];
	switch (type) {
	case REPORT_TEXT:
		if (cell->text == NULL || cell->text[0] == '\0')
			g_string_append(out, "<c/>");
		else
			add_text(out, cell->text, report_is_unsafe(cell->text) ? '2' : '1');
		break;
	case REPORT_NUMBER:
		g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, cell->number);
		add_number(out, "", text);
		break;
	case REPORT_HUNDREDTHS:
		report_hundredths(cell->number, '.', text);
		add_number(out, " s=\"4\"", text);
		break;
	case REPORT_DATE:
		g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, cell->number + SHEET_DAY_0);
		add_number(out, " s=\"5\"", text);
		break;
	}
}

static void begin_sheet(Sheet *sheet)
{
	const ReportSource *rows = sheet->rows;
	GString *out = sheet->piece;
	g_string_append(out, XML "<worksheet xmlns=\"" MAIN "\"><sheetViews>"
							 "<sheetView workbookViewId=\"0\"><pane ySplit=\"1\" "
							 "topLeftCell=\"A2\" state=\"frozen\"/></sheetView></sheetViews>"
							 "<sheetData><row>");
	for (gsize c = 0; c < rows->n_columns; c++)
		add_text(out, rows->columns[c].title, '3');
	g_string_append(out, "</row>");
	sheet->n_rows = 1;
}

static gboolean add_row(Sheet *sheet, const ReportRow *row)
{
	if (++sheet->n_rows > SHEET_ROWS_MAX) {
		g_set_error_literal(&sheet->problem, REPORT_ERROR, REPORT_ERROR_ROWS,
							"more rows than a worksheet holds: take a unit, or another format");
		return FALSE;
	}
	g_string_append(sheet->piece, "<row>");
	for (gsize c = 0; c < sheet->rows->n_columns; c++)
		add_cell(sheet->piece, sheet->rows->columns[c].type, &row->cells[c]);
	g_string_append(sheet->piece, "</row>");
	return TRUE;
}

/* Makes the next piece. */
static gboolean go_on(Sheet *sheet)
{
	ReportRow row;
	g_string_truncate(sheet->piece, 0);
	if (sheet->n_rows == 0)
		begin_sheet(sheet);
	while (sheet->piece->len < PIECE && !sheet->ended) {
		SqlStep step = sheet->rows->next(sheet->rows->self, &row, &sheet->problem);
		if (step == SQL_FAILED || (step == SQL_ROW && !add_row(sheet, &row)))
			return FALSE;
		sheet->ended = step == SQL_DONE;
	}
	if (sheet->ended)
		g_string_append(sheet->piece, "</sheetData></worksheet>");
	return TRUE;
}

static gboolean unwritten(GError **error)
{
	g_set_error_literal(error, REPORT_ERROR, REPORT_ERROR_WRITE,
						"the workbook could not be written");
	return FALSE;
}

static gboolean write_sheet(const ReportSource *rows, FILE *out, GError **error)
{
	Sheet sheet = {.rows = rows, .piece = g_string_sized_new(PIECE * 2)};
	gboolean ok = TRUE;
	while (ok && !sheet.ended)
		ok =
			go_on(&sheet) && fwrite(sheet.piece->str, 1, sheet.piece->len, out) == sheet.piece->len;
	ok = ok && fflush(out) == 0;
	g_string_free(sheet.piece, TRUE);
	if (sheet.problem != NULL)
		g_propagate_error(error, sheet.problem);
	return ok || sheet.problem != NULL ? ok : unwritten(error);
}

/* ── the archive ── */

static gboolean add_source(zip_t *zip, const char *name, zip_source_t *source)
{
	zip_int64_t at = source == NULL ? -1 : zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
	if (source != NULL && at < 0)
		zip_source_free(source);
	/* The same report is the same file. */
	return at >= 0 && zip_file_set_mtime(zip, (zip_uint64_t)at, 315532800, 0) == 0;
}

static gboolean add_parts(zip_t *zip)
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
		if (!add_source(zip, parts[i].name,
						zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0)))
			return FALSE;
	return TRUE;
}

/* Writes and closes; takes both, each of which may be NULL. */
static gboolean fill(zip_t *zip, zip_source_t *sheet, GError **error)
{
	if (zip == NULL || sheet == NULL || !add_parts(zip)) {
		zip_source_free(sheet);
		sheet = NULL;
	}
	gboolean ok =
		sheet != NULL && add_source(zip, "xl/worksheets/sheet1.xml", sheet) && zip_close(zip) == 0;
	if (zip != NULL && !ok)
		zip_discard(zip);
	return ok || unwritten(error);
}

/* A file in the folder of `path` that has no name. */
static FILE *beside(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_build_filename(folder, ".sheet-XXXXXX", NULL);
	int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	unlink(name);
	FILE *file = fdopen(fd, "w+b");
	if (file == NULL)
		close(fd);
	return file;
}

gboolean report_write_xlsx(const ReportSource *source, const char *path, GError **error)
{
	FILE *file = beside(path);
	if (file == NULL)
		return unwritten(error);
	if (!write_sheet(source, file, error)) {
		fclose(file);
		return FALSE;
	}
	zip_source_t *sheet = zip_source_filep_create(file, 0, ftello(file), NULL);
	if (sheet == NULL)
		fclose(file);
	return fill(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL), sheet, error);
}

/* NULL with `error`. */
static zip_source_t *sheet_in_memory(const ReportSource *source, GError **error)
{
	char *data = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&data, &size);
	gboolean made = memory != NULL ? write_sheet(source, memory, error) : unwritten(error);
	if (memory != NULL)
		fclose(memory);
	zip_source_t *sheet = made ? zip_source_buffer_create(data, size, 1, NULL) : NULL;
	if (sheet == NULL)
		free(data);
	if (sheet == NULL && made)
		unwritten(error);
	return sheet;
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

GBytes *report_xlsx_bytes(const ReportSource *source, GError **error)
{
	GBytes *bytes = NULL;
	zip_source_t *sheet = sheet_in_memory(source, error);
	if (sheet == NULL)
		return NULL;
	zip_source_t *file = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = file == NULL ? NULL : zip_open_from_source(file, ZIP_TRUNCATE, NULL);
	if (zip != NULL)
		zip_source_keep(file);
	if (fill(zip, sheet, error))
		bytes = bytes_of(file);
	zip_source_free(file);
	return bytes;
}
