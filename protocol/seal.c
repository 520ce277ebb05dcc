#include "protocol/seal.h"

#include <string.h>

void seal_aad(WireBuffer *out, const SealContext *context)
{
	wire_put_array(out, 4);
	wire_put_text(out, slice_of_text(SEAL_INFO));
	wire_put_text(out, slice_of_text(context->terminal.text));
	wire_put_int(out, context->person);
	wire_put_bytes(out, context->reference);
}

void sealed_encode(WireBuffer *out, const Sealed *sealed)
{
	if (sealed->ephemeral.bytes[0] != 0x04 || sealed->ciphertext.size <= SEAL_TAG_SIZE ||
		sealed->ciphertext.size > SEAL_CIPHERTEXT_MAX) {
		out->failed = true;
		return;
	}
	wire_put_array(out, 3);
	wire_put_bytes(out, slice_of(sealed->ephemeral.bytes, sizeof sealed->ephemeral.bytes));
	wire_put_bytes(out, slice_of(sealed->nonce, sizeof sealed->nonce));
	wire_put_bytes(out, sealed->ciphertext);
}

WireResult sealed_decode(Slice bytes, Sealed *out)
{
	WireReader reader;

	memset(out, 0, sizeof *out);
	wire_reader_init(&reader, bytes);
	wire_get_array(&reader, 3, 3);
	wire_get_fixed(&reader, out->ephemeral.bytes, sizeof out->ephemeral.bytes);
	wire_get_fixed(&reader, out->nonce, sizeof out->nonce);
	out->ciphertext = wire_get_bytes(&reader, SEAL_TAG_SIZE + 1, SEAL_CIPHERTEXT_MAX);
	if (reader.result == WIRE_OK && out->ephemeral.bytes[0] != 0x04)
		wire_reader_fail(&reader, WIRE_RANGE);
	return wire_reader_finish(&reader);
}

void seal_reference_id(int64_t reference, uint8_t out[8])
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)reference >> (56 - 8 * i));
}

void seal_reference_enrolment(const RandomId *enrolment, Finger finger, uint8_t index,
							  uint8_t out[18])
{
	memcpy(out, enrolment->bytes, sizeof enrolment->bytes);
	out[16] = (uint8_t)finger;
	out[17] = index;
}

void seal_reference_code(const RandomId *journal, uint64_t seq, uint8_t out[24])
{
	memcpy(out, journal->bytes, sizeof journal->bytes);
	seal_reference_id((int64_t)seq, out + sizeof journal->bytes);
}
