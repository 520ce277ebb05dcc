/* The first byte is the kind, the rest its payload. */
#include "protocol/event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	WireBuffer once = {0}, twice = {0};

	if (size == 0)
		return 0;
	uint32_t kind = data[0];
	if (wire_redo_body(kind, slice_of(data + 1, size - 1), &once) == WIRE_OK) {
		fuzz_must(event_kind_known(kind) && !once.failed);
		fuzz_must(wire_redo_body(kind, wire_buffer_slice(&once), &twice) == WIRE_OK);
		fuzz_must(slice_equal(wire_buffer_slice(&once), wire_buffer_slice(&twice)));
	}
	wire_buffer_clear(&once);
	wire_buffer_clear(&twice);
	return 0;
}
