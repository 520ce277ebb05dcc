/* Lamps and sounds that only a log sees; the tamper switch is worked through the panel's socket. */
#pragma once

#include "firmware/hal/indicators.h"

extern const IndicatorsDriver indicators_sim;
