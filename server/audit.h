/*
 * The offline proof of the event log: from the stored bytes alone, every journal is followed from
 * its genesis to its head, and every event is covered by a statement that the terminal signed
 * (design.md, decision 4).
 */
#pragma once

#include "server/store/terminals/journals.h"

typedef struct {
	gint64 n_events, n_statements;
	gint64 n_conflicts; /* other contents kept as evidence */
	gint64 bad_seq;     /* the first link that does not hold; 0: all hold */
	char *problem;      /* what is wrong there; NULL: nothing */
} JournalProof;

void journal_proof_clear(JournalProof *proof);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JournalProof, journal_proof_clear)

/* FALSE only when the database could not be read. */
gboolean audit_journal(Sql *sql, const JournalRow *journal, JournalProof *proof, GError **error);
