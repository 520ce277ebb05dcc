#include "server/store/time/roster_requests.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/read.h"

/* ── What was known, and whether it has begun ── */

static void clear_planned(gpointer data)
{
	g_free(((PlannedDay *)data)->roster.source);
}

static GArray *planned_new(void)
{
	GArray *days = g_array_new(FALSE, TRUE, sizeof(PlannedDay));
	g_array_set_clear_func(days, clear_planned);
	return days;
}

/* What the roster or a cycle says of a day now; without its source. */
static gboolean load_known(Sql *sql, PersonId person, gint64 day, PlannedDay *out, GError **error)
{
	g_autoptr(GArray) rosters = NULL;
	*out = (PlannedDay){.person = person, .roster = {.day = day}};
	if (!shifts_of_person(sql, person, day, day + 1, &rosters, error))
		return FALSE;
	out->known = rosters->len > 0;
	if (out->known)
		out->roster = g_array_index(rosters, RosterDay, 0);
	out->roster.source = NULL;
	return TRUE;
}

static gboolean same_duty(const RosterDay *a, const RosterDay *b)
{
	return a->shifts[0] == b->shifts[0] && a->shifts[1] == b->shifts[1] && a->on_call == b->on_call;
}

static gboolean has_shift(const RosterDay *roster)
{
	return roster->shifts[0] != 0 || roster->shifts[1] != 0;
}

/* Moves `start_ms` to the first shift's, when that is earlier. */
static gboolean find_start(Sql *sql, const RosterDay *roster, gint64 utc_offset_min,
						   gint64 *start_ms, GError **error)
{
	for (gsize i = 0; i < DAY_SHIFTS_MAX; i++) {
		WorkShift shift;
		Shift one;
		g_autofree char *name = NULL;
		if (roster->shifts[i] == 0)
			continue;
		if (!shifts_get(sql, roster->shifts[i], &shift, &name, error))
			return FALSE;
		shifts_of_day(&shift, roster->day, utc_offset_min, &one);
		*start_ms = MIN(*start_ms, one.start_ms);
	}
	return TRUE;
}

/* Of either version, whichever is first; without a shift in them, and where the unit's hours held,
 * with the day. */
static gboolean has_begun(Sql *sql, const PlannedDay *before, const RosterAsked *asked,
						  gint64 now_ms, gboolean *begun, GError **error)
{
	gint64 start_ms = G_MAXINT64;
	if (!before->known || !(has_shift(&before->roster) || has_shift(asked->roster)))
		start_ms = calendar_ms(asked->roster->day, 0, asked->utc_offset_min);
	if (!find_start(sql, &before->roster, asked->utc_offset_min, &start_ms, error) ||
		!find_start(sql, asked->roster, asked->utc_offset_min, &start_ms, error))
		return FALSE;
	*begun = start_ms <= now_ms;
	return TRUE;
}

/* clang-format off */
static const char publications[] =
	"WITH RECURSIVE chain(unit, depth) AS (SELECT $1, 0 UNION"
	" SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit"
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" NOW_ON("f", "$2") ")"
	" SELECT count(*) FROM chain JOIN roster_publication r ON r.unit=chain.unit"
	" WHERE r.month_day=$3";
/* clang-format on */

/* Did the person's unit, or one above it, publish the month? */
static gboolean is_published(Sql *sql, PersonId person, gint64 day, gboolean *published,
							 GError **error)
{
	Assignment there;
	int year, month, day_of_month;
	gint64 n = 0;
	calendar_to_date(day, &year, &month, &day_of_month);
	if (!assignments_on(sql, person, day, &there, error) ||
		!sql_get_int(sql, &n, 0, error, publications, "iii", there.unit, day,
					 day - day_of_month + 1))
		return FALSE;
	*published = n > 0;
	return TRUE;
}

/* ── Proposing ── */

static gboolean add_request(Sql *sql, const char *kind, const char *reason, gint64 account,
							gint64 now_ms, gint64 *id, GError **error)
{
	return sql_get_int(sql, id, 0, error,
					   "INSERT INTO roster_request (id, kind, state, reason, account, proposed_ms)"
					   " SELECT coalesce(max(id),0)+1, $1, 1, $2, $3, $4 FROM roster_request"
					   " RETURNING id",
					   "ttIi", kind, reason, account != 0 ? &account : NULL, now_ms);
}

