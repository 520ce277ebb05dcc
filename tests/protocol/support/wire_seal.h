/*
 * Sealing as protocol/seal.h says, once more and independent of both sides, with OpenSSL: what one
 * side seals this opens, and what this seals they open.  Nonce and ephemeral key are given, so that
 * golden messages can be made again.
 */
#pragma once

#include "protocol/seal.h"

/* Seals to `recipient` with the ephemeral private scalar. */
void wire_test_seal(WireBuffer *out, const PublicKey *recipient, const SealContext *context,
					Slice plain, const uint8_t ephemeral[32], const uint8_t nonce[SEAL_NONCE_SIZE]);
/* Opens what is sealed to the scalar `recipient`; false when anything was changed. */
bool wire_test_open(WireBuffer *out, const uint8_t recipient[32], const SealContext *context,
					Slice sealed);
