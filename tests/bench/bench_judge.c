/*
 * A month judged: people × days × 2 punches, in two units, with leave and mutations, beside SQLite's own
 * first and last of each person and day over a covering index.  Then what somebody waits for with all
 * of it loaded: a changed leave, a back-dated mutation, a new holiday.
 */
#include <sys/resource.h>

#include "server/judge/judge.h"
#include "server/store/terminals/references.h"
#include "server/store/time/coverage.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/marks.h"
#include "server/store/time/punches.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

#define PER_TRANSACTION 1000
#define FIRST_PERSON 2000001
/* What the administration asks for. */
#define VISIBLE_MS 1000.0
#define HOLIDAY_MS 5000.0
#define MEMORY_MIB 256.0

typedef struct {
	Office office;
	gint64 n_people, n_days;
} Bench;

static void enrol(Office *office, PersonId person)
{
	static const RandomId enrolment;
	g_autoptr(GBytes) sealed = g_bytes_new_static("sealed", 6);
	ReferenceRow reference = {.person = person, .finger = FINGER_FIRST, .from_ms = 1};
	office_ok(references_allot(office->sql, &reference.id, 1, error));
	office_ok(references_add(office->sql, &reference, sealed, &enrolment, error));
}

static void punch(Office *office, PersonId person, gint64 at_ms)
{
	static gint64 seq;
	seq++;
	Punch row = {.terminal = office->device->id,
				 .seq = seq,
				 .person = person,
				 .at_ms = at_ms,
				 .place = office->places[0],
				 .state = PUNCH_COUNTED,
				 .kind = EVENT_PUNCH};
	office_ok(punches_add(office->sql, &row, NULL, error));
}

static void set_leave(Office *office, PersonId person, gint64 day, gint64 n_days)
{
	Leave leave = {.person = person, .code = "CT", .slot = "hari", .letter = "851/1"};
	Change change = office_change(office, day, day + n_days);
	office_ok(leaves_set(office->sql, &leave, &change, NULL, NULL, error));
}

/* To the other unit from that day on, at the same place. */
static void move(Office *office, PersonId person, gint64 day)
{
	Change change = office_change(office, day, DAY_OPEN);
	office_ok(assignments_set(office->sql, person, office->units[1], office->places[0], &change,
							  NULL, error));
}

static void add_person(Bench *bench, gint64 i)
{
	Office *office = &bench->office;
	PersonId person = FIRST_PERSON + i;
	office_add_person(office, person, 0);
	enrol(office, person);
	if (i % 10 == 0)
		set_leave(office, person, OFFICE_DAY + i % bench->n_days, 2);
	if (i % 20 == 1)
		move(office, person, OFFICE_DAY + i % bench->n_days);
	for (gint64 day = 0; day < bench->n_days; day++) {
		punch(office, person, office_at(OFFICE_DAY + day, 6, (int)(30 + (i + day) % 40)));
		punch(office, person, office_at(OFFICE_DAY + day, 15, (int)(30 + (i + day) % 20)));
	}
}

static void fill(Bench *bench)
{
	Office *office = &bench->office;
	office->now_ms = office_at(OFFICE_DAY + bench->n_days - 1, 23, 0);
	office_ok(coverage_add(office->sql, &office->device->id, office_at(OFFICE_DAY - 1, 0, 0),
						   office_at(OFFICE_DAY + bench->n_days + 1, 0, 0), error));
	for (gint64 i = 0; i < bench->n_people; i++) {
		if (i % PER_TRANSACTION == 0)
			office_ok(sql_begin(office->sql, error));
		add_person(bench, i);
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1 || i == bench->n_people - 1)
			office_ok(sql_commit(office->sql, error));
	}
	office_ok(sql_run(office->sql, error, "DELETE FROM person_mark", ""));
}

static double judge_marked(Bench *bench, Judge *judge)
{
	double start = bench_processor();
	office_ok(judge_all(judge, bench->office.now_ms, error));
	return bench_processor() - start;
}

static double judge_month(Bench *bench, Judge *judge)
{
	Office *office = &bench->office;
	gint64 today = OFFICE_DAY + bench->n_days - 1;
	office_ok(sql_begin(office->sql, error));
	office_ok(mark_unit(office->sql, 0, OFFICE_DAY, today + 1, today, "all", error));
	office_ok(sql_commit(office->sql, error));
	return judge_marked(bench, judge);
}

/* The recap of a month: what is counted of each verdict. */
typedef struct {
	gint64 n_days, late_min, early_min, deduction_bp, pp94_days;
} Recap;

