/*
 * The wire's cryptography for tests, with OpenSSL.  The key is the published test key of RFC 6979
 * §A.2.5, and signatures are deterministic as that RFC says, so golden messages can be made again
 * byte for byte.  Never for anything but tests.
 */
#pragma once

#include "protocol/crypto.h"

extern const uint8_t wire_test_key[32];
/* The public half of a private scalar. */
void wire_test_public_of(const uint8_t scalar[32], PublicKey *out);
/* Of the test key; `other` is another key's. */
void wire_test_public(PublicKey *out);
void wire_test_other_public(PublicKey *out);

void wire_test_sha256(const Slice *parts, size_t n_parts, Hash *out);
/* `key` is 32 bytes, the private scalar. */
bool wire_test_sign(void *key, Slice message, uint8_t signature[64]);
bool wire_test_sign_fails(void *key, Slice message, uint8_t signature[64]);
bool wire_test_verify(const PublicKey *key, Slice message, const uint8_t signature[64]);

/* Bytes of hex text, white space ignored; free with wire_test_free(). Aborts on other letters. */
Slice wire_test_hex(const char *text);
void wire_test_free(Slice bytes);
