/* `hadir judge`: judge what is marked, everything again, or check that both are the same. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_judge;
