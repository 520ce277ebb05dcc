#include "tools/hadir/cmd_import.h"

#include <string.h>

#include "server/config.h"
#include "server/import.h"

static void print_warning(const char *text, gpointer user G_GNUC_UNUSED)
{
	g_printerr("warning: %s\n", text);
}

static gboolean run_import(const char *config_path, const char *kind, const char *path,
						   GError **error)
{
	g_autoptr(ServerConfig) config = config_load(config_path, error);
	if (config == NULL)
		return FALSE;
	g_autofree char *url = config_database(config);
	g_autoptr(Sql) sql = sql_open(url, error);
	ImportResult result;
	if (sql == NULL || !import_file(sql, kind, path, g_get_real_time() / 1000,
									config->utc_offset_min, print_warning, NULL, &result, error))
		return FALSE;
	g_print("%s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " new or changed\n", path,
			result.n_rows, result.n_changed);
	return TRUE;
}

static int import_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		import_print_help();
		return 0;
	}
	g_autofree char *config_path = config_path_from_args(&argc, argv, &error);
	if (config_path == NULL) {
		g_printerr("hadir import: %s\n", error->message);
		return 2;
	}
	if (argc != 3) {
		g_printerr("usage: hadir import KIND FILE.csv; 'hadir import --help' lists the kinds\n");
		return 2;
	}
	if (run_import(config_path, argv[1], argv[2], &error))
		return 0;
	g_printerr("hadir import: %s\n", error->message);
	return 1;
}

const HadirCommand cmd_import = {
	"import", "{units|places|people|assignments|leaves|holidays|schedules|terminals} FILE.csv",
	"read a CSV file, all or nothing; --help lists the columns", import_command};
