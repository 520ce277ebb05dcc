/* `hadir restore`: a new server folder from a backup; terminals resend what it lacks. */
#include "tools/hadir/cmd_restore.h"

#include "server/backup.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "FILE DIR --vault-key FILE"

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	const char *vault_key = cmd_take_option(&argc, argv, "--vault-key");
	if (argc != 3 || vault_key == NULL)
		return cmd_usage("restore", USAGE);
	if (!backup_restore(argv[1], argv[2], vault_key, cmd_now_ms(), &error))
		return cmd_fail("restore", g_steal_pointer(&error));
	g_print("%s is ready, in a new epoch: terminals send again what the backup does not have.\n"
			"Never run the old server beside it.\n",
			argv[2]);
	return 0;
}

const HadirCommand cmd_restore = {"restore", USAGE, "makes a server folder from a backup", run};
