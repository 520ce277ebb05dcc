#include "firmware/record.h"

#include <string.h>

#include "firmware/crypto_psa.h"
#include "firmware/seal_psa.h"

static Slice text_slice(const char *text)
{
	return (Slice){(const uint8_t *)text, strlen(text)};
}

static gboolean append(const Recorder *recorder, EventKind kind, const EventBody *body,
					   Slice attachment, Recorded *out, GError **error)
{
	ClockReading now;
	timekeeper_read(recorder->timekeeper, &now);
	out->at_ms = now.wall_ms;
	return journal_append(recorder->journal, kind, body, attachment, &now, &out->ref, error);
}

gboolean record_punch(const Recorder *recorder, const IdentifyAnswer *answer, guint8 quality,
					  Recorded *out, GError **error)
{
	EventBody body = {.punch = {.person = answer->person,
								.reference = answer->reference,
								.score_milli = answer->score,
								.margin_milli = answer->margin,
								.quality = quality}};
	return append(recorder, EVENT_PUNCH, &body, (Slice){0}, out, error);
}

static UnrecognisedCause cause_of(TerminalResult result)
{
	switch (result) {
	case RESULT_TOO_CLOSE:
		return UNRECOGNISED_TOO_CLOSE;
	case RESULT_POOR:
		return UNRECOGNISED_POOR;
	case RESULT_EXPIRED:
	case RESULT_MOVED:
		return UNRECOGNISED_EXPIRED;
	case RESULT_NONE:
	case RESULT_FOUND:
	case RESULT_REPEAT:
	case RESULT_NOT_ENROLLED:
	case RESULT_ELSEWHERE:
	case RESULT_NOT_ENTITLED:
		break;
	}
	return UNRECOGNISED_NO_MATCH;
}

gboolean record_unrecognised(const Recorder *recorder, TerminalResult result, guint8 quality,
							 guint attempt, Recorded *out, GError **error)
{
	EventBody body = {
		.unrecognised = {.cause = cause_of(result), .quality = quality, .attempt = attempt}};
	return append(recorder, EVENT_UNRECOGNISED, &body, (Slice){0}, out, error);
}

/* Sealed to the vault. The plain form is wiped. */
static gboolean seal_template(const Recorder *recorder, const MatchTemplate *template,
							  PersonId person, Slice reference, WireBuffer *out, GError **error)
{
	const PublicKey *vault = recorder->vault_key(recorder->user);
	if (vault == NULL) {
		g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FAILED, "the vault's key is not known yet");
		return FALSE;
	}
	SealContext context = {
		.terminal = recorder->terminal, .person = person, .reference = reference};
	gsize size = 0;
	g_autofree guint8 *plain = g_bytes_unref_to_data(match_template_encode(template), &size);
	gboolean sealed = seal_to(vault, &context, (Slice){plain, size}, out, error);
	explicit_bzero(plain, size);
	return sealed;
}

gboolean record_claim(const Recorder *recorder, const char *number, const MatchTemplate *probe,
					  Recorded *out, GError **error)
{
	WireBuffer sealed = {0};
	if (!seal_template(recorder, probe, 0, text_slice(number), &sealed, error)) {
		g_prefix_error(error, "probe: ");
		wire_buffer_clear(&sealed);
		return FALSE;
	}
	Slice attachment = wire_buffer_slice(&sealed);
	EventBody body = {
		.claim = {.number = text_slice(number), .quality = match_template_quality(probe)}};
	crypto_sha256(&attachment, 1, &body.claim.probe);
	gboolean stored = append(recorder, EVENT_CLAIM, &body, attachment, out, error);
	wire_buffer_clear(&sealed);
	return stored;
}

gboolean record_fingerless(const Recorder *recorder, const char *number, Recorded *out,
						   GError **error)
{
	EventBody body = {.fingerless = {.number = text_slice(number)}};
	return append(recorder, EVENT_FINGERLESS, &body, (Slice){0}, out, error);
}