static void add_up(gint64 day G_GNUC_UNUSED, const DayVerdict *verdict, gpointer user)
{
	Recap *recap = user;
	recap->n_days++;
	recap->late_min += verdict->late_min;
	recap->early_min += verdict->early_min;
	recap->deduction_bp += verdict->deduction_bp;
	recap->pp94_days += verdict->pp94_days;
}

static double compute_month(Bench *bench, Judge *judge)
{
	Office *office = &bench->office;
	Recap recap = {0};
	double start = bench_processor();
	office_ok(sql_begin(office->sql, error));
	office_ok(judge_compute_begin(judge, error));
	for (gint64 i = 0; i < bench->n_people; i++)
		office_ok(judge_compute(judge, FIRST_PERSON + i, OFFICE_DAY, OFFICE_DAY + bench->n_days,
								office->now_ms, add_up, &recap, error));
	sql_rollback(office->sql);
	double seconds = bench_processor() - start;
	g_assert_cmpint(recap.n_days, ==, bench->n_people * bench->n_days);
	return seconds;
}

static double group_raw(const Bench *bench)
{
	gint64 rows;
	char *folder = scratch_new();
	RawSqlite *raw = raw_open(folder);
	raw_fill_punches(raw, bench->n_people, OFFICE_DAY, bench->n_days);
	double seconds = raw_group_by_day(raw, &rows);
	g_assert_cmpint(rows, ==, bench->n_people * bench->n_days);
	raw_close(raw);
	scratch_free(folder);
	return seconds;
}

/* ── What somebody waits for: from the commit until the verdict is there ── */

static double change_leave(Bench *bench, Judge *judge)
{
	Office *office = &bench->office;
	office_ok(sql_begin(office->sql, error));
	set_leave(office, FIRST_PERSON + 3 % bench->n_people, OFFICE_DAY + 1, 3);
	office_ok(sql_commit(office->sql, error));
	return judge_marked(bench, judge);
}

static double change_unit(Bench *bench, Judge *judge)
{
	Office *office = &bench->office;
	office_ok(sql_begin(office->sql, error));
	move(office, FIRST_PERSON + 4 % bench->n_people, OFFICE_DAY);
	office_ok(sql_commit(office->sql, error));
	return judge_marked(bench, judge);
}

static double add_holiday(Bench *bench, Judge *judge)
{
	Office *office = &bench->office;
	Change change = office_change(office, OFFICE_DAY + 2, OFFICE_DAY + 3);
	double start = bench_processor();
	office_ok(sql_begin(office->sql, error));
	office_ok(holidays_set(office->sql, 0, "Libur", "nasional", &change, NULL, error));
	office_ok(sql_commit(office->sql, error));
	judge_marked(bench, judge);
	return bench_processor() - start;
}

static void print_wait(const char *name, const char *what, double seconds, double asked_ms)
{
	bench_print(&(BenchRow){name, what, "what is asked for", "ms", seconds * 1e3, asked_ms, FALSE});
}

static double memory_mib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
	Bench bench = {.n_people = bench_option(argc, argv, "people", 2000, 350000),
				   .n_days = bench_option(argc, argv, "days", 22, 31)};
	double n = (double)(bench.n_people * bench.n_days);
	office_open(&bench.office);
	fill(&bench);
	Judge *judge = judge_new(bench.office.sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(judge_tick(judge, bench.office.now_ms, error));
	office_ok(judge_all(judge, bench.office.now_ms, error));
	office_ok(sql_run(bench.office.sql, error, "DELETE FROM verdict", ""));
	double stored = judge_month(&bench, judge), computed = compute_month(&bench, judge);
	double memory = memory_mib(), theirs = group_raw(&bench);
	g_assert_cmpint(office_count(&bench.office, "SELECT count(*) FROM person_mark"), ==, 0);
	bench_print(&(BenchRow){"judge", "marked person-days judged and stored",
							"SQLite's MIN, MAX by person and day", "person-days/s", n / stored,
							n / theirs, TRUE});
	bench_print(&(BenchRow){"judge-recap", "person-days judged and added up, not stored",
							"SQLite's MIN, MAX by person and day", "person-days/s", n / computed,
							n / theirs, TRUE});
	print_wait("leave", "a changed leave judged", change_leave(&bench, judge), VISIBLE_MS);
	print_wait("mutation", "a back-dated mutation judged", change_unit(&bench, judge), VISIBLE_MS);
	print_wait("holiday", "a new holiday for everybody judged", add_holiday(&bench, judge),
			   HOLIDAY_MS);
	bench_print(&(BenchRow){"judge-memory", "resident at most", "what is asked for", "MiB", memory,
							MEMORY_MIB, FALSE});
	judge_free(judge);
	office_close(&bench.office);
	return 0;
}
