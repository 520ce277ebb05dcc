#include "server/services/discipline.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/grants.h"
#include "server/store/services/delegations.h"
#include "server/store/system/users.h"

G_DEFINE_QUARK(hadir - discipline - error, discipline_error)

#define RUN_REACH_DAYS 60 /* before last year: a run that began there */

static gboolean refuse(GError **error, DisciplineError code, const char *text)
{
	g_set_error_literal(error, DISCIPLINE_ERROR, (gint)code, text);
	return FALSE;
}

const char *discipline_state_text(SignalState state)
{
	static const char *const texts[] = {[SIGNAL_SAID] = "disampaikan",
										[SIGNAL_NOTED] = "dicatat",
										[SIGNAL_ACTED] = "ditindaklanjuti",
										[SIGNAL_WITHDRAWN] = "ditarik"};
	return texts[state];
}

static int year_of(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return year;
}

static gint64 first_day_of(int year)
{
	gint64 day = 0;
	calendar_from_date(year, 1, 1, &day);
	return day;
}

/* ── saying it ── */

typedef struct {
	Sql *sql;
	PersonId person;
	const DisciplineClock *clock;
	const SignalRules *rules;
	const GArray *days; /* DisciplineDay */
	gint64 *n;
} Work;

static const DisciplineDay *work_days(const Work *work)
{
	return (const DisciplineDay *)(gpointer)work->days->data;
}

static gboolean is_said(const GArray *said, gint64 day)
{
	for (guint i = 0; i < said->len; i++)
		if (g_array_index(said, SignalDay, i).day == day)
			return TRUE;
	return FALSE;
}

/* What counts of [from_day, to_day) and was not said yet. */
static GArray *fresh_days(const Work *work, gint64 from_day, gint64 to_day, gboolean absent_only,
						  const GArray *said)
{
	GArray *fresh = g_array_new(FALSE, FALSE, sizeof(SignalDay));
	for (guint i = 0; i < work->days->len; i++) {
		const DisciplineDay *day = &work_days(work)[i];
		gboolean absent = day->kind == DISCIPLINE_ABSENT;
		const SignalDay one = {.day = day->day, .absent = absent, .minutes = day->minutes};
		if (day->day >= from_day && day->day < to_day &&
			(absent || (day->minutes > 0 && !absent_only)) && !is_said(said, day->day))
			g_array_append_val(fresh, one);
	}
	return fresh;
}

/* To the superior of the day on which it was reached. */
static gboolean say(const Work *work, Signal *signal, const GArray *days, GError **error)
{
	Assignment there;
	gboolean applies = FALSE;
	gint64 id = 0;
	if (!signals_apply(work->sql, work->person, signal->reached_day, &applies, error))
		return FALSE;
	if (!applies || days->len == 0)
		return TRUE;
	if (!assignments_on(work->sql, work->person, signal->reached_day, &there, error) ||
		!careers_superior(work->sql, work->person, signal->reached_day, G_MAXINT64,
						  &signal->superior, error))
		return FALSE;
	signal->person = work->person;
	signal->year = year_of(signal->reached_day);
	signal->unit = there.unit;
	signal->due_day = work->clock->today + work->rules->act_days;
	++*work->n;
	return signals_add(work->sql, signal, days, work->clock->now_ms, &id, error);
}

/* ── the year ── */

/* The highest tier that was said and still holds; 0: none. */
static gboolean highest_said(const Work *work, int year, gint64 *from_days, GError **error)
{
	const SignalFilter filter = {
		.year = year, .person = work->person, .superior = -1, .limit = 1000};
	g_autoptr(GPtrArray) signals = signals_list(work->sql, &filter, error);
	*from_days = 0;
	for (guint i = 0; signals != NULL && i < signals->len; i++) {
		const Signal *signal = signals->pdata[i];
		if (signal->kind == SIGNAL_TIER && signal->state != SIGNAL_WITHDRAWN)
			*from_days = MAX(*from_days, signal->from_days);
	}
	return signals != NULL;
}

/* Those above what there is now; what a superior has acted upon stays as it was. */
static gboolean withdraw_above(const Work *work, int year, gint64 from_days, GError **error)
{
	const SignalFilter filter = {
		.year = year, .person = work->person, .superior = -1, .open = TRUE, .limit = 1000};
	g_autoptr(GPtrArray) signals = signals_list(work->sql, &filter, error);
	for (guint i = 0; signals != NULL && i < signals->len; i++) {
		const Signal *signal = signals->pdata[i];
		if (signal->kind != SIGNAL_TIER || signal->from_days <= from_days)
			continue;
		++*work->n;
		if (!signals_withdraw(work->sql, signal->id, "perhitungan berubah", work->clock->now_ms,
							  error))
			return FALSE;
	}
	return signals != NULL;
}

