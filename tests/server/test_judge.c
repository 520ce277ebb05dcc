/* Judge over a database: what a change marks is judged again, and equals a full recomputation. */
#include <stdio.h>
#include <string.h>

#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/time/academic.h"
#include "server/store/time/coverage.h"
#include "server/store/time/day_orders.h"
#include "server/store/time/deductions.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/leaves.h"
#include "server/store/time/marks.h"
#include "server/store/time/outages.h"
#include "server/store/migrate.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/references.h"
#include "server/store/time/schedules.h"
#include "server/store/time/shifts.h"
#include "server/store/terminals/terminals.h"
#include "server/store/people/units.h"
#include "server/store/time/verdicts.h"
#include "tests/server/database.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */
#define N_PEOPLE 6
#define N_DAYS 8

typedef struct {
	Database database;
	Sql *sql;
	Judge *judge;
	gint64 now_ms;
	gint64 units[3];  /* 0 the province, 1 and 2 below it */
	gint64 places[2]; /* of the two */
	TerminalId terminals[2];
	gint64 patterns[2]; /* office, night */
	gint64 seq;
	int n_changed;
} World;

static gint64 at(gint64 day, int hour, int minute)
{
	return calendar_ms(day, hour * 60 + minute, OFFSET);
}

static void ok(gboolean done, GError *error)
{
	g_assert_no_error(error);
	g_assert_true(done);
}

static void begin(World *world)
{
	g_autoptr(GError) error = NULL;
	ok(sql_begin(world->sql, &error), error);
}

static void commit(World *world)
{
	g_autoptr(GError) error = NULL;
	ok(sql_commit(world->sql, &error), error);
}

static Change change(const World *world, gint64 from_day, gint64 to_day)
{
	return (Change){.from_day = from_day,
					.to_day = to_day,
					.now_ms = world->now_ms,
					.today = calendar_day(world->now_ms, OFFSET)};
}

static void count_changed(PersonId person G_GNUC_UNUSED, gint64 day G_GNUC_UNUSED, gpointer user)
{
	((World *)user)->n_changed++;
}

static void make_units(World *world)
{
	static const char *const codes[] = {"JATENG", "BKD", "SMAN1"};
	g_autoptr(GError) error = NULL;
	Change always = change(world, DAY_ALWAYS, DAY_OPEN);
	for (int i = 0; i < 3; i++) {
		UnitFacts facts = {.name = codes[i], .parent = i > 0 ? world->units[0] : 0};
		ok(units_find(world->sql, codes[i], TRUE, &world->units[i], &error), error);
		ok(units_set(world->sql, world->units[i], &facts, &always, NULL, &error), error);
	}
	ok(units_set_start(world->sql, world->units[0], MONDAY - 7, MONDAY - 7, &always, NULL, &error),
	   error);
	for (int i = 0; i < 2; i++) {
		g_autofree char *code = g_strdup_printf("P%d", i);
		g_autofree char *id = g_strdup_printf("term-%d", i);
		const guint8 secret[32] = {0};
		ok(places_find(world->sql, code, TRUE, &world->places[i], &error), error);
		ok(places_set(world->sql, world->places[i], code, NULL, NULL, &always, NULL, &error),
		   error);
		ok(units_set_place(world->sql, world->units[i + 1], world->places[i], &always, NULL,
						   &error),
		   error);
		g_strlcpy(world->terminals[i].text, id, sizeof world->terminals[i].text);
		ok(terminals_add(world->sql, &world->terminals[i], world->places[i], secret, G_MAXINT64,
						 at(MONDAY - 10, 0, 0), &error),
		   error);
		ok(coverage_add(world->sql, &world->terminals[i], at(MONDAY - 10, 0, 0),
						at(MONDAY + N_DAYS + 5, 0, 0), &error),
		   error);
	}
}

static void make_patterns(World *world)
{
	static const Pattern patterns[] = {
		{"5HARI",
		 "5 hari kerja",
		 FALSE,
		 {.days =
			  {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}}},
		{"MALAM",
		 "Jaga malam",
		 FALSE,
		 {.days = {{1260, 1860, 0},
				   {1260, 1860, 0},
				   {1260, 1860, 0},
				   {1260, 1860, 0},
				   {1260, 1860, 0},
				   {1260, 1860, 0},
				   {1260, 1860, 0}}}},
	};
	g_autoptr(GError) error = NULL;
	Change always = change(world, DAY_ALWAYS, DAY_OPEN);
	gint64 minutes;
	for (int i = 0; i < 2; i++)
		ok(schedules_add_pattern(world->sql, &patterns[i], &world->patterns[i], &minutes, &error),
		   error);
	ok(schedules_set(world->sql, world->units[0], world->patterns[0], &always, NULL, &error),
	   error);
}

