#include "server/store/time/covers.h"

#include "server/rules/calendar.h"
#include "server/rules/roster.h"

#define DAY_MIN (24 * 60)

static const HistoryTable table =
	HISTORY_TABLE("unit_cover", "unit, start_min", "unit=$3 AND start_min=$4",
				  "length_min, people, source", "iit", "$4,$5,$6,$7,$8");

gboolean covers_set(Sql *sql, gint64 unit, const Cover *cover, const Change *change,
					gboolean *changed, GError **error)
{
	const gint64 keys[] = {unit, cover->start_min};
	HistoryValue values[] = {
		{.integer = cover->length_min}, {.integer = cover->people}, {.text = change->source}};
	if (cover->people == 0)
		return history_clear(sql, &table, keys, G_N_ELEMENTS(keys), change, changed, error);
	return history_set(sql, &table, keys, G_N_ELEMENTS(keys), values, change, changed, error);
}

static gboolean needs_of_day(Sql *sql, gint64 unit, gint64 day, gint64 utc_offset_min,
							 GArray *needs, GError **error)
{
	gint64 monday_min = calendar_weekday(day) * (gint64)DAY_MIN;
	SqlStep step;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT c.start_min, c.length_min, c.people FROM unit_cover c WHERE c.unit=$1"
		" AND c.start_min>=$3 AND c.start_min<$4 AND" NOW_ON("c", "$2") "ORDER BY c.start_min",
		"iiii", unit, day, monday_min, monday_min + DAY_MIN);
	if (rows == NULL)
		return FALSE;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 from_ms = calendar_ms(day, sql_int(rows, 0) - monday_min, utc_offset_min);
		RosterSpan need = {from_ms, from_ms + sql_int(rows, 1) * MINUTE_MS,
						   (gint32)sql_int(rows, 2)};
		g_array_append_val(needs, need);
	}
	return step == SQL_DONE;
}

gboolean covers_needs(Sql *sql, gint64 unit, gint64 from_day, gint64 to_day, gint64 utc_offset_min,
					  GArray *needs, gboolean *stated, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM unit_cover c WHERE c.unit=$1 AND c.valid_from_day<$3"
					 " AND c.valid_to_day>$2 AND" AS_KNOWN_NOW("c"),
					 "iii", unit, from_day, to_day))
		return FALSE;
	*stated = n > 0;
	for (gint64 day = from_day; day < to_day && *stated; day++)
		if (!needs_of_day(sql, unit, day, utc_offset_min, needs, error))
			return FALSE;
	return TRUE;
}
