/* What main.c and main_sim.c have in common: the command line, the check of the configuration, the
 * supervisor and its roles. */
#pragma once

#include "firmware/config.h"
#include "firmware/hal/drivers.h"

/* One more way to run, of the simulated terminal only. */
typedef struct {
	const char *option; /* "history" */
	const char *help;
	int (*run)(const HalDrivers *drivers, const TerminalConfig *config, const char *value);
} ProgramExtra;

/* Runs the program; gives main()'s exit status. `extra` may be NULL. */
int program_main(const HalDrivers *drivers, const ProgramExtra *extra, int argc, char **argv);
