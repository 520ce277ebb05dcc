/*
 * What a database's driver fills in; only sql.c calls it.  A connection and what it prepares belong
 * to one thread.  A prepared statement is used by one reader at a time: sql.c keeps more than one
 * of a text when it is needed twice at once.
 */
#pragma once

#include "server/store/sql.h"

#define SQL_PARAMETERS_MAX 160

typedef enum {
	SQL_VALUE_NULL,
	SQL_VALUE_INT,
	SQL_VALUE_DOUBLE,
	SQL_VALUE_TEXT,
	SQL_VALUE_BYTES,
} SqlValueKind;

/* A parameter.  `type` is what the statement expects there, also when the value is null. */
typedef struct {
	SqlValueKind kind, type;
	gint64 integer;
	double real;
	const void *data; /* text without its zero, or bytes; borrowed during `start` */
	gsize size;
} SqlValue;

typedef struct {
	const char *scheme; /* "sqlite:": what the URL begins with */
	const char *begin;  /* the statement that opens a writer's transaction */
	/* Rows (table, column, declared type), columns in their order; rows (table, table it refers to). */
	const char *list_columns, *list_references;
	const char *purge;      /* the statement behind sql_purge() */
	gboolean whole_results; /* a result lies in memory before its first row is read */

	gpointer (*open)(const char *url, GError **error);
	void (*close)(gpointer connection);
	/* Before a statement outside of a transaction: makes a connection that was lost anew.  NULL: this
	 * database has none to lose. */
	gboolean (*revive)(gpointer connection, GError **error);
	gboolean (*script)(gpointer connection, const char *script, GError **error);
	/* Before and after `begin`: waits for this connection's turn to write.  NULL: the database sees
	 * to that itself. */
	void (*turn_take)(gpointer connection);
	void (*turn_pass)(gpointer connection);

	/* `values` gives the types only. */
	gpointer (*prepare)(gpointer connection, const char *text, const SqlValue *values,
						gsize n_values, GError **error);
	void (*finalize)(gpointer prepared);
	/* Binds, and runs as far as the database wants before the first `next`. */
	gboolean (*start)(gpointer prepared, const SqlValue *values, gsize n_values, GError **error);
	SqlStep (*next)(gpointer prepared, GError **error);
	/* Rows changed, once `next` has said SQL_DONE. */
	gint64 (*changes)(gpointer prepared);
	/* Drops rows and parameters; the statement can be started again. */
	void (*reset)(gpointer prepared);

	gboolean (*is_null)(gpointer prepared, int column);
	gint64 (*get_int)(gpointer prepared, int column);
	double (*get_double)(gpointer prepared, int column);
	const char *(*get_text)(gpointer prepared, int column);
	gconstpointer (*get_bytes)(gpointer prepared, int column, gsize *size);
} SqlDriver;

extern const SqlDriver sql_sqlite, sql_postgres;

/* Statements that are made of names of tables and columns; only for history.c, sql_copy.c and person_data.c.  `text`
 * lives as long as the connection. */
SqlStatement *sql_query_values(Sql *sql, GError **error, const char *text, const SqlValue *values,
							   gsize n_values);
gboolean sql_run_values(Sql *sql, GError **error, const char *text, const SqlValue *values,
						gsize n_values);
const SqlDriver *sql_driver_of(const Sql *sql);
