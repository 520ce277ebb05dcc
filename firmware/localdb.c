#include "firmware/localdb.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1

/* Numbers are claimed in blocks, so that not every message costs a commit. */
#define NUMBER_BLOCK 1000

/* A rollback journal in TRUNCATE mode: unlike a WAL it leaves no former page in a file. */
#define SETUP                                                                                      \
	"PRAGMA locking_mode = EXCLUSIVE;"                                                             \
	"PRAGMA journal_mode = TRUNCATE;"                                                              \
	"PRAGMA synchronous = EXTRA;"                                                                  \
	"PRAGMA secure_delete = ON;"                                                                   \
	"PRAGMA temp_store = MEMORY;"                                                                  \
	"CREATE TABLE IF NOT EXISTS setting ("                                                         \
	"  name TEXT PRIMARY KEY,"                                                                     \
	"  value NOT NULL);"                                                                           \
	"CREATE TABLE IF NOT EXISTS person ("                                                          \
	"  id INTEGER PRIMARY KEY,"                                                                    \
	"  name TEXT NOT NULL,"                                                                        \
	"  not_before_ms INTEGER NOT NULL,"                                                            \
	"  not_after_ms INTEGER NOT NULL,"                                                             \
	"  schedule INTEGER NOT NULL,"                                                                 \
	"  flags INTEGER NOT NULL,"                                                                    \
	"  mark INTEGER NOT NULL);"                                                                    \
	"CREATE TABLE IF NOT EXISTS reference ("                                                       \
	"  id INTEGER PRIMARY KEY,"                                                                    \
	"  person INTEGER NOT NULL,"                                                                   \
	"  finger INTEGER NOT NULL,"                                                                   \
	"  sealed BLOB NOT NULL);"                                                                     \
	"CREATE INDEX IF NOT EXISTS reference_person ON reference (person);"                           \
	"CREATE TABLE IF NOT EXISTS shift ("                                                           \
	"  schedule INTEGER NOT NULL,"                                                                 \
	"  in_from_ms INTEGER NOT NULL,"                                                               \
	"  in_to_ms INTEGER NOT NULL,"                                                                 \
	"  out_from_ms INTEGER NOT NULL,"                                                              \
	"  out_to_ms INTEGER NOT NULL,"                                                                \
	"  PRIMARY KEY (schedule, in_from_ms));"                                                       \
	"CREATE TABLE IF NOT EXISTS enrolment ("                                                       \
	"  id BLOB PRIMARY KEY,"                                                                       \
	"  report BLOB NOT NULL);"

struct LocalDb {
	Database *db;
	uint64_t next, ceiling; /* numbers in [next, ceiling) may be used */
	uint64_t floor;
};

/* A damaged file may hold references: it is overwritten, not moved aside. */
static gboolean destroy_file(const char *path, GError **error)
{
	static const uint8_t zeros[64 * 1024];
	struct stat info;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	gboolean done = fd >= 0 && fstat(fd, &info) == 0;

	for (off_t at = 0; done && at < info.st_size; at += (off_t)sizeof zeros)
		done = pwrite(fd, zeros, MIN(sizeof zeros, (gsize)(info.st_size - at)), at) > 0;
	done = done && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (done && g_unlink(path) == 0)
		return TRUE;
	g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED, "destroy %s: %s", path,
				g_strerror(errno));
	return FALSE;
}

static gboolean destroy(const char *path, GError **error)
{
	g_autofree char *rollback = g_strconcat(path, "-journal", NULL);

	return destroy_file(path, error) &&
		   (!g_file_test(rollback, G_FILE_TEST_EXISTS) || destroy_file(rollback, error));
}

