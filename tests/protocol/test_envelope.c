#include "protocol/envelope.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

/* RFC 9052 appendix C.2.1 (and its key, C.7.1, kid '11'). */
static const char rfc_message[] =
	"d28443a10126a10442313154546869732069732074686520636f6e74656e742e5840"
	"8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
	"2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36";
static const char rfc_key[] = "04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
							  "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e";

static void test_signs_the_structure_of_rfc_9052(void)
{
	Slice message = wire_test_hex(rfc_message), key = wire_test_hex(rfc_key);
	Slice expected = wire_test_hex("846a5369676e61747572653143a101264054"
								   "546869732069732074686520636f6e74656e742e");
	WireReader reader;
	WireBuffer to_verify = {0};
	PublicKey public;

	wire_reader_init(&reader, message);
	g_assert_cmpuint(wire_get_tag(&reader), ==, 18);
	g_assert_cmpuint(wire_get_array(&reader, 4, 4), ==, 4);
	Slice header = wire_get_bytes(&reader, 0, 100);
	wire_skip(&reader);
	Slice payload = wire_get_bytes(&reader, 0, 100);
	Slice signature = wire_get_bytes(&reader, 64, 64);
	g_assert_cmpint(wire_reader_finish(&reader), ==, WIRE_OK);

	envelope_signed_bytes(&to_verify, header, payload);
	g_assert_cmpmem(to_verify.data, to_verify.size, expected.data, expected.size);
	memcpy(public.bytes, key.data, sizeof public.bytes);
	g_assert_true(wire_test_verify(&public, wire_buffer_slice(&to_verify), signature.data));

	wire_buffer_clear(&to_verify);
	wire_test_free(expected);
	wire_test_free(key);
	wire_test_free(message);
}

static void test_their_message_is_none_of_ours(void)
{
	Slice message = wire_test_hex(rfc_message);
	Envelope envelope;

	g_assert_cmpint(envelope_decode(message, &envelope), ==, WIRE_RANGE); /* a header outside */
	wire_test_free(message);
}

/* The test key signs as RFC 6979 §A.2.5 says, so golden messages can be made again. */
static void test_deterministic_signature(void)
{
	Slice expected =
		wire_test_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
					  "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
	guint8 signature[64];

	g_assert_true(wire_test_sign((void *)wire_test_key, slice_of_text("sample"), signature));
	g_assert_cmpmem(signature, sizeof signature, expected.data, expected.size);
	wire_test_free(expected);
}

static EnvelopeHead head_of(MessageType type)
{
	EnvelopeHead head = {.type = type, .terminal = {"bkd-lobi-1"}, .number = 7};
	PublicKey public;

	wire_test_public(&public);
	key_id_of(&public, wire_test_sha256, &head.key);
	head.has_epoch = message_type_is_down(type);
	if (head.has_epoch)
		memset(head.epoch.bytes, 0xe0, sizeof head.epoch.bytes);
	return head;
}

static WireBuffer signed_message(const EnvelopeHead *head)
{
	WireBuffer message = {0};

	g_assert_true(envelope_sign(&message, head, slice_of_text("payload"), wire_test_sign,
								(void *)wire_test_key));
	return message;
}

static void test_each_type_comes_back(void)
{
	PublicKey public, other;

	wire_test_public(&public);
	wire_test_other_public(&other);
	for (int type = MESSAGE_EVENTS; type <= MESSAGE_COMMAND; type++) {
		EnvelopeHead head = head_of((MessageType)type);
		WireBuffer message = signed_message(&head);
		Envelope envelope;

		g_assert_cmpint(envelope_decode(wire_buffer_slice(&message), &envelope), ==, WIRE_OK);
		g_assert_cmpint(envelope.head.type, ==, type);
		g_assert_true(key_id_equal(&envelope.head.key, &head.key));
		g_assert_true(terminal_id_equal(&envelope.head.terminal, &head.terminal));
		g_assert_true(envelope.head.has_epoch == head.has_epoch);
		g_assert_true(random_id_equal(&envelope.head.epoch, &head.epoch));
		g_assert_cmpuint(envelope.head.number, ==, 7);
		g_assert_true(slice_equal(envelope.payload, slice_of_text("payload")));
		g_assert_cmpuint(envelope.rest.size, ==, 0);
		g_assert_cmpint(envelope_verify(&envelope, wire_test_verify, &public), ==, WIRE_OK);
		g_assert_cmpint(envelope_verify(&envelope, wire_test_verify, &other), ==, WIRE_SIGNATURE);
		wire_buffer_clear(&message);
	}
}

