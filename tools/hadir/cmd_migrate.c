/* `hadir migrate`: the whole database into another, empty one. */
#include "tools/hadir/cmd_migrate.h"

#include "server/crypto_openssl.h"
#include "server/store/migrate.h"
#include "server/store/sql_copy.h"
#include "server/store/system/server_state.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "--to URL"

static void print_copied(const SqlCopied *copied, gpointer user)
{
	(void)user;
	g_print("%-24s %12" G_GINT64_FORMAT " rows  %s\n", copied->table, copied->n_rows, copied->hash);
}

static gboolean check_empty(Sql *sql, GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error, "SELECT count(*) FROM account", ""))
		return FALSE;
	if (n == 0)
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED,
				"--to: a province lives there already (it has %" G_GINT64_FORMAT " accounts)", n);
	return FALSE;
}

/* A new epoch, as after a restore: should the old server have gone on receipting, terminals send that
 * again, and nothing is lost. */
static gboolean renew(Sql *sql, GError **error)
{
	RandomId epoch;
	crypto_random(epoch.bytes, sizeof epoch.bytes);
	return server_state_set_epoch(sql, &epoch, error) &&
		   server_state_set_restored(sql, cmd_now_ms(), error);
}

/* Nobody else writes to the source meanwhile. */
static gboolean copy_and_renew(Sql *from, Sql *to, GError **error)
{
	if (!sql_begin(from, error))
		return FALSE;
	gboolean done = sql_begin(to, error) && check_empty(to, error) &&
					sql_copy(from, to, print_copied, NULL, error) && renew(to, error) &&
					sql_commit(to, error);
	sql_rollback(to);
	sql_rollback(from);
	return done;
}

static gboolean migrate(Sql *from, const char *url, GError **error)
{
	g_autoptr(Sql) to = sql_open(url, error);
	return to != NULL && migrate_run(to, cmd_now_ms(), error) && copy_and_renew(from, to, error);
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *url = cmd_take_option(&argc, argv, "--to");
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("migrate", g_steal_pointer(&error));
	if (argc != 1 || url == NULL)
		return cmd_usage("migrate", USAGE);
	if (!migrate(server.sql, url, &error))
		return cmd_fail("migrate", g_steal_pointer(&error));
	g_print(
		"Everything was read back as it was. Write [server] database = that URL into server.conf, "
		"and start the server.\n");
	return 0;
}

const HadirCommand cmd_migrate = {
	"migrate", USAGE, "copies the stopped server's database into an empty one, and compares", run};