/* `quick_check` finds what a damaged page would do only later. */
static Database *open_checked(const char *path, GError **error)
{
	g_autoptr(Database) db = database_open(path, VERSION, SETUP, error);
	g_autoptr(DatabaseRows) rows = NULL;

	if (db == NULL)
		return NULL;
	rows = database_query(db, error, "PRAGMA quick_check(1)", "");
	if (rows == NULL || database_next(rows, error) == DATABASE_FAILED)
		return NULL;
	if (strcmp(database_text(rows, 0), "ok") != 0) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_BROKEN, "%s: %s", path,
					database_text(rows, 0));
		return NULL;
	}
	return g_steal_pointer(&db);
}

static Database *open_or_renew(const char *path, GError **error)
{
	g_autoptr(GError) failure = NULL;
	Database *db = open_checked(path, &failure);

	if (db != NULL)
		return db;
	if (!g_error_matches(failure, DATABASE_ERROR, DATABASE_ERROR_BROKEN)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	g_warning("local.db is begun anew: %s", failure->message);
	return destroy(path, error) ? open_checked(path, error) : NULL;
}

LocalDb *localdb_open(const char *path, uint64_t number_floor, GError **error)
{
	g_autoptr(LocalDb) db = g_new0(LocalDb, 1);
	int64_t scrub;

	db->floor = number_floor;
	db->db = open_or_renew(path, error);
	if (db->db == NULL || !localdb_get_int(db, "scrub", &scrub, error))
		return NULL;
	if (scrub != 0 && !localdb_scrub(db, error))
		return NULL;
	return g_steal_pointer(&db);
}

void localdb_close(LocalDb *db)
{
	if (db == NULL)
		return;
	database_close(db->db);
	g_free(db);
}

Database *localdb_database(LocalDb *db)
{
	return db->db;
}

gboolean localdb_want_scrub(LocalDb *db, GError **error)
{
	return localdb_set_int(db, "scrub", 1, error);
}

gboolean localdb_scrub(LocalDb *db, GError **error)
{
	return database_run(db->db, error, "VACUUM", "") && localdb_set_int(db, "scrub", 0, error);
}

gboolean localdb_get_int(LocalDb *db, const char *name, int64_t *value, GError **error)
{
	return database_get_int(db->db, value, 0, error, "SELECT value FROM setting WHERE name = $1",
							"t", name);
}

gboolean localdb_set_int(LocalDb *db, const char *name, int64_t value, GError **error)
{
	return database_run(db->db, error,
						"INSERT INTO setting (name, value) VALUES ($1, $2)"
						" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
						"ti", name, value);
}

GBytes *localdb_get_bytes(LocalDb *db, const char *name, GError **error)
{
	g_autoptr(DatabaseRows) rows =
		database_query(db->db, error, "SELECT value FROM setting WHERE name = $1", "t", name);
	DatabaseStep step = rows == NULL ? DATABASE_FAILED : database_next(rows, error);
	Slice bytes = {0};

	if (step == DATABASE_FAILED)
		return NULL;
	if (step == DATABASE_ROW)
		bytes = database_bytes(rows, 0);
	return g_bytes_new(bytes.data, bytes.size);
}

gboolean localdb_set_bytes(LocalDb *db, const char *name, Slice value, GError **error)
{
	return database_run(db->db, error,
						"INSERT INTO setting (name, value) VALUES ($1, $2)"
						" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
						"ts", name, value);
}

static gboolean claim_numbers(LocalDb *db, GError **error)
{
	int64_t used;

	if (!localdb_get_int(db, "number", &used, error))
		return FALSE;
	used = MAX(used, (int64_t)db->floor);
	if (!localdb_set_int(db, "number", used + NUMBER_BLOCK, error))
		return FALSE;
	db->next = (uint64_t)used + 1;
	db->ceiling = db->next + NUMBER_BLOCK;
	return TRUE;
}

gboolean localdb_next_number(LocalDb *db, uint64_t *number, GError **error)
{
	if (db->next == db->ceiling && !claim_numbers(db, error)) {
		g_prefix_error(error, "number a message: ");
		return FALSE;
	}
	*number = db->next++;
	return TRUE;
}
