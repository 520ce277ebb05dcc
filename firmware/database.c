#include "firmware/database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdarg.h>

#include <sqlite3.h>

struct Database {
	sqlite3 *handle;
	GHashTable *statements; /* text's address → sqlite3_stmt */
};

/* A DatabaseRows is the cached statement itself, reset when freed. */

G_DEFINE_QUARK(hadir_database_error, database_error)

static int code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_FULL:
		return DATABASE_ERROR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return DATABASE_ERROR_BROKEN;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return DATABASE_ERROR_BUSY;
	default:
		return DATABASE_ERROR_FAILED;
	}
}

static gboolean fail(sqlite3 *handle, GError **error)
{
	int result = sqlite3_extended_errcode(handle);

	g_set_error(error, DATABASE_ERROR, code_of(result), "SQLite %d: %s", result,
				sqlite3_errmsg(handle));
	return FALSE;
}

static void finalize(gpointer statement)
{
	sqlite3_finalize(statement);
}

static Database *open_with(const char *path, int flags, GError **error)
{
	g_autoptr(Database) db = g_new0(Database, 1);
	int result = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

	db->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
	if (result == SQLITE_OK)
		return g_steal_pointer(&db);
	if (db->handle != NULL)
		fail(db->handle, error);
	else
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED, "out of memory");
	g_prefix_error(error, "open %s: ", path);
	return NULL;
}

static gboolean execute(Database *db, const char *text, GError **error)
{
	return sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK || fail(db->handle, error);
}

static gboolean check_version(Database *db, int version, GError **error)
{
	g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d", version);
	int64_t found;

	if (!database_get_int(db, &found, 0, error, "PRAGMA user_version", ""))
		return FALSE;
	if (found > version) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN,
					"version %d is newer than this program's %d", (int)found, version);
		return FALSE;
	}
	return found == version || execute(db, set, error);
}

Database *database_open(const char *path, int version, const char *setup, GError **error)
{
	g_autoptr(Database) db = open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

	if (db == NULL)
		return NULL;
	if (!execute(db, setup, error) || !check_version(db, version, error)) {
		g_prefix_error(error, "open %s: ", path);
		return NULL;
	}
	return g_steal_pointer(&db);
}

Database *database_open_damaged(const char *path, GError **error)
{
	/* Read-write, since a WAL can only be read by who may recover it. */
	return open_with(path, SQLITE_OPEN_READWRITE, error);
}

void database_close(Database *db)
{
	if (db == NULL)
		return;
	g_hash_table_destroy(db->statements);
	sqlite3_close(db->handle);
	g_free(db);
}

static sqlite3_stmt *prepare(Database *db, const char *text, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(db->statements, text);

	if (statement != NULL)
		return statement;
	if (sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
		SQLITE_OK) {
		fail(db->handle, error);
		return NULL;
	}
	g_hash_table_insert(db->statements, (gpointer)text, statement);
	return statement;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	for (int i = 0; types[i] != '\0'; i++) {
		switch (types[i]) {
		case 'i':
			sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
			break;
		case 's': {
			Slice bytes = va_arg(args, Slice);

			if (bytes.size == 0)
				sqlite3_bind_zeroblob(statement, i + 1, 0);
			else
				sqlite3_bind_blob64(statement, i + 1, bytes.data, bytes.size, SQLITE_TRANSIENT);
			break;
		}
		case 't':
			sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
			break;
		default:
			g_assert_not_reached();
		}
	}
}

static DatabaseRows *query(Database *db, GError **error, const char *text, const char *types,
						   va_list args)
{
	sqlite3_stmt *statement = prepare(db, text, error);

	if (statement == NULL)
		return NULL;
	g_assert(!sqlite3_stmt_busy(statement));
	g_assert((size_t)sqlite3_bind_parameter_count(statement) == strlen(types));
	bind(statement, types, args);
	return (DatabaseRows *)statement;
}

