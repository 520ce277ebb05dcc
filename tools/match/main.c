/*
 * hadir-match: the engine's own tool, for evaluation and training.
 */
#include <locale.h>
#include <string.h>

#include "tools/match/command.h"

static const MatchCommand *const commands[] = {
	&command_extract, &command_score,    &command_eval,       &command_train, &command_codes,
	&command_bench,   &command_identify, &command_population, NULL,
};

gboolean command_misused(GError **error, const char *what)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s; see hadir-match --help", what);
	return FALSE;
}

static void print_help(void)
{
	g_print("hadir-match: fingerprint comparison, measured\n\n");
	for (gsize i = 0; commands[i] != NULL; i++)
		g_print("  hadir-match %s %s\n      %s\n", commands[i]->name, commands[i]->usage,
				commands[i]->help);
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, ""); /* texts only: numbers in JSON keep their point */
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		print_help();
		return argc < 2 ? 2 : 0;
	}
	for (gsize i = 0; commands[i] != NULL; i++) {
		g_autoptr(GError) error = NULL;

		if (strcmp(commands[i]->name, argv[1]) != 0)
			continue;
		if (commands[i]->run(argc - 1, argv + 1, &error))
			return 0;
		g_printerr("hadir-match %s: %s\n", argv[1], error->message);
		return error->domain == G_OPTION_ERROR ? 2 : 1;
	}
	g_printerr("hadir-match: no command '%s'; 'hadir-match --help' lists them\n", argv[1]);
	return 2;
}
