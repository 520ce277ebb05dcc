/* Who has to be told of a breach (UU 27/2022, article 46): the people whose data were within reach. */
#pragma once

#include "server/reports/report.h"
#include "server/store/sql.h"

typedef enum {
	AFFECTED_ID,     /* our number */
	AFFECTED_NUMBER, /* NIP, as text */
	AFFECTED_NAME,
	AFFECTED_UNIT, /* on the day of the list */
	AFFECTED_HOW,  /* what was within reach, in words */
	N_AFFECTED_COLUMNS,
} AffectedColumn;

/* `reach` is of ReachRow (server/store/system/reach.h); names as of `day`. */
Report *affected_report(Sql *sql, const GArray *reach, gint64 day, GError **error);
