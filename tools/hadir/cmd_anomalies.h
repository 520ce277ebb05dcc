/* `hadir anomalies`: what somebody should look at, by month, with its evidence. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_anomalies;