static void make_people(World *world)
{
	g_autoptr(GError) error = NULL;
	Change start = change(world, MONDAY - 800, DAY_OPEN); /* entitled to annual leave */
	const RandomId enrolment = {{0}};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	for (PersonId i = 1; i <= N_PEOPLE; i++) {
		PersonId person;
		PersonName name = {.name = "Siti Rahmawati"};
		ReferenceRow reference = {.person = i, .finger = FINGER_FIRST, .from_ms = 1};
		ok(people_add(world->sql, i, NULL, world->now_ms, &person, &error), error);
		ok(people_set_name(world->sql, i, &name, &start, NULL, &error), error);
		ok(people_set_employment(world->sql, i, "PNS", "01", &start, NULL, &error), error);
		ok(assignments_set(world->sql, i, world->units[1 + i % 2], 0, &start, NULL, &error), error);
		ok(references_allot(world->sql, &reference.id, 1, &error), error);
		ok(references_add(world->sql, &reference, sealed, &enrolment, &error), error);
	}
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	database_open(&world->database);
	world->sql = world->database.sql;
	world->now_ms = at(MONDAY, 8, 0);
	world->judge = judge_new(world->sql, OFFSET, count_changed, world);
	begin(world);
	make_units(world);
	make_patterns(world);
	make_people(world);
	commit(world);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	judge_free(world->judge);
	database_close(&world->database);
}

static void punch_numbered(World *world, gint64 seq, PersonId person, gint64 at_ms,
						   PunchState state)
{
	g_autoptr(GError) error = NULL;
	Punch punch = {.terminal = world->terminals[(person + 1) % 2],
				   .seq = seq,
				   .person = person,
				   .at_ms = at_ms,
				   .place = world->places[(person + 1) % 2],
				   .state = state,
				   .kind = EVENT_PUNCH};
	ok(punches_add(world->sql, &punch, NULL, &error), error);
	ok(mark_punch(world->sql, person, at_ms, OFFSET, &error), error);
}

static void punch_as(World *world, PersonId person, gint64 at_ms, PunchState state)
{
	punch_numbered(world, ++world->seq, person, at_ms, state);
}

static void punch(World *world, PersonId person, gint64 at_ms)
{
	begin(world);
	punch_as(world, person, at_ms, PUNCH_COUNTED);
	commit(world);
}

static void judge(World *world)
{
	g_autoptr(GError) error = NULL;
	world->n_changed = 0;
	ok(judge_tick(world->judge, world->now_ms, &error), error);
	ok(judge_all(world->judge, world->now_ms, &error), error);
}

static void expect(World *world, PersonId person, gint64 day, const char *codes)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(world->sql, person, day, day + 1, &error);
	Verdict verdict;
	g_assert_no_error(error);
	SqlStep step = verdicts_next(rows, &verdict, &error);
	g_assert_cmpstr(step == SQL_ROW ? verdict.codes : "none", ==, codes);
}

static void say_difference(PersonId person, gint64 day, const char *stored, const char *fresh,
						   gpointer user G_GNUC_UNUSED)
{
	g_test_message("person %d, day %d: stored %s | fresh %s", (int)person, (int)day, stored, fresh);
}

static void check(World *world)
{
	g_autoptr(GError) error = NULL;
	JudgeCheck result = {0};
	ok(judge_check(world->judge, MONDAY - 10, calendar_day(world->now_ms, OFFSET) + 2,
				   world->now_ms, say_difference, NULL, &result, &error),
	   error);
	g_assert_cmpint(result.n_different, ==, 0);
	g_assert_cmpint(result.n_marked, ==, 0);
	g_assert_cmpint(result.n_compared, >, 0);
}

static void a_day_goes_by(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 day = MONDAY + 1;
	world->now_ms = at(day, 0, 1);
	judge(world);
	expect(world, 1, day, "BW");
	expect(world, 1, day - 1, "TK");
	expect(world, 1, day + 1, "none");
	punch(world, 1, at(day, 6, 52));
	punch(world, 2, at(day, 7, 12));
	world->now_ms = at(day, 7, 13);
	judge(world);
	expect(world, 1, day, "BW");
	expect(world, 2, day, "TL1 BW");
	world->now_ms = at(day, 11, 15);
	judge(world);
	expect(world, 3, day, "TAM BW");
	/* Nothing new: nothing is judged. */
	judge(world);
	g_assert_cmpint(world->n_changed, ==, 0);
	punch(world, 1, at(day, 15, 34));
	world->now_ms = at(day, 19, 30);
	judge(world);
	expect(world, 1, day, "H");
	expect(world, 2, day, "TL1 TAP");
	expect(world, 3, day, "TK");
	check(world);
}

static void a_late_event_changes_just_its_day(World *world, gconstpointer data G_GNUC_UNUSED)
{
	world->now_ms = at(MONDAY + 4, 20, 0);
	judge(world);
	expect(world, 1, MONDAY + 1, "TK");
	punch(world, 1, at(MONDAY + 1, 6, 52));
	judge(world);
	g_assert_cmpint(world->n_changed, ==, 1);
	expect(world, 1, MONDAY + 1, "TAP");
	check(world);
}

static void a_back_dated_mutation_is_judged_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	Change night = change(world, DAY_ALWAYS, DAY_OPEN);
	begin(world);
	ok(schedules_set(world->sql, world->units[2], world->patterns[1], &night, NULL, &error), error);
	commit(world);
	punch(world, 2, at(MONDAY + 1, 20, 50));
	punch(world, 2, at(MONDAY + 2, 7, 5));
	world->now_ms = at(MONDAY + 3, 12, 0);
	judge(world);
	/* At the office: an out-punch too late, an in-punch of the next day. */
	expect(world, 2, MONDAY + 1, "TK");
	expect(world, 2, MONDAY + 2, "TL1 TAP");
	begin(world);
	Change mutation = change(world, MONDAY + 1, DAY_OPEN);
	ok(assignments_set(world->sql, 2, world->units[2], 0, &mutation, NULL, &error), error);
	commit(world);
	judge(world);
	expect(world, 2, MONDAY + 1, "H");
	expect(world, 2, MONDAY + 2, "TK");
	/* What was known before can still be read. */
	Assignment before;
	ok(assignments_on_as_known(world->sql, 2, MONDAY + 1, at(MONDAY, 8, 0), &before, &error),
	   error);
	g_assert_cmpint(before.unit, ==, world->units[1]);
	check(world);
}

