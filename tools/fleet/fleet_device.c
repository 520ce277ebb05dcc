#include "tools/fleet/fleet_device.h"

#include <string.h>

#include "protocol/health.h"
#include "protocol/want.h"
#include "server/wire.h"

#include <openssl/x509.h>

#define VERSION "fleet"

static void random_bytes(GRand *random, guint8 *out, gsize size)
{
	for (gsize i = 0; i < size; i++)
		out[i] = (guint8)g_rand_int(random);
}

FleetDevice *fleet_device_new(const char *id, guint32 seed, const PublicKey *server, gint64 now_ms)
{
	FleetDevice *device = g_new0(FleetDevice, 1);
	g_autoptr(ServerKey) sealing = server_key_generate();
	g_assert_true(terminal_id_parse(&device->id, slice_of_text(id)));
	device->random = g_rand_new_with_seed(seed);
	device->signing = server_key_generate();
	device->tls = server_key_generate();
	server_key_public(device->signing, &device->signing_public);
	server_key_public(sealing, &device->sealing_public);
	key_id_of(&device->signing_public, crypto_sha256, &device->key);
	device->server = *server;
	device->boot_ms = now_ms;
	random_bytes(device->random, device->boot.bytes, sizeof device->boot.bytes);
	device->journals = g_ptr_array_new();
	return device;
}

static void journal_free(FleetJournal *journal)
{
	g_ptr_array_unref(journal->events);
	g_array_unref(journal->heads);
	g_array_unref(journal->touched_us);
	g_free(journal);
}

void fleet_device_free(gpointer data)
{
	FleetDevice *device = data;
	for (guint i = 0; i < device->journals->len; i++)
		journal_free(device->journals->pdata[i]);
	g_ptr_array_unref(device->journals);
	server_key_free(device->signing);
	server_key_free(device->tls);
	g_rand_free(device->random);
	g_free(device->certificate);
	g_free(device);
}

/* ── the journal ── */

FleetJournal *fleet_device_journal(const FleetDevice *device)
{
	return device->journals->pdata[device->journals->len - 1];
}

guint64 fleet_journal_last(const FleetJournal *journal)
{
	return journal->events->len;
}

const Hash *fleet_journal_head(const FleetJournal *journal, guint64 seq)
{
	return &g_array_index(journal->heads, Hash, seq);
}

static guint64 append(FleetDevice *device, guint32 kind, const EventBody *body, gint64 at_ms,
					  gint64 touched_us)
{
	FleetJournal *journal = fleet_device_journal(device);
	g_auto(WireBuffer) payload = {0}, bytes = {0};
	guint8 salt[EVENT_SALT_SIZE];
	Hash head;
	EventHeader header = {.seq = fleet_journal_last(journal) + 1,
						  .kind = kind,
						  .wall_ms = at_ms,
						  .mono_ms = (guint64)MAX(at_ms - device->boot_ms, 0),
						  .boot = device->boot,
						  .trust = CLOCK_SET,
						  .previous = *fleet_journal_head(journal, fleet_journal_last(journal))};
	random_bytes(device->random, salt, sizeof salt);
	event_body_encode(&payload, kind, body);
	g_assert_true(event_encode(&bytes, &header, salt, wire_buffer_slice(&payload), (Slice){0},
							   crypto_sha256, &head));
	g_ptr_array_add(journal->events, g_bytes_new(bytes.data, bytes.size));
	g_array_append_val(journal->heads, head);
	g_array_append_val(journal->touched_us, touched_us);
	return fleet_journal_last(journal);
}

