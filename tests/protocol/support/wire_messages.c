#include "tests/protocol/support/wire_messages.h"

#include <string.h>

#include "protocol/command.h"
#include "protocol/enrol.h"
#include "protocol/envelope.h"
#include "protocol/event.h"
#include "protocol/health.h"
#include "protocol/receipt.h"
#include "protocol/roster.h"
#include "protocol/seal.h"
#include "protocol/want.h"

/* decode, and encode when that went well */
#define REDO(name, Type)                                                                           \
	static WireResult redo_##name(Slice bytes, WireBuffer *out)                                    \
	{                                                                                              \
		Type message;                                                                              \
                                                                                                   \
		WireResult result = name##_decode(bytes, &message);                                        \
		if (result == WIRE_OK)                                                                     \
			name##_encode(out, &message);                                                          \
		return result;                                                                             \
	}

REDO(receipt, Receipt)
REDO(health, Health)
REDO(want, Want)
REDO(join, Join)
REDO(enrol_report, EnrolReport)
REDO(sealed, Sealed)

static WireResult redo_command(Slice bytes, WireBuffer *out)
{
	Command command;

	WireResult result = command_decode(bytes, &command);
	if (result == WIRE_OK && command_kind_known(command.kind))
		command_encode(out, &command);
	else if (result == WIRE_OK)
		wire_put_raw(out, bytes); /* nobody sends what they do not know */
	return result;
}

static WireResult redo_roster(Slice bytes, WireBuffer *out)
{
	RosterChunk chunk;

	WireResult result = roster_chunk_decode(bytes, &chunk);
	if (result == WIRE_OK)
		roster_chunk_encode(out, &chunk);
	roster_chunk_clear(&chunk);
	return result;
}

/* Signs with the signature that there is: `key` is it. */
static bool sign_again(void *key, Slice message, uint8_t signature[64])
{
	(void)message;
	memcpy(signature, key, 64);
	return true;
}

static WireResult redo_envelope(Slice bytes, WireBuffer *out)
{
	Envelope envelope;

	WireResult result = envelope_decode(bytes, &envelope);
	if (result != WIRE_OK)
		return result;
	if (!envelope_sign(out, &envelope.head, envelope.payload, sign_again,
					   (void *)envelope.signature))
		out->failed = true;
	wire_put_raw(out, envelope.rest);
	return WIRE_OK;
}

static WireResult redo_batch(Slice bytes, WireBuffer *out)
{
	Envelope envelope;
	EventBatch batch;

	WireResult result = envelope_decode(bytes, &envelope);
	if (result == WIRE_OK)
		result = event_batch_decode(&envelope, &batch);
	if (result == WIRE_OK &&
		!event_batch_encode(out, &envelope.head, &batch, sign_again, (void *)envelope.signature))
		out->failed = true;
	return result;
}

static WireResult redo_event(Slice bytes, WireBuffer *out)
{
	Event event;

	WireResult result = event_decode(bytes, &event);
	if (result == WIRE_OK && event.attachment.size > 0)
		wire_put_raw(out, bytes); /* there is no encoder that leaves an attachment as it is */
	else if (result == WIRE_OK)
		event_destroy(out, &event, EVENT_ATTACHMENT);
	return result;
}

static WireResult redo_header(Slice bytes, WireBuffer *out)
{
	EventHeader header;

	WireResult result = event_header_decode(bytes, &header);
	if (result == WIRE_OK)
		wire_put_raw(out, bytes);
	return result;
}

WireResult wire_redo_body(uint32_t kind, Slice bytes, WireBuffer *out)
{
	EventBody body;

	WireResult result = event_body_decode(kind, bytes, &body);
	if (result == WIRE_OK)
		event_body_encode(out, kind, &body);
	return result;
}

const WireMessage wire_messages[] = {
	{"envelope", redo_envelope}, {"events", redo_batch},       {"event", redo_event},
	{"header", redo_header},     {"receipt", redo_receipt},    {"health", redo_health},
	{"want", redo_want},         {"join", redo_join},          {"roster", redo_roster},
	{"command", redo_command},   {"enrol", redo_enrol_report}, {"sealed", redo_sealed},
};
const size_t wire_n_messages = sizeof wire_messages / sizeof wire_messages[0];

const WireMessage *wire_message_find(const char *name)
{
	for (size_t i = 0; i < wire_n_messages; i++) {
		if (strcmp(wire_messages[i].name, name) == 0)
			return &wire_messages[i];
	}
	return NULL;
}
