/* The month of a unit from open to paid, what it freezes, and what comes later. */
#include <string.h>

#include "tests/server/closing.h"

#define FEBRUARY CLOSING_MONTH
#define MONDAY (CLOSING_MONTH + 2)
#define STAFF CLOSING_PERSON(0)   /* BKD */
#define TEACHER CLOSING_PERSON(4) /* the school, below DINDIK */
#define NURSE CLOSING_PERSON(5)   /* DINKES */
#define BOSS CLOSING_PERSON(7)    /* the province itself */

#define DIFFERENCES "SELECT count(*) FROM month_difference"

static void steps_are_taken_in_order(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		MonthStep step;
		int who;
		const char *reason;
		MonthRefusal refusal;
		MonthState state;
	} cases[] = {
		{MONTH_SIGN, 1, NULL, MONTH_WRONG_ORDER, MONTH_OPEN},
		{MONTH_LOCK, 2, NULL, MONTH_WRONG_ORDER, MONTH_OPEN},
		{MONTH_SUBMIT, 0, NULL, MONTH_ALLOWED, MONTH_SUBMITTED},
		{MONTH_LOCK, 2, NULL, MONTH_UNSIGNED, MONTH_SUBMITTED},
		{MONTH_SIGN, 2, NULL, MONTH_NOT_HEAD, MONTH_SUBMITTED},
		{MONTH_REOPEN, 2, NULL, MONTH_NO_REASON, MONTH_SUBMITTED},
		{MONTH_REOPEN, 2, "surat dokter menyusul", MONTH_ALLOWED, MONTH_OPEN},
		{MONTH_SUBMIT, 2, NULL, MONTH_ALLOWED, MONTH_SUBMITTED},
		{MONTH_SIGN, 1, NULL, MONTH_ALLOWED, MONTH_SIGNED},
		{MONTH_LOCK, 2, NULL, MONTH_OWN, MONTH_SIGNED}, /* submitted it */
		{MONTH_LOCK, 1, NULL, MONTH_OWN, MONTH_SIGNED}, /* signed it */
		{MONTH_LOCK, 0, NULL, MONTH_ALLOWED, MONTH_LOCKED},
		{MONTH_REOPEN, 2, "terlambat", MONTH_WRONG_ORDER, MONTH_LOCKED},
		{MONTH_PAY, 2, NULL, MONTH_ALLOWED, MONTH_PAID},
		{MONTH_PAY, 2, NULL, MONTH_WRONG_ORDER, MONTH_PAID},
	};
	gint64 n_steps = 0, n = 0;
	closing_judge(world);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		MonthOrder order = closing_order(world, UNIT_BKD, FEBRUARY, cases[i].step, cases[i].who);
		MonthState state = MONTH_OPEN;
		order.reason = cases[i].reason;
		MonthOutcome outcome = closing_do(world, &order);
		g_test_message("%u: %s", (guint)i, month_refusal_text(outcome.refusal));
		g_assert_cmpint(outcome.refusal, ==, cases[i].refusal);
		closing_ok(months_state(world->sql, world->units[UNIT_BKD], FEBRUARY, &state, error));
		g_assert_cmpint(state, ==, cases[i].state);
		n_steps += cases[i].refusal == MONTH_ALLOWED;
		/* A refusal leaves nothing. */
		n = closing_count(world, "SELECT count(*) FROM unit_month_step");
		g_assert_cmpint(n, ==, n_steps);
		n = closing_count(world, "SELECT count(*) FROM month_person");
		g_assert_cmpint(n, ==, state >= MONTH_LOCKED ? 2 : 0);
	}
}

static void nothing_is_handed_in_early(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	MonthOrder order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SUBMIT, 0);
	/* Not while it is being judged … */
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_ALLOWED);
	closing_judge(world);
	closing_punch(world, NURSE, MONDAY, 7, 0);
	order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SIGN, 1);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_UNJUDGED);
	/* … nor before it has ended. */
	order = closing_order(world, UNIT_BKD, month_after(FEBRUARY, 1), MONTH_SUBMIT, 0);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_NOT_OVER);
}

