#include "server/store/sql_copy.h"

#include <string.h>

#include "server/store/sql_driver.h"

/* How many rows of a result that comes whole are asked for at once. */
#define ROWS_AT_ONCE "1000"
#define KEPT_TABLE "migration"

typedef struct {
	const char *name; /* interned, as every text of a statement: the cache goes by address */
	SqlValueKind kind;
} Column;

typedef struct {
	const char *name;
	GArray *columns;          /* Column */
	GPtrArray *parents;       /* const char *: tables that its rows refer to */
	const char *columns_text; /* "a, b, c" */
} Table;

static void free_table(gpointer data)
{
	Table *table = data;
	g_array_unref(table->columns);
	g_ptr_array_unref(table->parents);
	g_free(table);
}

static gboolean fail(GError **error, const char *table, const char *what)
{
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "copy table %s: %s", table, what);
	return FALSE;
}

G_GNUC_PRINTF(1, 2) static const char *literal(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return g_intern_string(text);
}

/* ── What tables there are ── */

static Table *find_table(GPtrArray *tables, const char *name)
{
	for (guint i = 0; i < tables->len; i++) {
		Table *table = g_ptr_array_index(tables, i);
		if (strcmp(table->name, name) == 0)
			return table;
	}
	return NULL;
}

static Table *add_table(GPtrArray *tables, const char *name)
{
	Table *table = g_new0(Table, 1);
	table->name = g_intern_string(name);
	table->columns = g_array_new(FALSE, TRUE, sizeof(Column));
	table->parents = g_ptr_array_new();
	g_ptr_array_add(tables, table);
	return table;
}

static gboolean kind_of(const char *type, SqlValueKind *kind)
{
	static const struct {
		const char *type;
		SqlValueKind kind;
	} kinds[] = {{"bigint", SQL_VALUE_INT}, {"text", SQL_VALUE_TEXT}, {"bytea", SQL_VALUE_BYTES}};
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_ascii_strcasecmp(type, kinds[i].type) != 0)
			continue;
		*kind = kinds[i].kind;
		return TRUE;
	}
	return FALSE;
}

static gboolean add_column(GPtrArray *tables, SqlStatement *row, GError **error)
{
	const char *name = sql_text(row, 0);
	Table *table = find_table(tables, name);
	Column column = {.name = g_intern_string(sql_text(row, 1))};
	if (table == NULL)
		table = add_table(tables, name);
	if (!kind_of(sql_text(row, 2), &column.kind) || table->columns->len == SQL_PARAMETERS_MAX)
		return fail(error, name, "a column of a type that no migration uses, or too many");
	g_array_append_val(table->columns, column);
	table->columns_text = table->columns->len == 1
							  ? column.name
							  : literal("%s, %s", table->columns_text, column.name);
	return TRUE;
}

static gboolean read_columns(Sql *sql, GPtrArray *tables, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(sql, error, sql_driver_of(sql)->list_columns, "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW)
		if (strcmp(sql_text(rows, 0), KEPT_TABLE) != 0 && !add_column(tables, rows, error))
			return FALSE;
	return step == SQL_DONE;
}

static gboolean read_references(Sql *sql, GPtrArray *tables, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query(sql, error, sql_driver_of(sql)->list_references, "");
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		Table *table = find_table(tables, sql_text(rows, 0));
		const char *parent = sql_text(rows, 1);
		if (table != NULL && strcmp(table->name, parent) != 0)
			g_ptr_array_add(table->parents, (gpointer)g_intern_string(parent));
	}
	return step == SQL_DONE;
}

static gboolean has_all_parents(const Table *table, GPtrArray *placed)
{
	for (guint i = 0; i < table->parents->len; i++)
		if (find_table(placed, g_ptr_array_index(table->parents, i)) == NULL)
			return FALSE;
	return TRUE;
}

/* Parents before their children.  (transfer full), which empties `tables`; NULL: a cycle. */
static GPtrArray *in_order(GPtrArray *tables, GError **error)
{
	g_autoptr(GPtrArray) placed = g_ptr_array_new_with_free_func(free_table);
	while (tables->len > 0) {
		guint before = tables->len;
		for (guint i = 0; i < tables->len;) {
			if (has_all_parents(g_ptr_array_index(tables, i), placed))
				g_ptr_array_add(placed, g_ptr_array_steal_index(tables, i));
			else
				i++;
		}
		if (tables->len == before) {
			fail(error, ((Table *)g_ptr_array_index(tables, 0))->name,
				 "refers to itself in a circle");
			return NULL;
		}
	}
	return g_steal_pointer(&placed);
}

static GPtrArray *list_tables(Sql *sql, GError **error)
{
	g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(free_table);
	if (!read_columns(sql, tables, error) || !read_references(sql, tables, error))
		return NULL;
	return in_order(tables, error);
}

/* ── Rows ── */

typedef struct {
	guint64 low, high; /* of a 128-bit sum */
	gint64 n_rows;
} Sum;

static void hash_value(GChecksum *hash, const SqlValue *value)
{
	const guint64 head[] = {GUINT64_TO_LE((guint64)value->kind),
							GUINT64_TO_LE(value->kind == SQL_VALUE_INT ? (guint64)value->integer
																	   : (guint64)value->size)};
	g_checksum_update(hash, (const guchar *)head, sizeof head);
	if (value->size > 0)
		g_checksum_update(hash, value->data, (gssize)value->size);
}

