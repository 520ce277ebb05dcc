/*
 * What a unit's month contains now, and what still hinders handing it in.  Days that another locked month holds
 * already are not of it.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/month.h"
#include "server/store/month/month_hinders.h"
#include "server/store/sql.h"

typedef struct {
	gint64 n_people, n_days, n_differences;
	guint8 hash[MONTH_HASH_SIZE];
} MonthContents;

/* `hindrances` (may be NULL): all there are, the people's first, by person; of MonthHindrance (transfer full). */
gboolean month_contents_read(Sql *sql, gint64 unit, gint64 month_day, gint64 utc_offset_min,
							 MonthContents *out, GArray **hindrances, GError **error);
/* The same, and keeps every person's lines for good; unit_month has its row.  In the caller's transaction. */
gboolean month_contents_freeze(Sql *sql, gint64 unit, gint64 month_day, MonthContents *out,
							   GError **error);
/* The hash of a locked month once more, from what is kept; `whole`: every person's lines have their hash. */
gboolean month_contents_verify(Sql *sql, gint64 unit, gint64 month_day,
							   guint8 hash[MONTH_HASH_SIZE], gboolean *whole, GError **error);