static void who_decided_on_an_older_page_is_told(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	MonthOrder order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SUBMIT, 0);
	closing_judge(world);
	order.seen_steps = 0;
	g_assert_false(closing_do(world, &order).overtaken);
	order.person = CLOSING_LOCKER;
	MonthOutcome outcome = closing_do(world, &order);
	g_assert_true(outcome.overtaken);
	g_assert_cmpint(outcome.state, ==, MONTH_SUBMITTED);
	g_assert_cmpint(closing_count(world, "SELECT count(*) FROM unit_month_step"), ==, 1);
	/* Two who read the same: the second finds it moved. */
	gboolean done = TRUE;
	MonthStepRow row = {.step = MONTH_SIGN, .account = order.account};
	closing_ok(sql_begin(world->sql, error));
	closing_ok(months_move(world->sql, order.unit, FEBRUARY, 0, MONTH_SIGNED, &row, &done, error));
	g_assert_false(done);
	closing_ok(months_move(world->sql, order.unit, FEBRUARY, 5, MONTH_SIGNED, &row, &done, error));
	g_assert_false(done);
	sql_rollback(world->sql);
}

static void what_hinders_is_listed(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	MonthContents contents;
	g_autoptr(GArray) hindrances = NULL;
	Outage outage = {.place = world->place,
					 .from_ms = closing_at(MONDAY, 6, 0),
					 .to_ms = closing_at(MONDAY, 9, 0),
					 .state = OUTAGE_DECLARED,
					 .cause = "listrik"};
	Change start = closing_change(world, FEBRUARY - 10, DAY_OPEN);
	gint64 id = 0, place = 0;
	closing_ok(sql_begin(world->sql, error));
	closing_add_person(world, CLOSING_PERSON(20), world->units[UNIT_PROVINCE], FALSE);
	closing_ok(places_find(world->sql, "GUDANG", TRUE, &place, error));
	closing_ok(places_set(world->sql, place, "Gudang", NULL, NULL, &start, NULL, error));
	closing_ok(assignments_set(world->sql, CLOSING_PERSON(20), world->units[UNIT_PROVINCE], place,
							   &start, NULL, error));
	closing_ok(outages_declare(world->sql, &outage, world->now_ms, CLOSING_OFFSET, &id, error));
	closing_ok(sql_run(world->sql, error,
					   "INSERT INTO roster_plan (unit, day, person, publication, on_call)"
					   " VALUES ($1,$2,$3,0,1)",
					   "iii", world->units[UNIT_PROVINCE], (gint64)MONDAY, (gint64)BOSS));
	closing_ok(sql_run(world->sql, error,
					   "INSERT INTO roster_request (id, kind, state, reason, proposed_ms)"
					   " VALUES (7,'koreksi',1,'tukar jaga',1)",
					   ""));
	closing_ok(sql_run(world->sql, error,
					   "INSERT INTO roster_request_day (request, person, day, known, old_on_call,"
					   " on_call) VALUES (7,$1,$2,0,0,1)",
					   "ii", (gint64)BOSS, (gint64)MONDAY));
	closing_ok(sql_commit(world->sql, error));
	closing_judge(world);
	closing_ok(month_contents_read(world->sql, world->units[UNIT_PROVINCE], FEBRUARY,
								   CLOSING_OFFSET, &contents, &hindrances, error));
	for (guint i = 0; i < hindrances->len; i++)
		g_test_message("%s", month_hinder_text(g_array_index(hindrances, MonthHindrance, i).kind));
	g_assert_cmpint(hindrances->len, ==, 4);
	static const MonthHinderKind kinds[] = {MONTH_HINDER_UNENROLLED, MONTH_HINDER_ROSTER,
											MONTH_HINDER_REQUEST, MONTH_HINDER_OUTAGE};
	for (guint i = 0; i < hindrances->len; i++) {
		const MonthHindrance *one = &g_array_index(hindrances, MonthHindrance, i);
		g_assert_cmpint(one->kind, ==, kinds[i]);
		g_assert_cmpint(one->first_day, ==, MONDAY);
		g_assert_cmpint(strlen(month_hinder_text(one->kind)), >, 0);
	}
	/* Found without going through all days, they are the same. */
	GError *found_error = NULL;
	g_autoptr(GArray) found = month_hinders_list(world->sql, world->units[UNIT_PROVINCE], FEBRUARY,
												 CLOSING_OFFSET, &found_error);
	g_assert_no_error(found_error);
	g_assert_cmpint(found->len, ==, hindrances->len);
	for (guint i = 0; i < hindrances->len; i++) {
		const MonthHindrance *one = &g_array_index(hindrances, MonthHindrance, i);
		const MonthHindrance *again = &g_array_index(found, MonthHindrance, i);
		g_assert_cmpint(again->kind, ==, one->kind);
		g_assert_cmpint(again->person, ==, one->person);
		g_assert_cmpint(again->id, ==, one->id);
		g_assert_cmpint(again->first_day, ==, one->first_day);
		g_assert_cmpint(again->n_days, ==, one->n_days);
	}
	g_autoptr(GPtrArray) rows = months_list(world->sql, 0, FEBRUARY, &found_error);
	g_autofree gint64 *counts =
		month_hinders_count(world->sql, rows, FEBRUARY, CLOSING_OFFSET, &found_error);
	g_assert_no_error(found_error);
	for (guint i = 0; i < rows->len; i++)
		g_assert_cmpint(counts[i], ==,
						((MonthRow *)rows->pdata[i])->unit == world->units[UNIT_PROVINCE] ? 4 : 0);
	const MonthHindrance *person = &g_array_index(hindrances, MonthHindrance, 0);
	g_assert_cmpint(person->person, ==, CLOSING_PERSON(20));
	g_assert_cmpint(person->n_days, ==, 20); /* working days */
	/* Handed in all the same with a reason, which stays. */
	MonthOrder order = closing_order(world, UNIT_PROVINCE, FEBRUARY, MONTH_SUBMIT, 0);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_HINDERED);
	order.reason = "pegawai baru, perekaman 10 Maret";
	MonthOutcome outcome = closing_do(world, &order);
	g_assert_cmpint(outcome.refusal, ==, MONTH_ALLOWED);
	g_assert_cmpint(outcome.n_hindrances, ==, 4);
	GError *failed = NULL;
	g_autoptr(GPtrArray) steps =
		months_steps(world->sql, world->units[UNIT_PROVINCE], FEBRUARY, &failed);
	g_assert_no_error(failed);
	const MonthStepRow *step = steps->pdata[0];
	g_assert_cmpstr(step->reason, ==, order.reason);
	g_assert_cmpstr(step->name, ==, "PEGAWAI 2000001");
	/* The others of the place see the outage only where they use it: it is the province's. */
	g_assert_cmpint(id, >, 0);
}

