#include "tests/protocol/support/wire_vectors.h"

#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_messages.h"
#include "tests/protocol/support/wire_samples.h"

#define N_CHAIN 20

static const char *const results[] = {
	[WIRE_OK] = "good",     [WIRE_MALFORMED] = "malformed", [WIRE_SHAPE] = "shape",
	[WIRE_RANGE] = "range", [WIRE_VERSION] = "version",     [WIRE_SIGNATURE] = "signature",
	[WIRE_CHAIN] = "chain", [WIRE_MEMORY] = "memory",
};

const char *wire_result_name(WireResult result)
{
	return results[result];
}

int wire_result_parse(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
		if (strcmp(results[i], name) == 0)
			return (int)i;
	}
	return -1;
}

static void vector_free(gpointer data)
{
	WireVector *vector = data;

	wire_buffer_clear(&vector->bytes);
	g_free(vector->file);
	g_free(vector);
}

static WireBuffer *add(GPtrArray *list, const char *file, const char *message, WireResult result,
					   const char *text)
{
	WireVector *vector = g_new0(WireVector, 1);

	vector->file = g_strdup(file);
	vector->message = message;
	vector->result = result;
	vector->text = text;
	g_ptr_array_add(list, vector);
	return &vector->bytes;
}

static const WireVector *find(const GPtrArray *list, const char *file)
{
	for (guint i = 0; i < list->len; i++) {
		const WireVector *vector = list->pdata[i];
		if (strcmp(vector->file, file) == 0)
			return vector;
	}
	g_error("no vector %s", file);
}

static void add_payloads(GPtrArray *list)
{
	Receipt receipt = wire_sample_receipt();
	Health health = wire_sample_health();
	Want want = wire_sample_want();
	Join join = wire_sample_join();
	RosterChunk roster = wire_sample_roster();
	EnrolReport enrol = wire_sample_enrol();

	receipt_encode(add(list, "receipt", "receipt", WIRE_OK, "up to 1204"), &receipt);
	health_encode(add(list, "health", "health", WIRE_OK, "a simulated terminal, online"), &health);
	want_encode(add(list, "want", "want", WIRE_OK, "the next roster chunk"), &want);
	want.has_epoch = want.only_roster = false;
	want_encode(add(list, "want-first", "want", WIRE_OK, "never heard a server"), &want);
	join_encode(add(list, "join", "join", WIRE_OK, "a new device"), &join);
	join.renewal = true;
	join.proof = (Hash){{0}};
	join_encode(add(list, "join-renewal", "join", WIRE_OK, "known device, new certificate"), &join);
	roster_chunk_encode(add(list, "roster", "roster", WIRE_OK, "changes 8 and 9, more follows"),
						&roster);
	roster = (RosterChunk){.reset = true};
	roster_chunk_encode(add(list, "roster-empty", "roster", WIRE_OK, "an empty snapshot"), &roster);
	enrol_report_encode(add(list, "enrol", "enrol", WIRE_OK, "done, two fingers"), &enrol);
	enrol = (EnrolReport){.enrolment = enrol.enrolment,
						  .person = enrol.person,
						  .state = ENROL_CAPTURING,
						  .finger = FINGER_RIGHT_INDEX,
						  .accepted = 1,
						  .wanted = 3,
						  .hint = ENROL_HINT_POOR};
	enrol_report_encode(add(list, "enrol-capturing", "enrol", WIRE_OK, "1 of 3, the last poor"),
						&enrol);
	wire_sample_sealed(add(list, "sealed", "sealed", WIRE_OK, "to the test key"));
}

static void add_commands(GPtrArray *list)
{
	static const char *const files[] = {
		NULL,
		"command-enrol",
		"command-enrol-cancel",
		"command-enrol-answer",
		"command-claim-answer",
		"command-certificate",
		"command-keys",
		"command-revoked",
		"command-resync",
		"command-code",
	};

	for (uint32_t kind = COMMAND_ENROL; kind < G_N_ELEMENTS(files); kind++) {
		Command command;
		g_assert_true(wire_sample_command(kind, &command));
		command_encode(add(list, files[kind], "command", WIRE_OK, "the whole command"), &command);
	}
}

