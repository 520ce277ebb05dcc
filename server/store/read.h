/* Small helpers to read columns into values of our own; for the files of this folder. */
#pragma once

#include <string.h>

#include "protocol/ids.h"
#include "server/store/sql.h"

/* FALSE, `out` untouched: the column is null or of another size. */
static inline gboolean read_fixed(SqlStatement *row, int column, gpointer out, gsize size)
{
	gsize got = 0;
	gconstpointer data = sql_bytes(row, column, &got);
	if (data == NULL || got != size)
		return FALSE;
	memcpy(out, data, size);
	return TRUE;
}

static inline void read_text(SqlStatement *row, int column, char *out, gsize size)
{
	const char *text = sql_text(row, column);
	g_strlcpy(out, text != NULL ? text : "", size);
}

/* (transfer full); NULL for null. */
static inline GBytes *read_bytes(SqlStatement *row, int column)
{
	gsize size = 0;
	gconstpointer data = sql_bytes(row, column, &size);
	return data == NULL ? NULL : g_bytes_new(data, size);
}

/* One row or none: TRUE with *found; FALSE on error. */
static inline gboolean read_first(SqlStatement *row, gboolean *found, GError **error)
{
	*found = FALSE;
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	*found = step == SQL_ROW;
	return step != SQL_FAILED;
}
