/* What a day asks for when it is no plain week: rosters, double shifts, orders, events; and facts that
 * contradict each other. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/day.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */

typedef struct {
	DayFacts facts;
	DayPunch punches[8];
	DayLeave leave;
	DayEvent event;
} Case;

static gint64 at(int minute)
{
	return calendar_ms(MONDAY, minute, OFFSET);
}

static void start_case(Case *c, const Shift *shifts, gsize n)
{
	*c = (Case){.facts = {.person = 1,
						  .day = MONDAY,
						  .now_ms = at(3 * 1440),
						  .utc_offset_min = OFFSET,
						  .rules = {.version = 1,
									.in_before_min = 90,
									.out_after_min = 240,
									.repeat_s = 300,
									.bands_min = {30, 60, 90},
									.missing_min = 91,
									.pp94_deducted = TRUE,
									.travel_min = 10},
						  .employed = TRUE,
						  .unit = 1,
						  .start_day = MONDAY - 10,
						  .live_day = MONDAY - 10,
						  .has_plan = TRUE,
						  .plan = {.name = "Jaga", .from_day = G_MININT64, .over_holiday = TRUE},
						  .enrolled = TRUE}};
	shift_plan(&c->facts.plan, shifts, n);
	c->facts.punches = c->punches;
	c->facts.leaves = &c->leave;
	c->facts.events = &c->event;
}

static void add_punch(Case *c, int minute, gint64 place)
{
	c->punches[c->facts.n_punches++] = (DayPunch){.at_ms = at(minute),
												  .place_id = place,
												  .at_duty = place == 1,
												  .place = place == 1 ? "RS" : "Dinkes"};
}

static void expect(const Case *c, const char *codes, int late, int early, gboolean conflict)
{
	DayVerdict verdict;
	day_judge(&c->facts, &verdict);
	g_autofree char *got = day_codes_text(&verdict);
	g_assert_cmpstr(got, ==, codes);
	g_assert_cmpint(verdict.late_min, ==, late);
	g_assert_cmpint(verdict.early_min, ==, early);
	g_assert_cmpint(verdict.conflict, ==, conflict);
}

#define SHIFT(from, to) {.day = MONDAY, .start_ms = at(from), .end_ms = at(to)}

static void double_shifts_are_judged_each(void)
{
	/* 07–14 and 21–07: four slots. Each row: minutes of the day. */
	const Shift shifts[] = {SHIFT(1260, 1860), SHIFT(420, 840)};
	static const struct {
		int punches[4];
		const char *codes;
		int late, early;
	} rows[] = {
		{{415, 845, 1250, 1865}, "H", 0, 0},
		{{425, 845, 1290, 1865}, "TL1", 5 + 30, 0}, /* both late: the minutes add up, once each */
		{{425, 830, 1330, 1865}, "TL1 PSW1 TL3", 5 + 70, 10},
		{{-1, -1, 1250, 1865}, "TAM TAP", 0, 0}, /* the first not worked at all */
		{{415, 845, -1, -1}, "TAM TAP", 0, 0},
		{{415, -1, -1, 1865}, "TAP TAM", 0, 0},
		{{-1, -1, -1, -1}, "TK", 0, 0}, /* once */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		start_case(&c, shifts, 2);
		g_assert_cmpint(c.facts.plan.n_shifts, ==, 2);
		for (int p = 0; p < 4; p++)
			if (rows[i].punches[p] >= 0)
				add_punch(&c, rows[i].punches[p], 1);
		g_test_message("row %d", (int)i);
		expect(&c, rows[i].codes, rows[i].late, rows[i].early, FALSE);
	}
}

static void shifts_that_touch_are_one(void)
{
	const Shift shifts[] = {SHIFT(840, 1260), SHIFT(420, 840)};
	const Shift within[] = {SHIFT(420, 930), SHIFT(480, 840)};
	Case c;
	/* One that lies within the other adds nothing. */
	start_case(&c, within, 2);
	g_assert_cmpint(c.facts.plan.n_shifts, ==, 1);
	g_assert_cmpint(c.facts.plan.shifts[0].end_ms, ==, at(930));
	start_case(&c, shifts, 2);
	g_assert_cmpint(c.facts.plan.n_shifts, ==, 1);
	add_punch(&c, 415, 1);
	add_punch(&c, 1262, 1);
	expect(&c, "H", 0, 0, FALSE);
	start_case(&c, shifts, 0);
	expect(&c, "L", 0, 0, FALSE);
}

