#include "server/store/system/password.h"

#include <string.h>

#include <gio/gio.h>
#include <sodium.h>

/* Two passes over 64 MiB: libsodium's INTERACTIVE, close to the second recommendation of RFC 9106
 * §4 (three passes over 64 MiB), guesses being bounded by the rate limit besides. */
#define PASSES crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

/* Without 0 o 1 l i u v, which people mistake for each other. */
static const char one_time_alphabet[] = "abcdefghjkmnpqrstwxyz23456789";

#define ONE_TIME_GROUPS 4
#define SHORT_GROUPS 3
#define ONE_TIME_GROUP 4

static void start_sodium(void)
{
	/* Idempotent and safe from any thread; it fails only without a random source. */
	if (sodium_init() < 0)
		g_error("libsodium found no random source");
}

char *password_hash(const char *password, GError **error)
{
	start_sodium();
	char text[crypto_pwhash_STRBYTES];
	if (crypto_pwhash_str_alg(text, password, strlen(password), PASSES, MEMORY,
							  crypto_pwhash_ALG_ARGON2ID13) != 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no memory to hash a password");
		return NULL;
	}
	return g_strdup(text);
}

gboolean password_verify(const char *hash, const char *password)
{
	start_sodium();
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

void password_verify_nothing(const char *password)
{
	start_sodium();
	guint8 key[32], salt[crypto_pwhash_SALTBYTES] = {0};
	if (crypto_pwhash(key, sizeof key, password, strlen(password), salt, PASSES, MEMORY,
					  crypto_pwhash_ALG_ARGON2ID13) != 0)
		g_debug("no memory to hash a password");
	sodium_memzero(key, sizeof key);
}

static char *random_groups(int n_groups)
{
	start_sodium();
	GString *text = g_string_sized_new((gsize)n_groups * (ONE_TIME_GROUP + 1));
	for (int i = 0; i < n_groups * ONE_TIME_GROUP; i++) {
		if (i > 0 && i % ONE_TIME_GROUP == 0)
			g_string_append_c(text, '-');
		guint32 at = randombytes_uniform(sizeof one_time_alphabet - 1);
		g_string_append_c(text, one_time_alphabet[at]);
	}
	return g_string_free(text, FALSE);
}

char *password_one_time(void)
{
	return random_groups(ONE_TIME_GROUPS);
}

char *password_short(void)
{
	return random_groups(SHORT_GROUPS);
}

void password_free(char *password)
{
	if (password == NULL)
		return;
	sodium_memzero(password, strlen(password));
	g_free(password);
}

char *token_random(void)
{
	start_sodium();
	guint8 bytes[32];
	randombytes_buf(bytes, sizeof bytes);
	char *text = g_malloc(TOKEN_TEXT_SIZE + 1);
	sodium_bin2base64(text, TOKEN_TEXT_SIZE + 1, bytes, sizeof bytes,
					  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
	return text;
}

void token_hash(const char *token, guint8 hash[TOKEN_HASH_SIZE])
{
	crypto_hash_sha256(hash, (const guint8 *)token, strlen(token));
}

gint64 random_key(void)
{
	start_sodium();
	guint8 bytes[8];
	randombytes_buf(bytes, sizeof bytes);
	guint64 value = 0;
	for (gsize i = 0; i < sizeof bytes; i++)
		value = value << 8 | bytes[i];
	value &= (G_GUINT64_CONSTANT(1) << 53) - 1;
	return value == 0 ? 1 : (gint64)value;
}