static void add_bodies(GPtrArray *list)
{
	for (uint32_t kind = 1; kind <= EVENT_CODE; kind++) {
		EventBody body;
		if (!wire_sample_body(kind, &body))
			continue;
		g_autofree char *message = g_strdup_printf("body %u", kind);
		g_autofree char *file = g_strdup_printf("body-%s", event_kind_name(kind));
		event_body_encode(add(list, file, g_intern_string(message), WIRE_OK, "an event's payload"),
						  kind, &body);
	}
}

static WireBuffer *add_batch(GPtrArray *list, const char *file, WireResult result, const char *text,
							 const EventBatch *batch)
{
	EnvelopeHead head = wire_sample_head(MESSAGE_EVENTS);
	WireBuffer *bytes = add(list, file, "events", result, text);

	g_assert_true(event_batch_encode(bytes, &head, batch, wire_test_sign, (void *)wire_test_key));
	return bytes;
}

static size_t index_of(const EventBatch *batch, uint32_t kind, Event *event)
{
	for (size_t i = 0; i < batch->n_events; i++) {
		g_assert_cmpint(event_decode(batch->events[i], event), ==, WIRE_OK);
		if (event->header.kind == kind)
			return i;
	}
	g_assert_not_reached();
}

/* The batch with one part of the first event of `kind` removed on the way. */
static void add_robbed(GPtrArray *list, const char *file, const char *text, const EventBatch *batch,
					   uint32_t kind, EventPart part)
{
	EventBatch robbed = *batch;
	WireBuffer bytes = {0};
	Event event;
	size_t at = index_of(batch, kind, &event);

	event_destroy(&bytes, &event, part);
	robbed.events[at] = wire_buffer_slice(&bytes);
	add_batch(list, file, WIRE_CHAIN, text, &robbed);
	wire_buffer_clear(&bytes);
}

static void add_events(GPtrArray *list)
{
	WireBuffer memory = {0};
	EventBatch batch, other;
	Event event;

	wire_sample_chain(&memory, N_CHAIN, &batch);
	add_batch(list, "events", WIRE_OK, "20 events, the beginning of a journal", &batch);
	index_of(&batch, EVENT_PUNCH, &event);
	wire_put_raw(add(list, "header", "header", WIRE_OK, "of a punch"), event.header_bytes);
	event_destroy(add(list, "event-destroyed", "event", WIRE_OK, "at the server, by law"), &event,
				  EVENT_PAYLOAD);
	wire_put_raw(add(list, "event", "event", WIRE_OK, "a punch"),
				 batch.events[index_of(&batch, EVENT_PUNCH, &event)]);
	wire_put_raw(add(list, "event-claim", "event", WIRE_OK, "with its probe beside it"),
				 batch.events[index_of(&batch, EVENT_CLAIM, &event)]);
	other = batch;
	other.events[7] = batch.events[8];
	other.events[8] = batch.events[7];
	add_batch(list, "events-swapped", WIRE_CHAIN, "events 8 and 9 changed places", &other);
	other = batch;
	other.events[4] = batch.events[3];
	add_batch(list, "events-repeated", WIRE_CHAIN, "event 4 in the place of event 5", &other);
	other = batch;
	other.head.bytes[31] ^= 1;
	add_batch(list, "events-other-head", WIRE_CHAIN, "the signed head is not the last event's",
			  &other);
	other = batch;
	other.previous.bytes[0] ^= 1;
	add_batch(list, "events-other-previous", WIRE_CHAIN, "the first event follows another head",
			  &other);
	add_robbed(list, "events-without-payload", "a punch's payload was removed on the way", &batch,
			   EVENT_PUNCH, EVENT_PAYLOAD);
	add_robbed(list, "events-without-probe", "a claim's probe was removed on the way", &batch,
			   EVENT_CLAIM, EVENT_ATTACHMENT);
	wire_buffer_clear(&memory);
}

static void add_envelope(GPtrArray *list, const char *file, MessageType type, const char *payload)
{
	EnvelopeHead head = wire_sample_head(type);
	Slice bytes = wire_buffer_slice(&find(list, payload)->bytes);

	WireBuffer *out = add(list, file, "envelope", WIRE_OK, "signed with the test key");
	g_assert_true(envelope_sign(out, &head, bytes, wire_test_sign, (void *)wire_test_key));
}