static const gint64 *shift_or_null(const gint64 *shift)
{
	return *shift != 0 ? shift : NULL;
}

static gboolean add_day(Sql *sql, gint64 request, const PlannedDay *before, const RosterDay *after,
						GError **error)
{
	const RosterDay *old = &before->roster;
	return sql_run(sql, error,
				   "INSERT INTO roster_request_day (request, person, day, known, old_shift,"
				   " old_shift2, old_on_call, shift, shift2, on_call)"
				   " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
				   "iiiiIIiIIi", request, before->person, old->day, (gint64)before->known,
				   shift_or_null(&old->shifts[0]), shift_or_null(&old->shifts[1]),
				   (gint64)old->on_call, shift_or_null(&after->shifts[0]),
				   shift_or_null(&after->shifts[1]), (gint64)after->on_call);
}

/* The same correction in the same words, whatever became of it: asked for once. */
static gboolean is_asked(Sql *sql, const RosterAsked *asked, gboolean *known, GError **error)
{
	const RosterDay *roster = asked->roster;
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM roster_request_day d JOIN roster_request r"
					 " ON r.id=d.request WHERE d.person=$1 AND d.day=$2 AND r.kind='koreksi'"
					 " AND r.reason=$3 AND coalesce(d.shift,0)=$4 AND coalesce(d.shift2,0)=$5"
					 " AND d.on_call=$6",
					 "iitiii", asked->person, roster->day, asked->source, roster->shifts[0],
					 roster->shifts[1], (gint64)roster->on_call))
		return FALSE;
	*known = n > 0;
	return TRUE;
}

static gboolean propose(Sql *sql, const RosterAsked *asked, const PlannedDay *before, gint64 now_ms,
						RosterOutcome *outcome, GError **error)
{
	gint64 id = 0;
	gboolean known = FALSE;
	if (!is_asked(sql, asked, &known, error))
		return FALSE;
	*outcome = known ? ROSTER_SAME : ROSTER_WAITS;
	return known ||
		   (add_request(sql, "koreksi", asked->source, asked->account, now_ms, &id, error) &&
			add_day(sql, id, before, asked->roster, error));
}

static gboolean apply(Sql *sql, const RosterAsked *asked, const Change *change,
					  RosterOutcome *outcome, GError **error)
{
	Change day = *change;
	gboolean changed = FALSE;
	day.from_day = asked->roster->day;
	day.source = asked->source;
	if (!shifts_set_roster(sql, asked->person, asked->roster, &day, &changed, error))
		return FALSE;
	*outcome = changed ? ROSTER_APPLIED : ROSTER_SAME;
	return TRUE;
}

gboolean roster_requests_set(Sql *sql, const RosterAsked *asked, const Change *change,
							 RosterOutcome *outcome, GError **error)
{
	PlannedDay before;
	gboolean begun = FALSE, published = FALSE;
	if (!load_known(sql, asked->person, asked->roster->day, &before, error) ||
		!has_begun(sql, &before, asked, change->now_ms, &begun, error) ||
		!is_published(sql, asked->person, asked->roster->day, &published, error))
		return FALSE;
	if (!begun)
		return apply(sql, asked, change, outcome, error);
	*outcome = ROSTER_SAME;
	if (before.known && same_duty(&before.roster, asked->roster))
		return TRUE;
	*outcome = ROSTER_UNTOLD;
	if (asked->source == NULL)
		return TRUE;
	if (!before.known && !published)
		return apply(sql, asked, change, outcome, error);
	return propose(sql, asked, &before, change->now_ms, outcome, error);
}

/* ── Swaps ── */

static gboolean refuse_swap(GError **error, const char *why)
{
	g_set_error_literal(error, SQL_ERROR, SQL_ERROR_CONSTRAINT, why);
	return FALSE;
}

/* The two people on one of the days. */
typedef struct {
	PlannedDay one, other;
} SwapDay;

static gboolean load_swap_day(Sql *sql, const RosterSlot *one, const RosterSlot *other, gint64 day,
							  SwapDay *out, GError **error)
{
	if (!load_known(sql, one->person, day, &out->one, error) ||
		!load_known(sql, other->person, day, &out->other, error))
		return FALSE;
	return (out->one.known && out->other.known) ||
		   refuse_swap(error, "both need a roster on the days of a swap");
}