FleetJournal *fleet_device_open(FleetDevice *device, guint8 reason, const Receipt *before,
								gint64 now_ms)
{
	FleetJournal *journal = g_new0(FleetJournal, 1);
	EventBody open = {.open = {.reason = reason, .version = slice_of_text(VERSION)}};
	EventBody boot = {.boot = {.version = slice_of_text(VERSION),
							   .sensor = slice_of_text("fleet"),
							   .display = slice_of_text("fleet"),
							   .indicators = slice_of_text("fleet"),
							   .simulated = true,
							   .clean = true}};
	Hash genesis;
	if (before != NULL) {
		open.open.previous_journal = before->journal;
		open.open.previous_seq = before->seq;
		open.open.previous_head = before->head;
	}
	random_bytes(device->random, journal->id.bytes, sizeof journal->id.bytes);
	journal->events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	journal->heads = g_array_new(FALSE, FALSE, sizeof(Hash));
	journal->touched_us = g_array_new(FALSE, FALSE, sizeof(gint64));
	journal->next = 1;
	event_genesis(&device->id, &journal->id, crypto_sha256, &genesis);
	g_array_append_val(journal->heads, genesis);
	g_ptr_array_add(device->journals, journal);
	append(device, EVENT_OPEN, &open, now_ms, 0);
	append(device, EVENT_BOOT, &boot, now_ms, 0);
	return journal;
}

guint64 fleet_device_touch(FleetDevice *device, PersonId person, gint64 at_ms, gint64 touched_us)
{
	EventBody body = {.punch = {.person = person,
								.reference = 1,
								.score_milli = 100000,
								.margin_milli = 50000,
								.quality = 80}};
	return append(device, EVENT_PUNCH, &body, at_ms, touched_us);
}

/* The server keeps what it has: the journal as the server knows it stays here for the checker, and the
 * card goes on with a copy that shares its beginning. */
void fleet_device_roll_back(FleetDevice *device, guint64 seq)
{
	FleetJournal *whole = fleet_device_journal(device);
	FleetJournal *card = g_new0(FleetJournal, 1);
	*card = (FleetJournal){.id = whole->id, .receipted = seq, .next = seq + 1};
	card->events = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	card->heads = g_array_new(FALSE, FALSE, sizeof(Hash));
	card->touched_us = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_array_append_vals(card->heads, whole->heads->data, (guint)seq + 1);
	g_array_append_vals(card->touched_us, whole->touched_us->data, (guint)seq);
	for (guint64 i = 0; i < seq; i++)
		g_ptr_array_add(card->events, g_bytes_ref(whole->events->pdata[i]));
	whole->closed = TRUE;
	whole->closed_seq = whole->receipted;
	g_ptr_array_add(device->journals, card);
}

FleetJournal *fleet_device_pending(const FleetDevice *device)
{
	for (guint i = 0; i < device->journals->len; i++) {
		FleetJournal *journal = device->journals->pdata[i];
		if (!journal->closed && journal->receipted < fleet_journal_last(journal))
			return journal;
	}
	return NULL;
}

guint64 fleet_device_backlog(const FleetDevice *device)
{
	guint64 n = 0;
	for (guint i = 0; i < device->journals->len; i++) {
		const FleetJournal *journal = device->journals->pdata[i];
		if (!journal->closed)
			n += fleet_journal_last(journal) - journal->receipted;
	}
	return n;
}

/* ── up ── */

static EnvelopeHead next_head(FleetDevice *device, MessageType type)
{
	return (EnvelopeHead){
		.type = type, .key = device->key, .terminal = device->id, .number = ++device->number};
}

guint64 fleet_journal_batch_end(const FleetJournal *journal, guint64 first)
{
	guint64 last = MIN(first + EVENT_BATCH_MAX - 1, fleet_journal_last(journal));
	gsize size = 0;
	for (guint64 seq = first; seq <= last; seq++) {
		size += g_bytes_get_size(journal->events->pdata[seq - 1]);
		if (size > FLEET_BATCH_BYTES)
			return MAX(seq - 1, first);
	}
	return last;
}