static void add_envelopes(GPtrArray *list)
{
	add_envelope(list, "up-health", MESSAGE_HEALTH, "health");
	add_envelope(list, "up-enrol", MESSAGE_ENROL, "enrol");
	add_envelope(list, "up-want", MESSAGE_WANT, "want");
	add_envelope(list, "up-join", MESSAGE_JOIN, "join");
	add_envelope(list, "down-receipt", MESSAGE_RECEIPT, "receipt");
	add_envelope(list, "down-roster", MESSAGE_ROSTER, "roster");
	add_envelope(list, "down-command", MESSAGE_COMMAND, "command-enrol");
}

/* A vector made from another: the one place where `find` stands gets `put`, and `append` follows at
 * the end.  All in hex. */
typedef struct {
	const char *from, *file, *find, *put, *append;
	WireResult result;
	const char *text;
} Edit;

static const Edit edits[] = {
	/* the codec's rules, on the smallest message */
	{"receipt", "receipt-more-not-utf8", "a40001", "a60001", "18c8830161f6a16161f62001",
	 WIRE_MALFORMED, "an unknown value that is not UTF-8"},
	{"receipt", "receipt-more-keys", "a40001", "a60001", "18c883016178a16161f62001", WIRE_OK,
	 "keys that a later version adds are ignored"},
	{"receipt", "receipt-nested", "a40001", "a50001", "18c881818181818181818100", WIRE_MALFORMED,
	 "an unknown value nested nine deep"},
	{"receipt", "receipt-version-2", "a40001", "a40002", "", WIRE_VERSION, "another version"},
	{"receipt", "receipt-version-missing", "a40001", "a3", "", WIRE_SHAPE, "no version"},
	{"receipt", "receipt-version-text", "a40001", "a4006131", "", WIRE_SHAPE,
	 "a version of letters"},
	{"receipt", "receipt-array", "a40001", "880001", "", WIRE_SHAPE, "an array, no map"},
	{"receipt", "receipt-indefinite", "a40001", "bf0001", "ff", WIRE_MALFORMED,
	 "an indefinite map"},
	{"receipt", "receipt-long-head", "a40001", "b8040001", "", WIRE_MALFORMED,
	 "a map's head not in its shortest form"},
	{"receipt", "receipt-long-number", "021904b4", "021a000004b4", "", WIRE_MALFORMED,
	 "a number not in its shortest form"},
	{"receipt", "receipt-largest", "021904b4", "021b7fffffffffffffff", "", WIRE_OK,
	 "the largest number"},
	{"receipt", "receipt-too-large", "021904b4", "021b8000000000000000", "", WIRE_RANGE,
	 "one more than the largest"},
	{"receipt", "receipt-negative", "021904b4", "0220", "", WIRE_SHAPE, "a negative number"},
	{"receipt", "receipt-float", "021904b4", "02f94100", "", WIRE_MALFORMED, "floating point"},
	{"receipt", "receipt-repeated", "a40001", "a500010001", "", WIRE_MALFORMED, "a key twice"},
	{"receipt", "receipt-unordered", "a40001", "a60001", "200118c800", WIRE_MALFORMED,
	 "key -1 before key 200"},
	{"receipt", "receipt-without-head", "a40001", "a30001", "", WIRE_SHAPE, "two of three fields"},
	{"receipt", "receipt-trailing", "", "", "00", WIRE_SHAPE, "a byte too many"},
	{"receipt", "receipt-4gib", "021904b4", "025affffffff", "", WIRE_MALFORMED, "4 GiB promised"},
	{"health", "health-control", "65302e312e30", "65302e0a2e30", "", WIRE_RANGE,
	 "a control character"},
	{"health", "health-not-utf8", "65302e312e30", "65302eff2e30", "", WIRE_MALFORMED, "no UTF-8"},
	{"health", "health-bytes", "65302e312e30", "45302e312e30", "", WIRE_SHAPE, "bytes for a text"},
	{"health", "health-before-1970", "061b", "063b", "", WIRE_RANGE, "a negative time"},
	/* the envelope */
	{"down-receipt", "envelope-untagged", "d284", "84", "", WIRE_SHAPE, "no tag"},
	{"down-receipt", "envelope-mac0", "d284", "d184", "", WIRE_SHAPE, "another COSE structure"},
	{"down-receipt", "envelope-eddsa", "a60126", "a60127", "", WIRE_VERSION, "another algorithm"},
	{"down-receipt", "envelope-other-type", "72656365697074", "72656365697075", "", WIRE_SHAPE,
	 "an unknown type"},
	{"down-receipt", "envelope-unprotected", "182aa058", "182aa1040158", "", WIRE_RANGE,
	 "a header that is not protected"},
	{"down-receipt", "envelope-other-number", "3a00011172182a", "3a00011172182b", "",
	 WIRE_SIGNATURE, "the number was changed"},
	{"down-receipt", "envelope-other-terminal", "626b642d6c6f62692d31", "626b642d6c6f62692d32", "",
	 WIRE_SIGNATURE, "the terminal was changed"},
	{"down-receipt", "envelope-service-name", "626b642d6c6f62692d31", "746f6f6c2d6f62692d31", "",
	 WIRE_RANGE, "a service's name"},
	{"down-receipt", "envelope-upper-case", "626b642d6c6f62692d31", "424b442d6c6f62692d31", "",
	 WIRE_RANGE, "no terminal id"},
	{"down-receipt", "envelope-other-payload", "021904b4", "021904b5", "", WIRE_SIGNATURE,
	 "the payload was changed"},
	{"down-receipt", "envelope-trailing", "", "", "40", WIRE_SHAPE,
	 "only events follow a signature"},
	{"events", "events-one-more", "", "", "4100", WIRE_SHAPE, "one event more than signed"},
	/* events */
	{"header", "header-version-2", "aa0001", "aa0002", "", WIRE_VERSION, "another version"},
	{"header", "header-kind-0", "0214", "0200", "", WIRE_RANGE, "no kind"},
	{"header", "header-kind-unknown", "0214", "021a0001e240", "", WIRE_OK, "a kind of later"},
	{"header", "header-trust-3", "0602", "0603", "", WIRE_RANGE, "no degree of trust"},
	{"event-destroyed", "event-half-destroyed", "f6f6f6", "f64170f6", "", WIRE_SHAPE,
	 "a payload without its salt"},
	{"event-destroyed", "event-five-parts", "8458", "8558", "f6", WIRE_RANGE, "five parts of four"},
	{"event-destroyed", "event-empty-attachment", "f6f6f6", "f6f640", "", WIRE_RANGE,
	 "an attachment of no bytes"},
	{"body-punch", "body-punch-nobody", "011a000758ec", "0100", "", WIRE_RANGE, "person 0"},
	{"body-punch", "body-punch-billion", "011a000758ec", "011a3b9aca00", "", WIRE_RANGE,
	 "person 1000000000"},
	{"body-punch", "body-punch-quality", "051853", "051865", "", WIRE_RANGE, "101 of 100"},
	{"body-claim", "body-claim-letter", "313939303031", "313939303061", "", WIRE_RANGE,
	 "a letter in a number"},
	{"body-claim", "body-claim-long", "7231", "733131", "", WIRE_RANGE, "19 digits"},
	{"body-alive", "body-alive-number", "03f5", "0301", "", WIRE_SHAPE, "a number for a truth"},
	{"body-unrecognised", "body-unrecognised-cause", "a30101", "a30105", "", WIRE_RANGE,
	 "no cause"},
	{"body-enrolment", "body-enrolment-finger", "81a20102", "81a2010b", "", WIRE_RANGE,
	 "an eleventh finger"},
	/* the other messages */
	{"join", "join-renewal-with-proof", "04f405", "04f505", "", WIRE_SHAPE,
	 "a renewal needs no proof"},
	{"join-renewal", "join-without-proof", "04f5", "04f4", "", WIRE_SHAPE, "a first join needs it"},
	{"join", "join-compressed", "01584104", "01584102", "", WIRE_RANGE, "no uncompressed point"},
	{"enrol", "enrol-capturing-templates", "03030503", "03020503", "", WIRE_SHAPE,
	 "templates before the enrolment is done"},
	{"enrol", "enrol-done-no-event", "0a190514", "0a00", "", WIRE_SHAPE, "done, but no event"},
	{"enrol", "enrol-quality", "021853", "021865", "", WIRE_RANGE, "101 of 100"},
	{"roster", "roster-backwards", "010702", "010a02", "", WIRE_RANGE, "from 10 up to 9"},
	{"roster", "roster-offset", "091901a4", "09190349", "", WIRE_RANGE, "14 h 1 min from UTC"},
	{"roster", "roster-removed-nobody", "0782051909", "0782001909", "", WIRE_RANGE,
	 "person 0 removed"},
	{"command-revoked", "command-unknown", "020703", "02187b03", "", WIRE_OK,
	 "an unknown kind is passed by"},
	{"command-revoked", "command-id-0", "010302", "010002", "", WIRE_RANGE, "ids begin with 1"},
	{"command-enrol", "command-enrol-no-finger", "06820207", "0680", "", WIRE_RANGE,
	 "no finger ordered"},
	{"command-enrol", "command-enrol-finger-11", "06820207", "0682020b", "", WIRE_RANGE,
	 "an eleventh finger"},
	{"command-certificate", "command-leaf-count", "6f720201", "6f720203", "", WIRE_RANGE,
	 "three of two certificates are the leaf's"},
	{"command-keys", "command-keys-point", "01584104", "01584103", "", WIRE_RANGE,
	 "no uncompressed point"},
	{"sealed", "sealed-point", "83584104", "83584102", "", WIRE_RANGE, "no uncompressed point"},
	{"sealed", "sealed-nonce", "4c6e6f6e63652d303030303100", "4b6e6f6e63652d3030303031", "",
	 WIRE_RANGE, "a nonce of 11 bytes"},
};