static gboolean say_tier(const Work *work, const DisciplineYear *now, gint64 from_day,
						 gint64 to_day, GError **error)
{
	const DisciplineTier *tier = &work->rules->limits.tiers[now->tier];
	g_autoptr(GArray) said = NULL;
	if (!signals_said_days(work->sql, work->person, SIGNAL_TIER, from_day, to_day, &said, error))
		return FALSE;
	g_autoptr(GArray) fresh = fresh_days(work, from_day, to_day, FALSE, said);
	Signal signal = {.kind = SIGNAL_TIER,
					 .from_days = tier->from_days,
					 .name = (char *)tier->name,
					 .bkn_id = tier->bkn_id,
					 .absent_days = now->absent_days,
					 .minutes = now->minutes,
					 .total = now->total,
					 .reached_day = now->reached_day};
	return say(work, &signal, fresh, error);
}

static gboolean settle_year(const Work *work, int year, GError **error)
{
	DisciplineYear now;
	gint64 said_days = 0;
	gint64 from_day = first_day_of(year), to_day = first_day_of(year + 1);
	const DisciplineLimits *limits = &work->rules->limits;
	discipline_count(work_days(work), work->days->len, from_day, to_day, limits, &now);
	if (!highest_said(work, year, &said_days, error))
		return FALSE;
	if (discipline_next(&now, limits, said_days) == DISCIPLINE_WITHDRAW &&
		(!withdraw_above(work, year,
						 now.tier == DISCIPLINE_NO_TIER ? 0 : limits->tiers[now.tier].from_days,
						 error) ||
		 !highest_said(work, year, &said_days, error)))
		return FALSE;
	return discipline_next(&now, limits, said_days) != DISCIPLINE_SIGNAL ||
		   say_tier(work, &now, from_day, to_day, error);
}

/* ── runs ── */

/* One of whose days was said is the same run, only longer. */
static gboolean say_run(const Work *work, const DisciplineRun *run, GError **error)
{
	g_autoptr(GArray) said = NULL;
	if (!signals_said_days(work->sql, work->person, SIGNAL_RUN, run->first_day, run->last_day + 1,
						   &said, error))
		return FALSE;
	if (said->len > 0)
		return TRUE;
	g_autoptr(GArray) fresh = fresh_days(work, run->first_day, run->last_day + 1, TRUE, said);
	Signal signal = {.kind = SIGNAL_RUN,
					 .from_days = work->rules->limits.run_days,
					 .name = (char *)work->rules->run_name,
					 .bkn_id = work->rules->run_bkn_id,
					 .absent_days = run->n_days,
					 .total = run->n_days,
					 .reached_day = run->reached_day};
	return say(work, &signal, fresh, error);
}

/* Whose days are not all absent days of a run any more. */
static gboolean holds(const Work *work, const Signal *signal, const GArray *runs, gboolean *still,
					  GError **error)
{
	g_autoptr(GArray) days = NULL;
	*still = FALSE;
	if (!signals_its_days(work->sql, signal->id, &days, error))
		return FALSE;
	for (guint i = 0; i < runs->len && !*still; i++) {
		const DisciplineRun *run = &g_array_index(runs, DisciplineRun, i);
		*still = TRUE;
		for (guint k = 0; k < days->len; k++) {
			gint64 day = g_array_index(days, SignalDay, k).day;
			*still = *still && day >= run->first_day && day <= run->last_day;
		}
	}
	return TRUE;
}

static gboolean withdraw_runs(const Work *work, const GArray *runs, gint64 from_day, GError **error)
{
	const SignalFilter filter = {
		.person = work->person, .superior = -1, .open = TRUE, .limit = 1000};
	g_autoptr(GPtrArray) signals = signals_list(work->sql, &filter, error);
	for (guint i = 0; signals != NULL && i < signals->len; i++) {
		const Signal *signal = signals->pdata[i];
		gboolean still = TRUE;
		if (signal->kind != SIGNAL_RUN || signal->reached_day < from_day + RUN_REACH_DAYS)
			continue;
		if (!holds(work, signal, runs, &still, error))
			return FALSE;
		*work->n += !still;
		if (!still && !signals_withdraw(work->sql, signal->id, "hari-harinya berubah",
										work->clock->now_ms, error))
			return FALSE;
	}
	return signals != NULL;
}

static gboolean settle_runs(const Work *work, gint64 from_day, GError **error)
{
	g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(DisciplineRun));
	discipline_find_runs(work_days(work), work->days->len, &work->rules->limits, runs);
	if (!withdraw_runs(work, runs, from_day, error))
		return FALSE;
	for (guint i = 0; i < runs->len; i++)
		if (!say_run(work, &g_array_index(runs, DisciplineRun, i), error))
			return FALSE;
	return TRUE;
}

/* ── people ── */

gboolean discipline_person(Sql *sql, PersonId person, const DisciplineClock *clock, gint64 *n,
						   GError **error)
{
	g_auto(SignalRules) rules = {0};
	g_autoptr(GArray) days = NULL;
	int year = year_of(clock->today);
	gint64 from_day = first_day_of(year - 1) - RUN_REACH_DAYS;
	if (!signals_rules(sql, clock->today, &rules, error) ||
		!signals_days(sql, person, from_day, clock->today + 1, &days, error))
		return FALSE;
	const Work work = {sql, person, clock, &rules, days, n};
	return settle_year(&work, year - 1, error) && settle_year(&work, year, error) &&
		   settle_runs(&work, from_day, error);
}

