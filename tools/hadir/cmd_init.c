/* `hadir init`: makes a province's server. */
#include "tools/hadir/cmd_init.h"

#include "server/province.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "DIR [--demo] [--host NAME] [--port-broker N] [--port-web N]"
#define ADMINISTRATOR "admin"
#define MINUTE_MS 60000
#define DAY_MINUTES 1440

static gboolean take_port(int *argc, char **argv, const char *name, gint64 *port, GError **error)
{
	const char *text = cmd_take_option(argc, argv, name);
	if (text == NULL || g_ascii_string_to_signed(text, 10, 1, 65535, port, NULL))
		return TRUE;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				"%s %s: a port from 1 to 65535 is expected", name, text);
	return FALSE;
}

/* The first administrator, with a password that serves to choose another. */
static char *make_administrator(const ServerConfig *config, gint64 now_ms, GError **error)
{
	g_autofree char *database = config_database(config);
	g_autoptr(Sql) sql = sql_open(database, error);
	if (sql == NULL)
		return NULL;
	UserNew user = {.name = ADMINISTRATOR,
					.role = ROLE_BKD,
					.today = (now_ms / MINUTE_MS + config->utc_offset_min) / DAY_MINUTES};
	return users_create(sql, &user, now_ms, error);
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	ProvinceNew what = {.port_broker = 8883, .port_web = 8443, .now_ms = cmd_now_ms()};
	what.demo = cmd_take_flag(&argc, argv, "--demo");
	what.broker_host = cmd_take_option(&argc, argv, "--host");
	if (!take_port(&argc, argv, "--port-broker", &what.port_broker, &error) ||
		!take_port(&argc, argv, "--port-web", &what.port_web, &error))
		return cmd_fail("init", g_steal_pointer(&error));
	if (argc != 2 || argv[1][0] == '-')
		return cmd_usage("init", USAGE);

	g_autoptr(ServerConfig) config = province_make(argv[1], &what, &error);
	if (config == NULL)
		return cmd_fail("init", g_steal_pointer(&error));
	char *password = make_administrator(config, what.now_ms, &error);
	if (password == NULL)
		return cmd_fail("init", g_steal_pointer(&error));
	g_print("%s/server.conf is ready. One-time password of '%s', good for 7 days:\n%s\n",
			config->folder, ADMINISTRATOR, password);
	password_free(password);
	return 0;
}

const HadirCommand cmd_init = {
	"init", USAGE, "makes a server: keys, certificates, database, first administrator", run};
