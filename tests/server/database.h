/*
 * Databases for tests: a fresh one in a folder of its own, with or without the schema.  The same
 * programs run over PostgreSQL when HADIR_TEST_POSTGRES is the URL of a cluster's database NAME
 * (tests/server/with_postgres): each test then has a database of its own there.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "server/store/migrate.h"
#include "server/store/sql.h"

typedef struct {
	Sql *sql;
	char *url;
	char *folder;
	char *name; /* of the database in the cluster; NULL: SQLite */
} Database;

static inline gboolean database_is_sqlite(void)
{
	return g_getenv("HADIR_TEST_POSTGRES") == NULL;
}

static inline char *database_cluster_url(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(g_getenv("HADIR_TEST_POSTGRES"), "NAME", 2);
	return g_strjoinv(name, parts);
}

/* CREATE or DROP. */
static inline void database_in_cluster(const char *verb, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *url = database_cluster_url("postgres");
	g_autofree char *text = g_strdup_printf("%s DATABASE %s", verb, name);
	g_autoptr(Sql) sql = sql_open(url, &error);
	g_assert_no_error(error);
	sql_script(sql, text, &error);
	g_assert_no_error(error);
}

static inline void database_open_empty(Database *database)
{
	static int n;
	g_autoptr(GError) error = NULL;
	database->folder = g_dir_make_tmp("hadir-test-XXXXXX", &error);
	g_assert_no_error(error);
	if (database_is_sqlite()) {
		database->url = g_strdup_printf("sqlite:%s/hadir.db", database->folder);
	} else {
		database->name = g_strdup_printf("t%d_%d", (int)getpid(), ++n);
		database_in_cluster("CREATE", database->name);
		database->url = database_cluster_url(database->name);
	}
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
	if (database->name != NULL)
		database_in_cluster("DROP", database->name);
	g_free(database->folder);
	g_free(database->url);
	g_free(database->name);
}
