#include "server/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/authority.h"
#include "server/broker_config.h"
#include "server/server_keys.h"
#include "server/store/migrate.h"
#include "server/store/system/server_state.h"

#define BACKUP_ERROR g_quark_from_static_string("hadir-backup")

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean fail(GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(BACKUP_ERROR, 0, format, arguments));
	va_end(arguments);
	return FALSE;
}

/* ── making ── */

static gboolean put_file(Sql *sql, const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *content = NULL;
	gsize size;
	if (!g_file_get_contents(path, &content, &size, error))
		return FALSE;
	return sql_run(sql, error, "INSERT INTO backup_file (name, content) VALUES ($1, $2)", "tb",
				   name, content, size);
}

static gboolean put_folder(Sql *sql, const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, error);
	const char *entry;
	if (dir == NULL)
		return FALSE;
	while ((entry = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(name, entry, NULL);
		g_autofree char *child_path = g_build_filename(folder, child, NULL);
		gboolean is_folder = g_file_test(child_path, G_FILE_TEST_IS_DIR);
		if (is_folder ? !put_folder(sql, folder, child, error)
					  : !put_file(sql, folder, child, error))
			return FALSE;
	}
	return TRUE;
}

/* Settings and keys into the copy, in one transaction. */
static gboolean add_files(const ServerConfig *config, const char *file, gint64 now_ms,
						  GError **error)
{
	g_autofree char *url = g_strconcat("sqlite:", file, NULL);
	g_autoptr(Sql) sql = sql_open(url, error);
	if (sql == NULL ||
		!sql_script(sql,
					"CREATE TABLE backup_file (name TEXT PRIMARY KEY, content BYTEA NOT NULL);"
					"CREATE TABLE backup_info (made_ms BIGINT NOT NULL)",
					error) ||
		!sql_begin(sql, error))
		return FALSE;
	if (sql_run(sql, error, "INSERT INTO backup_info (made_ms) VALUES ($1)", "i", now_ms) &&
		put_file(sql, config->folder, "server.conf", error) &&
		put_folder(sql, config->keys, "core", error) &&
		put_folder(sql, config->keys, "web", error) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

/* What was written is on the disk before the backup gets its name. */
static gboolean publish(const char *part, const char *file, GError **error)
{
	int fd = open(part, O_RDONLY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	/* link() refuses a name that is taken. */
	ok = ok && link(part, file) == 0;
	int saved = errno;
	unlink(part);
	return ok || fail(error, "%s: %s", file, g_strerror(saved));
}

static gboolean copy_database(const ServerConfig *config, const char *part, GError **error)
{
	g_autofree char *database = config_database(config);
	if (!g_str_has_prefix(database, "sqlite:"))
		return fail(error, "this database is backed up with its own tools (pg_dump)");
	g_autoptr(Sql) sql = sql_open(database, error);
	return sql != NULL && sql_run(sql, error, "VACUUM INTO $1", "t", part);
}

gboolean backup_make(const ServerConfig *config, const char *file, gint64 now_ms, GError **error)
{
	g_autofree char *part = g_strconcat(file, ".part", NULL);
	if (access(file, F_OK) == 0)
		return fail(error, "%s exists already", file);
	unlink(part);
	mode_t old = umask(077);
	gboolean ok = copy_database(config, part, error) && add_files(config, part, now_ms, error) &&
				  publish(part, file, error);
	umask(old);
	if (!ok) {
		unlink(part);
		g_prefix_error(error, "backup: ");
	}
	return ok;
}

gboolean backup_vault_key(const ServerConfig *config, const char *file, GError **error)
{
	g_autoptr(ServerKey) key = server_keys_vault(config, error);
	return key != NULL && server_key_save(key, file, error);
}

/* ── restoring ── */

/* Only names that a backup writes: relative, and without a way out of the folder. */
static gboolean name_is_safe(const char *name)
{
	return strstr(name, "..") == NULL && name[0] != '/' &&
		   (strcmp(name, "server.conf") == 0 || g_str_has_prefix(name, "core/") ||
			g_str_has_prefix(name, "web/"));
}

static gboolean write_one(const char *folder, const char *name, gconstpointer content, gsize size,
						  GError **error)
{
	if (!name_is_safe(name))
		return fail(error, "it holds a file '%s' that no backup has", name);
	gboolean is_settings = strcmp(name, "server.conf") == 0;
	g_autofree char *path = is_settings ? g_build_filename(folder, name, NULL)
										: g_build_filename(folder, "keys", name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	if (g_mkdir_with_parents(parent, 0700) != 0)
		return fail(error, "%s: %s", parent, g_strerror(errno));
	return g_file_set_contents_full(path, content, (gssize)size, G_FILE_SET_CONTENTS_DURABLE, 0600,
									error);
}

static gboolean write_files(Sql *sql, const char *folder, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error, "SELECT name, content FROM backup_file ORDER BY name", "");
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gsize size;
		gconstpointer content = sql_bytes(rows, 1, &size);
		if (!write_one(folder, sql_text(rows, 0), content, size, error))
			return FALSE;
	}
	return step != SQL_FAILED;
}

/* Its contents first: a folder without a database is not taken for a server. */
static gboolean unpack(const char *file, const char *folder, GError **error)
{
	g_autofree char *url = g_strconcat("sqlite:", file, NULL);
	g_autofree char *target = g_build_filename(folder, "data", "hadir.db", NULL);
	g_autofree char *parent = g_path_get_dirname(target);
	if (!g_file_test(file, G_FILE_TEST_IS_REGULAR))
		return fail(error, "%s is not there", file);
	g_autoptr(Sql) sql = sql_open(url, error);
	if (sql == NULL || !write_files(sql, folder, error))
		return FALSE;
	if (g_mkdir_with_parents(parent, 0700) != 0)
		return fail(error, "%s: %s", parent, g_strerror(errno));
	return sql_run(sql, error, "VACUUM INTO $1", "t", target);
}

static gboolean restore_vault_key(const ServerConfig *config, const char *vault_key, GError **error)
{
	PublicKey expected, found;
	g_autoptr(ServerKey) key = server_key_load(vault_key, error);
	if (key == NULL || !server_keys_vault_public(config, &expected, error))
		return FALSE;
	server_key_public(key, &found);
	if (memcmp(&expected, &found, sizeof found) != 0)
		return fail(error, "%s is not the vault key of this server", vault_key);
	g_autofree char *folder = g_build_filename(config->keys, "vault", NULL);
	g_autofree char *path = g_build_filename(folder, "sealing.key", NULL);
	if (mkdir(folder, 0700) != 0)
		return fail(error, "%s: %s", folder, g_strerror(errno));
	return server_key_save(key, path, error);
}

static gboolean renew_state(const ServerConfig *config, Sql *sql, gint64 now_ms, GError **error)
{
	g_autofree char *folder = broker_authority_folder(config);
	g_autoptr(Authority) authority = authority_open(folder, error);
	RandomId epoch;
	crypto_random(epoch.bytes, sizeof epoch.bytes);
	if (authority == NULL || !sql_begin(sql, error))
		return FALSE;
	if (sql_run(sql, error, "DROP TABLE backup_file", "") &&
		sql_run(sql, error, "DROP TABLE backup_info", "") &&
		server_state_set_epoch(sql, &epoch, error) &&
		server_state_set_restored(sql, now_ms, error) &&
		broker_config_write(config, authority, sql, now_ms, error) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

static gboolean make_ready(const char *folder, const char *vault_key, gint64 now_ms, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "server.conf", NULL);
	g_autoptr(ServerConfig) config = config_load(path, error);
	if (config == NULL)
		return FALSE;
	g_autofree char *web = g_build_filename(config->keys, "web", NULL);
	if (g_mkdir_with_parents(config->run, 0700) != 0 || g_mkdir_with_parents(web, 0700) != 0 ||
		g_mkdir_with_parents(config->broker_folder, 0700) != 0)
		return fail(error, "%s: %s", folder, g_strerror(errno));
	g_autofree char *database = config_database(config);
	if (!restore_vault_key(config, vault_key, error))
		return FALSE;
	g_autoptr(Sql) sql = sql_open(database, error);
	return sql != NULL && migrate_run(sql, now_ms, error) &&
		   renew_state(config, sql, now_ms, error);
}

gboolean backup_restore(const char *file, const char *folder, const char *vault_key, gint64 now_ms,
						GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	if (dir != NULL && g_dir_read_name(dir) != NULL)
		return fail(error, "restore: %s is not empty", folder);
	mode_t old = umask(077);
	gboolean ok = g_mkdir_with_parents(folder, 0700) == 0 && unpack(file, folder, error) &&
				  make_ready(folder, vault_key, now_ms, error);
	umask(old);
	if (!ok && error != NULL && *error == NULL)
		fail(error, "%s: %s", folder, g_strerror(errno));
	if (!ok)
		g_prefix_error(error, "restore: ");
	return ok;
}
