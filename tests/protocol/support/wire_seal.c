#include "tests/protocol/support/wire_seal.h"

#include <glib.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

#define KEY_SIZE 32

/* The x-coordinate of scalar · point (SEC 1 §3.3.1). */
static bool agree(const uint8_t scalar[32], const PublicKey *point, uint8_t out[32])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *peer = EC_POINT_new(group);
	BIGNUM *d = BN_bin2bn(scalar, 32, NULL), *x = BN_new();

	bool good = EC_POINT_oct2point(group, peer, point->bytes, sizeof point->bytes, NULL) == 1 &&
				EC_POINT_mul(group, peer, NULL, peer, d, NULL) == 1 &&
				EC_POINT_get_affine_coordinates(group, peer, x, NULL, NULL) == 1 &&
				BN_bn2binpad(x, out, 32) == 32;
	BN_free(x);
	BN_free(d);
	EC_POINT_free(peer);
	EC_GROUP_free(group);
	return good;
}

/* HKDF-SHA256 (RFC 5869) of one block: extract, then expand. */
static void derive(const uint8_t secret[32], const PublicKey *ephemeral, const PublicKey *recipient,
				   uint8_t key[KEY_SIZE])
{
	uint8_t salt[130], extracted[32], info[sizeof SEAL_INFO] = SEAL_INFO;

	memcpy(salt, ephemeral->bytes, 65);
	memcpy(salt + 65, recipient->bytes, 65);
	HMAC(EVP_sha256(), salt, sizeof salt, secret, 32, extracted, NULL);
	info[sizeof info - 1] = 1; /* the block's number, in the place of the zero */
	HMAC(EVP_sha256(), extracted, sizeof extracted, info, sizeof info, key, NULL);
}

void wire_test_seal(WireBuffer *out, const PublicKey *recipient, const SealContext *context,
					Slice plain, const uint8_t ephemeral[32], const uint8_t nonce[SEAL_NONCE_SIZE])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	g_autofree uint8_t *ciphertext = g_malloc(plain.size + SEAL_TAG_SIZE);
	uint8_t secret[32], key[KEY_SIZE];
	WireBuffer aad = {0};
	Sealed sealed = {0};
	int size = 0;

	wire_test_public_of(ephemeral, &sealed.ephemeral);
	memcpy(sealed.nonce, nonce, sizeof sealed.nonce);
	g_assert_true(agree(ephemeral, recipient, secret));
	derive(secret, &sealed.ephemeral, recipient, key);
	seal_aad(&aad, context);
	EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce);
	EVP_EncryptUpdate(cipher, NULL, &size, aad.data, (int)aad.size);
	EVP_EncryptUpdate(cipher, ciphertext, &size, plain.data, (int)plain.size);
	EVP_EncryptFinal_ex(cipher, ciphertext + plain.size, &size);
	EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_SIZE, ciphertext + plain.size);
	sealed.ciphertext = slice_of(ciphertext, plain.size + SEAL_TAG_SIZE);
	sealed_encode(out, &sealed);
	wire_buffer_clear(&aad);
	EVP_CIPHER_CTX_free(cipher);
}

static bool decrypt(const uint8_t key[KEY_SIZE], const Sealed *sealed, Slice aad, WireBuffer *out)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	size_t plain_size = sealed->ciphertext.size - SEAL_TAG_SIZE;
	g_autofree uint8_t *plain = g_malloc(plain_size);
	uint8_t tag[SEAL_TAG_SIZE];
	int size = 0;

	memcpy(tag, sealed->ciphertext.data + plain_size, sizeof tag);
	EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, sealed->nonce);
	EVP_DecryptUpdate(cipher, NULL, &size, aad.data, (int)aad.size);
	EVP_DecryptUpdate(cipher, plain, &size, sealed->ciphertext.data, (int)plain_size);
	EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag);
	bool good = EVP_DecryptFinal_ex(cipher, plain + plain_size, &size) == 1;
	if (good)
		wire_put_raw(out, slice_of(plain, plain_size));
	EVP_CIPHER_CTX_free(cipher);
	return good;
}

bool wire_test_open(WireBuffer *out, const uint8_t recipient[32], const SealContext *context,
					Slice bytes)
{
	uint8_t secret[32], key[KEY_SIZE];
	WireBuffer aad = {0};
	PublicKey own;
	Sealed sealed;

	wire_test_public_of(recipient, &own);
	if (sealed_decode(bytes, &sealed) != WIRE_OK || !agree(recipient, &sealed.ephemeral, secret))
		return false;
	derive(secret, &sealed.ephemeral, &own, key);
	seal_aad(&aad, context);
	bool good = decrypt(key, &sealed, wire_buffer_slice(&aad), out);
	wire_buffer_clear(&aad);
	return good;
}