static GString *hex_of(Slice bytes)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < bytes.size; i++)
		g_string_append_printf(text, "%02x", bytes.data[i]);
	return text;
}

/* Where `find` stands in hex text, on a byte's boundary; it must stand there once. */
static gssize place_of(const char *text, const char *find)
{
	gssize place = -1;

	for (const char *at = strstr(text, find); at; at = strstr(at + 1, find)) {
		if ((at - text) % 2 != 0)
			continue;
		g_assert_cmpint(place, ==, -1);
		place = at - text;
	}
	return place;
}

static void add_edit(GPtrArray *list, const Edit *edit)
{
	const WireVector *from = find(list, edit->from);
	g_autoptr(GString) text = hex_of(wire_buffer_slice(&from->bytes));

	if (*edit->find != '\0') {
		gssize place = place_of(text->str, edit->find);
		if (place < 0)
			g_error("%s: %s is not in %s", edit->file, edit->find, text->str);
		g_string_erase(text, place, (gssize)strlen(edit->find));
		g_string_insert(text, place, edit->put);
	}
	g_string_append(text, edit->append);
	Slice bytes = wire_test_hex(text->str);
	wire_put_raw(add(list, edit->file, from->message, edit->result, edit->text), bytes);
	wire_test_free(bytes);
}

