/* `hadir exemption`: who may punch without a finger, by letter, for a period. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_exemption;
