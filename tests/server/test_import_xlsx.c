/* Workbooks as offices send them: what is read, and what is refused by row and column. */
#include "server/import/import_xlsx.h"

#include <stdlib.h>

#include "tests/server/workbook.h"

static const CsvLimits limits = {
	.size_max = 1 << 20, .rows_max = 100, .field_max = 40, .columns_max = 5};

#define HEADER                                                                                     \
	"<row r='1'><c r='A1' t='inlineStr'><is><t>Number</t></is></c>"                                \
	"<c r='B1' t='inlineStr'><is><t> from </t></is></c></row>"
#define TEXT(reference, text) "<c r='" reference "' t='inlineStr'><is><t>" text "</t></is></c>"

static CsvTable *parse(const WorkbookParts *parts, GError **error)
{
	g_autoptr(GBytes) bytes = workbook_make(parts);
	return xlsx_table_parse(bytes, &limits, error);
}

static CsvTable *read_rows(const char *rows, const char *strings, const char *styles)
{
	WorkbookParts parts = {.rows = rows, .strings = strings, .styles = styles};
	GError *error = NULL;
	CsvTable *table = parse(&parts, &error);
	g_assert_no_error(error);
	return table;
}

/* What is wrong with the file, or with its cells. */
static char *faults_of(const WorkbookParts *parts)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CsvTable) table = parse(parts, &error);
	g_autoptr(GString) out = g_string_new(error != NULL ? error->message : "");
	for (guint i = 0; table != NULL && i < table->rows->len; i++) {
		const CsvRow *row = table->rows->pdata[i];
		for (guint j = 0; row->faults != NULL && j < row->faults->len; j++) {
			const CsvFault *fault = row->faults->pdata[j];
			g_string_append_printf(out, "line %d, column %s: %s\n", (int)row->line, fault->column,
								   fault->text);
		}
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void refuse(const char *rows, const char *why)
{
	WorkbookParts parts = {.rows = rows};
	g_autofree char *faults = faults_of(&parts);
	if (strstr(faults, why) == NULL)
		g_error("'%s' has no '%s'", faults, why);
}

static const char *field(const CsvTable *table, guint row, guint column)
{
	g_assert_cmpuint(row, <, table->rows->len);
	return ((const CsvRow *)table->rows->pdata[row])->fields[column];
}

static void rows_and_columns_are_the_sheets(void)
{
	g_autoptr(CsvTable) table = read_rows(
		HEADER "<row r='2'/><row r='4'>" TEXT(
			"B4", " 2026-01-31 ") "</row>"
								  "<row r='7'>" TEXT("A7", "é &amp; b") "<c r='C7' s='1'/></row>",
		NULL, NULL);
	g_assert_cmpint(csv_table_column(table, "number"), ==, 0);
	g_assert_cmpint(csv_table_column(table, "from"), ==, 1);
	g_assert_cmpuint(table->rows->len, ==, 2);
	g_assert_cmpint(((const CsvRow *)table->rows->pdata[0])->line, ==, 4);
	g_assert_cmpstr(field(table, 0, 0), ==, "");
	g_assert_cmpstr(field(table, 0, 1), ==, "2026-01-31");
	g_assert_cmpint(((const CsvRow *)table->rows->pdata[1])->line, ==, 7);
	g_assert_cmpstr(field(table, 1, 0), ==, "é & b");
	g_assert_cmpstr(field(table, 1, 1), ==, "");
}

static void shared_texts_are_joined_without_their_reading(void)
{
	g_autoptr(CsvTable) table = read_rows(
		HEADER "<row><c t='s'><v>1</v></c><c t='s'><v>0</v></c></row>",
		"<si><t>from</t></si><si><r><t>BUDI </t></r><r><t>SANTOSO</t></r><rPh><t>no</t></rPh></si>",
		NULL);
	g_assert_cmpstr(field(table, 0, 0), ==, "BUDI SANTOSO");
	g_assert_cmpstr(field(table, 0, 1), ==, "from");
}

/* 45658 is 2025-01-01 of the first way to count. */
static void dates_and_times_are_told_by_their_format(void)
{
	static const char styles[] =
		"<numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd'/>"
		"<numFmt numFmtId='165' formatCode='0.0 \"days\"'/></numFmts>"
		"<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
		"<cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='20'/><xf numFmtId='22'/>"
		"<xf numFmtId='165'/></cellXfs>";
	g_autoptr(CsvTable) table =
		read_rows(HEADER "<row><c s='1'><v>45658</v></c><c s='2'><v>0.3125</v></c></row>"
						 "<row><c s='3'><v>45658.302083333336</v></c><c s='4'><v>2.5</v></c></row>"
						 "<row><c s='0'><v>45658</v></c><c><v>0.10000000000000001</v></c></row>",
				  NULL, styles);
	g_assert_cmpstr(field(table, 0, 0), ==, "2025-01-01");
	g_assert_cmpstr(field(table, 0, 1), ==, "07:30");
	g_assert_cmpstr(field(table, 1, 0), ==, "2025-01-01 07:15");
	g_assert_cmpstr(field(table, 1, 1), ==, "2.5");
	g_assert_cmpstr(field(table, 2, 0), ==, "45658");
	g_assert_cmpstr(field(table, 2, 1), ==, "0.1");
}

static void days_are_counted_as_the_workbook_says(void)
{
	static const WorkbookParts parts = {
		.rows = HEADER "<row><c s='0'><v>44196</v></c></row>",
		.styles = "<cellXfs><xf numFmtId='14'/></cellXfs>",
		.sheets = "<workbookPr date1904='1'/><sheets><sheet r:id='r0' state='hidden'/>"
				  "<sheet r:id='r1'/></sheets>",
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(CsvTable) table = parse(&parts, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(field(table, 0, 0), ==, "2025-01-01");
}

static void what_was_not_entered_is_refused_by_name(void)
{
	refuse(HEADER "<row r='3'><c r='A3'><f>B2+1</f><v>7</v></c></row>",
		   "line 3, column number: a formula");
	refuse(HEADER "<row r='2'><c r='B2' t='e'><v>#REF!</v></c></row>",
		   "line 2, column from: an error");
	refuse(HEADER "<row r='2'><c r='A2'><v>1.98503122010012E+17</v></c></row>",
		   "line 2, column number: a number this long was rounded");
	refuse(HEADER "<row r='2'><c r='A2'><v>198503122010012001</v></c></row>", "rounded");
	refuse(HEADER "<row r='2'><c r='A2' t='s'><v>0</v></c></row>", "no shared text");
	refuse(HEADER "<row r='2'><c r='A2'><v>nan</v></c></row>", "no number");
	refuse(HEADER "<row r='2'><c r='A2'><v>12x</v></c></row>", "no number");
}

static void what_does_not_fit_is_refused_by_name(void)
{
	refuse(HEADER "<row r='2'>" TEXT("C2", "beyond") "</row>",
		   "line 2, column 3: 3 fields, the header has 2");
	refuse(HEADER "<row r='2'>" TEXT("F2", "x") "</row>", "too many fields");
	refuse(HEADER "<row r='2'>" TEXT("A2", "0123456789012345678901234567890123456789+") "</row>",
		   "too long");
	refuse(HEADER "<row r='2'>" TEXT("A2", "a&#10;b") "</row>", "control characters");
	refuse(HEADER "<row r='2'>" TEXT("B2", "x") TEXT("A2", "y") "</row>", "not in order");
	refuse(HEADER "<row r='1'/>", "not in order");
	refuse("<row>" TEXT("A1", "a") TEXT("B1", "A") "</row>", "doubled column");
	refuse("", "empty");
	refuse(HEADER "<row>", "mismatched tag");
}

static void a_hostile_file_is_an_error(void)
{
	static const WorkbookParts bomb = {
		.rows = HEADER,
		.strings = "<si/>",
		.sheets = "<!DOCTYPE a [<!ENTITY b 'c'>]>",
	};
	g_autoptr(GError) error = NULL;
	g_assert_null(parse(&bomb, &error));
	g_clear_error(&error);
	g_autofree char *long_text = g_strnfill(2 << 20, ' ');
	WorkbookParts large = {.rows = long_text};
	g_assert_null(parse(&large, &error));
	g_assert_nonnull(strstr(error->message, "more than 1048576 bytes"));
}

/* Cut or changed anywhere: an error or a table, and nothing else. */
static void no_byte_harms(void)
{
	static const WorkbookParts parts = {.rows = HEADER "<row>" TEXT("A2", "1") "</row>"};
	g_autoptr(GBytes) whole = workbook_make(&parts);
	gsize size = g_bytes_get_size(whole);
	for (gsize i = 0; i < size; i += 3) {
		g_autoptr(GBytes) cut = g_bytes_new_from_bytes(whole, 0, i);
		g_autofree guint8 *changed = g_memdup2(g_bytes_get_data(whole, NULL), size);
		changed[i] ^= (guint8)(1U << (i % 8));
		g_autoptr(GBytes) other = g_bytes_new(changed, size);
		g_autoptr(CsvTable) first = xlsx_table_parse(cut, &limits, NULL);
		g_autoptr(CsvTable) second = xlsx_table_parse(other, &limits, NULL);
		g_assert_null(first);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add_func("/import_xlsx/" #name, name)
	CASE(rows_and_columns_are_the_sheets);
	CASE(shared_texts_are_joined_without_their_reading);
	CASE(dates_and_times_are_told_by_their_format);
	CASE(days_are_counted_as_the_workbook_says);
	CASE(what_was_not_entered_is_refused_by_name);
	CASE(what_does_not_fit_is_refused_by_name);
	CASE(a_hostile_file_is_an_error);
	CASE(no_byte_harms);
	return g_test_run();
}
