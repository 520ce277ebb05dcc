/* SQLite behind sql_driver.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sqlite3.h>

#include "server/store/sql_driver.h"

/* How long a writer waits for the writer of another process before SQL_ERROR_BUSY. */
#define BUSY_MS 10000

typedef struct {
	sqlite3 *db;
	int turn_fd; /* the database's folder, locked by the writer whose turn is next; -1: none */
} Connection;

typedef struct {
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int index[SQL_PARAMETERS_MAX]; /* SQLite's position of $1, $2, …; 0: not in the text */
} Prepared;

static SqlError error_code(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		return SQL_ERROR_CONSTRAINT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SQL_ERROR_BUSY;
	case SQLITE_FULL:
		return SQL_ERROR_FULL;
	default:
		return SQL_ERROR_FAILED;
	}
}

static void set_error(GError **error, sqlite3 *db, int rc, const char *text)
{
	g_set_error(error, SQL_ERROR, error_code(rc), "%s (in \"%.80s\")", sqlite3_errmsg(db), text);
}

/* The file belongs to its user alone; SQLite gives -wal and -shm the same mode.  A file that is there
 * is not opened: closing any descriptor of it would drop the locks that other connections of this
 * process hold (POSIX), and the next process to close it would delete the log they write to. */
static gboolean create_private(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return TRUE;
	if (fd < 0) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	close(fd);
	return TRUE;
}

static const char settings[] = "PRAGMA journal_mode=WAL;"
							   "PRAGMA synchronous=FULL;"
							   "PRAGMA foreign_keys=ON;"
							   /* What is deleted by law is overwritten. */
							   "PRAGMA secure_delete=ON;"
							   "PRAGMA trusted_schema=OFF;"
							   "PRAGMA cache_size=-16000;"
							   "PRAGMA temp_store=MEMORY";

/* Writers take turns.  SQLite lets in whoever asks first, and a waiter sleeps between its attempts:
 * a process that commits transaction after transaction would keep all others out.  So the next
 * writer holds the folder's lock while it waits for the database's, often asked for, and nobody can
 * overtake it. */
static void sqlite_turn_take(gpointer connection)
{
	Connection *self = connection;
	while (self->turn_fd >= 0 && flock(self->turn_fd, LOCK_EX) != 0 && errno == EINTR)
		;
}

static void sqlite_turn_pass(gpointer connection)
{
	Connection *self = connection;
	if (self->turn_fd >= 0)
		flock(self->turn_fd, LOCK_UN);
}

static int on_busy(void *connection, int n_before)
{
	(void)connection;
	g_usleep(1000);
	return n_before < BUSY_MS;
}

/* -1 when there is none: turns are then left to chance. */
static int open_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void sqlite_close(gpointer connection)
{
	Connection *self = connection;
	sqlite3_close(self->db);
	if (self->turn_fd >= 0)
		close(self->turn_fd);
	g_free(self);
}

static gpointer sqlite_open(const char *url, GError **error)
{
	const char *path = url + strlen("sqlite:");
	gboolean in_file = strcmp(path, ":memory:") != 0;
	if (in_file && !create_private(path, error))
		return NULL;

	Connection *self = g_new0(Connection, 1);
	self->turn_fd = in_file ? open_folder(path) : -1;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int rc = sqlite3_open_v2(path, &self->db, flags, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(self->db, 1);
		sqlite3_busy_handler(self->db, on_busy, self);
		rc = sqlite3_exec(self->db, settings, NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		g_set_error(error, SQL_ERROR, error_code(rc), "%s: %s", path, sqlite3_errmsg(self->db));
		sqlite_close(self);
		return NULL;
	}
	return self;
}

#define FOR_SQLITE "/*sqlite "

/* What stands in such a comment is for SQLite alone (server/schema/README.md). (transfer full) */
static char *uncomment(const char *script)
{
	char *text = g_strdup(script);
	for (char *at = text; (at = strstr(at, FOR_SQLITE)) != NULL;) {
		char *end = strstr(at, "*/");
		memset(at, ' ', strlen(FOR_SQLITE));
		if (end != NULL)
			memset(end, ' ', 2);
	}
	return text;
}

static gboolean sqlite_script(gpointer connection, const char *script, GError **error)
{
	Connection *self = connection;
	g_autofree char *text = uncomment(script);
	int rc = sqlite3_exec(self->db, text, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		set_error(error, self->db, rc, "script");
	return rc == SQLITE_OK;
}

static void sqlite_finalize(gpointer prepared)
{
	Prepared *self = prepared;
	sqlite3_finalize(self->stmt);
	g_free(self);
}

/* `$1` is a name to SQLite, numbered as first met: each is looked up once. */
static gboolean index_parameters(Prepared *self, gsize n_values)
{
	int found = 0;
	for (gsize i = 0; i < n_values; i++) {
		char name[8];
		g_snprintf(name, sizeof name, "$%d", (int)i + 1);
		self->index[i] = sqlite3_bind_parameter_index(self->stmt, name);
		if (self->index[i] != 0)
			found++;
	}
	return found == (int)n_values && found == sqlite3_bind_parameter_count(self->stmt);
}

static gpointer sqlite_prepare(gpointer connection, const char *text,
							   const SqlValue *values G_GNUC_UNUSED, gsize n_values, GError **error)
{
	Connection *self = connection;
	Prepared *prepared = g_new0(Prepared, 1);
	const char *tail = NULL;
	prepared->db = self->db;
	int rc =
		sqlite3_prepare_v3(self->db, text, -1, SQLITE_PREPARE_PERSISTENT, &prepared->stmt, &tail);
	if (rc != SQLITE_OK) {
		set_error(error, self->db, rc, text);
	} else if (prepared->stmt == NULL || *tail != '\0') {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "not one statement: \"%.80s\"", text);
	} else if (!index_parameters(prepared, n_values)) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
					"%" G_GSIZE_FORMAT " parameters given, others wanted: \"%.80s\"", n_values,
					text);
	} else {
		return prepared;
	}
	sqlite_finalize(prepared);
	return NULL;
}