DatabaseRows *database_query(Database *db, GError **error, const char *text, const char *types, ...)
{
	DatabaseRows *rows;
	va_list args;

	va_start(args, types);
	rows = query(db, error, text, types, args);
	va_end(args);
	return rows;
}

gboolean database_run(Database *db, GError **error, const char *text, const char *types, ...)
{
	g_autoptr(DatabaseRows) rows = NULL;
	DatabaseStep step;
	va_list args;

	va_start(args, types);
	rows = query(db, error, text, types, args);
	va_end(args);
	if (rows == NULL)
		return FALSE;
	while ((step = database_next(rows, error)) == DATABASE_ROW)
		;
	return step == DATABASE_DONE;
}

int64_t database_changes(const Database *db)
{
	return sqlite3_changes(db->handle);
}

void database_rows_free(DatabaseRows *rows)
{
	sqlite3_stmt *statement = (sqlite3_stmt *)rows;

	if (statement == NULL)
		return;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

DatabaseStep database_next(DatabaseRows *rows, GError **error)
{
	sqlite3_stmt *statement = (sqlite3_stmt *)rows;

	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		return DATABASE_ROW;
	case SQLITE_DONE:
		return DATABASE_DONE;
	default:
		fail(sqlite3_db_handle(statement), error);
		return DATABASE_FAILED;
	}
}

int64_t database_int(const DatabaseRows *rows, int column)
{
	return sqlite3_column_int64((sqlite3_stmt *)rows, column);
}

Slice database_bytes(const DatabaseRows *rows, int column)
{
	sqlite3_stmt *statement = (sqlite3_stmt *)rows;
	const uint8_t *data = sqlite3_column_blob(statement, column);

	return (Slice){data, (size_t)sqlite3_column_bytes(statement, column)};
}

const char *database_text(const DatabaseRows *rows, int column)
{
	const unsigned char *text = sqlite3_column_text((sqlite3_stmt *)rows, column);

	return text == NULL ? "" : (const char *)text;
}

gboolean database_get_int(Database *db, int64_t *value, int64_t fallback, GError **error,
						  const char *text, const char *types, ...)
{
	g_autoptr(DatabaseRows) rows = NULL;
	DatabaseStep step;
	va_list args;

	va_start(args, types);
	rows = query(db, error, text, types, args);
	va_end(args);
	if (rows == NULL)
		return FALSE;
	step = database_next(rows, error);
	*value = step == DATABASE_ROW && sqlite3_column_type((sqlite3_stmt *)rows, 0) != SQLITE_NULL
				 ? database_int(rows, 0)
				 : fallback;
	return step != DATABASE_FAILED;
}

gboolean database_begin(Database *db, GError **error)
{
	return database_run(db, error, "BEGIN IMMEDIATE", "");
}

gboolean database_commit(Database *db, GError **error)
{
	if (database_run(db, error, "COMMIT", ""))
		return TRUE;
	database_rollback(db);
	return FALSE;
}

void database_rollback(Database *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		execute(db, "ROLLBACK", NULL);
}

char *database_move_aside(const char *path, int64_t stamp, GError **error)
{
	static const char *const suffixes[] = {"-wal", "-journal", ""};
	g_autofree char *aside = g_strdup_printf("%s.%" G_GINT64_FORMAT ".broken", path, stamp);

	/* A stale WAL index belongs to nobody; SQLite rebuilds it. */
	g_autofree char *index = g_strconcat(path, "-shm", NULL);

	g_unlink(index);
	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *from = g_strconcat(path, suffixes[i], NULL);
		g_autofree char *to = g_strconcat(aside, suffixes[i], NULL);

		if (g_rename(from, to) != 0 && errno != ENOENT) {
			g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED, "move %s aside: %s", from,
						g_strerror(errno));
			return NULL;
		}
	}
	return g_steal_pointer(&aside);
}
