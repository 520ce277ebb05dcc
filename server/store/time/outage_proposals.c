#include "server/store/time/outage_proposals.h"

#include "server/rules/calendar.h"
#include "server/store/read.h"
#include "server/store/time/outage_down.h"
#include "server/store/time/schedules.h"

/* A terminal at the place: while it stood there and was in service. */
typedef struct {
	TerminalId id;
	gint64 from_ms, to_ms;
	GArray *down; /* DownSpan */
} Standing;

static void clear_standing(gpointer data)
{
	Standing *standing = data;
	g_clear_pointer(&standing->down, g_array_unref);
}

static void clear_proposal(gpointer data)
{
	OutageProposal *proposal = data;
	g_free(proposal->cause);
	g_free(proposal->evidence);
}

static GArray *new_proposals(void)
{
	GArray *proposals = g_array_new(FALSE, TRUE, sizeof(OutageProposal));
	g_array_set_clear_func(proposals, clear_proposal);
	return proposals;
}

/* ── The place's terminals ── */

/* In service from its first covered instant, or its join if that was earlier, until it was revoked. */
static gboolean read_standings(Sql *sql, gint64 place, gint64 utc_offset_min, GArray *standings,
							   GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT t.id, p.valid_from_day, p.valid_to_day, t.joined_ms, t.revoked_ms,"
		" (SELECT min(c.from_ms) FROM coverage c WHERE c.terminal=t.id) FROM terminal_place p"
		" JOIN terminal t ON t.number=p.terminal WHERE p.place=$1 AND" AS_KNOWN_NOW(
			"p") "ORDER BY t.id, p.valid_from_day",
		"i", place);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 joined = sql_int(rows, 3), revoked = sql_int(rows, 4), first = sql_int(rows, 5);
		gint64 service = first == 0 || (joined != 0 && joined < first) ? joined : first;
		Standing one = {.from_ms = MAX(calendar_ms(sql_int(rows, 1), 0, utc_offset_min), service),
						.to_ms = MIN(calendar_ms(sql_int(rows, 2), 0, utc_offset_min),
									 revoked != 0 ? revoked : G_MAXINT64)};
		read_text(rows, 0, one.id.text, sizeof one.id.text);
		if (service != 0 && one.from_ms < one.to_ms)
			g_array_append_val(standings, one);
	}
	return step == SQL_DONE;
}

static gboolean load_standings(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
							   gint64 utc_offset_min, GArray *standings, GError **error)
{
	if (!read_standings(sql, place, utc_offset_min, standings, error))
		return FALSE;
	for (guint i = 0; i < standings->len; i++) {
		Standing *one = &g_array_index(standings, Standing, i);
		if (!outage_down_of(sql, &one->id, from_ms, to_ms, &one->down, error))
			return FALSE;
	}
	return TRUE;
}

/* ── Where all of them were down ── */

static gint compare_times(gconstpointer a, gconstpointer b)
{
	gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
	return left < right ? -1 : left > right;
}

/* Everything at which something begins or ends. */
static GArray *borders(const GArray *standings)
{
	GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint i = 0; i < standings->len; i++) {
		const Standing *one = &g_array_index(standings, Standing, i);
		g_array_append_val(times, one->from_ms);
		g_array_append_val(times, one->to_ms);
		for (guint j = 0; j < one->down->len; j++) {
			const DownSpan *span = &g_array_index(one->down, DownSpan, j);
			g_array_append_val(times, span->from_ms);
			g_array_append_val(times, span->to_ms);
		}
	}
	g_array_sort(times, compare_times);
	return times;
}

static const DownSpan *down_at(const Standing *one, gint64 at_ms)
{
	for (guint i = 0; i < one->down->len; i++) {
		const DownSpan *span = &g_array_index(one->down, DownSpan, i);
		if (span->from_ms <= at_ms && at_ms < span->to_ms)
			return span;
	}
	return NULL;
}

/* NULL: somebody could record at that time, or nobody was in service. Otherwise why the first could
 * not, and who they all are. */
static const char *why_down(const GArray *standings, gint64 at_ms, GString *who)
{
	const char *cause = NULL;
	g_string_truncate(who, 0);
	for (guint i = 0; i < standings->len; i++) {
		const Standing *one = &g_array_index(standings, Standing, i);
		if (at_ms < one->from_ms || at_ms >= one->to_ms)
			continue;
		const DownSpan *span = down_at(one, at_ms);
		if (span == NULL)
			return NULL;
		if (cause == NULL)
			cause = span->cause;
		g_string_append_printf(who, "%s%s: %s", who->len > 0 ? "; " : "", one->id.text,
							   span->cause);
	}
	return cause;
}

/* What follows at once is one outage, whoever was down for which reason in each part of it. */
static void add_proposal(GArray *proposals, gint64 from_ms, gint64 to_ms, const char *cause,
						 const char *who)
{
	OutageProposal *last =
		proposals->len > 0 ? &g_array_index(proposals, OutageProposal, proposals->len - 1) : NULL;
	if (last != NULL && last->to_ms == from_ms) {
		last->to_ms = to_ms;
		return;
	}
	OutageProposal one = {from_ms, to_ms, g_strdup(cause), g_strdup(who)};
	g_array_append_val(proposals, one);
}

