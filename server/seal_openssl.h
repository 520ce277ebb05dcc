/* Sealing and opening of templates (protocol/seal.h) by OpenSSL. */
#pragma once

#include "protocol/seal.h"
#include "server/crypto_openssl.h"

/* The encoded Sealed; NULL when `recipient` is no point of the curve. */
GBytes *seal_template(const PublicKey *recipient, const SealContext *context, Slice plain);
/* NULL when it does not open: other key, other context, or changed. The bytes are wiped when the
 * last reference goes. */
GBytes *seal_open(const ServerKey *recipient, const SealContext *context, Slice sealed);
