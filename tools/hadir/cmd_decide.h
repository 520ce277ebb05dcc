/* What waits for somebody, listed and decided: the commands that share one form. */
#pragma once

#include "protocol/ids.h"
#include "tools/hadir/cmd_common.h"
#include "tools/hadir/command.h"

extern const HadirCommand cmd_held, cmd_backlog, cmd_quarantine, cmd_alarm, cmd_decision;

/* The account in whose name it is decided: one with the right over the province, and not the person
 * whom it is about. */
gboolean cmd_find_decider(const CmdServer *server, const char *name, PersonId person,
						  gint64 *account, GError **error);
