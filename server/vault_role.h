/* The vault role: vault.h behind a channel to the core role. No network, no database. */
#pragma once

#include "server/config.h"

/* Runs until the supervisor says stop; gives the exit status. */
int vault_role_run(const ServerConfig *config);
