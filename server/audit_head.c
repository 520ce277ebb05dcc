#include "server/audit_head.h"

#include <string.h>

#include "protocol/codec.h"

static const char label[] = "hadir-audit-head-1";
#define LABEL_SIZE (sizeof label - 1)
#define STATEMENT_SIZE (LABEL_SIZE + 16 + AUDIT_HASH_SIZE)

static void make_statement(const AuditSigned *head, guint8 out[STATEMENT_SIZE])
{
	guint64 numbers[2] = {GUINT64_TO_BE((guint64)head->seq), GUINT64_TO_BE((guint64)head->at_ms)};
	memcpy(out, label, LABEL_SIZE);
	memcpy(out + LABEL_SIZE, numbers, sizeof numbers);
	memcpy(out + LABEL_SIZE + sizeof numbers, head->hash, AUDIT_HASH_SIZE);
}

/* The row of today and its place in the log are one transaction. */
static gboolean sign(Sql *sql, ServerKey *key, gint64 day, gint64 now_ms, GError **error)
{
	AuditSigned head = {.day = day, .at_ms = now_ms};
	guint8 statement[STATEMENT_SIZE];
	gint64 last;
	if (!audit_signed_last_day(sql, &last, error))
		return FALSE;
	if (last >= day) /* another process was quicker */
		return TRUE;
	if (!audit_log_head(sql, &head.seq, head.hash, error))
		return FALSE;
	make_statement(&head, statement);
	if (crypto_sign(key, (Slice){statement, sizeof statement}, head.signature))
		return audit_signed_add(sql, &head, error);
	g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "the audit log's head: not signed");
	return FALSE;
}

gboolean audit_head_sign(Sql *sql, ServerKey *key, gint64 day, gint64 now_ms, GError **error)
{
	gint64 last;
	if (!audit_signed_last_day(sql, &last, error))
		return FALSE;
	if (last >= day)
		return TRUE;
	if (!sql_begin(sql, error))
		return FALSE;
	if (sign(sql, key, day, now_ms, error) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

gboolean audit_head_check(Sql *sql, const PublicKey *key, const AuditSigned *head,
						  AuditHeadState *state, GError **error)
{
	guint8 statement[STATEMENT_SIZE], hash[AUDIT_HASH_SIZE];
	gboolean found;
	make_statement(head, statement);
	*state = AUDIT_HEAD_FORGED;
	if (!crypto_verify(key, (Slice){statement, sizeof statement}, head->signature))
		return TRUE;
	if (!audit_log_hash(sql, head->seq, hash, &found, error))
		return FALSE;
	*state =
		found && memcmp(hash, head->hash, sizeof hash) == 0 ? AUDIT_HEAD_HOLDS : AUDIT_HEAD_CHANGED;
	return TRUE;
}
