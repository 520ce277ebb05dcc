#include "server/messages.h"

#include <string.h>

/* Every payload is one array; numbers of requests and people are unsigned, days are signed. */

#define DAY_LIMIT 10000000

static void put_person(WireBuffer *out, gint64 person)
{
	wire_put_uint(out, (uint64_t)person);
}

static gint64 get_person(WireReader *reader)
{
	return (gint64)wire_get_uint(reader, PERSON_ID_MAX);
}

static gint64 get_id(WireReader *reader)
{
	return (gint64)wire_get_uint(reader, G_MAXINT64);
}

static void put_terminal(WireBuffer *out, const TerminalId *terminal)
{
	wire_put_text(out, (Slice){(const uint8_t *)terminal->text, strlen(terminal->text)});
}

/* Empty where `optional`. */
static gboolean get_terminal(WireReader *reader, TerminalId *out, gboolean optional)
{
	Slice text = wire_get_text(reader, 0, TERMINAL_ID_MAX);
	memset(out, 0, sizeof *out);
	return (optional && text.size == 0) || terminal_id_parse(out, text);
}

static void start(WireBuffer *out, size_t n)
{
	wire_put_array(out, n);
}

static gboolean open_array(WireReader *reader, Slice payload, size_t n)
{
	wire_reader_init(reader, payload);
	return wire_get_array(reader, n, n) == n;
}

static gboolean finish(WireReader *reader)
{
	return wire_reader_finish(reader) == WIRE_OK;
}

/* ── core and web ── */

void server_changed_encode(WireBuffer *out, const ServerChanged *changed)
{
	start(out, 3);
	put_person(out, changed->person);
	wire_put_int(out, changed->day);
	put_terminal(out, &changed->terminal);
}

gboolean server_changed_decode(Slice payload, ServerChanged *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 3))
		return FALSE;
	out->person = get_person(&reader);
	out->day = wire_get_int(&reader, -DAY_LIMIT, DAY_LIMIT);
	return get_terminal(&reader, &out->terminal, TRUE) && finish(&reader);
}

void server_terminal_encode(WireBuffer *out, const TerminalId *terminal)
{
	start(out, 1);
	put_terminal(out, terminal);
}

gboolean server_terminal_decode(Slice payload, TerminalId *out)
{
	WireReader reader;
	return open_array(&reader, payload, 1) && get_terminal(&reader, out, FALSE) && finish(&reader);
}

void server_person_encode(WireBuffer *out, gint64 person)
{
	start(out, 1);
	put_person(out, person);
}

gboolean server_person_decode(Slice payload, gint64 *person)
{
	WireReader reader;
	if (!open_array(&reader, payload, 1))
		return FALSE;
	*person = get_person(&reader);
	return finish(&reader);
}

void server_enrolment_encode(WireBuffer *out, const RandomId *enrolment)
{
	start(out, 1);
	wire_put_bytes(out, (Slice){enrolment->bytes, sizeof enrolment->bytes});
}

gboolean server_enrolment_decode(Slice payload, RandomId *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 1))
		return FALSE;
	wire_get_fixed(&reader, out->bytes, sizeof out->bytes);
	return finish(&reader);
}

/* ── core and vault ── */

static void put_reference(WireBuffer *out, const VaultReference *reference)
{
	start(out, 3);
	put_person(out, reference->person);
	wire_put_uint(out, (uint64_t)reference->reference);
	wire_put_bytes(out, reference->sealed);
}

static void get_reference(WireReader *reader, VaultReference *out)
{
	wire_get_array(reader, 3, 3);
	out->person = get_person(reader);
	out->reference = get_id(reader);
	out->sealed = wire_get_bytes(reader, 0, ROSTER_SEALED_MAX);
}

void vault_reference_encode(WireBuffer *out, const VaultReference *reference)
{
	put_reference(out, reference);
}

gboolean vault_reference_decode(Slice payload, VaultReference *out)
{
	WireReader reader;
	wire_reader_init(&reader, payload);
	get_reference(&reader, out);
	return finish(&reader);
}

void vault_forget_encode(WireBuffer *out, gint64 reference)
{
	start(out, 1);
	wire_put_uint(out, (uint64_t)reference);
}

gboolean vault_forget_decode(Slice payload, gint64 *reference)
{
	WireReader reader;
	if (!open_array(&reader, payload, 1))
		return FALSE;
	*reference = get_id(&reader);
	return finish(&reader);
}

void vault_enrol_encode(WireBuffer *out, const VaultEnrol *enrol)
{
	WireBuffer report = {0};
	enrol_report_encode(&report, &enrol->report);
	start(out, 4);
	wire_put_uint(out, enrol->request);
	put_terminal(out, &enrol->terminal);
	wire_put_bytes(out, wire_buffer_slice(&report));
	start(out, enrol->report.n_templates);
	for (size_t i = 0; i < enrol->report.n_templates; i++)
		wire_put_uint(out, (uint64_t)enrol->references[i]);
	out->failed = out->failed || report.failed;
	wire_buffer_clear(&report);
}

