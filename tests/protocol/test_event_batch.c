#include <glib.h>
#include <string.h>

#include "protocol/event.h"
#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"

static void test_comes_back_and_verifies(void)
{
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer memory = {0}, message = {0};
	EventBatch batch, again;
	Envelope envelope;
	PublicKey public;
	size_t bad = 0;

	wire_test_public(&public);
	wire_sample_chain(&memory, EVENT_BATCH_MAX, &batch);
	g_assert_true(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpint(envelope_decode(wire_buffer_slice(&message), &envelope), ==, WIRE_OK);
	g_assert_cmpint(envelope_verify(&envelope, wire_test_verify, &public), ==, WIRE_OK);
	g_assert_cmpint(event_batch_decode(&envelope, &again), ==, WIRE_OK);
	g_assert_true(random_id_equal(&again.journal, &batch.journal));
	g_assert_cmpuint(again.first, ==, 1);
	g_assert_cmpuint(again.last, ==, EVENT_BATCH_MAX);
	g_assert_cmpuint(again.n_events, ==, EVENT_BATCH_MAX);
	g_assert_true(hash_equal(&again.previous, &batch.previous));
	g_assert_true(hash_equal(&again.head, &batch.head));
	for (size_t i = 0; i < again.n_events; i++)
		g_assert_true(slice_equal(again.events[i], batch.events[i]));
	g_assert_cmpint(event_batch_check(&again, wire_test_sha256, &bad), ==, WIRE_OK);
	wire_buffer_clear(&message);
	wire_buffer_clear(&memory);
}

/* A batch from the middle of a journal. */
static void test_part_of_a_journal(void)
{
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer memory = {0}, message = {0};
	EventBatch all, part = {0};
	Envelope envelope;
	Event event;
	size_t bad = 0;

	wire_sample_chain(&memory, 20, &all);
	part.journal = all.journal;
	part.first = 11;
	part.last = 20;
	part.n_events = 10;
	memcpy(part.events, all.events + 10, 10 * sizeof part.events[0]);
	g_assert_cmpint(event_decode(part.events[0], &event), ==, WIRE_OK);
	part.previous = event.header.previous;
	part.head = all.head;
	g_assert_true(
		event_batch_encode(&message, &head, &part, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpint(envelope_decode(wire_buffer_slice(&message), &envelope), ==, WIRE_OK);
	g_assert_cmpint(event_batch_decode(&envelope, &part), ==, WIRE_OK);
	g_assert_cmpint(event_batch_check(&part, wire_test_sha256, &bad), ==, WIRE_OK);
	wire_buffer_clear(&message);
	wire_buffer_clear(&memory);
}

static void test_encoder_refuses_wrong_counts(void)
{
	static const struct {
		uint64_t first, last;
		size_t n_events;
	} cases[] = {{0, 9, 10}, {1, 10, 9}, {1, 10, 11}, {2, 1, 0}, {1, 257, 257}, {0, 0, 0}};
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer memory = {0}, message = {0};
	EventBatch batch;

	wire_sample_chain(&memory, 20, &batch);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		batch.first = cases[i].first;
		batch.last = cases[i].last;
		batch.n_events = cases[i].n_events;
		g_assert_false(
			event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	}
	batch.first = batch.last = batch.n_events = 1;
	head.type = MESSAGE_HEALTH;
	g_assert_false(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpuint(message.size, ==, 0);
	g_assert_false(message.failed);
	wire_buffer_clear(&message);
	wire_buffer_clear(&memory);
}

static void test_message_size_is_bounded(void)
{
	g_autofree guint8 *large = g_malloc0(EVENT_SIZE_MAX);
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer message = {0};
	EventBatch batch = {.first = 1};
	Envelope envelope;

	for (size_t i = 0; i < EVENT_BATCH_MAX; i++)
		batch.events[i] = slice_of(large, EVENT_SIZE_MAX);
	batch.last = batch.n_events = MESSAGE_SIZE_MAX / EVENT_SIZE_MAX;
	g_assert_false(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpuint(message.size, ==, 0);
	batch.last = batch.n_events = EVENT_BATCH_BYTES / EVENT_SIZE_MAX;
	g_assert_true(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpint(envelope_decode(wire_buffer_slice(&message), &envelope), ==, WIRE_OK);
	g_assert_cmpint(event_batch_decode(&envelope, &batch), ==, WIRE_OK);
	wire_buffer_clear(&message);

	/* the smallest events, whose byte strings' heads weigh most */
	for (size_t i = 0; i < EVENT_BATCH_MAX; i++)
		batch.events[i] = slice_of(large, EVENT_BATCH_BYTES / EVENT_BATCH_MAX);
	batch.last = batch.n_events = EVENT_BATCH_MAX;
	g_assert_true(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	wire_buffer_clear(&message);
}

/* The events that follow are not signed: counting them is the decoder's work. */
static void test_events_that_follow(void)
{
	static const struct {
		const char *rest;
		WireResult result;
	} cases[] = {
		{"4161"
		 "4162",
		 WIRE_OK},
		{"4161", WIRE_MALFORMED},
		{"", WIRE_MALFORMED},
		{"4161"
		 "4162"
		 "4163",
		 WIRE_SHAPE},
		{"4161"
		 "6162",
		 WIRE_SHAPE},
		{"4161"
		 "40",
		 WIRE_RANGE},
		{"4161"
		 "592001",
		 WIRE_MALFORMED},
	};
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer message = {0};
	EventBatch batch = {.first = 1, .last = 2, .n_events = 2};
	Envelope envelope;

	batch.events[0] = batch.events[1] = slice_of_text("x");
	g_assert_true(
		event_batch_encode(&message, &head, &batch, wire_test_sign, (void *)wire_test_key));
	g_assert_cmpint(envelope_decode(wire_buffer_slice(&message), &envelope), ==, WIRE_OK);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Slice rest = wire_test_hex(cases[i].rest);
		envelope.rest = rest;
		g_assert_cmpint(event_batch_decode(&envelope, &batch), ==, cases[i].result);
		wire_test_free(rest);
	}
	wire_buffer_clear(&message);
}

/* What is signed may still be no batch. */
static void test_signed_payloads_that_are_none(void)
{
	static const struct {
		MessageType type;
		const char *payload;
		WireResult result;
	} cases[] = {
#define J                                                                                          \
	"0150"                                                                                         \
	"00112233445566778899aabbccddeeff"
#define H                                                                                          \
	"5820"                                                                                         \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
		{MESSAGE_EVENTS,
		 "a60001" J "0201"
		 "0301"
		 "04" H "05" H,
		 WIRE_OK},
		{MESSAGE_HEALTH,
		 "a60001" J "0201"
		 "0301"
		 "04" H "05" H,
		 WIRE_SHAPE},
		{MESSAGE_EVENTS,
		 "a60001" J "0202"
		 "0301"
		 "04" H "05" H,
		 WIRE_RANGE}, /* backwards */
		{MESSAGE_EVENTS,
		 "a60001" J "0201"
		 "03190101"
		 "04" H "05" H,
		 WIRE_RANGE}, /* 257 events */
		{MESSAGE_EVENTS,
		 "a60001" J "0200"
		 "0301"
		 "04" H "05" H,
		 WIRE_RANGE}, /* event 0 */
		{MESSAGE_EVENTS,
		 "a60002" J "0201"
		 "0301"
		 "04" H "05" H,
		 WIRE_VERSION},
		{MESSAGE_EVENTS,
		 "a50001" J "0201"
		 "0301"
		 "04" H,
		 WIRE_SHAPE},
		{MESSAGE_EVENTS, "f6", WIRE_SHAPE},
	};
#undef J
#undef H

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Slice payload = wire_test_hex(cases[i].payload);
		Envelope envelope = {
			.head.type = cases[i].type, .payload = payload, .rest = slice_of("\x41\x00", 2)};
		EventBatch batch;
		g_assert_cmpint(event_batch_decode(&envelope, &batch), ==, cases[i].result);
		wire_test_free(payload);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/protocol/event_batch/comes_back_and_verifies", test_comes_back_and_verifies);
	g_test_add_func("/protocol/event_batch/part_of_a_journal", test_part_of_a_journal);
	g_test_add_func("/protocol/event_batch/encoder_refuses_wrong_counts",
					test_encoder_refuses_wrong_counts);
	g_test_add_func("/protocol/event_batch/message_size_is_bounded", test_message_size_is_bounded);
	g_test_add_func("/protocol/event_batch/events_that_follow", test_events_that_follow);
	g_test_add_func("/protocol/event_batch/signed_payloads_that_are_none",
					test_signed_payloads_that_are_none);
	return g_test_run();
}
