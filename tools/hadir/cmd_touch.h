/* `hadir touch`: a finger image on a simulated terminal's sensor, and what the terminal answered. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_touch;
