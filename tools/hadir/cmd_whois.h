/* `hadir whois`: whose an official number was. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_whois;
