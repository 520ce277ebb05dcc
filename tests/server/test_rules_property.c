/*
 * What holds for every history: days with random rosters, rules and punches.  A failing seed is printed
 * by GLib (--seed); HADIR_LONG=1 tries many more.
 */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/day.h"

#define OFFSET 420
#define MONDAY 20150
#define N_DAYS 7
#define PUNCHES_MAX 40

typedef struct {
	RuleSet rules;
	DayPlan plans[N_DAYS + 2]; /* of the day before, the days, the day after */
	DayPunch punches[PUNCHES_MAX];
	char events[PUNCHES_MAX][8];
	gsize n_punches;
	DayLeave leave;
	gint64 leave_day;
} History;

static int n_histories(int usual, int many)
{
	return g_strcmp0(g_getenv("HADIR_LONG"), "1") == 0 ? many : usual;
}

static int compare_punches(const void *a, const void *b)
{
	const DayPunch *one = a, *other = b;
	return one->at_ms < other->at_ms ? -1 : one->at_ms > other->at_ms;
}

/* A shift of 2 to 12 hours that begins at any hour after the last has ended, some days none, some two. */
static void make_plans(History *history)
{
	gint64 free_ms = G_MININT64;
	for (int i = 0; i < N_DAYS + 2; i++) {
		Shift shifts[DAY_SHIFTS_MAX];
		gsize n = 0, wanted = (gsize)g_test_rand_int_range(0, 3);
		gint64 day = MONDAY + i - 1;
		for (gsize s = 0; s < wanted; s++) {
			gint64 start = calendar_ms(day, g_test_rand_int_range(0, 1440), OFFSET);
			gint64 end = start + g_test_rand_int_range(120, 720) * MINUTE_MS;
			if (start < free_ms)
				continue;
			shifts[n++] = (Shift){.day = day,
								  .start_ms = start,
								  .end_ms = end,
								  .grace_min = g_test_rand_bit() ? 0 : 15,
								  .flex_min = g_test_rand_bit() ? 0 : 60};
			free_ms = end;
		}
		history->plans[i] = (DayPlan){.name = "Jaga", .from_day = G_MININT64, .over_holiday = TRUE};
		shift_plan(&history->plans[i], shifts, n);
	}
}

static void make_punches(History *history)
{
	history->n_punches = (gsize)g_test_rand_int_range(0, PUNCHES_MAX);
	for (gsize i = 0; i < history->n_punches; i++)
		history->punches[i] =
			(DayPunch){.at_ms = calendar_ms(MONDAY - 1, 0, OFFSET) +
								g_test_rand_int_range(0, (N_DAYS + 2) * 86400) * (gint64)1000,
					   .waiting = g_test_rand_int_range(0, 8) == 0,
					   .place_id = g_test_rand_int_range(1, 3)};
	qsort(history->punches, history->n_punches, sizeof history->punches[0], compare_punches);
	for (gsize i = 0; i < history->n_punches; i++) {
		g_snprintf(history->events[i], sizeof history->events[i], "%d", (int)i);
		history->punches[i].event = history->events[i];
	}
}

static void make_history(History *history)
{
	*history = (History){.rules = {.in_before_min = g_test_rand_int_range(0, 240),
								   .out_after_min = g_test_rand_int_range(0, 480),
								   .repeat_s = g_test_rand_int_range(0, 600),
								   .bands_min = {30, 60, 90},
								   .flex_excess = g_test_rand_bit(),
								   .flex_unmade_late = g_test_rand_bit(),
								   .missing_min = 91,
								   .pp94_deducted = TRUE,
								   .travel_min = 10},
						 .leave = {.code = "DL",
								   .name = "Dinas luar",
								   .slot = (DaySlot)g_test_rand_int_range(SLOT_IN, SLOT_DAY + 1),
								   .duty = TRUE},
						 .leave_day = MONDAY + g_test_rand_int_range(0, 2 * N_DAYS)};
	make_plans(history);
	make_punches(history);
}

