#include "protocol/event.h"
#include "tests/fuzz/fuzz.h"

/* An event's header chains on as it says, with or without its parts. */
static void check_destroyed(const Event *event, EventPart part)
{
	WireBuffer bytes = {0};
	Event left;
	Hash head, head_left;

	fuzz_must(event_destroy(&bytes, event, part));
	fuzz_must(event_decode(wire_buffer_slice(&bytes), &left) == WIRE_OK);
	fuzz_must(slice_equal(left.header_bytes, event->header_bytes));
	fuzz_must(left.attachment.size == 0);
	fuzz_must(part == EVENT_ATTACHMENT || left.payload_destroyed);
	WireResult whole =
		event_check(event, event->header.seq, &event->header.previous, fuzz_sha256, &head);
	WireResult result =
		event_check(&left, left.header.seq, &left.header.previous, fuzz_sha256, &head_left);
	fuzz_must(whole != WIRE_OK || (result == WIRE_OK && hash_equal(&head, &head_left)));
	wire_buffer_clear(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Event event;
	EventBody body;

	if (event_decode(slice_of(data, size), &event) != WIRE_OK)
		return 0;
	check_destroyed(&event, EVENT_PAYLOAD);
	check_destroyed(&event, EVENT_ATTACHMENT);
	if (!event.payload_destroyed)
		event_body_decode(event.header.kind, event.payload, &body);
	return 0;
}
