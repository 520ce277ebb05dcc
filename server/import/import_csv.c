#include "server/import/import_csv.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <csv.h>

G_DEFINE_QUARK(hadir - csv - table - error, csv_table_error)

typedef struct {
	const char *path;
	const CsvLimits *limits;
	CsvTable *table;
	GPtrArray *fields; /* of the row being read */
	gint64 line, row_line;
	char *wrong; /* the first thing that is */
} Reader;

static void note(Reader *reader, gint64 line, const char *text)
{
	if (reader->wrong == NULL)
		reader->wrong = g_strdup_printf("line %" G_GINT64_FORMAT ": %s", line, text);
}

gboolean csv_has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((guchar)*text < 0x20 || *text == 0x7f)
			return TRUE;
	return FALSE;
}

static void take_field(void *data, size_t size, void *user)
{
	Reader *reader = user;
	if (reader->wrong != NULL)
		return;
	if (reader->fields->len == 0)
		reader->row_line = reader->line;
	if (size > reader->limits->field_max || reader->fields->len >= reader->limits->columns_max) {
		note(reader, reader->line,
			 size > reader->limits->field_max ? "a field is too long" : "too many fields");
		return;
	}
	g_autofree char *field = g_strndup(size > 0 ? data : "", size);
	if (strlen(field) != size || csv_has_control(field)) {
		note(reader, reader->line, "a field has control characters");
		return;
	}
	g_ptr_array_add(reader->fields, g_strstrip(g_steal_pointer(&field)));
}

static void free_row(gpointer data)
{
	CsvRow *row = data;
	g_strfreev(row->fields);
	g_free(row);
}

static char *take_header(CsvTable *table, GPtrArray *fields)
{
	for (guint i = 0; i < fields->len; i++) {
		char *name = g_ascii_strdown(fields->pdata[i], -1);
		gboolean bad = *name == '\0' || csv_table_column(table, name) >= 0;
		g_ptr_array_add(table->columns, name);
		if (bad)
			return g_strdup("the header has an empty or a doubled column");
	}
	return NULL;
}

static gboolean is_blank(const GPtrArray *fields)
{
	return fields->len == 0 || (fields->len == 1 && *(const char *)fields->pdata[0] == '\0');
}

static void add_row(CsvTable *table, gint64 line, const GPtrArray *fields)
{
	CsvRow *row = g_new0(CsvRow, 1);
	row->line = line;
	row->fields = g_new0(char *, fields->len + 1);
	for (guint i = 0; i < fields->len; i++)
		row->fields[i] = g_strdup(fields->pdata[i]);
	g_ptr_array_add(table->rows, row);
}

static char *take_fields(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields)
{
	if (is_blank(fields))
		return NULL;
	if (table->columns->len == 0)
		return take_header(table, fields);
	if (fields->len != table->columns->len)
		return g_strdup_printf("%u fields, the header has %u", fields->len, table->columns->len);
	if (table->rows->len >= limits->rows_max)
		return g_strdup("too many rows");
	add_row(table, line, fields);
	return NULL;
}

char *csv_table_take(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields)
{
	char *wrong = take_fields(table, limits, line, fields);
	g_ptr_array_set_size(fields, 0);
	return wrong;
}

static void take_row(int terminator G_GNUC_UNUSED, void *user)
{
	Reader *reader = user;
	if (reader->wrong != NULL)
		return;
	g_autofree char *wrong =
		csv_table_take(reader->table, reader->limits, reader->row_line, reader->fields);
	if (wrong != NULL)
		note(reader, reader->row_line, wrong);
}

/* By lines, so that a message can name one. */
static void parse(Reader *reader, const char *text, gsize size)
{
	struct csv_parser parser;
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		note(reader, 0, "no memory");
		return;
	}
	while (size > 0 && reader->wrong == NULL) {
		const char *end = memchr(text, '\n', size);
		gsize n = end != NULL ? (gsize)(end - text) + 1 : size;
		reader->line++;
		if (csv_parse(&parser, text, n, take_field, take_row, reader) != n)
			note(reader, reader->line, "a quote where none may be");
		text += n;
		size -= n;
	}
	if (reader->wrong == NULL && csv_fini(&parser, take_field, take_row, reader) != 0)
		note(reader, reader->line, "the file ends within quotes");
	csv_free(&parser);
}

static char *load_text(const char *path, gsize size_max, gsize *size, GError **error)
{
	struct stat info;
	char *text = NULL;
	if (stat(path, &info) != 0) {
		g_set_error(error, CSV_TABLE_ERROR, 0, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	if (!S_ISREG(info.st_mode) || (guint64)info.st_size > size_max) {
		g_set_error(error, CSV_TABLE_ERROR, 0,
					"%s: not a file of at most %" G_GSIZE_FORMAT " bytes", path, size_max);
		return NULL;
	}
	if (!g_file_get_contents(path, &text, size, error))
		return NULL;
	const char *bad = NULL;
	if (*size <= size_max && g_utf8_validate_len(text, *size, &bad))
		return text;
	gint64 line = 1;
	for (const char *c = text; bad != NULL && c < bad; c++)
		line += *c == '\n';
	g_set_error(error, CSV_TABLE_ERROR, 0, "%s: line %" G_GINT64_FORMAT ": not UTF-8", path, line);
	g_free(text);
	return NULL;
}

CsvTable *csv_table_new(void)
{
	CsvTable *table = g_new0(CsvTable, 1);
	table->columns = g_ptr_array_new_with_free_func(g_free);
	table->rows = g_ptr_array_new_with_free_func(free_row);
	return table;
}

CsvTable *csv_table_load(const char *path, const CsvLimits *limits, GError **error)
{
	gsize size = 0;
	g_autofree char *text = load_text(path, limits->size_max, &size, error);
	if (text == NULL)
		return NULL;
	g_autoptr(CsvTable) table = csv_table_new();
	Reader reader = {.path = path, .limits = limits, .table = table};
	reader.fields = g_ptr_array_new_with_free_func(g_free);
	gsize mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	parse(&reader, text + mark, size - mark);
	g_ptr_array_unref(reader.fields);
	if (reader.wrong == NULL && table->columns->len == 0)
		note(&reader, 1, "no header");
	if (reader.wrong == NULL)
		return g_steal_pointer(&table);
	g_set_error(error, CSV_TABLE_ERROR, 0, "%s: %s", path, reader.wrong);
	g_free(reader.wrong);
	return NULL;
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
