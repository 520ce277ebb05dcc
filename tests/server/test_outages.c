/* Outages: proposed from journals and health, declared, decided with what speaks against them; and
 * what a terminal has lost for ever. */
#include "server/judge/judge.h"
#include "server/store/terminals/references.h"
#include "server/store/time/coverage.h"
#include "server/store/time/holidays.h"
#include "server/store/time/losses.h"
#include "server/store/time/marks.h"
#include "server/store/time/outage_decisions.h"
#include "server/store/people/careers.h"
#include "server/store/time/outage_proposals.h"
#include "server/store/time/punches.h"
#include "server/store/time/verdicts.h"
#include "tests/server/office.h"

#define TODAY OFFICE_DAY
#define AT(hour, minute) office_at(TODAY, hour, minute)

typedef struct {
	Office office;
	gint64 bkd; /* an account */
} World;

static void add_reference(Office *office, PersonId person)
{
	const RandomId enrolment = {{0}};
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	ReferenceRow reference = {.person = person, .finger = FINGER_FIRST, .from_ms = 1};
	office_ok(references_allot(office->sql, &reference.id, 1, error));
	office_ok(references_add(office->sql, &reference, sealed, &enrolment, error));
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	office_open(office);
	office_ok(sql_begin(office->sql, error));
	office_ok(sql_run(
		office->sql, error,
		"INSERT INTO account (id, name, one_time, created_ms) VALUES (1, 'bkd.siti', 0, 0)", ""));
	for (int i = 0; i < OFFICE_PEOPLE; i++)
		add_reference(office, OFFICE_PERSON(i));
	office_ok(sql_commit(office->sql, error));
	world->bkd = 1;
	office->now_ms = office_at(TODAY + 1, 12, 0);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_close(&world->office);
}

/* ── What terminals said ── */

static void boot(World *world, gboolean clean, gint64 at_ms)
{
	EventBody body = {.boot = {.version = {(const uint8_t *)"t", 1},
							   .sensor = {(const uint8_t *)"s", 1},
							   .display = {(const uint8_t *)"d", 1},
							   .indicators = {(const uint8_t *)"i", 1},
							   .clean = clean}};
	device_new_boot(world->office.device, at_ms);
	device_append(world->office.device, EVENT_BOOT, &body, (Slice){0}, at_ms);
}

static void alive(World *world, gint64 from_ms, gint64 to_ms)
{
	for (gint64 at_ms = from_ms; at_ms <= to_ms; at_ms += 15 * MINUTE_MS)
		device_alive(world->office.device, at_ms);
}

static void append(World *world, guint32 kind, const EventBody *body, gint64 at_ms)
{
	device_append(world->office.device, kind, body, (Slice){0}, at_ms);
}

/* What of its journal has not come yet. */
static void deliver(World *world)
{
	Office *office = &world->office;
	JournalRow row = {0};
	GError *failed = NULL;
	journals_get(office->sql, &office->device->id, &office->device->journal, &row, &failed);
	g_assert_no_error(failed);
	g_assert_cmpint(office_merge(office, row.seq + 1, device_seq(office->device), NULL), ==,
					MERGE_STORED);
}

/* Without power from 06.30 to 09.30. */
static void power_cut(World *world)
{
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 30));
	boot(world, FALSE, AT(9, 30));
	alive(world, AT(9, 45), AT(20, 0));
	deliver(world);
}

/* Another terminal at the same place, told only by what covers its time. */
static void second_terminal_at(World *world, int place, const gint64 (*spans)[2], gsize n)
{
	Office *office = &world->office;
	TerminalId id = {.text = "term-b"};
	const guint8 secret[32] = {0};
	office_ok(sql_begin(office->sql, error));
	office_ok(terminals_add(office->sql, &id, office->places[place], secret, G_MAXINT64, AT(0, 0),
							error));
	for (gsize i = 0; i < n; i++)
		office_ok(coverage_add(office->sql, &id, spans[i][0], spans[i][1], error));
	office_ok(sql_commit(office->sql, error));
}

static void second_terminal(World *world, const gint64 (*spans)[2], gsize n)
{
	second_terminal_at(world, 0, spans, n);
}

