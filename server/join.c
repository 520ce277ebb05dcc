#include "server/join.h"

#include <string.h>

#include "server/store/terminals/commands.h"
#include "server/store/terminals/quarantine.h"
#include "server/wire.h"

/* What the functions below share. */
typedef struct {
	Sql *sql;
	const JoinPolicy *policy;
	const TerminalId *terminal;
	const Join *join;
	gint64 now_ms;
} Joining;

static gboolean refuse(const Joining *joining, const char *why, GError **error)
{
	return alarms_raise(joining->sql, "join-refused", joining->terminal, why, joining->now_ms,
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

static gboolean send_certificate(const Joining *joining, const Issued *issued, GError **error)
{
	g_autoptr(GPtrArray) anchors =
		authority_anchors_der(joining->policy->authority, joining->now_ms);
	Command command = {0};
	fill_certificates(&command, issued->der, anchors);
	return certificates_add(joining->sql, &issued->row, FALSE, joining->now_ms, error) &&
		   commands_withdraw(joining->sql, joining->terminal, COMMAND_CERTIFICATE, joining->now_ms,
							 error) &&
		   commands_add(joining->sql, joining->terminal, &command, 0, joining->now_ms, error);
}

/* Is the request one that the authority signs? FALSE with `error` unset: no, and that was noted. */
static gboolean issue(const Joining *joining, Issued *issued, GError **error)
{
	gint64 until_ms = joining->now_ms + joining->policy->certificate_days * AUTHORITY_DAY_MS;
	g_autoptr(GError) refusal = NULL;
	if (authority_issue_terminal(joining->policy->authority, joining->join->csr, joining->terminal,
								 joining->now_ms, until_ms, issued, &refusal))
		return TRUE;
	if (g_error_matches(refusal, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST))
		refuse(joining, refusal->message, error);
	else
		g_propagate_error(error, g_steal_pointer(&refusal));
	return FALSE;
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
static gboolean join_again(const Joining *joining, const KeyId *id, GError **error)
{
	PublicKey known;
	GError *local = NULL;
	gboolean same = terminals_key(joining->sql, joining->terminal, id, &known, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	return same || refuse(joining, "a join without a usable secret", error);
}

static gboolean join_first(const Joining *joining, GError **error)
{
	g_auto(Issued) issued = {0};
	guint8 secret[32];
	KeyId id;
	GError *local = NULL;
	key_id_of(&joining->join->signing, crypto_sha256, &id);
	if (!terminals_bootstrap(joining->sql, joining->terminal, joining->now_ms, secret, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL && join_again(joining, &id, error);
	}
	gboolean good = proof_is_good(joining->join, secret);
	memset(secret, 0, sizeof secret);
	if (!good)
		return refuse(joining, "a join whose proof is wrong", error);
	if (!issue(joining, &issued, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	return terminals_join(joining->sql, joining->terminal, &joining->join->signing,
						  &joining->join->sealing, &id, joining->now_ms, error) &&
		   send_certificate(joining, &issued, error);
}

static gboolean join_renewal(const Joining *joining, GError **error)
{
	g_auto(Issued) issued = {0};
	GError *local = NULL;
	if (issue(joining, &issued, &local))
		return send_certificate(joining, &issued, error);
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}

gboolean join_accept(Sql *sql, const JoinPolicy *policy, const TerminalId *terminal,
					 const Join *join, gint64 now_ms, GError **error)
{
	Joining joining = {sql, policy, terminal, join, now_ms};
	return join->renewal ? join_renewal(&joining, error) : join_first(&joining, error);
}