/* Day `i` of the history at its end; `without` leaves out one punch, -1: none. */
static void judge_day(const History *history, int i, int without, DayPunch punches[PUNCHES_MAX],
					  DayVerdict *verdict)
{
	const DayPlan *before = &history->plans[i], *after = &history->plans[i + 2];
	DayFacts facts = {.person = 1,
					  .day = MONDAY + i,
					  .now_ms = calendar_ms(MONDAY + N_DAYS + 2, 0, OFFSET),
					  .utc_offset_min = OFFSET,
					  .rules = history->rules,
					  .employed = TRUE,
					  .unit = 1,
					  .start_day = MONDAY - 10,
					  .live_day = MONDAY - 10,
					  .has_plan = TRUE,
					  .plan = history->plans[i + 1],
					  .enrolled = TRUE,
					  .leaves = &history->leave,
					  .n_leaves = history->leave_day == MONDAY + i,
					  .punches = punches};
	facts.has_before = before->n_shifts > 0;
	if (facts.has_before)
		facts.before = before->shifts[before->n_shifts - 1];
	facts.has_after = after->n_shifts > 0;
	if (facts.has_after)
		facts.after = after->shifts[0];
	for (gsize p = 0; p < history->n_punches; p++) {
		gint64 day = calendar_day(history->punches[p].at_ms, OFFSET);
		if ((int)p != without && day >= MONDAY + i - 1 && day <= MONDAY + i + 1)
			punches[facts.n_punches++] = history->punches[p];
	}
	day_judge(&facts, verdict);
}

static gboolean has_code(const DayVerdict *verdict, const char *code)
{
	for (gsize i = 0; i < verdict->n_codes; i++)
		if (strcmp(verdict->codes[i], code) == 0)
			return TRUE;
	return FALSE;
}

static void count_use(int used[PUNCHES_MAX], const char *event)
{
	if (event != NULL)
		g_assert_cmpint(++used[g_ascii_strtoll(event, NULL, 10)], ==, 1);
}

/* A punch is the arrival or the leaving of one shift of one day; minutes late and early lie apart. */
static void no_punch_and_no_minute_counts_twice(void)
{
	for (int round = 0; round < n_histories(3000, 100000); round++) {
		History history;
		int used[PUNCHES_MAX] = {0};
		make_history(&history);
		for (int i = 0; i < N_DAYS; i++) {
			DayPunch punches[PUNCHES_MAX];
			DayVerdict verdict;
			gint64 minutes = 0;
			judge_day(&history, i, -1, punches, &verdict);
			for (gsize s = 0; s < history.plans[i + 1].n_shifts; s++)
				minutes += (history.plans[i + 1].shifts[s].end_ms -
							history.plans[i + 1].shifts[s].start_ms) /
						   MINUTE_MS;
			g_assert_cmpint(verdict.late_min + verdict.early_min, <=, minutes);
			g_assert_false(has_code(&verdict, "TK") && verdict.n_codes > 1);
			g_assert_false(has_code(&verdict, "TK") && verdict.pp94_min != 0);
			for (gsize r = 0; r < verdict.n_reasons; r++)
				if (verdict.reasons[r].kind == REASON_PRESENT) {
					count_use(used, verdict.reasons[r].event);
					count_use(used, verdict.reasons[r].event_out);
				}
		}
	}
}

/* Whatever comes in late makes no day absent that was not. */
static void one_punch_more_makes_no_day_absent(void)
{
	for (int round = 0; round < n_histories(2000, 50000); round++) {
		History history;
		make_history(&history);
		if (history.n_punches == 0)
			continue;
		int late = g_test_rand_int_range(0, (int)history.n_punches);
		for (int i = 0; i < N_DAYS; i++) {
			DayPunch punches[PUNCHES_MAX];
			DayVerdict before, after;
			judge_day(&history, i, late, punches, &before);
			gboolean was_absent = has_code(&before, "TK");
			judge_day(&history, i, -1, punches, &after);
			g_assert_true(was_absent || !has_code(&after, "TK"));
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/property/no_punch_and_no_minute_counts_twice",
					no_punch_and_no_minute_counts_twice);
	g_test_add_func("/rules/property/one_punch_more_makes_no_day_absent",
					one_punch_more_makes_no_day_absent);
	return g_test_run();
}
