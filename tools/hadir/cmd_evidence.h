#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_evidence;
