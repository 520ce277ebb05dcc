#include "firmware/config.h"

#include <string.h>

#define FIELD(name) offsetof(TerminalConfig, name)

static const SettingSpec specs[] = {
	{"terminal", "bundle", SETTING_PATH, FIELD(bundle), NULL, 0, 0,
	 "the file that `hadir terminal add` wrote"},
	{"terminal", "state", SETTING_PATH, FIELD(state), NULL, 0, 0,
	 "folder of journal, roster and keys"},
	{"terminal", "run", SETTING_PATH, FIELD(run), NULL, 0, 0,
	 "folder of sockets, a short path (≤ 60 characters)"},
	{"terminal", "head", SETTING_PATH, FIELD(head), "", 0, 0,
	 "file of the mirrored journal head, best on another device; STATE/head"},
	{"terminal", "title", SETTING_TEXT, FIELD(title), "", 0, 0,
	 "shown on the panel; the terminal's id"},
	{"terminal", "reserve_mib", SETTING_INT, FIELD(reserve_mib), "64", 8, 1024 * 1024,
	 "nothing is recorded while less disk than this is free"},
	{"terminal", "alive_s", SETTING_INT, FIELD(alive_s), "900", 10, 900,
	 "between alive marks; the server expects one every 15 minutes"},
	{"terminal", "health_s", SETTING_INT, FIELD(health_s), "300", 10, 3600,
	 "between health messages"},
	{"sensor", "driver", SETTING_TEXT, FIELD(sensor), "", 0, 0, "the first one linked"},
	{"sensor", "fast", SETTING_BOOL, FIELD(sensor_fast), "false", 0, 0,
	 "extraction in half the time, for small boards; its accuracy: firmware/match/README.md"},
	{"display", "driver", SETTING_TEXT, FIELD(display), "", 0, 0, "the first one linked"},
	{"display", "device", SETTING_TEXT, FIELD(display_device), "", 0, 0,
	 "DRM card; the first with a connected panel"},
	{"display", "input", SETTING_TEXT, FIELD(display_input), "", 0, 0,
	 "keypad or touch screen; every one that fits"},
	{"indicators", "driver", SETTING_TEXT, FIELD(indicators), "", 0, 0, "the first one linked"},
	{"indicators", "chip", SETTING_TEXT, FIELD(indicators_chip), "", 0, 0,
	 "GPIO chip; every one is searched"},
	{"indicators", "lines", SETTING_TEXT, FIELD(indicators_lines), "hadir-", 0, 0,
	 "prefix of the GPIO lines' names"},
	{"clock", "driver", SETTING_TEXT, FIELD(clock), "", 0, 0, "the first one linked"},
	{"clock", "start_ms", SETTING_INT, FIELD(clock_start_ms), "0", 0, G_MAXINT64 / 2,
	 "simulated clock: UTC ms at start; 0: the machine's"},
};

/* Paths of sockets are at most 107 bytes, and a socket's name needs some of them. */
#define RUN_MAX 60

static gboolean check(TerminalConfig *config, const char *path, GError **error)
{
	if (strlen(config->run) > RUN_MAX) {
		g_set_error(error, SETTINGS_ERROR, 0, "%s: [terminal] run = '%s': longer than %d", path,
					config->run, RUN_MAX);
		return FALSE;
	}
	if (config->head == NULL)
		config->head = g_build_filename(config->state, "head", NULL);
	return TRUE;
}

gboolean config_load(const char *path, TerminalConfig *config, GError **error)
{
	memset(config, 0, sizeof *config);
	if (!settings_load(path, specs, G_N_ELEMENTS(specs), config, error))
		return FALSE;
	if (check(config, path, error))
		return TRUE;
	config_clear(config);
	return FALSE;
}

void config_clear(TerminalConfig *config)
{
	settings_clear(specs, G_N_ELEMENTS(specs), config);
}

void config_print_help(void)
{
	settings_print_help(specs, G_N_ELEMENTS(specs));
}
