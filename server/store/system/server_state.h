/* The server's own memory: its epoch, whether it is a demo, and numbers that only grow. */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

/* Makes the first rows. An epoch that is there already is an error. */
gboolean server_state_init(Sql *sql, const RandomId *epoch, gboolean demo, GError **error);
/* A restore: terminals then resend what this database lacks. */
gboolean server_state_set_epoch(Sql *sql, const RandomId *epoch, GError **error);
/* When this database was restored from a backup; 0: never. */
gboolean server_state_set_restored(Sql *sql, gint64 now_ms, GError **error);
gboolean server_state_restored(Sql *sql, gint64 *restored_ms, GError **error);
gboolean server_state_epoch(Sql *sql, RandomId *epoch, GError **error);
/* Was the server made by `hadir init --demo`?  Only then simulated sensors count. */
gboolean server_state_demo(Sql *sql, gboolean *demo, GError **error);

/* Reserves `n` numbers and gives the first: every later call gives larger ones, also after a
 * restore, because numbers start no lower than now_ms · 1000. */
gboolean server_state_reserve_numbers(Sql *sql, gint64 n, gint64 now_ms, gint64 *first,
									  GError **error);
/* A counter of changes to terminals; in the caller's transaction. */
gboolean server_state_next_revision(Sql *sql, gint64 *revision, GError **error);
