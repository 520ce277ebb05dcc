#include "firmware/seal_psa.h"

#include <string.h>

#include <psa/crypto.h>

#include "firmware/crypto_psa.h"

#define KEY_SIZE 32

static gboolean fail(GError **error, int code, const char *what, psa_status_t status)
{
	g_set_error(error, KEYSTORE_ERROR, code, "%s: PSA error %d", what, (int)status);
	return FALSE;
}

/* HKDF-SHA256 (RFC 5869) of the shared secret, bound to both public keys. */
static psa_status_t derive(const uint8_t secret[KEY_SIZE], const PublicKey *ephemeral,
						   const PublicKey *recipient, uint8_t key[KEY_SIZE])
{
	psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
	uint8_t salt[2 * sizeof ephemeral->bytes];
	psa_status_t status = psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHA_256));

	memcpy(salt, ephemeral->bytes, sizeof ephemeral->bytes);
	memcpy(salt + sizeof ephemeral->bytes, recipient->bytes, sizeof recipient->bytes);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SALT, salt,
												sizeof salt);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_SECRET, secret,
												KEY_SIZE);
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO,
												(const uint8_t *)SEAL_INFO, strlen(SEAL_INFO));
	if (status == PSA_SUCCESS)
		status = psa_key_derivation_output_bytes(&operation, key, KEY_SIZE);
	psa_key_derivation_abort(&operation);
	return status;
}

/* A volatile AES-256-GCM key from the shared secret; `secret` is wiped. */
static psa_status_t import_key(uint8_t secret[KEY_SIZE], const PublicKey *ephemeral,
							   const PublicKey *recipient, psa_key_usage_t usage, psa_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	uint8_t key[KEY_SIZE];
	psa_status_t status = derive(secret, ephemeral, recipient, key);

	explicit_bzero(secret, KEY_SIZE);
	if (status == PSA_SUCCESS) {
		psa_set_key_usage_flags(&attributes, usage);
		psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
		psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
		status = psa_import_key(&attributes, key, sizeof key, id);
	}
	explicit_bzero(key, sizeof key);
	return status;
}

/* A key pair for one seal: its public half and what it shares with the recipient. */
static psa_status_t agree_ephemeral(const PublicKey *recipient, PublicKey *ephemeral,
									uint8_t secret[KEY_SIZE])
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t pair = 0;
	size_t size = 0;
	psa_status_t status = psa_crypto_init();

	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DERIVE);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDH);
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	if (status == PSA_SUCCESS)
		status = psa_generate_key(&attributes, &pair);
	if (status != PSA_SUCCESS)
		return status;
	status = psa_export_public_key(pair, ephemeral->bytes, sizeof ephemeral->bytes, &size);
	if (status == PSA_SUCCESS)
		status = psa_raw_key_agreement(PSA_ALG_ECDH, pair, recipient->bytes,
									   sizeof recipient->bytes, secret, KEY_SIZE, &size);
	psa_destroy_key(pair);
	return status;
}

gboolean seal_to(const PublicKey *recipient, const SealContext *context, Slice plain,
				 WireBuffer *out, GError **error)
{
	Sealed sealed = {0};
	uint8_t secret[KEY_SIZE];
	WireBuffer aad = {0};
	psa_key_id_t id = 0;
	gsize size = plain.size + SEAL_TAG_SIZE, written = 0;
	g_autofree guint8 *ciphertext = g_malloc(size);
	psa_status_t status = agree_ephemeral(recipient, &sealed.ephemeral, secret);

	if (status == PSA_SUCCESS)
		status = import_key(secret, &sealed.ephemeral, recipient, PSA_KEY_USAGE_ENCRYPT, &id);
	if (status != PSA_SUCCESS)
		return fail(error, KEYSTORE_ERROR_FAILED, "seal: make the key", status);
	crypto_random(sealed.nonce, sizeof sealed.nonce);
	seal_aad(&aad, context);
	status = aad.failed ? PSA_ERROR_INSUFFICIENT_MEMORY : PSA_SUCCESS;
	if (status == PSA_SUCCESS)
		status = psa_aead_encrypt(id, PSA_ALG_GCM, sealed.nonce, sizeof sealed.nonce, aad.data,
								  aad.size, plain.data, plain.size, ciphertext, size, &written);
	psa_destroy_key(id);
	wire_buffer_clear(&aad);
	if (status != PSA_SUCCESS)
		return fail(error, KEYSTORE_ERROR_FAILED, "seal: encrypt", status);
	sealed.ciphertext = (Slice){ciphertext, written};
	sealed_encode(out, &sealed);
	if (!out->failed)
		return TRUE;
	g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL,
				"seal: %" G_GSIZE_FORMAT " bytes are none or too many, or memory is short",
				plain.size);
	return FALSE;
}

static psa_status_t decrypt(psa_key_id_t id, const SealContext *context, const Sealed *sealed,
							WireBuffer *out)
{
	WireBuffer aad = {0};
	gsize size = sealed->ciphertext.size - SEAL_TAG_SIZE, written = 0;
	g_autofree guint8 *plain = g_malloc(MAX(size, 1));
	psa_status_t status;

	seal_aad(&aad, context);
	status =
		psa_aead_decrypt(id, PSA_ALG_GCM, sealed->nonce, sizeof sealed->nonce, aad.data, aad.size,
						 sealed->ciphertext.data, sealed->ciphertext.size, plain, size, &written);
	if (status == PSA_SUCCESS)
		wire_put_raw(out, (Slice){plain, written});
	if (out->failed)
		status = PSA_ERROR_INSUFFICIENT_MEMORY;
	explicit_bzero(plain, size);
	wire_buffer_clear(&aad);
	return status;
}

gboolean seal_open(const Keystore *keystore, const SealContext *context, Slice sealed,
				   WireBuffer *out, GError **error)
{
	Sealed parts;
	uint8_t secret[KEY_SIZE];
	psa_key_id_t id = 0;
	psa_status_t status;
	WireResult result = sealed_decode(sealed, &parts);

	if (result != WIRE_OK || parts.ciphertext.size < SEAL_TAG_SIZE) {
		g_set_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL, "open the seal: %s",
					wire_result_text(result == WIRE_OK ? WIRE_SHAPE : result));
		return FALSE;
	}
	if (!keystore_agree(keystore, &parts.ephemeral, secret, error)) {
		g_prefix_error(error, "open the seal: ");
		return FALSE;
	}
	status = import_key(secret, &parts.ephemeral, keystore_sealing(keystore), PSA_KEY_USAGE_DECRYPT,
						&id);
	if (status != PSA_SUCCESS)
		return fail(error, KEYSTORE_ERROR_FAILED, "open the seal: make the key", status);
	status = decrypt(id, context, &parts, out);
	psa_destroy_key(id);
	if (status != PSA_SUCCESS)
		return fail(error, KEYSTORE_ERROR_SEAL, "open the seal", status);
	return TRUE;
}

void seal_wipe(WireBuffer *plain)
{
	if (plain->data != NULL)
		explicit_bzero(plain->data, plain->size);
	wire_buffer_clear(plain);
}
