/*
 * The vault: the only place where templates are open.  It holds the vault key and the gallery of all
 * references, and answers three questions: are these impressions good and nobody else's; seal these
 * references to that terminal; is this probe a finger of that person.  No I/O.
 */
#pragma once

#include "firmware/match/match.h"
#include "server/crypto_openssl.h"
#include "server/messages.h"

/* How a reference lies in the database: sealed to the vault itself. */
#define VAULT_CONTEXT "vault"
/* Fewer impressions of a finger are not an enrolment. */
#define VAULT_IMPRESSIONS_MIN 3

typedef struct Vault Vault;

/* Takes `key`. */
Vault *vault_new(ServerKey *key);
void vault_free(Vault *vault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vault, vault_free)

/* FALSE: it does not open, or is no template; then it is not in the gallery. */
gboolean vault_load(Vault *vault, const VaultReference *reference);
void vault_forget(Vault *vault, gint64 reference);
gsize vault_n_references(const Vault *vault);

/* Another person of the gallery whose fingers these, of one person, already are
 * (match_gallery_find_duplicate()): for the search of all among themselves.  `fingers` are the
 * references'.  What does not open takes no part.  FALSE: stopped. */
gboolean vault_find_duplicate(const Vault *vault, const VaultReference *references,
							  const Finger *fingers, gsize n, const MatchSearch *how,
							  MatchDuplicate *duplicate);

/* Slices of the answers are borrowed from the vault until its next answer. */
void vault_enrol(Vault *vault, const VaultEnrol *enrol, VaultEnrolled *out);
void vault_reseal(Vault *vault, const VaultReseal *reseal, VaultResealed *out);
void vault_verify(Vault *vault, const VaultVerify *verify, VaultVerified *out);

/* Seals an encoded template for rest; also for `hadir reference import`, which has the public key
 * only. NULL when the key is none. */
GBytes *vault_seal(const PublicKey *vault, gint64 person, gint64 reference, Slice plain);
