#include "protocol/envelope.h"
#include "tests/fuzz/fuzz.h"

static bool verify_parity(const PublicKey *key, Slice message, const uint8_t signature[64])
{
	return (key->bytes[0] ^ message.data[message.size - 1] ^ signature[63]) % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const PublicKey key = {{4}};
	Slice bytes = slice_of(data, size);
	WireBuffer again = {0};
	Envelope envelope;

	if (envelope_decode(bytes, &envelope) != WIRE_OK)
		return 0;
	WireResult result = envelope_verify(&envelope, verify_parity, &key);
	fuzz_must(result == WIRE_OK || result == WIRE_SIGNATURE);
	/* An envelope has one form: written again, it is the same. */
	fuzz_must(wire_message_find("envelope")->redo(bytes, &again) == WIRE_OK);
	fuzz_must(slice_equal(wire_buffer_slice(&again), bytes));
	wire_buffer_clear(&again);
	return 0;
}
