/*
 * The server's cryptography, by OpenSSL 3: what protocol/crypto.h asks for, and our key pairs.
 */
#pragma once

#include <glib.h>

#include "protocol/crypto.h"

/* A P-256 key pair. The private part is wiped when freed. */
typedef struct ServerKey ServerKey;

ServerKey *server_key_generate(void);
/* Reads a PEM file (PKCS #8). */
ServerKey *server_key_load(const char *path, GError **error);
/* Writes it, mode 0600; an existing file is an error. */
gboolean server_key_save(const ServerKey *key, const char *path, GError **error);
/* PEM text (transfer full): wipe it with server_text_wipe(). */
char *server_key_pem(const ServerKey *key);
void server_key_public(const ServerKey *key, PublicKey *out);
/* The EVP_PKEY inside; borrowed. For authority.c and seal_openssl.c. */
gpointer server_key_native(const ServerKey *key);
void server_key_free(ServerKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerKey, server_key_free)

/* An EVP_PKEY of a public point; NULL when it is not on the curve. Free with EVP_PKEY_free(). */
gpointer crypto_native_public(const PublicKey *key);

/* ProtocolSha256, ProtocolSign (its key is a ServerKey) and ProtocolVerify. */
void crypto_sha256(const Slice *parts, size_t n_parts, Hash *out);
bool crypto_sign(void *key, Slice message, uint8_t signature[64]);
bool crypto_verify(const PublicKey *key, Slice message, const uint8_t signature[64]);

void crypto_hmac_sha256(Slice key, const Slice *parts, gsize n_parts, Hash *out);
/* In constant time. */
gboolean crypto_equal(gconstpointer a, gconstpointer b, gsize size);
/* From the kernel; does not return without. */
void crypto_random(gpointer out, gsize size);
/* Overwrites and frees. NULL is allowed. */
void server_text_wipe(char *text);
