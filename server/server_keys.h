/*
 * Where the server's own keys lie:
 *
 *   KEYS/core/signing.key    signs what goes down to terminals      (core role)
 *   KEYS/vault/sealing.key   opens templates                        (vault role only)
 *   KEYS/core/vault.pub      the public half of it, hex             (core role, hadir)
 *   KEYS/web/                the web role's
 *
 * Each folder is 0700, so that each role can be given a user of its own.
 */
#pragma once

#include <glib.h>

#include "server/config.h"
#include "server/crypto_openssl.h"

/* Makes the folders and the keys; anything that is there already is an error. */
gboolean server_keys_make(const ServerConfig *config, GError **error);
ServerKey *server_keys_signing(const ServerConfig *config, GError **error);
ServerKey *server_keys_vault(const ServerConfig *config, GError **error);
gboolean server_keys_vault_public(const ServerConfig *config, PublicKey *out, GError **error);

/* 130 hex digits (transfer full). */
char *public_key_hex(const PublicKey *key);