static void it_is_due_on_a_working_day(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 march = month_after(FEBRUARY, 1), deadline = 0;
	Change holiday = closing_change(world, march + 2, march + 3); /* Monday the 3rd */
	closing_judge(world);
	closing_ok(month_deadline_of(world->sql, world->units[UNIT_BKD], FEBRUARY, &deadline, error));
	g_assert_cmpint(deadline, ==, march + 2);
	MonthOrder order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SUBMIT, 0);
	MonthOutcome outcome = closing_do(world, &order); /* on the 4th */
	g_assert_cmpint(outcome.refusal, ==, MONTH_ALLOWED);
	g_assert_true(outcome.late);
	closing_ok(sql_begin(world->sql, error));
	closing_ok(holidays_set(world->sql, 0, "Libur", "nasional", &holiday, NULL, error));
	closing_ok(sql_commit(world->sql, error));
	closing_judge(world);
	order.unit = world->units[UNIT_DINKES];
	outcome = closing_do(world, &order);
	g_assert_cmpint(outcome.deadline_day, ==, march + 3);
	g_assert_false(outcome.late);
}

/* ── Contents ── */

typedef struct {
	gint64 n_days, n_people, late_min, deduction_bp;
} Sums;

static Sums sums_of(Closing *world, gint64 unit, gint64 month_day, PersonId person)
{
	GError *error = NULL;
	const MonthFilter filter = {.unit = unit, .month_day = month_day, .person = person};
	MonthPersonDay day;
	SqlStep step;
	Sums sums = {0};
	PersonId last = 0;
	g_autoptr(MonthLineCursor) rows = month_lines_list(world->sql, &filter, &error);
	g_assert_no_error(error);
	while ((step = month_lines_next(rows, &day, &error)) == SQL_ROW) {
		sums.n_days++;
		sums.n_people += day.person != last;
		sums.late_min += day.line.late_min;
		sums.deduction_bp += day.line.deduction_bp;
		last = day.person;
	}
	g_assert_no_error(error);
	g_assert_cmpint(step, ==, SQL_DONE);
	return sums;
}

