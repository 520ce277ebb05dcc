#include "protocol/event.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"

#define N_CHAIN 24 /* each kind once or twice */

static void assert_same_header(const EventHeader *a, const EventHeader *b)
{
	g_assert_cmpuint(a->seq, ==, b->seq);
	g_assert_cmpuint(a->kind, ==, b->kind);
	g_assert_cmpint(a->wall_ms, ==, b->wall_ms);
	g_assert_cmpuint(a->mono_ms, ==, b->mono_ms);
	g_assert_true(random_id_equal(&a->boot, &b->boot));
	g_assert_cmpint(a->trust, ==, b->trust);
	g_assert_cmpuint(a->uncertainty_ms, ==, b->uncertainty_ms);
	g_assert_true(hash_equal(&a->digest, &b->digest));
	g_assert_true(hash_equal(&a->previous, &b->previous));
}

static EventHeader sample_header(void)
{
	EventHeader header = {.seq = 1,
						  .kind = EVENT_PUNCH,
						  .wall_ms = INT64_C(1740963130000),
						  .mono_ms = 5000,
						  .boot = wire_sample_boot,
						  .trust = CLOCK_SET,
						  .uncertainty_ms = 50};

	event_genesis(&wire_sample_terminal, &wire_sample_journal, wire_test_sha256, &header.previous);
	return header;
}

static const uint8_t salt[EVENT_SALT_SIZE] = "0123456789abcde";

static void test_comes_back_whole(void)
{
	EventHeader header = sample_header();
	WireBuffer bytes = {0};
	Event event;
	Hash head, again;

	g_assert_true(event_encode(&bytes, &header, salt, slice_of_text("payload"),
							   slice_of_text("beside"), wire_test_sha256, &head));
	g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &event), ==, WIRE_OK);
	assert_same_header(&event.header, &header);
	g_assert_cmpmem(event.salt.data, event.salt.size, salt, sizeof salt);
	g_assert_true(slice_equal(event.payload, slice_of_text("payload")));
	g_assert_true(slice_equal(event.attachment, slice_of_text("beside")));
	wire_test_sha256(&event.header_bytes, 1, &again);
	g_assert_true(hash_equal(&head, &again));
	wire_buffer_clear(&bytes);
}

static void test_extreme_headers(void)
{
	static const struct {
		EventHeader header;
		bool good;
	} cases[] = {
		{{.seq = 1, .kind = 1}, true},
		{{.seq = INT64_MAX,
		  .kind = UINT32_MAX,
		  .wall_ms = WIRE_TIME_MAX,
		  .mono_ms = INT64_MAX,
		  .trust = CLOCK_SET,
		  .uncertainty_ms = UINT32_MAX},
		 true},
		{{.seq = 0, .kind = 1}, false},
		{{.seq = (uint64_t)INT64_MAX + 1, .kind = 1}, false},
		{{.seq = 1, .kind = 0}, false},
		{{.seq = 1, .kind = 1, .wall_ms = -1}, false},
		{{.seq = 1, .kind = 1, .wall_ms = WIRE_TIME_MAX + 1}, false},
		{{.seq = 1, .kind = 1, .mono_ms = UINT64_MAX}, false},
		{{.seq = 1, .kind = 1, .trust = (ClockTrust)3}, false},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		EventHeader header = cases[i].header;
		WireBuffer bytes = {0};
		Event event;
		Hash head;
		g_assert_true(event_encode(&bytes, &header, salt, slice_of_text("p"), (Slice){0},
								   wire_test_sha256, &head) == cases[i].good);
		if (cases[i].good) {
			g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &event), ==, WIRE_OK);
			assert_same_header(&event.header, &header);
		}
		wire_buffer_clear(&bytes);
	}
}

static void test_size_is_bounded(void)
{
	g_autofree guint8 *large = g_malloc0(EVENT_SIZE_MAX + 1);
	EventHeader header = sample_header();
	WireBuffer bytes = {0};
	Event event;
	Hash head;

	wire_put_uint(&bytes, 1);
	g_assert_false(event_encode(&bytes, &header, salt, slice_of(large, EVENT_SIZE_MAX), (Slice){0},
								wire_test_sha256, &head));
	g_assert_cmpuint(bytes.size, ==, 1); /* what was before is still there */
	g_assert_true(event_encode(&bytes, &header, salt, slice_of(large, 7000), (Slice){0},
							   wire_test_sha256, &head));
	g_assert_cmpint(event_decode(slice_of(large, EVENT_SIZE_MAX + 1), &event), ==, WIRE_RANGE);
	wire_buffer_clear(&bytes);
}

