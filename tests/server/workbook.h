/* Small XLSX files for tests, made of their parts. */
#pragma once

#include <glib.h>
#include <string.h>

#include <zip.h>

#define WORKBOOK_MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define WORKBOOK_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

typedef struct {
	const char *rows;    /* within <sheetData> */
	const char *strings; /* within <sst> */
	const char *styles;  /* within <styleSheet> */
	const char *sheets;  /* within <workbook>; NULL: one sheet */
} WorkbookParts;

static inline void workbook_add(zip_t *zip, const char *name, const char *head, const char *inner,
								const char *tail)
{
	g_autofree char *text = g_strconcat(head, inner != NULL ? inner : "", tail, NULL);
	gsize size = strlen(text);
	void *copy = malloc(size); /* the archive frees it */
	memcpy(copy, text, size);
	zip_source_t *source = zip_source_buffer(zip, copy, size, 1);
	g_assert_nonnull(source);
	g_assert_cmpint(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8), >=, 0);
}

static inline void workbook_add_parts(zip_t *zip, const WorkbookParts *parts)
{
	static const char one_sheet[] = "<sheets><sheet name='A' sheetId='1' r:id='r1'/></sheets>";
	workbook_add(zip, "xl/workbook.xml",
				 "<workbook " WORKBOOK_MAIN " xmlns:r='" WORKBOOK_OFFICE "'>",
				 parts->sheets != NULL ? parts->sheets : one_sheet, "</workbook>");
	workbook_add(
		zip, "xl/_rels/workbook.xml.rels",
		"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>",
		"<Relationship Id='r1' Type='" WORKBOOK_OFFICE "/worksheet' Target='worksheets/a.xml'/>"
		"<Relationship Id='r2' Type='" WORKBOOK_OFFICE
		"/sharedStrings' Target='/xl/sharedStrings.xml'/>"
		"<Relationship Id='r3' Type='" WORKBOOK_OFFICE "/styles' Target='styles.xml'/>",
		"</Relationships>");
	workbook_add(zip, "xl/sharedStrings.xml", "<sst " WORKBOOK_MAIN ">", parts->strings, "</sst>");
	workbook_add(zip, "xl/styles.xml", "<styleSheet " WORKBOOK_MAIN ">", parts->styles,
				 "</styleSheet>");
	workbook_add(zip, "xl/worksheets/a.xml", "<worksheet " WORKBOOK_MAIN "><sheetData>",
				 parts->rows, "</sheetData></worksheet>");
}

static inline GBytes *workbook_of(zip_source_t *source)
{
	zip_stat_t info;
	g_assert_cmpint(zip_source_stat(source, &info), ==, 0);
	g_assert_cmpint(zip_source_open(source), ==, 0);
	guint8 *data = g_malloc(info.size);
	g_assert_cmpint(zip_source_read(source, data, info.size), ==, (gint64)info.size);
	zip_source_close(source);
	return g_bytes_new_take(data, info.size);
}

/* (transfer full) */
static inline GBytes *workbook_make(const WorkbookParts *parts)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	g_assert_nonnull(zip);
	zip_source_keep(source);
	workbook_add_parts(zip, parts);
	g_assert_cmpint(zip_close(zip), ==, 0);
	GBytes *bytes = workbook_of(source);
	zip_source_free(source);
	zip_error_fini(&error);
	return bytes;
}
