#include "server/server_keys.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>

static char *key_path(const ServerConfig *config, const char *folder, const char *name)
{
	return g_build_filename(config->keys, folder, name, NULL);
}

static gboolean make_folder(const ServerConfig *config, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(config->keys, name, NULL);
	if (mkdir(path, 0700) == 0)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
				g_strerror(errno));
	return FALSE;
}

char *public_key_hex(const PublicKey *key)
{
	GString *text = g_string_sized_new(2 * sizeof key->bytes);
	for (gsize i = 0; i < sizeof key->bytes; i++)
		g_string_append_printf(text, "%02x", key->bytes[i]);
	return g_string_free(text, FALSE);
}

gboolean server_keys_make(const ServerConfig *config, GError **error)
{
	if (g_mkdir_with_parents(config->keys, 0700) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", config->keys,
					g_strerror(errno));
		return FALSE;
	}
	g_autofree char *signing_path = key_path(config, "core", "signing.key");
	g_autofree char *vault_path = key_path(config, "vault", "sealing.key");
	g_autofree char *public_path = key_path(config, "core", "vault.pub");
	g_autoptr(ServerKey) signing = server_key_generate();
	g_autoptr(ServerKey) vault = server_key_generate();
	PublicKey vault_public;
	server_key_public(vault, &vault_public);
	g_autofree char *hex = public_key_hex(&vault_public);
	return make_folder(config, "core", error) && make_folder(config, "vault", error) &&
		   make_folder(config, "web", error) && server_key_save(signing, signing_path, error) &&
		   server_key_save(vault, vault_path, error) &&
		   g_file_set_contents_full(public_path, hex, -1, G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

ServerKey *server_keys_signing(const ServerConfig *config, GError **error)
{
	g_autofree char *path = key_path(config, "core", "signing.key");
	return server_key_load(path, error);
}

ServerKey *server_keys_vault(const ServerConfig *config, GError **error)
{
	g_autofree char *path = key_path(config, "vault", "sealing.key");
	return server_key_load(path, error);
}

static gboolean parse_hex(const char *text, PublicKey *out)
{
	if (strlen(text) != 2 * sizeof out->bytes)
		return FALSE;
	for (gsize i = 0; i < sizeof out->bytes; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return FALSE;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return TRUE;
}

gboolean server_keys_vault_public(const ServerConfig *config, PublicKey *out, GError **error)
{
	g_autofree char *path = key_path(config, "core", "vault.pub");
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, error))
		return FALSE;
	if (parse_hex(g_strstrip(text), out))
		return TRUE;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s does not hold a public key", path);
	return FALSE;
}
