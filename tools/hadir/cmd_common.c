#include "tools/hadir/cmd_common.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "server/judge/judge.h"
#include "server/judge/judge_explain.h"
#include "server/store/migrate.h"

int cmd_fail(const char *name, GError *error)
{
	g_printerr("hadir %s: %s\n", name, error != NULL ? error->message : "failed");
	g_clear_error(&error);
	return 1;
}

int cmd_usage(const char *name, const char *usage)
{
	g_printerr("usage: hadir %s %s\n", name, usage);
	return 2;
}

gint64 cmd_now_ms(void)
{
	return g_get_real_time() / 1000;
}

gboolean cmd_open(CmdServer *server, int *argc, char **argv, GError **error)
{
	*server = (CmdServer){0};
	g_autofree char *path = config_path_from_args(argc, argv, error);
	if (path == NULL)
		return FALSE;
	server->config = config_load(path, error);
	if (server->config == NULL)
		return FALSE;
	g_autofree char *database = config_database(server->config);
	server->sql = sql_open(database, error);
	if (server->sql == NULL || !migrate_run(server->sql, cmd_now_ms(), error)) {
		cmd_close(server);
		return FALSE;
	}
	judge_explain(server->sql, server->config->utc_offset_min);
	return TRUE;
}

gboolean cmd_judge_first(const CmdServer *server, GError **error)
{
	g_autoptr(Judge) judge = judge_new(server->sql, server->config->utc_offset_min, NULL, NULL);
	gint64 now_ms = cmd_now_ms();
	return judge_tick(judge, now_ms, error) && judge_all(judge, now_ms, error);
}

void cmd_close(CmdServer *server)
{
	g_clear_pointer(&server->sql, sql_close);
	g_clear_pointer(&server->config, config_free);
}

static void remove_args(int *argc, char **argv, int at, int n)
{
	for (int i = at; i + n <= *argc; i++)
		argv[i] = argv[i + n];
	*argc -= n;
}

const char *cmd_take_option(int *argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < *argc; i++) {
		if (strcmp(argv[i], name) != 0)
			continue;
		const char *value = argv[i + 1];
		remove_args(argc, argv, i, 2);
		return value;
	}
	return NULL;
}

gboolean cmd_take_flag(int *argc, char **argv, const char *name)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], name) != 0)
			continue;
		remove_args(argc, argv, i, 1);
		return TRUE;
	}
	return FALSE;
}

gboolean cmd_write_secret(const char *path, const char *text, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	gsize size = strlen(text);
	gboolean ok = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
	if (!ok)
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
					g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}