static void sum_row(Sum *sum, const SqlValue *values, gsize n_values)
{
	guint64 digest[4];
	gsize size = sizeof digest;
	g_autoptr(GChecksum) hash = g_checksum_new(G_CHECKSUM_SHA256);
	for (gsize i = 0; i < n_values; i++)
		hash_value(hash, &values[i]);
	g_checksum_get_digest(hash, (guint8 *)digest, &size);
	guint64 low = GUINT64_FROM_LE(digest[0]);
	sum->low += low;
	sum->high += GUINT64_FROM_LE(digest[1]) + (sum->low < low);
	sum->n_rows++;
}

/* Borrowed from the row. */
static SqlValue value_of(SqlStatement *row, int column, SqlValueKind kind)
{
	SqlValue value = {.kind = kind, .type = kind};
	if (sql_is_null(row, column))
		value.kind = SQL_VALUE_NULL;
	else if (kind == SQL_VALUE_INT)
		value.integer = sql_int(row, column);
	else if (kind == SQL_VALUE_BYTES)
		value.data = sql_bytes(row, column, &value.size);
	else {
		value.data = sql_text(row, column);
		value.size = strlen(value.data);
	}
	return value;
}

typedef struct {
	const Table *table;
	Sql *to;            /* NULL: the rows are only summed up */
	const char *insert; /* the statement for `to` */
	Sum sum;
} Reading;

static gboolean take_row(Reading *reading, SqlStatement *row, GError **error)
{
	SqlValue values[SQL_PARAMETERS_MAX];
	gsize n = reading->table->columns->len;
	for (gsize i = 0; i < n; i++)
		values[i] = value_of(row, (int)i, g_array_index(reading->table->columns, Column, i).kind);
	sum_row(&reading->sum, values, n);
	return reading->to == NULL || sql_run_values(reading->to, error, reading->insert, values, n);
}

/* `n`: how many there were. */
static gboolean take_rows(Reading *reading, Sql *sql, const char *text, gint64 *n, GError **error)
{
	g_autoptr(SqlStatement) rows = sql_query_values(sql, error, text, NULL, 0);
	SqlStep step = SQL_FAILED;
	*n = 0;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		if (!take_row(reading, rows, error))
			return FALSE;
		++*n;
	}
	return step == SQL_DONE;
}

/* Where a result would come whole, through a cursor. */
static gboolean take_pages(Reading *reading, Sql *sql, const char *select, GError **error)
{
	const char *name = reading->table->name;
	const char *fetch = literal("FETCH " ROWS_AT_ONCE " FROM copy_%s", name);
	gint64 n = 0;
	if (!sql_script(sql, literal("DECLARE copy_%s NO SCROLL CURSOR FOR %s", name, select), error))
		return FALSE;
	do {
		if (!take_rows(reading, sql, fetch, &n, error))
			return FALSE;
	} while (n > 0);
	return sql_script(sql, literal("CLOSE copy_%s", name), error);
}

static gboolean read_table(Reading *reading, Sql *sql, GError **error)
{
	const Table *table = reading->table;
	const char *select = literal("SELECT %s FROM %s", table->columns_text, table->name);
	gint64 n;
	return sql_driver_of(sql)->whole_results ? take_pages(reading, sql, select, error)
											 : take_rows(reading, sql, select, &n, error);
}

static const char *insert_into(const Table *table)
{
	g_autoptr(GString) places = g_string_new(NULL);
	for (guint i = 1; i <= table->columns->len; i++)
		g_string_append_printf(places, "%s$%u", i > 1 ? "," : "", i);
	return literal("INSERT INTO %s (%s) VALUES (%s)", table->name, table->columns_text,
				   places->str);
}

static gboolean copy_table(Sql *from, Sql *to, const Table *table, SqlCopied *copied,
						   GError **error)
{
	Reading source = {.table = table, .to = to, .insert = insert_into(table)};
	Reading target = {.table = table};
	if (!read_table(&source, from, error) || !read_table(&target, to, error))
		return FALSE;
	if (memcmp(&source.sum, &target.sum, sizeof source.sum) != 0)
		return fail(error, table->name, "what was read back is not what was written");
	*copied = (SqlCopied){.table = table->name, .n_rows = source.sum.n_rows};
	g_snprintf(copied->hash, sizeof copied->hash,
			   "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", source.sum.high,
			   source.sum.low);
	return TRUE;
}

/* Children before their parents. */
static gboolean empty_tables(Sql *sql, GPtrArray *tables, GError **error)
{
	for (guint i = tables->len; i-- > 0;) {
		const Table *table = g_ptr_array_index(tables, i);
		if (!sql_run_values(sql, error, literal("DELETE FROM %s", table->name), NULL, 0))
			return FALSE;
	}
	return TRUE;
}

static gboolean has_same_tables(GPtrArray *ours, GPtrArray *theirs, GError **error)
{
	for (guint i = 0; i < ours->len; i++) {
		const Table *table = g_ptr_array_index(ours, i);
		const Table *other = find_table(theirs, table->name);
		if (other == NULL || table->columns_text != other->columns_text)
			return fail(error, table->name, "the other database has it not, or otherwise");
	}
	return ours->len == theirs->len || fail(error, "list", "the other database has more");
}

gboolean sql_copy(Sql *from, Sql *to, SqlCopiedFunc each, gpointer user, GError **error)
{
	g_assert(sql_in_transaction(from) && sql_in_transaction(to));
	g_autoptr(GPtrArray) tables = list_tables(from, error);
	g_autoptr(GPtrArray) theirs = tables != NULL ? list_tables(to, error) : NULL;
	if (theirs == NULL || !has_same_tables(tables, theirs, error) ||
		!empty_tables(to, tables, error))
		return FALSE;
	for (guint i = 0; i < tables->len; i++) {
		SqlCopied copied;
		if (!copy_table(from, to, g_ptr_array_index(tables, i), &copied, error))
			return FALSE;
		each(&copied, user);
	}
	return TRUE;
}
