#include "protocol/event.h"

#include <string.h>

#include "protocol/fields.h"

#define QUALITY_MAX 100
#define ROW(key, type, member, ...) {key, type, FIELD_AT(EventBody, member), __VA_ARGS__}
#define TEXT(key, member, least) ROW(key, FIELD_TEXT, member, .min = least, .max = EVENT_TEXT_MAX)

static const Field open_rows[] = {
	ROW(1, FIELD_FIXED, open.previous_journal, .optional = true),
	ROW(2, FIELD_UINT, open.previous_seq, .max = WIRE_UINT_MAX, .optional = true),
	ROW(3, FIELD_FIXED, open.previous_head, .optional = true),
	ROW(4, FIELD_UINT, open.reason, .max = OPEN_FILE_LOST),
	TEXT(5, open.version, 1),
};

static const Field boot_rows[] = {
	TEXT(1, boot.version, 1),           TEXT(2, boot.sensor, 0),
	TEXT(3, boot.display, 0),           TEXT(4, boot.indicators, 0),
	ROW(5, FIELD_BOOL, boot.simulated), ROW(6, FIELD_BOOL, boot.clean),
};

static const Field alive_rows[] = {
	ROW(1, FIELD_UINT, alive.backlog, .max = WIRE_UINT_MAX),
	ROW(2, FIELD_UINT, alive.roster_version, .max = WIRE_UINT_MAX),
	ROW(3, FIELD_BOOL, alive.sensor_ok),
};

static const Field clock_step_rows[] = {
	ROW(1, FIELD_INT, clock_step.delta_ms, .min = -WIRE_TIME_MAX, .max = WIRE_TIME_MAX),
};

static const Field sensor_rows[] = {
	TEXT(1, sensor.cause, 0),
};

static const Field tamper_rows[] = {
	ROW(1, FIELD_BOOL, tamper.open),
};

static const Field admin_rows[] = {
	ROW(1, FIELD_UINT, admin.command, .max = WIRE_UINT_MAX),
	TEXT(2, admin.action, 1),
};

typedef __typeof__(((EventBody *)0)->enrolment.references[0]) EnrolledReference;

static const Field reference_rows[] = {
	{1, FIELD_UINT, FIELD_AT(EnrolledReference, finger), .min = FINGER_FIRST, .max = FINGER_LAST},
	{2, FIELD_FIXED, FIELD_AT(EnrolledReference, sealed)},
};
static const FieldTable reference_table = FIELD_TABLE(0, reference_rows);
static const FieldList references = {
	.table = &reference_table,
	.element_size = sizeof(EnrolledReference),
	.count_offset = offsetof(EventBody, enrolment.n_references),
};

static const Field enrolment_rows[] = {
	ROW(1, FIELD_FIXED, enrolment.enrolment),
	ROW(2, FIELD_UINT, enrolment.person, .min = 1, .max = PERSON_ID_MAX),
	TEXT(3, enrolment.ordered_by, 0),
	ROW(4, FIELD_UINT, enrolment.outcome, .min = ENROL_WAITING, .max = ENROL_FAILED),
	ROW(5, FIELD_LIST, enrolment.references, .max = EVENT_REFERENCES_MAX, .optional = true,
		.list = &references),
};

static const Field reserve_rows[] = {
	ROW(1, FIELD_BOOL, reserve.reached),
	ROW(2, FIELD_UINT, reserve.free_bytes, .max = WIRE_UINT_MAX),
};

static const Field roster_rows[] = {
	ROW(1, FIELD_UINT, roster.version, .max = WIRE_UINT_MAX),
	ROW(2, FIELD_FIXED, roster.epoch),
};

static const Field punch_rows[] = {
	ROW(1, FIELD_UINT, punch.person, .min = 1, .max = PERSON_ID_MAX),
	ROW(2, FIELD_INT, punch.reference, .min = 1, .max = INT64_MAX),
	ROW(3, FIELD_INT, punch.score_milli, .min = INT32_MIN, .max = INT32_MAX),
	ROW(4, FIELD_INT, punch.margin_milli, .min = INT32_MIN, .max = INT32_MAX),
	ROW(5, FIELD_UINT, punch.quality, .max = QUALITY_MAX),
};

static const Field unrecognised_rows[] = {
	ROW(1, FIELD_UINT, unrecognised.cause, .min = UNRECOGNISED_NO_MATCH,
		.max = UNRECOGNISED_EXPIRED),
	ROW(2, FIELD_UINT, unrecognised.quality, .max = QUALITY_MAX),
	ROW(3, FIELD_UINT, unrecognised.attempt, .min = 1, .max = UINT32_MAX),
};

