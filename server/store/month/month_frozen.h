/*
 * What judge may not change any more: person-days of locked months.  What the facts say of them now becomes a
 * difference (month_lines.h), a line of the next open month of the unit in which the person serves today.
 *
 * A day is held when it was locked, or when it is now of a unit whose month is locked (a back-dated mutation
 * into it, somebody who was not known): then there was nothing before.
 */
#pragma once

#include "protocol/ids.h"
#include "server/rules/month.h"
#include "server/store/sql.h"

typedef struct MonthFrozen MonthFrozen;
/* What is locked of a person in [from_day, to_day), and what was accounted for since. */
MonthFrozen *month_frozen_load(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
							   GError **error);
void month_frozen_free(MonthFrozen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthFrozen, month_frozen_free)

/* The unit in whose locked month the day is, when its verdict is of `unit` (0: none); 0: in none. */
gboolean month_frozen_holds(MonthFrozen *self, gint64 day, gint64 unit, gint64 *month_unit,
							GError **error);
/* Of a day that is held no more: its line, which nobody has submitted yet, goes.  In the caller's transaction. */
gboolean month_frozen_release(MonthFrozen *self, gint64 day, GError **error);
/* Was the day locked itself (else it is held by its unit alone, and has no verdict)? */
gboolean month_frozen_was_locked(const MonthFrozen *self, gint64 day);
/* Is that (NULL: none) what was accounted for of the day: what was locked, and the lines since? */
gboolean month_frozen_accounts(const MonthFrozen *self, gint64 day, const MonthLine *now);
/* The verdict of a day that is held, as the facts give it now (NULL: none): what differs from what was
 * accounted for is written, or what was written goes.  Once per day and load, in the caller's transaction. */
gboolean month_frozen_settle(MonthFrozen *self, gint64 day, gint64 month_unit, const MonthLine *now,
							 gint64 today, gint64 now_ms, gboolean *changed, GError **error);