/* Whatever bit of a message is flipped, it is refused or does not verify. */
static void test_every_flipped_bit_is_seen(void)
{
	EnvelopeHead head = head_of(MESSAGE_RECEIPT);
	WireBuffer message = signed_message(&head);
	PublicKey public;

	wire_test_public(&public);
	for (size_t bit = 0; bit < message.size * 8; bit++) {
		Envelope envelope;
		message.data[bit / 8] ^= (guint8)(1 << bit % 8);
		WireResult result = envelope_decode(wire_buffer_slice(&message), &envelope);
		if (result == WIRE_OK)
			result = envelope_verify(&envelope, wire_test_verify, &public);
		g_assert_cmpint(result, !=, WIRE_OK);
		message.data[bit / 8] ^= (guint8)(1 << bit % 8);
	}
	for (size_t size = 0; size < message.size; size++) {
		Envelope envelope;
		g_assert_cmpint(envelope_decode(slice_of(message.data, size), &envelope), !=, WIRE_OK);
	}
	wire_buffer_clear(&message);
}

static void test_bad_heads_are_not_signed(void)
{
	static const char *const ids[] = {"", "ab", "UPPER", "collector-1"};
	WireBuffer message = {0};
	EnvelopeHead head;

	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
		head = head_of(MESSAGE_EVENTS);
		g_strlcpy(head.terminal.text, ids[i], sizeof head.terminal.text);
		g_assert_false(envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign,
									 (void *)wire_test_key));
	}
	head = head_of(MESSAGE_EVENTS);
	head.has_epoch = true; /* upwards there is none */
	g_assert_false(
		envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign, (void *)wire_test_key));
	head = head_of(MESSAGE_COMMAND);
	head.has_epoch = false; /* downwards there is always one */
	g_assert_false(
		envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign, (void *)wire_test_key));
	head = head_of(MESSAGE_COMMAND);
	head.number = G_MAXUINT64;
	g_assert_false(
		envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign, (void *)wire_test_key));
	head = head_of((MessageType)99);
	g_assert_false(
		envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign, (void *)wire_test_key));
	head = head_of(MESSAGE_EVENTS);
	g_assert_false(envelope_sign(&message, &head, slice_of_text("x"), wire_test_sign_fails, NULL));
	g_assert_cmpuint(message.size, ==, 0);
	wire_buffer_clear(&message);
}

/* An envelope around a protected header written here in CBOR. */
static WireResult decode_with_header(const char *header_hex, const char *rest_hex)
{
	static const guint8 signature[64];
	Slice header = wire_test_hex(header_hex), rest = wire_test_hex(rest_hex);
	WireBuffer message = {0};
	Envelope envelope;

	wire_put_tag(&message, 18);
	wire_put_array(&message, 4);
	wire_put_bytes(&message, header);
	wire_put_map(&message, 0);
	wire_put_bytes(&message, slice_of_text("payload"));
	wire_put_bytes(&message, slice_of(signature, sizeof signature));
	wire_put_raw(&message, rest);
	WireResult result = envelope_decode(wire_buffer_slice(&message), &envelope);
	wire_buffer_clear(&message);
	wire_test_free(rest);
	wire_test_free(header);
	return result;
}

#define ALG "0126"
#define KID                                                                                        \
	"0450"                                                                                         \
	"00112233445566778899aabbccddeeff"
#define TYP_EVENTS                                                                                 \
	"106c"                                                                                         \
	"68616469722d6576656e7473"
#define TYP_ROSTER                                                                                 \
	"106c"                                                                                         \
	"68616469722d726f73746572"
#define TERMINAL                                                                                   \
	"3a00011170"                                                                                   \
	"63616263"
#define EPOCH                                                                                      \
	"3a00011171"                                                                                   \
	"50"                                                                                           \
	"e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0"
#define NUMBER                                                                                     \
	"3a00011172"                                                                                   \
	"07"

