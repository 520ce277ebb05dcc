/* A unit's month: handed in, signed, locked, paid, opened again; where it stands, what differs, whether it holds. */
#pragma once

#include "tools/hadir/command.h"

extern const HadirCommand cmd_submit, cmd_sign, cmd_lock, cmd_pay, cmd_month;