/* ── Proposals ── */

static gint64 propose(World *world)
{
	Office *office = &world->office;
	gint64 n;
	office_ok(sql_begin(office->sql, error));
	office_ok(outage_propose(office->sql, 0, office_at(TODAY, 0, 0), office_at(TODAY + 1, 0, 0),
							 office->now_ms, OFFICE_OFFSET, &n, error));
	office_ok(sql_commit(office->sql, error));
	return n;
}

static GPtrArray *list(World *world)
{
	const OutageFilter all = {.from_ms = 0, .to_ms = G_MAXINT64, .limit = 100};
	GError *error = NULL;
	GPtrArray *rows = outage_list(world->office.sql, &all, OFFICE_OFFSET, &error);
	g_assert_no_error(error);
	return rows;
}

static void expect_proposal(World *world, guint at, gint64 from_ms, gint64 to_ms, const char *cause)
{
	g_autoptr(GPtrArray) rows = list(world);
	g_assert_cmpuint(rows->len, >, at);
	const OutageRow *row = rows->pdata[rows->len - 1 - at];
	g_assert_true(row->proposed);
	g_assert_cmpint(row->from_ms, ==, from_ms);
	g_assert_cmpint(row->to_ms, ==, to_ms);
	g_assert_cmpstr(row->cause, ==, cause);
	g_assert_nonnull(strstr(row->evidence, "term-a"));
}

static void a_power_cut_is_proposed(World *world, gconstpointer data G_GNUC_UNUSED)
{
	power_cut(world);
	g_assert_cmpint(propose(world), ==, 1);
	expect_proposal(world, 0, AT(6, 30), AT(9, 30), "listrik");
	/* Asked again it stays the same one. */
	g_assert_cmpint(propose(world), ==, 0);
	expect_proposal(world, 0, AT(6, 30), AT(9, 30), "listrik");
}

static void a_clean_stop_and_a_hang_have_their_names(World *world, gconstpointer data G_GNUC_UNUSED)
{
	EventBody stop = {0};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 0));
	append(world, EVENT_STOP, &stop, AT(6, 5));
	boot(world, TRUE, AT(7, 0));
	alive(world, AT(7, 15), AT(8, 0));
	alive(world, AT(9, 0), AT(20, 0)); /* no mark of life for an hour, no start either */
	deliver(world);
	g_assert_cmpint(propose(world), ==, 2);
	expect_proposal(world, 0, AT(6, 5), AT(7, 0), "dimatikan");
	expect_proposal(world, 1, AT(8, 0), AT(9, 0), "macet");
}

static void a_lost_sensor_and_a_full_disk_are_outages(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	EventBody sensor = {.sensor = {.cause = {(const uint8_t *)"usb", 3}}};
	EventBody full = {.reserve = {.reached = true}}, freed = {.reserve = {.reached = false}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 0));
	append(world, EVENT_SENSOR_LOST, &sensor, AT(6, 10));
	alive(world, AT(6, 15), AT(7, 0));
	append(world, EVENT_SENSOR_BACK, &sensor, AT(7, 10));
	alive(world, AT(7, 15), AT(8, 0));
	append(world, EVENT_RESERVE, &full, AT(8, 5));
	append(world, EVENT_RESERVE, &freed, AT(9, 5));
	alive(world, AT(9, 15), AT(20, 0));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 2);
	expect_proposal(world, 0, AT(6, 10), AT(7, 10), "sensor");
	expect_proposal(world, 1, AT(8, 5), AT(9, 5), "penuh");
}

static void a_clock_that_nothing_set_is_an_outage(World *world, gconstpointer data G_GNUC_UNUSED)
{
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 30));
	world->office.device->trust = CLOCK_UNSET;
	boot(world, FALSE, AT(6, 31));
	alive(world, AT(6, 45), AT(9, 0));
	world->office.device->trust = CLOCK_SET;
	boot(world, FALSE, AT(9, 30));
	alive(world, AT(9, 45), AT(20, 0));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 1);
	expect_proposal(world, 0, AT(6, 30), AT(9, 30), "jam");
}

