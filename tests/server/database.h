/*
 * Databases for tests: a fresh one in a folder of its own, with or without the schema.  The
 * contract tests run once for each kind of database that is there.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

#include "server/store/migrate.h"
#include "server/store/sql.h"

typedef struct {
	Sql *sql;
	char *url;
	char *folder;
} Database;

static inline void database_open_empty(Database *database)
{
	g_autoptr(GError) error = NULL;
	database->folder = g_dir_make_tmp("hadir-test-XXXXXX", &error);
	g_assert_no_error(error);
	database->url = g_strdup_printf("sqlite:%s/hadir.db", database->folder);
	database->sql = sql_open(database->url, &error);
	g_assert_no_error(error);
}

static inline void database_open(Database *database)
{
	g_autoptr(GError) error = NULL;
	database_open_empty(database);
	migrate_run(database->sql, 0, &error);
	g_assert_no_error(error);
}

static inline void database_close(Database *database)
{
	static const char *const files[] = {"hadir.db", "hadir.db-wal", "hadir.db-shm"};
	sql_close(database->sql);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(database->folder, files[i], NULL);
		g_unlink(path);
	}
	g_rmdir(database->folder);
	g_free(database->folder);
	g_free(database->url);
}
