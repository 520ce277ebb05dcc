/* A unit's roster by month, and the changes that need approval. */
#pragma once

#include "server/store/people/grants.h"
#include "server/store/time/roster_check.h"
#include "server/store/system/users.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/command.h"

extern const HadirCommand cmd_roster;

/* `--by`: an account in use with the right over the unit on that day (`unit` 0: not asked). NULL on
 * error. */
User *cmd_roster_account(const CmdServer *server, const char *name, Right right, gint64 unit,
						 gint64 day, GError **error);
/* "2026-01-05  person 1000001  istirahat: …", a line each. */
void cmd_roster_print_conflicts(const GArray *conflicts, gint64 utc_offset_min);
gint64 cmd_roster_today(const CmdServer *server);

/* The options of every form; NULL: not given. */
typedef struct {
	const char *unit, *month, *by, *reason;
	gboolean despite;
} RosterOptions;

/* `hadir roster list`, `correct`, `swap`, `approve`, `refuse` (cmd_roster_request.c); argv[1] is the
 * word. `*usage`: the call was wrong. */
gboolean cmd_roster_request(const CmdServer *server, int argc, char **argv,
							const RosterOptions *options, gboolean *usage, GError **error);
