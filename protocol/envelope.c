#include "protocol/envelope.h"

#include <stdlib.h>
#include <string.h>

#define TAG_SIGN1 18 /* RFC 9052 §2, table 1 */
#define ALG_ES256 (-7)
#define SIGNATURE_SIZE 64
#define PROTECTED_MAX 256

/* Labels of the protected header, in deterministic order. */
enum {
	LABEL_ALG = 1,
	LABEL_KID = 4,
	LABEL_TYP = 16,
	LABEL_TERMINAL = -70001,
	LABEL_EPOCH = -70002,
	LABEL_NUMBER = -70003,
};

static const char *const types[] = {
	[MESSAGE_EVENTS] = "hadir-events", [MESSAGE_HEALTH] = "hadir-health",
	[MESSAGE_ENROL] = "hadir-enrol",   [MESSAGE_WANT] = "hadir-want",
	[MESSAGE_JOIN] = "hadir-join",     [MESSAGE_RECEIPT] = "hadir-receipt",
	[MESSAGE_ROSTER] = "hadir-roster", [MESSAGE_COMMAND] = "hadir-command",
};
#define N_TYPES (sizeof types / sizeof types[0])

bool message_type_is_down(MessageType type)
{
	return type >= MESSAGE_RECEIPT;
}

const char *message_type_name(MessageType type)
{
	return type >= MESSAGE_EVENTS && type < N_TYPES ? types[type] : "unknown";
}

static void put_protected(WireBuffer *out, const EnvelopeHead *head)
{
	wire_put_map(out, head->has_epoch ? 6 : 5);
	wire_put_int(out, LABEL_ALG);
	wire_put_int(out, ALG_ES256);
	wire_put_int(out, LABEL_KID);
	wire_put_bytes(out, slice_of(head->key.bytes, sizeof head->key.bytes));
	wire_put_int(out, LABEL_TYP);
	wire_put_text(out, slice_of_text(types[head->type]));
	wire_put_int(out, LABEL_TERMINAL);
	wire_put_text(out, slice_of_text(head->terminal.text));
	if (head->has_epoch) {
		wire_put_int(out, LABEL_EPOCH);
		wire_put_bytes(out, slice_of(head->epoch.bytes, sizeof head->epoch.bytes));
	}
	wire_put_int(out, LABEL_NUMBER);
	wire_put_uint(out, head->number);
}

void envelope_signed_bytes(WireBuffer *out, Slice protected_header, Slice payload)
{
	wire_put_array(out, 4);
	wire_put_text(out, slice_of_text("Signature1"));
	wire_put_bytes(out, protected_header);
	wire_put_bytes(out, (Slice){0}); /* no external data */
	wire_put_bytes(out, payload);
}

static bool head_is_good(const EnvelopeHead *head)
{
	TerminalId terminal;

	return head->type >= MESSAGE_EVENTS && head->type < N_TYPES &&
		   terminal_id_parse(&terminal, slice_of_text(head->terminal.text)) &&
		   head->has_epoch == message_type_is_down(head->type) && head->number <= WIRE_UINT_MAX;
}

bool envelope_sign(WireBuffer *out, const EnvelopeHead *head, Slice payload, ProtocolSign sign,
				   void *key)
{
	WireBuffer header = {0}, to_sign = {0};
	uint8_t signature[SIGNATURE_SIZE];

	if (!head_is_good(head))
		return false;
	put_protected(&header, head);
	envelope_signed_bytes(&to_sign, wire_buffer_slice(&header), payload);
	bool good =
		!header.failed && !to_sign.failed && sign(key, wire_buffer_slice(&to_sign), signature);
	if (good) {
		wire_put_tag(out, TAG_SIGN1);
		wire_put_array(out, 4);
		wire_put_bytes(out, wire_buffer_slice(&header));
		wire_put_map(out, 0);
		wire_put_bytes(out, payload);
		wire_put_bytes(out, slice_of(signature, sizeof signature));
	}
	wire_buffer_clear(&header);
	wire_buffer_clear(&to_sign);
	return good && !out->failed;
}