static gboolean is_free(const RosterDay *roster)
{
	return !has_shift(roster) && !roster->on_call;
}

/* Each gets what the other had. */
static gboolean add_exchange(Sql *sql, gint64 request, const SwapDay *day, GError **error)
{
	return add_day(sql, request, &day->one, &day->other.roster, error) &&
		   add_day(sql, request, &day->other, &day->one.roster, error);
}

gboolean roster_requests_swap(Sql *sql, const RosterSlot *one, const RosterSlot *other,
							  const char *reason, gint64 account, gint64 now_ms, gint64 *id,
							  GError **error)
{
	SwapDay days[2];
	gsize n = one->day == other->day ? 1 : 2;
	if (one->person == other->person)
		return refuse_swap(error, "a swap is between two people");
	if (!load_swap_day(sql, one, other, one->day, &days[0], error) ||
		!load_swap_day(sql, one, other, other->day, &days[1], error))
		return FALSE;
	if (n == 1 && same_duty(&days[0].one.roster, &days[0].other.roster))
		return refuse_swap(error, "both have the same duty that day");
	if (n == 2 && (!is_free(&days[0].other.roster) || !is_free(&days[1].one.roster)))
		return refuse_swap(error, "who takes over a duty has to be free that day");
	if (n == 2 && (is_free(&days[0].one.roster) || is_free(&days[1].other.roster)))
		return refuse_swap(error, "a swap is of two duties");
	if (!add_request(sql, "tukar", reason, account, now_ms, id, error))
		return FALSE;
	for (gsize i = 0; i < n; i++)
		if (!add_exchange(sql, *id, &days[i], error))
			return FALSE;
	return TRUE;
}

/* ── Reading ── */

void roster_request_clear(RosterRequest *request)
{
	g_clear_pointer(&request->reason, g_free);
	g_clear_pointer(&request->decision, g_free);
	g_clear_pointer(&request->by, g_free);
	g_clear_pointer(&request->decider, g_free);
	g_clear_pointer(&request->before, g_array_unref);
	g_clear_pointer(&request->after, g_array_unref);
}

static gboolean load_days(Sql *sql, RosterRequest *request, GError **error)
{
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT person, day, known, coalesce(old_shift,0), coalesce(old_shift2,0),"
				  " old_on_call, coalesce(shift,0), coalesce(shift2,0), on_call"
				  " FROM roster_request_day WHERE request=$1 ORDER BY person, day",
				  "i", request->id);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		PlannedDay before = {.person = sql_int(rows, 0),
							 .known = sql_int(rows, 2) != 0,
							 .roster = {.day = sql_int(rows, 1),
										.shifts = {sql_int(rows, 3), sql_int(rows, 4)},
										.on_call = sql_int(rows, 5) != 0}};
		PlannedDay after = {.person = before.person,
							.known = TRUE,
							.roster = {.day = before.roster.day,
									   .shifts = {sql_int(rows, 6), sql_int(rows, 7)},
									   .on_call = sql_int(rows, 8) != 0}};
		g_array_append_val(request->before, before);
		g_array_append_val(request->after, after);
	}
	return step == SQL_DONE;
}

gboolean roster_requests_get(Sql *sql, gint64 id, RosterRequest *request, gboolean *found,
							 GError **error)
{
	*request = (RosterRequest){.id = id, .before = planned_new(), .after = planned_new()};
	g_autoptr(SqlStatement) row =
		sql_query(sql, error,
				  "SELECT r.kind, r.state, r.reason, coalesce(r.account,0), r.proposed_ms,"
				  " coalesce(r.decided_by,0), coalesce(r.decided_ms,0), r.decision, a.name, d.name"
				  " FROM roster_request r LEFT JOIN account a ON a.id=r.account"
				  " LEFT JOIN account d ON d.id=r.decided_by WHERE r.id=$1",
				  "i", id);
	if (!read_first(row, found, error))
		return FALSE;
	if (!*found)
		return TRUE;
	request->is_swap = strcmp(sql_text(row, 0), "tukar") == 0;
	request->state = (RosterRequestState)sql_int(row, 1);
	request->reason = g_strdup(sql_text(row, 2));
	request->account = sql_int(row, 3);
	request->proposed_ms = sql_int(row, 4);
	request->decided_by = sql_int(row, 5);
	request->decided_ms = sql_int(row, 6);
	request->decision = g_strdup(sql_text(row, 7));
	request->by = g_strdup(sql_text(row, 8));
	request->decider = g_strdup(sql_text(row, 9));
	return load_days(sql, request, error);
}