static void test_unknown_kind_is_kept(void)
{
	EventHeader header = sample_header();
	WireBuffer bytes = {0};
	EventBody body;
	Event event;
	Hash head, previous = header.previous;

	header.kind = 4711;
	g_assert_true(event_encode(&bytes, &header, salt, slice_of_text("what a later terminal says"),
							   slice_of_text("beside"), wire_test_sha256, &head));
	g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &event), ==, WIRE_OK);
	g_assert_cmpuint(event.header.kind, ==, 4711);
	g_assert_cmpint(event_check(&event, 1, &previous, wire_test_sha256, &head), ==, WIRE_OK);
	g_assert_cmpint(event_body_decode(4711, event.payload, &body), ==, WIRE_SHAPE);
	g_assert_false(event_kind_known(4711));
	g_assert_null(event_kind_name(4711));
	wire_buffer_clear(&bytes);
}

/* An event whose header is written here in CBOR; "" stands for none. */
static WireResult decode_header(const char *hex)
{
	Slice bytes = wire_test_hex(hex);
	EventHeader header;

	WireResult result = event_header_decode(bytes, &header);
	wire_test_free(bytes);
	return result;
}

#define ID16                                                                                       \
	"50"                                                                                           \
	"00112233445566778899aabbccddeeff"
#define HASH32                                                                                     \
	"5820"                                                                                         \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BODY                                                                                       \
	"0101"                                                                                         \
	"0214"                                                                                         \
	"031b000001955944f7d0"                                                                         \
	"04191388"                                                                                     \
	"05" ID16 "0602"                                                                               \
	"071832"                                                                                       \
	"08" HASH32

static void test_headers_from_outside(void)
{
	static const struct {
		const char *hex;
		WireResult result;
	} cases[] = {
		{"aa"
		 "0001" BODY "09" HASH32,
		 WIRE_OK},
		/* unknown keys, of any type, are ignored: after, between, negative */
		{"ab"
		 "0001" BODY "09" HASH32 "0a"
		 "a1616101",
		 WIRE_OK},
		{"ac"
		 "0001" BODY "09" HASH32 "0af6"
		 "20820102",
		 WIRE_OK},
		/* but they are checked */
		{"ab"
		 "0001" BODY "09" HASH32 "0a"
		 "fb3ff199999999999a",
		 WIRE_MALFORMED},
		{"ab"
		 "0001" BODY "09" HASH32 "6161"
		 "01",
		 WIRE_SHAPE},
		/* versions */
		{"aa"
		 "0002" BODY "09" HASH32,
		 WIRE_VERSION},
		{"aa"
		 "0000" BODY "09" HASH32,
		 WIRE_VERSION},
		{"aa"
		 "001bffffffffffffffff" BODY "09" HASH32,
		 WIRE_VERSION},
		{"a9" BODY "09" HASH32, WIRE_SHAPE},
		{"aa"
		 "00f5" BODY "09" HASH32,
		 WIRE_SHAPE},
		{"a0", WIRE_SHAPE},
		{"", WIRE_MALFORMED},
		/* something missing, repeated, of another size */
		{"a9"
		 "0001" BODY,
		 WIRE_SHAPE},
		{"aa"
		 "0001" BODY "0a" HASH32,
		 WIRE_SHAPE},
		{"ab"
		 "0001" BODY "09" HASH32 "09" HASH32,
		 WIRE_MALFORMED},
		{"aa"
		 "0001" BODY "09" ID16,
		 WIRE_RANGE},
		{"aa"
		 "0001" BODY "09" HASH32 "00",
		 WIRE_SHAPE},
		{"aa"
		 "0001" BODY "09"
		 "5820"
		 "0001",
		 WIRE_MALFORMED},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%" G_GSIZE_FORMAT, i);
		g_assert_cmpint(decode_header(cases[i].hex), ==, cases[i].result);
	}
}

