#include "protocol/event.h"

#include <string.h>

#include "protocol/fields.h"

#define HEADER_SIZE_MAX 512

static const Field rows[] = {
	{1, FIELD_UINT, FIELD_AT(EventHeader, seq), .min = 1, .max = WIRE_UINT_MAX},
	{2, FIELD_UINT, FIELD_AT(EventHeader, kind), .min = 1, .max = UINT32_MAX},
	{3, FIELD_INT, FIELD_AT(EventHeader, wall_ms), .max = WIRE_TIME_MAX},
	{4, FIELD_UINT, FIELD_AT(EventHeader, mono_ms), .max = WIRE_UINT_MAX},
	{5, FIELD_FIXED, FIELD_AT(EventHeader, boot)},
	{6, FIELD_UINT, FIELD_AT(EventHeader, trust), .max = CLOCK_SET},
	{7, FIELD_UINT, FIELD_AT(EventHeader, uncertainty_ms), .max = UINT32_MAX},
	{8, FIELD_FIXED, FIELD_AT(EventHeader, digest)},
	{9, FIELD_FIXED, FIELD_AT(EventHeader, previous)},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

void event_genesis(const TerminalId *terminal, const RandomId *journal, ProtocolSha256 sha256,
				   Hash *out)
{
	static const char label[] = "hadir/1/journal";
	const Slice parts[] = {
		slice_of(label, sizeof label), /* with its zero */
		slice_of(terminal->text, strlen(terminal->text) + 1),
		slice_of(journal->bytes, sizeof journal->bytes),
	};

	sha256(parts, sizeof parts / sizeof parts[0], out);
}

static void event_digest(Slice salt, Slice payload, ProtocolSha256 sha256, Hash *out)
{
	const Slice parts[] = {salt, payload};

	sha256(parts, 2, out);
}

bool event_encode(WireBuffer *out, EventHeader *header, const uint8_t salt[EVENT_SALT_SIZE],
				  Slice payload, Slice attachment, ProtocolSha256 sha256, Hash *head)
{
	WireBuffer bytes = {0};
	size_t start = out->size;

	event_digest(slice_of(salt, EVENT_SALT_SIZE), payload, sha256, &header->digest);
	fields_encode(&bytes, &table, header);
	Slice header_bytes = wire_buffer_slice(&bytes);
	sha256(&header_bytes, 1, head);
	wire_put_array(out, 4);
	wire_put_bytes(out, header_bytes);
	wire_put_bytes(out, slice_of(salt, EVENT_SALT_SIZE));
	wire_put_bytes(out, payload);
	if (attachment.size > 0)
		wire_put_bytes(out, attachment);
	else
		wire_put_null(out);
	bool good = !bytes.failed && !out->failed && out->size - start <= EVENT_SIZE_MAX;
	if (!good && !out->failed)
		out->size = start;
	wire_buffer_clear(&bytes);
	return good;
}

WireResult event_header_decode(Slice bytes, EventHeader *out)
{
	return fields_decode_all(bytes, &table, out, sizeof *out);
}

WireResult event_decode(Slice bytes, Event *out)
{
	WireReader reader;

	memset(out, 0, sizeof *out);
	if (bytes.size > EVENT_SIZE_MAX)
		return WIRE_RANGE;
	wire_reader_init(&reader, bytes);
	wire_get_array(&reader, 4, 4);
	out->header_bytes = wire_get_bytes(&reader, 1, HEADER_SIZE_MAX);
	out->payload_destroyed = wire_get_null(&reader);
	if (!out->payload_destroyed)
		out->salt = wire_get_bytes(&reader, EVENT_SALT_SIZE, EVENT_SALT_SIZE);
	/* The salt goes with the payload: with it, a short payload could be guessed. */
	if (wire_get_null(&reader) != out->payload_destroyed)
		wire_reader_fail(&reader, WIRE_SHAPE);
	if (!out->payload_destroyed)
		out->payload = wire_get_bytes(&reader, 1, EVENT_SIZE_MAX);
	if (!wire_get_null(&reader))
		out->attachment = wire_get_bytes(&reader, 1, EVENT_SIZE_MAX);
	WireResult result = wire_reader_finish(&reader);
	return result != WIRE_OK ? result : event_header_decode(out->header_bytes, &out->header);
}

/* An attachment is the one that the payload names.  A kind that names none has none.  Of an unknown
 * kind, or a payload that we cannot read, nothing can be said: such events are stored too. */
static bool attachment_follows(const Event *event, ProtocolSha256 sha256)
{
	EventBody body;
	Hash hash;

	if (event->attachment.size == 0 || event->payload_destroyed)
		return true;
	if (!event_kind_known(event->header.kind))
		return true;
	if (event->header.kind != EVENT_CLAIM)
		return false;
	if (event_body_decode(EVENT_CLAIM, event->payload, &body) != WIRE_OK)
		return true;
	sha256(&event->attachment, 1, &hash);
	return hash_equal(&hash, &body.claim.probe);
}

WireResult event_check(const Event *event, uint64_t seq, const Hash *previous,
					   ProtocolSha256 sha256, Hash *head)
{
	Hash digest;

	if (event->header.seq != seq || !hash_equal(&event->header.previous, previous))
		return WIRE_CHAIN;
	event_digest(event->salt, event->payload, sha256, &digest);
	if (!event->payload_destroyed && !hash_equal(&digest, &event->header.digest))
		return WIRE_CHAIN;
	if (!attachment_follows(event, sha256))
		return WIRE_CHAIN;
	sha256(&event->header_bytes, 1, head);
	return WIRE_OK;
}

bool event_destroy(WireBuffer *out, const Event *event, EventPart part)
{
	bool payload = part == EVENT_PAYLOAD || event->payload_destroyed;

	wire_put_array(out, 4);
	wire_put_bytes(out, event->header_bytes);
	if (payload) {
		wire_put_null(out);
		wire_put_null(out);
	} else {
		wire_put_bytes(out, event->salt);
		wire_put_bytes(out, event->payload);
	}
	wire_put_null(out); /* the attachment goes in either case */
	return !out->failed;
}
