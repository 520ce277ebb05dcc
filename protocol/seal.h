/*
 * A sealed template: ECDH-ES over P-256, HKDF-SHA256, AES-256-GCM.
 *
 *   sealed = [ephemeral: bstr .size 65, nonce: bstr .size 12, ciphertext ‖ tag: bstr]
 *   key    = HKDF-SHA256(ikm = ECDH x-coordinate, salt = ephemeral ‖ recipient, info = "hadir-seal-1")
 *   aad    = deterministic CBOR ["hadir-seal-1", terminal, person, reference]
 *
 * The sides do the cryptography with their own libraries; this module gives the exact bytes, so
 * that both agree.
 */
#pragma once

#include "protocol/codec.h"

#define SEAL_INFO "hadir-seal-1"
#define SEAL_NONCE_SIZE 12
#define SEAL_TAG_SIZE 16
/* With its tag: an event's attachment is the largest place for one. */
#define SEAL_CIPHERTEXT_MAX 8000

/* Where it belongs: all three are authenticated.  A probe is bound to the number typed with it, not
 * to its journal: when a card was restored, the claim is carried over to another. */
typedef struct {
	TerminalId terminal; /* empty at rest in the vault */
	PersonId person;     /* 0 for a visitor's probe */
	Slice reference;     /* seal_reference_…; of a probe the digits */
} SealContext;

typedef struct {
	PublicKey ephemeral;
	uint8_t nonce[SEAL_NONCE_SIZE];
	Slice ciphertext; /* with its tag at the end; borrowed */
} Sealed;

void seal_aad(WireBuffer *out, const SealContext *context);
/* `out` fails when the ciphertext is empty or too large, or `ephemeral` no point. */
void sealed_encode(WireBuffer *out, const Sealed *sealed);
WireResult sealed_decode(Slice bytes, Sealed *out);

/* The reference bytes of a rostered template, and of the index-th template of an enrolment. */
void seal_reference_id(int64_t reference, uint8_t out[8]);
void seal_reference_enrolment(const RandomId *enrolment, Finger finger, uint8_t index,
							  uint8_t out[18]);
/* Of the code that answers event `seq` of a journal. */
void seal_reference_code(const RandomId *journal, uint64_t seq, uint8_t out[24]);
