#include "server/province.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "server/authority.h"
#include "server/broker_config.h"
#include "server/server_keys.h"
#include "server/store/migrate.h"
#include "server/store/time/punches.h"
#include "server/store/system/server_state.h"
#include "server/store/terminals/terminals.h"

#define HOUR_MS (G_GINT64_CONSTANT(3600) * 1000)

static gboolean make_folder(const char *path, GError **error)
{
	if (g_mkdir_with_parents(path, 0700) == 0)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
				g_strerror(errno));
	return FALSE;
}

static gboolean is_empty(const char *folder, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	if (dir == NULL || g_dir_read_name(dir) == NULL)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s is not empty", folder);
	return FALSE;
}

static gboolean write_settings(const char *path, const ProvinceNew *what, GError **error)
{
	const char *host = what->broker_host != NULL ? what->broker_host : "127.0.0.1";
	gboolean local = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0;
	g_autofree char *text = g_strdup_printf(
		"# Written by 'hadir init'. 'hadir-server --help-config' explains the keys.\n"
		"[server]\n"
		"database = sqlite:data/hadir.db\n"
		"keys = keys\n"
		"run = run\n"
		"\n"
		"[broker]\n"
		"folder = broker\n"
		"host = %s\n"
		"bind = %s\n"
		"port = %" G_GINT64_FORMAT "\n"
		"\n"
		"[web]\n"
		"host = 127.0.0.1\n"
		"port = %" G_GINT64_FORMAT "\n",
		host, local ? "127.0.0.1" : "0.0.0.0", what->port_broker, what->port_web);
	return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_DURABLE, 0640, error);
}

static gboolean make_folders(const char *folder, const ServerConfig *config, GError **error)
{
	g_autofree char *data = g_build_filename(folder, "data", NULL);
	return make_folder(data, error) && make_folder(config->run, error) &&
		   make_folder(config->broker_folder, error) && server_keys_make(config, error);
}

static gboolean fill_database(const ServerConfig *config, Authority *authority,
							  const ProvinceNew *what, GError **error)
{
	g_autofree char *database = config_database(config);
	g_autoptr(Sql) sql = sql_open(database, error);
	RandomId epoch;
	crypto_random(epoch.bytes, sizeof epoch.bytes);
	if (sql == NULL || !migrate_run(sql, what->now_ms, error) || !sql_begin(sql, error))
		return FALSE;
	if (server_state_init(sql, &epoch, what->demo, error) &&
		broker_config_write(config, authority, sql, what->now_ms, error) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

ServerConfig *province_make(const char *folder, const ProvinceNew *what, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "server.conf", NULL);
	if (!is_empty(folder, error) || !make_folder(folder, error) ||
		!write_settings(path, what, error))
		return NULL;
	g_autoptr(ServerConfig) config = config_load(path, error);
	if (config == NULL || !make_folders(folder, config, error))
		return NULL;
	g_autofree char *authority_folder = broker_authority_folder(config);
	g_autoptr(Authority) authority =
		authority_add_anchor(authority_folder, "Hadir", what->now_ms, error);
	if (authority == NULL || !fill_database(config, authority, what, error))
		return NULL;
	return g_steal_pointer(&config);
}

/* ── terminals ── */

static char *hex(const guint8 *data, gsize size)
{
	GString *text = g_string_sized_new(2 * size);
	for (gsize i = 0; i < size; i++)
		g_string_append_printf(text, "%02x", data[i]);
	return g_string_free(text, FALSE);
}

static gboolean parse_id(const char *text, TerminalId *id, GError **error)
{
	if (terminal_id_parse(id, (Slice){(const uint8_t *)text, strlen(text)}) &&
		!broker_service_name(text) && !punch_is_unsigned_name(text))
		return TRUE;
	g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST,
				"'%s' cannot be a terminal's id: 3 to 32 of a-z, 0-9 and '-', and no name of a "
				"service or of presence that no terminal recorded",
				text);
	return FALSE;
}

static char *bundle_text(const ServerConfig *config, const TerminalId *id, const char *anchors,
						 const char *certificate, const char *key, const guint8 secret[32],
						 GError **error)
{
	g_autoptr(ServerKey) signing = server_keys_signing(config, error);
	PublicKey signing_public, sealing_public;
	if (signing == NULL || !server_keys_vault_public(config, &sealing_public, error))
		return NULL;
	server_key_public(signing, &signing_public);
	g_autofree char *secret_hex = hex(secret, 32);
	g_autofree char *signing_hex = public_key_hex(&signing_public);
	g_autofree char *sealing_hex = public_key_hex(&sealing_public);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_key_file_set_string(file, "bundle", "terminal", id->text);
	g_key_file_set_string(file, "bundle", "host", config->broker_host);
	g_key_file_set_int64(file, "bundle", "port", config->broker_port);
	g_key_file_set_string(file, "bundle", "anchors", anchors);
	g_key_file_set_string(file, "bundle", "bootstrap_certificate", certificate);
	g_key_file_set_string(file, "bundle", "bootstrap_key", key);
	g_key_file_set_string(file, "bundle", "secret", secret_hex);
	g_key_file_set_string(file, "bundle", "server_signing", signing_hex);
	g_key_file_set_string(file, "bundle", "server_sealing", sealing_hex);
	return g_key_file_to_data(file, NULL, NULL);
}

static gboolean record(Sql *sql, const TerminalId *id, gint64 place, const guint8 secret[32],
					   const Issued *issued, gint64 until_ms, gint64 now_ms, GError **error)
{
	gboolean own = !sql_in_transaction(sql);
	if (own && !sql_begin(sql, error))
		return FALSE;
	if (terminals_add(sql, id, place, secret, until_ms, now_ms, error) &&
		certificates_add(sql, &issued->row, TRUE, now_ms, error) &&
		(!own || sql_commit(sql, error)))
		return TRUE;
	if (own)
		sql_rollback(sql);
	if (error != NULL && g_error_matches(*error, SQL_ERROR, SQL_ERROR_CONSTRAINT)) {
		g_clear_error(error);
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"the id '%s' was used before; ids are never used again", id->text);
	}
	return FALSE;
}

char *province_add_terminal(const ServerConfig *config, Sql *sql, const char *id_text, gint64 place,
							gint64 now_ms, GError **error)
{
	TerminalId id;
	guint8 secret[32];
	gint64 until_ms = now_ms + config->bootstrap_hours * HOUR_MS;
	g_autofree char *folder = broker_authority_folder(config);
	g_autoptr(Authority) authority = authority_open(folder, error);
	if (authority == NULL || !parse_id(id_text, &id, error))
		return NULL;
	g_autoptr(ServerKey) key = server_key_generate();
	g_auto(Issued) issued = {0};
	if (!authority_issue_bootstrap(authority, key, &id, now_ms, until_ms, &issued, error))
		return NULL;
	crypto_random(secret, sizeof secret);
	g_autofree char *anchors = authority_anchors_pem(authority, now_ms);
	g_autofree char *certificate = issued_pem(&issued);
	char *key_pem = server_key_pem(key);
	char *text = bundle_text(config, &id, anchors, certificate, key_pem, secret, error);
	server_text_wipe(key_pem);
	if (text != NULL && !record(sql, &id, place, secret, &issued, until_ms, now_ms, error)) {
		server_text_wipe(text);
		text = NULL;
	}
	memset(secret, 0, sizeof secret);
	return text;
}
