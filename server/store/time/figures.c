#include "server/store/time/figures.h"

#include "server/rules/calendar.h"
#include "server/store/history.h"

#define QUARTER_MS (15 * MINUTE_MS)

/* clang-format off */
/* $1 unit, $2 and $3 the days. */
#define TREE \
	"WITH RECURSIVE tree (unit) AS (SELECT CAST($1 AS BIGINT) UNION SELECT f.unit FROM tree" \
	" JOIN unit_fact f ON f.parent=tree.unit WHERE" NOW_ON("f", "$3-1") ") "
#define WITHIN \
	" FROM verdict_span s JOIN verdict v ON v.person=s.person AND v.unit=s.unit AND v.day>=$2 AND v.day<$3" \
	" WHERE s.from_day<$3 AND s.to_day>$2 AND ($1=0 OR s.unit IN (SELECT unit FROM tree))"
/* clang-format on */

gboolean figures_arrivals(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day,
						  gint64 utc_offset_min, gint64 counts[FIGURES_QUARTERS], GError **error)
{
	for (gsize i = 0; i < FIGURES_QUARTERS; i++)
		counts[i] = 0;
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  TREE "SELECT ((v.in_ms+$4)/$5)%96 AS quarter, count(*)" WITHIN
					   " AND v.in_ms>0 GROUP BY ((v.in_ms+$4)/$5)%96",
				  "iiiii", unit, from_day, to_day, utc_offset_min * MINUTE_MS, (gint64)QUARTER_MS);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 quarter = sql_int(rows, 0);
		if (quarter >= 0 && quarter < FIGURES_QUARTERS)
			counts[quarter] += sql_int(rows, 1);
	}
	return step == SQL_DONE;
}

gboolean figures_late(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, GArray *units,
					  GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  TREE "SELECT v.unit, count(*), CAST(sum(v.late_min) AS BIGINT)" WITHIN
					   " GROUP BY v.unit ORDER BY v.unit",
				  "iii", unit, from_day, to_day);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		FiguresUnit row = {sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2)};
		g_array_append_val(units, row);
	}
	return step == SQL_DONE;
}

GHashTable *figures_uptime(Sql *sql, gint64 from_ms, gint64 to_ms, GError **error)
{
	g_autoptr(GHashTable) covered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT terminal, CAST(sum(CASE WHEN to_ms<$2 THEN to_ms ELSE $2 END -"
				  " CASE WHEN from_ms>$1 THEN from_ms ELSE $1 END) AS BIGINT) FROM coverage"
				  " WHERE from_ms<$2 AND to_ms>$1 GROUP BY terminal",
				  "ii", from_ms, to_ms);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 ms = sql_int(rows, 1);
		g_hash_table_insert(covered, g_strdup(sql_text(rows, 0)), g_memdup2(&ms, sizeof ms));
	}
	return step == SQL_DONE ? g_steal_pointer(&covered) : NULL;
}