static const Field claim_rows[] = {
	ROW(1, FIELD_DIGITS, claim.number, .min = 1, .max = EVENT_NUMBER_MAX),
	ROW(2, FIELD_UINT, claim.quality, .max = QUALITY_MAX),
	ROW(3, FIELD_FIXED, claim.probe),
};

static const Field fingerless_rows[] = {
	ROW(1, FIELD_DIGITS, fingerless.number, .min = 1, .max = EVENT_NUMBER_MAX),
};

static const Field approval_rows[] = {
	ROW(1, FIELD_UINT, approval.seq, .min = 1, .max = WIRE_UINT_MAX),
	ROW(2, FIELD_UINT, approval.approver, .min = 1, .max = PERSON_ID_MAX),
	ROW(3, FIELD_INT, approval.score_milli, .min = INT32_MIN, .max = INT32_MAX),
};

static const Field code_rows[] = {
	ROW(1, FIELD_UINT, code.person, .min = 1, .max = PERSON_ID_MAX),
	ROW(2, FIELD_UINT, code.reference, .min = 1, .max = WIRE_UINT_MAX),
	ROW(3, FIELD_INT, code.score_milli, .min = INT32_MIN, .max = INT32_MAX),
};

#define NO_FIELDS {0, 0, NULL}

/* By kind; a kind has no version: another meaning is another kind. */
static const FieldTable tables[] = {
	[EVENT_OPEN] = FIELD_TABLE(0, open_rows),
	[EVENT_BOOT] = FIELD_TABLE(0, boot_rows),
	[EVENT_STOP] = NO_FIELDS,
	[EVENT_ALIVE] = FIELD_TABLE(0, alive_rows),
	[EVENT_CLOCK_STEP] = FIELD_TABLE(0, clock_step_rows),
	[EVENT_SENSOR_LOST] = FIELD_TABLE(0, sensor_rows),
	[EVENT_SENSOR_BACK] = FIELD_TABLE(0, sensor_rows),
	[EVENT_NETWORK_LOST] = NO_FIELDS,
	[EVENT_NETWORK_BACK] = NO_FIELDS,
	[EVENT_TAMPER] = FIELD_TABLE(0, tamper_rows),
	[EVENT_ADMIN] = FIELD_TABLE(0, admin_rows),
	[EVENT_ENROLMENT] = FIELD_TABLE(0, enrolment_rows),
	[EVENT_RESERVE] = FIELD_TABLE(0, reserve_rows),
	[EVENT_ROSTER] = FIELD_TABLE(0, roster_rows),
	[EVENT_PUNCH] = FIELD_TABLE(0, punch_rows),
	[EVENT_UNRECOGNISED] = FIELD_TABLE(0, unrecognised_rows),
	[EVENT_CLAIM] = FIELD_TABLE(0, claim_rows),
	[EVENT_FINGERLESS] = FIELD_TABLE(0, fingerless_rows),
	[EVENT_APPROVAL] = FIELD_TABLE(0, approval_rows),
	[EVENT_CODE] = FIELD_TABLE(0, code_rows),
};

static const char *const names[] = {
	[EVENT_OPEN] = "open",
	[EVENT_BOOT] = "boot",
	[EVENT_STOP] = "stop",
	[EVENT_ALIVE] = "alive",
	[EVENT_CLOCK_STEP] = "clock-step",
	[EVENT_SENSOR_LOST] = "sensor-lost",
	[EVENT_SENSOR_BACK] = "sensor-back",
	[EVENT_NETWORK_LOST] = "network-lost",
	[EVENT_NETWORK_BACK] = "network-back",
	[EVENT_TAMPER] = "tamper",
	[EVENT_ADMIN] = "admin",
	[EVENT_ENROLMENT] = "enrolment",
	[EVENT_RESERVE] = "reserve",
	[EVENT_ROSTER] = "roster",
	[EVENT_PUNCH] = "punch",
	[EVENT_UNRECOGNISED] = "unrecognised",
	[EVENT_CLAIM] = "claim",
	[EVENT_FINGERLESS] = "fingerless",
	[EVENT_APPROVAL] = "approval",
	[EVENT_CODE] = "code",
};
#define N_KINDS (sizeof names / sizeof names[0])

const char *event_kind_name(uint32_t kind)
{
	return kind < N_KINDS ? names[kind] : NULL;
}

bool event_kind_known(uint32_t kind)
{
	return event_kind_name(kind) != NULL;
}

void event_body_encode(WireBuffer *out, uint32_t kind, const EventBody *body)
{
	if (event_kind_known(kind))
		fields_encode(out, &tables[kind], body);
	else
		out->failed = true;
}

WireResult event_body_decode(uint32_t kind, Slice payload, EventBody *out)
{
	memset(out, 0, sizeof *out);
	if (!event_kind_known(kind))
		return WIRE_SHAPE;
	return fields_decode_all(payload, &tables[kind], out, sizeof *out);
}
