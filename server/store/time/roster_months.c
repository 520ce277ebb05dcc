#include "server/store/time/roster_months.h"

gboolean roster_draft_set(Sql *sql, gint64 unit, PersonId person, const RosterDay *roster,
						  gboolean *changed, GError **error)
{
	const gint64 *shifts[DAY_SHIFTS_MAX];
	gint64 same = 0;
	for (gsize i = 0; i < DAY_SHIFTS_MAX; i++)
		shifts[i] = roster->shifts[i] != 0 ? &roster->shifts[i] : NULL;
	if (!sql_get_int(sql, &same, 0, error,
					 "SELECT count(*) FROM roster_plan WHERE unit=$1 AND publication=0 AND day=$2"
					 " AND person=$3 AND coalesce(shift,0)=$4 AND coalesce(shift2,0)=$5"
					 " AND on_call=$6 AND coalesce(source,'')=$7",
					 "iiiiiit", unit, roster->day, person, roster->shifts[0], roster->shifts[1],
					 (gint64)roster->on_call, roster->source != NULL ? roster->source : ""))
		return FALSE;
	*changed = same == 0;
	return same != 0 ||
		   sql_run(sql, error,
				   "INSERT INTO roster_plan (unit, day, person, publication, shift, shift2,"
				   " on_call, source) VALUES ($1,$2,$3,0,$4,$5,$6,$7)"
				   " ON CONFLICT (unit, publication, day, person) DO UPDATE SET"
				   " shift=excluded.shift, shift2=excluded.shift2, on_call=excluded.on_call,"
				   " source=excluded.source",
				   "iiiIIit", unit, roster->day, person, shifts[0], shifts[1],
				   (gint64)roster->on_call, roster->source);
}

static gboolean month_end(gint64 month_day, gint64 *end_day, GError **error)
{
	if (roster_month_end(month_day, end_day))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, "no month begins on that day");
	return FALSE;
}

gboolean roster_draft_discard(Sql *sql, gint64 unit, gint64 month_day, gint64 *n, GError **error)
{
	gint64 end_day;
	if (!month_end(month_day, &end_day, error))
		return FALSE;
	*n = sql_change(sql, error,
					"DELETE FROM roster_plan WHERE unit=$1 AND publication=0 AND day>=$2"
					" AND day<$3",
					"iii", unit, month_day, end_day);
	return *n >= 0;
}

static void clear_planned(gpointer data)
{
	g_free(((PlannedDay *)data)->roster.source);
}

gboolean roster_plan_of(Sql *sql, gint64 unit, gint64 month_day, gint64 publication,
						GArray **planned, GError **error)
{
	gint64 end_day;
	if (!month_end(month_day, &end_day, error))
		return FALSE;
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(PlannedDay));
	g_array_set_clear_func(found, clear_planned);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT person, day, coalesce(shift,0), coalesce(shift2,0), on_call, source"
				  " FROM roster_plan WHERE unit=$1 AND publication=$2 AND day>=$3 AND day<$4"
				  " ORDER BY person, day",
				  "iiii", unit, publication, month_day, end_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		PlannedDay one = {.person = sql_int(rows, 0),
						  .known = TRUE,
						  .roster = {.day = sql_int(rows, 1),
									 .shifts = {sql_int(rows, 2), sql_int(rows, 3)},
									 .on_call = sql_int(rows, 4) != 0,
									 .source = g_strdup(sql_text(rows, 5))}};
		g_array_append_val(found, one);
	}
	if (step != SQL_DONE)
		return FALSE;
	*planned = g_steal_pointer(&found);
	return TRUE;
}

static void clear_publication(gpointer data)
{
	RosterPublication *publication = data;
	g_free(publication->by);
	g_free(publication->reason);
}

