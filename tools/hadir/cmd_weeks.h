/* Whose week has not the minutes that their employment asks for. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_weeks;
