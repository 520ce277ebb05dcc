#include "server/store/time/ramadan.h"

#include "server/store/time/marks.h"

static const HistoryTable period_table =
	HISTORY_TABLE("ramadan_period", "year", "year=$3", "source", "t", "$4,$5");
static const HistoryTable pattern_table =
	HISTORY_TABLE("unit_ramadan", "unit", "unit=$3", "pattern, source", "it", "$4,$5,$6");

/* The days of [from_day, to_day) that are the year's no longer. */
static gboolean clear_outside(Sql *sql, gint64 year, const Change *change, gint64 from_day,
							  gint64 to_day, gboolean *changed, GError **error)
{
	Change outside = *change;
	gboolean cleared = FALSE;
	outside.from_day = from_day;
	outside.to_day = to_day;
	if (!history_clear(sql, &period_table, &year, 1, &outside, &cleared, error))
		return FALSE;
	*changed |= cleared;
	/* Where they were is not known any more; there are no more than a month of them. */
	gint64 first = MAX(from_day, change->from_day - 2 * RAMADAN_DAYS_MAX);
	gint64 last = MIN(to_day, change->to_day + 2 * RAMADAN_DAYS_MAX);
	return !cleared || mark_unit(sql, 0, first - 1, last + 1, change->today, "ramadan", error);
}

gboolean ramadan_set_period(Sql *sql, gint64 year, const Change *change, gboolean *changed,
							GError **error)
{
	HistoryValue values[] = {{.text = change->source}};
	gboolean new = FALSE, moved = FALSE;
	if (!clear_outside(sql, year, change, DAY_ALWAYS, change->from_day, &moved, error) ||
		!clear_outside(sql, year, change, change->to_day, DAY_OPEN, &moved, error) ||
		!history_set(sql, &period_table, &year, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new || moved;
	return !new || mark_unit(sql, 0, change->from_day - 1, change->to_day + 1, change->today,
							 "ramadan", error);
}

gboolean ramadan_set_pattern(Sql *sql, gint64 unit, gint64 pattern, const Change *change,
							 gboolean *changed, GError **error)
{
	HistoryValue values[] = {{.integer = pattern}, {.text = change->source}};
	gboolean new = FALSE;
	if (!history_set(sql, &pattern_table, &unit, 1, values, change, &new, error))
		return FALSE;
	if (changed != NULL)
		*changed = new;
	return !new || mark_unit(sql, unit, change->from_day - 1, change->to_day + 1, change->today,
							 "ramadan", error);
}

/* clang-format off */
static const char nearest[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<$3 AND" NOW_ON("f", "$2") ")"
	" SELECT w.id, w.name FROM chain JOIN unit_ramadan r ON r.unit=chain.unit AND" NOW_ON("r", "$2")
	" JOIN work_pattern w ON w.id=r.pattern ORDER BY chain.depth LIMIT 1";
/* clang-format on */

/* DAY_ALWAYS: it is not Ramadan. */
static gboolean period_of(Sql *sql, gint64 day, gint64 *from_day, GError **error)
{
	return sql_get_int(sql, from_day, DAY_ALWAYS, error,
					   "SELECT min(p.valid_from_day) FROM ramadan_period p WHERE" NOW_ON("p", "$1"),
					   "i", day);
}

gboolean ramadan_is(Sql *sql, gint64 day, gboolean *ramadan, GError **error)
{
	gint64 from_day = DAY_ALWAYS;
	gboolean ok = period_of(sql, day, &from_day, error);
	*ramadan = from_day != DAY_ALWAYS;
	return ok;
}

gboolean ramadan_on(Sql *sql, gint64 unit, gint64 day, gint64 depth, Followed *followed,
					GError **error)
{
	gint64 from_day = DAY_ALWAYS;
	if (!period_of(sql, day, &from_day, error))
		return FALSE;
	if (from_day == DAY_ALWAYS)
		return TRUE;
	g_autoptr(SqlStatement) row = sql_query(sql, error, nearest, "iii", unit, day, depth);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		g_free(followed->name);
		*followed = (Followed){sql_int(row, 0), g_strdup(sql_text(row, 1)), from_day};
	}
	return step != SQL_FAILED;
}
