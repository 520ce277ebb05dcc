#include "server/import/import_xlsx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "server/import/xlsx_package.h"
#include "server/import/xlsx_xml.h"
#include "server/rules/calendar.h"

#define WORKBOOK "xl/workbook.xml"
#define RELATIONS "xl/_rels/workbook.xml.rels"
#define ROWS_MAX 1048576 /* of a sheet, ECMA-376 */
#define FIGURES_MAX 15   /* what a double keeps of any decimal number */
/* Day 0 of the two ways to count.  The first has a 29 February 1900 that never was: from day 61 on both
 * agree with the calendar. */
#define DAY_0_OF_1900 (-25569)
#define DAY_0_OF_1904 (-24107)
#define FIRST_TRUE_DAY 61

/* What a format shows a number as. */
typedef enum { FORMAT_NUMBER, FORMAT_TIME } Format;

typedef struct {
	const CsvLimits *limits;
	gboolean since_1904;
	char *sheet, *strings_part, *styles_part; /* names of parts; NULL: there is none */
	char *sheet_id;                           /* of a relation */
	GPtrArray *strings;                       /* char * */
	GArray *formats;                          /* Format, by a cell's style */
	CsvTable *table;
} Workbook;

static void workbook_clear(Workbook *workbook)
{
	g_free(workbook->sheet);
	g_free(workbook->strings_part);
	g_free(workbook->styles_part);
	g_free(workbook->sheet_id);
	g_ptr_array_unref(workbook->strings);
	g_array_unref(workbook->formats);
	csv_table_free(workbook->table);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Workbook, workbook_clear)

static gboolean is_true(const char *text)
{
	return text != NULL && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

/* ── workbook.xml and its relations: which part is what ── */

static void on_workbook(XlsxXml *xml, const char *name, const char **attributes, gpointer user)
{
	Workbook *workbook = user;
	(void)xml;
	if (strcmp(name, "workbookPr") == 0)
		workbook->since_1904 = is_true(xlsx_attribute(attributes, "date1904"));
	const char *state = xlsx_attribute(attributes, "state");
	if (strcmp(name, "sheet") == 0 && workbook->sheet_id == NULL &&
		(state == NULL || strcmp(state, "visible") == 0))
		workbook->sheet_id = g_strdup(xlsx_attribute(attributes, "id"));
}

/* A target is relative to xl/, or absolute. */
static char *part_of(const char *target)
{
	return *target == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL);
}

static void set_part(char **part, const char *target)
{
	g_free(*part);
	*part = part_of(target);
}

static void on_relation(XlsxXml *xml, const char *name, const char **attributes, gpointer user)
{
	Workbook *workbook = user;
	const char *id = xlsx_attribute(attributes, "Id");
	const char *type = xlsx_attribute(attributes, "Type");
	const char *target = xlsx_attribute(attributes, "Target");
	(void)xml;
	if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL || target == NULL)
		return;
	if (strcmp(id, workbook->sheet_id) == 0 && g_str_has_suffix(type, "/worksheet"))
		set_part(&workbook->sheet, target);
	else if (g_str_has_suffix(type, "/sharedStrings"))
		set_part(&workbook->strings_part, target);
	else if (g_str_has_suffix(type, "/styles"))
		set_part(&workbook->styles_part, target);
}

/* ── sharedStrings.xml ── */

typedef struct {
	Workbook *workbook;
	GString *text;
	gboolean taking; /* within <t> */
	guint phonetic;  /* depth of <rPh>: how a word is read, not the word */
} Strings;

/* One byte more than a field may have: enough to be refused by name. */
static void append_text(GString *to, const char *text, gsize size, const CsvLimits *limits)
{
	gsize room = limits->field_max + 1 - MIN(to->len, limits->field_max + 1);
	g_string_append_len(to, text, (gssize)MIN(size, room));
}

static void strings_start(XlsxXml *xml, const char *name, const char **attributes, gpointer user)
{
	Strings *strings = user;
	(void)xml;
	(void)attributes;
	if (strcmp(name, "si") == 0)
		g_string_truncate(strings->text, 0);
	strings->phonetic += strcmp(name, "rPh") == 0;
	strings->taking = strcmp(name, "t") == 0 && strings->phonetic == 0;
}