static void missing_data_ends_when_it_arrives(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	begin(world);
	ok(sql_run(world->sql, &error, "DELETE FROM coverage WHERE terminal='term-0'", ""), error);
	ok(coverage_add(world->sql, &world->terminals[0], at(MONDAY - 10, 0, 0), at(MONDAY, 9, 0),
					&error),
	   error);
	commit(world);
	world->now_ms = at(MONDAY + 1, 8, 0);
	judge(world);
	expect(world, 2, MONDAY, "BL"); /* of the unit at place 0 */
	expect(world, 1, MONDAY, "TK");
	begin(world);
	ok(coverage_add(world->sql, &world->terminals[0], at(MONDAY, 9, 0), at(MONDAY + 1, 8, 0),
					&error),
	   error);
	ok(mark_place_waiting(world->sql, world->places[0], MONDAY, MONDAY + 2, MONDAY + 1, "coverage",
						  &error),
	   error);
	commit(world);
	judge(world);
	expect(world, 2, MONDAY, "TK");
	check(world);
}

/* Late by this terminal; the one beside it may have an earlier punch, until it has spoken. */
static void a_late_punch_waits_for_the_neighbour_s_word(World *world,
														gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	begin(world);
	ok(sql_run(world->sql, &error, "DELETE FROM coverage WHERE terminal='term-0'", ""), error);
	ok(coverage_add(world->sql, &world->terminals[0], at(MONDAY - 10, 0, 0), at(MONDAY, 7, 30),
					&error),
	   error);
	commit(world);
	punch(world, 2, at(MONDAY, 7, 39));
	world->now_ms = at(MONDAY, 7, 40);
	judge(world);
	expect(world, 2, MONDAY, "BL BW");
	begin(world);
	ok(coverage_add(world->sql, &world->terminals[0], at(MONDAY, 7, 30), at(MONDAY, 7, 40), &error),
	   error);
	ok(mark_place_waiting(world->sql, world->places[0], MONDAY, MONDAY + 1, MONDAY, "coverage",
						  &error),
	   error);
	commit(world);
	judge(world);
	expect(world, 2, MONDAY, "TL2 BW");
	check(world);
}

static void an_outage_waits_for_a_name(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 id = 0;
	Outage outage = {.place = world->places[0],
					 .from_ms = at(MONDAY, 6, 0),
					 .to_ms = at(MONDAY, 9, 30),
					 .cause = "listrik"};
	punch(world, 2, at(MONDAY, 15, 34));
	world->now_ms = at(MONDAY + 1, 8, 0);
	judge(world);
	expect(world, 2, MONDAY, "TAM");
	begin(world);
	ok(outages_declare(world->sql, &outage, world->now_ms, OFFSET, &id, &error), error);
	commit(world);
	judge(world);
	expect(world, 2, MONDAY, "BL");
	begin(world);
	ok(outages_decide(world->sql, id, OUTAGE_ACCEPTED, "BKD", "12/2025", world->now_ms, OFFSET,
					  &error),
	   error);
	commit(world);
	judge(world);
	expect(world, 2, MONDAY, "AT");
	check(world);
}

static void who_has_no_reference_is_not_absent(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	begin(world);
	ok(references_end(world->sql, 1, 0, NULL, "test", at(MONDAY - 3, 0, 0), NULL, &error), error);
	commit(world);
	world->now_ms = at(MONDAY + 1, 8, 0);
	judge(world);
	expect(world, 1, MONDAY, "BT");
	expect(world, 3, MONDAY, "TK");
}

static void a_claim_counts_when_it_is_verified(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	const RandomId journal = {{0}};
	begin(world);
	punch_as(world, 1, at(MONDAY, 6, 52), PUNCH_WAITING);
	commit(world);
	punch(world, 1, at(MONDAY, 15, 34));
	world->now_ms = at(MONDAY + 1, 8, 0);
	judge(world);
	expect(world, 1, MONDAY, "MV");
	begin(world);
	ok(punches_set_state(world->sql, &world->terminals[0], &journal, 1, PUNCH_COUNTED, NULL, OFFSET,
						 &error),
	   error);
	commit(world);
	judge(world);
	expect(world, 1, MONDAY, "H");
	begin(world);
	ok(punches_set_state(world->sql, &world->terminals[0], &journal, 1, PUNCH_REJECTED, "other",
						 OFFSET, &error),
	   error);
	commit(world);
	judge(world);
	expect(world, 1, MONDAY, "TAM");
	check(world);
}

