/* Whose data were within somebody's reach, for the notice of a breach (server/reports/affected.h). */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	REACH_TEMPLATE = 1 << 0, /* templates of theirs are or were on the terminal */
	REACH_PUNCH = 1 << 1,    /* they punched there */
	REACH_READ = 1 << 2,     /* opened or changed one by one */
	REACH_LIST = 1 << 3,     /* shown in a list of their unit */
} Reach;

typedef struct {
	PersonId person;
	int how; /* Reach bits */
} ReachRow;

/* By person (GArray of ReachRow, transfer full). */
GArray *reach_of_terminal(Sql *sql, const char *terminal, GError **error);
/* What the account opened or changed in [from_ms, to_ms), from the audit log; lists by the people of
 * the unit on `day`. */
GArray *reach_of_account(Sql *sql, gint64 account, gint64 from_ms, gint64 to_ms, gint64 day,
						 GError **error);
