#include "protocol/event.h"

#include <string.h>

#include "protocol/fields.h"

static const Field rows[] = {
	{1, FIELD_FIXED, FIELD_AT(EventBatch, journal)},
	{2, FIELD_UINT, FIELD_AT(EventBatch, first), .min = 1, .max = WIRE_UINT_MAX},
	{3, FIELD_UINT, FIELD_AT(EventBatch, last), .min = 1, .max = WIRE_UINT_MAX},
	{4, FIELD_FIXED, FIELD_AT(EventBatch, previous)},
	{5, FIELD_FIXED, FIELD_AT(EventBatch, head)},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

/* Whether first … last are 1 … EVENT_BATCH_MAX events. */
static bool count_is_good(const EventBatch *batch)
{
	return batch->last >= batch->first && batch->last - batch->first < EVENT_BATCH_MAX;
}

bool event_batch_encode(WireBuffer *out, const EnvelopeHead *head, const EventBatch *batch,
						ProtocolSign sign, void *key)
{
	WireBuffer payload = {0};
	size_t start = out->size;

	if (head->type != MESSAGE_EVENTS || !count_is_good(batch) ||
		batch->n_events != batch->last - batch->first + 1)
		return false;
	fields_encode(&payload, &table, batch);
	bool good = !payload.failed && envelope_sign(out, head, wire_buffer_slice(&payload), sign, key);
	for (size_t i = 0; good && i < batch->n_events; i++)
		wire_put_bytes(out, batch->events[i]);
	wire_buffer_clear(&payload);
	good = good && !out->failed && out->size - start <= MESSAGE_SIZE_MAX;
	if (!good && !out->failed)
		out->size = start;
	return good;
}

WireResult event_statement_decode(const Envelope *envelope, EventBatch *out)
{
	WireResult result = fields_decode_all(envelope->payload, &table, out, sizeof *out);
	if (result != WIRE_OK)
		return result;
	if (envelope->head.type != MESSAGE_EVENTS)
		return WIRE_SHAPE;
	return count_is_good(out) ? WIRE_OK : WIRE_RANGE;
}

WireResult event_batch_decode(const Envelope *envelope, EventBatch *out)
{
	WireReader reader;

	WireResult result = event_statement_decode(envelope, out);
	if (result != WIRE_OK)
		return result;
	out->n_events = (size_t)(out->last - out->first) + 1;
	wire_reader_init(&reader, envelope->rest);
	for (size_t i = 0; i < out->n_events; i++)
		out->events[i] = wire_get_bytes(&reader, 1, EVENT_SIZE_MAX);
	return wire_reader_finish(&reader);
}

/* What was removed on the way: nobody destroys a payload, or a probe, before the server has it. */
static bool is_whole(const Event *event)
{
	return !event->payload_destroyed &&
		   (event->header.kind != EVENT_CLAIM || event->attachment.size > 0);
}

WireResult event_batch_check(const EventBatch *batch, ProtocolSha256 sha256, size_t *bad)
{
	Hash head = batch->previous;

	for (size_t i = 0; i < batch->n_events; i++) {
		Event event;
		Hash previous = head;

		*bad = i;
		WireResult result = event_decode(batch->events[i], &event);
		if (result == WIRE_OK)
			result = event_check(&event, batch->first + i, &previous, sha256, &head);
		if (result == WIRE_OK && !is_whole(&event))
			result = WIRE_CHAIN;
		if (result != WIRE_OK)
			return result;
	}
	return hash_equal(&head, &batch->head) ? WIRE_OK : WIRE_CHAIN;
}