static void a_verdict_names_its_events(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	punch(world, 1, at(MONDAY, 6, 52));
	punch(world, 1, at(MONDAY, 15, 34));
	world->now_ms = at(MONDAY, 20, 0);
	judge(world);
	g_autoptr(VerdictCursor) rows = verdicts_of_person(world->sql, 1, MONDAY, MONDAY + 1, &error);
	Verdict verdict;
	g_assert_cmpint(verdicts_next(rows, &verdict, &error), ==, SQL_ROW);
	g_assert_nonnull(strstr(verdict.reasons,
							"\"event\":\"term-0/00000000000000000000000000000000/1\","
							"\"event_out\":\"term-0/00000000000000000000000000000000/2\""));
}

/* Reasons are those of the facts as they are read, and of the moment of judging, until they are kept. */
static char *reasons_of(World *world, PersonId person, gint64 day)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(VerdictCursor) rows = verdicts_of_person(world->sql, person, day, day + 1, &error);
	Verdict verdict;
	g_assert_cmpint(verdicts_next(rows, &verdict, &error), ==, SQL_ROW);
	g_assert_nonnull(verdict.reasons);
	return g_strdup(verdict.reasons);
}

static void kept_reasons_stay_when_facts_move_on(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	punch(world, 1, at(MONDAY, 6, 52));
	world->now_ms = at(MONDAY, 12, 0);
	judge(world);
	world->now_ms = at(MONDAY, 23, 0);
	g_autofree char *running = reasons_of(world, 1, MONDAY);
	g_assert_nonnull(strstr(running, "\"not-yet\""));
	judge(world);
	g_autofree char *before = reasons_of(world, 1, MONDAY);
	g_assert_nonnull(strstr(before, "\"code\":\"TAP\""));
	begin(world);
	ok(verdicts_keep_reasons(world->sql, 1, MONDAY, MONDAY + 1, &error), error);
	commit(world);
	punch(world, 1, at(MONDAY, 15, 34));
	g_autofree char *kept = reasons_of(world, 1, MONDAY);
	g_assert_cmpstr(kept, ==, before);
	judge(world);
	g_autofree char *after = reasons_of(world, 1, MONDAY);
	g_assert_nonnull(strstr(after, "/2\""));
}

/* ── Random edits ── */

static gint64 some_shift(World *world, const char *code, gint32 start, gint32 end)
{
	g_autoptr(GError) error = NULL;
	WorkShift shift = {.code = code, .name = code, .hours = {start, end, 0}};
	gboolean added;
	gint64 id = 0;
	ok(shifts_add(world->sql, &shift, &id, &added, &error), error);
	return id;
}

/* Rosters, cycles, orders of every scope, events, schemes, presence from elsewhere and by hand. */
static void edit_duty(World *world, PersonId person, gint64 day, int what)
{
	static const char *const kinds[] = {"jam", "masuk", "libur", "WFH", "APG"};
	g_autoptr(GError) error = NULL;
	gboolean changed = FALSE;
	Change some = change(world, day, g_test_rand_bit() ? DAY_OPEN : day + 2);
	gint64 unit = world->units[g_test_rand_int_range(0, 3)];
	gint64 place = world->places[g_test_rand_int_range(0, 2)];
	gint64 shifts[] = {0, some_shift(world, "P", 420, 840), some_shift(world, "M", 1260, 1860)};
	switch (what) {
	case 0: {
		RosterDay roster = {.shifts = {shifts[g_test_rand_int_range(0, 3)],
									   shifts[2 * g_test_rand_int_range(0, 2)]},
							.on_call = g_test_rand_int_range(0, 5) == 0};
		ok(shifts_set_roster(world->sql, person, &roster, &some, NULL, &error), error);
		break;
	}
	case 1:
		ok(shifts_set_rotation(world->sql, person, "P M -", day, &some, NULL, &error), error);
		break;
	case 2:
	case 3: {
		DayOrder order = {.kind = kinds[g_test_rand_int_range(0, 5)],
						  .name = "Perintah",
						  .scope =
							  (OrderScope)g_test_rand_int_range(ORDER_PROVINCE, ORDER_PERSON + 1),
						  .regency = "",
						  .slot = "hari"};
		g_autofree char *letter = g_strdup_printf("%d", g_test_rand_int());
		order.letter = letter;
		if (order.scope == ORDER_REGENCY)
			order.regency = "33.74";
		else if (order.scope != ORDER_PROVINCE)
			order.target = order.scope == ORDER_UNIT    ? unit
						   : order.scope == ORDER_PLACE ? place
														: person;
		if (strcmp(order.kind, "libur") != 0 && strcmp(order.kind, "WFH") != 0) {
			order.start_min = 420;
			order.end_min = 690;
		}
		some.to_day = day + 1;
		ok(day_orders_set(world->sql, &order, DAY_ALWAYS, &some, NULL, &changed, &error), error);
		break;
	}
	case 4: {
		static const DeductionRow rows[] = {{"TK", "hari", -1, -1, 400, NULL}};
		static const DeductionScheme scheme = {"x", rows, 1};
		gint64 id = 0;
		ok(deductions_add(world->sql, &scheme, &id, &changed, &error), error);
		ok(deductions_set(world->sql, g_test_rand_bit() ? unit : 0, id, &some, NULL, &error),
		   error);
		break;
	}
	case 5:
		ok(outages_set_elsewhere(world->sql, place, &some, &changed, &error), error);
		break;
	default: {
		Punch punch = {.terminal = {PUNCH_BY_HAND},
					   .person = person,
					   .at_ms = at(day, 7, g_test_rand_int_range(0, 60)),
					   .place = place,
					   .state = PUNCH_COUNTED,
					   .letter = "Daftar 1"};
		if (day <= calendar_day(world->now_ms, OFFSET))
			ok(punches_add_unsigned(world->sql, &punch, OFFSET, &changed, &error), error);
		break;
	}
	}
}

