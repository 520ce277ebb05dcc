/* `hadir settings`: every open choice, its default, and what holds. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_settings;
