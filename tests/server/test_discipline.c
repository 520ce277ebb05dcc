/* Signals of PP 94/2021: said once, to the superior of that day, withdrawn when the days do not hold. */
#include <string.h>

#include "server/rules/month.h"
#include "server/services/discipline.h"
#include "server/store/people/careers.h"
#include "server/store/people/grants.h"
#include "server/store/services/delegations.h"
#include "server/store/time/verdicts.h"
#include "tests/server/office.h"

#define FIRST (OFFICE_DAY - 42) /* Monday, 2025-01-20 */
#define WHO OFFICE_PERSON(0)
#define CHIEF OFFICE_PERSON(1)
#define LATER OFFICE_PERSON(2) /* the superior from OFFICE_DAY - 20 on */

enum { CHIEF_ACCOUNT = 1, OWN_ACCOUNT, BKD_ACCOUNT, DEPUTY_ACCOUNT };

typedef struct {
	Office office;
	Sql *sql;
	DisciplineClock clock;
} World;

static void put(World *world, PersonId person, gint64 day, const char *codes, gint64 days,
				gint64 minutes)
{
	gboolean changed = FALSE;
	g_autofree char *hash = g_strdup_printf("%" G_GINT64_FORMAT "-%s-%d", day, codes, (int)minutes);
	const Verdict verdict = {.person = person,
							 .day = day,
							 .codes = codes,
							 .state = "final",
							 .unit = world->office.units[0],
							 .reasons = "[]",
							 .hash = hash,
							 .judged_ms = 1,
							 .pp94_days = days,
							 .pp94_min = minutes};
	office_ok(verdicts_put(world->sql, &verdict, NULL, &changed, error));
}

static void absent(World *world, gint64 from_day, gint64 n)
{
	for (gint64 i = 0; i < n; i++)
		put(world, WHO, from_day + i, "TK", 1, 0);
}

static void set_superior(World *world, PersonId person, PersonId superior, gint64 from, gint64 to)
{
	const Change change = office_change(&world->office, from, to);
	office_ok(careers_set_superior(world->sql, person, superior, &change, NULL, error));
}

static void open_world(World *world)
{
	static const struct {
		gint64 id;
		const char *name;
		PersonId person;
	} accounts[] = {{CHIEF_ACCOUNT, "kepala", CHIEF},
					{OWN_ACCOUNT, "pegawai", WHO},
					{BKD_ACCOUNT, "siti", OFFICE_PERSON(3)},
					{DEPUTY_ACCOUNT, "wakil", 0}};
	const GrantNew bkd = {.account = BKD_ACCOUNT, .role = ROLE_BKD, .to_day = G_MAXINT64};
	office_open(&world->office);
	world->sql = world->office.sql;
	office_ok(sql_begin(world->sql, error));
	for (gsize i = 0; i < G_N_ELEMENTS(accounts); i++)
		office_ok(sql_run(world->sql, error,
						  "INSERT INTO account (id, name, person, one_time, created_ms)"
						  " VALUES ($1, $2, $3, 0, 0)",
						  "itI", accounts[i].id, accounts[i].name,
						  accounts[i].person != 0 ? &accounts[i].person : NULL));
	office_ok(grants_add(world->sql, &bkd, 1, error) != 0);
	set_superior(world, WHO, CHIEF, DAY_ALWAYS, OFFICE_DAY - 20);
	set_superior(world, WHO, LATER, OFFICE_DAY - 20, DAY_OPEN);
	office_ok(sql_commit(world->sql, error));
}

static void empty(World *world)
{
	static const char *const tables[] = {
		"DELETE FROM discipline_signal_day", "DELETE FROM discipline_signal",
		"DELETE FROM approval_delegation", "DELETE FROM month_difference", "DELETE FROM verdict"};
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		office_ok(sql_run(world->sql, error, tables[i], ""));
	world->clock = (DisciplineClock){office_at(OFFICE_DAY, 12, 0), OFFICE_DAY};
}

