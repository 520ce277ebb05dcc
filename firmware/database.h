/*
 * SQLite as the terminal uses it: one connection, one thread, statements cached by the address of
 * their text.  The only file of the firmware that knows sqlite3.h is database.c.
 */
#pragma once

#include <glib.h>

#include "protocol/ids.h"

#define DATABASE_ERROR (database_error_quark())
GQuark database_error_quark(void);

typedef enum {
	DATABASE_ERROR_FAILED,
	DATABASE_ERROR_FULL,   /* the disk */
	DATABASE_ERROR_BROKEN, /* the file is damaged, or no database of ours */
	DATABASE_ERROR_BUSY,   /* another process has it */
} DatabaseError;

typedef struct Database Database;
typedef struct DatabaseRows DatabaseRows;

/* Opens or makes `path` (mode 0600 under umask 077) and runs `setup`, pragmas and CREATE TABLE IF
 * NOT EXISTS.  `version` is kept as user_version; a file of a newer one is DATABASE_ERROR_BROKEN. */
Database *database_open(const char *path, int version, const char *setup, GError **error);
/* For reading what can be read of a damaged file. Nothing is created, nothing is checked. */
Database *database_open_damaged(const char *path, GError **error);
void database_close(Database *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_close)

/* `types` has one letter per parameter, and the arguments follow: i int64_t, s Slice (bytes),
 * t const char * (UTF-8).  `text` must be a literal. */
gboolean database_run(Database *db, GError **error, const char *text, const char *types, ...);
/* Rows changed by the last database_run(). */
int64_t database_changes(const Database *db);
/* NULL on error. Free before the same text is used again. */
DatabaseRows *database_query(Database *db, GError **error, const char *text, const char *types,
							 ...);
void database_rows_free(DatabaseRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DatabaseRows, database_rows_free)

typedef enum { DATABASE_ROW, DATABASE_DONE, DATABASE_FAILED } DatabaseStep;
DatabaseStep database_next(DatabaseRows *rows, GError **error);
/* Columns of the current row, from 0; bytes and text are borrowed until the next step. */
int64_t database_int(const DatabaseRows *rows, int column);
Slice database_bytes(const DatabaseRows *rows, int column);
const char *database_text(const DatabaseRows *rows, int column); /* "" for null */

/* The first column of the first row; `fallback` when there is none. */
gboolean database_get_int(Database *db, int64_t *value, int64_t fallback, GError **error,
						  const char *text, const char *types, ...);

gboolean database_begin(Database *db, GError **error);  /* IMMEDIATE */
gboolean database_commit(Database *db, GError **error); /* rolls back when it fails */
void database_rollback(Database *db);                   /* outside a transaction: nothing */

/* Moves a database and what belongs to it (-wal, -journal, …) to `PATH.STAMP.broken`; what was
 * there of that name is replaced.  Gives the new path. */
char *database_move_aside(const char *path, int64_t stamp, GError **error);
