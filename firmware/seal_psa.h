/* protocol/seal.h over PSA: sealing to somebody's public key, and opening what is sealed to us. */
#pragma once

#include <glib.h>

#include "firmware/keystore.h"
#include "protocol/seal.h"

/* Appends the sealed form of `plain` for the owner of `recipient`.  FALSE with KEYSTORE_ERROR_SEAL when
 * it is empty or too large (SEAL_CIPHERTEXT_MAX with its tag): then `out` has failed. */
gboolean seal_to(const PublicKey *recipient, const SealContext *context, Slice plain,
				 WireBuffer *out, GError **error);

/* Opens what is sealed to the keystore's sealing key.  `out` must be wiped by the caller
 * (seal_wipe).  FALSE with KEYSTORE_ERROR_SEAL when anything was changed. */
gboolean seal_open(const Keystore *keystore, const SealContext *context, Slice sealed,
				   WireBuffer *out, GError **error);

/* Overwrites and frees. */
void seal_wipe(WireBuffer *plain);
