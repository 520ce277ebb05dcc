/*
 * The evidence of a person's month in one archive, provable on any machine without the database:
 *
 *   manifest.txt, manifest.sig   SHA-256 of every other part; the server's signature over that list
 *   server.pub                   the key it is signed with (compare it with what the server publishes)
 *   events/T/J/FIRST-LAST/       statement.cose, signed by terminal T; SEQ.event of this person, and of
 *                                everybody else SEQ.header alone, which names nobody: the chain is whole
 *   terminals/T/KEYID.pub        the keys of these terminals
 *   facts/…json                  assignments, schedule, rosters, orders, holidays, leaves, corrections with
 *                                their deciders, rules, certificates, punches, verdicts
 *   lock/…                       the person's lines as they were locked, and what makes the month's hash
 *
 * Parts are stored, not packed, and the archive's comment is the SHA-256 of all bytes before it: a byte
 * that is changed anywhere is named by its part, or as the archive's own.
 */
#pragma once

#include "protocol/ids.h"
#include "server/crypto_openssl.h"
#include "server/store/sql.h"

typedef struct {
	PersonId person;
	gint64 month_day; /* the first day */
	gint64 utc_offset_min;
	gint64 now_ms;
	ServerKey *key; /* of the server, for signing */
} EvidenceAsk;

/* (transfer full); NULL on error. */
GBytes *evidence_pack(Sql *sql, const EvidenceAsk *ask, GError **error);

typedef struct {
	GPtrArray *problems; /* char *; empty: everything holds */
	gint64 n_parts, n_events, n_statements;
	char *key;     /* hex of the key it is signed with; NULL: none could be read */
	char *subject; /* "person 1, 2025-03"; NULL: no manifest */
} EvidenceProof;

void evidence_proof_clear(EvidenceProof *proof);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceProof, evidence_proof_clear)
/* Any bytes whatever. */
void evidence_verify(GBytes *file, EvidenceProof *proof);
