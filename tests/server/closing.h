/* A small province whose units hand in their months: three agencies, one with a school, people with weekly hours,
 * and who submits, signs and locks. */
#pragma once

#include "server/judge/judge.h"
#include "server/rules/calendar.h"
#include "server/store/month/month_close.h"
#include "server/store/month/month_lines.h"
#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/system/server_state.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/references.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/outages.h"
#include "server/store/time/punches.h"
#include "server/store/time/schedules.h"
#include "server/store/time/verdicts.h"
#include "tests/server/database.h"

#define CLOSING_OFFSET 420
#define CLOSING_MONTH 20120 /* Saturday, 2025-02-01 */
#define CLOSING_PEOPLE 8
#define CLOSING_PERSON(n) (1000001 + (n))
/* Who acts: persons without punches of their own. */
#define CLOSING_SUBMITTER 2000001
#define CLOSING_HEAD 2000002
#define CLOSING_LOCKER 2000003

enum { UNIT_PROVINCE, UNIT_BKD, UNIT_DINDIK, UNIT_DINKES, UNIT_SCHOOL, N_CLOSING_UNITS };

typedef struct {
	Database database;
	Sql *sql;
	Judge *judge;
	gint64 now_ms;
	gint64 units[N_CLOSING_UNITS];
	gint64 place;
	gint64 accounts[3]; /* of submitter, head, locker */
} Closing;

#define closing_ok(call)                                                                           \
	G_STMT_START                                                                                   \
	{                                                                                              \
		GError *closing_error = NULL;                                                              \
		GError **error = &closing_error;                                                           \
		gboolean closing_done = (call);                                                            \
		g_assert_no_error(closing_error);                                                          \
		g_assert_true(closing_done);                                                               \
	}                                                                                              \
	G_STMT_END

static inline gint64 closing_at(gint64 day, int hour, int minute)
{
	return calendar_ms(day, hour * 60 + minute, CLOSING_OFFSET);
}

static inline Change closing_change(const Closing *world, gint64 from_day, gint64 to_day)
{
	return (Change){.from_day = from_day,
					.to_day = to_day,
					.now_ms = world->now_ms,
					.today = calendar_day(world->now_ms, CLOSING_OFFSET)};
}

static inline void closing_make_units(Closing *world)
{
	static const struct {
		const char *code, *kind;
		int parent;
	} units[N_CLOSING_UNITS] = {{"JATENG", "provinsi", -1},
								{"BKD", "badan", UNIT_PROVINCE},
								{"DINDIK", "dinas", UNIT_PROVINCE},
								{"DINKES", "dinas", UNIT_PROVINCE},
								{"SMAN1", "sekolah", UNIT_DINDIK}};
	static const Pattern week = {
		"5HARI",
		"5 hari kerja",
		FALSE,
		{.days = {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}}};
	Change always = closing_change(world, DAY_ALWAYS, DAY_OPEN);
	gint64 pattern, minutes;
	gboolean changed;
	closing_ok(schedules_add_pattern(world->sql, &week, &pattern, &minutes, error));
	closing_ok(places_find(world->sql, "LOBI", TRUE, &world->place, error));
	closing_ok(places_set(world->sql, world->place, "Lobi", NULL, NULL, &always, NULL, error));
	/* Complete by itself: a slot without a punch is no gap. */
	closing_ok(outages_set_elsewhere(world->sql, world->place, &always, &changed, error));
	for (int i = 0; i < N_CLOSING_UNITS; i++) {
		UnitFacts facts = {.name = units[i].code,
						   .kind = units[i].kind,
						   .parent = units[i].parent < 0 ? 0 : world->units[units[i].parent]};
		closing_ok(units_find(world->sql, units[i].code, TRUE, &world->units[i], error));
		closing_ok(units_set(world->sql, world->units[i], &facts, &always, NULL, error));
	}
	closing_ok(units_set_start(world->sql, world->units[0], CLOSING_MONTH, CLOSING_MONTH, &always,
							   NULL, error));
	closing_ok(units_set_place(world->sql, world->units[0], world->place, &always, NULL, error));
	closing_ok(schedules_set(world->sql, world->units[0], pattern, &always, NULL, error));
}

static inline void closing_add_person(Closing *world, PersonId id, gint64 unit, gboolean enrolled)
{
	const RandomId enrolment = {{0}};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	g_autofree char *text = g_strdup_printf("PEGAWAI %d", (int)id);
	Change start = closing_change(world, CLOSING_MONTH - 800, DAY_OPEN);
	PersonName name = {.name = text};
	PersonId person;
	ReferenceRow reference = {.person = id, .finger = FINGER_FIRST, .from_ms = 1};
	closing_ok(people_add(world->sql, id, NULL, 1, &person, error));
	closing_ok(people_set_name(world->sql, id, &name, &start, NULL, error));
	if (unit == 0)
		return;
	closing_ok(people_set_employment(world->sql, id, "PNS", "01", &start, NULL, error));
	closing_ok(assignments_set(world->sql, id, unit, 0, &start, NULL, error));
	if (!enrolled)
		return;
	closing_ok(references_allot(world->sql, &reference.id, 1, error));
	closing_ok(references_add(world->sql, &reference, sealed, &enrolment, error));
}

