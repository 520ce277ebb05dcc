/*
 * One SQL for two databases.  SQL is written once, in the part both understand: `$1` parameters,
 * BIGINT, TEXT, BYTEA, ON CONFLICT, RETURNING; no identity columns, no database's own functions.
 * Text is always a literal; values are always bound.
 *
 * A connection belongs to one thread.  After an error within a transaction the only thing that works
 * everywhere is sql_rollback().
 */
#pragma once

#include <glib.h>

#define SQL_ERROR (sql_error_quark())
GQuark sql_error_quark(void);

typedef enum {
	SQL_ERROR_FAILED,     /* anything the caller cannot act on */
	SQL_ERROR_CONSTRAINT, /* unique, foreign key or check */
	SQL_ERROR_BUSY,       /* another writer; try the transaction again */
	SQL_ERROR_FULL,       /* the disk */
	/* The connection: whether a commit happened is unknown.  The next transaction, or statement
	 * outside of one, has a new one. */
	SQL_ERROR_LOST,
} SqlError;

typedef struct Sql Sql;
typedef struct SqlStatement SqlStatement;

/* "sqlite:/path/to.db" or "postgresql://…".  SQLite: WAL, synchronous=FULL, foreign keys on. */
Sql *sql_open(const char *url, GError **error);
void sql_close(Sql *sql);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sql, sql_close)

/* `types` has one letter per parameter, and the arguments follow:
 *   i gint64    I const gint64 * (NULL: SQL null)    d double
 *   t const char * (NULL: SQL null)    b const void *, gsize    B GBytes * (NULL: SQL null)
 * Texts and bytes are copied.  `text` must be a literal: statements are cached by its address. */
gboolean sql_run(Sql *sql, GError **error, const char *text, const char *types, ...);
/* The same, and how many rows changed. -1 on error. */
gint64 sql_change(Sql *sql, GError **error, const char *text, const char *types, ...);
/* A statement whose rows are fetched with sql_next(). NULL on error. */
SqlStatement *sql_query(Sql *sql, GError **error, const char *text, const char *types, ...);
/* Gives the statement back to the cache. */
void sql_statement_free(SqlStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlStatement, sql_statement_free)

typedef enum { SQL_ROW, SQL_DONE, SQL_FAILED } SqlStep;
SqlStep sql_next(SqlStatement *statement, GError **error);

/* Columns from 0 of the current row; texts and bytes are borrowed until the next sql_next(). */
gboolean sql_is_null(SqlStatement *statement, int column);
gint64 sql_int(SqlStatement *statement, int column); /* 0 for null */
double sql_double(SqlStatement *statement, int column);
const char *sql_text(SqlStatement *statement, int column); /* NULL for null */
gconstpointer sql_bytes(SqlStatement *statement, int column, gsize *size);

/* One integer of the first row; `fallback` when there is no row or it is null. */
gboolean sql_get_int(Sql *sql, gint64 *value, gint64 fallback, GError **error, const char *text,
					 const char *types, ...);

/* Writers take the write lock at once (BEGIN IMMEDIATE), so that a commit is never refused. */
gboolean sql_begin(Sql *sql, GError **error);
gboolean sql_commit(Sql *sql, GError **error);
/* Never fails; outside a transaction it does nothing. */
void sql_rollback(Sql *sql);
gboolean sql_in_transaction(const Sql *sql);

/* What was deleted or overwritten leaves the database's files too, as far as nobody still reads it:
 * for templates, which the law wants gone.  Slow; not within a transaction. */
gboolean sql_purge(Sql *sql, GError **error);

/* What a module keeps with a connection, found by the address of its own key; replaced by the next of the
 * same key, freed with the connection. */
void sql_set_data(Sql *sql, gconstpointer key, gpointer data, GDestroyNotify free);
gpointer sql_get_data(const Sql *sql, gconstpointer key); /* NULL: none */

/* Several statements without parameters, for migrations only. */
gboolean sql_script(Sql *sql, const char *script, GError **error);
