/*
 * The terminal's cryptography against the tests' own (OpenSSL): what one makes the other reads.  The
 * server has the same test, so both sides speak one wire.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "firmware/crypto_psa.h"
#include "firmware/seal_psa.h"
#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"
#include "tests/protocol/support/wire_seal.h"

static const Slice parts[] = {{(const uint8_t *)"ab", 2}, {NULL, 0}, {(const uint8_t *)"c", 1}};

static void test_digests(gconstpointer data)
{
	static const char key[] = "a key";
	unsigned char expected[32];
	Hash a, b;

	(void)data;
	crypto_sha256(parts, G_N_ELEMENTS(parts), &a);
	wire_test_sha256(parts, G_N_ELEMENTS(parts), &b);
	g_assert_true(hash_equal(&a, &b));
	crypto_sha256(NULL, 0, &a);
	wire_test_sha256(NULL, 0, &b);
	g_assert_true(hash_equal(&a, &b));
	g_assert_true(crypto_hmac_sha256(slice_of_text(key), parts, G_N_ELEMENTS(parts), &a));
	HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)"abc", 3, expected, NULL);
	g_assert_cmpmem(a.bytes, sizeof a.bytes, expected, sizeof expected);
}

static void test_signatures(gconstpointer data)
{
	Keystore *keys = (Keystore *)data;
	Slice message = slice_of_text("message"), other = slice_of_text("massage");
	uint8_t signature[64];
	PublicKey public, off_curve;

	g_assert_true(keystore_sign(keys, message, signature));
	g_assert_true(wire_test_verify(keystore_signing(keys), message, signature));
	g_assert_false(wire_test_verify(keystore_signing(keys), other, signature));

	wire_test_public(&public);
	g_assert_true(wire_test_sign((void *)wire_test_key, message, signature));
	g_assert_true(crypto_verify(&public, message, signature));
	g_assert_false(crypto_verify(&public, other, signature));
	g_assert_false(crypto_verify(keystore_signing(keys), message, signature));
	off_curve = public;
	off_curve.bytes[64] ^= 1;
	g_assert_false(crypto_verify(&off_curve, message, signature));
	memset(signature, 0, sizeof signature); /* r = s = 0 */
	g_assert_false(crypto_verify(&public, message, signature));
	memset(signature, 0xff, sizeof signature); /* beyond the order */
	g_assert_false(crypto_verify(&public, message, signature));
}

static void test_seals_for_others(gconstpointer data)
{
	SealContext context = wire_sample_seal_context(), elsewhere = context;
	WireBuffer sealed = {0}, plain = {0};
	g_autoptr(GError) error = NULL;
	PublicKey recipient, off_curve;

	(void)data;
	wire_test_public(&recipient);
	seal_to(&recipient, &context, slice_of_text("a template"), &sealed, &error);
	g_assert_no_error(error);
	elsewhere.person++;
	g_assert_false(wire_test_open(&plain, wire_test_key, &elsewhere, wire_buffer_slice(&sealed)));
	g_assert_true(wire_test_open(&plain, wire_test_key, &context, wire_buffer_slice(&sealed)));
	g_assert_true(slice_equal(wire_buffer_slice(&plain), slice_of_text("a template")));
	wire_buffer_clear(&sealed);
	off_curve = recipient;
	off_curve.bytes[64] ^= 1;
	g_assert_false(seal_to(&off_curve, &context, slice_of_text("x"), &sealed, &error));
	g_assert_nonnull(error);
	wire_buffer_clear(&sealed);
	wire_buffer_clear(&plain);
}

static void test_opens_what_others_seal(gconstpointer data)
{
	static const uint8_t ephemeral[32] = {[31] = 5}, nonce[SEAL_NONCE_SIZE] = {1};
	const Keystore *keys = data;
	SealContext context = wire_sample_seal_context(), elsewhere = context;
	WireBuffer sealed = {0}, plain = {0};
	g_autoptr(GError) error = NULL;

	wire_test_seal(&sealed, keystore_sealing(keys), &context, slice_of_text("a template"),
				   ephemeral, nonce);
	seal_open(keys, &context, wire_buffer_slice(&sealed), &plain, &error);
	g_assert_no_error(error);
	g_assert_true(slice_equal(wire_buffer_slice(&plain), slice_of_text("a template")));
	seal_wipe(&plain);
	elsewhere.terminal = (TerminalId){"bkd-lobi-2"};
	g_assert_false(seal_open(keys, &elsewhere, wire_buffer_slice(&sealed), &plain, &error));
	g_assert_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL);
	g_clear_error(&error);
	sealed.data[sealed.size - 1] ^= 1;
	g_assert_false(seal_open(keys, &context, wire_buffer_slice(&sealed), &plain, &error));
	g_assert_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL);
	wire_buffer_clear(&sealed);
	seal_wipe(&plain);
}

static void remove_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_unlink(path);
	}
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	g_test_init(&argc, &argv, NULL);
	g_autofree char *folder = g_dir_make_tmp("hadir-wire-XXXXXX", &error);
	g_assert_no_error(error);
	Keystore *keys = keystore_open(folder, &error);
	g_assert_no_error(error);
	g_test_add_data_func("/firmware/wire/digests", keys, test_digests);
	g_test_add_data_func("/firmware/wire/signatures", keys, test_signatures);
	g_test_add_data_func("/firmware/wire/seals_for_others", keys, test_seals_for_others);
	g_test_add_data_func("/firmware/wire/opens_what_others_seal", keys,
						 test_opens_what_others_seal);
	int status = g_test_run();
	keystore_free(keys);
	remove_folder(folder);
	return status;
}