gboolean discipline_round(Sql *sql, gint64 n_max, const DisciplineClock *clock, PersonId *after,
						  gint64 *n, GError **error)
{
	g_autoptr(GArray) people = NULL;
	PersonId last = 0;
	*n = 0;
	if (!signals_people(sql, *after, n_max, first_day_of(year_of(clock->today) - 1),
						clock->today + 1, &people, &last, error))
		return FALSE;
	for (guint i = 0; i < people->len; i++)
		if (!discipline_person(sql, g_array_index(people, PersonId, i), clock, n, error))
			return FALSE;
	*after = last;
	return TRUE;
}

gboolean discipline_year_of(Sql *sql, PersonId person, int year, DisciplineYear *out,
							GError **error)
{
	g_auto(SignalRules) rules = {0};
	g_autoptr(GArray) days = NULL;
	gint64 from_day = first_day_of(year), to_day = first_day_of(year + 1);
	if (!signals_rules(sql, to_day - 1, &rules, error) ||
		!signals_days(sql, person, from_day, to_day, &days, error))
		return FALSE;
	discipline_count((const DisciplineDay *)(gpointer)days->data, days->len, from_day, to_day,
					 &rules.limits, out);
	return TRUE;
}

/* ── the superior's duty ── */

static gboolean account_is(Sql *sql, gint64 account, const Signal *signal, gint64 today,
						   gboolean *is, GError **error)
{
	GError *local = NULL;
	g_autoptr(User) user = users_get(sql, account, &local);
	*is = FALSE;
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (user == NULL || user->disabled || user->person == signal->person)
		return TRUE;
	*is = signal->superior != 0 && user->person == signal->superior;
	if (signal->superior != 0)
		return TRUE;
	g_autoptr(GPtrArray) grants = grants_of_account(sql, account, today, error);
	for (guint i = 0; grants != NULL && i < grants->len; i++)
		*is = *is || role_has_right(((const Grant *)grants->pdata[i])->role, RIGHT_DECIDE);
	return grants != NULL;
}

gboolean discipline_is_theirs(Sql *sql, const Signal *signal, gint64 account, gint64 today,
							  gboolean *theirs, GError **error)
{
	GError *local = NULL;
	*theirs = FALSE;
	g_autoptr(User) user = users_get(sql, account, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (user == NULL || user->disabled || (user->person != 0 && user->person == signal->person))
		return TRUE;
	if (!account_is(sql, account, signal, today, theirs, error))
		return FALSE;
	g_autoptr(GPtrArray) given = delegations_on(sql, account, 0, today, error);
	for (guint i = 0; given != NULL && i < given->len && !*theirs; i++)
		if (!account_is(sql, ((const Delegation *)given->pdata[i])->account, signal, today, theirs,
						error))
			return FALSE;
	return given != NULL;
}

static gboolean check(Sql *sql, gint64 id, gint64 account, gint64 today, GError **error)
{
	const SignalFilter filter = {.id = id, .superior = -1, .limit = 1};
	gboolean theirs = FALSE;
	g_autoptr(GPtrArray) found = signals_list(sql, &filter, error);
	if (found == NULL)
		return FALSE;
	if (found->len == 0)
		return refuse(error, DISCIPLINE_ERROR_UNKNOWN, "there is no such signal");
	if (!discipline_is_theirs(sql, found->pdata[0], account, today, &theirs, error))
		return FALSE;
	return theirs ||
		   refuse(error, DISCIPLINE_ERROR_RIGHT,
				  "this signal is for the superior of that day, or who acts in their place");
}

gboolean discipline_note(Sql *sql, gint64 id, gint64 account, const DisciplineClock *clock,
						 GError **error)
{
	gboolean done = FALSE;
	if (!check(sql, id, account, clock->today, error) ||
		!signals_note(sql, id, account, clock->now_ms, &done, error))
		return FALSE;
	return done || refuse(error, DISCIPLINE_ERROR_STATE,
						  "it was taken note of, acted upon or withdrawn already");
}

gboolean discipline_act(Sql *sql, gint64 id, gint64 account, const char *action,
						const DisciplineClock *clock, GError **error)
{
	gboolean done = FALSE;
	gsize size = action == NULL ? 0 : strlen(action);
	if (size == 0 || size > DISCIPLINE_TEXT_MAX || !g_utf8_validate(action, -1, NULL))
		return refuse(error, DISCIPLINE_ERROR_TEXT, "what was done, in at most 500 bytes");
	if (!check(sql, id, account, clock->today, error) ||
		!signals_act(sql, id, account, action, clock->now_ms, &done, error))
		return FALSE;
	return done || refuse(error, DISCIPLINE_ERROR_STATE, "it was acted upon or withdrawn already");
}