/* What touches the time asked for, whole: whoever asks an hour later finds the same beginning. */
static GArray *intersect(const GArray *standings, gint64 from_ms, gint64 to_ms)
{
	GArray *proposals = new_proposals();
	g_autoptr(GArray) times = borders(standings);
	g_autoptr(GString) who = g_string_new(NULL);
	for (guint i = 0; i + 1 < times->len; i++) {
		gint64 begin = g_array_index(times, gint64, i), end = g_array_index(times, gint64, i + 1);
		const char *cause = begin < end ? why_down(standings, begin, who) : NULL;
		if (cause != NULL)
			add_proposal(proposals, begin, end, cause, who->str);
	}
	for (guint i = proposals->len; i > 0; i--) {
		const OutageProposal *one = &g_array_index(proposals, OutageProposal, i - 1);
		if (one->from_ms >= to_ms || one->to_ms <= from_ms)
			g_array_remove_index(proposals, i - 1);
	}
	return proposals;
}

/* ── What is worth it ── */

static gboolean load_units(Sql *sql, gint64 place, gint64 day, GArray *units, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, "SELECT u.unit FROM unit_place u WHERE u.place=$1 AND" NOW_ON("u", "$2"), "ii",
		place, day);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 unit = sql_int(rows, 0);
		g_array_append_val(units, unit);
	}
	return step == SQL_DONE;
}

static gboolean touches_window(Sql *sql, gint64 unit, const OutageProposal *proposal,
							   gint64 utc_offset_min, gboolean *touches, GError **error)
{
	g_autoptr(GArray) windows = NULL;
	if (!schedules_windows(sql, unit, calendar_day(proposal->from_ms, utc_offset_min) - 1,
						   calendar_day(proposal->to_ms, utc_offset_min) + 1, utc_offset_min,
						   &windows, error))
		return FALSE;
	for (guint i = 0; i < windows->len && !*touches; i++) {
		const ShiftWindow *window = &g_array_index(windows, ShiftWindow, i);
		*touches = proposal->from_ms < window->out_to_ms && proposal->to_ms > window->in_from_ms;
	}
	return TRUE;
}

/* A unit that works in shifts only has no hours of its own, and somebody is always there. */
static gboolean is_worth(Sql *sql, gint64 place, const OutageProposal *proposal,
						 gint64 utc_offset_min, gboolean *worth, GError **error)
{
	gint64 day = calendar_day(proposal->from_ms, utc_offset_min);
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!load_units(sql, place, day, units, error))
		return FALSE;
	*worth = units->len == 0;
	for (guint i = 0; i < units->len && !*worth; i++) {
		gint64 unit = g_array_index(units, gint64, i), pattern = 0;
		WeekPattern week;
		if (!schedules_on(sql, unit, day, &pattern, &week, NULL, NULL, error))
			return FALSE;
		*worth = pattern == 0;
		if (!*worth && !touches_window(sql, unit, proposal, utc_offset_min, worth, error))
			return FALSE;
	}
	return TRUE;
}

/* Declared by somebody, or decided on. */
static gboolean is_known(Sql *sql, gint64 place, const OutageProposal *proposal, gboolean *known,
						 GError **error)
{
	gint64 n;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM outage WHERE place=$1 AND from_ms<$3 AND to_ms>$2"
					 " AND (state<>1 OR origin='declared')",
					 "iii", place, proposal->from_ms, proposal->to_ms))
		return FALSE;
	*known = n > 0;
	return TRUE;
}

gboolean outage_proposals(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms,
						  gint64 utc_offset_min, GArray **proposals, GError **error)
{
	g_autoptr(GArray) standings = g_array_new(FALSE, TRUE, sizeof(Standing));
	g_array_set_clear_func(standings, clear_standing);
	if (!load_standings(sql, place, from_ms, to_ms, utc_offset_min, standings, error))
		return FALSE;
	g_autoptr(GArray) found = intersect(standings, from_ms, to_ms);
	for (guint i = found->len; i > 0; i--) {
		const OutageProposal *one = &g_array_index(found, OutageProposal, i - 1);
		gboolean worth, known;
		if (!is_worth(sql, place, one, utc_offset_min, &worth, error) ||
			!is_known(sql, place, one, &known, error))
			return FALSE;
		if (!worth || known)
			g_array_remove_index(found, i - 1);
	}
	*proposals = g_steal_pointer(&found);
	return TRUE;
}

/* ── Stored ── */

