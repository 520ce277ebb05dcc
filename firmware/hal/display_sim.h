/*
 * A panel without glass.  RUN/panel.png is the picture of the last screen; RUN/panel.sock tells
 * whoever connects what is shown, as one JSON line at once and one at each change:
 *
 *   {"screen":"ok-in","ready":true,"large":"…","small":"…","symbol":"check","lamp":"green",
 *    "outcome":"recorded","person":123,"touch":4}
 *
 * and reads lines {"keys":"12345#"} and {"tamper":true}.  Only the owner of RUN can connect.
 */
#pragma once

#include "firmware/hal/display.h"

#define DISPLAY_SIM_SOCKET "panel.sock"
#define DISPLAY_SIM_PICTURE "panel.png"

extern const DisplayDriver display_sim;