static void edit_time(World *world, PersonId person, gint64 day, int what)
{
	g_autoptr(GError) error = NULL;
	Change some = change(world, day, g_test_rand_bit() ? DAY_OPEN : day + 1 + what % 3);
	gint64 unit = world->units[g_test_rand_int_range(0, 3)];
	switch (what) {
	case 0:
		ok(schedules_set(world->sql, unit, world->patterns[g_test_rand_int_range(0, 2)], &some,
						 NULL, &error),
		   error);
		break;
	case 1:
		ok(holidays_set(world->sql, g_test_rand_bit() ? unit : 0, "Libur",
						g_test_rand_bit() ? "nasional" : "cuti_bersama", &some, NULL, &error),
		   error);
		break;
	case 2:
		ok(holidays_remove(world->sql, 0, &some, NULL, &error), error);
		break;
	case 3: {
		RuleSet rules;
		ok(schedules_rules_on(world->sql, day, &rules, &error), error);
		rules.version++;
		rules.out_after_min = g_test_rand_int_range(60, 300);
		ok(schedules_set_rules(world->sql, &rules, &some, NULL, &error), error);
		break;
	}
	default: {
		Leave leave = {.person = person,
					   .code = what == 4 ? "CT" : "DL",
					   .slot = what == 4 ? "hari" : "masuk",
					   .letter = "1"};
		some.to_day = day + g_test_rand_int_range(1, 4);
		ok(leaves_set(world->sql, &leave, &some, NULL, NULL, &error), error);
		break;
	}
	}
}

static void edit_people(World *world, PersonId person, gint64 day, int what)
{
	g_autoptr(GError) error = NULL;
	Change some = change(world, day, g_test_rand_bit() ? DAY_OPEN : day + 2);
	gint64 place = world->places[g_test_rand_int_range(0, 2)];
	switch (what) {
	case 0:
		ok(assignments_set(world->sql, person, world->units[g_test_rand_int_range(0, 3)],
						   g_test_rand_bit() ? place : 0, &some, NULL, &error),
		   error);
		break;
	case 1:
		ok(people_set_employment(world->sql, person, "PNS", g_test_rand_bit() ? "01" : "03", &some,
								 NULL, &error),
		   error);
		break;
	case 2:
		ok(people_end_employment(world->sql, person, &some, NULL, &error), error);
		break;
	case 3:
		ok(assignments_end(world->sql, person, &some, NULL, &error), error);
		break;
	case 4: {
		Change always = change(world, DAY_ALWAYS, DAY_OPEN);
		gint64 start = MONDAY - 7 + g_test_rand_int_range(0, 4);
		ok(units_set_start(world->sql, world->units[g_test_rand_int_range(0, 3)], start, start + 3,
						   &always, NULL, &error),
		   error);
		break;
	}
	case 5:
		ok(places_set(world->sql, place, g_test_rand_bit() ? "Lobi" : "Aula", NULL,
					  g_test_rand_bit() ? "33.74" : NULL, &some, NULL, &error),
		   error);
		break;
	case 6:
		ok(units_set_place(world->sql, world->units[g_test_rand_int_range(0, 3)], place, &some,
						   NULL, &error),
		   error);
		break;
	default: {
		gint64 id;
		Outage outage = {
			.place = place, .from_ms = at(day, 6, 0), .to_ms = at(day, 9, 0), .cause = "listrik"};
		ok(outages_declare(world->sql, &outage, world->now_ms, OFFSET, &id, &error), error);
		if (g_test_rand_bit())
			ok(outages_decide(world->sql, id, OUTAGE_ACCEPTED, "BKD", NULL, world->now_ms, OFFSET,
							  &error),
			   error);
		break;
	}
	}
}

/* A claim is decided, or a decision corrected. */
static void edit_punch(World *world)
{
	g_autoptr(GError) error = NULL;
	const RandomId journal = {{0}};
	PunchState state = g_test_rand_bit() ? PUNCH_COUNTED : PUNCH_REJECTED;
	gint64 seq = g_test_rand_int_range(1, (gint32)world->seq + 1), terminal = 0;
	ok(sql_get_int(world->sql, &terminal, 0, &error,
				   "SELECT CASE terminal WHEN 'term-0' THEN 0 ELSE 1 END FROM punch WHERE seq=$1"
				   " AND terminal LIKE 'term-%'",
				   "i", seq),
	   error);
	ok(punches_set_state(world->sql, &world->terminals[terminal], &journal, seq, state, NULL,
						 OFFSET, &error),
	   error);
}

/* School holidays are leave as long as the balance lasts: what counts in the account is edited, most of it in
 * days to come. */
