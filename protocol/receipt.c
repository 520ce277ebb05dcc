#include "protocol/receipt.h"

#include "protocol/fields.h"

static const Field rows[] = {
	{1, FIELD_FIXED, FIELD_AT(Receipt, journal)},
	{2, FIELD_UINT, FIELD_AT(Receipt, seq), .max = WIRE_UINT_MAX},
	{3, FIELD_FIXED, FIELD_AT(Receipt, head)},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

void receipt_encode(WireBuffer *out, const Receipt *receipt)
{
	fields_encode(out, &table, receipt);
}

WireResult receipt_decode(Slice payload, Receipt *out)
{
	return fields_decode_all(payload, &table, out, sizeof *out);
}
