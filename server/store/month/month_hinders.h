/*
 * What still hinders handing in a unit's month: days that are not final, and what nobody has decided.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	MONTH_HINDER_DATA,       /* belum lengkap: data of terminals is missing */
	MONTH_HINDER_CLAIM,      /* menunggu verifikasi: a punch without a finger */
	MONTH_HINDER_UNENROLLED, /* belum terdaftar */
	MONTH_HINDER_RUNNING,    /* a day that is not over */
	MONTH_HINDER_ROSTER,     /* a draft of a roster that is not published; `unit` */
	MONTH_HINDER_REQUEST,    /* a change of a roster that nobody has decided; `id` */
	MONTH_HINDER_CORRECTION, /* a correction that nobody has decided; `id` */
	MONTH_HINDER_OUTAGE,     /* an outage that nobody has decided; `id` */
} MonthHinderKind;
#define N_MONTH_HINDERS (MONTH_HINDER_OUTAGE + 1)
const char *month_hinder_text(MonthHinderKind kind); /* Indonesian, static */

typedef struct {
	MonthHinderKind kind;
	PersonId person; /* 0: nobody in particular */
	gint64 id;       /* of the request or outage; 0: none */
	gint64 unit;     /* of the draft; 0: none */
	gint64 first_day, n_days;
} MonthHindrance;

/* All there are of a unit's month, without reading its other days: the people's first, by person; of MonthHindrance
 * (transfer full).  Days that are locked already hinder nothing. */
GArray *month_hinders_list(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
						   GError **error);
/* How many there are of each; `rows` of MonthRow (months.h). (transfer full) */
gint64 *month_hinders_count(Sql *sql, const GPtrArray *rows, gint64 month_day,
							gint64 utc_offset_min, GError **error);

/* ── For who goes through all days ── */

/* Of one day of a person; `hindrances` are by person. */
void month_hinders_take(GArray *hindrances, PersonId person, gint64 day, const char *codes,
						const char *state);
/* Appends what of the unit nobody has decided. */
gboolean month_hinders_undecided(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
								 GArray *hindrances, GError **error);
/* Which days of that month are locked of the person, by bits: bit 0 is the first day. */
gboolean month_locked_days(Sql *sql, PersonId person, gint64 month_day, gint64 *days,
						   GError **error);
