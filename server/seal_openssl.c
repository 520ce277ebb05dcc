#include "server/seal_openssl.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "server/wire.h"

#define KEY_SIZE 32
#define SECRET_SIZE 32

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF_CTX, EVP_KDF_CTX_free)

/* The x-coordinate of own · peer. */
static gboolean agree(const ServerKey *own, const PublicKey *peer, uint8_t secret[SECRET_SIZE])
{
	g_autoptr(EVP_PKEY) native = crypto_native_public(peer);
	g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(server_key_native(own), NULL);
	size_t size = SECRET_SIZE;
	return native != NULL && ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
		   EVP_PKEY_derive_set_peer(ctx, native) == 1 && EVP_PKEY_derive(ctx, secret, &size) == 1 &&
		   size == SECRET_SIZE;
}

/* HKDF-SHA256 (RFC 5869), salt = ephemeral ‖ recipient. */
static gboolean derive(const uint8_t secret[SECRET_SIZE], const PublicKey *ephemeral,
					   const PublicKey *recipient, uint8_t key[KEY_SIZE])
{
	uint8_t salt[sizeof ephemeral->bytes + sizeof recipient->bytes];
	uint8_t ikm[SECRET_SIZE];
	char digest[] = "SHA256", info[] = SEAL_INFO;
	memcpy(salt, ephemeral->bytes, sizeof ephemeral->bytes);
	memcpy(salt + sizeof ephemeral->bytes, recipient->bytes, sizeof recipient->bytes);
	memcpy(ikm, secret, sizeof ikm);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof salt),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm, sizeof ikm),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
		OSSL_PARAM_construct_end(),
	};
	g_autoptr(EVP_KDF) kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	g_autoptr(EVP_KDF_CTX) ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	gboolean ok = ctx != NULL && EVP_KDF_derive(ctx, key, KEY_SIZE, params) == 1;
	OPENSSL_cleanse(ikm, sizeof ikm);
	return ok;
}

/* The key of one seal, from our private and the other's public half. */
static gboolean seal_key(const ServerKey *own, const PublicKey *peer, const PublicKey *ephemeral,
						 const PublicKey *recipient, uint8_t key[KEY_SIZE])
{
	uint8_t secret[SECRET_SIZE];
	gboolean ok = agree(own, peer, secret) && derive(secret, ephemeral, recipient, key);
	OPENSSL_cleanse(secret, sizeof secret);
	return ok;
}

static gboolean encrypt(const uint8_t key[KEY_SIZE], const uint8_t nonce[SEAL_NONCE_SIZE],
						Slice aad, Slice plain, uint8_t *out)
{
	g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
	int n;
	return ctx != NULL && EVP_EncryptInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce, NULL) == 1 &&
		   EVP_EncryptUpdate(ctx, NULL, &n, aad.data, (int)aad.size) == 1 &&
		   EVP_EncryptUpdate(ctx, out, &n, plain.data, (int)plain.size) == 1 &&
		   EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
		   EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_SIZE, out + plain.size) == 1;
}

static gboolean decrypt(const uint8_t key[KEY_SIZE], const Sealed *sealed, Slice aad, uint8_t *out)
{
	gsize size = sealed->ciphertext.size - SEAL_TAG_SIZE;
	uint8_t tag[SEAL_TAG_SIZE];
	memcpy(tag, sealed->ciphertext.data + size, sizeof tag);
	g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
	int n;
	return ctx != NULL &&
		   EVP_DecryptInit_ex2(ctx, EVP_aes_256_gcm(), key, sealed->nonce, NULL) == 1 &&
		   EVP_DecryptUpdate(ctx, NULL, &n, aad.data, (int)aad.size) == 1 &&
		   EVP_DecryptUpdate(ctx, out, &n, sealed->ciphertext.data, (int)size) == 1 &&
		   EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_SIZE, tag) == 1 &&
		   EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;
}

GBytes *seal_template(const PublicKey *recipient, const SealContext *context, Slice plain)
{
	g_autoptr(ServerKey) ephemeral = server_key_generate();
	Sealed sealed;
	server_key_public(ephemeral, &sealed.ephemeral);
	crypto_random(sealed.nonce, sizeof sealed.nonce);

	g_auto(WireBuffer) aad = {0};
	seal_aad(&aad, context);
	g_autofree uint8_t *ciphertext = g_malloc(plain.size + SEAL_TAG_SIZE);
	uint8_t key[KEY_SIZE];
	gboolean ok = !aad.failed &&
				  seal_key(ephemeral, recipient, &sealed.ephemeral, recipient, key) &&
				  encrypt(key, sealed.nonce, wire_buffer_slice(&aad), plain, ciphertext);
	OPENSSL_cleanse(key, sizeof key);
	if (!ok)
		return NULL;
	sealed.ciphertext = (Slice){ciphertext, plain.size + SEAL_TAG_SIZE};

	g_auto(WireBuffer) out = {0};
	sealed_encode(&out, &sealed);
	return out.failed ? NULL : g_bytes_new(out.data, out.size);
}

typedef struct {
	gsize size;
	uint8_t data[];
} Plain;

static void plain_wipe(gpointer data)
{
	Plain *plain = data;
	OPENSSL_cleanse(plain->data, plain->size);
	g_free(plain);
}

GBytes *seal_open(const ServerKey *recipient, const SealContext *context, Slice sealed_bytes)
{
	Sealed sealed;
	if (sealed_decode(sealed_bytes, &sealed) != WIRE_OK || sealed.ciphertext.size < SEAL_TAG_SIZE)
		return NULL;
	g_auto(WireBuffer) aad = {0};
	seal_aad(&aad, context);
	PublicKey own;
	server_key_public(recipient, &own);

	gsize size = sealed.ciphertext.size - SEAL_TAG_SIZE;
	Plain *plain = g_malloc(sizeof *plain + size);
	plain->size = size;
	uint8_t key[KEY_SIZE];
	gboolean ok = !aad.failed &&
				  seal_key(recipient, &sealed.ephemeral, &sealed.ephemeral, &own, key) &&
				  decrypt(key, &sealed, wire_buffer_slice(&aad), plain->data);
	OPENSSL_cleanse(key, sizeof key);
	if (!ok) {
		plain_wipe(plain);
		return NULL;
	}
	return g_bytes_new_with_free_func(plain->data, size, plain_wipe, plain);
}
