#include "firmware/crypto_psa.h"

#include <errno.h>
#include <glib.h>
#include <sys/random.h>

#include <psa/crypto.h>

void crypto_sha256(const Slice *parts, size_t n_parts, Hash *out)
{
	psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
	psa_status_t status = psa_crypto_init();
	size_t size = 0;

	if (status == PSA_SUCCESS)
		status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
	for (size_t i = 0; i < n_parts && status == PSA_SUCCESS; i++)
		status = psa_hash_update(&operation, parts[i].data, parts[i].size);
	if (status == PSA_SUCCESS)
		status = psa_hash_finish(&operation, out->bytes, sizeof out->bytes, &size);
	/* SHA-256 over memory has no outside input that could make it fail. */
	g_assert(status == PSA_SUCCESS && size == sizeof out->bytes);
}

bool crypto_verify(const PublicKey *key, Slice message, const uint8_t signature[64])
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id = 0;
	psa_status_t status;

	if (psa_crypto_init() != PSA_SUCCESS)
		return false;
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	/* Checks that the point is on the curve. */
	status = psa_import_key(&attributes, key->bytes, sizeof key->bytes, &id);
	if (status != PSA_SUCCESS)
		return false;
	status = psa_verify_message(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), message.data, message.size,
								signature, 64);
	psa_destroy_key(id);
	return status == PSA_SUCCESS;
}

static psa_status_t mac_of(psa_key_id_t key, const Slice *parts, size_t n_parts, Hash *out)
{
	psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
	size_t size = 0;
	psa_status_t status = psa_mac_sign_setup(&operation, key, PSA_ALG_HMAC(PSA_ALG_SHA_256));

	for (size_t i = 0; i < n_parts && status == PSA_SUCCESS; i++)
		status = psa_mac_update(&operation, parts[i].data, parts[i].size);
	if (status == PSA_SUCCESS)
		status = psa_mac_sign_finish(&operation, out->bytes, sizeof out->bytes, &size);
	psa_mac_abort(&operation);
	return status;
}

bool crypto_hmac_sha256(Slice key, const Slice *parts, size_t n_parts, Hash *out)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id = 0;
	psa_status_t status;

	if (psa_crypto_init() != PSA_SUCCESS)
		return false;
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
	psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	status = psa_import_key(&attributes, key.data, key.size, &id);
	if (status != PSA_SUCCESS)
		return false;
	status = mac_of(id, parts, n_parts, out);
	psa_destroy_key(id);
	return status == PSA_SUCCESS;
}

void crypto_random(void *out, size_t size)
{
	uint8_t *next = out;

	while (size > 0) {
		ssize_t n = getrandom(next, size, 0);

		if (n < 0 && errno == EINTR)
			continue;
		g_assert(n > 0); /* only a kernel without getrandom(2) */
		next += n;
		size -= (size_t)n;
	}
}

void crypto_random_id(RandomId *out)
{
	crypto_random(out->bytes, sizeof out->bytes);
}