gboolean vault_enrol_decode(Slice payload, VaultEnrol *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 4))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	if (!get_terminal(&reader, &out->terminal, FALSE))
		return FALSE;
	Slice report = wire_get_bytes(&reader, 1, MESSAGE_SIZE_MAX);
	size_t n = wire_get_array(&reader, 0, ENROL_TEMPLATES_MAX);
	for (size_t i = 0; i < n; i++)
		out->references[i] = get_id(&reader);
	return finish(&reader) && enrol_report_decode(report, &out->report) == WIRE_OK &&
		   out->report.n_templates == n;
}

void vault_enrolled_encode(WireBuffer *out, const VaultEnrolled *enrolled)
{
	start(out, 4);
	wire_put_uint(out, enrolled->request);
	wire_put_uint(out, enrolled->outcome);
	put_person(out, enrolled->other);
	start(out, enrolled->n);
	for (guint32 i = 0; i < enrolled->n; i++)
		wire_put_bytes(out, enrolled->sealed[i]);
}

gboolean vault_enrolled_decode(Slice payload, VaultEnrolled *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 4))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	out->outcome = (VaultEnrolOutcome)wire_get_uint(&reader, VAULT_UNREADABLE);
	out->other = get_person(&reader);
	out->n = (guint32)wire_get_array(&reader, 0, ENROL_TEMPLATES_MAX);
	for (guint32 i = 0; i < out->n; i++)
		out->sealed[i] = wire_get_bytes(&reader, 1, ROSTER_SEALED_MAX);
	return finish(&reader) && out->outcome >= VAULT_ENROLLED;
}

void vault_reseal_encode(WireBuffer *out, const VaultReseal *reseal)
{
	start(out, 4);
	wire_put_uint(out, reseal->request);
	put_terminal(out, &reseal->terminal);
	wire_put_bytes(out, (Slice){reseal->sealing.bytes, sizeof reseal->sealing.bytes});
	start(out, reseal->n);
	for (guint32 i = 0; i < reseal->n; i++)
		put_reference(out, &reseal->references[i]);
}

gboolean vault_reseal_decode(Slice payload, VaultReseal *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 4))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	if (!get_terminal(&reader, &out->terminal, FALSE))
		return FALSE;
	wire_get_fixed(&reader, out->sealing.bytes, sizeof out->sealing.bytes);
	out->n = (guint32)wire_get_array(&reader, 0, VAULT_RESEAL_MAX);
	for (guint32 i = 0; i < out->n; i++)
		get_reference(&reader, &out->references[i]);
	return finish(&reader);
}

void vault_resealed_encode(WireBuffer *out, const VaultResealed *resealed)
{
	start(out, 2);
	wire_put_uint(out, resealed->request);
	start(out, resealed->n);
	for (guint32 i = 0; i < resealed->n; i++) {
		start(out, 2);
		wire_put_uint(out, (uint64_t)resealed->references[i].reference);
		wire_put_bytes(out, resealed->references[i].sealed);
	}
}

gboolean vault_resealed_decode(Slice payload, VaultResealed *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 2))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	out->n = (guint32)wire_get_array(&reader, 0, VAULT_RESEAL_MAX);
	for (guint32 i = 0; i < out->n; i++) {
		wire_get_array(&reader, 2, 2);
		out->references[i].reference = get_id(&reader);
		out->references[i].sealed = wire_get_bytes(&reader, 0, ROSTER_SEALED_MAX);
	}
	return finish(&reader);
}

void vault_verify_encode(WireBuffer *out, const VaultVerify *verify)
{
	start(out, 5);
	wire_put_uint(out, verify->request);
	put_terminal(out, &verify->terminal);
	wire_put_text(out, verify->number);
	wire_put_bytes(out, verify->probe);
	start(out, verify->n);
	for (guint32 i = 0; i < verify->n; i++)
		put_reference(out, &verify->references[i]);
}

gboolean vault_verify_decode(Slice payload, VaultVerify *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 5))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	if (!get_terminal(&reader, &out->terminal, FALSE))
		return FALSE;
	out->number = wire_get_text(&reader, 1, EVENT_NUMBER_MAX);
	out->probe = wire_get_bytes(&reader, 1, EVENT_SIZE_MAX);
	out->n = (guint32)wire_get_array(&reader, 0, ROSTER_REFERENCES_MAX);
	for (guint32 i = 0; i < out->n; i++)
		get_reference(&reader, &out->references[i]);
	return finish(&reader);
}

void vault_verified_encode(WireBuffer *out, const VaultVerified *verified)
{
	start(out, 3);
	wire_put_uint(out, verified->request);
	wire_put_uint(out, verified->outcome);
	wire_put_int(out, verified->score_milli);
}

gboolean vault_verified_decode(Slice payload, VaultVerified *out)
{
	WireReader reader;
	if (!open_array(&reader, payload, 3))
		return FALSE;
	out->request = wire_get_uint(&reader, UINT64_MAX);
	out->outcome = (VaultVerifyOutcome)wire_get_uint(&reader, VAULT_PROBE_UNREADABLE);
	out->score_milli = (gint32)wire_get_int(&reader, G_MININT32, G_MAXINT32);
	return finish(&reader) && out->outcome >= VAULT_SAME;
}
