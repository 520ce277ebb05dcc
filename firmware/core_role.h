/*
 * The core role: journal, matching, panel, signing and sealing keys.
 *
 *   sensor ──samples──► terminal ──► journal ──► publisher ──► uplink ──► broker
 *                          ▲                                     │
 *                          └── roster, commands ◄── control ◄────┘
 */
#pragma once

#include "firmware/config.h"
#include "firmware/hal/drivers.h"

/* The role's main(): runs until the supervisor stops it; gives the exit status. */
int core_role_run(const HalDrivers *drivers, const TerminalConfig *config);
