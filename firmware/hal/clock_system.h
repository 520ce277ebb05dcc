/* The kernel's clocks: CLOCK_REALTIME, CLOCK_BOOTTIME, and what adjtimex(2) knows of their error. */
#pragma once

#include "firmware/hal/clock.h"

extern const ClockDriver clock_system;
