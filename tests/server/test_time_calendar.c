/* Calendars of the year: Ramadan, school holidays, and the day of death. */
#include "server/judge/judge.h"
#include "server/judge/judge_leave.h"
#include "server/rules/settings.h"
#include "server/store/people/careers.h"
#include "server/store/time/academic.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/punches.h"
#include "server/store/time/ramadan.h"
#include "server/store/time/verdicts.h"
#include "server/store/time/weeks.h"
#include "tests/server/office.h"

static void say_difference(PersonId person, gint64 day, const char *stored, const char *fresh,
						   gpointer user G_GNUC_UNUSED)
{
	g_test_message("person %d, day %d: stored %s | fresh %s", (int)person, (int)day, stored, fresh);
}

static void judge_now(Office *office)
{
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	JudgeCheck check = {0};
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
	office_ok(judge_check(judge, OFFICE_DAY - 30, OFFICE_DAY + 1, office->now_ms, say_difference,
						  NULL, &check, error));
	g_assert_cmpint(check.n_different, ==, 0);
}

static char *codes_on(Office *office, PersonId person, gint64 day)
{
	Verdict verdict;
	g_autoptr(GError) failed = NULL;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(office->sql, person, day, day + 1, &failed);
	g_assert_no_error(failed);
	return verdicts_next(rows, &verdict, NULL) == SQL_ROW ? g_strdup(verdict.codes)
														  : g_strdup("none");
}

static void expect_codes(Office *office, PersonId person, gint64 day, const char *wanted)
{
	g_autofree char *codes = codes_on(office, person, day);
	g_assert_cmpstr(codes, ==, wanted);
}

/* ── Ramadan ── */

static gint64 start_on(Office *office, int unit, gint64 day)
{
	gint64 id = 0;
	WeekPattern week;
	office_ok(schedules_on(office->sql, office->units[unit], day, &id, &week, NULL, NULL, error));
	g_assert_cmpint(week.ramadan, ==, week.days[0].start_min == 480);
	return week.days[0].start_min;
}

static void a_unit_follows_ramadan_by_the_calendar(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	/* 1,950 minutes (Perpres 21/2023). */
	static const Pattern fasting = {
		"PUASA",
		"Ramadan",
		TRUE,
		{.days = {{480, 900, 30}, {480, 900, 30}, {480, 900, 30}, {480, 900, 30}, {480, 930, 60}}}};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change month = office_change(office, OFFICE_DAY - 2, OFFICE_DAY + 27);
	gint64 pattern = 0, minutes = 0, weekly_min = 0;
	office_ok(sql_begin(office->sql, error));
	office_ok(schedules_add_pattern(office->sql, &fasting, &pattern, &minutes, error));
	g_assert_cmpint(minutes, ==, WEEK_RAMADAN_MIN);
	office_ok(ramadan_set_pattern(office->sql, office->units[0], pattern, &always, NULL, error));
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY), ==, 420); /* no period yet */
	office_ok(ramadan_set_period(office->sql, 1446, &month, NULL, error));
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY - 3), ==, 420);
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY - 2), ==, 480);
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY + 26), ==, 480);
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY + 27), ==, 420);
	g_assert_cmpint(start_on(office, 1, OFFICE_DAY), ==, 420); /* has no Ramadan week */
	office_ok(weeks_of_person(office->sql, OFFICE_PERSON(0), OFFICE_DAY, &weekly_min, error));
	g_assert_cmpint(weekly_min, ==, WEEK_RAMADAN_MIN);
	/* The moon is seen a day later: the year's period moves, nothing stays behind. */
	month.from_day++;
	month.to_day++;
	office_ok(ramadan_set_period(office->sql, 1446, &month, NULL, error));
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY - 2), ==, 420);
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY + 27), ==, 480);
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
}

/* A unit below keeps its own week until it has a Ramadan week of its own or nearer. */
static void a_nearer_week_is_kept_in_ramadan(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	static const Pattern fasting = {
		"PUASA", "Ramadan", TRUE, {.days = {{480, 900, 30}, {480, 900, 30}}}};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change month = office_change(office, OFFICE_DAY, OFFICE_DAY + 29);
	UnitFacts below = {.name = "SMAN1", .parent = office->units[0]};
	gint64 pattern = 0, minutes = 0;
	office_ok(sql_begin(office->sql, error));
	office_ok(units_set(office->sql, office->units[1], &below, &always, NULL, error));
	office_ok(schedules_add_pattern(office->sql, &fasting, &pattern, &minutes, error));
	office_ok(ramadan_set_pattern(office->sql, office->units[0], pattern, &always, NULL, error));
	office_ok(ramadan_set_period(office->sql, 1446, &month, NULL, error));
	g_assert_cmpint(start_on(office, 0, OFFICE_DAY), ==, 480);
	g_assert_cmpint(start_on(office, 1, OFFICE_DAY), ==, 420);
	office_ok(ramadan_set_pattern(office->sql, office->units[1], pattern, &always, NULL, error));
	g_assert_cmpint(start_on(office, 1, OFFICE_DAY), ==, 480);
	office_ok(sql_commit(office->sql, error));
}

