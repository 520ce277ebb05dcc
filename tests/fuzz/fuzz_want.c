#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_redo(wire_message_find("want")->redo, slice_of(data, size));
	return 0;
}