static void put_health(World *world, uint64_t seq, gint64 at_ms)
{
	Office *office = &world->office;
	const Health health = {.online = true,
						   .journal = office->device->journal,
						   .seq = seq,
						   .trust = CLOCK_SET,
						   .sensor = {(const uint8_t *)"s", 1},
						   .version = {(const uint8_t *)"v", 1}};
	office_ok(sql_begin(office->sql, error));
	office_ok(terminals_put_health(office->sql, &office->device->id, &health, 1, at_ms, error));
	office_ok(sql_commit(office->sql, error));
}

static void health_says_it_before_the_end(World *world, gconstpointer data G_GNUC_UNUSED)
{
	EventBody sensor = {.sensor = {.cause = {(const uint8_t *)"usb", 3}}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(7, 0));
	append(world, EVENT_SENSOR_LOST, &sensor, AT(7, 10));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 0);
	put_health(world, (uint64_t)device_seq(world->office.device), AT(9, 0));
	g_assert_cmpint(propose(world), ==, 1);
	expect_proposal(world, 0, AT(7, 10), AT(9, 0), "sensor");
}

/* What the core does each hour; gives how many proposals were new. */
static gint64 go_round(World *world, gint64 now_ms)
{
	Office *office = &world->office;
	gint64 place = 0, n, all = 0;
	do {
		office_ok(sql_begin(office->sql, error));
		office_ok(
			outage_propose_next(office->sql, place, now_ms, OFFICE_OFFSET, &place, &n, error));
		office_ok(sql_commit(office->sql, error));
		all += n;
	} while (place != 0);
	return all;
}

/* One outage is one proposal while it lasts, and when its beginning is older than what is looked at. */
static void the_server_proposes_each_outage_once(World *world, gconstpointer data G_GNUC_UNUSED)
{
	EventBody sensor = {.sensor = {.cause = {(const uint8_t *)"usb", 3}}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(7, 0));
	append(world, EVENT_SENSOR_LOST, &sensor, AT(7, 10));
	deliver(world);
	uint64_t seq = (uint64_t)device_seq(world->office.device);
	put_health(world, seq, AT(9, 0));
	g_assert_cmpint(go_round(world, AT(9, 0)), ==, 1);
	expect_proposal(world, 0, AT(7, 10), AT(9, 0), "sensor");
	g_autoptr(GPtrArray) first = list(world);
	g_assert_cmpint(go_round(world, AT(9, 1)), ==, 0);
	put_health(world, seq, AT(10, 0));
	g_assert_cmpint(go_round(world, AT(10, 0)), ==, 0);
	expect_proposal(world, 0, AT(7, 10), AT(10, 0), "sensor");
	/* Nine days later it still is that one. */
	gint64 later_ms = AT(10, 0) + 9 * DAY_MS;
	put_health(world, seq, later_ms);
	g_assert_cmpint(go_round(world, later_ms), ==, 0);
	expect_proposal(world, 0, AT(7, 10), later_ms, "sensor");
	g_autoptr(GPtrArray) last = list(world);
	g_assert_cmpint(last->len, ==, 1);
	g_assert_cmpint(((const OutageRow *)last->pdata[0])->id, ==,
					((const OutageRow *)first->pdata[0])->id);
}

/* Down is a place only while all of its terminals are. */
static void two_terminals_are_down_in_the_intersection(World *world,
													   gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(6, 0)}, {AT(7, 0), AT(8, 0)}, {AT(12, 0), AT(20, 0)}};
	power_cut(world);
	second_terminal(world, spans, G_N_ELEMENTS(spans));
	g_assert_cmpint(propose(world), ==, 2);
	expect_proposal(world, 0, AT(6, 30), AT(7, 0), "listrik");
	expect_proposal(world, 1, AT(8, 0), AT(9, 30), "listrik");
}

static void a_second_terminal_that_works_leaves_no_outage(World *world,
														  gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(20, 0)}};
	power_cut(world);
	second_terminal(world, spans, G_N_ELEMENTS(spans));
	g_assert_cmpint(propose(world), ==, 0);
}