gboolean record_approval(const Recorder *recorder, const EventRef *fingerless,
						 const IdentifyAnswer *approver, Recorded *out, GError **error)
{
	EventRef head;
	journal_head(recorder->journal, &head);
	if (!random_id_equal(&head.journal, &fingerless->journal)) {
		g_set_error(error, JOURNAL_ERROR, JOURNAL_ERROR_FAILED,
					"the event to approve is in a closed journal");
		return FALSE;
	}
	EventBody body = {.approval = {.seq = fingerless->seq,
								   .approver = approver->person,
								   .score_milli = approver->score}};
	return append(recorder, EVENT_APPROVAL, &body, (Slice){0}, out, error);
}

gboolean record_code(const Recorder *recorder, const IdentifyAnswer *asker, Recorded *out,
					 GError **error)
{
	EventBody body = {.code = {.person = asker->person,
							   .reference = asker->reference,
							   .score_milli = asker->score}};
	return append(recorder, EVENT_CODE, &body, (Slice){0}, out, error);
}

gboolean record_sensor(const Recorder *recorder, gboolean back, const char *cause, GError **error)
{
	Recorded ignored;
	EventBody body = {.sensor = {.cause = text_slice(cause)}};
	body.sensor.cause.size = MIN(body.sensor.cause.size, EVENT_TEXT_MAX);
	return append(recorder, back ? EVENT_SENSOR_BACK : EVENT_SENSOR_LOST, &body, (Slice){0},
				  &ignored, error);
}

gboolean record_tamper(const Recorder *recorder, gboolean open, GError **error)
{
	Recorded ignored;
	EventBody body = {.tamper = {.open = open}};
	return append(recorder, EVENT_TAMPER, &body, (Slice){0}, &ignored, error);
}

/* Fills the templates of `report` and of the event. */
static gboolean seal_impressions(const Recorder *recorder, const Enrol *enrol, EventBody *body,
								 EnrolSealed *sealed, EnrolReport *report, GError **error)
{
	gsize n = enrol_n_templates(enrol);
	g_assert(n <= ENROL_TEMPLATES_MAX && n <= EVENT_REFERENCES_MAX);
	for (gsize i = 0; i < n; i++) {
		EnrolTemplate impression = enrol_template(enrol, i);
		uint8_t reference[18];
		seal_reference_enrolment(enrol_id(enrol), impression.finger, impression.index, reference);
		if (!seal_template(recorder, impression.template, enrol_person(enrol),
						   (Slice){reference, sizeof reference}, &sealed->templates[i], error))
			return FALSE;
		report->templates[i].finger = impression.finger;
		report->templates[i].quality = match_template_quality(impression.template);
		report->templates[i].sealed = wire_buffer_slice(&sealed->templates[i]);
		body->enrolment.references[i].finger = impression.finger;
		crypto_sha256(&report->templates[i].sealed, 1, &body->enrolment.references[i].sealed);
	}
	report->n_templates = body->enrolment.n_references = n;
	return TRUE;
}

gboolean record_enrolment(const Recorder *recorder, const Enrol *enrol, EnrolState outcome,
						  EnrolSealed *sealed, EnrolReport *report, GError **error)
{
	EventBody body = {.enrolment = {.enrolment = *enrol_id(enrol),
									.person = enrol_person(enrol),
									.ordered_by = text_slice(enrol_ordered_by(enrol)),
									.outcome = (uint8_t)outcome}};
	Recorded recorded;
	body.enrolment.ordered_by.size = MIN(body.enrolment.ordered_by.size, EVENT_TEXT_MAX);
	enrol_report(enrol, report);
	report->state = outcome;
	if (outcome == ENROL_DONE && !seal_impressions(recorder, enrol, &body, sealed, report, error)) {
		g_prefix_error(error, "sealing the templates: ");
		return FALSE;
	}
	if (!append(recorder, EVENT_ENROLMENT, &body, (Slice){0}, &recorded, error))
		return FALSE;
	report->journal = recorded.ref.journal;
	report->seq = recorded.ref.seq;
	return TRUE;
}

void enrol_sealed_clear(EnrolSealed *sealed)
{
	for (gsize i = 0; i < ENROL_TEMPLATES_MAX; i++)
		wire_buffer_clear(&sealed->templates[i]);
}