GPtrArray *wire_vectors_make(void)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(vector_free);

	add_payloads(list);
	add_commands(list);
	add_bodies(list);
	add_events(list);
	add_envelopes(list);
	for (gsize i = 0; i < G_N_ELEMENTS(edits); i++)
		add_edit(list, &edits[i]);
	return list;
}

static WireResult read_envelope(Slice bytes, bool with_events)
{
	Envelope envelope;
	EventBatch batch;
	PublicKey public;
	size_t bad;

	wire_test_public(&public);
	WireResult result = envelope_decode(bytes, &envelope);
	if (result == WIRE_OK)
		result = envelope_verify(&envelope, wire_test_verify, &public);
	if (result == WIRE_OK && with_events)
		result = event_batch_decode(&envelope, &batch);
	if (result == WIRE_OK && with_events)
		result = event_batch_check(&batch, wire_test_sha256, &bad);
	return result;
}

WireResult wire_vector_read(const char *message, Slice bytes)
{
	WireBuffer out = {0};
	WireResult result;

	if (strcmp(message, "envelope") == 0)
		return read_envelope(bytes, false);
	if (strcmp(message, "events") == 0)
		return read_envelope(bytes, true);
	if (g_str_has_prefix(message, "body "))
		result = wire_redo_body((uint32_t)g_ascii_strtoull(message + 5, NULL, 10), bytes, &out);
	else
		result = wire_message_find(message)->redo(bytes, &out);
	wire_buffer_clear(&out);
	return result;
}
