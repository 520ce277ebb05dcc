/* The core role: collect to distribute. One per server; several may divide the shards later. */
#pragma once

#include "server/config.h"

/* Runs until the supervisor says stop; gives the exit status. */
int core_role_run(const ServerConfig *config);
/* Brings the database to this program's schema; before any role starts. */
gboolean core_role_migrate(const ServerConfig *config, GError **error);
