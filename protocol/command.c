#include "protocol/command.h"

#include <string.h>

#include "protocol/event.h"
#include "protocol/fields.h"
#include "protocol/roster.h"

#define ROW(key, type, member, ...) {key, type, FIELD_AT(Command, member), __VA_ARGS__}

static const Field finger = {
	.type = FIELD_UINT, .size = sizeof(Finger), .min = FINGER_FIRST, .max = FINGER_LAST};
static const FieldList fingers = {
	.plain = &finger,
	.element_size = sizeof(Finger),
	.count_offset = offsetof(Command, enrol.n_fingers),
};

static const Field enrol_rows[] = {
	ROW(1, FIELD_FIXED, enrol.enrolment),
	ROW(2, FIELD_UINT, enrol.person, .min = 1, .max = PERSON_ID_MAX),
	ROW(3, FIELD_TEXT, enrol.name, .min = 1, .max = ROSTER_NAME_MAX),
	ROW(4, FIELD_TEXT, enrol.ordered_by, .max = EVENT_TEXT_MAX),
	ROW(5, FIELD_INT, enrol.expires_ms, .max = WIRE_TIME_MAX),
	ROW(6, FIELD_LIST, enrol.fingers, .min = 1, .max = COMMAND_FINGERS_MAX, .list = &fingers),
};

static const Field enrol_cancel_rows[] = {
	ROW(1, FIELD_FIXED, enrol_cancel.enrolment),
};

static const Field enrol_answer_rows[] = {
	ROW(1, FIELD_FIXED, enrol_answer.enrolment),
	ROW(2, FIELD_UINT, enrol_answer.outcome, .min = ANSWER_ACCEPTED, .max = ANSWER_UNKNOWN),
};

static const Field claim_answer_rows[] = {
	ROW(1, FIELD_FIXED, claim_answer.journal),
	ROW(2, FIELD_UINT, claim_answer.seq, .min = 1, .max = WIRE_UINT_MAX),
	ROW(3, FIELD_UINT, claim_answer.outcome, .min = ANSWER_ACCEPTED, .max = ANSWER_UNKNOWN),
	ROW(4, FIELD_UINT, claim_answer.person, .max = PERSON_ID_MAX, .optional = true),
	ROW(5, FIELD_TEXT, claim_answer.name, .max = ROSTER_NAME_MAX, .optional = true),
};

static const Field certificate = {
	.type = FIELD_BYTES, .size = sizeof(Slice), .min = 1, .max = COMMAND_CERTIFICATE_SIZE_MAX};
static const FieldList certificates = {
	.plain = &certificate,
	.element_size = sizeof(Slice),
	.count_offset = offsetof(Command, certificate.n_certificates),
};

static const Field certificate_rows[] = {
	ROW(1, FIELD_LIST, certificate.certificates, .min = 1, .max = COMMAND_CERTIFICATES_MAX,
		.list = &certificates),
	ROW(2, FIELD_UINT, certificate.n_leaf, .min = 1, .max = COMMAND_CERTIFICATES_MAX),
};

static const Field keys_rows[] = {
	ROW(1, FIELD_POINT, keys.signing),
	ROW(2, FIELD_POINT, keys.sealing),
};

static const Field code_rows[] = {
	ROW(1, FIELD_FIXED, code.journal),
	ROW(2, FIELD_UINT, code.seq, .min = 1, .max = WIRE_UINT_MAX),
	ROW(3, FIELD_UINT, code.outcome, .min = ANSWER_ACCEPTED, .max = ANSWER_UNKNOWN),
	ROW(4, FIELD_BYTES, code.sealed, .max = COMMAND_CODE_SIZE_MAX, .optional = true),
	ROW(5, FIELD_UINT, code.minutes, .max = COMMAND_CODE_MINUTES_MAX, .optional = true),
};

/* By kind; a kind has no version: another meaning is another kind. */
static const FieldTable bodies[] = {
	[COMMAND_ENROL] = FIELD_TABLE(0, enrol_rows),
	[COMMAND_ENROL_CANCEL] = FIELD_TABLE(0, enrol_cancel_rows),
	[COMMAND_ENROL_ANSWER] = FIELD_TABLE(0, enrol_answer_rows),
	[COMMAND_CLAIM_ANSWER] = FIELD_TABLE(0, claim_answer_rows),
	[COMMAND_CERTIFICATE] = FIELD_TABLE(0, certificate_rows),
	[COMMAND_KEYS] = FIELD_TABLE(0, keys_rows),
	[COMMAND_REVOKED] = {0, 0, NULL},
	[COMMAND_RESYNC] = {0, 0, NULL},
	[COMMAND_CODE] = FIELD_TABLE(0, code_rows),
};
#define N_BODIES (sizeof bodies / sizeof bodies[0])

/* What every command has; the body's form depends on the kind. */
typedef struct {
	uint64_t id;
	uint32_t kind;
	Slice body;
} Frame;

static const Field frame_rows[] = {
	{1, FIELD_UINT, FIELD_AT(Frame, id), .min = 1, .max = WIRE_UINT_MAX},
	{2, FIELD_UINT, FIELD_AT(Frame, kind), .min = 1, .max = UINT32_MAX},
	{3, FIELD_RAW, FIELD_AT(Frame, body)},
};
static const FieldTable frame_table = FIELD_TABLE(WIRE_V1, frame_rows);

bool command_kind_known(uint32_t kind)
{
	return kind >= COMMAND_ENROL && kind < N_BODIES;
}

static bool counts_are_good(const Command *command)
{
	return command->kind != COMMAND_CERTIFICATE ||
		   command->certificate.n_leaf <= command->certificate.n_certificates;
}

void command_encode(WireBuffer *out, const Command *command)
{
	WireBuffer body = {0};

	if (!command_kind_known(command->kind) || !counts_are_good(command)) {
		out->failed = true;
		return;
	}
	fields_encode(&body, &bodies[command->kind], command);
	const Frame frame = {command->id, command->kind, wire_buffer_slice(&body)};
	fields_encode(out, &frame_table, &frame); /* fails on the empty body of a failed buffer */
	wire_buffer_clear(&body);
}

WireResult command_decode(Slice payload, Command *out)
{
	WireReader reader;
	Frame frame;

	memset(out, 0, sizeof *out);
	WireResult result = fields_decode_all(payload, &frame_table, &frame, sizeof frame);
	if (result != WIRE_OK)
		return result;
	out->id = frame.id;
	out->kind = frame.kind;
	if (!command_kind_known(frame.kind))
		return WIRE_OK;
	wire_reader_init(&reader, frame.body);
	fields_decode(&reader, &bodies[frame.kind], out);
	result = wire_reader_finish(&reader);
	return result == WIRE_OK && !counts_are_good(out) ? WIRE_RANGE : result;
}
