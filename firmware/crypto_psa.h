/* protocol/crypto.h over mbedtls and the kernel's random numbers. */
#pragma once

#include "protocol/crypto.h"

void crypto_sha256(const Slice *parts, size_t n_parts, Hash *out); /* a ProtocolSha256 */
bool crypto_verify(const PublicKey *key, Slice message, const uint8_t signature[64]);
/* False for an empty key. */
bool crypto_hmac_sha256(Slice key, const Slice *parts, size_t n_parts, Hash *out);

/* getrandom(2); never fails once the kernel's pool is ready. */
void crypto_random(void *out, size_t size);
void crypto_random_id(RandomId *out);