/* What may still come is no outage: nothing has come since, or a journal has a hole. */
static void what_is_merely_missing_is_not_proposed(World *world, gconstpointer data G_GNUC_UNUSED)
{
	EventBody open = {.open = {.previous_journal = world->office.device->journal,
							   .previous_seq = 500,
							   .version = {(const uint8_t *)"t", 1}}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 30));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 0);
	device_new_journal(world->office.device);
	append(world, EVENT_OPEN, &open, AT(9, 30));
	boot(world, FALSE, AT(9, 30));
	alive(world, AT(9, 45), AT(20, 0));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 0);
}

/* Nobody waits at a terminal at night. */
static void only_working_time_is_worth_a_proposal(World *world, gconstpointer data G_GNUC_UNUSED)
{
	boot(world, TRUE, AT(0, 30));
	alive(world, AT(0, 45), AT(1, 0));
	boot(world, FALSE, AT(3, 0));
	alive(world, AT(3, 15), AT(20, 0));
	deliver(world);
	g_assert_cmpint(propose(world), ==, 0);
}

/* ── Decisions ── */

static Outage morning(const World *world)
{
	return (Outage){.place = world->office.places[0],
					.from_ms = AT(6, 30),
					.to_ms = AT(9, 30),
					.cause = "listrik",
					.evidence = "surat PLN 12",
					.declared_by = "bkd.siti"};
}

static int declare(World *world, const Outage *outage, gint64 *id)
{
	Sql *sql = world->office.sql;
	g_autoptr(GError) failed = NULL;
	office_ok(sql_begin(sql, error));
	if (outage_declare(sql, outage, world->office.now_ms, OFFICE_OFFSET, id, &failed)) {
		office_ok(sql_commit(sql, error));
		return -1;
	}
	sql_rollback(sql);
	g_assert_true(failed->domain == OUTAGE_ERROR);
	return failed->code;
}

static int decide(World *world, gint64 id, OutageState state, const char *reason)
{
	Sql *sql = world->office.sql;
	g_autoptr(GError) failed = NULL;
	const OutageDecision decision = {id, state, reason, NULL, world->bkd};
	office_ok(sql_begin(sql, error));
	if (outage_decide(sql, &decision, world->office.now_ms, OFFICE_OFFSET, &failed)) {
		office_ok(sql_commit(sql, error));
		return -1;
	}
	sql_rollback(sql);
	g_assert_true(failed->domain == OUTAGE_ERROR);
	return failed->code;
}

static void add_punch(World *world, PersonId person, gint64 seq, gint64 at_ms)
{
	Office *office = &world->office;
	Punch punch = {.terminal = office->device->id,
				   .seq = seq,
				   .person = person,
				   .at_ms = at_ms,
				   .place = office->places[0],
				   .state = PUNCH_COUNTED,
				   .kind = EVENT_PUNCH};
	office_ok(sql_begin(office->sql, error));
	office_ok(punches_add(office->sql, &punch, NULL, error));
	office_ok(sql_commit(office->sql, error));
}

/* The codes of the day, and a word of the reasons (NULL: any). */
static void expect_day(World *world, PersonId person, const char *codes, const char *word)
{
	Office *office = &world->office;
	Verdict verdict;
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(judge_tick(judge, office->now_ms, error));
	office_ok(judge_all(judge, office->now_ms, error));
	GError *failed = NULL;
	g_autoptr(VerdictCursor) rows =
		verdicts_of_person(office->sql, person, TODAY, TODAY + 1, &failed);
	g_assert_no_error(failed);
	g_assert_cmpint(verdicts_next(rows, &verdict, &failed), ==, SQL_ROW);
	g_assert_cmpstr(verdict.codes, ==, codes);
	if (word != NULL && strstr(verdict.reasons, word) == NULL)
		g_error("'%s' is not in %s", word, verdict.reasons);
}