static void test_parts_from_outside(void)
{
	static const struct {
		const char *hex; /* what follows the header */
		WireResult result;
	} cases[] = {
		{"50"
		 "30303030303030303030303030303030"
		 "4170"
		 "f6",
		 WIRE_OK},
		{"f6"
		 "f6"
		 "f6",
		 WIRE_OK}, /* destroyed */
		{"f6"
		 "f6"
		 "4161",
		 WIRE_OK}, /* the probe stayed */
		{"f6"
		 "4170"
		 "f6",
		 WIRE_SHAPE}, /* half destroyed */
		{"50"
		 "30303030303030303030303030303030"
		 "f6"
		 "f6",
		 WIRE_SHAPE},
		{"40"
		 "4170"
		 "f6",
		 WIRE_RANGE},
		{"50"
		 "30303030303030303030303030303030"
		 "40"
		 "f6",
		 WIRE_RANGE}, /* an empty payload */
		{"50"
		 "30303030303030303030303030303030"
		 "4170"
		 "40",
		 WIRE_RANGE}, /* an empty attachment */
		{"50"
		 "30303030303030303030303030303030"
		 "a0"
		 "f6",
		 WIRE_SHAPE},
		{"50"
		 "30303030303030303030303030303030"
		 "4170"
		 "f6"
		 "00",
		 WIRE_SHAPE},
		{"50"
		 "30303030303030303030303030303030"
		 "4170",
		 WIRE_MALFORMED},
	};
	Slice header = wire_test_hex("aa"
								 "0001" BODY "09" HASH32);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Slice rest = wire_test_hex(cases[i].hex);
		WireBuffer bytes = {0};
		Event event;
		wire_put_array(&bytes, 4);
		wire_put_bytes(&bytes, header);
		wire_put_raw(&bytes, rest);
		g_test_message("%s", cases[i].hex);
		g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &event), ==, cases[i].result);
		wire_buffer_clear(&bytes);
		wire_test_free(rest);
	}
	wire_test_free(header);
}

static void test_genesis_is_as_described(void)
{
	Hash genesis, expected;
	Slice label = slice_of_text("hadir/1/journal"), zero = slice_of("", 1);
	Slice parts[] = {label, zero, slice_of_text(wire_sample_terminal.text), zero,
					 slice_of(wire_sample_journal.bytes, 16)};

	wire_test_sha256(parts, G_N_ELEMENTS(parts), &expected);
	event_genesis(&wire_sample_terminal, &wire_sample_journal, wire_test_sha256, &genesis);
	g_assert_true(hash_equal(&genesis, &expected));
}

static void test_chain_follows(void)
{
	WireBuffer memory = {0};
	EventBatch batch;
	size_t bad = 99;

	wire_sample_chain(&memory, N_CHAIN, &batch);
	g_assert_cmpint(event_batch_check(&batch, wire_test_sha256, &bad), ==, WIRE_OK);
	wire_buffer_clear(&memory);
}

/* Removes, swaps and repeats events, cuts the ends, and changes each byte of one event. */
static void test_chain_shows_every_change(void)
{
	WireBuffer memory = {0};
	EventBatch batch, changed;
	size_t bad = 0;

	wire_sample_chain(&memory, N_CHAIN, &batch);
	changed = batch; /* removed */
	memmove(&changed.events[5], &changed.events[6], (N_CHAIN - 6) * sizeof changed.events[0]);
	changed.n_events = N_CHAIN - 1;
	g_assert_cmpint(event_batch_check(&changed, wire_test_sha256, &bad), ==, WIRE_CHAIN);
	g_assert_cmpuint(bad, ==, 5);
	changed = batch; /* swapped */
	changed.events[7] = batch.events[8];
	changed.events[8] = batch.events[7];
	g_assert_cmpint(event_batch_check(&changed, wire_test_sha256, &bad), ==, WIRE_CHAIN);
	g_assert_cmpuint(bad, ==, 7);
	changed = batch; /* repeated */
	changed.events[3] = batch.events[2];
	g_assert_cmpint(event_batch_check(&changed, wire_test_sha256, &bad), ==, WIRE_CHAIN);
	g_assert_cmpuint(bad, ==, 3);
	changed = batch; /* a tail cut off */
	changed.n_events = N_CHAIN - 1;
	g_assert_cmpint(event_batch_check(&changed, wire_test_sha256, &bad), ==, WIRE_CHAIN);
	changed = batch; /* another beginning */
	changed.previous.bytes[0] ^= 1;
	g_assert_cmpint(event_batch_check(&changed, wire_test_sha256, &bad), ==, WIRE_CHAIN);
	g_assert_cmpuint(bad, ==, 0);
	for (size_t i = 0; i < batch.events[4].size; i++) {
		uint8_t *byte = (uint8_t *)batch.events[4].data + i;
		*byte ^= 0x10;
		g_assert_cmpint(event_batch_check(&batch, wire_test_sha256, &bad), !=, WIRE_OK);
		*byte ^= 0x10;
	}
	wire_buffer_clear(&memory);
}

static size_t index_of(const EventBatch *batch, uint32_t kind)
{
	for (size_t i = 0; i < batch->n_events; i++) {
		Event event;
		g_assert_cmpint(event_decode(batch->events[i], &event), ==, WIRE_OK);
		if (event.header.kind == kind)
			return i;
	}
	g_assert_not_reached();
}

/* What the law has destroyed at the server still verifies there; what is missing on the way from
 * the terminal was taken by somebody. */
