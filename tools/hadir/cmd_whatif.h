/* What would change if other facts or rules held: judged twice in one transaction that is given up. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_whatif;