static void approved_slots_become_at_and_name_it(World *world, gconstpointer data G_GNUC_UNUSED)
{
	const PersonId person = OFFICE_PERSON(0);
	power_cut(world);
	add_punch(world, person, 1000, AT(15, 31));
	expect_day(world, person, "BL", NULL);
	g_assert_cmpint(propose(world), ==, 1);
	expect_day(world, person, "BL", "gap"); /* a proposal alone changes nothing */
	g_assert_cmpint(decide(world, 1, OUTAGE_ACCEPTED, "sesuai surat PLN"), ==, -1);
	expect_day(world, person, "AT", "Gangguan nomor 1 (listrik)");
	expect_day(world, person, "AT", "disetujui oleh bkd.siti");
	/* Everybody of the place, in one act. */
	expect_day(world, OFFICE_PERSON(1), "AT TAP", "Gangguan nomor 1");
	g_assert_cmpint(decide(world, 1, OUTAGE_ACCEPTED, "sekali lagi"), ==, OUTAGE_ERROR_STATE);
	/* Withdrawn by a later decision; both stay. */
	g_assert_cmpint(decide(world, 1, OUTAGE_REFUSED, "surat itu palsu"), ==, -1);
	expect_day(world, person, "BL", NULL);
	g_assert_cmpint(decide(world, 1, OUTAGE_REFUSED, "surat itu palsu"), ==, OUTAGE_ERROR_STATE);
	GError *error = NULL;
	g_autoptr(GPtrArray) steps = outage_history(world->office.sql, 1, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(steps->len, ==, 2);
	g_assert_cmpint(((OutageStep *)steps->pdata[0])->state, ==, OUTAGE_ACCEPTED);
	g_assert_cmpstr(((OutageStep *)steps->pdata[1])->reason, ==, "surat itu palsu");
	/* What was refused is not proposed anew. */
	g_assert_cmpint(propose(world), ==, 0);
}

/* The person serves at the school, too; only the office's terminal was dark. */
static void serve_too_at_school(World *world, const gint64 (*spans)[2], gsize n)
{
	Office *office = &world->office;
	const Secondary school = {.unit = office->units[1], .kind = "tambahan"};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	second_terminal_at(world, 1, spans, n);
	office_ok(sql_begin(office->sql, error));
	office_ok(careers_set_secondary(office->sql, OFFICE_PERSON(0), &school, &always, NULL, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpint(propose(world), >=, 1); /* the school's gap, too, if it has one */
	g_assert_cmpint(decide(world, 1, OUTAGE_ACCEPTED, "sesuai surat PLN"), ==, -1);
}

/* From 06.30 to 09.30. */
static void serve_at_both(World *world, const gint64 (*spans)[2], gsize n)
{
	power_cut(world);
	serve_too_at_school(world, spans, n);
}

/* From 05.30 to 11.15 a punch would have counted as coming; the school's terminal recorded all that time,
 * and at the office one could punch before and after the outage: nobody came.  Who has no other place
 * has AT (Permenko Infrastruktur 10/2025 art. 22: the device was damaged). */
static void another_duty_place_recorded(World *world, gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(20, 0)}};
	serve_at_both(world, spans, G_N_ELEMENTS(spans));
	add_punch(world, OFFICE_PERSON(0), 1000, AT(15, 31));
	expect_day(world, OFFICE_PERSON(0), "TAM", NULL);
	expect_day(world, OFFICE_PERSON(1), "AT TAP", "Gangguan nomor 1");
}

/* Late at the office by an hour and a half after the light came back: at the school it would have been
 * recorded in time. */
static void a_late_punch_while_another_place_recorded(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(20, 0)}};
	serve_at_both(world, spans, G_N_ELEMENTS(spans));
	add_punch(world, OFFICE_PERSON(0), 1000, AT(9, 40));
	add_punch(world, OFFICE_PERSON(0), 1001, AT(15, 31));
	expect_day(world, OFFICE_PERSON(0), "TL4", NULL);
}

/* The school's terminal is not known of from 08.00 to 09.00: for that hour there was no place. */
static void another_duty_place_has_a_gap_too(World *world, gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(8, 0)}, {AT(9, 0), AT(20, 0)}};
	serve_at_both(world, spans, G_N_ELEMENTS(spans));
	add_punch(world, OFFICE_PERSON(0), 1000, AT(15, 31));
	expect_day(world, OFFICE_PERSON(0), "AT", "Gangguan nomor 1");
}