GBytes *fleet_device_batch(FleetDevice *device, const FleetJournal *journal, guint64 first,
						   guint64 last, ServerKey *key)
{
	EnvelopeHead head = next_head(device, MESSAGE_EVENTS);
	EventBatch batch = {.journal = journal->id,
						.first = first,
						.last = last,
						.previous = *fleet_journal_head(journal, first - 1),
						.head = *fleet_journal_head(journal, last),
						.n_events = (size_t)(last - first + 1)};
	WireBuffer message = {0};
	for (guint64 seq = first; seq <= last; seq++) {
		GBytes *event = journal->events->pdata[seq - 1];
		batch.events[seq - first] = slice_of_bytes(event);
	}
	g_assert_true(event_batch_encode(&message, &head, &batch, crypto_sign, key));
	return g_bytes_new_with_free_func(message.data, message.size, free, message.data);
}

static GBytes *sign(FleetDevice *device, MessageType type, WireBuffer *payload)
{
	EnvelopeHead head = next_head(device, type);
	WireBuffer message = {0};
	g_assert_true(
		envelope_sign(&message, &head, wire_buffer_slice(payload), crypto_sign, device->signing));
	wire_buffer_clear(payload);
	return g_bytes_new_with_free_func(message.data, message.size, free, message.data);
}

GBytes *fleet_device_want(FleetDevice *device, gboolean only_roster)
{
	const FleetJournal *journal = fleet_device_journal(device);
	Want want = {.has_epoch = device->has_epoch,
				 .epoch = device->epoch,
				 .roster_version = device->roster_version,
				 .last_command = device->last_command,
				 .journal = journal->id,
				 .seq = fleet_journal_last(journal),
				 .head = *fleet_journal_head(journal, fleet_journal_last(journal)),
				 .only_roster = only_roster};
	WireBuffer payload = {0};
	want_encode(&payload, &want);
	return sign(device, MESSAGE_WANT, &payload);
}

GBytes *fleet_device_health(FleetDevice *device, gboolean online, gint64 now_ms)
{
	const FleetJournal *journal = fleet_device_journal(device);
	Health health = {.online = online,
					 .journal = journal->id,
					 .seq = fleet_journal_last(journal),
					 .head = *fleet_journal_head(journal, fleet_journal_last(journal)),
					 .receipted = journal->receipted,
					 .wall_ms = now_ms,
					 .trust = CLOCK_SET,
					 .uptime_s = (guint64)MAX(now_ms - device->boot_ms, 0) / 1000,
					 .disk_free = G_GUINT64_CONSTANT(8) << 30,
					 .roster_version = device->roster_version,
					 .sensor_ok = true,
					 .simulated = true,
					 .version = slice_of_text(VERSION),
					 .sensor = slice_of_text("fleet")};
	WireBuffer payload = {0};
	health_encode(&payload, &health);
	return sign(device, MESSAGE_HEALTH, &payload);
}

GBytes *fleet_device_request(const FleetDevice *device)
{
	X509_REQ *request = X509_REQ_new();
	unsigned char *der = NULL;
	int size;
	X509_REQ_set_pubkey(request, server_key_native(device->tls));
	X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request), NID_commonName, MBSTRING_UTF8,
							   (const unsigned char *)device->id.text, -1, -1, 0);
	g_assert_cmpint(X509_REQ_sign(request, server_key_native(device->tls), EVP_sha256()), >, 0);
	size = i2d_X509_REQ(request, &der);
	GBytes *bytes = g_bytes_new(der, (gsize)size);
	OPENSSL_free(der);
	X509_REQ_free(request);
	return bytes;
}

GBytes *fleet_device_join(FleetDevice *device, const guint8 secret[32])
{
	g_autoptr(GBytes) csr = fleet_device_request(device);
	Join join = {.signing = device->signing_public,
				 .sealing = device->sealing_public,
				 .csr = slice_of_bytes(csr)};
	const Slice parts[] = {slice_of(join.signing.bytes, sizeof join.signing.bytes),
						   slice_of(join.sealing.bytes, sizeof join.sealing.bytes), join.csr};
	WireBuffer payload = {0};
	crypto_hmac_sha256(slice_of(secret, 32), parts, G_N_ELEMENTS(parts), &join.proof);
	join_encode(&payload, &join);
	return sign(device, MESSAGE_JOIN, &payload);
}

