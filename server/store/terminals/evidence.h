/* One event down to the signature: what the stored bytes prove of it (design.md, decision 4). */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	EVIDENCE_HOLDS,    /* the chain leads from a signed head to it, and the signature verifies */
	EVIDENCE_UNSIGNED, /* nobody signed for it */
	EVIDENCE_BROKEN,   /* the bytes, the chain or the signature do not fit */
	EVIDENCE_MISSING,  /* no such event */
} EvidenceState;

#define EVIDENCE_HASH_TEXT 65       /* 32 bytes in hex */
#define EVIDENCE_SIGNATURE_TEXT 129 /* 64 bytes in hex */
#define EVIDENCE_SERIAL_TEXT 33     /* 16 bytes in hex */

/* Texts are "" when not known. */
typedef struct {
	EvidenceState state;
	gint64 seq, first, last; /* the event, and the statement over it; first 0: none */
	gint64 wall_ms, received_ms;
	char head[EVIDENCE_HASH_TEXT];           /* of the event's header: its link of the chain */
	char signed_head[EVIDENCE_HASH_TEXT];    /* the head that the statement names */
	char signature[EVIDENCE_SIGNATURE_TEXT]; /* over the statement, ES256 */
	char key[EVIDENCE_SIGNATURE_TEXT];       /* id of the terminal's key that signed */
	char certificate[EVIDENCE_SERIAL_TEXT];  /* serial of the terminal's certificate at that time */
} Evidence;

/* Serial of the newest certificate of `name` issued before `at_ms`; FALSE on error, "" for none. */
gboolean evidence_certificate(Sql *sql, const char *name, gint64 at_ms,
							  char serial[EVIDENCE_SERIAL_TEXT], GError **error);
/* Stamp and arrival of an event; FALSE with `error` unset: not there. */
gboolean evidence_times(Sql *sql, gint64 journal, gint64 seq, gint64 *wall_ms, gint64 *received_ms,
						GError **error);
/* `size` bytes as hex digits; `text` has room for twice as many and the end. */
void evidence_hex(gconstpointer bytes, gsize size, char *text);
