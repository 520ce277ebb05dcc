/*
 * A month judged: people × days × 2 punches, every verdict durable, beside SQLite's own first and
 * last of each person and day over a covering index.
 */
#include "server/judge/judge.h"
#include "server/store/time/coverage.h"
#include "server/store/time/marks.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/references.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

#define PER_TRANSACTION 1000

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

static void fill(Office *office, gint64 n_people, gint64 n_days)
{
	office_ok(coverage_add(office->sql, &office->device->id, office_at(OFFICE_DAY - 1, 0, 0),
						   office_at(OFFICE_DAY + n_days + 1, 0, 0), error));
	for (gint64 i = 0; i < n_people; i++) {
		PersonId person = 2000001 + i;
		if (i % PER_TRANSACTION == 0)
			office_ok(sql_begin(office->sql, error));
		office_add_person(office, person, 0);
		enrol(office, person);
		for (gint64 day = 0; day < n_days; day++) {
			punch(office, person, office_at(OFFICE_DAY + day, 6, (int)(30 + (i + day) % 40)));
			punch(office, person, office_at(OFFICE_DAY + day, 15, (int)(30 + (i + day) % 20)));
		}
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1 || i == n_people - 1)
			office_ok(sql_commit(office->sql, error));
	}
}

static double judge_month(Office *office, gint64 n_days)
{
	gint64 today = OFFICE_DAY + n_days - 1, now_ms = office_at(today, 23, 0);
	g_autoptr(Judge) judge = judge_new(office->sql, OFFICE_OFFSET, NULL, NULL);
	office_ok(sql_begin(office->sql, error));
	office_ok(mark_unit(office->sql, 0, OFFICE_DAY, OFFICE_DAY + n_days, today, "all", error));
	office_ok(sql_commit(office->sql, error));
	double start = bench_processor();
	office_ok(judge_all(judge, now_ms, error));
	return bench_processor() - start;
}

static double group_raw(gint64 n_people, gint64 n_days)
{
	gint64 rows;
	char *folder = scratch_new();
	RawSqlite *raw = raw_open(folder);
	raw_fill_punches(raw, n_people, OFFICE_DAY, n_days);
	double seconds = raw_group_by_day(raw, &rows);
	g_assert_cmpint(rows, ==, n_people * n_days);
	raw_close(raw);
	scratch_free(folder);
	return seconds;
}

int main(int argc, char **argv)
{
	gint64 n_people = bench_option(argc, argv, "people", 2000, 350000);
	gint64 n_days = bench_option(argc, argv, "days", 22, 31);
	double n = (double)(n_people * n_days);
	Office office;
	office_open(&office);
	fill(&office, n_people, n_days);
	double ours = judge_month(&office, n_days), theirs = group_raw(n_people, n_days);
	g_assert_cmpint(office_count(&office, "SELECT count(*) FROM person_mark"), ==, 0);
	bench_print(&(BenchRow){"judge", "marked person-days judged and stored",
							"SQLite's MIN, MAX by person and day", "person-days/s", n / ours,
							n / theirs, TRUE});
	office_close(&office);
	return 0;
}
