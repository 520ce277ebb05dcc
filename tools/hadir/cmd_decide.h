/* What waits for somebody, listed and decided: the commands that share one form. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_held, cmd_backlog, cmd_quarantine, cmd_alarm, cmd_decision;
