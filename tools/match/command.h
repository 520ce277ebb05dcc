/* A subcommand of `hadir-match`: one file, one line in main.c's table. */
#pragma once

#include <glib.h>

typedef struct {
	const char *name;
	const char *usage; /* what follows the name */
	const char *help;  /* one line */
	/* argv[0] is the subcommand's name. FALSE with an error: exit status 1. */
	gboolean (*run)(int argc, char **argv, GError **error);
} MatchCommand;

extern const MatchCommand command_extract, command_score, command_eval, command_train,
	command_codes, command_bench, command_identify, command_population;

/* For arguments that are not as `usage` says. Always FALSE. */
gboolean command_misused(GError **error, const char *what);
