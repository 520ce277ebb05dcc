/*
 * The end of the audit log, signed once a day with the server's signing key.  Who writes a head down
 * elsewhere can show later that no row up to it was changed, left out or put between.
 *
 *   signed: "hadir-audit-head-1" ‖ seq ‖ time in ms (both 8 bytes, big-endian) ‖ hash of row seq
 */
#pragma once

#include "server/crypto_openssl.h"
#include "server/store/system/audit_signed.h"

/* Signs the head of now unless that of `day` is signed.  Not within a transaction. */
gboolean audit_head_sign(Sql *sql, ServerKey *key, gint64 day, gint64 now_ms, GError **error);

typedef enum {
	AUDIT_HEAD_HOLDS,
	AUDIT_HEAD_FORGED,  /* no signature of this key */
	AUDIT_HEAD_CHANGED, /* the log has another row there, or none */
} AuditHeadState;

/* Does the signature hold, and does the log still have that row? */
gboolean audit_head_check(Sql *sql, const PublicKey *key, const AuditSigned *head,
						  AuditHeadState *state, GError **error);
