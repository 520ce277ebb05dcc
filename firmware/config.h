/* The terminal's configuration file: what a technician may set.  Everything else comes from the
 * bundle or from the server.  `hadir-terminal --help-config` prints the table. */
#pragma once

#include <glib.h>

#include "protocol/process/settings.h"

typedef struct {
	char *bundle; /* the file of `hadir terminal add` */
	char *state;  /* folder: journal, roster, keys; 0700 */
	char *run;    /* folder of sockets, a short path */
	char *head;   /* file of the mirrored journal head */
	gint64 reserve_mib;
	gint64 alive_s, health_s;
	/* Drivers by name; NULL: the first of firmware/hal/drivers.h. */
	char *sensor, *display, *indicators, *clock;
	gboolean sensor_fast; /* match_extract_fast() */
	char *display_device, *display_input;
	char *indicators_chip, *indicators_lines;
	char *title;           /* shown on the panel; NULL: the terminal's id */
	gint64 clock_start_ms; /* simulated clock */
} TerminalConfig;

/* On FALSE nothing is left allocated. */
gboolean config_load(const char *path, TerminalConfig *config, GError **error);
void config_clear(TerminalConfig *config);
void config_print_help(void);
