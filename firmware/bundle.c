#include "firmware/bundle.h"

#include <string.h>

#define GROUP "bundle"
/* All of it is a few kilobytes. */
#define BUNDLE_SIZE_MAX (64 * 1024)

static gboolean bad(GError **error, const char *key, const char *why)
{
	g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "%s: %s", key, why);
	return FALSE;
}

/* Hex into `out` of `max` bytes; gives the size, 0 when it is no hex or does not fit. */
static gsize read_hex(const char *text, uint8_t *out, gsize max)
{
	gsize size = strlen(text) / 2;

	if (strlen(text) % 2 != 0 || size > max)
		return 0;
	for (gsize i = 0; i < size; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return size;
}

static gboolean read_key(GKeyFile *file, const char *key, PublicKey *out, GError **error)
{
	g_autofree char *text = g_key_file_get_string(file, GROUP, key, error);

	if (text == NULL)
		return FALSE;
	if (read_hex(text, out->bytes, sizeof out->bytes) != sizeof out->bytes || out->bytes[0] != 4)
		return bad(error, key, "an uncompressed P-256 point in 130 hex digits is expected");
	return TRUE;
}

static gboolean read_secret(GKeyFile *file, Bundle *bundle, GError **error)
{
	char *text = g_key_file_get_string(file, GROUP, "secret", error);

	if (text == NULL)
		return FALSE;
	bundle->secret_size = read_hex(text, bundle->secret, sizeof bundle->secret);
	explicit_bzero(text, strlen(text));
	g_free(text);
	return bundle->secret_size >= BUNDLE_SECRET_MIN ||
		   bad(error, "secret", "32 to 128 hex digits are expected");
}

static gboolean read_terminal(GKeyFile *file, Bundle *bundle, GError **error)
{
	g_autofree char *text = g_key_file_get_string(file, GROUP, "terminal", error);

	if (text == NULL)
		return FALSE;
	return terminal_id_parse(&bundle->terminal, (Slice){(const uint8_t *)text, strlen(text)}) ||
		   bad(error, "terminal", "this is no terminal's id");
}

static gboolean read_port(GKeyFile *file, Bundle *bundle, GError **error)
{
	GError *failure = NULL;
	int port = g_key_file_get_integer(file, GROUP, "port", &failure);

	if (failure != NULL) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (port < 1 || port > G_MAXUINT16)
		return bad(error, "port", "1 to 65535 is expected");
	bundle->port = (guint16)port;
	return TRUE;
}

static gboolean read_pem(GKeyFile *file, const char *key, char **out, GError **error)
{
	*out = g_key_file_get_string(file, GROUP, key, error);
	if (*out == NULL)
		return FALSE;
	return strstr(*out, "-----BEGIN ") != NULL || bad(error, key, "PEM is expected");
}

static gboolean read_all(GKeyFile *file, Bundle *bundle, GError **error)
{
	return read_terminal(file, bundle, error) &&
		   (bundle->host = g_key_file_get_string(file, GROUP, "host", error)) != NULL &&
		   read_port(file, bundle, error) && read_pem(file, "anchors", &bundle->anchors, error) &&
		   read_pem(file, "bootstrap_certificate", &bundle->bootstrap_certificate, error) &&
		   read_pem(file, "bootstrap_key", &bundle->bootstrap_key, error) &&
		   read_secret(file, bundle, error) &&
		   read_key(file, "server_signing", &bundle->server_signing, error) &&
		   read_key(file, "server_sealing", &bundle->server_sealing, error);
}

Bundle *bundle_load(const char *path, GError **error)
{
	g_autoptr(Bundle) bundle = g_new0(Bundle, 1);
	g_autoptr(GKeyFile) file = g_key_file_new();
	char *text = NULL;
	gsize size = 0;
	gboolean done;

	done = g_file_get_contents(path, &text, &size, error);
	if (done && size > BUNDLE_SIZE_MAX)
		done = bad(error, "bundle", "larger than a bundle can be");
	done = done && g_key_file_load_from_data(file, text, size, G_KEY_FILE_NONE, error) &&
		   read_all(file, bundle, error);
	if (text != NULL)
		explicit_bzero(text, size);
	g_free(text);
	if (done)
		return g_steal_pointer(&bundle);
	g_prefix_error(error, "bundle %s: ", path);
	return NULL;
}

void bundle_free(Bundle *bundle)
{
	if (bundle == NULL)
		return;
	if (bundle->bootstrap_key != NULL)
		explicit_bzero(bundle->bootstrap_key, strlen(bundle->bootstrap_key));
	explicit_bzero(bundle->secret, sizeof bundle->secret);
	g_free(bundle->host);
	g_free(bundle->anchors);
	g_free(bundle->bootstrap_certificate);
	g_free(bundle->bootstrap_key);
	g_free(bundle);
}
