/*
 * `hadir-terminal-sim --history FILE.csv`: a past that never was, journalled by a simulated
 * terminal under the simulated clock, so that a sample province has a month behind it.
 *
 * FILE.csv has the header `at_ms,person,reference,score` and rows in the order of time: UTC ms, our
 * number of the person, the reference's id, and the score in thousandths.  Each day's power-on, an
 * alive mark every 15 minutes from the first row to the last, and the punches are journalled; the
 * normal run publishes them.
 */
#pragma once

#include "firmware/config.h"
#include "firmware/hal/drivers.h"

/* Gives the exit status.  A row that is wrong is named with its line, and nothing is journalled. */
int history_run(const HalDrivers *drivers, const TerminalConfig *config, const char *path);
