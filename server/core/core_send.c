/* The way down: signed, with our epoch and a number that only grows. */
#include "server/core/core.h"

#include "server/store/terminals/commands.h"

#define NUMBERS_LOW 100000

static gboolean next_number(Core *core, uint64_t *number)
{
	if (core->end_number - core->next_number < NUMBERS_LOW && !core->numbers_asked)
		core->numbers_asked = core_job_numbers(core);
	if (core->next_number >= core->end_number)
		return FALSE;
	*number = (uint64_t)core->next_number++;
	return TRUE;
}

gboolean core_send(Core *core, const TerminalId *terminal, TopicKind kind, MessageType type,
				   Slice payload)
{
	char topic[TOPIC_MAX];
	EnvelopeHead head = {.type = type,
						 .key = core->signing_id,
						 .terminal = *terminal,
						 .has_epoch = TRUE,
						 .epoch = core->epoch};
	if (core->link == NULL || !next_number(core, &head.number))
		return FALSE;
	topic_format(topic, kind, terminal, crypto_sha256);
	g_auto(WireBuffer) message = {0};
	return envelope_sign(&message, &head, payload, crypto_sign, core->signing) &&
		   link_publish(core->link, topic, message.data, message.size);
}

void core_send_receipt(Core *core, const TerminalId *terminal, const Receipt *receipt)
{
	g_auto(WireBuffer) payload = {0};
	receipt_encode(&payload, receipt);
	core_send(core, terminal, TOPIC_DOWN_RECEIPT, MESSAGE_RECEIPT, wire_buffer_slice(&payload));
}

void core_send_command(Core *core, const TerminalId *terminal)
{
	g_autoptr(GBytes) body = NULL;
	g_autoptr(GError) error = NULL;
	if (!commands_next(core->sql, terminal, core_now_ms(), &body, &error))
		g_warning("commands of %s: %s", terminal->text, error->message);
	else if (body != NULL)
		core_send(core, terminal, TOPIC_DOWN_COMMAND, MESSAGE_COMMAND, slice_of_bytes(body));
}

/* ── rosters ── */

static void send_chunk(Core *core, Session *session, DistributePlan *plan)
{
	const RosterChunk *chunk = distribute_plan_chunk(plan);
	g_auto(WireBuffer) payload = {0};
	roster_chunk_encode(&payload, chunk);
	if (payload.failed || payload.size > ROSTER_CHUNK_MAX) {
		g_warning("roster of %s: a chunk of %zu bytes is too large", session->id.text,
				  payload.size);
		return;
	}
	if (!core_send(core, &session->id, TOPIC_DOWN_ROSTER, MESSAGE_ROSTER,
				   wire_buffer_slice(&payload)))
		return;
	session->has_roster = TRUE;
	session->roster_reset = FALSE;
	session->roster_version = (gint64)chunk->upto;
}

static void finish_roster(Core *core, Session *session)
{
	session->roster_busy = FALSE;
	if (!session->roster_again)
		return;
	session->roster_again = FALSE;
	core_send_roster(core, session);
}

static DistributePlan *make_plan(Core *core, Session *session, const KeyRingTerminal *terminal)
{
	g_autoptr(GError) error = NULL;
	DistributePlan *plan =
		distribute_plan(core->sql, &core->distribute, &session->id, &terminal->sealing,
						session->roster_version, session->roster_reset, core_now_ms(), &error);
	if (plan == NULL)
		g_warning("roster of %s: %s", session->id.text, error->message);
	return plan;
}

void core_send_roster(Core *core, Session *session)
{
	const KeyRingTerminal *terminal = key_ring_find(core->keys, &session->id);
	if (terminal == NULL || terminal->state != TERMINAL_ACTIVE || !session->has_roster)
		return;
	if (session->roster_busy) {
		session->roster_again = TRUE;
		return;
	}
	DistributePlan *plan = make_plan(core, session, terminal);
	if (plan == NULL)
		return;
	VaultRequest *request = core_vault_request(core, VAULT_REQUEST_RESEAL, &session->id);
	const VaultReseal *reseal = distribute_plan_reseal(plan, request->number);
	if (reseal->n == 0) {
		send_chunk(core, session, plan);
		distribute_plan_free(plan);
		core_vault_request_free(request);
		return;
	}
	request->plan = plan;
	g_auto(WireBuffer) message = {0};
	vault_reseal_encode(&message, reseal);
	session->roster_busy = core_vault_send(core, request, SERVER_VAULT_RESEAL, &message);
}

void core_roster_sealed(Core *core, VaultRequest *request, const VaultResealed *answer)
{
	Session *session = core_session(core, &request->terminal);
	if (distribute_plan_fill(request->plan, answer))
		send_chunk(core, session, request->plan);
	else
		g_warning("the vault's answer for %s does not fit the question", session->id.text);
	finish_roster(core, session);
}

/* ── web ── */

static void tell_web(Core *core, guint8 type, const WireBuffer *message)
{
	if (core->web != NULL && !message->failed)
		channel_send(core->web, type, message->data, message->size);
}

void core_tell_web_changed(Core *core, PersonId person, gint64 day, const TerminalId *terminal)
{
	ServerChanged changed = {.person = person, .day = day};
	if (terminal != NULL)
		changed.terminal = *terminal;
	g_auto(WireBuffer) message = {0};
	server_changed_encode(&message, &changed);
	tell_web(core, SERVER_CHANGED, &message);
}

void core_tell_web_terminal(Core *core, const TerminalId *terminal)
{
	g_auto(WireBuffer) message = {0};
	server_terminal_encode(&message, terminal);
	tell_web(core, SERVER_TERMINAL, &message);
}

void core_tell_web_enrolment(Core *core, const RandomId *enrolment)
{
	g_auto(WireBuffer) message = {0};
	server_enrolment_encode(&message, enrolment);
	tell_web(core, SERVER_ENROLMENT, &message);
}
