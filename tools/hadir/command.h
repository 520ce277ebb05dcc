/* A subcommand of `hadir`: one file cmd_NAME.c, one line in main.c's table. */
#pragma once

#include <glib.h>

typedef struct {
	const char *name;
	const char *usage; /* what follows the name */
	const char *help;  /* one line */
	/* argv[0] is the subcommand's name. Gives the exit status; prints its own errors. */
	int (*run)(int argc, char **argv);
} HadirCommand;
