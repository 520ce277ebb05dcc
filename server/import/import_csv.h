/* A CSV file as a bounded table of texts (RFC 4180; byte order mark and CRLF tolerated). */
#pragma once

#include <glib.h>

typedef struct {
	GPtrArray *columns; /* char *: the first line, trimmed, in lower case */
	GPtrArray *rows;    /* CsvRow * */
} CsvTable;

typedef struct {
	gint64 line;   /* where it begins, from 1 */
	char **fields; /* one per column, trimmed; NULL-terminated */
} CsvRow;

typedef struct {
	gsize size_max, rows_max, field_max, columns_max;
} CsvLimits;

#define CSV_TABLE_ERROR (csv_table_error_quark())
GQuark csv_table_error_quark(void);

/* NULL with an error that names file and line: unreadable, too large, not UTF-8, a bad quote, no
 * header, a doubled column, a row with more or fewer fields than columns, control characters. */
CsvTable *csv_table_load(const char *path, const CsvLimits *limits, GError **error);
void csv_table_free(CsvTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvTable, csv_table_free)

/* For who reads another kind of file into such a table. */
CsvTable *csv_table_new(void);
/* The next line: the columns first, then rows; a blank one is passed over.  `fields` (char *, freed with
 * it) is empty afterwards.  NULL, or what is wrong with it. */
char *csv_table_take(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields);
gboolean csv_has_control(const char *text);

/* -1: there is no such column. */
int csv_table_column(const CsvTable *table, const char *name);
