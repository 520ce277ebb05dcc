#include "protocol/event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Slice bytes = slice_of(data, size);
	Envelope envelope;
	EventBatch batch;
	size_t bad = 0;

	fuzz_redo(wire_message_find("events")->redo, bytes);
	if (envelope_decode(bytes, &envelope) != WIRE_OK ||
		event_batch_decode(&envelope, &batch) != WIRE_OK)
		return 0;
	fuzz_must(batch.n_events >= 1 && batch.n_events <= EVENT_BATCH_MAX);
	if (event_batch_check(&batch, fuzz_sha256, &bad) != WIRE_OK)
		fuzz_must(bad < batch.n_events);
	return 0;
}
