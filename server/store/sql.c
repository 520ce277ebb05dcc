/* Parameters, the cache of statements and the state of the transaction; the rest is the driver's. */
#include "server/store/sql.h"

#include <stdarg.h>
#include <string.h>

#include "server/store/sql_driver.h"

G_DEFINE_QUARK(hadir - sql - error, sql_error)

static const SqlDriver *const drivers[] = {&sql_sqlite, &sql_postgres};

struct Sql {
	const SqlDriver *driver;
	gpointer connection;
	GHashTable *idle; /* address of the text → SqlStatement not in use */
	gboolean in_transaction;
	GHashTable *data; /* key → Attached */
};

typedef struct {
	gpointer data;
	GDestroyNotify free;
} Attached;

static void attached_free(gpointer data)
{
	Attached *attached = data;
	if (attached->free != NULL)
		attached->free(attached->data);
	g_free(attached);
}

struct SqlStatement {
	Sql *sql;
	const char *text;
	gpointer prepared;
};

static void destroy_statement(gpointer data)
{
	SqlStatement *statement = data;
	statement->sql->driver->finalize(statement->prepared);
	g_free(statement);
}

Sql *sql_open(const char *url, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++) {
		if (!g_str_has_prefix(url, drivers[i]->scheme))
			continue;
		gpointer connection = drivers[i]->open(url, error);
		if (connection == NULL) {
			g_prefix_error(error, "open database: ");
			return NULL;
		}
		Sql *sql = g_new0(Sql, 1);
		sql->driver = drivers[i];
		sql->connection = connection;
		sql->idle = g_hash_table_new_full(NULL, NULL, NULL, destroy_statement);
		sql->data = g_hash_table_new_full(NULL, NULL, NULL, attached_free);
		return sql;
	}
	/* Not the whole URL: it may hold a password. */
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"open database: the URL begins with no database's name we know (\"%.10s…\")", url);
	return NULL;
}

void sql_close(Sql *sql)
{
	if (sql == NULL)
		return;
	g_hash_table_destroy(sql->data);
	sql_rollback(sql);
	g_hash_table_destroy(sql->idle);
	sql->driver->close(sql->connection);
	g_free(sql);
}

void sql_set_data(Sql *sql, gconstpointer key, gpointer data, GDestroyNotify free)
{
	Attached *attached = g_new(Attached, 1);
	*attached = (Attached){data, free};
	g_hash_table_replace(sql->data, (gpointer)key, attached);
}

gpointer sql_get_data(const Sql *sql, gconstpointer key)
{
	const Attached *attached = g_hash_table_lookup(sql->data, key);
	return attached != NULL ? attached->data : NULL;
}

const SqlDriver *sql_driver_of(const Sql *sql)
{
	return sql->driver;
}

static SqlValue read_value(char type, va_list *arguments)
{
	SqlValue value = {.kind = SQL_VALUE_NULL};
	switch (type) {
	case 'i':
		value.kind = value.type = SQL_VALUE_INT;
		value.integer = va_arg(*arguments, gint64);
		break;
	case 'I': {
		const gint64 *integer = va_arg(*arguments, const gint64 *);
		value.type = SQL_VALUE_INT;
		if (integer != NULL) {
			value.kind = SQL_VALUE_INT;
			value.integer = *integer;
		}
		break;
	}
	case 'd':
		value.kind = value.type = SQL_VALUE_DOUBLE;
		value.real = va_arg(*arguments, double);
		break;
	case 't':
		value.type = SQL_VALUE_TEXT;
		value.data = va_arg(*arguments, const char *);
		value.kind = value.data != NULL ? SQL_VALUE_TEXT : SQL_VALUE_NULL;
		value.size = value.data != NULL ? strlen(value.data) : 0;
		break;
	case 'b':
		value.kind = value.type = SQL_VALUE_BYTES;
		value.data = va_arg(*arguments, const void *);
		value.size = va_arg(*arguments, gsize);
		break;
	case 'B': {
		GBytes *bytes = va_arg(*arguments, GBytes *);
		value.type = SQL_VALUE_BYTES;
		if (bytes != NULL) {
			value.kind = SQL_VALUE_BYTES;
			value.data = g_bytes_get_data(bytes, &value.size);
		}
		break;
	}
	default:
		g_error("no parameter type '%c'", type);
	}
	return value;
}

static SqlStatement *take_statement(Sql *sql, const char *text, const SqlValue *values,
									gsize n_values, GError **error)
{
	gpointer idle = NULL;
	if (g_hash_table_steal_extended(sql->idle, text, NULL, &idle))
		return idle;
	gpointer prepared = sql->driver->prepare(sql->connection, text, values, n_values, error);
	if (prepared == NULL)
		return NULL;
	SqlStatement *statement = g_new0(SqlStatement, 1);
	statement->sql = sql;
	statement->text = text;
	statement->prepared = prepared;
	return statement;
}

/* A transaction ends on the connection on which it began. */
static gboolean revive(Sql *sql, GError **error)
{
	return sql->in_transaction || sql->driver->revive == NULL ||
		   sql->driver->revive(sql->connection, error);
}

SqlStatement *sql_query_values(Sql *sql, GError **error, const char *text, const SqlValue *values,
							   gsize n_values)
{
	if (!revive(sql, error))
		return NULL;
	g_autoptr(SqlStatement) statement = take_statement(sql, text, values, n_values, error);
	if (statement == NULL || !sql->driver->start(statement->prepared, values, n_values, error))
		return NULL;
	return g_steal_pointer(&statement);
}