/* Everybody's account; gives how many signals were made or withdrawn. */
static gint64 settle(World *world)
{
	PersonId after = 0;
	gint64 n = 0, all = 0;
	do {
		office_ok(sql_begin(world->sql, error));
		office_ok(discipline_round(world->sql, 3, &world->clock, &after, &n, error));
		office_ok(sql_commit(world->sql, error));
		all += n;
	} while (after != 0);
	return all;
}

static Signal *last_signal(World *world, guint n_expected)
{
	const SignalFilter filter = {.superior = -1, .limit = 100};
	GError *failed = NULL;
	g_autoptr(GPtrArray) list = signals_list(world->sql, &filter, &failed);
	g_assert_no_error(failed);
	g_assert_cmpuint(list->len, ==, n_expected);
	return g_ptr_array_steal_index(list, list->len - 1);
}

static void expect_days(World *world, gint64 id, gint64 first_day, guint n)
{
	g_autoptr(GArray) days = NULL;
	office_ok(signals_its_days(world->sql, id, &days, error));
	g_assert_cmpuint(days->len, ==, n);
	g_assert_cmpint(g_array_index(days, SignalDay, 0).day, ==, first_day);
}

/* ── Saying ── */

static void the_same_days_are_never_said_twice(World *world)
{
	absent(world, FIRST, 2);
	put(world, WHO, FIRST + 2, "TL4", 0, 449);
	g_assert_cmpint(settle(world), ==, 0); /* a minute short */
	put(world, WHO, FIRST + 3, "TL1", 0, 1);
	g_assert_cmpint(settle(world), ==, 1);
	g_autoptr(Signal) first = last_signal(world, 1);
	g_assert_cmpint(first->from_days, ==, 3);
	g_assert_cmpint(first->total, ==, 3);
	g_assert_cmpint(first->reached_day, ==, FIRST + 3);
	g_assert_cmpint(first->superior, ==, CHIEF);
	g_assert_cmpint(first->bkn_id, ==, 1);
	expect_days(world, first->id, FIRST, 4);
	g_assert_cmpint(settle(world), ==, 0);
	/* The next tier rests on the days since, and is for the superior of its own day. */
	put(world, WHO, OFFICE_DAY - 10, "TK", 1, 0);
	g_assert_cmpint(settle(world), ==, 1);
	g_autoptr(Signal) second = last_signal(world, 2);
	g_assert_cmpint(second->total, ==, 4);
	g_assert_cmpint(second->superior, ==, LATER);
	expect_days(world, second->id, OFFICE_DAY - 10, 1);
	GError *failed = NULL;
	g_autoptr(GArray) again = NULL;
	gint64 id;
	office_ok(signals_its_days(world->sql, second->id, &again, error));
	g_assert_false(signals_add(world->sql, second, again, 1, &id, &failed));
	g_assert_error(failed, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_error_free(failed);
}

static void a_late_letter_withdraws_what_was_said(World *world)
{
	absent(world, FIRST, 4);
	g_assert_cmpint(settle(world), ==, 1); /* 4 at once: one signal, of the higher tier */
	put(world, WHO, FIRST, "CS", 0, 0);
	g_assert_cmpint(settle(world), ==, 2); /* withdrawn, and the lower tier said of what is left */
	g_autoptr(Signal) now = last_signal(world, 2);
	g_assert_cmpint(now->from_days, ==, 3);
	expect_days(world, now->id, FIRST + 1, 3);
	g_assert_cmpint(settle(world), ==, 0);
	/* What a superior has acted upon stays as it was. */
	office_ok(
		discipline_act(world->sql, now->id, CHIEF_ACCOUNT, "teguran 1/2025", &world->clock, error));
	put(world, WHO, FIRST + 1, "CS", 0, 0);
	g_assert_cmpint(settle(world), ==, 0);
}

static void a_locked_day_counts_as_it_is_known_since(World *world)
{
	g_autoptr(GString) line = g_string_new(NULL);
	const MonthLine letter = {
		.day = FIRST, .unit = "BKD", .codes = "CS", .state = "final", .reasons = "[]"};
	month_line_append(line, &letter);
	g_string_truncate(line, line->len - 1);
	absent(world, FIRST, 3);
	office_ok(
		sql_run(world->sql, error,
				"INSERT INTO month_difference (person, day, n, old_unit, unit, month_day,"
				" old_line, new_line, recorded_ms) VALUES ($1, $2, 1, $3, $3, $2, NULL, $4, 1)",
				"iiit", (gint64)WHO, (gint64)FIRST, world->office.units[0], line->str));
	g_assert_cmpint(settle(world), ==, 0);
	office_ok(sql_run(world->sql, error, "DELETE FROM month_difference", ""));
	g_assert_cmpint(settle(world), ==, 1);
}

/* Ten working days from 20 December 2024 on, with days off between, into January. */
static void a_run_over_new_year_is_said_once(World *world)
{
	gint64 day, n = 0;
	g_assert_true(calendar_from_date(2024, 12, 20, &day));
	for (; n < 10; day++) {
		gboolean off = calendar_weekday(day) >= 5;
		put(world, WHO, day, off ? "L" : "TK", !off, 0);
		n += !off;
	}
	g_assert_cmpint(settle(world), ==, 2); /* 8 days of 2024: a tier; the run; 2025: nothing yet */
	g_autoptr(Signal) run = NULL;
	const SignalFilter filter = {.superior = -1, .limit = 100};
	GError *failed = NULL;
	g_autoptr(GPtrArray) list = signals_list(world->sql, &filter, &failed);
	for (guint i = 0; i < list->len; i++)
		if (((const Signal *)list->pdata[i])->kind == SIGNAL_RUN)
			run = g_ptr_array_steal_index(list, i);
	g_assert_nonnull(run);
	g_assert_cmpint(run->total, ==, 10);
	g_assert_cmpint(run->year, ==, 2025);
	/* It goes on: the same run, not said again. */
	gint64 before =
		office_count(&world->office, "SELECT count(*) FROM discipline_signal WHERE kind=2");
	put(world, WHO, day, "TK", 1, 0);
	settle(world);
	g_assert_cmpint(
		office_count(&world->office, "SELECT count(*) FROM discipline_signal WHERE kind=2"), ==,
		before);
	/* One of its days was worked after all. */
	put(world, WHO, run->reached_day, "H", 0, 0);
	settle(world);
	g_assert_cmpint(office_count(&world->office,
								 "SELECT count(*) FROM discipline_signal WHERE kind=2"
								 " AND state=4"),
					==, 1);
}

static void a_contract_has_other_rules(World *world)
{
	const Change always = office_change(&world->office, DAY_ALWAYS, DAY_OPEN);
	office_ok(sql_begin(world->sql, error));
	office_ok(people_set_employment(world->sql, WHO, "PPPK", "01", &always, NULL, error));
	office_ok(sql_commit(world->sql, error));
	absent(world, FIRST, 5);
	g_assert_cmpint(settle(world), ==, 0);
	office_ok(sql_begin(world->sql, error));
	office_ok(people_set_employment(world->sql, WHO, "PNS", "01", &always, NULL, error));
	office_ok(sql_commit(world->sql, error));
}

/* ── Acting ── */

static int outcome(gboolean ok, GError *failed)
{
	int code = ok ? -1 : failed->code;
	g_assert_true(ok || failed->domain == DISCIPLINE_ERROR);
	g_clear_error(&failed);
	return code;
}

static int note(World *world, gint64 id, gint64 account)
{
	GError *failed = NULL;
	gboolean ok = discipline_note(world->sql, id, account, &world->clock, &failed);
	return outcome(ok, failed);
}

static int act(World *world, gint64 id, gint64 account, const char *action)
{
	GError *failed = NULL;
	gboolean ok = discipline_act(world->sql, id, account, action, &world->clock, &failed);
	return outcome(ok, failed);
}

static void the_superior_s_own_duty_is_tracked(World *world)
{
	char reason[] = "Plh 1/2025";
	const Delegation delegation = {.account = CHIEF_ACCOUNT,
								   .deputy = DEPUTY_ACCOUNT,
								   .from_day = OFFICE_DAY,
								   .to_day = OFFICE_DAY + 2,
								   .reason = reason};
	gint64 n = 0, id = 0;
	absent(world, FIRST, 3);
	settle(world);
	g_autoptr(Signal) said = last_signal(world, 1);
	g_assert_cmpint(note(world, 99, CHIEF_ACCOUNT), ==, DISCIPLINE_ERROR_UNKNOWN);
	g_assert_cmpint(note(world, said->id, OWN_ACCOUNT), ==, DISCIPLINE_ERROR_RIGHT);
	g_assert_cmpint(note(world, said->id, BKD_ACCOUNT), ==, DISCIPLINE_ERROR_RIGHT);
	g_assert_cmpint(note(world, said->id, DEPUTY_ACCOUNT), ==, DISCIPLINE_ERROR_RIGHT);
	office_ok(delegations_add(world->sql, &delegation, 1, &id, error));
	g_assert_cmpint(note(world, said->id, DEPUTY_ACCOUNT), ==, -1);
	g_assert_cmpint(note(world, said->id, CHIEF_ACCOUNT), ==, DISCIPLINE_ERROR_STATE);
	office_ok(signals_mark_overdue(world->sql, said->due_day, 1, &n, error));
	g_assert_cmpint(n, ==, 0); /* the last day is still in time */
	office_ok(signals_mark_overdue(world->sql, said->due_day + 1, 5, &n, error));
	g_assert_cmpint(n, ==, 1);
	office_ok(signals_mark_overdue(world->sql, said->due_day + 2, 6, &n, error));
	g_assert_cmpint(n, ==, 0);
	g_assert_cmpint(act(world, said->id, CHIEF_ACCOUNT, ""), ==, DISCIPLINE_ERROR_TEXT);
	g_assert_cmpint(act(world, said->id, CHIEF_ACCOUNT, NULL), ==, DISCIPLINE_ERROR_TEXT);
	g_assert_cmpint(act(world, said->id, CHIEF_ACCOUNT, "\xff"), ==, DISCIPLINE_ERROR_TEXT);
	g_assert_cmpint(act(world, said->id, CHIEF_ACCOUNT, "teguran lisan, 2/2025"), ==, -1);
	g_assert_cmpint(act(world, said->id, CHIEF_ACCOUNT, "lagi"), ==, DISCIPLINE_ERROR_STATE);
	g_autoptr(Signal) acted = last_signal(world, 1);
	g_assert_cmpint(acted->state, ==, SIGNAL_ACTED);
	g_assert_cmpint(acted->overdue_ms, ==, 5);
	g_assert_cmpstr(acted->noted_by, ==, "wakil");
}

static void where_nobody_is_the_superior_it_is_bkd_s(World *world)
{
	for (gint64 i = 0; i < 3; i++)
		put(world, CHIEF, FIRST + i, "TK", 1, 0);
	g_assert_cmpint(settle(world), ==, 1);
	g_autoptr(Signal) said = last_signal(world, 1);
	g_assert_cmpint(said->superior, ==, 0);
	g_assert_cmpint(note(world, said->id, CHIEF_ACCOUNT), ==, DISCIPLINE_ERROR_RIGHT); /* the own */
	g_assert_cmpint(note(world, said->id, DEPUTY_ACCOUNT), ==, DISCIPLINE_ERROR_RIGHT);
	g_assert_cmpint(note(world, said->id, BKD_ACCOUNT), ==, -1);
}

static void lists_go_by_unit_and_year(World *world)
{
	const SignalFilter cases[] = {
		{.superior = -1, .limit = 9, .year = 2025, .unit = world->office.units[0]},
		{.superior = -1, .limit = 9, .year = 2024},
		{.superior = -1, .limit = 9, .unit = world->office.units[1]},
		{.superior = CHIEF, .limit = 9, .open = TRUE},
		{.superior = LATER, .limit = 9}};
	static const guint n[] = {1, 0, 0, 1, 0};
	absent(world, FIRST, 3);
	settle(world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		GError *failed = NULL;
		g_autoptr(GPtrArray) list = signals_list(world->sql, &cases[i], &failed);
		g_assert_no_error(failed);
		g_assert_cmpuint(list->len, ==, n[i]);
	}
	DisciplineYear year;
	office_ok(discipline_year_of(world->sql, WHO, 2025, &year, error));
	g_assert_cmpint(year.total, ==, 3);
}

/* Another regulation, from a day on: each tier and limit has its time, and together they leave no gap. */
static void limits_and_tiers_have_their_time(World *world)
{
	const Change later = office_change(&world->office, OFFICE_DAY, DAY_OPEN);
	const DisciplineTier first = {3, 5, 1, "ringan", "Teguran"},
						 second = {6, 6, 2, "ringan", "Dua"};
	g_autoptr(GError) failed = NULL;
	g_auto(SignalRules) before = {0}, after = {0};
	gboolean changed = FALSE;
	office_ok(sql_begin(world->sql, error));
	office_ok(signals_check_tiers(world->sql, error));
	office_ok(signals_set_tier(world->sql, &first, &later, &changed, error));
	g_assert_true(changed);
	/* 4 and 5 are of two tiers now; then 6 of none; then all is well. */
	g_assert_false(signals_check_tiers(world->sql, &failed));
	g_assert_error(failed, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&failed);
	office_ok(signals_end_tier(world->sql, 4, &later, &changed, error));
	g_assert_false(signals_check_tiers(world->sql, &failed));
	g_assert_nonnull(strstr(failed->message, "2025-03-03 on: after the one from 3 days the next"));
	office_ok(signals_set_tier(world->sql, &second, &later, &changed, error));
	office_ok(signals_check_tiers(world->sql, error));
	office_ok(signals_rules(world->sql, OFFICE_DAY, &after, error));
	after.act_days = 7;
	office_ok(signals_set_rules(world->sql, &after, &later, &changed, error));
	office_ok(signals_rules(world->sql, OFFICE_DAY - 1, &before, error));
	g_assert_cmpint(before.act_days, ==, 14);
	g_assert_cmpint(before.limits.tiers[0].to_days, ==, 3);
	g_assert_cmpint(after.limits.tiers[0].to_days, ==, 5);
	g_assert_cmpint(after.limits.n_tiers, ==, before.limits.n_tiers);
	sql_rollback(world->sql);
}

typedef struct {
	const char *name;
	void (*run)(World *world);
} Case;

#define CASE(name) {"/discipline/" #name, name}

static const Case cases[] = {
	CASE(the_same_days_are_never_said_twice),
	CASE(a_late_letter_withdraws_what_was_said),
	CASE(a_locked_day_counts_as_it_is_known_since),
	CASE(a_run_over_new_year_is_said_once),
	CASE(a_contract_has_other_rules),
	CASE(the_superior_s_own_duty_is_tracked),
	CASE(where_nobody_is_the_superior_it_is_bkd_s),
	CASE(lists_go_by_unit_and_year),
	CASE(limits_and_tiers_have_their_time),
};

static World the_world;

static void run_case(gconstpointer data)
{
	const Case *one = data;
	empty(&the_world);
	one->run(&the_world);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	open_world(&the_world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add_data_func(cases[i].name, &cases[i], run_case);
	int status = g_test_run();
	office_close(&the_world.office);
	return status;
}
