/* `hadir reference import`: templates from files. */
#include "tools/hadir/cmd_reference.h"

#include <string.h>

#include "server/import/reference_import.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "import FILE.csv"

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	gint64 n;
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("reference", g_steal_pointer(&error));
	if (argc != 3 || strcmp(argv[1], "import") != 0)
		return cmd_usage("reference", USAGE);
	if (!reference_import(server.config, server.sql, argv[2], cmd_now_ms(), &n, &error))
		return cmd_fail("reference", g_steal_pointer(&error));
	g_print("%" G_GINT64_FORMAT " references imported\n", n);
	return 0;
}

const HadirCommand cmd_reference = {
	"reference", USAGE,
	"imports templates (columns person, finger, file[, from]), sealed to the vault", run};
