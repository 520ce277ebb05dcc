#include "server/crypto_openssl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <gio/gio.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

struct ServerKey {
	EVP_PKEY *native;
	PublicKey public_key;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

/* Takes `native`. NULL when it is no P-256 key. */
static ServerKey *server_key_wrap(EVP_PKEY *native)
{
	PublicKey public_key;
	gsize size = 0;
	if (EVP_PKEY_get_octet_string_param(native, OSSL_PKEY_PARAM_PUB_KEY, public_key.bytes,
										sizeof public_key.bytes, &size) != 1 ||
		size != sizeof public_key.bytes || public_key.bytes[0] != POINT_CONVERSION_UNCOMPRESSED ||
		EVP_PKEY_get_bits(native) != 256) {
		EVP_PKEY_free(native);
		return NULL;
	}
	ServerKey *key = g_new0(ServerKey, 1);
	key->native = native;
	key->public_key = public_key;
	return key;
}

ServerKey *server_key_generate(void)
{
	EVP_PKEY *native = EVP_EC_gen("P-256");
	/* Only a broken installation of OpenSSL cannot make a P-256 key. */
	g_assert(native != NULL);
	ServerKey *key = server_key_wrap(native);
	g_assert(key != NULL);
	return key;
}

ServerKey *server_key_load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize size;
	if (!g_file_get_contents(path, &text, &size, error)) {
		g_prefix_error(error, "load key: ");
		return NULL;
	}
	g_autoptr(BIO) bio = BIO_new_mem_buf(text, (int)size);
	EVP_PKEY *native = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	OPENSSL_cleanse(text, size);
	ServerKey *key = native == NULL ? NULL : server_key_wrap(native);
	if (key == NULL)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
					"load key: %s is no private P-256 key in PEM form", path);
	return key;
}

char *server_key_pem(const ServerKey *key)
{
	g_autoptr(BIO) bio = BIO_new(BIO_s_secmem());
	if (bio == NULL ||
		PEM_write_bio_PKCS8PrivateKey(bio, key->native, NULL, NULL, 0, NULL, NULL) != 1)
		g_error("out of memory");
	char *data;
	long size = BIO_get_mem_data(bio, &data);
	return g_strndup(data, (gsize)size);
}

static gboolean write_all(int fd, const char *data, gsize size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FALSE;
		data += n;
		size -= (gsize)n;
	}
	return TRUE;
}

gboolean server_key_save(const ServerKey *key, const char *path, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "save key: %s: %s", path,
					g_strerror(errno));
		return FALSE;
	}
	char *pem = server_key_pem(key);
	gboolean ok = write_all(fd, pem, strlen(pem)) && fsync(fd) == 0;
	server_text_wipe(pem);
	if (!ok)
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "save key: %s: %s", path,
					g_strerror(errno));
	close(fd);
	if (!ok)
		unlink(path);
	return ok;
}

void server_key_public(const ServerKey *key, PublicKey *out)
{
	*out = key->public_key;
}

gpointer server_key_native(const ServerKey *key)
{
	return key->native;
}

void server_key_free(ServerKey *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->native);
	g_free(key);
}

gpointer crypto_native_public(const PublicKey *key)
{
	char group[] = "P-256";
	uint8_t point[sizeof key->bytes];
	memcpy(point, key->bytes, sizeof point);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *native = NULL;
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &native, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return native;
}

/* Looked up among the providers once: a look-up costs more than the hash of an event. */
static const EVP_MD *sha256(void)
{
	static gsize found;
	if (g_once_init_enter(&found)) {
		EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
		g_once_init_leave(&found, md != NULL ? (gsize)md : (gsize)EVP_sha256());
	}
	return GSIZE_TO_POINTER(found);
}

void crypto_sha256(const Slice *parts, size_t n_parts, Hash *out)
{
	g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
	gboolean ok = ctx != NULL && EVP_DigestInit_ex(ctx, sha256(), NULL) == 1;
	for (size_t i = 0; ok && i < n_parts; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].size) == 1;
	if (!ok || EVP_DigestFinal_ex(ctx, out->bytes, NULL) != 1)
		g_error("SHA-256 failed: out of memory");
}

/* DER as OpenSSL writes it to r ‖ s. */
static gboolean signature_to_raw(const uint8_t *der, gsize size, uint8_t out[64])
{
	g_autoptr(ECDSA_SIG) signature = d2i_ECDSA_SIG(NULL, &der, (long)size);
	return signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, 32) == 32 &&
		   BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + 32, 32) == 32;
}

bool crypto_sign(void *key, Slice message, uint8_t signature[64])
{
	const ServerKey *self = key;
	g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
	uint8_t der[80];
	size_t size = sizeof der;
	return ctx != NULL && EVP_DigestSignInit(ctx, NULL, sha256(), NULL, self->native) == 1 &&
		   EVP_DigestSign(ctx, der, &size, message.data, message.size) == 1 &&
		   signature_to_raw(der, size, signature);
}

/* r ‖ s to DER, into `out` of at least 80 bytes; 0 on failure. */
static int signature_to_der(const uint8_t raw[64], uint8_t *out)
{
	g_autoptr(ECDSA_SIG) signature = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
	if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return 0;
	}
	return i2d_ECDSA_SIG(signature, &out);
}

bool crypto_verify(const PublicKey *key, Slice message, const uint8_t signature[64])
{
	g_autoptr(EVP_PKEY) native = crypto_native_public(key);
	g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
	uint8_t der[80];
	int size = signature_to_der(signature, der);
	return native != NULL && ctx != NULL && size > 0 &&
		   EVP_DigestVerifyInit(ctx, NULL, sha256(), NULL, native) == 1 &&
		   EVP_DigestVerify(ctx, der, (size_t)size, message.data, message.size) == 1;
}

void crypto_hmac_sha256(Slice key, const Slice *parts, gsize n_parts, Hash *out)
{
	g_autoptr(GByteArray) joined = g_byte_array_new();
	for (gsize i = 0; i < n_parts; i++)
		g_byte_array_append(joined, parts[i].data, (guint)parts[i].size);
	unsigned int size = sizeof out->bytes;
	if (HMAC(EVP_sha256(), key.data, (int)key.size, joined->data, joined->len, out->bytes, &size) ==
		NULL)
		g_error("HMAC failed: out of memory");
}

gboolean crypto_equal(gconstpointer a, gconstpointer b, gsize size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

void crypto_random(gpointer out, gsize size)
{
	for (gsize at = 0; at < size;) {
		ssize_t n = getrandom((guint8 *)out + at, size - at, 0);
		if (n > 0)
			at += (gsize)n;
		else if (errno != EINTR)
			g_error("no random bytes: %s", g_strerror(errno));
	}
}

void server_text_wipe(char *text)
{
	if (text == NULL)
		return;
	OPENSSL_cleanse(text, strlen(text));
	g_free(text);
}
