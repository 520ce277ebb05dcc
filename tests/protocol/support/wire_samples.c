#include "tests/protocol/support/wire_samples.h"

#include <glib.h>
#include <string.h>

#include "tests/protocol/support/wire_crypto.h"

const TerminalId wire_sample_terminal = {"bkd-lobi-1"};
const RandomId wire_sample_journal = {"journal-00000001"};
const RandomId wire_sample_epoch = {"epoch-0000000001"};
const RandomId wire_sample_boot = {"boot-00000000001"};
static const RandomId enrolment = {"enrolment-000001"};

EnvelopeHead wire_sample_head(MessageType type)
{
	EnvelopeHead head = {.type = type, .terminal = wire_sample_terminal, .number = 42};
	PublicKey public;

	wire_test_public(&public);
	key_id_of(&public, wire_test_sha256, &head.key);
	head.has_epoch = message_type_is_down(type);
	if (head.has_epoch)
		head.epoch = wire_sample_epoch;
	return head;
}

static Hash digest_of(const char *text)
{
	Slice slice = slice_of_text(text);
	Hash hash;

	wire_test_sha256(&slice, 1, &hash);
	return hash;
}

Slice wire_sample_attachment(uint32_t kind)
{
	return kind == EVENT_CLAIM ? slice_of_text("a sealed probe") : (Slice){0};
}

static Slice text(const char *words)
{
	return slice_of_text(words);
}

static void sample_system(uint32_t kind, EventBody *out)
{
	switch (kind) {
	case EVENT_OPEN:
		out->open.reason = OPEN_FIRST;
		out->open.version = text("0.1.0");
		break;
	case EVENT_BOOT:
		out->boot.version = text("0.1.0");
		out->boot.sensor = text("virtual_image");
		out->boot.display = text("sim");
		out->boot.indicators = text("sim");
		out->boot.simulated = true;
		break;
	case EVENT_ALIVE:
		out->alive.backlog = 128;
		out->alive.roster_version = 9;
		out->alive.sensor_ok = true;
		break;
	case EVENT_CLOCK_STEP:
		out->clock_step.delta_ms = -7200000;
		break;
	case EVENT_SENSOR_LOST:
	case EVENT_SENSOR_BACK:
		out->sensor.cause = text("unplugged");
		break;
	case EVENT_TAMPER:
		out->tamper.open = true;
		break;
	case EVENT_RESERVE:
		out->reserve.reached = true;
		out->reserve.free_bytes = 50 << 20;
		break;
	case EVENT_ROSTER:
		out->roster.version = 9;
		out->roster.epoch = wire_sample_epoch;
		break;
	default:
		break;
	}
}

static void sample_people(uint32_t kind, EventBody *out)
{
	switch (kind) {
	case EVENT_ADMIN:
		out->admin.command = 3;
		out->admin.action = text("certificate");
		break;
	case EVENT_ENROLMENT:
		out->enrolment.enrolment = enrolment;
		out->enrolment.person = 481516;
		out->enrolment.ordered_by = text("Pengelola Contoh");
		out->enrolment.outcome = ENROL_DONE;
		out->enrolment.n_references = 1;
		out->enrolment.references[0].finger = FINGER_RIGHT_INDEX;
		out->enrolment.references[0].sealed = digest_of("a sealed template");
		break;
	case EVENT_PUNCH:
		out->punch.person = 481516;
		out->punch.reference = 77;
		out->punch.score_milli = 41250;
		out->punch.margin_milli = 30100;
		out->punch.quality = 83;
		break;
	case EVENT_UNRECOGNISED:
		out->unrecognised.cause = UNRECOGNISED_NO_MATCH;
		out->unrecognised.quality = 40;
		out->unrecognised.attempt = 2;
		break;
	case EVENT_CLAIM: {
		Slice attachment = wire_sample_attachment(EVENT_CLAIM);
		out->claim.number = text("199001012015031001");
		out->claim.quality = 77;
		wire_test_sha256(&attachment, 1, &out->claim.probe);
		break;
	}
	case EVENT_FINGERLESS:
		out->fingerless.number = text("481516");
		break;
	case EVENT_APPROVAL:
		out->approval.seq = 18;
		out->approval.approver = 2342;
		out->approval.score_milli = 38000;
		break;
	case EVENT_CODE:
		out->code.person = 481516;
		out->code.reference = 77;
		out->code.score_milli = 41250;
		break;
	default:
		break;
	}
}

bool wire_sample_body(uint32_t kind, EventBody *out)
{
	memset(out, 0, sizeof *out);
	if (!event_kind_known(kind))
		return false;
	sample_system(kind, out);
	sample_people(kind, out);
	return true;
}

/* The golden chain is older than the kinds behind approval, and stays as it is. */
static uint32_t kind_after(uint32_t kind)
{
	do {
		kind = kind % EVENT_APPROVAL + 1;
	} while (!event_kind_known(kind));
	return kind;
}

void wire_sample_chain(WireBuffer *memory, size_t n, EventBatch *out)
{
	uint8_t salt[EVENT_SALT_SIZE];
	g_autofree size_t *ends = g_new0(size_t, n + 1);
	uint32_t kind = 0;

	*out = (EventBatch){.journal = wire_sample_journal, .first = 1, .last = n, .n_events = n};
	event_genesis(&wire_sample_terminal, &wire_sample_journal, wire_test_sha256, &out->previous);
	out->head = out->previous;
	for (size_t i = 0; i < n; i++) {
		EventBody body;
		WireBuffer payload = {0};
		kind = i == 0 ? EVENT_OPEN : kind_after(kind);
		EventHeader header = {
			.seq = i + 1,
			.kind = kind,
			.wall_ms = INT64_C(1740963130000) + (int64_t)i * 60000,
			.mono_ms = 5000 + i * 60000,
			.boot = wire_sample_boot,
			.trust = CLOCK_SET,
			.uncertainty_ms = 50,
			.previous = out->head,
		};
		memset(salt, (int)(i + 1), sizeof salt);
		wire_sample_body(kind, &body);
		event_body_encode(&payload, kind, &body);
		g_assert_true(event_encode(memory, &header, salt, wire_buffer_slice(&payload),
								   wire_sample_attachment(kind), wire_test_sha256, &out->head));
		wire_buffer_clear(&payload);
		ends[i + 1] = memory->size;
	}
	for (size_t i = 0; i < n; i++)
		out->events[i] = slice_of(memory->data + ends[i], ends[i + 1] - ends[i]);
}