/* Its own outage is not what the office's is excused by. */
static void another_duty_place_is_missing_data_elsewhere(World *world,
														 gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(10, 0)}, {AT(11, 0), AT(20, 0)}};
	serve_at_both(world, spans, G_N_ELEMENTS(spans));
	add_punch(world, OFFICE_PERSON(0), 1000, AT(15, 31));
	expect_day(world, OFFICE_PERSON(0), "BL", "gap"); /* until 10 to 11 is known there */
}

/* Dark from before the window opened until it had closed: nobody has to know which place is dark and walk
 * to another, that the school recorded decides nothing. */
static void dark_all_the_window_is_excused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	const gint64 spans[][2] = {{AT(5, 0), AT(20, 0)}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 5), AT(5, 20));
	boot(world, FALSE, AT(12, 0));
	alive(world, AT(12, 15), AT(20, 0));
	deliver(world);
	serve_too_at_school(world, spans, G_N_ELEMENTS(spans));
	add_punch(world, OFFICE_PERSON(0), 1000, AT(15, 31));
	expect_day(world, OFFICE_PERSON(0), "AT", "Gangguan nomor 1");
}

static void what_speaks_against_it_is_said(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Outage outage = morning(world), wrong;
	gint64 id = 0;
	power_cut(world);
	g_assert_cmpint(decide(world, 7, OUTAGE_ACCEPTED, "tidak ada"), ==, OUTAGE_ERROR_GONE);
	wrong = outage;
	wrong.to_ms = wrong.from_ms;
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_SPAN);
	wrong.to_ms = world->office.now_ms + 1; /* not over yet */
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_SPAN);
	wrong = outage;
	wrong.from_ms -= (OUTAGE_DAYS_MAX + 1) * DAY_MS;
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_SPAN);
	wrong = outage;
	wrong.from_ms = AT(6, 0); /* it recorded until 06.30 */
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_RECORDED);
	wrong = outage;
	wrong.evidence = NULL;
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_TEXT);
	wrong = outage;
	wrong.cause = "x";
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_TEXT);
	g_assert_cmpint(declare(world, &outage, &id), ==, -1);
	expect_day(world, OFFICE_PERSON(0), "BL TAP", NULL);
	wrong = outage;
	wrong.from_ms = AT(8, 0);
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_OVERLAP);
	g_assert_cmpint(decide(world, 1, OUTAGE_ACCEPTED, "ya"), ==, OUTAGE_ERROR_TEXT);
	/* Somebody punched within it after all: one of the two is not true. */
	add_punch(world, OFFICE_PERSON(1), 1001, AT(7, 0));
	g_assert_cmpint(decide(world, 1, OUTAGE_ACCEPTED, "sesuai surat"), ==, OUTAGE_ERROR_RECORDED);
	g_assert_cmpint(decide(world, 1, OUTAGE_REFUSED, "ada presensi"), ==, -1);
	/* A refused one is in nobody's way. */
	wrong.to_ms = AT(9, 0);
	g_assert_cmpint(declare(world, &wrong, &id), ==, -1);
	g_assert_cmpint(decide(world, id, OUTAGE_ACCEPTED, "sesuai surat"), ==, -1);
	wrong.from_ms = AT(8, 30);
	wrong.to_ms = AT(9, 30);
	g_assert_cmpint(declare(world, &wrong, &id), ==, OUTAGE_ERROR_OVERLAP);
}

/* ── Lists ── */