/* The same facts give the same hash wherever they are: this one was computed once, on SQLite. */
#define BKD_HASH "78406b3e0ff3a8e1b19deec286774f85c56b38cdb7e101417c6c79c81d1c47f9"

static void assert_hash(const guint8 hash[MONTH_HASH_SIZE], const char *expected)
{
	g_autoptr(GString) hex = g_string_new(NULL);
	for (gsize i = 0; i < MONTH_HASH_SIZE; i++)
		g_string_append_printf(hex, "%02x", hash[i]);
	g_assert_cmpstr(hex->str, ==, expected);
}

static void the_hash_is_the_same_on_every_database(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	guint8 again[MONTH_HASH_SIZE];
	gboolean whole = FALSE;
	closing_punch(world, STAFF, MONDAY, 7, 12);
	closing_punch(world, STAFF, MONDAY, 15, 40);
	closing_leave(world, CLOSING_PERSON(1), "CT", MONDAY, MONDAY + 5);
	closing_judge(world);
	MonthOutcome outcome = closing_lock(world, UNIT_BKD, FEBRUARY);
	assert_hash(outcome.contents.hash, BKD_HASH);
	g_assert_cmpint(outcome.contents.n_people, ==, 2);
	g_assert_cmpint(outcome.contents.n_days, ==, 2 * 28);
	/* From what is kept alone, as a copy of the database on another machine has it. */
	closing_ok(
		month_contents_verify(world->sql, world->units[UNIT_BKD], FEBRUARY, again, &whole, error));
	g_assert_true(whole);
	g_assert_cmpmem(again, sizeof again, outcome.contents.hash, MONTH_HASH_SIZE);
	closing_ok(sql_run(world->sql, error, "UPDATE month_person SET hash=$1 WHERE person=$2", "bi",
					   again, sizeof again, (gint64)STAFF));
	closing_ok(
		month_contents_verify(world->sql, world->units[UNIT_BKD], FEBRUARY, again, &whole, error));
	g_assert_false(whole);
	g_assert_cmpint(memcmp(again, outcome.contents.hash, sizeof again), !=, 0);
}

static void what_was_signed_is_what_is_locked(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	closing_judge(world);
	MonthOrder order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SUBMIT, 0);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_ALLOWED);
	order = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_SIGN, 1);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_ALLOWED);
	/* Signed twice says nothing; after a change it does. */
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_WRONG_ORDER);
	closing_punch(world, STAFF, MONDAY, 7, 0);
	closing_judge(world);
	MonthOrder lock = closing_order(world, UNIT_BKD, FEBRUARY, MONTH_LOCK, 2);
	g_assert_cmpint(closing_do(world, &lock).refusal, ==, MONTH_CHANGED);
	g_assert_cmpint(closing_count(world, "SELECT count(*) FROM month_person"), ==, 0);
	g_assert_cmpint(closing_do(world, &order).refusal, ==, MONTH_ALLOWED);
	g_assert_cmpint(closing_do(world, &lock).refusal, ==, MONTH_ALLOWED);
}

/* Moved on the 15th: the days of each in each, once in the province's. */
static void who_moved_stands_in_both_units(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 middle = FEBRUARY + 14;
	closing_assign(world, STAFF, UNIT_SCHOOL, middle);
	closing_judge(world);
	for (int i = 0; i < UNIT_SCHOOL; i++)
		closing_lock(world, i, FEBRUARY);
	Sums old = sums_of(world, world->units[UNIT_BKD], FEBRUARY, STAFF);
	Sums new = sums_of(world, world->units[UNIT_DINDIK], FEBRUARY, STAFF);
	Sums all = sums_of(world, 0, FEBRUARY, STAFF);
	g_assert_cmpint(old.n_days, ==, 14);
	g_assert_cmpint(new.n_days, ==, 14);
	g_assert_cmpint(all.n_days, ==, 28);
	g_assert_cmpint(all.n_people, ==, 1);
	g_assert_cmpint(sums_of(world, 0, FEBRUARY, 0).n_people, ==, CLOSING_PEOPLE);
	/* The one who serves at the province itself is in its month, the others are not. */
	g_assert_cmpint(sums_of(world, world->units[UNIT_PROVINCE], FEBRUARY, 0).n_people, ==, 1);
}

/* ── What comes later ── */

