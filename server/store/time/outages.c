#include "server/store/time/outages.h"

#include "server/rules/calendar.h"
#include "server/store/time/marks.h"

static const HistoryTable elsewhere_table =
	HISTORY_TABLE("place_elsewhere", "place", "place=$3", "source", "t", "$4,$5");

static gboolean mark_over(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 now_ms,
						  gint64 utc_offset_min, GError **error)
{
	/* A night shift that began the day before may be touched too. */
	return mark_place(sql, place, calendar_day(from_ms, utc_offset_min) - 1,
					  calendar_day(to_ms - 1, utc_offset_min) + 1,
					  calendar_day(now_ms, utc_offset_min), "outage", error);
}

gboolean outages_declare(Sql *sql, const Outage *outage, gint64 now_ms, gint64 utc_offset_min,
						 gint64 *id, GError **error)
{
	return sql_get_int(sql, id, 0, error,
					   "INSERT INTO outage (id, place, from_ms, to_ms, state, cause, document,"
					   " declared_ms, origin, evidence, declared_by)"
					   " SELECT coalesce(max(id),0)+1, $1, $2, $3, 1, $4, $5, $6, $7, $8, $9"
					   " FROM outage RETURNING id",
					   "iiittittt", outage->place, outage->from_ms, outage->to_ms, outage->cause,
					   outage->document, now_ms, outage->proposed ? "proposed" : "declared",
					   outage->evidence, outage->declared_by) &&
		   (outage->proposed || mark_over(sql, outage->place, outage->from_ms, outage->to_ms,
										  now_ms, utc_offset_min, error));
}

gboolean outages_decide(Sql *sql, gint64 id, OutageState state, const char *decided_by,
						const char *document, gint64 now_ms, gint64 utc_offset_min, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "UPDATE outage SET state=$2, decided_by=$3, decided_ms=$4,"
				  " document=coalesce($5, document) WHERE id=$1 RETURNING place, from_ms, to_ms",
				  "iitit", id, (gint64)state, decided_by, now_ms, document);
	if (row == NULL || sql_next(row, error) != SQL_ROW)
		return FALSE;
	gint64 place = sql_int(row, 0), from_ms = sql_int(row, 1), to_ms = sql_int(row, 2);
	return sql_next(row, error) == SQL_DONE &&
		   mark_over(sql, place, from_ms, to_ms, now_ms, utc_offset_min, error);
}

gboolean outages_find(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 *id,
					  OutageState *state, GError **error)
{
	*id = 0;
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT id, state FROM outage WHERE place=$1 AND from_ms=$2 AND to_ms=$3"
				  " AND (state<>1 OR origin='declared') ORDER BY id DESC LIMIT 1",
				  "iii", place, from_ms, to_ms);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		*id = sql_int(row, 0);
		*state = (OutageState)sql_int(row, 1);
	}
	return step != SQL_FAILED;
}

gboolean outages_set_elsewhere(Sql *sql, gint64 place, const Change *change, gboolean *changed,
							   GError **error)
{
	HistoryValue values[] = {{.text = change->source}};
	return history_set(sql, &elsewhere_table, &place, 1, values, change, changed, error) &&
		   (!*changed || mark_place(sql, place, change->from_day - 1, change->to_day + 1,
									change->today, "elsewhere", error));
}

gboolean outages_elsewhere(Sql *sql, gint64 place, gint64 from_day, gint64 to_day,
						   gboolean *elsewhere, GError **error)
{
	gint64 n_days = 0;
	/* Spans of one key do not overlap: their shares of the time add up. */
	if (!sql_get_int(sql, &n_days, 0, error,
					 "SELECT sum((CASE WHEN e.valid_to_day<$3 THEN e.valid_to_day ELSE $3 END)"
					 " - (CASE WHEN e.valid_from_day>$2 THEN e.valid_from_day ELSE $2 END))"
					 " FROM place_elsewhere e WHERE e.place=$1 AND e.valid_from_day<$3"
					 " AND e.valid_to_day>$2 AND" AS_KNOWN_NOW("e"),
					 "iii", place, from_day, to_day))
		return FALSE;
	*elsewhere = n_days >= to_day - from_day;
	return TRUE;
}
