/* Keys made on the device, and what is sealed to them. */
#include "firmware/keystore.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "firmware/crypto_psa.h"
#include "firmware/seal_psa.h"
#include "tests/support/scratch.h"

typedef struct {
	char *folder, *keys;
	Keystore *keystore;
} Fixture;

static void open_keys(Fixture *f)
{
	GError *error = NULL;

	g_clear_pointer(&f->keystore, keystore_free);
	f->keystore = keystore_open(f->keys, &error);
	g_assert_no_error(error);
}

static void setup(Fixture *f, gconstpointer data)
{
	(void)data;
	f->folder = scratch_new();
	f->keys = g_build_filename(f->folder, "keys", NULL);
	open_keys(f);
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	g_clear_pointer(&f->keystore, keystore_free);
	g_assert_cmpint(g_chdir("/"), ==, 0);
	scratch_free(f->folder);
	g_free(f->keys);
}

static Slice text(const char *text)
{
	return (Slice){(const uint8_t *)text, strlen(text)};
}

static void keys_are_for_us_alone_and_stay(Fixture *f, gconstpointer data)
{
	PublicKey signing = *keystore_signing(f->keystore), sealing = *keystore_sealing(f->keystore);
	g_autofree char *file = g_build_filename(f->keys, "0000000000000001.psa_its", NULL);
	struct stat info;

	(void)data;
	g_assert_cmpint(memcmp(signing.bytes, sealing.bytes, sizeof signing.bytes), !=, 0);
	g_assert_cmpint(stat(f->keys, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0700);
	g_assert_cmpint(stat(file, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
	open_keys(f);
	g_assert_cmpmem(signing.bytes, sizeof signing.bytes, keystore_signing(f->keystore)->bytes,
					sizeof signing.bytes);
	g_assert_cmpmem(sealing.bytes, sizeof sealing.bytes, keystore_sealing(f->keystore)->bytes,
					sizeof sealing.bytes);
}

static void a_signature_verifies_and_a_changed_message_does_not(Fixture *f, gconstpointer data)
{
	uint8_t signature[64];

	(void)data;
	g_assert_true(keystore_sign(f->keystore, text("hadir"), signature));
	g_assert_true(crypto_verify(keystore_signing(f->keystore), text("hadir"), signature));
	g_assert_false(crypto_verify(keystore_signing(f->keystore), text("hadiR"), signature));
	g_assert_false(crypto_verify(keystore_sealing(f->keystore), text("hadir"), signature));
	signature[9] ^= 1;
	g_assert_false(crypto_verify(keystore_signing(f->keystore), text("hadir"), signature));
}

static void a_key_off_the_curve_verifies_nothing(Fixture *f, gconstpointer data)
{
	PublicKey bad = *keystore_signing(f->keystore);
	uint8_t signature[64];

	(void)data;
	g_assert_true(keystore_sign(f->keystore, text("hadir"), signature));
	bad.bytes[64] ^= 1;
	g_assert_false(crypto_verify(&bad, text("hadir"), signature));
}

static gboolean opens(Fixture *f, const SealContext *context, const WireBuffer *sealed)
{
	WireBuffer plain = {0};
	gboolean done = seal_open(f->keystore, context, wire_buffer_slice(sealed), &plain, NULL);

	if (done)
		g_assert_cmpmem(plain.data, plain.size, "template", 8);
	seal_wipe(&plain);
	return done;
}

static void a_seal_opens_only_as_it_was_closed(Fixture *f, gconstpointer data)
{
	SealContext context = {{"bkd-1"}, 123456, text("reference")}, other;
	WireBuffer sealed = {0}, plain = {0};
	GError *error = NULL;

	(void)data;
	g_assert_true(
		seal_to(keystore_sealing(f->keystore), &context, text("template"), &sealed, &error));
	g_assert_no_error(error);
	g_assert_true(opens(f, &context, &sealed));
	other = context;
	other.person++;
	g_assert_false(opens(f, &other, &sealed));
	other = context;
	other.reference = text("referencE");
	g_assert_false(opens(f, &other, &sealed));
	other = context;
	other.terminal.text[4] = '2';
	g_assert_false(opens(f, &other, &sealed));
	for (gsize i = 0; i < sealed.size; i++) {
		sealed.data[i] ^= 0x10;
		g_assert_false(opens(f, &context, &sealed));
		sealed.data[i] ^= 0x10;
	}
	sealed.size--;
	g_assert_false(seal_open(f->keystore, &context, wire_buffer_slice(&sealed), &plain, &error));
	g_assert_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL);
	g_clear_error(&error);
	wire_buffer_clear(&sealed);
	wire_buffer_clear(&plain);
}

static void what_no_seal_can_hold_is_an_error(Fixture *f, gconstpointer data)
{
	static const uint8_t large[SEAL_CIPHERTEXT_MAX - SEAL_TAG_SIZE + 1];
	const Slice plains[] = {{large, sizeof large}, {large, 0}};
	SealContext context = {{"bkd-1"}, 123456, text("reference")};

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(plains); i++) {
		WireBuffer sealed = {0};
		g_autoptr(GError) error = NULL;

		g_assert_false(
			seal_to(keystore_sealing(f->keystore), &context, plains[i], &sealed, &error));
		g_assert_error(error, KEYSTORE_ERROR, KEYSTORE_ERROR_SEAL);
		wire_buffer_clear(&sealed);
	}
	WireBuffer largest = {0};
	g_assert_true(seal_to(keystore_sealing(f->keystore), &context, (Slice){large, sizeof large - 1},
						  &largest, NULL));
	wire_buffer_clear(&largest);
}

/* RFC 4231, test case 2. */
static void hmac_is_that_of_the_rfc(Fixture *f, gconstpointer data)
{
	static const uint8_t expected[32] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
										 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
										 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83,
										 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
	Slice parts[2] = {text("what do ya want "), text("for nothing?")};
	Hash out;

	(void)f;
	(void)data;
	g_assert_true(crypto_hmac_sha256(text("Jefe"), parts, 2, &out));
	g_assert_cmpmem(out.bytes, 32, expected, 32);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add("/firmware/keystore/" #name, Fixture, NULL, setup, name, teardown)
	CASE(keys_are_for_us_alone_and_stay);
	CASE(a_signature_verifies_and_a_changed_message_does_not);
	CASE(a_key_off_the_curve_verifies_nothing);
	CASE(a_seal_opens_only_as_it_was_closed);
	CASE(what_no_seal_can_hold_is_an_error);
	CASE(hmac_is_that_of_the_rfc);
	return g_test_run();
}