static SqlStatement *start_statement(Sql *sql, GError **error, const char *text, const char *types,
									 va_list *arguments)
{
	SqlValue values[SQL_PARAMETERS_MAX];
	gsize n_values = strlen(types);
	g_assert(n_values <= SQL_PARAMETERS_MAX);
	for (gsize i = 0; i < n_values; i++)
		values[i] = read_value(types[i], arguments);
	return sql_query_values(sql, error, text, values, n_values);
}

void sql_statement_free(SqlStatement *statement)
{
	if (statement == NULL)
		return;
	Sql *sql = statement->sql;
	sql->driver->reset(statement->prepared);
	if (g_hash_table_contains(sql->idle, statement->text))
		destroy_statement(statement);
	else
		g_hash_table_insert(sql->idle, (gpointer)statement->text, statement);
}

/* Runs to the end; how many rows changed, -1 on error. */
static gint64 finish(SqlStatement *statement, GError **error)
{
	if (statement == NULL)
		return -1;
	for (;;) {
		switch (sql_next(statement, error)) {
		case SQL_ROW:
			break;
		case SQL_DONE:
			return statement->sql->driver->changes(statement->prepared);
		case SQL_FAILED:
		default:
			return -1;
		}
	}
}

static gint64 change(Sql *sql, GError **error, const char *text, const char *types,
					 va_list *arguments)
{
	g_autoptr(SqlStatement) statement = start_statement(sql, error, text, types, arguments);
	return finish(statement, error);
}

gboolean sql_run_values(Sql *sql, GError **error, const char *text, const SqlValue *values,
						gsize n_values)
{
	g_autoptr(SqlStatement) statement = sql_query_values(sql, error, text, values, n_values);
	return finish(statement, error) >= 0;
}

gboolean sql_run(Sql *sql, GError **error, const char *text, const char *types, ...)
{
	va_list arguments;
	va_start(arguments, types);
	gint64 changed = change(sql, error, text, types, &arguments);
	va_end(arguments);
	return changed >= 0;
}

gint64 sql_change(Sql *sql, GError **error, const char *text, const char *types, ...)
{
	va_list arguments;
	va_start(arguments, types);
	gint64 changed = change(sql, error, text, types, &arguments);
	va_end(arguments);
	return changed;
}

SqlStatement *sql_query(Sql *sql, GError **error, const char *text, const char *types, ...)
{
	va_list arguments;
	va_start(arguments, types);
	SqlStatement *statement = start_statement(sql, error, text, types, &arguments);
	va_end(arguments);
	return statement;
}

gboolean sql_get_int(Sql *sql, gint64 *value, gint64 fallback, GError **error, const char *text,
					 const char *types, ...)
{
	va_list arguments;
	va_start(arguments, types);
	g_autoptr(SqlStatement) statement = start_statement(sql, error, text, types, &arguments);
	va_end(arguments);
	if (statement == NULL)
		return FALSE;
	SqlStep step = sql_next(statement, error);
	*value = step == SQL_ROW && !sql_is_null(statement, 0) ? sql_int(statement, 0) : fallback;
	return step != SQL_FAILED;
}

SqlStep sql_next(SqlStatement *statement, GError **error)
{
	return statement->sql->driver->next(statement->prepared, error);
}

gboolean sql_is_null(SqlStatement *statement, int column)
{
	return statement->sql->driver->is_null(statement->prepared, column);
}

gint64 sql_int(SqlStatement *statement, int column)
{
	return statement->sql->driver->get_int(statement->prepared, column);
}

double sql_double(SqlStatement *statement, int column)
{
	return statement->sql->driver->get_double(statement->prepared, column);
}

const char *sql_text(SqlStatement *statement, int column)
{
	return statement->sql->driver->get_text(statement->prepared, column);
}

gconstpointer sql_bytes(SqlStatement *statement, int column, gsize *size)
{
	return statement->sql->driver->get_bytes(statement->prepared, column, size);
}

/* Nothing was done yet: a connection that is lost just now may be made anew. */
static gboolean begin(Sql *sql, GError **error)
{
	GError *local = NULL;
	if (sql_run(sql, &local, sql->driver->begin, ""))
		return TRUE;
	if (g_error_matches(local, SQL_ERROR, SQL_ERROR_LOST)) {
		g_error_free(local);
		return sql_run(sql, error, sql->driver->begin, "");
	}
	g_propagate_error(error, local);
	return FALSE;
}

gboolean sql_begin(Sql *sql, GError **error)
{
	g_assert(!sql->in_transaction);
	if (sql->driver->turn_take != NULL)
		sql->driver->turn_take(sql->connection);
	sql->in_transaction = begin(sql, error);
	if (sql->driver->turn_pass != NULL)
		sql->driver->turn_pass(sql->connection);
	return sql->in_transaction;
}

gboolean sql_commit(Sql *sql, GError **error)
{
	g_assert(sql->in_transaction);
	if (!sql_run(sql, error, "COMMIT", "")) {
		sql_rollback(sql);
		return FALSE;
	}
	sql->in_transaction = FALSE;
	return TRUE;
}

void sql_rollback(Sql *sql)
{
	if (!sql->in_transaction)
		return;
	/* A database that has rolled back by itself (disk full) refuses this: the state is the same. */
	sql_run(sql, NULL, "ROLLBACK", "");
	sql->in_transaction = FALSE;
}

gboolean sql_in_transaction(const Sql *sql)
{
	return sql->in_transaction;
}

gboolean sql_script(Sql *sql, const char *script, GError **error)
{
	return revive(sql, error) && sql->driver->script(sql->connection, script, error);
}

gboolean sql_purge(Sql *sql, GError **error)
{
	g_assert(!sql->in_transaction);
	return sql_script(sql, sql->driver->purge, error);
}
