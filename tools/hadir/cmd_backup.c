/* `hadir backup`: the running server into one file; the vault key apart. */
#include "tools/hadir/cmd_backup.h"

#include "server/backup.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "FILE | --vault-key FILE"

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *vault_key = cmd_take_option(&argc, argv, "--vault-key");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("backup", g_steal_pointer(&error));
	if ((argc != 2) == (vault_key == NULL))
		return cmd_usage("backup", USAGE);
	if (vault_key != NULL) {
		if (!backup_vault_key(server.config, vault_key, &error))
			return cmd_fail("backup", g_steal_pointer(&error));
		g_print("%s holds the vault key: keep it where the backups are not\n", vault_key);
		return 0;
	}
	if (!backup_make(server.config, argv[1], cmd_now_ms(), &error))
		return cmd_fail("backup", g_steal_pointer(&error));
	g_print("%s is complete; the vault key is not in it\n", argv[1]);
	return 0;
}

const HadirCommand cmd_backup = {
	"backup", USAGE, "writes the running server into one file; the vault key apart", run};