static void frequent_places_and_days_after_holidays(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	GError *failed = NULL;
	gint64 id;
	Outage outage = morning(world);
	Change friday = office_change(office, TODAY - 3, TODAY - 2);
	office_ok(sql_begin(office->sql, error));
	office_ok(holidays_set(office->sql, 0, "Isra Mikraj", "nasional", &friday, NULL, error));
	office_ok(sql_commit(office->sql, error));
	g_assert_cmpint(declare(world, &outage, &id), ==, -1);
	for (int i = 4; i < 6; i++) { /* Thursday before the holiday, and Wednesday */
		outage.from_ms = office_at(TODAY - i, 6, 30);
		outage.to_ms = office_at(TODAY - i, 7, 30);
		g_assert_cmpint(declare(world, &outage, &id), ==, -1);
	}
	outage.place = office->places[1];
	g_assert_cmpint(declare(world, &outage, &id), ==, -1);
	g_autoptr(GPtrArray) rows = list(world);
	g_assert_cmpuint(rows->len, ==, 4);
	for (guint i = 0; i < rows->len; i++) {
		const OutageRow *row = rows->pdata[i];
		g_assert_cmpint(row->after_holiday, ==, row->from_ms == AT(6, 30));
	}
	g_autoptr(GPtrArray) places = outage_places(office->sql, office_at(TODAY - 30, 0, 0),
												office->now_ms, 3, OFFICE_OFFSET, &failed);
	g_assert_no_error(failed);
	g_assert_cmpuint(places->len, ==, 1);
	const OutagePlace *place = places->pdata[0];
	g_assert_cmpstr(place->place_code, ==, "BKD");
	g_assert_cmpint(place->n, ==, 3);
	g_assert_cmpint(place->minutes, ==, 180 + 60 + 60);
	g_assert_cmpint(place->n_after_holiday, ==, 1);
}

/* ── Lost for ever ── */

static int lose(World *world, TerminalLoss *loss, gint64 now_ms)
{
	Sql *sql = world->office.sql;
	g_autoptr(GError) failed = NULL;
	loss->account = world->bkd;
	office_ok(sql_begin(sql, error));
	if (losses_declare(sql, loss, now_ms, OFFICE_OFFSET, &failed)) {
		office_ok(sql_commit(sql, error));
		return -1;
	}
	sql_rollback(sql);
	g_assert_true(failed->domain == LOSS_ERROR);
	return failed->code;
}

static void revoke_it(World *world, gint64 at_ms)
{
	Office *office = &world->office;
	office_ok(sql_begin(office->sql, error));
	office_ok(terminals_revoke(office->sql, &office->device->id, at_ms, error));
	office_ok(sql_commit(office->sql, error));
}

/* It burnt at noon with what it had recorded since 06.30. */
static int withdraw(World *world, gint64 id, const char *reason)
{
	Sql *sql = world->office.sql;
	g_autoptr(GError) failed = NULL;
	office_ok(sql_begin(sql, error));
	if (losses_withdraw(sql, id, reason, world->bkd, world->office.now_ms, OFFICE_OFFSET,
						&failed)) {
		office_ok(sql_commit(sql, error));
		return -1;
	}
	sql_rollback(sql);
	g_assert_true(failed->domain == LOSS_ERROR);
	return failed->code;
}

static void a_burnt_terminal_s_days_are_judged(World *world, gconstpointer data G_GNUC_UNUSED)
{
	const PersonId person = OFFICE_PERSON(0);
	const gint64 now_ms = world->office.now_ms;
	char reason[] = "mesin terbakar", shorter[] = "x";
	TerminalLoss loss = {.terminal = world->office.device->id, .reason = reason};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 30));
	deliver(world);
	expect_day(world, person, "BL", "belum diterima");
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_TERMINAL); /* it may still send */
	revoke_it(world, AT(20, 0));
	loss.reason = shorter;
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_REASON);
	loss = (TerminalLoss){.terminal = {.text = "term-x"}, .reason = reason};
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_TERMINAL);
	loss = (TerminalLoss){.terminal = world->office.device->id, .reason = reason};
	g_assert_cmpint(lose(world, &loss, now_ms), ==, -1);
	g_assert_cmpint(loss.from_ms, ==, AT(6, 30));
	g_assert_cmpint(loss.to_ms, ==, AT(20, 0));
	g_assert_cmpint(loss.journal, ==, 1);
	g_assert_cmpint(loss.first_seq, ==, device_seq(world->office.device) + 1);
	expect_day(world, person, "AT", "keputusan nomor 1 oleh bkd.siti");
	expect_day(world, person, "AT", "mesin terbakar");
	loss = (TerminalLoss){.terminal = world->office.device->id, .reason = reason};
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_SPAN); /* once */
	/* Its card was found after all: the days wait again, whoever knows better may declare anew. */
	g_assert_cmpint(withdraw(world, 1, shorter), ==, LOSS_ERROR_REASON);
	g_assert_cmpint(withdraw(world, 9, reason), ==, LOSS_ERROR_GONE);
	g_assert_cmpint(withdraw(world, 1, "kartunya ditemukan"), ==, -1);
	expect_day(world, person, "BL", "belum diterima");
	g_assert_cmpint(withdraw(world, 1, "sekali lagi"), ==, LOSS_ERROR_GONE);
	loss = (TerminalLoss){.terminal = world->office.device->id, .reason = reason};
	g_assert_cmpint(lose(world, &loss, now_ms), ==, -1);
	expect_day(world, person, "AT", "keputusan nomor 2 oleh bkd.siti");
}