/* ── School holidays ── */

#define TEACHER OFFICE_PERSON(OFFICE_PEOPLE - 1) /* of the school */
#define SCHOOL 1

static void close_school(Office *office, gint64 from_day, gint64 to_day, gboolean works)
{
	Change change = office_change(office, from_day, to_day);
	office_ok(academic_set(office->sql, office->units[SCHOOL],
						   works ? "Pembagian rapor" : "Libur semester", works, &change, NULL,
						   error));
}

/* PP 11/2017 art. 315: teachers have the school's holidays for annual leave. */
static void school_holidays_are_a_teachers_leave(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change later = office_change(office, OFFICE_DAY + 10, OFFICE_DAY + 11);
	Leave own = {.person = TEACHER, .code = "CT", .slot = "hari", .letter = "851/1"};
	LeaveStatement statement;
	gint64 first = OFFICE_DAY - 28; /* a Monday; three weeks are 15 working days */
	office_ok(sql_begin(office->sql, error));
	office_add_person(office, OFFICE_PERSON(OFFICE_PEOPLE), SCHOOL); /* of the administration */
	office_ok(careers_set_position(office->sql, TEACHER, "Guru Ahli Pertama", "guru", &always, NULL,
								   error));
	close_school(office, first, first + 21, FALSE);
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first, "CT");
	expect_codes(office, TEACHER, first + 5, "L");                   /* a Saturday costs nothing */
	expect_codes(office, TEACHER, first + 15, "CT");                 /* the twelfth */
	expect_codes(office, TEACHER, first + 16, "BT");                 /* nothing is left: on duty */
	expect_codes(office, OFFICE_PERSON(OFFICE_PEOPLE), first, "BT"); /* other staff are on duty */
	office_ok(
		judge_leave_statement(office->sql, TEACHER, OFFICE_DAY, OFFICE_OFFSET, &statement, error));
	g_assert_cmpint(statement.used, ==, 12);
	g_assert_cmpint(statement.left.n, ==, 0);
	g_assert_cmpint(statement.left.over, ==, 0);

	/* A day that must be worked, in bulk by the school, gives the balance back to a later one. */
	office_ok(sql_begin(office->sql, error));
	close_school(office, first + 1, first + 2, TRUE);
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 1, "BT");
	expect_codes(office, TEACHER, first + 16, "CT");

	/* What was granted comes first, though it is later in the year. */
	office_ok(sql_begin(office->sql, error));
	office_ok(leaves_set(office->sql, &own, &later, NULL, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 16, "BT");
	office_ok(
		judge_leave_statement(office->sql, TEACHER, OFFICE_DAY, OFFICE_OFFSET, &statement, error));
	g_assert_cmpint(statement.used, ==, 11);
	g_assert_cmpint(statement.planned, ==, 1);

	/* No teacher any more: on duty as everybody. */
	office_ok(sql_begin(office->sql, error));
	office_ok(
		careers_set_position(office->sql, TEACHER, "Analis", "pelaksana", &always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first, "BT");
}

/* The balance is one account of the year: what makes a day of it free or worked, also one to come, gives a day
 * to or takes it from a school holiday that lies elsewhere. */
static void changed_hours_move_other_school_holidays(Office *office,
													 gconstpointer data G_GNUC_UNUSED)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change leave = office_change(office, OFFICE_DAY + 28, OFFICE_DAY + 42); /* two weeks to come */
	Change free_day = office_change(office, OFFICE_DAY + 30, OFFICE_DAY + 31);
	Leave own = {.person = TEACHER, .code = "CT", .slot = "hari", .letter = "851/2"};
	DayOrder order = {.letter = "061/1",
					  .kind = "libur",
					  .name = "Hari jadi",
					  .scope = ORDER_UNIT,
					  .target = office->units[SCHOOL],
					  .regency = "",
					  .slot = "hari"};
	gint64 first = OFFICE_DAY - 28;
	gboolean changed = FALSE;
	office_ok(sql_begin(office->sql, error));
	office_ok(careers_set_position(office->sql, TEACHER, "Guru", "guru", &always, NULL, error));
	office_ok(leaves_set(office->sql, &own, &leave, NULL, NULL, error)); /* ten of twelve days */
	close_school(office, first, first + 5, FALSE);
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 1, "CT");
	expect_codes(office, TEACHER, first + 2, "BT");
	/* A holiday within the leave to come. */
	office_ok(sql_begin(office->sql, error));
	office_ok(holidays_set(office->sql, 0, "Hari raya", "nasional", &free_day, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 2, "CT");
	expect_codes(office, TEACHER, first + 3, "BT");
	/* An order for the school. */
	free_day.from_day++;
	free_day.to_day++;
	office_ok(sql_begin(office->sql, error));
	office_ok(day_orders_set(office->sql, &order, DAY_ALWAYS, &free_day, NULL, &changed, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 3, "CT");
	expect_codes(office, TEACHER, first + 4, "BT");
	/* Other hours from the middle of the leave on: nothing but Mondays is worked. */
	static const Pattern mondays = {"SENIN", "Senin saja", FALSE, {.days = {{420, 930, 60}}}};
	Change then = office_change(office, OFFICE_DAY + 35, DAY_OPEN);
	gint64 pattern = 0, minutes = 0;
	office_ok(sql_begin(office->sql, error));
	office_ok(schedules_add_pattern(office->sql, &mondays, &pattern, &minutes, error));
	office_ok(schedules_set(office->sql, office->units[SCHOOL], pattern, &then, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first + 4, "CT");
}

/* What was leave before stays so: the account ends with the service, not with the year. */
static void who_retires_keeps_the_school_holidays_before(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Change retired = office_change(office, OFFICE_DAY - 7, DAY_OPEN);
	gint64 first = OFFICE_DAY - 28;
	office_ok(sql_begin(office->sql, error));
	office_ok(careers_set_position(office->sql, TEACHER, "Guru", "guru", &always, NULL, error));
	close_school(office, first, first + 5, FALSE);
	office_ok(people_end_employment(office->sql, TEACHER, &retired, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, TEACHER, first, "CT");
	expect_codes(office, TEACHER, OFFICE_DAY - 7, "none");
}

/* ── Death ── */

static void the_day_of_death_is_a_choice(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	Change ends = office_change(office, OFFICE_DAY - 3, DAY_OPEN); /* a Friday */
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	Mutation mutation = {.person = person,
						 .kind = "meninggal",
						 .decree = "474/1",
						 .decree_day = DAY_ALWAYS,
						 .tmt_day = OFFICE_DAY - 3};
	Punch punch = {.terminal = {PUNCH_BY_HAND},
				   .person = person,
				   .at_ms = office_at(OFFICE_DAY - 3, 6, 52),
				   .place = office->places[0],
				   .state = PUNCH_COUNTED,
				   .letter = "Daftar 1"};
	RuleSet rules;
	gboolean added;
	gint64 judged;
	office_ok(sql_begin(office->sql, error));
	office_ok(people_end_employment(office->sql, person, &ends, NULL, error));
	office_ok(careers_record(office->sql, &mutation, office->now_ms, &added, &judged, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, person, OFFICE_DAY - 3, "none");

	office_ok(sql_begin(office->sql, error));
	office_ok(schedules_rules_on(office->sql, OFFICE_DAY, &rules, error));
	rules.version++;
	rules.death_day_judged = TRUE;
	office_ok(schedules_set_rules(office->sql, &rules, &always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, person, OFFICE_DAY - 3, "DSP");
	expect_codes(office, person, OFFICE_DAY, "none");

	office_ok(sql_begin(office->sql, error));
	office_ok(punches_add_unsigned(office->sql, &punch, OFFICE_OFFSET, &added, error));
	office_ok(sql_commit(office->sql, error));
	judge_now(office);
	expect_codes(office, person, OFFICE_DAY - 3, "DSP"); /* came in time; the leaving is excused */
}

/* ── Settings ── */

static void every_setting_has_its_stated_default(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	RuleSet rules;
	office_ok(schedules_rules_on(office->sql, OFFICE_DAY, &rules, error));
	for (gsize i = 0; i < RULE_SETTINGS; i++) {
		g_test_message("%s", rule_settings[i].name);
		g_assert_cmpint(rule_setting_get(&rules, &rule_settings[i]), ==, rule_settings[i].fallback);
		g_assert_cmpint(rule_settings[i].min, <=, rule_settings[i].fallback);
		g_assert_cmpint(rule_settings[i].fallback, <=, rule_settings[i].max);
	}
}

static void setup(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_open(office);
}

static void teardown(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	office_close(office);
}

#define ADD(path, function)                                                                        \
	g_test_add("/time_calendar/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a_unit_follows_ramadan_by_the_calendar", a_unit_follows_ramadan_by_the_calendar);
	ADD("a_nearer_week_is_kept_in_ramadan", a_nearer_week_is_kept_in_ramadan);
	ADD("school_holidays_are_a_teachers_leave", school_holidays_are_a_teachers_leave);
	ADD("changed_hours_move_other_school_holidays", changed_hours_move_other_school_holidays);
	ADD("who_retires_keeps_the_school_holidays_before",
		who_retires_keeps_the_school_holidays_before);
	ADD("the_day_of_death_is_a_choice", the_day_of_death_is_a_choice);
	ADD("every_setting_has_its_stated_default", every_setting_has_its_stated_default);
	return g_test_run();
}