static void expect_difference(Closing *world, PersonId person, gint64 day, gint64 month_day,
							  const char *before, const char *after)
{
	GError *error = NULL;
	const MonthFilter filter = {.month_day = month_day, .person = person};
	MonthDifference one;
	gint64 n = 0;
	g_autoptr(MonthDifferenceCursor) rows =
		month_differences_list(world->sql, &filter, FALSE, &error);
	g_assert_no_error(error);
	while (month_differences_next(rows, &one, &error) == SQL_ROW) {
		if (one.day != day)
			continue;
		n++;
		g_assert_cmpint(one.old_month_day, ==, month_start(day));
		g_assert_cmpstr(one.has_before ? one.before.codes : NULL, ==, before);
		g_assert_cmpstr(one.has_after ? one.after.codes : NULL, ==, after);
	}
	g_assert_no_error(error);
	g_assert_cmpint(n, ==, 1);
}

static void expect_codes(Closing *world, PersonId person, gint64 day, const char *codes)
{
	GError *error = NULL;
	Verdict verdict;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(world->sql, person, day, day + 1, &error);
	g_assert_no_error(error);
	SqlStep step = verdicts_next(rows, &verdict, &error);
	g_assert_no_error(error);
	g_assert_cmpint(step, ==, codes != NULL ? SQL_ROW : SQL_DONE);
	if (codes != NULL)
		g_assert_cmpstr(verdict.codes, ==, codes);
}

/* Nothing is forgotten: what is locked and the lines since are what the facts say. */
static void expect_accounted(Closing *world)
{
	JudgeCheck check = {0};
	closing_ok(judge_check(world->judge, FEBRUARY, calendar_day(world->now_ms, CLOSING_OFFSET),
						   world->now_ms, NULL, NULL, &check, error));
	g_assert_cmpint(check.n_compared, >, 0);
	g_assert_cmpint(check.n_different, ==, 0);
}

/* Issue 6: leave granted after a month was locked. */
static void a_late_leave_is_a_line_of_the_next_month(Closing *world,
													 gconstpointer data G_GNUC_UNUSED)
{
	gint64 march = month_after(FEBRUARY, 1);
	MonthState state;
	closing_judge(world);
	closing_lock(world, UNIT_BKD, FEBRUARY);
	closing_ok(months_state_of_day(world->sql, STAFF, MONDAY, &state, NULL, error));
	g_assert_cmpint(state, ==, MONTH_LOCKED);
	closing_leave(world, STAFF, "CS", MONDAY, MONDAY + 1);
	closing_judge(world);
	expect_codes(world, STAFF, MONDAY, "TK");
	expect_difference(world, STAFF, MONDAY, march, "TK", "CS");
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 1);
	expect_accounted(world);
	/* Judged again, nothing is said twice; changed again, the line says the net. */
	closing_leave(world, STAFF, "CT", MONDAY, MONDAY + 2);
	closing_judge(world);
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 2);
	expect_accounted(world);
}

static void cancel_last_leave(Closing *world, gint64 day)
{
	Change undone = closing_change(world, day, day + 1);
	gint64 id = closing_count(world, "SELECT max(id) FROM leave_case");
	closing_ok(sql_begin(world->sql, error));
	closing_ok(leaves_cancel(world->sql, id, &undone, NULL, error));
	closing_ok(sql_commit(world->sql, error));
	closing_judge(world);
}

static void a_line_that_is_taken_back_goes(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	closing_judge(world);
	closing_lock(world, UNIT_BKD, FEBRUARY);
	closing_leave(world, STAFF, "CS", MONDAY, MONDAY + 1);
	closing_judge(world);
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 1);
	cancel_last_leave(world, MONDAY);
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 0);
	expect_accounted(world);
}

/* Once its month is handed in a line is final: what comes then is the next month's. */
static void a_line_that_was_handed_in_is_followed_by_another(Closing *world,
															 gconstpointer data G_GNUC_UNUSED)
{
	gint64 march = month_after(FEBRUARY, 1), april = month_after(FEBRUARY, 2);
	closing_judge(world);
	closing_lock(world, UNIT_BKD, FEBRUARY);
	closing_leave(world, STAFF, "CS", MONDAY, MONDAY + 1);
	world->now_ms = closing_at(april + 3, 8, 0);
	closing_judge(world);
	MonthOutcome outcome = closing_lock(world, UNIT_BKD, march);
	g_assert_cmpint(outcome.contents.n_differences, ==, 1);
	cancel_last_leave(world, MONDAY);
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 2);
	expect_difference(world, STAFF, MONDAY, march, "TK", "CS");
	expect_difference(world, STAFF, MONDAY, april, "CS", "TK");
	expect_accounted(world);
}

