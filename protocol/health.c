#include "protocol/health.h"

#include "protocol/fields.h"

static const Field rows[] = {
	{1, FIELD_BOOL, FIELD_AT(Health, online)},
	{2, FIELD_FIXED, FIELD_AT(Health, journal)},
	{3, FIELD_UINT, FIELD_AT(Health, seq), .max = WIRE_UINT_MAX},
	{4, FIELD_FIXED, FIELD_AT(Health, head)},
	{5, FIELD_UINT, FIELD_AT(Health, receipted), .max = WIRE_UINT_MAX},
	{6, FIELD_INT, FIELD_AT(Health, wall_ms), .max = WIRE_TIME_MAX},
	{7, FIELD_UINT, FIELD_AT(Health, trust), .max = CLOCK_SET},
	{8, FIELD_UINT, FIELD_AT(Health, uptime_s), .max = WIRE_UINT_MAX},
	{9, FIELD_UINT, FIELD_AT(Health, disk_free), .max = WIRE_UINT_MAX},
	{10, FIELD_UINT, FIELD_AT(Health, roster_version), .max = WIRE_UINT_MAX},
	{11, FIELD_UINT, FIELD_AT(Health, n_people), .max = UINT32_MAX},
	{12, FIELD_UINT, FIELD_AT(Health, n_references), .max = UINT32_MAX},
	{13, FIELD_BOOL, FIELD_AT(Health, sensor_ok)},
	{14, FIELD_BOOL, FIELD_AT(Health, tamper_open)},
	{15, FIELD_BOOL, FIELD_AT(Health, reserve_reached)},
	{16, FIELD_BOOL, FIELD_AT(Health, simulated)},
	{17, FIELD_TEXT, FIELD_AT(Health, version), .max = EVENT_TEXT_MAX},
	{18, FIELD_TEXT, FIELD_AT(Health, sensor), .max = EVENT_TEXT_MAX},
};
static const FieldTable table = FIELD_TABLE(WIRE_V1, rows);

void health_encode(WireBuffer *out, const Health *health)
{
	fields_encode(out, &table, health);
}

WireResult health_decode(Slice payload, Health *out)
{
	return fields_decode_all(payload, &table, out, sizeof *out);
}