/* Two in each agency, one in the school, one at the province itself. */
static inline void closing_make_people(Closing *world)
{
	static const int units[CLOSING_PEOPLE] = {UNIT_BKD,    UNIT_BKD,    UNIT_DINDIK, UNIT_DINDIK,
											  UNIT_SCHOOL, UNIT_DINKES, UNIT_DINKES, UNIT_PROVINCE};
	static const char *const names[] = {"submitter", "head", "locker"};
	Change always = closing_change(world, DAY_ALWAYS, DAY_OPEN);
	for (int i = 0; i < CLOSING_PEOPLE; i++)
		closing_add_person(world, CLOSING_PERSON(i), world->units[units[i]], TRUE);
	for (int i = 0; i < 3; i++) {
		world->accounts[i] = 100 + i;
		closing_add_person(world, CLOSING_SUBMITTER + i, 0, FALSE);
		closing_ok(sql_run(world->sql, error,
						   "INSERT INTO account (id, name, person, one_time, created_ms)"
						   " VALUES ($1,$2,$3,0,1)",
						   "iti", world->accounts[i], names[i], (gint64)CLOSING_SUBMITTER + i));
	}
	for (int i = 0; i < UNIT_SCHOOL; i++)
		closing_ok(careers_set_head(world->sql, world->units[i], HEAD_DEFINITIVE, CLOSING_HEAD,
									&always, NULL, error));
}

static inline void closing_open(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	RandomId epoch = {{1}};
	database_open(&world->database);
	world->sql = world->database.sql;
	world->now_ms = closing_at(CLOSING_MONTH - 1, 8, 0);
	world->judge = judge_new(world->sql, CLOSING_OFFSET, NULL, NULL);
	closing_ok(sql_begin(world->sql, error));
	closing_ok(server_state_init(world->sql, &epoch, FALSE, error));
	closing_make_units(world);
	closing_make_people(world);
	closing_ok(sql_commit(world->sql, error));
	world->now_ms = closing_at(month_after(CLOSING_MONTH, 1) + 3, 8, 0);
}

static inline void closing_close(Closing *world, gconstpointer data G_GNUC_UNUSED)
{
	judge_free(world->judge);
	database_close(&world->database);
}

static inline void closing_judge(Closing *world)
{
	closing_ok(judge_tick(world->judge, world->now_ms, error));
	closing_ok(judge_all(world->judge, world->now_ms, error));
}

static inline void closing_punch(Closing *world, PersonId person, gint64 day, int hour, int minute)
{
	Punch punch = {.terminal = {PUNCH_BY_HAND},
				   .person = person,
				   .at_ms = closing_at(day, hour, minute),
				   .place = world->place,
				   .state = PUNCH_COUNTED,
				   .letter = "Daftar 1"};
	gboolean added = FALSE;
	closing_ok(sql_begin(world->sql, error));
	closing_ok(punches_add_unsigned(world->sql, &punch, CLOSING_OFFSET, &added, error));
	closing_ok(sql_commit(world->sql, error));
}

static inline void closing_leave(Closing *world, PersonId person, const char *code, gint64 from_day,
								 gint64 to_day)
{
	g_autofree char *letter = g_strdup_printf("%d/%s", (int)from_day, code);
	Leave leave = {.person = person, .code = code, .slot = "hari", .letter = letter};
	Change change = closing_change(world, from_day, to_day);
	closing_ok(sql_begin(world->sql, error));
	closing_ok(leaves_set(world->sql, &leave, &change, NULL, NULL, error));
	closing_ok(sql_commit(world->sql, error));
}

static inline void closing_assign(Closing *world, PersonId person, int unit, gint64 from_day)
{
	Change change = closing_change(world, from_day, DAY_OPEN);
	closing_ok(sql_begin(world->sql, error));
	closing_ok(assignments_set(world->sql, person, world->units[unit], 0, &change, NULL, error));
	closing_ok(sql_commit(world->sql, error));
}

/* By whom: 0 submitter, 1 head, 2 locker. */
static inline MonthOrder closing_order(const Closing *world, int unit, gint64 month_day,
									   MonthStep step, int who)
{
	return (MonthOrder){.unit = world->units[unit],
						.month_day = month_day,
						.step = step,
						.account = world->accounts[who],
						.person = CLOSING_SUBMITTER + who,
						.seen_steps = -1,
						.now_ms = world->now_ms,
						.utc_offset_min = CLOSING_OFFSET};
}

static inline MonthOutcome closing_do(Closing *world, const MonthOrder *order)
{
	MonthOutcome outcome;
	closing_ok(sql_begin(world->sql, error));
	closing_ok(month_take_step(world->sql, order, &outcome, error));
	if (outcome.refusal == MONTH_ALLOWED && !outcome.overtaken)
		closing_ok(sql_commit(world->sql, error));
	else
		sql_rollback(world->sql);
	return outcome;
}

/* Submitted (whatever hinders), signed, locked. */
static inline MonthOutcome closing_lock(Closing *world, int unit, gint64 month_day)
{
	static const MonthStep steps[] = {MONTH_SUBMIT, MONTH_SIGN, MONTH_LOCK};
	MonthOutcome outcome = {0};
	for (int i = 0; i < 3; i++) {
		MonthOrder order = closing_order(world, unit, month_day, steps[i], i);
		order.reason = i == 0 ? "tetap diajukan" : NULL;
		outcome = closing_do(world, &order);
		g_assert_cmpint(outcome.refusal, ==, MONTH_ALLOWED);
		g_assert_false(outcome.overtaken);
	}
	return outcome;
}

static inline gint64 closing_count(Closing *world, const char *text)
{
	gint64 n = -1;
	closing_ok(sql_get_int(world->sql, &n, 0, error, text, ""));
	return n;
}
