/* What most subcommands begin with. */
#pragma once

#include "server/config.h"
#include "server/store/sql.h"

/* Prints "hadir NAME: …" and gives 1. Takes `error`. */
int cmd_fail(const char *name, GError *error);
/* Prints how it is called, and gives 2. */
int cmd_usage(const char *name, const char *usage);

/* Configuration (`--config` is removed from argv, or HADIR_CONFIG) and database, its schema brought
 * up to date. */
typedef struct {
	ServerConfig *config;
	Sql *sql;
} CmdServer;

gboolean cmd_open(CmdServer *server, int *argc, char **argv, GError **error);
void cmd_close(CmdServer *server);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmdServer, cmd_close)

/* The value after `--name`, removed from argv with it; NULL when it is not there. Borrowed. */
const char *cmd_take_option(int *argc, char **argv, const char *name);
/* TRUE, and removed, when the flag is there. */
gboolean cmd_take_flag(int *argc, char **argv, const char *name);
gint64 cmd_now_ms(void);
/* Judges what facts have changed since, as the server would: before what shows or keeps verdicts. */
gboolean cmd_judge_first(const CmdServer *server, GError **error);
/* Writes a file that did not exist, for its owner only. */
gboolean cmd_write_secret(const char *path, const char *text, GError **error);
