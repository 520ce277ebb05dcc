/*
 * What `hadir terminal add` gives a new device: a key file whose group [bundle] names the terminal,
 * the broker, the trust anchors, the bootstrap identity (good once and briefly), the bootstrap
 * secret, and the server's keys.
 */
#pragma once

#include <glib.h>

#include "protocol/ids.h"

#define BUNDLE_SECRET_MIN 16 /* bytes */
#define BUNDLE_SECRET_MAX 64

typedef struct {
	TerminalId terminal;
	char *host;
	guint16 port;
	char *anchors;               /* PEM, one or more certificates */
	char *bootstrap_certificate; /* PEM */
	char *bootstrap_key;         /* PEM */
	uint8_t secret[BUNDLE_SECRET_MAX];
	gsize secret_size;
	PublicKey server_signing, server_sealing;
} Bundle;

/* NULL with an error that names the file and the key. */
Bundle *bundle_load(const char *path, GError **error);
/* Wipes the secrets. */
void bundle_free(Bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_free)