static void edit_school(World *world, PersonId person, gint64 day, int what)
{
	static const char *const kinds[] = {"jam", "masuk", "libur"};
	g_autoptr(GError) error = NULL;
	gint64 later = day + g_test_rand_int_range(3, 60);
	Change some = change(world, day, day + g_test_rand_int_range(1, 5));
	Change then = change(world, later, later + g_test_rand_int_range(1, 14));
	gint64 unit = world->units[g_test_rand_int_range(0, 3)];
	switch (what) {
	case 0:
		ok(academic_set(world->sql, unit, "Libur semester", g_test_rand_int_range(0, 4) == 0, &some,
						NULL, &error),
		   error);
		break;
	case 1:
		ok(academic_remove(world->sql, unit, &some, NULL, &error), error);
		break;
	case 2:
		ok(careers_set_position(world->sql, person, "Jabatan",
								g_test_rand_int_range(0, 3) > 0 ? "guru" : "pelaksana", &some, NULL,
								&error),
		   error);
		break;
	case 3: {
		Leave leave = {.person = person,
					   .code = "CT",
					   .slot = "hari",
					   .letter = g_test_rand_bit() ? "2" : "3"};
		ok(leaves_set(world->sql, &leave, &then, NULL, NULL, &error), error);
		break;
	}
	case 4: {
		DayOrder order = {.kind = kinds[g_test_rand_int_range(0, 3)],
						  .name = "Perintah",
						  .scope = g_test_rand_bit() ? ORDER_PLACE : ORDER_UNIT,
						  .regency = "",
						  .slot = "hari"};
		g_autofree char *letter = g_strdup_printf("%d", g_test_rand_int());
		gboolean changed = FALSE;
		order.letter = letter;
		order.target =
			order.scope == ORDER_UNIT ? unit : world->places[g_test_rand_int_range(0, 2)];
		if (strcmp(order.kind, "libur") != 0) {
			order.start_min = 420;
			order.end_min = 690;
		}
		ok(day_orders_set(world->sql, &order, DAY_ALWAYS, &then, NULL, &changed, &error), error);
		break;
	}
	case 5:
		ok(g_test_rand_bit()
			   ? holidays_set(world->sql, 0, "Libur",
							  g_test_rand_bit() ? "nasional" : "cuti_bersama", &then, NULL, &error)
			   : holidays_remove(world->sql, 0, &then, NULL, &error),
		   error);
		break;
	case 6: {
		RosterDay roster = {.shifts = {some_shift(world, "P", 420, 840)}};
		ok(shifts_set_roster(world->sql, person, &roster, &then, NULL, &error), error);
		break;
	}
	case 7: {
		LeaveAccount account = {.year = 2025, .extra_days = g_test_rand_int_range(0, 3)};
		ok(leave_accounts_set(world->sql, person, &account, &some, NULL, &error), error);
		break;
	}
	default:
		ok(schedules_set(world->sql, unit, world->patterns[g_test_rand_int_range(0, 2)], &then,
						 NULL, &error),
		   error);
		break;
	}
}

/* Half of them teachers of a school that is closed, with about one day left. */
static void begin_school(World *world)
{
	g_autoptr(GError) error = NULL;
	Change always = change(world, DAY_ALWAYS, DAY_OPEN);
	Change closed = change(world, MONDAY - 5, MONDAY + 5);
	Change leave = change(world, MONDAY + 28, MONDAY + 42);
	begin(world);
	ok(academic_set(world->sql, world->units[2], "Libur semester", FALSE, &closed, NULL, &error),
	   error);
	for (PersonId i = 1; i <= N_PEOPLE; i += 2) {
		Leave own = {.person = i, .code = "CT", .slot = "hari", .letter = "2"};
		leave.to_day = MONDAY + 42 + i % 3; /* 10, 11 or 12 working days */
		ok(careers_set_position(world->sql, i, "Guru", "guru", &always, NULL, &error), error);
		ok(leaves_set(world->sql, &own, &leave, NULL, NULL, &error), error);
	}
	commit(world);
}

/* Where they serve besides: its places are duty places. */
static void edit_secondary(World *world, PersonId person, gint64 day)
{
	g_autoptr(GError) error = NULL;
	Change some = change(world, day, g_test_rand_bit() ? DAY_OPEN : day + 2);
	gint64 unit = world->units[g_test_rand_int_range(0, 3)];
	Secondary there = {.unit = unit,
					   .kind = "sekolah",
					   .place = g_test_rand_bit() ? world->places[g_test_rand_int_range(0, 2)] : 0};
	ok(g_test_rand_int_range(0, 3) > 0
		   ? careers_set_secondary(world->sql, person, &there, &some, NULL, &error)
		   : careers_end_secondary(world->sql, person, unit, &some, NULL, &error),
	   error);
}

static void edit(World *world)
{
	PersonId person = g_test_rand_int_range(1, N_PEOPLE + 1);
	gint64 today = calendar_day(world->now_ms, OFFSET);
	gint64 day = g_test_rand_int_range((gint32)today - 6, (gint32)today + 2);
	begin(world);
	switch (g_test_rand_int_range(0, 9)) {
	case 6:
	case 7:
		edit_school(world, person, day, g_test_rand_int_range(0, 9));
		break;
	case 8:
		edit_secondary(world, person, day);
		break;
	case 3:
		if (world->seq > 0)
			edit_punch(world);
		break;
	case 2:
		edit_duty(world, person, day, g_test_rand_int_range(0, 7));
		break;
	case 0:
		edit_time(world, person, day, g_test_rand_int_range(0, 6));
		break;
	case 1:
		edit_people(world, person, day, g_test_rand_int_range(0, 8));
		break;
	default:
		punch_as(world, person,
				 at(MIN(day, today), g_test_rand_int_range(0, 24), g_test_rand_int_range(0, 60)),
				 g_test_rand_int_range(0, 6) == 0 ? PUNCH_WAITING : PUNCH_COUNTED);
		break;
	}
	commit(world);
}

