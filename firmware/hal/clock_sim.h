/* A clock that stands still until a test, or a scripted history, moves it (clock_sim_* in clock.h). */
#pragma once

#include "firmware/hal/clock.h"

extern const ClockDriver clock_sim;
