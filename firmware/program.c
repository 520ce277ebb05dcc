#include "firmware/program.h"

#include <string.h>

#include "firmware/bundle.h"
#include "firmware/capture.h"
#include "firmware/core_role.h"
#include "firmware/uplink_role.h"
#include "protocol/process/roles.h"

typedef struct {
	char *config, *role, *extra;
	gboolean check, help_config, version;
} Options;

/* Stopped in the reverse order: what core says last still goes out. */
static const RoleSpec roles[] = {
	{"uplink", {NULL}},
	{"sensor", {NULL}},
	{"core", {"sensor", "uplink", NULL}},
};

static void options_clear(Options *options)
{
	g_free(options->config);
	g_free(options->role);
	g_free(options->extra);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean parse(Options *options, const ProgramExtra *extra, int *argc, char ***argv,
					  GError **error)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "Configuration file", "FILE"},
		{"check", 'n', 0, G_OPTION_ARG_NONE, &options->check, "Check the configuration and exit",
		 NULL},
		{"help-config", 0, 0, G_OPTION_ARG_NONE, &options->help_config, "List the settings", NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL},
		{"role", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options->role,
		 "Set by the supervisor", "NAME"},
		{extra == NULL ? NULL : extra->option, 0, 0, G_OPTION_ARG_FILENAME, &options->extra,
		 extra == NULL ? NULL : extra->help, "FILE"},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_summary(context, "The fingerprint attendance terminal.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if (*argc == 1)
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "unexpected argument '%s'",
				(*argv)[1]);
	return FALSE;
}

/* Everything that can be known wrong without starting. */
static gboolean check(const HalDrivers *drivers, const TerminalConfig *config, GError **error)
{
	g_autoptr(Bundle) bundle = bundle_load(config->bundle, error);

	return bundle != NULL && hal_find_sensor(drivers, config->sensor, error) != NULL &&
		   hal_find_display(drivers, config->display, error) != NULL &&
		   hal_find_indicators(drivers, config->indicators, error) != NULL &&
		   hal_find_clock(drivers, config->clock, error) != NULL;
}

static int run_sensor(const HalDrivers *drivers, const TerminalConfig *config)
{
	SensorOptions options = {.run = config->run};

	return sensor_role_run(hal_find_sensor(drivers, config->sensor, NULL), &options,
						   config->sensor_fast);
}

static int run_role(const HalDrivers *drivers, const TerminalConfig *config, const char *role)
{
	if (strcmp(role, "core") == 0)
		return core_role_run(drivers, config);
	if (strcmp(role, "sensor") == 0)
		return run_sensor(drivers, config);
	if (strcmp(role, "uplink") == 0)
		return uplink_role_run(&link_mosquitto, config);
	g_printerr("hadir-terminal: no role '%s'\n", role);
	return ROLE_EXIT_CONFIG;
}

static int run(const HalDrivers *drivers, const ProgramExtra *extra, const Options *options,
			   char **argv)
{
	g_autoptr(GError) error = NULL;
	TerminalConfig config;
	int status = ROLE_EXIT_CONFIG;

	if (!config_load(options->config, &config, &error)) {
		g_printerr("hadir-terminal: %s\n", error->message);
		return status;
	}
	if (!check(drivers, &config, &error)) {
		g_printerr("hadir-terminal: %s\n", error->message);
	} else if (options->check) {
		g_print("%s: good\n", options->config);
		status = 0;
	} else if (options->role != NULL) {
		status = run_role(drivers, &config, options->role);
	} else if (options->extra != NULL) {
		status = extra->run(drivers, &config, options->extra);
	} else {
		status = supervisor_run(roles, G_N_ELEMENTS(roles), argv);
	}
	config_clear(&config);
	return status;
}

int program_main(const HalDrivers *drivers, const ProgramExtra *extra, int argc, char **argv)
{
	g_auto(Options) options = {0};
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) given = g_strdupv(argv);
	g_autofree char **rest = g_memdup2(argv, ((gsize)argc + 1) * sizeof *argv);

	if (!parse(&options, extra, &argc, &rest, &error)) {
		g_printerr("hadir-terminal: %s\n", error->message);
		return ROLE_EXIT_CONFIG;
	}
	if (options.version || options.help_config) {
		if (options.version)
			g_print("hadir-terminal %s\n", HADIR_VERSION);
		else
			config_print_help();
		return 0;
	}
	if (options.config == NULL) {
		g_printerr("hadir-terminal: --config FILE is needed\n");
		return ROLE_EXIT_CONFIG;
	}
	return run(drivers, extra, &options, given);
}
