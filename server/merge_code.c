/* Who was just identified asks for the code of their own account: made here, sealed to the terminal that
 * shows it. */
#include "server/merge_event.h"

#include <string.h>

#include "server/seal_openssl.h"
#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "server/store/system/codes.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "server/store/terminals/commands.h"
#include "server/store/terminals/references.h"
#include "server/store/terminals/terminals.h"
#include "server/store/time/rosters.h"
#include "server/wire.h"

/* Whoever asked longer ago is not waiting: the terminal waits for ten seconds. */
#define WAITING_MS G_GINT64_CONSTANT(60000)

/* A terminal speaks for those whom it identifies, by a finger of theirs that counts. */
static gboolean is_theirs(MergeState *state, const EventBody *body, gboolean *theirs,
						  GError **error)
{
	g_autoptr(GArray) references = NULL;
	*theirs = FALSE;
	if (!rosters_has(state->sql, &state->terminal, body->code.person, theirs, error))
		return FALSE;
	if (!*theirs)
		return TRUE;
	*theirs = FALSE;
	if (!references_of(state->sql, body->code.person, &references, error))
		return FALSE;
	for (guint i = 0; i < references->len && !*theirs; i++)
		*theirs = g_array_index(references, ReferenceRow, i).id == body->code.reference;
	return TRUE;
}

/* An account with rights over other people's data is not opened by a finger alone. */
static gboolean may_open(MergeState *state, const EventBody *body, gint64 day, gboolean *may,
						 GError **error)
{
	GError *local = NULL;
	gboolean above = FALSE;
	if (!is_theirs(state, body, may, error))
		return FALSE;
	if (!*may)
		return TRUE;
	g_autoptr(User) user = users_of_person(state->sql, body->code.person, &local);
	if (!merge_pass_error(local, error) ||
		(user != NULL && !users_above_own(state->sql, user->id, day, &above, error)))
		return FALSE;
	*may = !above;
	return TRUE;
}

/* The sealed code; NULL without error: none is given. */
static GBytes *make_code(MergeState *state, const Event *event, PersonId person, GError **error)
{
	CodeAsked asked = {.person = person,
					   .terminal = state->terminal,
					   .journal = state->journal.id,
					   .seq = (gint64)event->header.seq};
	AuditEntry entry = {.at_ms = state->now_ms,
						.action = "account.code.terminal",
						.person = person,
						.detail = state->terminal.text};
	TerminalRow terminal;
	guint8 reference[24];
	if (!terminals_get(state->sql, &state->terminal, &terminal, error) || !terminal.has_keys)
		return NULL;
	char *code = codes_make(state->sql, &asked, state->now_ms, error);
	if (code == NULL || !audit_log_append(state->sql, &entry, error)) {
		password_free(code);
		return NULL;
	}
	seal_reference_code(&state->journal.journal, event->header.seq, reference);
	SealContext context = {state->terminal, person, {reference, sizeof reference}};
	GBytes *sealed =
		seal_template(&terminal.sealing, &context, (Slice){(const uint8_t *)code, strlen(code)});
	password_free(code);
	return sealed;
}

gboolean merge_code(MergeState *state, const Event *event, const EventBody *body,
					const EventTime *time, GError **error)
{
	gboolean may = FALSE;
	g_autoptr(GBytes) sealed = NULL;
	GError *local = NULL;
	gint64 age_ms = state->now_ms - time->at_ms;
	if (time->kind == EVENT_TIME_IMPLAUSIBLE || age_ms > WAITING_MS || age_ms < -WAITING_MS)
		return TRUE;
	if (merge_distrust(state, &state->boot_row) == NULL &&
		!may_open(state, body, merge_local_day(state, state->now_ms), &may, error))
		return FALSE;
	if (may)
		sealed = make_code(state, event, body->code.person, &local);
	if (!merge_pass_error(local, error))
		return FALSE;
	Command command = {.kind = COMMAND_CODE};
	command.code.journal = state->journal.journal;
	command.code.seq = event->header.seq;
	command.code.outcome = sealed != NULL ? ANSWER_ACCEPTED : ANSWER_REFUSED;
	if (sealed != NULL) {
		command.code.sealed = slice_of_bytes(sealed);
		command.code.minutes = CODES_LIFE_MIN;
	}
	state->result->answers = TRUE;
	return commands_add(state->sql, &state->terminal, &command, state->now_ms + WAITING_MS,
						state->now_ms, error);
}
