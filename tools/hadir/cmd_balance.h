/* `hadir balance`: a person's leave on a day. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_balance;
