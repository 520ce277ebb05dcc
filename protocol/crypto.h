/*
 * The cryptography the wire needs, filled in by each side with its own library (mbedtls on the
 * terminal, OpenSSL on the server), so that this folder depends on neither.
 */
#pragma once

#include "protocol/ids.h"

typedef void (*ProtocolSha256)(const Slice *parts, size_t n_parts, Hash *out);

/* ES256 (RFC 7518 §3.4): ECDSA P-256 over SHA-256 of `message`, r ‖ s in 64 bytes. */
typedef bool (*ProtocolSign)(void *key, Slice message, uint8_t signature[64]);
typedef bool (*ProtocolVerify)(const PublicKey *key, Slice message, const uint8_t signature[64]);

/* The KeyId of a public key. */
void key_id_of(const PublicKey *key, ProtocolSha256 sha256, KeyId *out);
