/*
 * local.db: what the terminal keeps besides its journal: roster, counters, numbers seen, enrolment
 * reports that wait for their answer.
 *
 * SQLite with a rollback journal that is truncated at each commit, synchronous=EXTRA and
 * secure_delete: after localdb_scrub() nothing that was removed is in any file.
 */
#pragma once

#include <glib.h>

#include "protocol/ids.h"

typedef struct sqlite3 sqlite3;
typedef struct LocalDb LocalDb;

#define LOCALDB_ERROR (localdb_error_quark())
GQuark localdb_error_quark(void);

typedef enum {
	LOCALDB_ERROR_FAILED,
	LOCALDB_ERROR_BROKEN, /* not a database, or of a newer version */
} LocalDbError;

/* Opens or makes `path`. A broken file is moved aside and begun anew: the server sends the roster
 * again. */
LocalDb *localdb_open(const char *path, GError **error);
void localdb_close(LocalDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalDb, localdb_close)

/* For roster.c and this module only. */
sqlite3 *localdb_handle(LocalDb *db);
gboolean localdb_begin(LocalDb *db, GError **error);
gboolean localdb_commit(LocalDb *db, GError **error);
void localdb_rollback(LocalDb *db);
/* Rewrites the file, so that no page holds remains of rows that were removed or moved. */
gboolean localdb_scrub(LocalDb *db, GError **error);

/* Small values by name (a literal).  A missing one reads as 0, or as an empty array. */
gboolean localdb_get_int(LocalDb *db, const char *name, int64_t *value, GError **error);
gboolean localdb_set_int(LocalDb *db, const char *name, int64_t value, GError **error);
GBytes *localdb_get_bytes(LocalDb *db, const char *name, GError **error); /* NULL, unset: none */
gboolean localdb_set_bytes(LocalDb *db, const char *name, Slice value, GError **error);

/* The next number of the messages this terminal sends; grows over restarts and power cuts. */
gboolean localdb_next_number(LocalDb *db, uint64_t *number, GError **error);
