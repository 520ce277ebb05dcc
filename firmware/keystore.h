/*
 * The terminal's signing and sealing keys: P-256, made on the device, kept by PSA.
 *
 * PSA keeps persistent keys as files in the current directory: keystore_open() makes the folder
 * (0700), sets umask 077 and changes into it for good.  One keystore per process; all other paths of
 * the process are absolute.  There is no secure element: who takes the whole terminal apart has its
 * keys (firmware/README.md).
 */
#pragma once

#include <glib.h>

#include "protocol/crypto.h"
#include "protocol/ids.h"

#define KEYSTORE_ERROR (keystore_error_quark())
GQuark keystore_error_quark(void);

typedef enum {
	KEYSTORE_ERROR_FAILED,
	KEYSTORE_ERROR_SEAL, /* the seal is not for us, or was changed */
} KeystoreError;

typedef struct Keystore Keystore;

/* Makes the keys where there are none, durably. */
Keystore *keystore_open(const char *folder, GError **error);
void keystore_free(Keystore *keystore);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keystore, keystore_free)

/* Borrowed from the keystore. */
const PublicKey *keystore_signing(const Keystore *keystore);
const KeyId *keystore_signing_id(const Keystore *keystore);
const PublicKey *keystore_sealing(const Keystore *keystore);

/* A ProtocolSign whose key is the Keystore. */
bool keystore_sign(void *keystore, Slice message, uint8_t signature[64]);

/* ECDH with the sealing key: the 32-byte x-coordinate, for seal_psa.c. */
gboolean keystore_agree(const Keystore *keystore, const PublicKey *peer, uint8_t secret[32],
						GError **error);
