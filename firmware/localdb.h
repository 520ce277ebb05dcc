/*
 * local.db: what the terminal keeps besides its journal: roster, counters, numbers seen, enrolment
 * reports that wait for their answer.
 *
 * SQLite with a rollback journal that is truncated at each commit, synchronous=EXTRA and
 * secure_delete: after localdb_scrub() nothing that was removed is in any file.
 */
#pragma once

#include <glib.h>

#include "firmware/database.h"
#include "protocol/ids.h"

typedef struct LocalDb LocalDb;

/* Opens or makes `path`.  A damaged file is overwritten and begun anew: the server sends the roster
 * again.  `number_floor`: the numbers of outgoing messages are greater than this (the wall time in
 * ms: so they grow even over a lost or restored file).  Errors are of DATABASE_ERROR. */
LocalDb *localdb_open(const char *path, uint64_t number_floor, GError **error);
void localdb_close(LocalDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalDb, localdb_close)

/* For the modules that keep tables in it. Their schema is in localdb.c. */
Database *localdb_database(LocalDb *db);

/* Rewrites the file, so that no page holds remains of rows that were removed or moved.  If the power
 * is cut before, the next localdb_open() does it: call localdb_want_scrub() within the removing
 * transaction. */
gboolean localdb_want_scrub(LocalDb *db, GError **error);
gboolean localdb_scrub(LocalDb *db, GError **error);

/* Small values by name.  A missing one reads as 0, or as an empty array. */
gboolean localdb_get_int(LocalDb *db, const char *name, int64_t *value, GError **error);
gboolean localdb_set_int(LocalDb *db, const char *name, int64_t value, GError **error);
GBytes *localdb_get_bytes(LocalDb *db, const char *name, GError **error); /* NULL: error */
gboolean localdb_set_bytes(LocalDb *db, const char *name, Slice value, GError **error);

/* The next number of the messages this terminal sends; grows over restarts and power cuts. */
gboolean localdb_next_number(LocalDb *db, uint64_t *number, GError **error);
