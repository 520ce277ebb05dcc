#include "server/store/history.h"

#include <string.h>

#include "server/store/sql_driver.h"

/* A row as known until now, kept while it is split. */
typedef struct {
	gint64 from_day, to_day, recorded_ms;
	HistoryValue values[HISTORY_VALUES_MAX];
	char *texts[HISTORY_VALUES_MAX]; /* owns what `values` points to */
} Row;

static void clear_row(gpointer data)
{
	Row *row = data;
	for (gsize i = 0; i < HISTORY_VALUES_MAX; i++)
		g_free(row->texts[i]);
}

static SqlValue int_value(gint64 integer)
{
	return (SqlValue){.kind = SQL_VALUE_INT, .type = SQL_VALUE_INT, .integer = integer};
}

static SqlValue column_value(char type, const HistoryValue *value)
{
	SqlValue out = {.kind = SQL_VALUE_NULL};
	if (type == 'i') {
		out.type = SQL_VALUE_INT;
		out.integer = value->integer;
		if (!value->is_null)
			out.kind = SQL_VALUE_INT;
	} else {
		out.type = SQL_VALUE_TEXT;
		out.data = value->text;
		if (value->text != NULL) {
			out.kind = SQL_VALUE_TEXT;
			out.size = strlen(value->text);
		}
	}
	return out;
}

static void read_row(SqlStatement *statement, const char *types, Row *row)
{
	row->from_day = sql_int(statement, 0);
	row->to_day = sql_int(statement, 1);
	row->recorded_ms = sql_int(statement, 2);
	for (int i = 0; types[i] != '\0'; i++) {
		if (types[i] == 'i') {
			row->values[i].is_null = sql_is_null(statement, i + 3);
			row->values[i].integer = sql_int(statement, i + 3);
		} else {
			row->texts[i] = g_strdup(sql_text(statement, i + 3));
			row->values[i].text = row->texts[i];
		}
	}
}

static gboolean load_overlaps(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
							  const Change *change, GArray *rows, GError **error)
{
	SqlValue values[2 + HISTORY_KEYS_MAX] = {int_value(change->from_day),
											 int_value(change->to_day)};
	for (gsize i = 0; i < n_keys; i++)
		values[2 + i] = int_value(keys[i]);
	g_autoptr(SqlStatement) found =
		sql_query_values(sql, error, table->overlaps, values, 2 + n_keys);
	if (found == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(found, error)) == SQL_ROW) {
		Row row = {0};
		read_row(found, table->types, &row);
		g_array_append_val(rows, row);
	}
	return step == SQL_DONE;
}

