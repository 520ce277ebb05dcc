/*
 * What many days of a month ask again and again: a unit's code, and in whose month its day is.  Remembers; a code
 * never changes, the rest holds within one transaction.
 */
#pragma once

#include "server/rules/month.h"
#include "server/store/sql.h"
#include "server/store/time/verdicts.h"

typedef struct MonthUnits MonthUnits;
/* Borrows `sql`. */
MonthUnits *month_units_new(Sql *sql);
void month_units_free(MonthUnits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MonthUnits, month_units_free)

/* "" for 0; borrowed until month_units_free(). NULL on error. */
const char *month_units_code(MonthUnits *self, gint64 unit, GError **error);
/* As months_unit_of(). */
gboolean month_units_of(MonthUnits *self, gint64 unit, gint64 day, gint64 *month_unit,
						GError **error);

/* A verdict as a line of its month: texts are borrowed from what is given; `reasons` JSON. */
void month_line_of(const Verdict *verdict, const char *unit_code, const char *reasons,
				   MonthLine *out);
