#include "protocol/seal.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"
#include "tests/protocol/support/wire_seal.h"

static void assert_hex(Slice bytes, const char *hex)
{
	Slice expected = wire_test_hex(hex);

	g_assert_cmpmem(bytes.data, bytes.size, expected.data, expected.size);
	wire_test_free(expected);
}

static void test_what_is_authenticated(void)
{
	SealContext context = wire_sample_seal_context();
	WireBuffer aad = {0};

	seal_aad(&aad, &context);
	assert_hex(wire_buffer_slice(&aad), "84"
										"6c68616469722d7365616c2d31" /* "hadir-seal-1" */
										"6a626b642d6c6f62692d31"     /* "bkd-lobi-1" */
										"1a000758ec"                 /* 481516 */
										"48000000000000004d");       /* 77 */
	wire_buffer_clear(&aad);
}

static void test_references_are_written_alike(void)
{
	static const RandomId enrolment = {"enrolment-000001"};
	guint8 id[8], of_enrolment[18];

	seal_reference_id(G_GINT64_CONSTANT(0x0102030405060708), id);
	assert_hex(slice_of(id, sizeof id), "0102030405060708");
	seal_reference_enrolment(&enrolment, FINGER_LEFT_INDEX, 2, of_enrolment);
	g_assert_cmpmem(of_enrolment, 16, enrolment.bytes, 16);
	g_assert_cmpuint(of_enrolment[16], ==, 7);
	g_assert_cmpuint(of_enrolment[17], ==, 2);
}

static bool opens(const SealContext *context, Slice sealed)
{
	WireBuffer plain = {0};

	bool good = wire_test_open(&plain, wire_test_key, context, sealed);
	if (good)
		g_assert_true(slice_equal(wire_buffer_slice(&plain), slice_of_text("a template")));
	wire_buffer_clear(&plain);
	return good;
}

/* The golden one opens where it belongs and nowhere else. */
static void test_opens_in_its_place_only(void)
{
	SealContext context = wire_sample_seal_context(), other;
	WireBuffer sealed = {0};
	guint8 reference[8];

	wire_sample_sealed(&sealed);
	g_assert_true(opens(&context, wire_buffer_slice(&sealed)));
	other = context;
	other.terminal = (TerminalId){"bkd-lobi-2"};
	g_assert_false(opens(&other, wire_buffer_slice(&sealed)));
	other = context;
	other.person++;
	g_assert_false(opens(&other, wire_buffer_slice(&sealed)));
	other = context;
	seal_reference_id(78, reference);
	other.reference = slice_of(reference, sizeof reference);
	g_assert_false(opens(&other, wire_buffer_slice(&sealed)));
	for (size_t bit = 0; bit < sealed.size * 8; bit++) {
		sealed.data[bit / 8] ^= (guint8)(1 << bit % 8);
		g_assert_false(opens(&context, wire_buffer_slice(&sealed)));
		sealed.data[bit / 8] ^= (guint8)(1 << bit % 8);
	}
	wire_buffer_clear(&sealed);
}

static void test_sizes(void)
{
	static const struct {
		size_t size;
		bool good;
	} cases[] = {
		{0, false},
		{SEAL_TAG_SIZE, false}, /* nothing but a tag */
		{SEAL_TAG_SIZE + 1, true},
		{SEAL_CIPHERTEXT_MAX, true},
		{SEAL_CIPHERTEXT_MAX + 1, false},
	};
	g_autofree guint8 *bytes = g_malloc0(SEAL_CIPHERTEXT_MAX + 1);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Sealed sealed = {.ephemeral = {{4}}, .ciphertext = slice_of(bytes, cases[i].size)}, again;
		WireBuffer out = {0};
		sealed_encode(&out, &sealed);
		g_assert_true(out.failed != cases[i].good);
		if (cases[i].good) {
			g_assert_cmpint(sealed_decode(wire_buffer_slice(&out), &again), ==, WIRE_OK);
			g_assert_true(slice_equal(again.ciphertext, sealed.ciphertext));
		}
		wire_buffer_clear(&out);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/seal/what_is_authenticated", test_what_is_authenticated);
	g_test_add_func("/protocol/seal/references_are_written_alike",
					test_references_are_written_alike);
	g_test_add_func("/protocol/seal/opens_in_its_place_only", test_opens_in_its_place_only);
	g_test_add_func("/protocol/seal/sizes", test_sizes);
	return g_test_run();
}
