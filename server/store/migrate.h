/*
 * The schema: the numbered files of server/schema, in this program as texts, each applied once in a
 * transaction of its own and remembered in table `migration` with its SHA-256.  A released file is
 * never edited: a database whose migration has another hash, or one this program does not know, is
 * refused.
 */
#pragma once

#include "server/store/sql.h"

/* Made at build time from server/schema, ascending by number. */
typedef struct {
	gint64 number;    /* of the file's name, from 1 */
	const char *name; /* "0001_people.sql" */
	const char *text;
} SchemaFile;

extern const SchemaFile schema_files[];
extern const gsize n_schema_files;

/* Brings the database to this program's schema.  Safe for several processes at once.  `now_ms` is
 * the time to remember. */
gboolean migrate_run(Sql *sql, gint64 now_ms, GError **error);
/* The same with other files; for tests. */
gboolean migrate_run_files(Sql *sql, const SchemaFile *files, gsize n_files, gint64 now_ms,
						   GError **error);
/* TRUE when the database has exactly this program's schema: for a process that does not migrate. */
gboolean migrate_check(Sql *sql, GError **error);