/* From BKD, whose month is locked, to the school, whose is open: and the other way. */
static void a_back_dated_mutation_moves_no_locked_day(Closing *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	gint64 march = month_after(FEBRUARY, 1);
	closing_judge(world);
	MonthOutcome locked = closing_lock(world, UNIT_BKD, FEBRUARY);
	closing_assign(world, STAFF, UNIT_SCHOOL, FEBRUARY + 20);
	closing_assign(world, TEACHER, UNIT_BKD, FEBRUARY + 20);
	closing_judge(world);
	/* Eight days each: as lines, in no other month of February. */
	g_assert_cmpint(closing_count(world, DIFFERENCES), ==, 16);
	expect_difference(world, TEACHER, FEBRUARY + 20, march, NULL, "TK");
	expect_codes(world, TEACHER, FEBRUARY + 20, NULL);
	expect_codes(world, STAFF, FEBRUARY + 20, "TK");
	MonthOutcome other = closing_lock(world, UNIT_DINDIK, FEBRUARY);
	g_assert_cmpint(other.contents.n_days, ==, 2 * 28 + 20);
	g_assert_cmpint(locked.contents.n_days, ==, 2 * 28);
	expect_accounted(world);
	/* The decree is taken back before anybody handed the lines in. */
	closing_assign(world, TEACHER, UNIT_SCHOOL, FEBRUARY);
	closing_assign(world, STAFF, UNIT_BKD, FEBRUARY);
	closing_judge(world);
	g_assert_cmpint(closing_count(world, "SELECT count(*) FROM month_difference d"
										 " WHERE d.person=1000001"),
					==, 0);
	expect_accounted(world);
}

/* ── Random months ── */

static void assert_sums_equal(Closing *world, gint64 month_day)
{
	Sums all = sums_of(world, 0, month_day, 0), units = {0};
	VerdictFilter filter = {.from_day = month_day, .to_day = month_after(month_day, 1)};
	Sums verdicts = {0};
	VerdictLine line;
	GError *error = NULL;
	PersonId last = 0;
	for (int i = 0; i < UNIT_SCHOOL; i++) {
		Sums one = sums_of(world, world->units[i], month_day, 0);
		units.n_days += one.n_days;
		units.late_min += one.late_min;
		units.deduction_bp += one.deduction_bp;
	}
	g_autoptr(VerdictCursor) rows = verdicts_report(world->sql, &filter, &error);
	while (verdicts_report_next(rows, &line, &error) == SQL_ROW) {
		verdicts.n_days++;
		verdicts.n_people += line.verdict.person != last;
		verdicts.late_min += line.verdict.late_min;
		verdicts.deduction_bp += line.verdict.deduction_bp;
		last = line.verdict.person;
	}
	g_assert_no_error(error);
	g_assert_cmpint(units.n_days, ==, all.n_days);
	g_assert_cmpint(units.late_min, ==, all.late_min);
	g_assert_cmpint(units.deduction_bp, ==, all.deduction_bp);
	/* The verdicts that are left in the table are the locked ones, each person once. */
	g_assert_cmpmem(&verdicts, sizeof verdicts, &all, sizeof all);
}

static PersonId any_person(void)
{
	return CLOSING_PERSON(g_test_rand_int_range(0, CLOSING_PEOPLE));
}

/* A punch, a leave or a mutation in the 45 days before `end`. */
static void change_something(Closing *world, gint64 end)
{
	gint64 day = MAX(FEBRUARY, end - g_test_rand_int_range(1, 45));
	static const char *const codes[] = {"CT", "CS", "DL"};
	switch (g_test_rand_int_range(0, 8)) {
	case 0:
		closing_assign(world, any_person(), g_test_rand_int_range(0, N_CLOSING_UNITS), day);
		break;
	case 1:
	case 2:
		closing_leave(world, any_person(), codes[g_test_rand_int_range(0, 3)], day,
					  day + g_test_rand_int_range(1, 4));
		break;
	default:
		closing_punch(world, any_person(), day, g_test_rand_int_range(6, 18),
					  g_test_rand_int_range(0, 60));
		break;
	}
}