void fleet_device_topic(const FleetDevice *device, TopicKind kind, char topic[TOPIC_MAX])
{
	topic_format(topic, kind, &device->id, crypto_sha256);
}

/* ── down ── */

gboolean fleet_device_accept(FleetDevice *device, MessageType type, Slice message, Slice *payload)
{
	Envelope envelope;
	if (envelope_decode(message, &envelope) != WIRE_OK || envelope.head.type != type ||
		!terminal_id_equal(&envelope.head.terminal, &device->id) ||
		envelope_verify(&envelope, crypto_verify, &device->server) != WIRE_OK ||
		(device->has_epoch && random_id_equal(&device->epoch, &envelope.head.epoch) &&
		 envelope.head.number <= device->heard)) {
		device->n_bad++;
		return FALSE;
	}
	device->has_epoch = TRUE;
	device->epoch = envelope.head.epoch;
	device->heard = envelope.head.number;
	*payload = envelope.payload;
	return TRUE;
}

static FleetJournal *find_journal(const FleetDevice *device, const RandomId *id)
{
	for (guint i = device->journals->len; i > 0; i--) {
		FleetJournal *journal = device->journals->pdata[i - 1];
		if (random_id_equal(&journal->id, id))
			return journal;
	}
	return NULL;
}

/* The card was restored: people's events since then go on in a new journal (firmware/journal.h). */
static FleetReceipt begin_anew(FleetDevice *device, FleetJournal *card, const Receipt *receipt,
							   gint64 now_ms)
{
	guint64 first = card->receipted + 1, last = fleet_journal_last(card);
	card->closed = TRUE;
	card->closed_seq = card->receipted;
	fleet_device_open(device, OPEN_CARD_RESTORED, receipt, now_ms);
	for (guint64 seq = first; seq <= last; seq++) {
		GBytes *bytes = card->events->pdata[seq - 1];
		Event event;
		EventBody body;
		g_assert_cmpint(event_decode(slice_of_bytes(bytes), &event), ==, WIRE_OK);
		if (event.header.kind == EVENT_PUNCH &&
			event_body_decode(EVENT_PUNCH, event.payload, &body) == WIRE_OK)
			append(device, EVENT_PUNCH, &body, event.header.wall_ms, 0);
	}
	return FLEET_RECEIPT_FORKED;
}

FleetReceipt fleet_device_receipt(FleetDevice *device, Slice payload, gint64 now_us, gint64 now_ms,
								  void (*latency)(gint64 us, gpointer user), gpointer user)
{
	Receipt receipt;
	if (receipt_decode(payload, &receipt) != WIRE_OK)
		return FLEET_RECEIPT_BAD;
	FleetJournal *journal = find_journal(device, &receipt.journal);
	if (journal == NULL)
		return FLEET_RECEIPT_BAD;
	if (journal->closed)
		return FLEET_RECEIPT_SAME;
	if (receipt.seq > fleet_journal_last(journal) ||
		!hash_equal(fleet_journal_head(journal, receipt.seq), &receipt.head))
		return begin_anew(device, journal, &receipt, now_ms);
	if (receipt.seq <= journal->receipted)
		return FLEET_RECEIPT_SAME;
	for (guint64 seq = journal->receipted + 1; seq <= receipt.seq; seq++) {
		gint64 touched_us = g_array_index(journal->touched_us, gint64, seq - 1);
		if (touched_us != 0)
			latency(now_us - touched_us, user);
	}
	journal->receipted = receipt.seq;
	journal->next = MAX(journal->next, receipt.seq + 1);
	return FLEET_RECEIPT_ADVANCED;
}
