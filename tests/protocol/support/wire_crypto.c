#include "tests/protocol/support/wire_crypto.h"

#include <glib.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <string.h>

#define SCALAR_SIZE 32

const uint8_t wire_test_key[SCALAR_SIZE] = {
	0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93,
	0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21,
};

void wire_test_public_of(const uint8_t scalar[SCALAR_SIZE], PublicKey *out)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *d = BN_bin2bn(scalar, SCALAR_SIZE, NULL);

	g_assert_true(EC_POINT_mul(group, point, d, NULL, NULL, NULL));
	g_assert_cmpuint(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out->bytes,
										sizeof out->bytes, NULL),
					 ==, sizeof out->bytes);
	BN_free(d);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

void wire_test_public(PublicKey *out)
{
	wire_test_public_of(wire_test_key, out);
}

void wire_test_other_public(PublicKey *out)
{
	static const uint8_t two[SCALAR_SIZE] = {[SCALAR_SIZE - 1] = 2};

	wire_test_public_of(two, out);
}

void wire_test_sha256(const Slice *parts, size_t n_parts, Hash *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	EVP_DigestInit_ex(context, EVP_sha256(), NULL);
	for (size_t i = 0; i < n_parts; i++)
		EVP_DigestUpdate(context, parts[i].data, parts[i].size);
	EVP_DigestFinal_ex(context, out->bytes, NULL);
	EVP_MD_CTX_free(context);
}

/* K = HMAC_K(V ‖ separator ‖ seed); V = HMAC_K(V).  RFC 6979 §3.2, steps d to g. */
static void nonce_step(uint8_t k[32], uint8_t v[32], int separator, Slice seed)
{
	uint8_t data[32 + 1 + 64];

	memcpy(data, v, 32);
	data[32] = (uint8_t)separator;
	if (seed.size > 0)
		memcpy(data + 33, seed.data, seed.size);
	HMAC(EVP_sha256(), k, 32, data, 33 + seed.size, k, NULL);
	HMAC(EVP_sha256(), k, 32, v, 32, v, NULL);
}

static BIGNUM *nonce(const uint8_t scalar[32], const BIGNUM *hash, const BIGNUM *order)
{
	uint8_t k[32] = {0}, v[32], seed[64];
	BIGNUM *candidate = BN_new(), *reduced = BN_dup(hash);

	if (BN_cmp(reduced, order) >= 0)
		BN_sub(reduced, reduced, order);
	memset(v, 1, sizeof v);
	memcpy(seed, scalar, 32);
	BN_bn2binpad(reduced, seed + 32, 32);
	nonce_step(k, v, 0, slice_of(seed, sizeof seed));
	nonce_step(k, v, 1, slice_of(seed, sizeof seed));
	for (;;) {
		HMAC(EVP_sha256(), k, 32, v, 32, v, NULL);
		BN_bin2bn(v, 32, candidate);
		if (!BN_is_zero(candidate) && BN_cmp(candidate, order) < 0)
			break;
		nonce_step(k, v, 0, (Slice){0});
	}
	BN_free(reduced);
	return candidate;
}

bool wire_test_sign(void *key, Slice message, uint8_t signature[64])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	const BIGNUM *order = EC_GROUP_get0_order(group);
	EC_POINT *point = EC_POINT_new(group);
	BN_CTX *context = BN_CTX_new();
	BIGNUM *d = BN_bin2bn(key, SCALAR_SIZE, NULL), *r = BN_new(), *s = BN_new();
	Hash hash;

	wire_test_sha256(&message, 1, &hash);
	BIGNUM *z = BN_bin2bn(hash.bytes, sizeof hash.bytes, NULL);
	BIGNUM *k = nonce(key, z, order);
	EC_POINT_mul(group, point, k, NULL, NULL, context);
	EC_POINT_get_affine_coordinates(group, point, r, NULL, context);
	BN_nnmod(r, r, order, context);
	/* s = (z + r d) / k */
	BN_mod_mul(s, r, d, order, context);
	BN_mod_add(s, s, z, order, context);
	BN_mod_inverse(k, k, order, context);
	BN_mod_mul(s, s, k, order, context);
	BN_bn2binpad(r, signature, 32);
	BN_bn2binpad(s, signature + 32, 32);
	BN_free(k);
	BN_free(z);
	BN_free(s);
	BN_free(r);
	BN_free(d);
	BN_CTX_free(context);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return true;
}

bool wire_test_sign_fails(void *key, Slice message, uint8_t signature[64])
{
	(void)key;
	(void)message;
	(void)signature;
	return false;
}

static EVP_PKEY *public_key(const PublicKey *key)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *pkey = NULL;

	OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, key->bytes,
									 sizeof key->bytes);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_fromdata_init(context);
	EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return pkey;
}

bool wire_test_verify(const PublicKey *key, Slice message, const uint8_t signature[64])
{
	EVP_PKEY *pkey = public_key(key);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	bool good = false;

	ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
	int size = i2d_ECDSA_SIG(pair, &der);
	if (pkey && size > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, pkey) == 1)
		good = EVP_DigestVerify(context, der, (size_t)size, message.data, message.size) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	ECDSA_SIG_free(pair);
	EVP_PKEY_free(pkey);
	return good;
}

Slice wire_test_hex(const char *text)
{
	GByteArray *bytes = g_byte_array_new();

	for (; *text; text++) {
		if (g_ascii_isspace(*text))
			continue;
		int high = g_ascii_xdigit_value(text[0]), low = g_ascii_xdigit_value(text[1]);
		g_assert_true(high >= 0 && low >= 0);
		guint8 byte = (guint8)(high << 4 | low);
		g_byte_array_append(bytes, &byte, 1);
		text++;
	}
	gsize size = bytes->len;
	return slice_of(g_byte_array_free(bytes, FALSE), size);
}

void wire_test_free(Slice bytes)
{
	g_free((gpointer)bytes.data);
}
