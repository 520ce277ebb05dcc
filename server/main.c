/* `hadir-server`: the supervisor, and with --role one of its roles. */
#include <string.h>

#include <glib.h>

#include "protocol/process/roles.h"
#include "server/config.h"
#include "server/core/core_role.h"
#include "server/vault_role.h"
#include "server/web_role.h"

/* In the order of starting: core asks the vault, web tells core. */
static const RoleSpec roles[] = {
	{"vault", {NULL}},
	{"core", {"vault", NULL}},
	{"web", {"core", NULL}},
};

static const struct {
	const char *name;
	int (*run)(const ServerConfig *config);
} runners[] = {
	{"vault", vault_role_run},
	{"core", core_role_run},
	{"web", web_role_run},
};

typedef struct {
	const char *config;
	const char *role;
	gboolean check_only;
} Options;

static void print_help(void)
{
	g_print("hadir-server --config FILE [-n]\n"
			"      runs the server; -n checks the configuration and exits\n"
			"      --help-config explains the file\n");
}

/* FALSE: the program ends with *status. */
static gboolean parse_options(int argc, char **argv, Options *options, int *status)
{
	*status = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			options->config = argv[++i];
		} else if (strcmp(argv[i], "--role") == 0 && i + 1 < argc) {
			options->role = argv[++i];
		} else if (strcmp(argv[i], "-n") == 0) {
			options->check_only = TRUE;
		} else if (strcmp(argv[i], "--help-config") == 0) {
			config_print_help();
			return FALSE;
		} else if (strcmp(argv[i], "--help") == 0) {
			print_help();
			return FALSE;
		} else {
			g_printerr("hadir-server: unknown option '%s'; --help lists them\n", argv[i]);
			*status = 2;
			return FALSE;
		}
	}
	return TRUE;
}

static int run_role(const char *name, const ServerConfig *config)
{
	for (gsize i = 0; i < G_N_ELEMENTS(runners); i++)
		if (strcmp(runners[i].name, name) == 0)
			return runners[i].run(config);
	g_printerr("hadir-server: no role '%s'\n", name);
	return 2;
}

static int run_all(const ServerConfig *config, char **argv)
{
	g_autoptr(GError) error = NULL;
	if (!core_role_migrate(config, &error)) {
		g_printerr("hadir-server: %s\n", error->message);
		return 1;
	}
	return supervisor_run(roles, G_N_ELEMENTS(roles), argv);
}

int main(int argc, char **argv)
{
	Options options = {.config = g_getenv("HADIR_CONFIG")};
	g_autoptr(GError) error = NULL;
	int status;
	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.config == NULL) {
		g_printerr("hadir-server: give --config FILE or set HADIR_CONFIG\n");
		return 2;
	}
	g_autoptr(ServerConfig) config = config_load(options.config, &error);
	if (config == NULL) {
		g_printerr("hadir-server: %s\n", error->message);
		return 2;
	}
	if (options.check_only)
		return 0;
	return options.role != NULL ? run_role(options.role, config) : run_all(config, argv);
}
