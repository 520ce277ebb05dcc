/* The role that people and programs talk to: pages and REST, no keys, no terminal traffic. */
#pragma once

#include "server/config.h"

/* Runs until the supervisor ends it; gives the exit status. */
int web_role_run(const ServerConfig *config);
