/* `hadir verdicts`: the judged days, each with its reasons. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_verdicts;
