/*
 * Databases for tests: a fresh one in a folder of its own, with or without the schema.  The same
 * programs run over PostgreSQL when HADIR_TEST_POSTGRES is the URL of a cluster's database NAME
 * (tests/server/with_postgres): each test then has a database of its own there.
 *
 * The migrations run once in a program (in a cluster: once for all programs); every other database
 * is a copy of that one, which takes a fraction of the time.
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

/* A statement about the named database, its name for the %s. */
static inline void database_in_cluster(const char *statement, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *url = database_cluster_url("postgres");
	g_auto(GStrv) parts = g_strsplit(statement, "%s", 2);
	g_autofree char *text = g_strjoinv(name, parts);
	g_autoptr(Sql) sql = sql_open(url, &error);
	g_assert_no_error(error);
	sql_script(sql, text, &error);
	g_assert_no_error(error);
}

static inline void database_name(Database *database)
{
	static int n;
	g_autoptr(GError) error = NULL;
	database->folder = g_dir_make_tmp("hadir-test-XXXXXX", &error);
	g_assert_no_error(error);
	if (database_is_sqlite()) {
		database->url = g_strdup_printf("sqlite:%s/hadir.db", database->folder);
		return;
	}
	database->name = g_strdup_printf("t%d_%d", (int)getpid(), ++n);
	database->url = database_cluster_url(database->name);
}

static inline void database_connect(Database *database)
{
	g_autoptr(GError) error = NULL;
	database->sql = sql_open(database->url, &error);
	g_assert_no_error(error);
}

static inline void database_open_empty(Database *database)
{
	database_name(database);
	if (!database_is_sqlite())
		database_in_cluster("CREATE DATABASE %s", database->name);
	database_connect(database);
}

static inline void database_migrate(Sql *sql)
{
	g_autoptr(GError) error = NULL;
	migrate_run(sql, 0, &error);
	g_assert_no_error(error);
}

/* A cluster's database with the schema, from which the others are made. */
#define DATABASE_TEMPLATE "with_schema"

static inline gboolean database_has_template(void)
{
	gint64 there = 0;
	g_autoptr(GError) error = NULL;
	g_autofree char *url = database_cluster_url("postgres");
	g_autoptr(Sql) sql = sql_open(url, &error);
	g_assert_no_error(error);
	sql_get_int(sql, &there, 0, &error, "SELECT count(*) FROM pg_database WHERE datname=$1", "t",
				DATABASE_TEMPLATE);
	g_assert_no_error(error);
	return there > 0;
}

static inline void database_make_template(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *url = database_cluster_url(DATABASE_TEMPLATE);
	database_in_cluster("CREATE DATABASE %s", DATABASE_TEMPLATE);
	g_autoptr(Sql) sql = sql_open(url, &error);
	g_assert_no_error(error);
	database_migrate(sql);
}

static inline void database_open_in_cluster(Database *database)
{
	if (!database_has_template())
		database_make_template();
	database_in_cluster("CREATE DATABASE %s TEMPLATE " DATABASE_TEMPLATE " STRATEGY FILE_COPY",
						database->name);
	database_connect(database);
}

static inline void database_open_file(Database *database)
{
	static char *schema;
	static gsize n;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(database->folder, "hadir.db", NULL);
	if (schema != NULL) {
		g_file_set_contents_full(path, schema, (gssize)n, G_FILE_SET_CONTENTS_NONE, 0600, &error);
		g_assert_no_error(error);
		database_connect(database);
		return;
	}
	database_connect(database);
	database_migrate(database->sql);
	sql_close(database->sql); /* the file alone is the whole database now */
	g_file_get_contents(path, &schema, &n, &error);
	g_assert_no_error(error);
	database_connect(database);
}

static inline void database_open(Database *database)
{
	database_name(database);
	if (database_is_sqlite())
		database_open_file(database);
	else
		database_open_in_cluster(database);
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
		database_in_cluster("DROP DATABASE %s", database->name);
	g_free(database->folder);
	g_free(database->url);
	g_free(database->name);
}