static void test_destroyed_parts(void)
{
	static const struct {
		uint32_t kind;
		EventPart part;
	} cases[] = {{EVENT_PUNCH, EVENT_PAYLOAD},
				 {EVENT_CLAIM, EVENT_PAYLOAD},
				 {EVENT_CLAIM, EVENT_ATTACHMENT}};
	WireBuffer memory = {0};
	EventBatch batch;

	wire_sample_chain(&memory, N_CHAIN, &batch);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		size_t at = index_of(&batch, cases[i].kind), bad = 0;
		Slice whole = batch.events[at];
		WireBuffer bytes = {0};
		Event event, left;
		Hash head, head_left;

		g_assert_cmpint(event_decode(whole, &event), ==, WIRE_OK);
		g_assert_true(event_destroy(&bytes, &event, cases[i].part));
		g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &left), ==, WIRE_OK);
		g_assert_true(left.payload_destroyed == (cases[i].part == EVENT_PAYLOAD));
		g_assert_cmpuint(left.attachment.size, ==, 0);
		event_check(&event, at + 1, &event.header.previous, wire_test_sha256, &head);
		g_assert_cmpint(
			event_check(&left, at + 1, &event.header.previous, wire_test_sha256, &head_left), ==,
			WIRE_OK);
		g_assert_true(hash_equal(&head, &head_left));
		batch.events[at] = wire_buffer_slice(&bytes);
		g_assert_cmpint(event_batch_check(&batch, wire_test_sha256, &bad), ==, WIRE_CHAIN);
		g_assert_cmpuint(bad, ==, at);
		batch.events[at] = whole;
		wire_buffer_clear(&bytes);
	}
	wire_buffer_clear(&memory);
}

/* An event that is well chained and cannot be read is stored, attachment and all. */
static void test_unreadable_payload_is_kept(void)
{
	EventHeader header = sample_header();
	WireBuffer bytes = {0};
	EventBatch batch = {.first = 1, .last = 1, .n_events = 1, .previous = header.previous};
	size_t bad = 0;

	header.kind = EVENT_CLAIM;
	g_assert_true(event_encode(&bytes, &header, salt, slice_of_text("no CBOR"),
							   slice_of_text("beside"), wire_test_sha256, &batch.head));
	batch.events[0] = wire_buffer_slice(&bytes);
	g_assert_cmpint(event_batch_check(&batch, wire_test_sha256, &bad), ==, WIRE_OK);
	wire_buffer_clear(&bytes);
}

static void test_attachment_is_the_named_one(void)
{
	static const struct {
		uint32_t kind;
		const char *attachment;
		WireResult result;
	} cases[] = {
		{EVENT_CLAIM, "a sealed probe", WIRE_OK},
		{EVENT_CLAIM, "another probe!", WIRE_CHAIN},
		{EVENT_PUNCH, "a sealed probe", WIRE_CHAIN}, /* a kind that names none */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		EventHeader header = sample_header();
		WireBuffer payload = {0}, bytes = {0};
		EventBody body;
		Event event;
		Hash head, previous = header.previous;

		header.kind = cases[i].kind;
		g_assert_true(wire_sample_body(cases[i].kind, &body));
		event_body_encode(&payload, cases[i].kind, &body);
		g_assert_true(event_encode(&bytes, &header, salt, wire_buffer_slice(&payload),
								   slice_of_text(cases[i].attachment), wire_test_sha256, &head));
		g_assert_cmpint(event_decode(wire_buffer_slice(&bytes), &event), ==, WIRE_OK);
		g_assert_cmpint(event_check(&event, 1, &previous, wire_test_sha256, &head), ==,
						cases[i].result);
		wire_buffer_clear(&bytes);
		wire_buffer_clear(&payload);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/event/comes_back_whole", test_comes_back_whole);
	g_test_add_func("/protocol/event/extreme_headers", test_extreme_headers);
	g_test_add_func("/protocol/event/size_is_bounded", test_size_is_bounded);
	g_test_add_func("/protocol/event/unknown_kind_is_kept", test_unknown_kind_is_kept);
	g_test_add_func("/protocol/event/headers_from_outside", test_headers_from_outside);
	g_test_add_func("/protocol/event/parts_from_outside", test_parts_from_outside);
	g_test_add_func("/protocol/event/genesis_is_as_described", test_genesis_is_as_described);
	g_test_add_func("/protocol/event/chain_follows", test_chain_follows);
	g_test_add_func("/protocol/event/chain_shows_every_change", test_chain_shows_every_change);
	g_test_add_func("/protocol/event/destroyed_parts", test_destroyed_parts);
	g_test_add_func("/protocol/event/attachment_is_the_named_one",
					test_attachment_is_the_named_one);
	g_test_add_func("/protocol/event/unreadable_payload_is_kept", test_unreadable_payload_is_kept);
	return g_test_run();
}
