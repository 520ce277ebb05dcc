/* `hadir outage`: times in which nobody could record at a place. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_outage;
