#include <string.h>

#include "tests/protocol/support/wire_crypto.h"
#include "tests/protocol/support/wire_samples.h"
#include "tests/protocol/support/wire_seal.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof(array)[0])
#define MORNING_MS INT64_C(1740963600000) /* 2025-03-03 08.00 WIB */
#define HOUR_MS (60 * 60 * 1000)

static const RandomId enrolment = {"enrolment-000001"};
static const PersonId person = 481516;

static Hash digest_of(const char *text)
{
	Slice slice = slice_of_text(text);
	Hash hash;

	wire_test_sha256(&slice, 1, &hash);
	return hash;
}

Receipt wire_sample_receipt(void)
{
	return (Receipt){wire_sample_journal, 1204, digest_of("head 1204")};
}

Health wire_sample_health(void)
{
	return (Health){
		.online = true,
		.journal = wire_sample_journal,
		.seq = 1332,
		.head = digest_of("head 1332"),
		.receipted = 1204,
		.wall_ms = MORNING_MS,
		.trust = CLOCK_SET,
		.uptime_s = 86400,
		.disk_free = UINT64_C(6) << 30,
		.roster_version = 9,
		.n_people = 212,
		.n_references = 1270,
		.sensor_ok = true,
		.simulated = true,
		.version = slice_of_text("0.1.0"),
		.sensor = slice_of_text("virtual_image"),
	};
}

Want wire_sample_want(void)
{
	return (Want){
		.has_epoch = true,
		.epoch = wire_sample_epoch,
		.roster_version = 9,
		.last_command = 3,
		.journal = wire_sample_journal,
		.seq = 1332,
		.head = digest_of("head 1332"),
		.only_roster = true,
	};
}

Join wire_sample_join(void)
{
	Join join = {.csr = slice_of_text("a certificate request"), .proof = digest_of("proof")};

	wire_test_public(&join.signing);
	wire_test_other_public(&join.sealing);
	return join;
}

RosterChunk wire_sample_roster(void)
{
	static RosterSchedule schedules[1];
	static RosterReference references[2];
	static RosterEntry entries[2];
	static PersonId removed[] = {5, 2342};

	schedules[0] = (RosterSchedule){
		.id = 4,
		.n_windows = 1,
		.windows = {{MORNING_MS - 3 * HOUR_MS, MORNING_MS + 4 * HOUR_MS, MORNING_MS + 4 * HOUR_MS,
					 MORNING_MS + 12 * HOUR_MS}},
	};
	references[0] = (RosterReference){77, FINGER_RIGHT_INDEX, slice_of_text("sealed 77")};
	references[1] = (RosterReference){78, FINGER_LEFT_INDEX, slice_of_text("sealed 78")};
	entries[0] = (RosterEntry){
		.person = person,
		.name = slice_of_text("SITI RAHMAWATI"),
		.not_before_ms = MORNING_MS - 8 * HOUR_MS,
		.not_after_ms = MORNING_MS + 90 * INT64_C(24) * HOUR_MS,
		.schedule = 4,
		.flags = ROSTER_APPROVER,
		.n_references = N_ELEMENTS(references),
		.references = references,
	};
	entries[1] = (RosterEntry){
		.person = 108,
		.name = slice_of_text("BUDI SANTOSO"),
		.not_after_ms = MORNING_MS,
	};
	return (RosterChunk){
		.from = 7,
		.upto = 9,
		.more = true,
		.n_schedules = N_ELEMENTS(schedules),
		.schedules = schedules,
		.n_entries = N_ELEMENTS(entries),
		.entries = entries,
		.n_removed = N_ELEMENTS(removed),
		.removed = removed,
		.repeat_s = 300,
		.utc_offset_min = 420,
	};
}

static void sample_enrol_commands(Command *out)
{
	switch ((CommandKind)out->kind) {
	case COMMAND_ENROL:
		out->enrol.enrolment = enrolment;
		out->enrol.person = person;
		out->enrol.name = slice_of_text("SITI RAHMAWATI");
		out->enrol.ordered_by = slice_of_text("Pengelola Contoh");
		out->enrol.expires_ms = MORNING_MS + HOUR_MS;
		out->enrol.n_fingers = 2;
		out->enrol.fingers[0] = FINGER_RIGHT_INDEX;
		out->enrol.fingers[1] = FINGER_LEFT_INDEX;
		break;
	case COMMAND_ENROL_CANCEL:
		out->enrol_cancel.enrolment = enrolment;
		break;
	case COMMAND_ENROL_ANSWER:
		out->enrol_answer.enrolment = enrolment;
		out->enrol_answer.outcome = ANSWER_HELD;
		break;
	case COMMAND_CLAIM_ANSWER:
	case COMMAND_CERTIFICATE:
	case COMMAND_KEYS:
	case COMMAND_REVOKED:
	case COMMAND_RESYNC:
	case COMMAND_CODE:
		break;
	}
}

bool wire_sample_command(uint32_t kind, Command *out)
{
	*out = (Command){.id = 3, .kind = kind};
	if (!command_kind_known(kind))
		return false;
	sample_enrol_commands(out);
	if (kind == COMMAND_CLAIM_ANSWER) {
		out->claim_answer.journal = wire_sample_journal;
		out->claim_answer.seq = 17;
		out->claim_answer.outcome = ANSWER_ACCEPTED;
		out->claim_answer.person = person;
		out->claim_answer.name = slice_of_text("SITI RAHMAWATI");
	} else if (kind == COMMAND_CERTIFICATE) {
		out->certificate.n_certificates = 2;
		out->certificate.certificates[0] = slice_of_text("a leaf");
		out->certificate.certificates[1] = slice_of_text("an anchor");
		out->certificate.n_leaf = 1;
	} else if (kind == COMMAND_CODE) {
		out->code.journal = wire_sample_journal;
		out->code.seq = 17;
		out->code.outcome = ANSWER_ACCEPTED;
		out->code.sealed = slice_of_text("a sealed code");
		out->code.minutes = 15;
	} else if (kind == COMMAND_KEYS) {
		wire_test_public(&out->keys.signing);
		wire_test_other_public(&out->keys.sealing);
	}
	return true;
}

EnrolReport wire_sample_enrol(void)
{
	EnrolReport report = {
		.enrolment = enrolment,
		.person = person,
		.state = ENROL_DONE,
		.accepted = 3,
		.wanted = 3,
		.hint = ENROL_HINT_GOOD,
		.n_templates = 2,
		.journal = wire_sample_journal,
		.seq = 1300,
	};

	report.templates[0].finger = FINGER_RIGHT_INDEX;
	report.templates[0].quality = 83;
	report.templates[0].sealed = slice_of_text("a sealed template");
	report.templates[1].finger = FINGER_LEFT_INDEX;
	report.templates[1].quality = 61;
	report.templates[1].sealed = slice_of_text("another sealed template");
	return report;
}

SealContext wire_sample_seal_context(void)
{
	static uint8_t reference[8];

	seal_reference_id(77, reference);
	return (SealContext){wire_sample_terminal, person, slice_of(reference, sizeof reference)};
}

void wire_sample_sealed(WireBuffer *out)
{
	static const uint8_t ephemeral[32] = {[31] = 3};
	static const uint8_t nonce[] = {"nonce-00001"};
	SealContext context = wire_sample_seal_context();
	PublicKey recipient;

	wire_test_public(&recipient);
	wire_test_seal(out, &recipient, &context, slice_of_text("a template"), ephemeral, nonce);
}
