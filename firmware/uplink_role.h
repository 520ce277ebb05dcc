/*
 * The uplink role: the network and the TLS key, nothing else.  It keeps one connection to the
 * broker, passes signed messages out and unread messages in, and has its certificate renewed.
 */
#pragma once

#include "firmware/config.h"
#include "firmware/hal/link.h"

/* The role's main(): runs until the supervisor stops it; gives the exit status. */
int uplink_role_run(const LinkDriver *driver, const TerminalConfig *config);