/* Every chain of a person-day begins with what is locked, and each line where the one before it ended. */
static void assert_chains(Closing *world)
{
	gint64 broken = closing_count(
		world, "SELECT count(*) FROM month_difference d WHERE d.n>1 AND NOT EXISTS"
			   " (SELECT 1 FROM month_difference b WHERE b.person=d.person AND b.day=d.day"
			   "  AND b.n=d.n-1 AND coalesce(b.new_line,'')=coalesce(d.old_line,''))");
	gint64 empty = closing_count(world, DIFFERENCES " WHERE coalesce(old_line,'')="
													"coalesce(new_line,'')");
	/* At most one line of a day is still open. */
	gint64 open = closing_count(
		world, "SELECT count(*) FROM (SELECT d.person, d.day FROM month_difference d"
			   " LEFT JOIN unit_month m ON m.unit=d.unit AND m.month_day=d.month_day"
			   " WHERE coalesce(m.state,0)=0 GROUP BY d.person, d.day HAVING count(*)>1) AS more");
	g_assert_cmpint(broken, ==, 0);
	g_assert_cmpint(empty, ==, 0);
	g_assert_cmpint(open, ==, 0);
}

static void locks_never_change(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	int n_months = g_strcmp0(g_getenv("HADIR_LONG"), "1") == 0 ? 1000 : 20;
	g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, MONTH_HASH_SIZE);
	gint64 n_differences = 0;
	for (int i = 0; i < n_months; i++) {
		gint64 month = month_after(FEBRUARY, i), end = month_after(month, 1);
		world->now_ms = closing_at(end + 3, 8, 0);
		for (int j = 0; j < 12; j++)
			change_something(world, end);
		closing_judge(world);
		for (int unit = 0; unit < UNIT_SCHOOL; unit++) {
			MonthOutcome outcome = closing_lock(world, unit, month);
			g_array_append_val(hashes, outcome.contents.hash);
			n_differences += outcome.contents.n_differences;
			/* Between the locks of two units, too. */
			change_something(world, end);
			closing_judge(world);
		}
		assert_sums_equal(world, month);
		assert_chains(world);
	}
	expect_accounted(world);
	for (int i = 0; i < n_months; i++)
		for (int unit = 0; unit < UNIT_SCHOOL; unit++) {
			guint8 hash[MONTH_HASH_SIZE];
			gboolean whole = FALSE;
			closing_ok(month_contents_verify(world->sql, world->units[unit],
											 month_after(FEBRUARY, i), hash, &whole, error));
			g_assert_true(whole);
			g_assert_cmpmem(hash, sizeof hash,
							hashes->data + (gsize)(i * UNIT_SCHOOL + unit) * MONTH_HASH_SIZE,
							sizeof hash);
		}
	/* Every line that was handed in is in exactly one month. */
	g_assert_cmpint(n_differences, >, 0);
	g_assert_cmpint(closing_count(world, DIFFERENCES " d JOIN unit_month m ON m.unit=d.unit"
													 " AND m.month_day=d.month_day AND m.state=3"),
					==, n_differences);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
	g_test_add("/months/" name, Closing, NULL, closing_open, function, closing_close)
	ADD("steps_are_taken_in_order", steps_are_taken_in_order);
	ADD("nothing_is_handed_in_early", nothing_is_handed_in_early);
	ADD("who_decided_on_an_older_page_is_told", who_decided_on_an_older_page_is_told);
	ADD("what_hinders_is_listed", what_hinders_is_listed);
	ADD("due_on_a_working_day", it_is_due_on_a_working_day);
	ADD("hash_is_the_same_on_every_database", the_hash_is_the_same_on_every_database);
	ADD("what_was_signed_is_what_is_locked", what_was_signed_is_what_is_locked);
	ADD("who_moved_stands_in_both_units", who_moved_stands_in_both_units);
	ADD("late_leave_is_a_line_of_the_next_month", a_late_leave_is_a_line_of_the_next_month);
	ADD("line_that_is_taken_back_goes", a_line_that_is_taken_back_goes);
	ADD("line_that_was_handed_in_is_followed", a_line_that_was_handed_in_is_followed_by_another);
	ADD("back_dated_mutation_moves_no_locked_day", a_back_dated_mutation_moves_no_locked_day);
	ADD("locks_never_change", locks_never_change);
	return g_test_run();
}
