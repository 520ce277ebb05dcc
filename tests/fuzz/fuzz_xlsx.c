/* Workbooks: the texts of a workbook's parts, packed as a spreadsheet packs them and read. */
#include "server/import/import_xlsx.h"
#include "tests/fuzz/fuzz.h"
#include "tests/server/workbook.h"

/* Rows, shared texts, styles and sheets stand one after the other, each ended by a zero. */
static char *take_part(const uint8_t **data, size_t *size)
{
	size_t n = strnlen((const char *)*data, *size);
	char *part = g_strndup((const char *)*data, n);
	size_t used = n < *size ? n + 1 : n;
	*data += used;
	*size -= used;
	return part;
}

static void check_table(const CsvTable *table, const CsvLimits *limits)
{
	fuzz_must(table->columns->len > 0 && table->columns->len <= limits->columns_max);
	fuzz_must(table->rows->len <= limits->rows_max);
	for (guint i = 0; i < table->rows->len; i++) {
		const CsvRow *row = table->rows->pdata[i];
		fuzz_must(row->faults == NULL || row->faults->len > 0);
		if (row->faults != NULL)
			continue;
		fuzz_must(g_strv_length(row->fields) == table->columns->len);
		for (char **field = row->fields; *field != NULL; field++)
			fuzz_must(strlen(*field) <= limits->field_max && g_utf8_validate(*field, -1, NULL));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const CsvLimits limits = {
		.size_max = 65536, .rows_max = 20, .field_max = 30, .columns_max = 6};
	g_autofree char *rows = take_part(&data, &size);
	g_autofree char *strings = take_part(&data, &size);
	g_autofree char *styles = take_part(&data, &size);
	g_autofree char *sheets = take_part(&data, &size);
	WorkbookParts parts = {rows, strings, styles, *sheets != '\0' ? sheets : NULL};
	g_autoptr(GBytes) bytes = workbook_make(&parts);
	g_autoptr(GError) error = NULL;
	g_autoptr(CsvTable) table = xlsx_table_parse(bytes, &limits, &error);
	fuzz_must((table == NULL) == (error != NULL));
	if (table != NULL)
		check_table(table, &limits);
	return 0;
}