static gboolean same_values(const char *types, const HistoryValue *a, const HistoryValue *b)
{
	for (gsize i = 0; types[i] != '\0'; i++) {
		if (types[i] != 'i') {
			if (g_strcmp0(a[i].text, b[i].text) != 0)
				return FALSE;
		} else if (a[i].is_null != b[i].is_null ||
				   (!a[i].is_null && a[i].integer != b[i].integer)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* Is it known already that the key has these values on every day of the change? */
static gboolean known_already(const HistoryTable *table, const GArray *rows,
							  const HistoryValue *values, const Change *change)
{
	gint64 day = change->from_day;
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);
		if (row->from_day > day || !same_values(table->types, row->values, values))
			return FALSE;
		day = row->to_day;
	}
	return day >= change->to_day;
}

/* The moment of recording: never before what it corrects was recorded, even if the clock was set
 * back meanwhile. */
static gint64 recording_ms(const GArray *rows, gint64 now_ms)
{
	gint64 moment = now_ms;
	for (guint i = 0; i < rows->len; i++) {
		gint64 before = g_array_index(rows, Row, i).recorded_ms;
		if (before > moment)
			moment = before + 1;
	}
	return moment;
}

/* The row is not known any more from now on.  One recorded in this same moment was never known to
 * anybody: it goes. */
static gboolean close_row(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
						  const Row *row, gint64 now_ms, GError **error)
{
	SqlValue values[2 + HISTORY_KEYS_MAX] = {int_value(now_ms), int_value(row->from_day)};
	for (gsize i = 0; i < n_keys; i++)
		values[2 + i] = int_value(keys[i]);
	return sql_run_values(sql, error, table->forget, values, 2 + n_keys) &&
		   sql_run_values(sql, error, table->close, values, 2 + n_keys);
}

static gboolean insert_row(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
						   gint64 from_day, gint64 to_day, gint64 now_ms,
						   const HistoryValue *columns, GError **error)
{
	SqlValue values[3 + HISTORY_KEYS_MAX + HISTORY_VALUES_MAX] = {
		int_value(from_day), int_value(to_day), int_value(now_ms)};
	gsize n = 3;
	for (gsize i = 0; i < n_keys; i++)
		values[n++] = int_value(keys[i]);
	for (gsize i = 0; table->types[i] != '\0'; i++)
		values[n++] = column_value(table->types[i], &columns[i]);
	return sql_run_values(sql, error, table->insert, values, n);
}

/* Closes a row that the change touches and keeps what lies before and after the change. */
static gboolean split_row(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
						  const Row *row, const Change *change, GError **error)
{
	if (!close_row(sql, table, keys, n_keys, row, change->now_ms, error))
		return FALSE;
	if (row->from_day < change->from_day &&
		!insert_row(sql, table, keys, n_keys, row->from_day, change->from_day, change->now_ms,
					row->values, error))
		return FALSE;
	return row->to_day <= change->to_day ||
		   insert_row(sql, table, keys, n_keys, change->to_day, row->to_day, change->now_ms,
					  row->values, error);
}

static gboolean apply(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
					  const HistoryValue *values, Change change, gboolean *changed, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(Row));
	g_array_set_clear_func(rows, clear_row);
	*changed = FALSE;
	if (!load_overlaps(sql, table, keys, n_keys, &change, rows, error))
		return FALSE;
	if (values == NULL ? rows->len == 0 : known_already(table, rows, values, &change))
		return TRUE;
	change.now_ms = recording_ms(rows, change.now_ms);
	for (guint i = 0; i < rows->len; i++)
		if (!split_row(sql, table, keys, n_keys, &g_array_index(rows, Row, i), &change, error))
			return FALSE;
	*changed = TRUE;
	return values == NULL || insert_row(sql, table, keys, n_keys, change.from_day, change.to_day,
										change.now_ms, values, error);
}

/* A person's own facts are read anew whenever the person is judged. */
static gboolean is_shared(const HistoryTable *table)
{
	return strstr(table->key_columns, "person") == NULL &&
		   strcmp(table->key_columns, "leave_case") != 0;
}

gboolean history_generation(Sql *sql, gint64 *generation, GError **error)
{
	return sql_get_int(sql, generation, 0, error,
					   "SELECT generation FROM fact_generation WHERE id=1", "");
}

static gboolean grow_generation(Sql *sql, GError **error)
{
	return sql_run(sql, error, "UPDATE fact_generation SET generation=generation+1 WHERE id=1", "");
}

static gboolean write_fact(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
						   const HistoryValue *values, const Change *change, gboolean *changed,
						   GError **error)
{
	gboolean written = FALSE;
	g_assert(sql_in_transaction(sql));
	g_assert(n_keys <= HISTORY_KEYS_MAX && strlen(table->types) <= HISTORY_VALUES_MAX);
	if (change->from_day >= change->to_day || change->from_day < DAY_ALWAYS ||
		change->to_day > DAY_OPEN) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"%s: it would end before it begins, or lie beyond the calendar", table->name);
		return FALSE;
	}
	if (apply(sql, table, keys, n_keys, values, *change, &written, error) &&
		(!written || !is_shared(table) || grow_generation(sql, error))) {
		if (changed != NULL)
			*changed = written;
		return TRUE;
	}
	g_prefix_error(error, "%s: ", table->name);
	return FALSE;
}

gboolean history_set(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
					 const HistoryValue *values, const Change *change, gboolean *changed,
					 GError **error)
{
	g_assert(values != NULL);
	return write_fact(sql, table, keys, n_keys, values, change, changed, error);
}

gboolean history_clear(Sql *sql, const HistoryTable *table, const gint64 *keys, gsize n_keys,
					   const Change *change, gboolean *changed, GError **error)
{
	return write_fact(sql, table, keys, n_keys, NULL, change, changed, error);
}
