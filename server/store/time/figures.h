/* Sums for charts: when people arrive, how late units are, how long terminals were heard. */
#pragma once

#include "server/store/sql.h"

#define FIGURES_QUARTERS 96 /* of a local day */

/* How many arrivals (the in-punch that counts) fell into each quarter of an hour, over the days
 * [from_day, to_day), of who was within the subtree of `unit` (0: all; as of the last day). */
gboolean figures_arrivals(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day,
						  gint64 utc_offset_min, gint64 counts[FIGURES_QUARTERS], GError **error);

typedef struct {
	gint64 unit;
	gint64 n_days, late_min; /* judged person-days, and minutes late on them */
} FiguresUnit;

/* Appends one per unit of the subtree in which somebody was judged; of FiguresUnit. */
gboolean figures_late(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, GArray *units,
					  GError **error);

/* Milliseconds of [from_ms, to_ms) that the terminal's chain covers (coverage.h), by terminal id
 * (char *, owned) as gint64 (owned). */
GHashTable *figures_uptime(Sql *sql, gint64 from_ms, gint64 to_ms, GError **error);
