/*
 * A terminal for the server's tests, made of protocol/ alone: keys, a journal in memory, and the
 * messages a terminal sends.  Its clock is whatever the test says.
 */
#pragma once

#include <string.h>

#include "protocol/enrol.h"
#include "protocol/event.h"
#include "protocol/health.h"
#include "protocol/topic.h"
#include "protocol/want.h"
#include "server/collect.h"
#include "server/crypto_openssl.h"
#include "server/wire.h"

#define DEVICE_EVENTS_MAX 4096

typedef struct {
	TerminalId id;
	ServerKey *signing, *sealing;
	KeyId key;
	RandomId journal, boot;
	ClockTrust trust;
	gint64 boot_wall_ms; /* the true time at which mono was 0 */
	gint64 clock_error_ms;
	guint64 number;
	/* events[seq - 1]; heads[seq], heads[0] the genesis */
	GPtrArray *events; /* of GBytes */
	GArray *heads;     /* of Hash */
} Device;

static inline void device_new_journal(Device *device)
{
	Hash genesis;
	g_clear_pointer(&device->events, g_ptr_array_unref);
	g_clear_pointer(&device->heads, g_array_unref);
	crypto_random(device->journal.bytes, sizeof device->journal.bytes);
	device->events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	device->heads = g_array_new(FALSE, FALSE, sizeof(Hash));
	event_genesis(&device->id, &device->journal, crypto_sha256, &genesis);
	g_array_append_val(device->heads, genesis);
}

static inline void device_new_boot(Device *device, gint64 now_ms)
{
	crypto_random(device->boot.bytes, sizeof device->boot.bytes);
	device->boot_wall_ms = now_ms;
}

static inline Device *device_new(const char *id, gint64 now_ms)
{
	Device *device = g_new0(Device, 1);
	PublicKey public_key;
	g_assert_true(terminal_id_parse(&device->id, (Slice){(const uint8_t *)id, strlen(id)}));
	device->signing = server_key_generate();
	device->sealing = server_key_generate();
	device->trust = CLOCK_SET;
	server_key_public(device->signing, &public_key);
	key_id_of(&public_key, crypto_sha256, &device->key);
	device_new_boot(device, now_ms);
	device_new_journal(device);
	return device;
}

static inline void device_free(Device *device)
{
	server_key_free(device->signing);
	server_key_free(device->sealing);
	g_ptr_array_unref(device->events);
	g_array_unref(device->heads);
	g_free(device);
}

static inline gint64 device_seq(const Device *device)
{
	return device->events->len;
}

static inline Hash device_head(const Device *device, gint64 seq)
{
	return g_array_index(device->heads, Hash, seq);
}

/* Journals one event at the true time `at_ms`. Gives its sequence. */
static inline gint64 device_append(Device *device, guint32 kind, const EventBody *body,
								   Slice attachment, gint64 at_ms)
{
	g_auto(WireBuffer) payload = {0}, bytes = {0};
	uint8_t salt[EVENT_SALT_SIZE];
	Hash head;
	EventHeader header = {.seq = (uint64_t)device_seq(device) + 1,
						  .kind = kind,
						  .wall_ms = at_ms + device->clock_error_ms,
						  .mono_ms = (uint64_t)MAX(at_ms - device->boot_wall_ms, 0),
						  .boot = device->boot,
						  .trust = device->trust,
						  .previous = device_head(device, device_seq(device))};
	crypto_random(salt, sizeof salt);
	event_body_encode(&payload, kind, body);
	g_assert_true(event_encode(&bytes, &header, salt, wire_buffer_slice(&payload), attachment,
							   crypto_sha256, &head));
	g_ptr_array_add(device->events, g_bytes_new(bytes.data, bytes.size));
	g_array_append_val(device->heads, head);
	return device_seq(device);
}

static inline gint64 device_boot_event(Device *device, gboolean simulated, gint64 at_ms)
{
	EventBody body = {.boot = {.version = {(const uint8_t *)"test", 4},
							   .sensor = {(const uint8_t *)"s", 1},
							   .display = {(const uint8_t *)"d", 1},
							   .indicators = {(const uint8_t *)"i", 1},
							   .simulated = simulated,
							   .clean = true}};
	return device_append(device, EVENT_BOOT, &body, (Slice){0}, at_ms);
}

static inline gint64 device_alive(Device *device, gint64 at_ms)
{
	EventBody body = {.alive = {.sensor_ok = true}};
	return device_append(device, EVENT_ALIVE, &body, (Slice){0}, at_ms);
}

static inline gint64 device_punch(Device *device, PersonId person, gint64 at_ms)
{
	EventBody body = {.punch = {.person = person,
								.reference = 1,
								.score_milli = 100000,
								.margin_milli = 50000,
								.quality = 80}};
	return device_append(device, EVENT_PUNCH, &body, (Slice){0}, at_ms);
}

static inline EnvelopeHead device_envelope(Device *device, MessageType type)
{
	return (EnvelopeHead){
		.type = type, .key = device->key, .terminal = device->id, .number = ++device->number};
}

/* up/events over first … last. (transfer full) */
static inline GBytes *device_batch(Device *device, gint64 first, gint64 last)
{
	EnvelopeHead head = device_envelope(device, MESSAGE_EVENTS);
	EventBatch batch = {.journal = device->journal,
						.first = (uint64_t)first,
						.last = (uint64_t)last,
						.previous = device_head(device, first - 1),
						.head = device_head(device, last),
						.n_events = (size_t)(last - first + 1)};
	for (gint64 seq = first; seq <= last; seq++)
		batch.events[seq - first] = slice_of_bytes(device->events->pdata[seq - 1]);
	g_auto(WireBuffer) message = {0};
	g_assert_true(event_batch_encode(&message, &head, &batch, crypto_sign, device->signing));
	return g_bytes_new(message.data, message.size);
}

static inline GBytes *device_sign(Device *device, MessageType type, const WireBuffer *payload)
{
	EnvelopeHead head = device_envelope(device, type);
	g_auto(WireBuffer) message = {0};
	g_assert_true(
		envelope_sign(&message, &head, wire_buffer_slice(payload), crypto_sign, device->signing));
	return g_bytes_new(message.data, message.size);
}

static inline void device_topic(const Device *device, TopicKind kind, char topic[TOPIC_MAX])
{
	topic_format(topic, kind, &device->id, crypto_sha256);
}
