/* The reader itself.  The first byte says how many of the following bytes are orders to it; the
 * rest is what it reads. */
#include "tests/fuzz/fuzz.h"

static void read_one(WireReader *reader, uint8_t order, int64_t *previous)
{
	uint8_t fixed[16];

	switch (order % 12) {
	case 0:
		fuzz_must(wire_get_uint(reader, 1000) <= 1000);
		break;
	case 1:
		fuzz_must(wire_get_int(reader, -5, 5) + 5 <= 10);
		break;
	case 2:
		wire_get_bool(reader);
		break;
	case 3:
		wire_get_null(reader);
		break;
	case 4:
		fuzz_must(wire_get_bytes(reader, 1, 40).size <= 40);
		break;
	case 5:
		fuzz_must(wire_text_valid(wire_get_text(reader, 0, 40)));
		break;
	case 6:
		wire_get_fixed(reader, fixed, sizeof fixed);
		break;
	case 7:
		fuzz_must(wire_get_array(reader, 0, 300) <= 300);
		break;
	case 8:
		fuzz_must(wire_get_map(reader, 300) <= 300);
		break;
	case 9:
		wire_get_key(reader, previous);
		break;
	case 10:
		wire_get_tag(reader);
		break;
	default:
		wire_skip(reader);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	WireReader reader;
	int64_t previous = WIRE_NO_KEY;

	if (size == 0 || size - 1 < data[0])
		return 0;
	const uint8_t *orders = data + 1, *bytes = orders + data[0];
	size_t left = size - 1 - data[0];
	wire_reader_init(&reader, slice_of(bytes, left));
	for (size_t i = 0; i < data[0]; i++) {
		WireResult before = reader.result;
		size_t remains = reader.rest.size;
		read_one(&reader, orders[i], &previous);
		/* a failure stays; reading never goes back; nothing is left after a failure */
		fuzz_must(before == WIRE_OK || reader.result == before);
		fuzz_must(reader.rest.size <= remains);
		fuzz_must(reader.result == WIRE_OK || reader.rest.size == 0);
	}
	wire_reader_finish(&reader);
	/* whatever it is, skipped as one item it is all of it or nothing */
	wire_reader_init(&reader, slice_of(bytes, left));
	Slice item = wire_skip(&reader);
	fuzz_must(reader.result == WIRE_OK ? item.data == bytes && item.size + reader.rest.size == left
									   : item.size == 0);
	return 0;
}