static gboolean put(Sql *sql, gint64 place, const OutageProposal *proposal, gint64 now_ms,
					gint64 utc_offset_min, gint64 *n_added, GError **error)
{
	const Outage outage = {.place = place,
						   .from_ms = proposal->from_ms,
						   .to_ms = proposal->to_ms,
						   .cause = proposal->cause,
						   .proposed = TRUE,
						   .evidence = proposal->evidence};
	gint64 id;
	++*n_added;
	return outages_declare(sql, &outage, now_ms, utc_offset_min, &id, error);
}

/* One that lasts grows from hour to hour: it is the same as long as it begins at the same time. */
static const OutageProposal *find_same(const GArray *proposals, gint64 from_ms)
{
	for (guint i = 0; i < proposals->len; i++) {
		const OutageProposal *one = &g_array_index(proposals, OutageProposal, i);
		if (one->from_ms == from_ms)
			return one;
	}
	return NULL;
}

/* It is told again only when something of it is different: an open proposal changes no verdict. */
static gboolean follow(Sql *sql, gint64 id, const OutageProposal *proposal, GError **error)
{
	return sql_run(sql, error,
				   "UPDATE outage SET to_ms=$2, cause=$3, evidence=$4 WHERE id=$1"
				   " AND (to_ms<>$2 OR cause<>$3 OR evidence<>$4)",
				   "iitt", id, proposal->to_ms, proposal->cause, proposal->evidence);
}

typedef struct {
	gint64 id, from_ms;
} OpenProposal;

/* Those that still hold keep their number; data that came meanwhile ends the others. */
static gboolean drop_stale(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, GArray *proposals,
						   GError **error)
{
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(OpenProposal));
	SqlStep step = SQL_FAILED;
	/* One that began earlier may have been proposed when nobody asked about that time. */
	if (proposals->len > 0)
		from_ms = MIN(from_ms, g_array_index(proposals, OutageProposal, 0).from_ms);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT id, from_ms FROM outage WHERE place=$1 AND from_ms<$3 AND to_ms>$2"
				  " AND state=1 AND origin='proposed'",
				  "iii", place, from_ms, to_ms);
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		OpenProposal one = {sql_int(rows, 0), sql_int(rows, 1)};
		g_array_append_val(open, one);
	}
	if (step != SQL_DONE)
		return FALSE;
	g_clear_pointer(&rows, sql_statement_free);
	for (guint i = 0; i < open->len; i++) {
		const OpenProposal *one = &g_array_index(open, OpenProposal, i);
		const OutageProposal *same = find_same(proposals, one->from_ms);
		if (!(same != NULL ? follow(sql, one->id, same, error)
						   : sql_run(sql, error, "DELETE FROM outage WHERE id=$1", "i", one->id)))
			return FALSE;
		if (same != NULL)
			g_array_remove_index(proposals,
								 (guint)(same - (OutageProposal *)(gpointer)proposals->data));
	}
	return TRUE;
}

static gboolean propose_place(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 now_ms,
							  gint64 utc_offset_min, gint64 *n_added, GError **error)
{
	g_autoptr(GArray) proposals = NULL;
	if (!outage_proposals(sql, place, from_ms, to_ms, utc_offset_min, &proposals, error) ||
		!drop_stale(sql, place, from_ms, to_ms, proposals, error))
		return FALSE;
	for (guint i = 0; i < proposals->len; i++)
		if (!put(sql, place, &g_array_index(proposals, OutageProposal, i), now_ms, utc_offset_min,
				 n_added, error))
			return FALSE;
	return TRUE;
}

/* Where terminals stood in that time, or stand. */
static gboolean load_places(Sql *sql, GArray *places, GError **error)
{
	SqlStep step = SQL_FAILED;
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error,
		"SELECT DISTINCT p.place FROM terminal_place p WHERE" AS_KNOWN_NOW("p") "ORDER BY p.place",
		"");
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		gint64 place = sql_int(rows, 0);
		g_array_append_val(places, place);
	}
	return step == SQL_DONE;
}

gboolean outage_propose_next(Sql *sql, gint64 after, gint64 now_ms, gint64 utc_offset_min,
							 gint64 *place, gint64 *n_added, GError **error)
{
	*n_added = 0;
	return sql_get_int(sql, place, 0, error,
					   "SELECT min(p.place) FROM terminal_place p WHERE p.place>$1"
					   " AND" AS_KNOWN_NOW("p"),
					   "i", after) &&
		   (*place == 0 || propose_place(sql, *place, now_ms - OUTAGE_PROPOSE_DAYS * DAY_MS, now_ms,
										 now_ms, utc_offset_min, n_added, error));
}

gboolean outage_propose(Sql *sql, gint64 place, gint64 from_ms, gint64 to_ms, gint64 now_ms,
						gint64 utc_offset_min, gint64 *n_added, GError **error)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gint64));
	*n_added = 0;
	if (place != 0)
		g_array_append_val(places, place);
	else if (!load_places(sql, places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++)
		if (!propose_place(sql, g_array_index(places, gint64, i), from_ms, MIN(to_ms, now_ms),
						   now_ms, utc_offset_min, n_added, error))
			return FALSE;
	return TRUE;
}
