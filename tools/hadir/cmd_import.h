/* `hadir import`: the administration's CSV files. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_import;
