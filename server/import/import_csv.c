#include "server/import/import_csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <csv.h>

G_DEFINE_QUARK(hadir - csv - table - error, csv_table_error)

#define READ_AT_ONCE 65536

struct CsvReader {
	CsvLimits limits;
	CsvTable *table; /* of a file: its columns only */
	guint next;      /* of table->rows */
	FILE *file;      /* NULL: a table in memory */
	char *buffer;
	gsize capacity, start, end; /* what is read and not yet taken */
	gint64 offset, line;        /* of buffer[start]; lines taken */
	gint64 first_offset, first_line;
	struct csv_parser parser;
	GPtrArray *fields, *faults; /* of the line in hand */
	CsvRow row;
};

/* ── Cells ── */

static void free_fault(gpointer data)
{
	CsvFault *fault = data;
	g_free(fault->column);
	g_free(fault->text);
	g_free(fault);
}

GPtrArray *csv_faults_new(void)
{
	return g_ptr_array_new_with_free_func(free_fault);
}

static void add_fault(GPtrArray *faults, char *column, char *text)
{
	CsvFault *fault = g_new(CsvFault, 1);
	fault->column = column;
	fault->text = text;
	g_ptr_array_add(faults, fault);
}

void csv_faults_add(GPtrArray *faults, const CsvTable *table, gsize column, char *text)
{
	add_fault(faults,
			  column < table->columns->len ? g_strdup(table->columns->pdata[column])
										   : g_strdup_printf("%" G_GSIZE_FORMAT, column + 1),
			  text);
}

/* Control characters, marks of direction and of byte order, blanks of no width or that do not part words:
 * two texts that look alike would not be one. */
static gunichar find_unseen(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		GUnicodeType type = g_unichar_type(c);
		if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || c == 0xa0 ||
			type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
			return c;
	}
	return 0;
}

/* What a spreadsheet would compute when it reads our reports.  A dash alone, before a blank or before
 * figures is none. */
static gboolean is_formula(const char *text)
{
	if (*text == '=' || *text == '+' || *text == '@')
		return TRUE;
	return *text == '-' && text[1] != '\0' && text[1] != ' ' &&
		   text[1 + strspn(text + 1, G_CSET_DIGITS)] != '\0';
}

char *csv_cell_wrong(const char *text, gsize size, const CsvLimits *limits)
{
	if (size > limits->field_max)
		return g_strdup_printf("it is too long (more than %" G_GSIZE_FORMAT " bytes)",
							   limits->field_max);
	if (memchr(text, '\0', size) != NULL)
		return g_strdup("it has control characters (U+0000)");
	if (!g_utf8_validate_len(text, size, NULL))
		return g_strdup("not UTF-8: save the file as 'CSV UTF-8'");
	g_autofree char *copy = g_strstrip(g_strndup(text, size));
	gunichar unseen = find_unseen(copy);
	if (unseen != 0)
		return g_strdup_printf("it has control characters, or such that are not seen (U+%04X)",
							   unseen);
	if (is_formula(copy))
		return g_strdup_printf("it begins as a formula does ('%c'): enter the value", *copy);
	return NULL;
}

/* ── Tables ── */

static void free_row(gpointer data)
{
	CsvRow *row = data;
	g_strfreev(row->fields);
	g_clear_pointer(&row->faults, g_ptr_array_unref);
	g_free(row);
}

CsvTable *csv_table_new(void)
{
	CsvTable *table = g_new0(CsvTable, 1);
	table->columns = g_ptr_array_new_with_free_func(g_free);
	table->rows = g_ptr_array_new_with_free_func(free_row);
	return table;
}

