/* Visitors' claims: the probe goes to the vault with the references of whom the number names; after
 * the answer the probe is destroyed. */
#include "server/core/core_job.h"

#include "server/store/terminals/claims.h"
#include "server/store/terminals/commands.h"
#include "server/store/people/people.h"
#include "server/store/terminals/references.h"

#define CLAIMS_AT_ONCE 8
#define ANSWER_LIFE_MS AUTHORITY_DAY_MS

typedef struct {
	CoreJob base;
	gint64 journal, seq;
	VaultVerified answer;
	gboolean unanswerable; /* nothing to compare: a person must decide */
	ClaimRow claim;
} ClaimJob;

/* ── the question ── */

/* References of the person into `verify`; their bytes stay with `sealed`. */
static gboolean load_references(Core *core, PersonId person, VaultVerify *verify, GPtrArray *sealed,
								GError **error)
{
	g_autoptr(GArray) references = NULL;
	if (!references_of(core->sql, person, &references, error))
		return FALSE;
	for (guint i = 0; i < references->len && verify->n < ROSTER_REFERENCES_MAX; i++) {
		const ReferenceRow *row = &g_array_index(references, ReferenceRow, i);
		GBytes *bytes = references_sealed(core->sql, row->id, NULL);
		if (bytes == NULL)
			continue;
		g_ptr_array_add(sealed, bytes);
		verify->references[verify->n++] = (VaultReference){person, row->id, slice_of_bytes(bytes)};
	}
	return TRUE;
}

static void decide(Core *core, const ClaimRow *claim, const VaultVerified *answer);

static void ask(Core *core, const ClaimRow *claim)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	VaultVerify verify = {.terminal = claim->terminal};
	g_autoptr(GBytes) bytes = events_get(core->sql, claim->journal, claim->seq, &error);
	Event event;
	EventBody body;
	if (error != NULL || !load_references(core, claim->person, &verify, sealed, &error)) {
		g_warning("claim: %s", error->message);
		return;
	}
	if (bytes == NULL || event_decode(slice_of_bytes(bytes), &event) != WIRE_OK ||
		event_body_decode(EVENT_CLAIM, event.payload, &body) != WIRE_OK ||
		event.attachment.size == 0 || verify.n == 0) {
		decide(core, claim, NULL);
		return;
	}
	VaultRequest *request = core_vault_request(core, VAULT_REQUEST_VERIFY, &claim->terminal);
	request->journal = claim->journal;
	request->seq = claim->seq;
	verify.request = request->number;
	verify.number = body.claim.number;
	verify.probe = event.attachment;
	g_auto(WireBuffer) message = {0};
	vault_verify_encode(&message, &verify);
	core_vault_send(core, request, SERVER_VAULT_VERIFY, &message);
}

void core_scan_claims(Core *core)
{
	g_autoptr(GArray) claims = NULL;
	g_autoptr(GError) error = NULL;
	if (core->vault == NULL || core_vault_waits_for(core, VAULT_REQUEST_VERIFY))
		return;
	if (!claims_list(core->sql, CLAIM_WAITING, NULL, CLAIMS_AT_ONCE, &claims, &error)) {
		g_warning("claims: %s", error->message);
		return;
	}
	for (guint i = 0; i < claims->len; i++)
		ask(core, &g_array_index(claims, ClaimRow, i));
}

/* ── the answer ── */

static gboolean claim_name(ClaimJob *self, const Core *core, Sql *sql, char **name, GError **error)
{
	gint64 local_ms = self->base.now_ms + core->merge.utc_offset_min * G_GINT64_CONSTANT(60000);
	PeopleFilter filter = {
		.day = local_ms / AUTHORITY_DAY_MS, .person = self->claim.person, .limit = 1};
	g_autoptr(PeopleCursor) people = people_list(sql, &filter, error);
	PersonRow row;
	if (people == NULL)
		return FALSE;
	SqlStep step = people_next(people, &row, error);
	*name = g_strdup(step == SQL_ROW ? row.name : "");
	return step != SQL_FAILED;
}

static gboolean answer_terminal(ClaimJob *self, const Core *core, Sql *sql, AnswerOutcome outcome,
								GError **error)
{
	g_autofree char *name = NULL;
	Command command = {.kind = COMMAND_CLAIM_ANSWER};
	command.claim_answer.journal = self->claim.journal_id;
	command.claim_answer.seq = (uint64_t)self->seq;
	command.claim_answer.outcome = outcome;
	if (outcome == ANSWER_ACCEPTED) {
		if (!claim_name(self, core, sql, &name, error))
			return FALSE;
		command.claim_answer.person = self->claim.person;
		command.claim_answer.name = roster_name(name);
	}
	return commands_add(sql, &self->claim.terminal, &command, self->base.now_ms + ANSWER_LIFE_MS,
						self->base.now_ms, error);
}

static gboolean run_claim(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	ClaimJob *self = (ClaimJob *)job;
	GError *local = NULL;
	if (!claims_get(sql, self->journal, self->seq, &self->claim, &local) ||
		self->claim.state != CLAIM_WAITING) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	ClaimState state = CLAIM_MANUAL;
	PunchState punch = PUNCH_WAITING;
	AnswerOutcome outcome = ANSWER_HELD;
	const char *reason = "not-enrolled";
	Core *core = user;
	if (!self->unanswerable) {
		gboolean same = self->answer.outcome == VAULT_SAME;
		state = same ? CLAIM_ACCEPTED : CLAIM_REFUSED;
		punch = same ? PUNCH_COUNTED : PUNCH_REJECTED;
		outcome = same ? ANSWER_ACCEPTED : ANSWER_REFUSED;
		reason = same ? NULL : "other-finger";
	}
	return claims_decide(sql, self->journal, self->seq, state, self->answer.score_milli, 0,
						 self->base.now_ms, error) &&
		   events_destroy_attachment(sql, self->journal, self->seq, error) &&
		   claims_settle_punch(sql, &self->claim, punch, reason, core->merge.utc_offset_min,
							   error) &&
		   answer_terminal(self, core, sql, outcome, error);
}

static void claim_done(CommitJob *job, const GError *error, gpointer user)
{
	ClaimJob *self = (ClaimJob *)job;
	Core *core = user;
	if (!core_job_finished(&self->base, "claim", error))
		return;
	core_send_command(core, &self->claim.terminal);
	core_scan_claims(core);
}

static void push_decision(Core *core, gint64 journal, gint64 seq, const VaultVerified *answer)
{
	ClaimJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_claim, claim_done, core_job_free};
	job->journal = journal;
	job->seq = seq;
	job->unanswerable = answer == NULL;
	if (answer != NULL)
		job->answer = *answer;
	core_job_push(job);
}

static void decide(Core *core, const ClaimRow *claim, const VaultVerified *answer)
{
	push_decision(core, claim->journal, claim->seq, answer);
}

void core_claim_verified(Core *core, gint64 journal, gint64 seq, const VaultVerified *answer)
{
	push_decision(core, journal, seq, answer);
}
