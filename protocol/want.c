#include "protocol/want.h"

#include "protocol/fields.h"

static const Field want_rows[] = {
	{1, FIELD_FIXED, FIELD_AT(Want, epoch), .optional = true},
	{2, FIELD_UINT, FIELD_AT(Want, roster_version), .max = WIRE_UINT_MAX},
	{3, FIELD_UINT, FIELD_AT(Want, last_command), .max = WIRE_UINT_MAX},
	{4, FIELD_FIXED, FIELD_AT(Want, journal)},
	{5, FIELD_UINT, FIELD_AT(Want, seq), .max = WIRE_UINT_MAX},
	{6, FIELD_FIXED, FIELD_AT(Want, head)},
	{7, FIELD_BOOL, FIELD_AT(Want, only_roster), .optional = true},
};
static const FieldTable want_table = FIELD_TABLE(WIRE_V1, want_rows);

static const Field join_rows[] = {
	{1, FIELD_POINT, FIELD_AT(Join, signing)},
	{2, FIELD_POINT, FIELD_AT(Join, sealing)},
	{3, FIELD_BYTES, FIELD_AT(Join, csr), .min = 1, .max = JOIN_CSR_MAX},
	{4, FIELD_BOOL, FIELD_AT(Join, renewal)},
	{5, FIELD_FIXED, FIELD_AT(Join, proof), .optional = true},
};
static const FieldTable join_table = FIELD_TABLE(WIRE_V1, join_rows);

void want_encode(WireBuffer *out, const Want *want)
{
	Want sent = *want;

	if (!sent.has_epoch)
		sent.epoch = (RandomId){{0}};
	fields_encode(out, &want_table, &sent);
}

WireResult want_decode(Slice payload, Want *out)
{
	WireResult result = fields_decode_all(payload, &want_table, out, sizeof *out);

	out->has_epoch = !random_id_is_zero(&out->epoch);
	return result;
}

/* A first join proves that the device has the bootstrap secret; a renewal needs no proof but the
 * signature of the known key. */
static bool proof_is_right(const Join *join)
{
	static const Hash none;

	return join->renewal == hash_equal(&join->proof, &none);
}

void join_encode(WireBuffer *out, const Join *join)
{
	fields_encode(out, &join_table, join);
	if (!proof_is_right(join))
		out->failed = true;
}

WireResult join_decode(Slice payload, Join *out)
{
	WireResult result = fields_decode_all(payload, &join_table, out, sizeof *out);

	return result == WIRE_OK && !proof_is_right(out) ? WIRE_SHAPE : result;
}