void csv_table_free(CsvTable *table)
{
	if (table == NULL)
		return;
	g_ptr_array_unref(table->columns);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

int csv_table_column(const CsvTable *table, const char *name)
{
	for (guint i = 0; i < table->columns->len; i++)
		if (strcmp(table->columns->pdata[i], name) == 0)
			return (int)i;
	return -1;
}

/* Semicolons are what a spreadsheet writes where a comma parts decimals, as in Indonesia. */
static char *other_separator(const char *header)
{
	const char *found = strpbrk(header, ";\t|");
	if (found == NULL)
		return NULL;
	return g_strdup_printf("the columns are parted by %s: commas are needed, save the file as 'CSV "
						   "(comma)'",
						   *found == ';'    ? "semicolons"
						   : *found == '\t' ? "tabs"
											: "'|'");
}

static char *take_header(CsvTable *table, const GPtrArray *fields, const GPtrArray *faults)
{
	char *wrong = fields->len == 1 ? other_separator(fields->pdata[0]) : NULL;
	if (wrong != NULL)
		return wrong;
	if (faults != NULL && faults->len > 0) {
		const CsvFault *fault = faults->pdata[0];
		return fault->column != NULL
				   ? g_strdup_printf("column %s of the header: %s", fault->column, fault->text)
				   : g_strdup(fault->text);
	}
	for (guint i = 0; i < fields->len; i++) {
		char *name = g_ascii_strdown(fields->pdata[i], -1);
		gboolean bad = *name == '\0' || csv_table_column(table, name) >= 0;
		g_ptr_array_add(table->columns, name);
		if (bad)
			return g_strdup_printf("the header has an empty or a doubled column, '%s' (%u)", name,
								   i + 1);
	}
	return NULL;
}

static gboolean is_blank(const GPtrArray *fields, const GPtrArray *faults)
{
	return (faults == NULL || faults->len == 0) &&
		   (fields->len == 0 || (fields->len == 1 && *(const char *)fields->pdata[0] == '\0'));
}

static void check_count(const CsvTable *table, const GPtrArray *fields, GPtrArray *faults)
{
	guint n = table->columns->len;
	if (fields->len == n)
		return;
	char *text = g_strdup_printf("%u fields, the header has %u", fields->len, n);
	if (fields->len < n)
		csv_faults_add(faults, table, fields->len, text);
	else
		csv_faults_add(faults, table, n, text);
}

static void add_row(CsvTable *table, gint64 line, const GPtrArray *fields, GPtrArray *faults)
{
	CsvRow *row = g_new0(CsvRow, 1);
	row->line = line;
	row->fields = g_new0(char *, fields->len + 1);
	for (guint i = 0; i < fields->len; i++)
		row->fields[i] = g_strdup(fields->pdata[i]);
	if (faults->len > 0)
		row->faults = g_ptr_array_ref(faults);
	g_ptr_array_add(table->rows, row);
}

static char *take_fields(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields,
						 GPtrArray *faults)
{
	if (is_blank(fields, faults))
		return NULL;
	if (table->columns->len == 0)
		return take_header(table, fields, faults);
	if (table->rows->len >= limits->rows_max)
		return g_strdup("too many rows");
	g_autoptr(GPtrArray) all = faults != NULL ? g_ptr_array_ref(faults) : csv_faults_new();
	if (all->len == 0)
		check_count(table, fields, all);
	add_row(table, line, fields, all);
	return NULL;
}

char *csv_table_take(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields,
					 GPtrArray *faults)
{
	char *wrong = take_fields(table, limits, line, fields, faults);
	g_ptr_array_set_size(fields, 0);
	return wrong;
}

/* ── Lines of a file ── */

static void take_field(void *data, size_t size, void *user)
{
	CsvReader *reader = user;
	gsize column = reader->fields->len;
	if (column >= reader->limits.columns_max) {
		if (column == reader->limits.columns_max)
			csv_faults_add(reader->faults, reader->table, column, g_strdup("too many fields"));
		g_ptr_array_set_size(reader->fields, (int)column + (column == reader->limits.columns_max));
		return;
	}
	const char *text = size > 0 ? data : "";
	char *wrong = csv_cell_wrong(text, size, &reader->limits);
	if (wrong != NULL)
		csv_faults_add(reader->faults, reader->table, column, wrong);
	/* What is wrong is not kept. */
	g_ptr_array_add(reader->fields,
					wrong != NULL ? g_strdup("") : g_strstrip(g_strndup(text, size)));
}

static void take_row(int terminator G_GNUC_UNUSED, void *user G_GNUC_UNUSED)
{
}

static gboolean start_parser(CsvReader *reader, GError **error)
{
	if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) == 0)
		return TRUE;
	g_set_error(error, CSV_TABLE_ERROR, 0, "no memory");
	return FALSE;
}