/* Its journal's file broke, it went on in another: only what lies between is lost. */
static void a_hole_is_closed_and_data_that_comes_wins(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	const PersonId person = OFFICE_PERSON(0);
	const gint64 now_ms = world->office.now_ms;
	char reason[] = "berkas jurnal rusak";
	TerminalLoss loss = {.terminal = world->office.device->id, .reason = reason};
	EventBody open = {.open = {.previous_journal = world->office.device->journal,
							   .previous_seq = 40,
							   .version = {(const uint8_t *)"t", 1}}};
	boot(world, TRUE, AT(5, 0));
	alive(world, AT(5, 15), AT(6, 30));
	deliver(world);
	device_new_journal(world->office.device);
	append(world, EVENT_OPEN, &open, AT(9, 30));
	alive(world, AT(9, 45), AT(20, 0));
	deliver(world);
	expect_day(world, person, "BL TAP", NULL);
	loss.from_ms = AT(10, 0);
	loss.to_ms = AT(11, 0);
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_SPAN); /* nothing is missing there */
	loss.from_ms = AT(9, 0);
	loss.to_ms = AT(8, 0);
	g_assert_cmpint(lose(world, &loss, now_ms), ==, LOSS_ERROR_SPAN);
	loss.from_ms = AT(6, 30);
	loss.to_ms = AT(9, 30);
	g_assert_cmpint(lose(world, &loss, now_ms), ==, -1);
	g_assert_cmpint(loss.last_seq, ==, 40);
	expect_day(world, person, "AT TAP", "berkas jurnal rusak");
	office_ok(sql_begin(world->office.sql, error));
	office_ok(coverage_add(world->office.sql, &loss.terminal, AT(6, 30), AT(9, 30), error));
	office_ok(mark_days(world->office.sql, person, TODAY, TODAY + 1, TODAY + 1, "coverage", error));
	office_ok(sql_commit(world->office.sql, error));
	expect_day(world, person, "TK", NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add("/outages/" #name, World, NULL, setup, name, teardown)
	ADD(a_power_cut_is_proposed);
	ADD(a_clean_stop_and_a_hang_have_their_names);
	ADD(a_lost_sensor_and_a_full_disk_are_outages);
	ADD(a_clock_that_nothing_set_is_an_outage);
	ADD(health_says_it_before_the_end);
	ADD(the_server_proposes_each_outage_once);
	ADD(two_terminals_are_down_in_the_intersection);
	ADD(a_second_terminal_that_works_leaves_no_outage);
	ADD(what_is_merely_missing_is_not_proposed);
	ADD(only_working_time_is_worth_a_proposal);
	ADD(approved_slots_become_at_and_name_it);
	ADD(another_duty_place_recorded);
	ADD(dark_all_the_window_is_excused);
	ADD(a_late_punch_while_another_place_recorded);
	ADD(another_duty_place_has_a_gap_too);
	ADD(another_duty_place_is_missing_data_elsewhere);
	ADD(what_speaks_against_it_is_said);
	ADD(frequent_places_and_days_after_holidays);
	ADD(a_burnt_terminal_s_days_are_judged);
	ADD(a_hole_is_closed_and_data_that_comes_wins);
	return g_test_run();
}
