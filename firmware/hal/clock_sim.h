/*
 * Two clocks of simulation: "host" is the machine's, taken as synchronised (a demo's machine is
 * often not); "sim" stands still until a test, or a scripted history, moves it.
 */
#pragma once

#include "firmware/hal/clock.h"

extern const ClockDriver clock_host;
extern const ClockDriver clock_sim;