static int bind_value(sqlite3_stmt *stmt, int index, const SqlValue *value)
{
	switch (value->kind) {
	case SQL_VALUE_INT:
		return sqlite3_bind_int64(stmt, index, value->integer);
	case SQL_VALUE_DOUBLE:
		return sqlite3_bind_double(stmt, index, value->real);
	case SQL_VALUE_TEXT:
		return sqlite3_bind_text64(stmt, index, value->data, value->size, SQLITE_TRANSIENT,
								   SQLITE_UTF8);
	case SQL_VALUE_BYTES:
		/* A NULL pointer would bind null: no bytes are an empty value. */
		return sqlite3_bind_blob64(stmt, index, value->size > 0 ? value->data : "", value->size,
								   SQLITE_TRANSIENT);
	case SQL_VALUE_NULL:
	default:
		return sqlite3_bind_null(stmt, index);
	}
}

static gboolean sqlite_start(gpointer prepared, const SqlValue *values, gsize n_values,
							 GError **error)
{
	Prepared *self = prepared;
	for (gsize i = 0; i < n_values; i++) {
		int rc = bind_value(self->stmt, self->index[i], &values[i]);
		if (rc != SQLITE_OK) {
			set_error(error, self->db, rc, sqlite3_sql(self->stmt));
			return FALSE;
		}
	}
	return TRUE;
}

static SqlStep sqlite_next(gpointer prepared, GError **error)
{
	Prepared *self = prepared;
	int rc = sqlite3_step(self->stmt);
	if (rc == SQLITE_ROW)
		return SQL_ROW;
	if (rc == SQLITE_DONE)
		return SQL_DONE;
	set_error(error, self->db, rc, sqlite3_sql(self->stmt));
	return SQL_FAILED;
}

static gint64 sqlite_changes(gpointer prepared)
{
	Prepared *self = prepared;
	return sqlite3_stmt_readonly(self->stmt) ? 0 : sqlite3_changes(self->db);
}

static void sqlite_reset(gpointer prepared)
{
	Prepared *self = prepared;
	sqlite3_reset(self->stmt);
	sqlite3_clear_bindings(self->stmt);
}

static gboolean sqlite_is_null(gpointer prepared, int column)
{
	return sqlite3_column_type(((Prepared *)prepared)->stmt, column) == SQLITE_NULL;
}

static gint64 sqlite_get_int(gpointer prepared, int column)
{
	return sqlite3_column_int64(((Prepared *)prepared)->stmt, column);
}

static double sqlite_get_double(gpointer prepared, int column)
{
	return sqlite3_column_double(((Prepared *)prepared)->stmt, column);
}

static const char *sqlite_get_text(gpointer prepared, int column)
{
	return (const char *)sqlite3_column_text(((Prepared *)prepared)->stmt, column);
}

static gconstpointer sqlite_get_bytes(gpointer prepared, int column, gsize *size)
{
	sqlite3_stmt *stmt = ((Prepared *)prepared)->stmt;
	gconstpointer bytes = sqlite3_column_blob(stmt, column);
	*size = (gsize)sqlite3_column_bytes(stmt, column);
	return bytes;
}

const SqlDriver sql_sqlite = {
	.scheme = "sqlite:",
	.begin = "BEGIN IMMEDIATE",
	/* Pages are overwritten (secure_delete); older copies of them lie in the log. */
	.purge = "PRAGMA wal_checkpoint(TRUNCATE)",
	.list_columns = "SELECT m.name, c.name, c.type FROM sqlite_master m"
					" JOIN pragma_table_info(m.name) c"
					" WHERE m.type='table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid",
	.list_references = "SELECT DISTINCT m.name, f.\"table\" FROM sqlite_master m"
					   " JOIN pragma_foreign_key_list(m.name) f WHERE m.type='table'",
	.open = sqlite_open,
	.close = sqlite_close,
	.script = sqlite_script,
	.turn_take = sqlite_turn_take,
	.turn_pass = sqlite_turn_pass,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.start = sqlite_start,
	.next = sqlite_next,
	.changes = sqlite_changes,
	.reset = sqlite_reset,
	.is_null = sqlite_is_null,
	.get_int = sqlite_get_int,
	.get_double = sqlite_get_double,
	.get_text = sqlite_get_text,
	.get_bytes = sqlite_get_bytes,
};
