#include "server/store/time/holidays.h"

#include "server/store/time/marks.h"

static const HistoryTable table =
	HISTORY_TABLE("holiday", "unit", "unit=$3", "name, kind, source", "ttt", "$4,$5,$6,$7");

/* One day, whatever the caller's end says. */
static Change one_day(const Change *change)
{
	Change day = *change;
	day.to_day = day.from_day + 1;
	return day;
}

static gboolean mark_changed(Sql *sql, gint64 unit, const Change *change, gboolean new,
							 gboolean *changed, GError **error)
{
	if (changed != NULL)
		*changed = new;
	/* A day more on both sides: the windows of neighbouring days shape each other. */
	return !new || mark_unit(sql, unit, change->from_day - 1, change->to_day + 1, change->today,
							 "holiday", error);
}

gboolean holidays_set(Sql *sql, gint64 unit, const char *name, const char *kind,
					  const Change *change, gboolean *changed, GError **error)
{
	Change day = one_day(change);
	HistoryValue values[] = {{.text = name}, {.text = kind}, {.text = change->source}};
	gboolean new = FALSE;
	return history_set(sql, &table, &unit, 1, values, &day, &new, error) &&
		   mark_changed(sql, unit, &day, new, changed, error);
}

gboolean holidays_remove(Sql *sql, gint64 unit, const Change *change, gboolean *changed,
						 GError **error)
{
	Change day = one_day(change);
	gboolean new = FALSE;
	return history_clear(sql, &table, &unit, 1, &day, &new, error) &&
		   mark_changed(sql, unit, &day, new, changed, error);
}

/* The province's first, then that of the nearest unit. */
/* clang-format off */
static const char on_day[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 1 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT h.name, h.kind, coalesce(min(chain.depth),0) FROM holiday h"
	" LEFT JOIN chain ON chain.unit=h.unit"
	" WHERE h.valid_from_day=$2 AND" AS_KNOWN_NOW("h") "AND (h.unit=0 OR chain.unit IS NOT NULL)"
	" GROUP BY h.unit, h.name, h.kind ORDER BY 3 LIMIT 1";
/* clang-format on */

gboolean holidays_on(Sql *sql, gint64 unit, gint64 day, char **name, char **kind, GError **error)
{
	*name = *kind = NULL;
	g_autoptr(SqlStatement) rows = sql_query(sql, error, on_day, "ii", unit, day);
	if (rows == NULL)
		return FALSE;
	SqlStep step = sql_next(rows, error);
	if (step == SQL_ROW) {
		*name = g_strdup(sql_text(rows, 0));
		*kind = g_strdup(sql_text(rows, 1));
	}
	return step != SQL_FAILED;
}
