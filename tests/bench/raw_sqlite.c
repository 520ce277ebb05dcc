#include "tests/bench/raw_sqlite.h"

#include <sqlite3.h>

#include "tests/bench/bench.h"

struct RawSqlite {
	sqlite3 *db;
};

static void must(RawSqlite *raw, int result)
{
	if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE)
		g_error("yardstick: %s", sqlite3_errmsg(raw->db));
}

static void run(RawSqlite *raw, const char *sql)
{
	must(raw, sqlite3_exec(raw->db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(RawSqlite *raw, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	must(raw, sqlite3_prepare_v2(raw->db, sql, -1, &statement, NULL));
	return statement;
}

RawSqlite *raw_open(const char *folder)
{
	RawSqlite *raw = g_new0(RawSqlite, 1);
	g_autofree char *path = g_build_filename(folder, "raw.db", NULL);
	must(raw, sqlite3_open(path, &raw->db));
	run(raw, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			 "CREATE TABLE event (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
			 "CREATE TABLE punch (person INTEGER, day INTEGER, at INTEGER);"
			 "CREATE INDEX punch_day ON punch (person, day, at);");
	return raw;
}

void raw_close(RawSqlite *raw)
{
	sqlite3_close(raw->db);
	g_free(raw);
}

double raw_insert(RawSqlite *raw, GPtrArray *blobs, guint batch)
{
	sqlite3_stmt *insert = prepare(raw, "INSERT INTO event (bytes) VALUES (?1)");
	double start = bench_now();
	for (guint i = 0; i < blobs->len; i++) {
		gsize size;
		gconstpointer data = g_bytes_get_data(blobs->pdata[i], &size);
		if (i % batch == 0)
			run(raw, "BEGIN IMMEDIATE");
		must(raw, sqlite3_bind_blob(insert, 1, data, (int)size, SQLITE_STATIC));
		must(raw, sqlite3_step(insert));
		must(raw, sqlite3_reset(insert));
		if (i % batch == batch - 1 || i == blobs->len - 1)
			run(raw, "COMMIT");
	}
	double seconds = bench_now() - start;
	sqlite3_finalize(insert);
	return seconds;
}

void raw_fill_punches(RawSqlite *raw, gint64 n_people, gint64 first_day, gint64 n_days)
{
	sqlite3_stmt *insert = prepare(raw, "INSERT INTO punch VALUES (?1, ?2, ?3)");
	run(raw, "BEGIN");
	for (gint64 person = 1; person <= n_people; person++)
		for (gint64 day = 0; day < n_days; day++)
			for (gint64 n = 0; n < 2; n++) {
				must(raw, sqlite3_bind_int64(insert, 1, person));
				must(raw, sqlite3_bind_int64(insert, 2, first_day + day));
				must(raw,
					 sqlite3_bind_int64(insert, 3, (first_day + day) * 86400000 + n * 30600000));
				must(raw, sqlite3_step(insert));
				must(raw, sqlite3_reset(insert));
			}
	run(raw, "COMMIT");
	sqlite3_finalize(insert);
}

double raw_group_by_day(RawSqlite *raw, gint64 *rows)
{
	sqlite3_stmt *query =
		prepare(raw, "SELECT person, day, MIN(at), MAX(at) FROM punch GROUP BY person, day");
	double start = bench_processor();
	for (*rows = 0; sqlite3_step(query) == SQLITE_ROW; (*rows)++)
		sqlite3_column_int64(query, 2);
	double seconds = bench_processor() - start;
	sqlite3_finalize(query);
	return seconds;
}
