/* `hadir recap`: a month's recaps, of a unit or of everybody, as files. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_recap;
