/*
 * Backup and restore.  A backup is one SQLite file: the database as of one moment, taken while the
 * server runs, with the settings and the keys of core and web in a table of its own.  The vault key
 * is not in it: who finds the file cannot open a template.  It is copied apart, once.
 *
 * A restore makes a new server folder with a new epoch, in which terminals resend what the backup
 * does not have (design.md, decision 3).
 */
#pragma once

#include "server/config.h"
#include "server/store/sql.h"

/* `file` must not exist. For SQLite; PostgreSQL has its own tools. */
gboolean backup_make(const ServerConfig *config, const char *file, gint64 now_ms, GError **error);
/* A copy of the vault key, mode 0600. `file` must not exist. */
gboolean backup_vault_key(const ServerConfig *config, const char *file, GError **error);

/* `folder` must not exist or be empty; `vault_key` is a file of backup_vault_key(). */
gboolean backup_restore(const char *file, const char *folder, const char *vault_key, gint64 now_ms,
						GError **error);