/* How many histories: each is some edits more, judged as they come and computed anew as a whole. */
static int n_histories(int usual, int many, int postgres)
{
	if (!database_is_sqlite())
		return postgres;
	return g_strcmp0(g_getenv("HADIR_LONG"), "1") == 0 ? many : usual;
}

#define HISTORIES_PER_WORLD 50

static void random_edits_equal_a_full_recomputation(void)
{
	for (int n = n_histories(200, 10000, 8); n > 0; n -= HISTORIES_PER_WORLD) {
		World world = {0};
		setup(&world, NULL);
		if (g_test_rand_bit())
			begin_school(&world);
		for (int i = MIN(n, HISTORIES_PER_WORLD); i > 0; i--) {
			for (int edits = g_test_rand_int_range(1, 5); edits > 0; edits--)
				edit(&world);
			world.now_ms += g_test_rand_int_range(1, 5 * 3600) * G_GINT64_CONSTANT(1000);
			judge(&world);
			check(&world);
		}
		teardown(&world, NULL);
	}
}

/* ── The order of arrival ── */

#define ARRIVALS 40

typedef struct {
	gint64 seq, at_ms;
	PersonId person;
	PunchState state;
} Arrival;

/* Everything that was judged, as text (transfer full). */
static char *dump(World *world)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(SqlStatement) rows = sql_query(
		world->sql, &error,
		"SELECT person, day, codes, state, hash, unit FROM verdict ORDER BY person, day", "");
	g_assert_no_error(error);
	while (sql_next(rows, &error) == SQL_ROW)
		g_string_append_printf(out, "%d %d %s %s %s %d\n", (int)sql_int(rows, 0),
							   (int)sql_int(rows, 1), sql_text(rows, 2), sql_text(rows, 3),
							   sql_text(rows, 4), (int)sql_int(rows, 5));
	g_assert_no_error(error);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* In the given order, judged now and then; at the end all is over. */
static char *let_arrive(const Arrival *arrivals, gboolean night)
{
	g_autoptr(GError) error = NULL;
	World world = {0};
	setup(&world, NULL);
	if (night) {
		Change always = change(&world, DAY_ALWAYS, DAY_OPEN);
		begin(&world);
		ok(schedules_set(world.sql, world.units[1], world.patterns[1], &always, NULL, &error),
		   error);
		commit(&world);
	}
	world.now_ms = at(MONDAY + 4, 20, 0);
	for (int i = 0; i < ARRIVALS; i++) {
		begin(&world);
		punch_numbered(&world, arrivals[i].seq, arrivals[i].person, arrivals[i].at_ms,
					   arrivals[i].state);
		commit(&world);
		if (g_test_rand_int_range(0, 6) == 0)
			judge(&world);
	}
	judge(&world);
	check(&world);
	char *text = dump(&world);
	teardown(&world, NULL);
	return text;
}

static void the_order_of_arrival_changes_nothing(void)
{
	for (int n = n_histories(6, 300, 1); n > 0; n--) {
		Arrival arrivals[ARRIVALS];
		gboolean night = g_test_rand_bit();
		for (int i = 0; i < ARRIVALS; i++)
			arrivals[i] = (Arrival){
				.seq = i + 1,
				.at_ms = at(MONDAY + g_test_rand_int_range(0, 4), g_test_rand_int_range(0, 24),
							g_test_rand_int_range(0, 60)),
				.person = g_test_rand_int_range(1, N_PEOPLE + 1),
				.state = g_test_rand_int_range(0, 6) == 0 ? PUNCH_WAITING : PUNCH_COUNTED};
		g_autofree char *one = let_arrive(arrivals, night);
		for (int i = ARRIVALS - 1; i > 0; i--) {
			int other = g_test_rand_int_range(0, i + 1);
			Arrival swapped = arrivals[i];
			arrivals[i] = arrivals[other];
			arrivals[other] = swapped;
		}
		g_autofree char *another = let_arrive(arrivals, night);
		g_assert_cmpstr(one, ==, another);
	}
}

/* ── From the older form of a verdict ── */