/* The line without its end.  A row is one line: no field may have a line end. */
static gboolean parse_line(CsvReader *reader, const char *text, gsize size, GError **error)
{
	const char *wrong = NULL;
	g_ptr_array_set_size(reader->fields, 0);
	g_ptr_array_set_size(reader->faults, 0);
	if (memchr(text, '\r', size) != NULL)
		wrong = "control characters: a carriage return within the line";
	else if (csv_parse(&reader->parser, text, size, take_field, take_row, reader) != size)
		wrong = "a quote where none may be";
	else if (csv_fini(&reader->parser, take_field, take_row, reader) != 0)
		wrong = "it ends within quotes";
	if (wrong == NULL)
		return TRUE;
	csv_faults_add(reader->faults, reader->table, reader->fields->len, g_strdup(wrong));
	csv_free(&reader->parser);
	return start_parser(reader, error);
}

static gboolean fill(CsvReader *reader, GError **error)
{
	memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
	reader->end +=
		fread(reader->buffer + reader->end, 1, reader->capacity - reader->end, reader->file);
	if (!ferror(reader->file))
		return TRUE;
	g_set_error(error, CSV_TABLE_ERROR, 0, "it cannot be read: %s", g_strerror(errno));
	return FALSE;
}

/* FALSE without an error at the end.  The text is borrowed until the next call. */
static gboolean next_line(CsvReader *reader, const char **text, gsize *size, GError **error)
{
	const char *end = memchr(reader->buffer + reader->start, '\n', reader->end - reader->start);
	if (end == NULL) {
		if (!fill(reader, error))
			return FALSE;
		end = memchr(reader->buffer, '\n', reader->end);
	}
	gsize n =
		end != NULL ? (gsize)(end - (reader->buffer + reader->start)) : reader->end - reader->start;
	if (end == NULL && n == 0)
		return FALSE;
	reader->line++;
	if (end == NULL && n == reader->capacity) {
		g_set_error(error, CSV_TABLE_ERROR, 0, "line %" G_GINT64_FORMAT ": a field is too long",
					reader->line);
		return FALSE;
	}
	*text = reader->buffer + reader->start;
	*size = n > 0 && (*text)[n - 1] == '\r' ? n - 1 : n;
	reader->start += n + (end != NULL);
	reader->offset += (gint64)n + (end != NULL);
	return TRUE;
}

/* ── Files ── */

static FILE *open_file(const char *path, gsize size_max, GError **error)
{
	struct stat info;
	FILE *file = fopen(path, "rb");
	if (file == NULL || fstat(fileno(file), &info) != 0) {
		g_set_error(error, CSV_TABLE_ERROR, 0, "%s", g_strerror(errno));
	} else if (!S_ISREG(info.st_mode) || (guint64)info.st_size > size_max) {
		g_set_error(error, CSV_TABLE_ERROR, 0, "not a file of at most %" G_GSIZE_FORMAT " bytes",
					size_max);
	} else {
		return file;
	}
	if (file != NULL)
		fclose(file);
	return NULL;
}

/* Its byte order mark, or a Latin letter with its zero byte. */
static gboolean is_utf16(const char *text, gsize size)
{
	return size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0 ||
						 (text[0] == '\0') != (text[1] == '\0'));
}

