/* Rekap bulanan: the days of a unit's people, one row per person, by name. */
#pragma once

#include "server/reports/report.h"
#include "server/store/sql.h"

typedef enum {
	RECAP_NUMBER, /* NIP, as text */
	RECAP_NAME,
	RECAP_UNIT, /* of the last day that counts here */
	RECAP_DAYS, /* judged */
	RECAP_PRESENT,
	RECAP_LATE_MIN,
	RECAP_EARLY_MIN,
	RECAP_ABSENT,    /* tanpa keterangan */
	RECAP_WAITING,   /* not final: data missing, or to be verified */
	RECAP_DEDUCTION, /* hundredths of a per cent, at most 100 % */
	RECAP_CODES,     /* "HN 15, TL1 3" */
	N_RECAP_COLUMNS,
} RecapColumn;

/* Days on which each person was within the subtree of `unit` (0: everywhere), as of each day. */
Report *recap_of_unit(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, GError **error);