gboolean roster_requests_waiting(Sql *sql, gint64 after, gint64 limit, GArray **ids, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows = sql_query(
		sql, error, "SELECT id FROM roster_request WHERE state=1 AND id>$1 ORDER BY id LIMIT $2",
		"ii", after, limit);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 id = sql_int(rows, 0);
		g_array_append_val(found, id);
	}
	if (step != SQL_DONE)
		return FALSE;
	*ids = g_steal_pointer(&found);
	return TRUE;
}

static gboolean add_shift_code(Sql *sql, gint64 shift, GString *text, GError **error)
{
	g_autoptr(SqlStatement) row =
		sql_query(sql, error, "SELECT code FROM work_shift WHERE id=$1", "i", shift);
	gboolean found = FALSE;
	if (!read_first(row, &found, error))
		return FALSE;
	if (found)
		g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "", sql_text(row, 0));
	return TRUE;
}

char *roster_day_text(Sql *sql, const PlannedDay *day, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	if (!day->known)
		return g_strdup("?");
	if (day->roster.on_call)
		return g_strdup("siaga");
	for (gsize i = 0; i < DAY_SHIFTS_MAX; i++)
		if (day->roster.shifts[i] != 0 && !add_shift_code(sql, day->roster.shifts[i], text, error))
			return NULL;
	if (text->len == 0)
		g_string_append_c(text, '-');
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ── Deciding ── */

/* FALSE without a row that still waits. */
static gboolean close_request(Sql *sql, gint64 id, RosterRequestState state, gint64 account,
							  const char *decision, gint64 now_ms, GError **error)
{
	gint64 n = sql_change(sql, error,
						  "UPDATE roster_request SET state=$2, decided_by=$3, decided_ms=$4,"
						  " decision=$5 WHERE id=$1 AND state=1",
						  "iiiit", id, (gint64)state, account, now_ms, decision);
	if (n == 0)
		g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
					"no change %" G_GINT64_FORMAT " of a roster waits for a decision", id);
	return n == 1;
}

static gboolean check_unchanged(Sql *sql, const PlannedDay *before, GError **error)
{
	PlannedDay now;
	if (!load_known(sql, before->person, before->roster.day, &now, error))
		return FALSE;
	if (now.known == before->known && same_duty(&now.roster, &before->roster))
		return TRUE;
	g_set_error(error, SQL_ERROR, SQL_ERROR_CONSTRAINT,
				"the roster of person %" G_GINT64_FORMAT
				" has changed since this was proposed: refuse it, and propose again",
				before->person);
	return FALSE;
}

gboolean roster_requests_approve(Sql *sql, const RosterRequest *request, gint64 account,
								 const char *by, const char *decision, const Change *change,
								 GError **error)
{
	g_autofree char *source =
		g_strdup_printf("%s; %s jadwal nomor %" G_GINT64_FORMAT " disetujui %s", request->reason,
						request->is_swap ? "tukar" : "koreksi", request->id, by);
	if (!close_request(sql, request->id, ROSTER_APPROVED, account, decision, change->now_ms, error))
		return FALSE;
	for (guint i = 0; i < request->before->len; i++)
		if (!check_unchanged(sql, &g_array_index(request->before, PlannedDay, i), error))
			return FALSE;
	for (guint i = 0; i < request->after->len; i++) {
		const PlannedDay *after = &g_array_index(request->after, PlannedDay, i);
		Change day = *change;
		day.from_day = after->roster.day;
		day.source = source;
		if (!shifts_set_roster(sql, after->person, &after->roster, &day, NULL, error))
			return FALSE;
	}
	return TRUE;
}

gboolean roster_requests_refuse(Sql *sql, const RosterRequest *request, gint64 account,
								const char *decision, gint64 now_ms, GError **error)
{
	return close_request(sql, request->id, ROSTER_REFUSED, account, decision, now_ms, error);
}