static void a_roster_works_on_a_holiday_and_an_order_frees(void)
{
	const Shift shift = SHIFT(420, 840);
	Case c;
	start_case(&c, &shift, 1);
	c.facts.holiday = "Idul Fitri";
	c.facts.holiday_kind = "nasional";
	expect(&c, "TK", 0, 0, FALSE);
	c.facts.plan.over_holiday = FALSE;
	expect(&c, "HL", 0, 0, FALSE);
	c.facts.holiday_kind = "cuti_bersama";
	expect(&c, "CBS", 0, 0, FALSE);
}

static void an_event_is_attended_by_punch_or_list(void)
{
	const Shift shift = SHIFT(420, 930);
	static const struct {
		int in; /* the arrival, -1: none; the leaving is on time when there is one */
		gboolean by_list, has_list, listed;
		DataState data;
		const char *codes;
	} rows[] = {
		{410, FALSE, FALSE, FALSE, DATA_COMPLETE, "H APG"},
		{436, FALSE, FALSE, FALSE, DATA_COMPLETE, "TL1 TAPG"}, /* after the window */
		{400, FALSE, FALSE, FALSE, DATA_COMPLETE, "H TAPG"},   /* before it */
		{436, FALSE, FALSE, FALSE, DATA_GAP, "TL1"},           /* may still have been there */
		{-1, FALSE, FALSE, FALSE, DATA_COMPLETE, "TK"},        /* absent once, no event on top */
		{410, TRUE, FALSE, FALSE, DATA_COMPLETE, "H"},         /* no list yet */
		{410, TRUE, TRUE, TRUE, DATA_COMPLETE, "H APG"},
		{410, TRUE, TRUE, FALSE, DATA_COMPLETE, "H TAPG"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		start_case(&c, &shift, 1);
		c.event = (DayEvent){.code = "APG",
							 .name = "Apel pagi",
							 .from_ms = at(405),
							 .to_ms = at(435),
							 .by_list = rows[i].by_list,
							 .has_list = rows[i].has_list,
							 .listed = rows[i].listed,
							 .data = {.state = rows[i].data}};
		c.facts.n_events = 1;
		if (rows[i].in >= 0) {
			add_punch(&c, rows[i].in, 1);
			add_punch(&c, 935, 1);
		}
		g_test_message("row %d", (int)i);
		expect(&c, rows[i].codes, rows[i].in == 436 ? 16 : 0, 0, FALSE);
	}
	/* Who is excused from the arrival is not called to the event; before its end nobody missed it. */
	Case c;
	start_case(&c, &shift, 1);
	c.event = (DayEvent){.code = "APG", .name = "Apel", .from_ms = at(405), .to_ms = at(435)};
	c.facts.n_events = 1;
	c.leave = (DayLeave){.code = "TKD", .name = "Tugas", .slot = SLOT_IN, .duty = TRUE};
	c.facts.n_leaves = 1;
	add_punch(&c, 935, 1);
	expect(&c, "TKD", 0, 0, FALSE);
	c.facts.n_leaves = 0;
	c.facts.now_ms = at(434);
	c.facts.n_punches = 0;
	expect(&c, "BW", 0, 0, FALSE);
	/* A claim that waits is no attendance yet; who could not be identified has missed nothing. */
	start_case(&c, &shift, 1);
	c.event = (DayEvent){.code = "APG", .name = "Apel", .from_ms = at(405), .to_ms = at(435)};
	c.facts.n_events = 1;
	add_punch(&c, 400, 1);
	add_punch(&c, 410, 1);
	add_punch(&c, 935, 1);
	c.punches[1].waiting = TRUE;
	expect(&c, "H TAPG", 0, 0, FALSE);
	c.facts.enrolled = FALSE;
	expect(&c, "H", 0, 0, FALSE);
}

static void contradictions_are_said_not_resolved(void)
{
	const Shift shift = SHIFT(420, 930);
	static const struct {
		const char *code;
		gboolean duty, away;
		gint64 place;
		gboolean conflict;
	} rows[] = {
		{"CT", FALSE, FALSE, 2, TRUE},  /* on leave, and yet there */
		{"DL", TRUE, TRUE, 1, TRUE},    /* sent elsewhere, and yet at the own place */
		{"DL", TRUE, TRUE, 2, FALSE},   /* a visitor where they were sent */
		{"WFH", TRUE, FALSE, 1, FALSE}, /* may come all the same */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		start_case(&c, &shift, 1);
		c.leave = (DayLeave){.code = rows[i].code,
							 .name = "x",
							 .slot = SLOT_DAY,
							 .duty = rows[i].duty,
							 .away = rows[i].away};
		c.facts.n_leaves = 1;
		add_punch(&c, 415, rows[i].place);
		expect(&c, rows[i].code, 0, 0, rows[i].conflict);
	}
	/* Two places within ten minutes. */
	Case c;
	start_case(&c, &shift, 1);
	add_punch(&c, 415, 1);
	add_punch(&c, 424, 2);
	add_punch(&c, 935, 1);
	expect(&c, "H", 0, 0, TRUE);
	c.punches[1].at_ms = at(425);
	expect(&c, "H", 0, 0, FALSE);
	c.punches[1].at_ms = at(424);
	c.punches[1].waiting = TRUE;
	expect(&c, "H", 0, 0, FALSE);
}

static void a_punch_by_hand_says_so(void)
{
	const Shift shift = SHIFT(420, 930);
	Case c;
	DayVerdict verdict;
	start_case(&c, &shift, 1);
	add_punch(&c, 412, 1);
	add_punch(&c, 934, 1);
	c.punches[0].letter = "Daftar 7";
	day_judge(&c.facts, &verdict);
	g_autoptr(GString) words = g_string_new(NULL);
	reason_words(words, &verdict.reasons[0], OFFSET);
	g_assert_cmpstr(words->str, ==,
					"Masuk 06.52 di RS (dicatat manual: Daftar 7), pulang 15.34 di RS.");
}

/* The order of arrival is nobody's business: facts are sorted by time before they are judged, and the
 * same set gives the same verdict whatever the borders of the windows are. */
static void no_punch_belongs_to_two_days(void)
{
	for (int round = 0; round < 2000; round++) {
		const int n = 7;
		Shift days[7];
		gboolean works[7];
		RuleSet rules = {.in_before_min = 90, .out_after_min = 240, .repeat_s = 300};
		for (int i = 0; i < n; i++) {
			gint64 start = calendar_ms(MONDAY + i, g_test_rand_int_range(0, 1440), OFFSET);
			gint64 end = start + g_test_rand_int_range(60, 720) * MINUTE_MS;
			works[i] = g_test_rand_int_range(0, 4) != 0 && (i == 0 || start >= days[i - 1].end_ms);
			days[i] = works[i] ? (Shift){.day = MONDAY + i, .start_ms = start, .end_ms = end}
							   : (Shift){.end_ms = i > 0 ? days[i - 1].end_ms : 0};
		}
		gint64 last_end = G_MININT64;
		for (int i = 0; i < n; i++) {
			ShiftWindow window;
			if (!works[i])
				continue;
			shift_window(&days[i], i > 0 && works[i - 1] ? &days[i - 1] : NULL,
						 i + 1 < n && works[i + 1] ? &days[i + 1] : NULL, &rules, &window);
			g_assert_cmpint(window.in_from_ms, <=, window.in_to_ms);
			g_assert_cmpint(window.in_to_ms, ==, window.out_from_ms);
			g_assert_cmpint(window.out_from_ms, <=, window.out_to_ms);
			if (i > 0 && works[i - 1])
				g_assert_cmpint(window.in_from_ms, >=, last_end);
			last_end = window.out_to_ms;
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/plan/double_shifts_are_judged_each", double_shifts_are_judged_each);
	g_test_add_func("/rules/plan/shifts_that_touch_are_one", shifts_that_touch_are_one);
	g_test_add_func("/rules/plan/a_roster_works_on_a_holiday_and_an_order_frees",
					a_roster_works_on_a_holiday_and_an_order_frees);
	g_test_add_func("/rules/plan/an_event_is_attended_by_punch_or_list",
					an_event_is_attended_by_punch_or_list);
	g_test_add_func("/rules/plan/contradictions_are_said_not_resolved",
					contradictions_are_said_not_resolved);
	g_test_add_func("/rules/plan/a_punch_by_hand_says_so", a_punch_by_hand_says_so);
	g_test_add_func("/rules/plan/no_punch_belongs_to_two_days", no_punch_belongs_to_two_days);
	return g_test_run();
}
