/* `hadir reference import`: templates from files. */
#include "tools/hadir/cmd_reference.h"

#include <string.h>

#include "server/import/import.h"
#include "server/server_keys.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "import FILE.csv"

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	PublicKey vault;
	ImportResult result;
	const ImportHooks hooks = {.vault = &vault};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("reference", g_steal_pointer(&error));
	if (argc != 3 || strcmp(argv[1], "import") != 0)
		return cmd_usage("reference", USAGE);
	if (!server_keys_vault_public(server.config, &vault, &error) ||
		!import_file(server.sql, "references", argv[2], cmd_now_ms(), server.config->utc_offset_min,
					 &hooks, &result, &error))
		return cmd_fail("reference", g_steal_pointer(&error));
	g_print("%" G_GINT64_FORMAT " references imported\n", result.n_changed);
	return 0;
}

const HadirCommand cmd_reference = {
	"reference", USAGE, "imports templates sealed to the vault: 'hadir import references' in short",
	run};
