/*
 * A new device's join, and renewals.
 *
 *   bundle: bootstrap certificate, secret ──join(proof)──> keys kept, certificate issued, secret gone
 *   own certificate at two thirds of life ──join(renewal)──> certificate issued
 *
 * The certificate is a command: it is repeated until the terminal says that it has it.
 */
#include "server/core_job.h"

#include <string.h>

#include "server/crypto_openssl.h"
#include "server/store/commands.h"
#include "server/store/quarantine.h"

typedef struct {
	CoreJob base;
	Join join;
} JoinJob;

static gboolean refuse(Sql *sql, JoinJob *self, const char *why, GError **error)
{
	return alarms_raise(sql, "join-refused", &self->base.collected.terminal, why, self->base.now_ms,
						error);
}

static void fill_certificates(Command *command, GBytes *leaf, GPtrArray *anchors)
{
	command->kind = COMMAND_CERTIFICATE;
	command->certificate.n_leaf = 1;
	command->certificate.certificates[0] = slice_of_bytes(leaf);
	gsize n = MIN(anchors->len, COMMAND_CERTIFICATES_MAX - 1);
	/* The newest are the ones that will be needed. */
	for (gsize i = 0; i < n; i++)
		command->certificate.certificates[1 + i] =
			slice_of_bytes(anchors->pdata[anchors->len - n + i]);
	command->certificate.n_certificates = 1 + n;
}

static gboolean issue(Core *core, Sql *sql, JoinJob *self, GError **error)
{
	const TerminalId *terminal = &self->base.collected.terminal;
	gint64 now_ms = self->base.now_ms;
	gint64 until_ms = now_ms + core->config->certificate_days * AUTHORITY_DAY_MS;
	g_auto(Issued) issued = {0};
	GError *local = NULL;
	if (!authority_issue_terminal(core->work.authority, self->join.csr, terminal, now_ms, until_ms,
								  &issued, &local)) {
		gboolean bad = g_error_matches(local, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST);
		if (!bad) {
			g_propagate_error(error, local);
			return FALSE;
		}
		gboolean ok = refuse(sql, self, local->message, error);
		g_error_free(local);
		return ok;
	}
	g_autoptr(GPtrArray) anchors = authority_anchors_der(core->work.authority, now_ms);
	Command command = {0};
	fill_certificates(&command, issued.der, anchors);
	return certificates_add(sql, &issued.row, FALSE, now_ms, error) &&
		   commands_withdraw(sql, terminal, COMMAND_CERTIFICATE, now_ms, error) &&
		   commands_add(sql, terminal, &command, 0, now_ms, error);
}

/* HMAC-SHA256(secret, signing ‖ sealing ‖ csr) */
static gboolean proof_is_good(const Join *join, const guint8 secret[32])
{
	const Slice parts[] = {{join->signing.bytes, sizeof join->signing.bytes},
						   {join->sealing.bytes, sizeof join->sealing.bytes},
						   join->csr};
	Hash proof;
	crypto_hmac_sha256((Slice){secret, 32}, parts, G_N_ELEMENTS(parts), &proof);
	return crypto_equal(&proof, &join->proof, sizeof proof);
}

/* The secret is gone.  The same device, whose answer was lost, is answered again by the pending
 * command; anybody else is refused. */
static gboolean join_again(Sql *sql, JoinJob *self, GError **error)
{
	KeyId id;
	PublicKey known;
	GError *local = NULL;
	key_id_of(&self->join.signing, crypto_sha256, &id);
	gboolean same = terminals_key(sql, &self->base.collected.terminal, &id, &known, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	return same || refuse(sql, self, "a join without a usable secret", error);
}

static gboolean run_join(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	JoinJob *self = (JoinJob *)job;
	Core *core = user;
	const TerminalId *terminal = &self->base.collected.terminal;
	if (self->join.renewal)
		return issue(core, sql, self, error);
	guint8 secret[32];
	GError *local = NULL;
	if (!terminals_bootstrap(sql, terminal, self->base.now_ms, secret, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL && join_again(sql, self, error);
	}
	gboolean good = proof_is_good(&self->join, secret);
	memset(secret, 0, sizeof secret);
	if (!good)
		return refuse(sql, self, "a join whose proof is wrong", error);
	KeyId id;
	key_id_of(&self->join.signing, crypto_sha256, &id);
	return terminals_join(sql, terminal, &self->join.signing, &self->join.sealing, &id,
						  self->base.now_ms, error) &&
		   issue(core, sql, self, error);
}

static void join_done(CommitJob *job, const GError *error, gpointer user)
{
	JoinJob *self = (JoinJob *)job;
	Core *core = user;
	g_autoptr(GError) load = NULL;
	if (!core_job_finished(&self->base, "join", error))
		return;
	if (!key_ring_load(core->keys, core->sql, NULL, &load))
		g_warning("%s", load->message);
	core_send_command(core, &self->base.collected.terminal);
	core_tell_web_terminal(core, &self->base.collected.terminal);
}

gboolean core_job_join(Core *core, Collected *collected)
{
	JoinJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_join, join_done, core_job_free};
	if (join_decode(job->base.collected.envelope.payload, &job->join) == WIRE_OK)
		return core_job_push(job);
	core_job_free(&job->base.job);
	return FALSE;
}
