/*
 * The uplink's TLS identity: a folder with the bootstrap identity, our own once the server has
 * issued it, the key of the next one while it is asked for, and the trust anchors.
 *
 *   bootstrap.pem   certificate and key of the bundle
 *   identity.pem    our certificate, its chain, and its key: one file, so that both change at once
 *   next.key        the key of a certificate request that is under way
 *   anchors.pem     whom the broker's certificate may come from
 *
 * The key is made here, and no other role sees it.
 */
#pragma once

#include <glib.h>

#include "firmware/bundle.h"
#include "firmware/messages.h"

#define IDENTITY_ERROR (identity_error_quark())
GQuark identity_error_quark(void);

typedef struct Identity Identity;

/* Makes the folder (0700) and what of the bundle is to lie in it. */
Identity *identity_open(const char *folder, const Bundle *bundle, GError **error);
void identity_free(Identity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Identity, identity_free)

/* The files to connect with at `now_ms` (UTC): ours while it is valid, else the bundle's.
 * Borrowed. */
gboolean identity_is_own(const Identity *identity, int64_t now_ms);
const char *identity_file(const Identity *identity, int64_t now_ms);
const char *identity_anchors(const Identity *identity);

/* Two thirds of our certificate's life are over. */
gboolean identity_is_due(const Identity *identity, int64_t now_ms);

/* A certificate request (PKCS #10, DER) for the next key, which is made if there is none yet: asked
 * again it is the same key. */
GBytes *identity_request(const Identity *identity, GError **error);
/* The answer.  Errors leave what there is: a leaf of another key, or not readable. */
gboolean identity_install(Identity *identity, const UplinkCertificate *certificate, GError **error);
