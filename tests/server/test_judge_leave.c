/* A person's leave on a day, from what is stored. */
#include "server/judge/judge_leave.h"
#include "server/rules/calendar.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/leaves.h"
#include "server/store/time/shifts.h"
#include "tests/server/office.h"

static void leave(Office *office, PersonId person, const char *code, const char *letter,
				  gint64 from_day, gint64 to_day)
{
	Leave one = {.person = person, .code = code, .slot = "hari", .letter = letter};
	Change change = office_change(office, from_day, to_day);
	office_ok(leaves_set(office->sql, &one, &change, NULL, NULL, error));
}

static LeaveStatement statement(Office *office, PersonId person, gint64 day)
{
	LeaveStatement out;
	office_ok(judge_leave_statement(office->sql, person, day, OFFICE_OFFSET, &out, error));
	return out;
}

static void working_days_are_counted_and_holidays_spared(Office *office,
														 gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	office_ok(sql_begin(office->sql, error));
	Change holiday = office_change(office, OFFICE_DAY + 8, OFFICE_DAY + 9);
	office_ok(holidays_set(office->sql, 0, "Nyepi", "nasional", &holiday, NULL, error));
	holiday.from_day = OFFICE_DAY + 9;
	office_ok(holidays_set(office->sql, 0, "Cuti bersama", "cuti_bersama", &holiday, NULL, error));
	/* Friday to Monday: two working days.  Then a week with a holiday and cuti bersama: three. */
	leave(office, person, "CT", "1", OFFICE_DAY - 3, OFFICE_DAY + 1);
	leave(office, person, "CT", "2", OFFICE_DAY + 7, OFFICE_DAY + 14);
	leave(office, person, "CS", "3", OFFICE_DAY + 1, OFFICE_DAY + 3);
	LeaveAccount account = {.year = 2025, .opens = TRUE, .opening_n1 = 4};
	Change now = office_change(office, 0, 1);
	gboolean changed = FALSE;
	office_ok(leave_accounts_set(office->sql, person, &account, &now, &changed, error));
	office_ok(sql_commit(office->sql, error));
	LeaveStatement got = statement(office, person, OFFICE_DAY);
	g_assert_cmpint(got.used, ==, 2);
	g_assert_cmpint(got.planned, ==, 3);
	g_assert_cmpint(got.entitled, ==, 12);
	g_assert_cmpint(got.left.n1, ==, 0); /* the four of last year first */
	g_assert_cmpint(got.left.n, ==, 11);
	g_assert_cmpint(got.kinds[1].planned, ==, 2);
	g_assert_cmpint(got.kinds[1].used, ==, 0);
	g_assert_true(got.kinds[0].allowed); /* served since always */
	g_assert_cmpint(got.worked_common, ==, 0);
}

static void cuti_bersama_on_duty_comes_back(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(1);
	WorkShift shift = {.code = "P", .name = "Pagi", .hours = {420, 840, 0}};
	RosterDay roster = {0};
	gboolean added;
	office_ok(sql_begin(office->sql, error));
	Change day = office_change(office, OFFICE_DAY + 9, OFFICE_DAY + 10);
	office_ok(holidays_set(office->sql, 0, "Cuti bersama", "cuti_bersama", &day, NULL, error));
	office_ok(shifts_add(office->sql, &shift, &roster.shifts[0], &added, error));
	office_ok(shifts_set_roster(office->sql, person, &roster, &day, NULL, error));
	office_ok(sql_commit(office->sql, error));
	LeaveStatement got = statement(office, person, OFFICE_DAY);
	g_assert_cmpint(got.worked_common, ==, 1);
	g_assert_cmpint(got.left.n, ==, 13);
}

static void who_may_have_what(Office *office, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(2);
	Change since = office_change(office, OFFICE_DAY - 400, DAY_OPEN);
	Change before = office_change(office, DAY_ALWAYS, OFFICE_DAY - 400);
	office_ok(sql_begin(office->sql, error));
	office_ok(people_set_employment(office->sql, person, "PPPK", "01", &since, NULL, error));
	office_ok(people_end_employment(office->sql, person, &before, NULL, error));
	office_ok(sql_commit(office->sql, error));
	LeaveStatement got = statement(office, person, OFFICE_DAY);
	g_assert_true(got.annual_allowed);
	g_assert_false(got.kinds[0].allowed); /* CB: not for PPPK */
	g_assert_true(got.kinds[1].allowed);  /* CS */
	g_assert_false(got.kinds[2].allowed); /* CM: no number says female */
	g_assert_false(got.kinds[3].allowed); /* CAP */
	/* Not yet a year of service. */
	got = statement(office, person, OFFICE_DAY - 200);
	g_assert_false(got.annual_allowed);
	g_assert_cmpint(got.left.n, ==, 0);
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
	g_test_add("/judge_leave/" path, Office, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("working_days_are_counted_and_holidays_spared",
		working_days_are_counted_and_holidays_spared);
	ADD("cuti_bersama_on_duty_comes_back", cuti_bersama_on_duty_comes_back);
	ADD("who_may_have_what", who_may_have_what);
	return g_test_run();
}