static void strings_end(XlsxXml *xml, const char *name, gpointer user)
{
	Strings *strings = user;
	(void)xml;
	strings->taking = FALSE;
	if (strcmp(name, "rPh") == 0 && strings->phonetic > 0)
		strings->phonetic--;
	if (strcmp(name, "si") == 0)
		g_ptr_array_add(strings->workbook->strings, g_strdup(strings->text->str));
}

static void strings_text(XlsxXml *xml, const char *text, gsize size, gpointer user)
{
	Strings *strings = user;
	(void)xml;
	if (strings->taking)
		append_text(strings->text, text, size, strings->workbook->limits);
}

static gboolean read_strings(Workbook *workbook, GBytes *part, GError **error)
{
	static const XlsxHandlers handlers = {strings_start, strings_end, strings_text};
	g_autoptr(GString) text = g_string_new(NULL);
	Strings strings = {.workbook = workbook, .text = text};
	return xlsx_xml_read(part, workbook->strings_part, &handlers, &strings, error);
}

/* ── styles.xml: which cells show a date or time ── */

typedef struct {
	Workbook *workbook;
	GHashTable *times; /* numFmtId of the workbook's own formats of dates and times */
	gboolean in_cells; /* within <cellXfs> */
} Styles;

/* Outside of quotes, brackets and escapes, a letter of year, month, day, hour or second. */
static gboolean shows_time(const char *code)
{
	char within = 0;
	for (; *code != '\0'; code++) {
		if (within != 0)
			within = *code == within ? 0 : within;
		else if (*code == '"')
			within = '"';
		else if (*code == '[')
			within = ']';
		else if (*code == '\\' && code[1] != '\0')
			code++;
		else if (strchr("yYmMdDhHsS", *code) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* ECMA-376 part 1, 18.8.30: the formats that every program knows. */
static gboolean is_known_time(gint64 id)
{
	return (id >= 14 && id <= 22) || (id >= 45 && id <= 47);
}

static gint64 number_of(const char **attributes, const char *name)
{
	const char *text = xlsx_attribute(attributes, name);
	gint64 number = -1;
	return text != NULL && g_ascii_string_to_signed(text, 10, 0, G_MAXINT, &number, NULL) ? number
																						  : -1;
}

static void styles_start(XlsxXml *xml, const char *name, const char **attributes, gpointer user)
{
	Styles *styles = user;
	gint64 id = number_of(attributes, "numFmtId");
	(void)xml;
	if (strcmp(name, "cellXfs") == 0)
		styles->in_cells = TRUE;
	if (strcmp(name, "numFmt") == 0) {
		const char *code = xlsx_attribute(attributes, "formatCode");
		if (code != NULL && shows_time(code))
			g_hash_table_add(styles->times, GINT_TO_POINTER((int)id));
	}
	if (strcmp(name, "xf") == 0 && styles->in_cells) {
		Format format =
			is_known_time(id) || g_hash_table_contains(styles->times, GINT_TO_POINTER((int)id))
				? FORMAT_TIME
				: FORMAT_NUMBER;
		g_array_append_val(styles->workbook->formats, format);
	}
}

static void styles_end(XlsxXml *xml, const char *name, gpointer user)
{
	(void)xml;
	if (strcmp(name, "cellXfs") == 0)
		((Styles *)user)->in_cells = FALSE;
}

static gboolean read_styles(Workbook *workbook, GBytes *part, GError **error)
{
	static const XlsxHandlers handlers = {styles_start, styles_end, NULL};
	g_autoptr(GHashTable) times = g_hash_table_new(NULL, NULL);
	Styles styles = {.workbook = workbook, .times = times};
	return xlsx_xml_read(part, workbook->styles_part, &handlers, &styles, error);
}

/* ── The sheet ── */

typedef struct {
	Workbook *workbook;
	GPtrArray *fields, *faults; /* of the row */
	gint64 row;
	gint64 column; /* of the cell, from 0 */
	char type[12]; /* "n", "s", "str", "inlineStr", "b", "e", "d" */
	gint64 style;
	gboolean formula, taking;
	guint phonetic;
	GString *text;
} Sheet;

/* "BC12" is column 54.  -1: no reference. */
static gint64 column_of(const char *reference)
{
	gint64 column = 0;
	for (; g_ascii_isalpha(*reference) && column <= 26 * 26 * 26; reference++)
		column = column * 26 + g_ascii_toupper(*reference) - 'A' + 1;
	return g_ascii_isdigit(*reference) ? column - 1 : -1;
}

static void cell_fail(const Sheet *sheet, const char *text)
{
	csv_faults_add(sheet->faults, sheet->workbook->table, (gsize)sheet->column, g_strdup(text));
}

static void start_row(XlsxXml *xml, Sheet *sheet, const char **attributes)
{
	gint64 row =
		xlsx_attribute(attributes, "r") != NULL ? number_of(attributes, "r") : sheet->row + 1;
	if (row <= sheet->row || row > ROWS_MAX)
		xlsx_xml_fail(xml, "rows are not in order after line %" G_GINT64_FORMAT, sheet->row);
	sheet->row = row;
	sheet->column = -1;
}

static void start_cell(XlsxXml *xml, Sheet *sheet, const char **attributes)
{
	const char *reference = xlsx_attribute(attributes, "r");
	const char *type = xlsx_attribute(attributes, "t");
	gint64 column = reference != NULL ? column_of(reference) : sheet->column + 1;
	if (column <= sheet->column)
		xlsx_xml_fail(xml, "line %" G_GINT64_FORMAT ": cells are not in order", sheet->row);
	sheet->column = column;
	g_strlcpy(sheet->type, type != NULL ? type : "n", sizeof sheet->type);
	sheet->style = number_of(attributes, "s");
	sheet->formula = FALSE;
	g_string_truncate(sheet->text, 0);
}

static void sheet_start(XlsxXml *xml, const char *name, const char **attributes, gpointer user)
{
	Sheet *sheet = user;
	if (strcmp(name, "row") == 0)
		start_row(xml, sheet, attributes);
	else if (strcmp(name, "c") == 0)
		start_cell(xml, sheet, attributes);
	else if (strcmp(name, "f") == 0)
		sheet->formula = TRUE;
	sheet->phonetic += strcmp(name, "rPh") == 0;
	sheet->taking = (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) && sheet->phonetic == 0;
}

static void sheet_text(XlsxXml *xml, const char *text, gsize size, gpointer user)
{
	Sheet *sheet = user;
	(void)xml;
	if (sheet->taking)
		append_text(sheet->text, text, size, sheet->workbook->limits);
}

/* (transfer full); NULL: no day that a calendar has. */
static char *time_text(const Workbook *workbook, double number)
{
	if (!(number >= 0 && number < 3000000))
		return NULL;
	gint64 minutes = llround(number * 1440);
	gint64 days = minutes / 1440;
	g_autofree char *clock =
		g_strdup_printf("%02d:%02d", (int)(minutes % 1440 / 60), (int)(minutes % 60));
	if (days == 0)
		return g_steal_pointer(&clock);
	if (!workbook->since_1904 && days < FIRST_TRUE_DAY)
		return NULL;
	char date[CALENDAR_TEXT];
	calendar_format(days + (workbook->since_1904 ? DAY_0_OF_1904 : DAY_0_OF_1900), date);
	return minutes % 1440 == 0 ? g_strdup(date) : g_strdup_printf("%s %s", date, clock);
}

/* Figures that count: without sign, point, leading zeros and exponent. */
static gsize count_figures(const char *text)
{
	gsize n = 0;
	for (; *text != '\0' && *text != 'e' && *text != 'E'; text++)
		n += g_ascii_isdigit(*text) && (n > 0 || *text != '0');
	return n;
}

/* Only whole numbers have figures to lose: 0.1 is written with seventeen. */
static gboolean is_too_long(const char *text, double number)
{
	return fabs(number) >= 1e15 ||
		   (strpbrk(text, ".eE") == NULL && count_figures(text) > FIGURES_MAX);
}

static char *number_text(const Sheet *sheet)
{
	const Workbook *workbook = sheet->workbook;
	char *end = NULL;
	double number = g_ascii_strtod(sheet->text->str, &end);
	if (end == sheet->text->str || *end != '\0' || !isfinite(number)) {
		cell_fail(sheet, "no number");
		return NULL;
	}
	if (sheet->style >= 0 && sheet->style < (gint64)workbook->formats->len &&
		g_array_index(workbook->formats, Format, sheet->style) == FORMAT_TIME) {
		char *text = time_text(workbook, number);
		if (text == NULL)
			cell_fail(sheet, "no date");
		return text;
	}
	if (is_too_long(sheet->text->str, number)) {
		cell_fail(
			sheet,
			"a number this long was rounded by a spreadsheet, its last digits are lost: format "
			"the column as text, enter the number again from its source, and save");
		return NULL;
	}
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", number));
}

static char *shared_text(const Sheet *sheet)
{
	const GPtrArray *strings = sheet->workbook->strings;
	gint64 index;
	if (g_ascii_string_to_signed(sheet->text->str, 10, 0, G_MAXINT, &index, NULL) &&
		index < (gint64)strings->len)
		return g_strdup(strings->pdata[index]);
	cell_fail(sheet, "it names no shared text");
	return NULL;
}

/* NULL: refused. */
static char *cell_text(const Sheet *sheet)
{
	if (strcmp(sheet->type, "e") == 0) {
		cell_fail(sheet, "an error value of the spreadsheet");
		return NULL;
	}
	if (strcmp(sheet->type, "s") == 0)
		return shared_text(sheet);
	if (strcmp(sheet->type, "n") == 0)
		return number_text(sheet);
	return g_strdup(sheet->text->str); /* a text, or 0 and 1 */
}

/* A cell behind the last that a row may have is named and not kept. */
static void place_cell(Sheet *sheet, char *text)
{
	const CsvLimits *limits = sheet->workbook->limits;
	char *wrong = csv_cell_wrong(text, strlen(text), limits);
	if (wrong == NULL && sheet->column >= (gint64)limits->columns_max)
		wrong = g_strdup("too many fields");
	if (wrong != NULL)
		csv_faults_add(sheet->faults, sheet->workbook->table, (gsize)sheet->column, wrong);
	while (sheet->fields->len < sheet->column && sheet->fields->len < limits->columns_max)
		g_ptr_array_add(sheet->fields, g_strdup(""));
	if (sheet->fields->len < limits->columns_max)
		g_ptr_array_add(sheet->fields, text);
	else
		g_free(text);
}

static void end_cell(Sheet *sheet)
{
	if (sheet->formula) {
		cell_fail(sheet, "a formula: copy the column and paste it as values, then save");
		return;
	}
	if (sheet->text->len == 0)
		return;
	char *text = cell_text(sheet);
	if (text != NULL && *g_strstrip(text) != '\0')
		place_cell(sheet, text);
	else
		g_free(text);
}

static void end_row(XlsxXml *xml, Sheet *sheet)
{
	CsvTable *table = sheet->workbook->table;
	while ((sheet->fields->len > 0 || sheet->faults->len > 0) &&
		   sheet->fields->len < table->columns->len)
		g_ptr_array_add(sheet->fields, g_strdup(""));
	g_autofree char *wrong =
		csv_table_take(table, sheet->workbook->limits, sheet->row, sheet->fields, sheet->faults);
	if (sheet->faults->len > 0) {
		g_ptr_array_unref(sheet->faults); /* the row has them */
		sheet->faults = csv_faults_new();
	}
	if (wrong != NULL)
		xlsx_xml_fail(xml, "line %" G_GINT64_FORMAT ": %s", sheet->row, wrong);
}

static void sheet_end(XlsxXml *xml, const char *name, gpointer user)
{
	Sheet *sheet = user;
	sheet->taking = FALSE;
	if (strcmp(name, "rPh") == 0 && sheet->phonetic > 0)
		sheet->phonetic--;
	if (strcmp(name, "c") == 0)
		end_cell(sheet);
	else if (strcmp(name, "row") == 0)
		end_row(xml, sheet);
}

static gboolean read_sheet(Workbook *workbook, GBytes *part, GError **error)
{
	static const XlsxHandlers handlers = {sheet_start, sheet_end, sheet_text};
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
	Sheet sheet = {.workbook = workbook,
				   .text = text,
				   .fields = fields,
				   .faults = csv_faults_new(),
				   .column = -1};
	gboolean read = xlsx_xml_read(part, workbook->sheet, &handlers, &sheet, error);
	g_ptr_array_unref(sheet.faults);
	return read;
}

/* ── The whole ── */

typedef gboolean (*PartReader)(Workbook *workbook, GBytes *part, GError **error);

static gboolean read_part(Workbook *workbook, XlsxPackage *package, const char *name,
						  PartReader reader, GError **error)
{
	g_autoptr(GBytes) part = xlsx_package_read(package, name, workbook->limits->size_max, error);
	return part != NULL && reader(workbook, part, error);
}

static gboolean read_workbook(Workbook *workbook, GBytes *part, GError **error)
{
	static const XlsxHandlers handlers = {on_workbook, NULL, NULL};
	if (!xlsx_xml_read(part, WORKBOOK, &handlers, workbook, error))
		return FALSE;
	if (workbook->sheet_id != NULL)
		return TRUE;
	g_set_error(error, XLSX_ERROR, 0, "no sheet that can be seen");
	return FALSE;
}

static gboolean read_relations(Workbook *workbook, GBytes *part, GError **error)
{
	static const XlsxHandlers handlers = {on_relation, NULL, NULL};
	if (!xlsx_xml_read(part, RELATIONS, &handlers, workbook, error))
		return FALSE;
	if (workbook->sheet != NULL)
		return TRUE;
	g_set_error(error, XLSX_ERROR, 0, "the first sheet is not in the file");
	return FALSE;
}

static gboolean read_all(Workbook *workbook, XlsxPackage *package, GError **error)
{
	return read_part(workbook, package, WORKBOOK, read_workbook, error) &&
		   read_part(workbook, package, RELATIONS, read_relations, error) &&
		   (workbook->strings_part == NULL ||
			read_part(workbook, package, workbook->strings_part, read_strings, error)) &&
		   (workbook->styles_part == NULL ||
			read_part(workbook, package, workbook->styles_part, read_styles, error)) &&
		   read_part(workbook, package, workbook->sheet, read_sheet, error);
}

CsvTable *xlsx_table_parse(GBytes *bytes, const CsvLimits *limits, GError **error)
{
	g_autoptr(XlsxPackage) package = xlsx_package_open(bytes, error);
	if (package == NULL)
		return NULL;
	g_auto(Workbook) workbook = {.limits = limits,
								 .strings = g_ptr_array_new_with_free_func(g_free),
								 .formats = g_array_new(FALSE, FALSE, sizeof(Format)),
								 .table = csv_table_new()};
	if (!read_all(&workbook, package, error))
		return NULL;
	if (workbook.table->columns->len > 0)
		return g_steal_pointer(&workbook.table);
	g_set_error(error, XLSX_ERROR, 0, "the first sheet is empty");
	return NULL;
}

/* The first bytes of a zip archive, and of what programs wrote before 2007 and write under a password. */
static const char zip_start[] = "PK\x03\x04", old_start[] = "\xd0\xcf\x11\xe0";

static gboolean begins_with(const char *path, const char start[static 4])
{
	char first[4] = {0};
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return FALSE;
	gsize n = fread(first, 1, sizeof first, file);
	fclose(file);
	return n == sizeof first && memcmp(first, start, sizeof first) == 0;
}

gboolean xlsx_is_workbook(const char *path)
{
	return begins_with(path, zip_start) || begins_with(path, old_start);
}

static CsvTable *load(const char *path, const CsvLimits *limits, GError **error)
{
	g_autoptr(GMappedFile) file = NULL;
	if (begins_with(path, old_start)) {
		g_set_error(
			error, XLSX_ERROR, 0,
			"a spreadsheet of the old kind or under a password: save it as .xlsx without one");
		return NULL;
	}
	file = g_mapped_file_new(path, FALSE, error);
	if (file == NULL)
		return NULL;
	if (g_mapped_file_get_length(file) > limits->size_max) {
		g_set_error(error, XLSX_ERROR, 0, "more than %" G_GSIZE_FORMAT " bytes", limits->size_max);
		return NULL;
	}
	g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
	return xlsx_table_parse(bytes, limits, error);
}

CsvTable *xlsx_table_load(const char *path, const CsvLimits *limits, GError **error)
{
	CsvTable *table = load(path, limits, error);
	if (table == NULL)
		g_prefix_error(error, "%s: ", path);
	return table;
}
