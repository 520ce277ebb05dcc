/*
 * HTTP by libmicrohttpd, in the main loop: requests in, answers out, everything bounded (target
 * 2 KiB, headers 32 KiB, body 64 KiB, 30 s without progress, 60 s for a whole request).
 *
 * Plain HTTP is for loopback only, behind a proxy; elsewhere TLS by GnuTLS.
 */
#pragma once

#include "server/web/call.h"

Listener *listener_new(Web *web, GError **error);
/* Calls that are still under way must have ended. */
void listener_free(Listener *listener);
guint16 listener_port(const Listener *listener);

/* The headers that every answer carries. */
void listener_secure(Response *response, gboolean https);
