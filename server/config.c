#include "server/config.h"

#include <string.h>

#include "protocol/process/settings.h"

#define SPEC(group, key, type, field, ...)                                                         \
	{group, key, type, G_STRUCT_OFFSET(ServerConfig, field), __VA_ARGS__}

static const SettingSpec specs[] = {
	SPEC("server", "database", SETTING_TEXT, database, "sqlite:data/hadir.db", 0, 0,
		 "sqlite:PATH (relative to this file's folder) or postgresql://…"),
	SPEC("server", "keys", SETTING_PATH, keys, "keys", 0, 0,
		 "folder with core/, vault/ and web/, each readable by its role only"),
	SPEC("server", "run", SETTING_PATH, run, "run", 0, 0, "folder of pid files"),
	SPEC("server", "utc_offset_min", SETTING_INT, utc_offset_min, "420", -720, 840,
		 "local time, minutes east of UTC: 420 is WIB"),
	SPEC("broker", "folder", SETTING_PATH, broker_folder, "broker", 0, 0,
		 "where the broker's configuration and certificates are written"),
	SPEC("broker", "host", SETTING_TEXT, broker_host, "127.0.0.1", 0, 0,
		 "the name or address that terminals dial; it is in the broker's certificate"),
	SPEC("broker", "bind", SETTING_TEXT, broker_bind, "127.0.0.1", 0, 0,
		 "the address that the broker listens on"),
	SPEC("broker", "port", SETTING_INT, broker_port, "8883", 1, 65535, "its port"),
	SPEC("broker", "name", SETTING_TEXT, broker_name, "collector-1", 0, 0,
		 "the service name under which the core role connects"),
	SPEC("web", "host", SETTING_TEXT, web_host, "127.0.0.1", 0, 0, "the address to listen on"),
	SPEC("web", "port", SETTING_INT, web_port, "8443", 1, 65535, "the port to listen on"),
	SPEC("web", "certificate", SETTING_PATH, web_certificate, "", 0, 0,
		 "PEM file; without it plain HTTP, allowed on a loopback address only"),
	SPEC("web", "key", SETTING_PATH, web_key, "", 0, 0, "PEM file, the certificate's key"),
	SPEC("terminals", "bootstrap_hours", SETTING_INT, bootstrap_hours, "72", 1, 24 * 31,
		 "how long a device's bundle may be used"),
	SPEC("terminals", "certificate_days", SETTING_INT, certificate_days, "365", 2, 3650,
		 "life of a terminal's certificate"),
	SPEC("terminals", "repeat_s", SETTING_INT, repeat_s, "300", 0, 3600,
		 "touches of one person within so many seconds are one punch"),
	SPEC("terminals", "lease_days", SETTING_INT, lease_days, "90", 8, 365,
		 "how long a terminal without a network goes on identifying a person"),
	SPEC("terminals", "grace_days", SETTING_INT, grace_days, "7", 0, 62,
		 "how long a person is still identified at the former place after a mutation"),
	SPEC("terminals", "alive_tolerance_s", SETTING_INT, alive_tolerance_s, "1200", 900, 7200,
		 "the longest silence between two events that still proves a terminal alive"),
	SPEC("time", "future_s", SETTING_INT, future_s, "300", 1, 86400,
		 "a stamp later than the server's clock by more than this is implausible"),
	SPEC("time", "past_days", SETTING_INT, past_days, "400", 1, 3660,
		 "a stamp older than this is implausible"),
};

ServerConfig *config_load(const char *path, GError **error)
{
	g_autoptr(ServerConfig) config = g_new0(ServerConfig, 1);
	if (!settings_load(path, specs, G_N_ELEMENTS(specs), config, error)) {
		g_free(g_steal_pointer(&config));
		return NULL;
	}
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	config->folder = g_path_get_dirname(absolute);
	if ((config->web_certificate == NULL) != (config->web_key == NULL)) {
		g_set_error(error, SETTINGS_ERROR, 0,
					"%s: [web] certificate and key belong together: one is missing", path);
		return NULL;
	}
	if (config->broker_host == NULL || config->broker_bind == NULL || config->broker_name == NULL ||
		config->web_host == NULL || config->run == NULL || config->keys == NULL ||
		config->broker_folder == NULL) {
		g_set_error(error, SETTINGS_ERROR, 0, "%s: a host, name or folder is empty", path);
		return NULL;
	}
	if (config->database == NULL) {
		g_set_error(error, SETTINGS_ERROR, 0, "%s: [server] database is empty", path);
		return NULL;
	}
	if (!g_str_has_prefix(config->database, "sqlite:") &&
		!g_str_has_prefix(config->database, "postgresql:")) {
		g_set_error(error, SETTINGS_ERROR, 0,
					"%s: [server] database: neither sqlite: nor postgresql:", path);
		return NULL;
	}
	return g_steal_pointer(&config);
}

void config_free(ServerConfig *config)
{
	if (config == NULL)
		return;
	settings_clear(specs, G_N_ELEMENTS(specs), config);
	g_free(config->folder);
	g_free(config);
}

char *config_database(const ServerConfig *config)
{
	const char *prefix = "sqlite:";
	if (!g_str_has_prefix(config->database, prefix))
		return g_strdup(config->database);
	g_autofree char *path =
		g_canonicalize_filename(config->database + strlen(prefix), config->folder);
	return g_strconcat(prefix, path, NULL);
}

char *config_path_from_args(int *argc, char **argv, GError **error)
{
	for (int i = 1; i + 1 < *argc; i++) {
		if (strcmp(argv[i], "--config") != 0)
			continue;
		char *path = g_strdup(argv[i + 1]);
		for (int j = i; j + 2 <= *argc; j++)
			argv[j] = argv[j + 2];
		*argc -= 2;
		return path;
	}
	const char *path = g_getenv("HADIR_CONFIG");
	if (path == NULL || path[0] == '\0')
		g_set_error(error, SETTINGS_ERROR, 0,
					"no configuration: give --config FILE or set HADIR_CONFIG");
	return g_strdup(path != NULL && path[0] != '\0' ? path : NULL);
}

void config_print_help(void)
{
	settings_print_help(specs, G_N_ELEMENTS(specs));
}