/* What the migration does, the other way round. */
static const char older_form[] =
	"DROP INDEX verdict_waiting; DROP INDEX verdict_due; DROP INDEX verdict_conflict;"
	"ALTER TABLE verdict RENAME TO newer;"
	"CREATE TABLE verdict (person BIGINT NOT NULL, day BIGINT NOT NULL, codes TEXT NOT NULL,"
	" state TEXT NOT NULL, late_min BIGINT NOT NULL, early_min BIGINT NOT NULL,"
	" in_ms BIGINT NOT NULL, out_ms BIGINT NOT NULL, unit BIGINT NOT NULL, trial BIGINT NOT NULL,"
	" reasons TEXT NOT NULL, rule_version BIGINT NOT NULL, hash TEXT NOT NULL,"
	" judged_ms BIGINT NOT NULL, due_ms BIGINT, due_out_ms BIGINT NOT NULL DEFAULT 0,"
	" deduction_bp BIGINT NOT NULL DEFAULT 0, pp94_min BIGINT NOT NULL DEFAULT 0,"
	" pp94_days BIGINT NOT NULL DEFAULT 0, conflict BIGINT NOT NULL DEFAULT 0,"
	" PRIMARY KEY (person, day));"
	"INSERT INTO verdict SELECT person, day, codes, state, late_min, early_min, in_ms, out_ms, "
	"unit,"
	" trial, reasons, rule_version, 'f00d', judged_ms, due_ms, due_out_ms, deduction_bp, pp94_min,"
	" pp94_days, conflict FROM newer;"
	"DROP TABLE newer; DROP TABLE verdict_span;"
	"CREATE INDEX verdict_day ON verdict (day, unit);"
	"CREATE INDEX verdict_waiting ON verdict (day, person) WHERE state = 'waiting';"
	"CREATE INDEX verdict_due ON verdict (due_ms) WHERE due_ms IS NOT NULL;"
	"CREATE INDEX verdict_conflict ON verdict (day, person) WHERE conflict = 1;"
	"DELETE FROM migration WHERE number=38";

/* As a report gives them, everything but the hash (transfer full). */
static char *report(World *world, gint64 unit)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	const VerdictFilter filter = {.from_day = MONDAY, .to_day = MONDAY + 5, .unit = unit};
	g_autoptr(VerdictCursor) rows = verdicts_report(world->sql, &filter, &error);
	VerdictLine line;
	while (verdicts_report_next(rows, &line, &error) == SQL_ROW) {
		const Verdict *one = &line.verdict;
		g_string_append_printf(
			out,
			"%d %d %s %s late %d early %d in %d out %d unit %d trial %d version %d due %d"
			" leaving %d deducted %d account %d %d conflict %d %s\n",
			(int)one->person, (int)(one->day - MONDAY), one->codes, one->state, (int)one->late_min,
			(int)one->early_min, (int)(one->in_ms / 60000), (int)(one->out_ms / 60000),
			(int)one->unit, one->trial, (int)one->rule_version, (int)(one->due_ms / 60000),
			(int)(one->due_out_ms / 60000), (int)one->deduction_bp, (int)one->pp94_min,
			(int)one->pp94_days, one->conflict, one->reasons);
	}
	g_assert_no_error(error);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void an_older_form_gives_the_same_verdicts(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	punch(world, 1, at(MONDAY, 6, 52));
	punch(world, 1, at(MONDAY, 15, 34));
	punch(world, 2, at(MONDAY + 1, 7, 40));
	world->now_ms = at(MONDAY + 2, 12, 0);
	judge(world);
	g_autofree char *all = report(world, 0);
	g_autofree char *unit = report(world, world->units[2]);
	g_autofree char *hashes = dump(world);
	g_assert_nonnull(strstr(unit, " H final "));
	begin(world);
	for (PersonId person = 1; person <= N_PEOPLE; person++)
		ok(verdicts_keep_reasons(world->sql, person, MONDAY - 30, MONDAY + 30, &error), error);
	ok(sql_script(world->sql, older_form, &error), error);
	commit(world);

	ok(migrate_run(world->sql, world->now_ms, &error), error);
	g_autofree char *all_read = report(world, 0);
	g_autofree char *unit_read = report(world, world->units[2]);
	g_assert_cmpstr(all_read, ==, all);
	g_assert_cmpstr(unit_read, ==, unit);
	/* Judged once more, they are those of a database that never was another. */
	judge(world);
	g_autofree char *all_judged = report(world, 0);
	g_autofree char *hashes_judged = dump(world);
	g_assert_cmpstr(all_judged, ==, all);
	g_assert_cmpstr(hashes_judged, ==, hashes);
	check(world);
}

#define ADD(path, function) g_test_add("/judge/" path, World, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a_day_goes_by", a_day_goes_by);
	ADD("a_late_event_changes_just_its_day", a_late_event_changes_just_its_day);
	ADD("a_back_dated_mutation_is_judged_again", a_back_dated_mutation_is_judged_again);
	ADD("missing_data_ends_when_it_arrives", missing_data_ends_when_it_arrives);
	ADD("a_late_punch_waits_for_the_neighbour_s_word", a_late_punch_waits_for_the_neighbour_s_word);
	ADD("an_outage_waits_for_a_name", an_outage_waits_for_a_name);
	ADD("who_has_no_reference_is_not_absent", who_has_no_reference_is_not_absent);
	ADD("a_claim_counts_when_it_is_verified", a_claim_counts_when_it_is_verified);
	ADD("a_verdict_names_its_events", a_verdict_names_its_events);
	ADD("kept_reasons_stay_when_facts_move_on", kept_reasons_stay_when_facts_move_on);
	ADD("an_older_form_gives_the_same_verdicts", an_older_form_gives_the_same_verdicts);
	g_test_add_func("/judge/random_edits_equal_a_full_recomputation",
					random_edits_equal_a_full_recomputation);
	g_test_add_func("/judge/the_order_of_arrival_changes_nothing",
					the_order_of_arrival_changes_nothing);
	return g_test_run();
}
