#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

void fuzz_must(bool condition)
{
	if (!condition)
		abort();
}

/* FNV-1a (RFC draft-eastlake-fnv), spread over the 32 bytes. */
void fuzz_sha256(const Slice *parts, size_t n_parts, Hash *out)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n_parts; i++) {
		for (size_t k = 0; k < parts[i].size; k++)
			hash = (hash ^ parts[i].data[k]) * UINT64_C(1099511628211);
	}
	for (size_t i = 0; i < sizeof out->bytes; i++)
		out->bytes[i] = (uint8_t)(hash >> 8 * (i % 8));
}

void fuzz_redo(WireRedo redo, Slice bytes)
{
	WireBuffer once = {0}, twice = {0};

	if (redo(bytes, &once) == WIRE_OK) {
		fuzz_must(!once.failed);
		fuzz_must(redo(wire_buffer_slice(&once), &twice) == WIRE_OK);
		fuzz_must(slice_equal(wire_buffer_slice(&once), wire_buffer_slice(&twice)));
	}
	wire_buffer_clear(&once);
	wire_buffer_clear(&twice);
}
