/*
 * Lists as bounded tables of texts: a CSV file (RFC 4180; one byte order mark and CRLF tolerated) read row by
 * row, as often as somebody asks, so that its size does not matter; or a table that is in memory.
 *
 * What is wrong with a cell or a row is told with it and the rows go on: whoever enters data wants to
 * know all of it.  Only what makes the rest unreadable ends the file.
 */
#pragma once

#include <glib.h>

typedef struct {
	char *column; /* its name, or its number behind the last; NULL: the row */
	char *text;
} CsvFault;

typedef struct {
	gint64 line;       /* from 1 */
	char **fields;     /* one per column, trimmed; NULL-terminated; with faults fewer or more */
	GPtrArray *faults; /* CsvFault *; NULL: none */
} CsvRow;

typedef struct {
	GPtrArray *columns; /* char *: the first line, trimmed, in lower case */
	GPtrArray *rows;    /* CsvRow * */
} CsvTable;

typedef struct {
	gsize size_max, rows_max, field_max, columns_max;
} CsvLimits;

#define CSV_TABLE_ERROR (csv_table_error_quark())
GQuark csv_table_error_quark(void);

typedef struct CsvReader CsvReader;

/* NULL with an error that names file and line: unreadable, too large, UTF-16, no header or one that
 * cannot be read, has an empty or doubled column, or another separator than commas. */
CsvReader *csv_reader_open(const char *path, const CsvLimits *limits, GError **error);
/* Over a table in memory; takes it. */
CsvReader *csv_reader_of_table(CsvTable *table);
void csv_reader_close(CsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvReader, csv_reader_close)

/* The next row that is not blank, borrowed until the next call; NULL at the end, or with `error` when
 * nothing more can be read. */
const CsvRow *csv_reader_next(CsvReader *reader, GError **error);
/* Before the first row again. */
gboolean csv_reader_rewind(CsvReader *reader, GError **error);
/* Borrowed. */
const GPtrArray *csv_reader_columns(const CsvReader *reader);
/* -1: there is no such column. */
int csv_reader_column(const CsvReader *reader, const char *name);

/* For who reads another kind of file into a table. */
CsvTable *csv_table_new(void);
void csv_table_free(CsvTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvTable, csv_table_free)
/* The next line: the columns first, then rows; a blank one is passed over.  `fields` (char *, freed with
 * it) is empty afterwards, `faults` (may be NULL) belongs to the row.  NULL, or why nothing more can be
 * taken. */
char *csv_table_take(CsvTable *table, const CsvLimits *limits, gint64 line, GPtrArray *fields,
					 GPtrArray *faults);
int csv_table_column(const CsvTable *table, const char *name);
GPtrArray *csv_faults_new(void);
/* Of the cell in `column`, from 0.  Takes `text`. */
void csv_faults_add(GPtrArray *faults, const CsvTable *table, gsize column, char *text);
/* What makes a cell unfit whatever its column: too long, not UTF-8, characters that nobody sees, the
 * beginning of a formula.  (transfer full); NULL: nothing. */
char *csv_cell_wrong(const char *text, gsize size, const CsvLimits *limits);