static gboolean read_header(CsvReader *reader, GError **error)
{
	GError *failed = NULL;
	const char *text;
	gsize size;
	if (!fill(reader, error))
		return FALSE;
	if (is_utf16(reader->buffer, reader->end)) {
		g_set_error(error, CSV_TABLE_ERROR, 0,
					"line 1: not UTF-8 but UTF-16: save the file as 'CSV UTF-8'");
		return FALSE;
	}
	if (reader->end >= 3 && memcmp(reader->buffer, "\xef\xbb\xbf", 3) == 0)
		reader->start = (gsize)(reader->offset = 3);
	while (reader->table->columns->len == 0 && next_line(reader, &text, &size, &failed)) {
		if (!parse_line(reader, text, size, error))
			return FALSE;
		g_autofree char *wrong = csv_table_take(reader->table, &reader->limits, reader->line,
												reader->fields, reader->faults);
		if (wrong != NULL) {
			g_set_error(error, CSV_TABLE_ERROR, 0, "line %" G_GINT64_FORMAT ": %s", reader->line,
						wrong);
			return FALSE;
		}
	}
	if (failed == NULL && reader->table->columns->len == 0)
		g_set_error(&failed, CSV_TABLE_ERROR, 0, "line 1: no header");
	if (failed != NULL)
		g_propagate_error(error, failed);
	reader->first_offset = reader->offset;
	reader->first_line = reader->line;
	return failed == NULL;
}

CsvReader *csv_reader_open(const char *path, const CsvLimits *limits, GError **error)
{
	FILE *file = open_file(path, limits->size_max, error);
	if (file == NULL) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	g_autoptr(CsvReader) reader = csv_reader_of_table(csv_table_new());
	reader->limits = *limits;
	reader->file = file;
	/* A line whose every field is quoted and doubles every quote. */
	reader->capacity = MAX(limits->columns_max * (2 * limits->field_max + 3) + 2, READ_AT_ONCE);
	reader->buffer = g_malloc(reader->capacity);
	reader->fields = g_ptr_array_new_with_free_func(g_free);
	reader->faults = csv_faults_new();
	if (start_parser(reader, error) && read_header(reader, error))
		return g_steal_pointer(&reader);
	g_prefix_error(error, "%s: ", path);
	return NULL;
}

CsvReader *csv_reader_of_table(CsvTable *table)
{
	CsvReader *reader = g_new0(CsvReader, 1);
	reader->table = table;
	return reader;
}

void csv_reader_close(CsvReader *reader)
{
	if (reader == NULL)
		return;
	if (reader->file != NULL) {
		fclose(reader->file);
		csv_free(&reader->parser);
		g_ptr_array_unref(reader->fields);
		g_ptr_array_unref(reader->faults);
	}
	csv_table_free(reader->table);
	g_free(reader->row.fields);
	g_free(reader->buffer);
	g_free(reader);
}

static const CsvRow *row_of_line(CsvReader *reader)
{
	guint n = reader->fields->len;
	if (reader->faults->len == 0)
		check_count(reader->table, reader->fields, reader->faults);
	reader->row.line = reader->line;
	reader->row.fields = g_renew(char *, reader->row.fields, n + 1);
	for (guint i = 0; i < n; i++)
		reader->row.fields[i] = reader->fields->pdata[i];
	reader->row.fields[n] = NULL;
	reader->row.faults = reader->faults->len > 0 ? reader->faults : NULL;
	return &reader->row;
}

const CsvRow *csv_reader_next(CsvReader *reader, GError **error)
{
	const char *text;
	gsize size;
	if (reader->file == NULL)
		return reader->next < reader->table->rows->len ? reader->table->rows->pdata[reader->next++]
													   : NULL;
	while (next_line(reader, &text, &size, error)) {
		if (!parse_line(reader, text, size, error))
			return NULL;
		if (!is_blank(reader->fields, reader->faults))
			return row_of_line(reader);
	}
	return NULL;
}

gboolean csv_reader_rewind(CsvReader *reader, GError **error)
{
	reader->next = 0;
	if (reader->file == NULL)
		return TRUE;
	if (fseeko(reader->file, reader->first_offset, SEEK_SET) != 0) {
		g_set_error(error, CSV_TABLE_ERROR, 0, "it cannot be read again: %s", g_strerror(errno));
		return FALSE;
	}
	reader->start = reader->end = 0;
	reader->offset = reader->first_offset;
	reader->line = reader->first_line;
	return TRUE;
}

const GPtrArray *csv_reader_columns(const CsvReader *reader)
{
	return reader->table->columns;
}

int csv_reader_column(const CsvReader *reader, const char *name)
{
	return csv_table_column(reader->table, name);
}