static MessageType get_type(WireReader *reader)
{
	Slice text = wire_get_text(reader, 1, 32);

	for (size_t i = MESSAGE_EVENTS; i < N_TYPES; i++) {
		if (slice_equal(text, slice_of_text(types[i])))
			return (MessageType)i;
	}
	wire_reader_fail(reader, WIRE_SHAPE);
	return (MessageType)0;
}

/* Reads the value of the label `key`; an unknown label is refused, since it could change what the
 * others mean. */
static void get_label(WireReader *reader, int64_t key, EnvelopeHead *head)
{
	switch (key) {
	case LABEL_ALG:
		if (wire_get_int(reader, INT64_MIN, INT64_MAX) != ALG_ES256)
			wire_reader_fail(reader, WIRE_VERSION);
		break;
	case LABEL_KID:
		wire_get_fixed(reader, head->key.bytes, sizeof head->key.bytes);
		break;
	case LABEL_TYP:
		head->type = get_type(reader);
		break;
	case LABEL_TERMINAL:
		if (!terminal_id_parse(&head->terminal,
							   wire_get_text(reader, TERMINAL_ID_MIN, TERMINAL_ID_MAX)))
			wire_reader_fail(reader, WIRE_RANGE);
		break;
	case LABEL_EPOCH:
		wire_get_fixed(reader, head->epoch.bytes, sizeof head->epoch.bytes);
		head->has_epoch = true;
		break;
	case LABEL_NUMBER:
		head->number = wire_get_uint(reader, WIRE_UINT_MAX);
		break;
	default:
		wire_reader_fail(reader, WIRE_SHAPE);
		break;
	}
}

static WireResult decode_protected(Slice bytes, EnvelopeHead *head)
{
	WireReader reader;
	int64_t previous = WIRE_NO_KEY;

	wire_reader_init(&reader, bytes);
	size_t n = wire_get_map(&reader, 6);
	for (size_t i = 0; i < n && reader.result == WIRE_OK; i++)
		get_label(&reader, wire_get_key(&reader, &previous), head);
	/* Keys do not repeat: the count and the epoch tell that none is missing. */
	if (n != (head->has_epoch ? 6 : 5) || head->has_epoch != message_type_is_down(head->type))
		wire_reader_fail(&reader, WIRE_SHAPE);
	return wire_reader_finish(&reader);
}

WireResult envelope_decode(Slice message, Envelope *out)
{
	WireReader reader;

	memset(out, 0, sizeof *out);
	if (message.size > MESSAGE_SIZE_MAX)
		return WIRE_RANGE;
	wire_reader_init(&reader, message);
	if (wire_get_tag(&reader) != TAG_SIGN1)
		wire_reader_fail(&reader, WIRE_SHAPE);
	wire_get_array(&reader, 4, 4);
	out->protected_header = wire_get_bytes(&reader, 1, PROTECTED_MAX);
	wire_get_map(&reader, 0);
	out->payload = wire_get_bytes(&reader, 1, MESSAGE_SIZE_MAX);
	out->signature = wire_get_bytes(&reader, SIGNATURE_SIZE, SIGNATURE_SIZE).data;
	if (reader.result != WIRE_OK)
		return reader.result;
	WireResult result = decode_protected(out->protected_header, &out->head);
	if (result != WIRE_OK)
		return result;
	out->rest = reader.rest;
	return out->rest.size > 0 && out->head.type != MESSAGE_EVENTS ? WIRE_SHAPE : WIRE_OK;
}

WireResult envelope_verify(const Envelope *envelope, ProtocolVerify verify, const PublicKey *key)
{
	WireBuffer to_verify = {0};

	envelope_signed_bytes(&to_verify, envelope->protected_header, envelope->payload);
	WireResult result = WIRE_MEMORY;
	if (!to_verify.failed) {
		bool good = verify(key, wire_buffer_slice(&to_verify), envelope->signature);
		result = good ? WIRE_OK : WIRE_SIGNATURE;
	}
	wire_buffer_clear(&to_verify);
	return result;
}
