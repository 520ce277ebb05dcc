/*
 * A red-green-blue lamp, an active buzzer and a tamper switch on GPIO lines, by name (the prefix is
 * a setting, board/README.md has the wiring):
 *
 *   hadir-led-red  hadir-led-green  hadir-led-blue   high: on
 *   hadir-buzzer                                     high: sounds
 *   hadir-tamper                                     pulled up; the closed case pulls it low, so
 *                                                    that a cut wire reads as open
 */
#pragma once

#include "firmware/hal/indicators.h"

extern const IndicatorsDriver indicators_gpiod;
