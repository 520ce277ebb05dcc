/*
 * The server's cryptography against the tests' own: what one makes the other reads.  The terminal
 * has the same test, so both sides speak one wire.
 */
#include <glib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "server/crypto_openssl.h"
#include "server/seal_openssl.h"
#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"
#include "tests/protocol/support/wire_seal.h"

static const Slice parts[] = {{(const uint8_t *)"ab", 2}, {NULL, 0}, {(const uint8_t *)"c", 1}};

static void test_digests(void)
{
	static const char key[] = "a key";
	unsigned char expected[32];
	Hash a, b;

	crypto_sha256(parts, G_N_ELEMENTS(parts), &a);
	wire_test_sha256(parts, G_N_ELEMENTS(parts), &b);
	g_assert_true(hash_equal(&a, &b));
	crypto_sha256(NULL, 0, &a);
	wire_test_sha256(NULL, 0, &b);
	g_assert_true(hash_equal(&a, &b));
	crypto_hmac_sha256(slice_of_text(key), parts, G_N_ELEMENTS(parts), &a);
	HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)"abc", 3, expected, NULL);
	g_assert_cmpmem(a.bytes, sizeof a.bytes, expected, sizeof expected);
}

static void test_signatures(void)
{
	g_autoptr(ServerKey) key = server_key_generate();
	Slice message = slice_of_text("message"), other = slice_of_text("massage");
	uint8_t signature[64];
	PublicKey own, public, off_curve;

	server_key_public(key, &own);
	g_assert_true(crypto_sign(key, message, signature));
	g_assert_true(wire_test_verify(&own, message, signature));
	g_assert_false(wire_test_verify(&own, other, signature));

	wire_test_public(&public);
	g_assert_true(wire_test_sign((void *)wire_test_key, message, signature));
	g_assert_true(crypto_verify(&public, message, signature));
	g_assert_false(crypto_verify(&public, other, signature));
	g_assert_false(crypto_verify(&own, message, signature));
	off_curve = public;
	off_curve.bytes[64] ^= 1;
	g_assert_false(crypto_verify(&off_curve, message, signature));
	memset(signature, 0, sizeof signature); /* r = s = 0 */
	g_assert_false(crypto_verify(&public, message, signature));
	memset(signature, 0xff, sizeof signature); /* beyond the order */
	g_assert_false(crypto_verify(&public, message, signature));
}

static void test_seals_for_others(void)
{
	SealContext context = wire_sample_seal_context(), elsewhere = context;
	WireBuffer plain = {0};
	PublicKey recipient, off_curve;
	gsize size;

	wire_test_public(&recipient);
	g_autoptr(GBytes) sealed = seal_template(&recipient, &context, slice_of_text("a template"));
	g_assert_nonnull(sealed);
	const uint8_t *data = g_bytes_get_data(sealed, &size);
	elsewhere.person++;
	g_assert_false(wire_test_open(&plain, wire_test_key, &elsewhere, slice_of(data, size)));
	g_assert_true(wire_test_open(&plain, wire_test_key, &context, slice_of(data, size)));
	g_assert_true(slice_equal(wire_buffer_slice(&plain), slice_of_text("a template")));
	off_curve = recipient;
	off_curve.bytes[64] ^= 1;
	g_assert_null(seal_template(&off_curve, &context, slice_of_text("x")));
	wire_buffer_clear(&plain);
}

static void test_opens_what_others_seal(void)
{
	static const uint8_t ephemeral[32] = {[31] = 5}, nonce[SEAL_NONCE_SIZE] = {1};
	g_autoptr(ServerKey) key = server_key_generate();
	SealContext context = wire_sample_seal_context(), elsewhere = context;
	WireBuffer sealed = {0};
	PublicKey own;

	server_key_public(key, &own);
	wire_test_seal(&sealed, &own, &context, slice_of_text("a template"), ephemeral, nonce);
	g_autoptr(GBytes) plain = seal_open(key, &context, wire_buffer_slice(&sealed));
	g_assert_nonnull(plain);
	g_assert_cmpmem(g_bytes_get_data(plain, NULL), g_bytes_get_size(plain), "a template", 10);
	elsewhere.terminal = (TerminalId){"bkd-lobi-2"};
	g_assert_null(seal_open(key, &elsewhere, wire_buffer_slice(&sealed)));
	sealed.data[sealed.size - 1] ^= 1;
	g_assert_null(seal_open(key, &context, wire_buffer_slice(&sealed)));
	wire_buffer_clear(&sealed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/server/wire/digests", test_digests);
	g_test_add_func("/server/wire/signatures", test_signatures);
	g_test_add_func("/server/wire/seals_for_others", test_seals_for_others);
	g_test_add_func("/server/wire/opens_what_others_seal", test_opens_what_others_seal);
	return g_test_run();
}
