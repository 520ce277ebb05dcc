/* The calendar of days without duty: national holidays, cuti bersama, regional ones of a unit. */
#pragma once

#include "server/store/history.h"

/* `kind` "nasional", "cuti_bersama", "pemilu" or "daerah"; `unit` 0: the whole province.  The day is
 * change->from_day, one day.  Joins the transaction, marks. */
gboolean holidays_set(Sql *sql, gint64 unit, const char *name, const char *kind,
					  const Change *change, gboolean *changed, GError **error);
gboolean holidays_remove(Sql *sql, gint64 unit, const Change *change, gboolean *changed,
						 GError **error);
/* For people of `unit` on that day.  `name` and `kind` (transfer full); NULL: no holiday. */
gboolean holidays_on(Sql *sql, gint64 unit, gint64 day, char **name, char **kind, GError **error);