gboolean roster_publications(Sql *sql, gint64 unit, gint64 month_day, GArray **publications,
							 GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(RosterPublication));
	g_array_set_clear_func(found, clear_publication);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT p.id, p.version, p.account, p.published_ms, p.n_conflicts, a.name,"
				  " p.reason FROM roster_publication p JOIN account a ON a.id=p.account"
				  " WHERE p.unit=$1 AND p.month_day=$2 ORDER BY p.version",
				  "ii", unit, month_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		RosterPublication one = {.id = sql_int(rows, 0),
								 .version = sql_int(rows, 1),
								 .account = sql_int(rows, 2),
								 .published_ms = sql_int(rows, 3),
								 .n_conflicts = sql_int(rows, 4),
								 .by = g_strdup(sql_text(rows, 5)),
								 .reason = g_strdup(sql_text(rows, 6))};
		g_array_append_val(found, one);
	}
	if (step != SQL_DONE)
		return FALSE;
	*publications = g_steal_pointer(&found);
	return TRUE;
}

static gboolean add_publication(Sql *sql, gint64 unit, gint64 month_day, gint64 account,
								gint64 n_conflicts, const char *reason, gint64 now_ms, gint64 *id,
								gint64 *version, GError **error)
{
	return sql_get_int(sql, version, 1, error,
					   "SELECT coalesce(max(version),0)+1 FROM roster_publication WHERE unit=$1"
					   " AND month_day=$2",
					   "ii", unit, month_day) &&
		   sql_get_int(sql, id, 0, error,
					   "INSERT INTO roster_publication (id, unit, month_day, version, account,"
					   " published_ms, n_conflicts, reason) SELECT coalesce(max(id),0)+1, $1, $2,"
					   " $3, $4, $5, $6, $7 FROM roster_publication RETURNING id",
					   "iiiiiit", unit, month_day, *version, account, now_ms, n_conflicts, reason);
}

/* Each day of the draft comes into force, or waits as a correction. */
static gboolean put_into_force(Sql *sql, const GArray *planned, gint64 account,
							   const Change *change, gint64 utc_offset_min, RosterPublished *out,
							   GError **error)
{
	for (guint i = 0; i < planned->len; i++) {
		const PlannedDay *one = &g_array_index(planned, PlannedDay, i);
		RosterOutcome outcome;
		RosterAsked asked = {.person = one->person,
							 .roster = &one->roster,
							 .source = one->roster.source,
							 .account = account,
							 .utc_offset_min = utc_offset_min};
		if (asked.source == NULL)
			asked.source = change->source;
		if (!roster_requests_set(sql, &asked, change, &outcome, error))
			return FALSE;
		out->n_changed += outcome == ROSTER_APPLIED;
		out->n_proposed += outcome == ROSTER_WAITS;
	}
	out->n_days = planned->len;
	return TRUE;
}

/* The draft becomes that version. */
static gboolean keep_plan(Sql *sql, gint64 unit, gint64 month_day, gint64 id, GError **error)
{
	gint64 end_day;
	return month_end(month_day, &end_day, error) &&
		   sql_run(sql, error,
				   "UPDATE roster_plan SET publication=$1 WHERE unit=$2 AND publication=0"
				   " AND day>=$3 AND day<$4",
				   "iiii", id, unit, month_day, end_day);
}

gboolean roster_publish(Sql *sql, gint64 unit, gint64 month_day, gint64 account, gint64 n_conflicts,
						const char *reason, const Change *change, gint64 utc_offset_min,
						RosterPublished *out, GError **error)
{
	gint64 id = 0;
	g_autoptr(GArray) planned = NULL;
	*out = (RosterPublished){0};
	if (!roster_plan_of(sql, unit, month_day, 0, &planned, error))
		return FALSE;
	if (planned->len == 0) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"the unit has no draft of that month ('hadir import drafts')");
		return FALSE;
	}
	if (!add_publication(sql, unit, month_day, account, n_conflicts, reason, change->now_ms, &id,
						 &out->version, error))
		return FALSE;
	g_autofree char *source =
		g_strdup_printf("jadwal jaga terbitan %" G_GINT64_FORMAT, out->version);
	Change published = *change;
	published.source = source;
	return put_into_force(sql, planned, account, &published, utc_offset_min, out, error) &&
		   keep_plan(sql, unit, month_day, id, error);
}
