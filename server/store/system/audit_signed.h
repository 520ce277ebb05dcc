/* Signed heads of the audit log, one per day (server/audit_head.h says what is signed). */
#pragma once

#include "server/store/system/audit_log.h"

#define AUDIT_SIGNATURE_SIZE 64

typedef struct {
	gint64 day; /* local day on which it was signed */
	gint64 seq; /* of the last row then; 0: none */
	gint64 at_ms;
	guint8 hash[AUDIT_HASH_SIZE];
	guint8 signature[AUDIT_SIGNATURE_SIZE];
} AuditSigned;

gboolean audit_signed_add(Sql *sql, const AuditSigned *head, GError **error);
/* G_MININT64 when there is none yet. */
gboolean audit_signed_last_day(Sql *sql, gint64 *day, GError **error);
/* All, by day (GArray of AuditSigned, transfer full). */
GArray *audit_signed_list(Sql *sql, GError **error);