static void test_protected_headers(void)
{
	static const struct {
		const char *header;
		WireResult result;
	} cases[] = {
		{"a5" ALG KID TYP_EVENTS TERMINAL NUMBER, WIRE_OK},
		{"a6" ALG KID TYP_ROSTER TERMINAL EPOCH NUMBER, WIRE_OK},
		/* the wrong direction */
		{"a6" ALG KID TYP_EVENTS TERMINAL EPOCH NUMBER, WIRE_SHAPE},
		{"a5" ALG KID TYP_ROSTER TERMINAL NUMBER, WIRE_SHAPE},
		/* one missing */
		{"a4" KID TYP_EVENTS TERMINAL NUMBER, WIRE_SHAPE},
		{"a4" ALG TYP_EVENTS TERMINAL NUMBER, WIRE_SHAPE},
		{"a4" ALG KID TERMINAL NUMBER, WIRE_SHAPE},
		{"a4" ALG KID TYP_EVENTS NUMBER, WIRE_SHAPE},
		{"a4" ALG KID TYP_EVENTS TERMINAL, WIRE_SHAPE},
		{"a5" ALG KID TYP_ROSTER TERMINAL EPOCH, WIRE_SHAPE},
		/* one too many: nothing unknown may change what the rest means */
		{"a6" ALG "0281181a" KID TYP_EVENTS TERMINAL NUMBER, WIRE_SHAPE},
		{"a5" ALG "0200" KID TYP_EVENTS TERMINAL, WIRE_SHAPE},
		/* another algorithm (ES384), another type, another terminal */
		{"a5"
		 "013822" KID TYP_EVENTS TERMINAL NUMBER,
		 WIRE_VERSION},
		{"a5" ALG KID "106c"
		 "68616469722d4576656e7473" TERMINAL NUMBER,
		 WIRE_SHAPE},
		{"a5" ALG KID TYP_EVENTS "3a00011170"
		 "63414243" NUMBER,
		 WIRE_RANGE},
		{"a5" ALG KID TYP_EVENTS "3a00011170"
		 "626162" NUMBER,
		 WIRE_RANGE},
		{"a5" ALG "044100" TYP_EVENTS TERMINAL NUMBER, WIRE_RANGE},
		{"a5" ALG KID TYP_EVENTS TERMINAL "3a00011172"
		 "1bffffffffffffffff",
		 WIRE_RANGE},
		{"a5" ALG KID TYP_EVENTS TERMINAL "3a00011172"
		 "20",
		 WIRE_SHAPE},
		/* order, form, remains */
		{"a5" KID ALG TYP_EVENTS TERMINAL NUMBER, WIRE_MALFORMED},
		{"a5" ALG KID TYP_EVENTS NUMBER TERMINAL, WIRE_MALFORMED},
		{"bf" ALG KID TYP_EVENTS TERMINAL NUMBER "ff", WIRE_MALFORMED},
		{"a5" ALG KID TYP_EVENTS TERMINAL NUMBER "00", WIRE_SHAPE},
		{"a7" ALG KID TYP_ROSTER TERMINAL EPOCH NUMBER "3a0001117300", WIRE_RANGE},
		{"a0", WIRE_SHAPE},
		{"80", WIRE_SHAPE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].header);
		g_assert_cmpint(decode_with_header(cases[i].header, ""), ==, cases[i].result);
	}
	/* only up/events goes on after the signature */
	g_assert_cmpint(decode_with_header(cases[0].header, "4100"), ==, WIRE_OK);
	g_assert_cmpint(decode_with_header(cases[1].header, "4100"), ==, WIRE_SHAPE);
}

static void test_other_structures_are_refused(void)
{
	static const struct {
		const char *hex;
		WireResult result;
	} cases[] = {
		{"", WIRE_MALFORMED},
		{"8443a10126a04100", WIRE_SHAPE},   /* no tag */
		{"d18443a10126a04100", WIRE_SHAPE}, /* COSE_Mac0 */
		{"d28343a10126a04100", WIRE_RANGE}, /* three of four */
		{"d28443a10126a0f6"
		 "4100",
		 WIRE_SHAPE}, /* a detached payload */
		{"d28443a10126a04100"
		 "4100",
		 WIRE_RANGE},                 /* a short signature */
		{"d28440a04100", WIRE_RANGE}, /* nothing protected */
	};
	Envelope envelope;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Slice bytes = wire_test_hex(cases[i].hex);
		g_test_message("%s", cases[i].hex);
		g_assert_cmpint(envelope_decode(bytes, &envelope), ==, cases[i].result);
		wire_test_free(bytes);
	}
	g_autofree guint8 *large = g_malloc0(MESSAGE_SIZE_MAX + 1);
	g_assert_cmpint(envelope_decode(slice_of(large, MESSAGE_SIZE_MAX + 1), &envelope), ==,
					WIRE_RANGE);
}

static void test_types_have_names(void)
{
	g_assert_cmpstr(message_type_name(MESSAGE_EVENTS), ==, "hadir-events");
	g_assert_cmpstr(message_type_name(MESSAGE_COMMAND), ==, "hadir-command");
	g_assert_cmpstr(message_type_name((MessageType)0), ==, "unknown");
	g_assert_cmpstr(message_type_name((MessageType)(MESSAGE_COMMAND + 1)), ==, "unknown");
	for (int type = MESSAGE_EVENTS; type <= MESSAGE_COMMAND; type++)
		g_assert_true(message_type_is_down((MessageType)type) == (type >= MESSAGE_RECEIPT));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/envelope/signs_the_structure_of_rfc_9052",
					test_signs_the_structure_of_rfc_9052);
	g_test_add_func("/protocol/envelope/their_message_is_none_of_ours",
					test_their_message_is_none_of_ours);
	g_test_add_func("/protocol/envelope/deterministic_signature", test_deterministic_signature);
	g_test_add_func("/protocol/envelope/each_type_comes_back", test_each_type_comes_back);
	g_test_add_func("/protocol/envelope/every_flipped_bit_is_seen", test_every_flipped_bit_is_seen);
	g_test_add_func("/protocol/envelope/bad_heads_are_not_signed", test_bad_heads_are_not_signed);
	g_test_add_func("/protocol/envelope/protected_headers", test_protected_headers);
	g_test_add_func("/protocol/envelope/other_structures_are_refused",
					test_other_structures_are_refused);
	g_test_add_func("/protocol/envelope/types_have_names", test_types_have_names);
	return g_test_run();
}
