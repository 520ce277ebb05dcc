/* One person-day, by tables: a row is what happened and what the verdict must be. */
#include <stdio.h>
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/day.h"
#include "server/rules/reason_pack.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */

static const RuleSet rules = {.version = 1,
							  .in_before_min = 90,
							  .out_after_min = 240,
							  .repeat_s = 300,
							  .bands_min = {30, 60, 90}};

/* 07.00–15.30, Friday to 16.00; weekend off. */
static const WeekPattern office = {
	.days = {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}};
static const WeekPattern graced = {.days = {{450, 960, 60}}, .grace_min = 15};
static const WeekPattern flexible = {.days = {{420, 930, 60}}, .flex_min = 60};
/* 21.00–07.00 every night. */
static const WeekPattern night = {.days = {{1260, 1860, 0},
										   {1260, 1860, 0},
										   {1260, 1860, 0},
										   {1260, 1860, 0},
										   {1260, 1860, 0},
										   {1260, 1860, 0},
										   {1260, 1860, 0}}};

/* "06:52:10", "+07:05" on the next day, "-19:40" on the day before. */
static gint64 at(const char *text)
{
	int hour = 0, minute = 0, second = 0;
	gint64 day = MONDAY + (*text == '+') - (*text == '-');
	if (*text == '+' || *text == '-')
		text++;
	g_assert_cmpint(sscanf(text, "%d:%d:%d", &hour, &minute, &second), >=, 2);
	return calendar_ms(day, hour * 60 + minute, OFFSET) + second * 1000;
}

#define PUNCHES_MAX 8

typedef struct {
	DayFacts facts;
	DayPunch punches[PUNCHES_MAX];
	DayLeave leave;
} Case;

/* Times by spaces; a "w" behind one: waiting to be verified. */
static void add_punches(Case *c, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	for (gsize i = 0; words[i] != NULL; i++) {
		if (*words[i] == '\0')
			continue;
		c->punches[c->facts.n_punches++] = (DayPunch){.at_ms = at(words[i]),
													  .waiting = g_str_has_suffix(words[i], "w"),
													  .place = "Lobi BKD",
													  .terminal = "bkd-1"};
	}
}

static void start_case(Case *c, const WeekPattern *week, const char *punches, const char *now)
{
	*c = (Case){.facts = {.person = 1,
						  .day = MONDAY,
						  .now_ms = now != NULL ? at(now) : at("+23:59"),
						  .utc_offset_min = OFFSET,
						  .rules = rules,
						  .employed = TRUE,
						  .status = "01",
						  .unit = 1,
						  .start_day = MONDAY - 100,
						  .live_day = MONDAY - 50,
						  .has_pattern = TRUE,
						  .pattern = *week,
						  .pattern_name = "5 hari kerja",
						  .pattern_from_day = G_MININT64,
						  .enrolled = TRUE}};
	c->facts.punches = c->punches;
	c->facts.leaves = &c->leave;
	c->facts.has_before = shift_of_day(week, MONDAY - 1, OFFSET, &c->facts.before);
	c->facts.has_after = shift_of_day(week, MONDAY + 1, OFFSET, &c->facts.after);
	add_punches(c, punches);
}

static void expect(const Case *c, const char *codes, DayState state, int late, int early)
{
	DayVerdict verdict;
	day_judge(&c->facts, &verdict);
	g_autofree char *got = day_codes_text(&verdict);
	g_autofree char *json = reasons_json(verdict.reasons, verdict.n_reasons, OFFSET);
	g_test_message("%s", json);
	g_assert_cmpstr(got, ==, codes);
	g_assert_cmpstr(day_state_text(verdict.state), ==, day_state_text(state));
	g_assert_cmpint(verdict.late_min, ==, late);
	g_assert_cmpint(verdict.early_min, ==, early);
	g_assert_cmpint(verdict.n_reasons > 0, ==, state != DAY_NONE);
	/* What is still running says when to look again, and only that. */
	g_assert_cmpint(verdict.due_ms > c->facts.now_ms, ==, state == DAY_RUNNING);
}

typedef struct {
	const char *punches, *now; /* NULL: the next day, all is over */
	const char *codes;
	DayState state;
	int late, early;
} Row;

static void run_rows(const WeekPattern *week, const Row *rows, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		Case c;
		g_test_message("row %d: %s", (int)i, rows[i].punches);
		start_case(&c, week, rows[i].punches, rows[i].now);
		expect(&c, rows[i].codes, rows[i].state, rows[i].late, rows[i].early);
	}
}

static void minutes_are_floored_and_banded(void)
{
	static const Row rows[] = {
		{"06:52 15:34", NULL, "H", DAY_FINAL, 0, 0},
		{"07:00 15:30", NULL, "H", DAY_FINAL, 0, 0},    /* on the minute */
		{"07:00:59 15:30", NULL, "H", DAY_FINAL, 0, 0}, /* seconds are floored */
		{"07:01 15:30", NULL, "TL1", DAY_FINAL, 1, 0},
		{"07:30:59 15:30", NULL, "TL1", DAY_FINAL, 30, 0}, /* last of the band */
		{"07:31 15:30", NULL, "TL2", DAY_FINAL, 31, 0},
		{"08:00 15:30", NULL, "TL2", DAY_FINAL, 60, 0},
		{"08:01 15:30", NULL, "TL3", DAY_FINAL, 61, 0},
		{"08:30 15:30", NULL, "TL3", DAY_FINAL, 90, 0},
		{"08:31 15:30", NULL, "TL4", DAY_FINAL, 91, 0},
		{"07:00 15:29:59", NULL, "PSW1", DAY_FINAL, 0, 1}, /* 15.29 is a minute early */
		{"07:00 15:00", NULL, "PSW1", DAY_FINAL, 0, 30},
		{"07:00 14:59", NULL, "PSW2", DAY_FINAL, 0, 31},
		{"07:12 13:00", NULL, "TL1 PSW4", DAY_FINAL, 12, 150},
	};
	run_rows(&office, rows, G_N_ELEMENTS(rows));
}

static void windows_decide_what_a_punch_is(void)
{
	static const Row rows[] = {
		{"05:29 15:30", NULL, "TAM", DAY_FINAL, 0, 0},   /* before the in-window */
		{"05:30 15:30", NULL, "H", DAY_FINAL, 0, 0},     /* its first minute */
		{"11:14 15:30", NULL, "TL4", DAY_FINAL, 254, 0}, /* its last minute */
		{"11:15 15:30", NULL, "TAM", DAY_FINAL, 0, 0},   /* the middle belongs to out */
		{"07:00 19:29", NULL, "H", DAY_FINAL, 0, 0},
		{"07:00 19:30", NULL, "TAP", DAY_FINAL, 0, 0}, /* the out-window is over */
		{"07:00", NULL, "TAP", DAY_FINAL, 0, 0},
		{"15:31", NULL, "TAM", DAY_FINAL, 0, 0},
		{"", NULL, "TK", DAY_FINAL, 0, 0},
		{"03:00 23:00", NULL, "TK", DAY_FINAL, 0, 0},
		{"06:50 07:20 11:00 15:31 16:00", NULL, "H", DAY_FINAL, 0, 0}, /* the best of each */
		{"07:10", NULL, "TL1 TAP", DAY_FINAL, 10, 0},
	};
	run_rows(&office, rows, G_N_ELEMENTS(rows));
}

static void repeats_are_one_punch(void)
{
	static const Row rows[] = {
		{"06:52:00 06:52:20", NULL, "TAP", DAY_FINAL, 0, 0}, /* the second is no going home */
		{"11:14:00 11:16:00", NULL, "TL4 TAP", DAY_FINAL, 254,
		 0}, /* not across the middle either */
		{"07:00 15:29 15:30:10", NULL, "H", DAY_FINAL, 0,
		 0}, /* who waits for the minute is right */
	};
	run_rows(&office, rows, G_N_ELEMENTS(rows));
}

static void grace_spares_its_minutes_only(void)
{
	static const Row rows[] = {
		{"07:30 16:00", NULL, "H", DAY_FINAL, 0, 0},
		{"07:45 16:00", NULL, "H", DAY_FINAL, 0, 0},    /* last minute of grace */
		{"07:46 16:00", NULL, "TL1", DAY_FINAL, 16, 0}, /* first minute after it */
	};
	run_rows(&graced, rows, G_N_ELEMENTS(rows));
}

static void flexible_minutes_are_made_up_the_same_day(void)
{
	static const Row rows[] = {
		{"07:42 16:15", NULL, "H", DAY_FINAL, 0, 0},
		{"07:42 16:12", NULL, "H", DAY_FINAL, 0, 0},
		{"07:42 16:11", NULL, "PSW1", DAY_FINAL, 0, 1},
		{"08:00 16:30", NULL, "H", DAY_FINAL, 0, 0},    /* the last flexible minute */
		{"08:01 15:30", NULL, "TL3", DAY_FINAL, 61, 0}, /* later loses all of it */
	};
	run_rows(&flexible, rows, G_N_ELEMENTS(rows));
}

/* "15:30" when the leaving at that time makes the day whole; NULL: nothing is to be left. */
static void a_day_knows_when_it_may_be_left(void)
{
	static const struct {
		const WeekPattern *week;
		const char *punches, *now, *due_out;
	} rows[] = {
		{&office, "", "06:00", "15:30"},      /* before the arrival: the end */
		{&office, "07:12", "08:00", "15:30"}, /* lateness cannot be made up here */
		{&flexible, "07:42", "08:00", "16:12"},
		{&flexible, "08:01", "09:00", "15:30"}, /* later than the flexible time loses it all */
		{&night, "20:50", "22:00", "+07:00"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		DayVerdict verdict;
		start_case(&c, rows[i].week, rows[i].punches, rows[i].now);
		day_judge(&c.facts, &verdict);
		g_assert_cmpint(verdict.due_out_ms, ==, at(rows[i].due_out));
	}
	Case c;
	DayVerdict verdict;
	start_case(&c, &office, "", NULL);
	c.leave = (DayLeave){.code = "DL", .name = "Dinas luar", .slot = SLOT_OUT, .duty = TRUE};
	c.facts.n_leaves = 1;
	day_judge(&c.facts, &verdict);
	g_assert_cmpint(verdict.due_out_ms, ==, 0);
}

/* Domain 9: what BKD may decide otherwise. */
static void open_choices_are_settings(void)
{
	static const struct {
		gboolean excess, unmade_late;
		const char *punches, *codes;
		int late, early;
	} rows[] = {
		{FALSE, FALSE, "08:05 15:30", "TL3", 65, 0},      /* loses all */
		{TRUE, FALSE, "08:05 16:30", "TL1", 5, 0},        /* only the excess; 60 made up */
		{TRUE, FALSE, "08:05 16:00", "TL1 PSW1", 5, 30},  /* 30 of the 60 not made up */
		{FALSE, FALSE, "07:42 16:00", "PSW1", 0, 12},     /* not made up: early */
		{FALSE, TRUE, "07:42 16:00", "TL1", 12, 0},       /* … or late */
		{FALSE, TRUE, "07:42 15:10", "TL2 PSW1", 42, 20}, /* both: 42 flexible, 20 before the end */
		{TRUE, TRUE, "08:05 16:00", "TL2", 35, 0},        {FALSE, TRUE, "07:42 16:12", "H", 0, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		g_test_message("row %d: %s", (int)i, rows[i].punches);
		start_case(&c, &flexible, rows[i].punches, NULL);
		c.facts.rules.flex_excess = rows[i].excess;
		c.facts.rules.flex_unmade_late = rows[i].unmade_late;
		expect(&c, rows[i].codes, DAY_FINAL, rows[i].late, rows[i].early);
	}
	/* While the window is open a later leaving may still make it up. */
	Case c;
	start_case(&c, &flexible, "07:42 16:00", "16:05");
	c.facts.rules.flex_unmade_late = TRUE;
	expect(&c, "BW", DAY_RUNNING, 0, 0);
}

/* The year's account counts days of 450 minutes; where BKD says that a day has fewer or more, a
 * minute weighs as much more or less.  Defaults: every day is one of 450. */
static void a_minute_weighs_by_the_length_of_its_day(void)
{
	static const WeekPattern six = {.days = {{420, 840, 0},
											 {420, 840, 0},
											 {420, 840, 0},
											 {420, 840, 0},
											 {420, 690, 0},
											 {420, 780, 0}}};
	static const struct {
		const WeekPattern *week;
		const char *punches;
		gboolean ramadan, chosen;
		int minutes;
	} rows[] = {
		{&office, "07:39 15:30", FALSE, TRUE, 39}, /* five days: 450 whatever is chosen */
		{&office, "07:39 15:30", TRUE, TRUE, 45},  /* 39 of 390 are a tenth of a day */
		{&office, "07:39 15:30", TRUE, FALSE, 39}, /* nothing chosen */
		{&six, "07:39 14:00", FALSE, TRUE, 46},    /* 39 of 375, down to the minute */
		{&six, "07:39 14:00", TRUE, TRUE, 45},     /* Ramadan before six days */
		{&night, "21:40 +07:00", TRUE, TRUE, 30},  /* 40 of 600; a night before Ramadan */
		{&night, "21:40 +07:00", FALSE, FALSE, 40},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		DayVerdict verdict;
		g_test_message("row %d", (int)i);
		start_case(&c, rows[i].week, rows[i].punches, NULL);
		c.facts.now_ms += DAY_MS;
		c.facts.pattern.ramadan = rows[i].ramadan;
		if (rows[i].chosen) {
			c.facts.rules.day_ramadan_min = 390;
			c.facts.rules.day_six_min = 375;
			c.facts.rules.day_night_min = 600;
		}
		day_judge(&c.facts, &verdict);
		g_assert_cmpint(verdict.pp94_min, ==, rows[i].minutes);
	}
}

/* "Sickness without letter" is BKD's choice: S stands (default), or TK until the letter comes. */
static void sick_without_a_letter_is_a_choice(void)
{
	static const struct {
		const char *code, *letter;
		gboolean absent;
		const char *codes;
		int days;
	} rows[] = {
		{"S", "-", FALSE, "S", 0},
		{"S", "-", TRUE, "TK", 1},
		{"S", "440/12", TRUE, "S", 0}, /* it came */
		{"CS", "-", TRUE, "CS", 0},    /* leave is decided, not reported */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		DayVerdict verdict;
		start_case(&c, &office, "", NULL);
		c.leave = (DayLeave){
			.code = rows[i].code, .name = "Sakit", .letter = rows[i].letter, .slot = SLOT_DAY};
		c.facts.n_leaves = 1;
		c.facts.rules.sick_unlettered_absent = rows[i].absent;
		expect(&c, rows[i].codes, DAY_FINAL, 0, 0);
		day_judge(&c.facts, &verdict);
		g_assert_cmpint(verdict.pp94_days, ==, rows[i].days);
	}
}

static void a_night_belongs_to_the_day_it_began(void)
{
	static const Row rows[] = {
		{"20:50 +07:05", NULL, "H", DAY_FINAL, 0, 0},
		{"-20:50 07:05 20:50 +07:05", NULL, "H", DAY_FINAL, 0,
		 0}, /* yesterday's night is not ours */
		{"20:50 +06:30", NULL, "PSW1", DAY_FINAL, 0, 30},
		{"21:10 +07:05", NULL, "TL1", DAY_FINAL, 10, 0},
		{"07:05 +07:05", NULL, "TAM", DAY_FINAL, 0, 0},
		{"20:50", "+05:00", "BW", DAY_RUNNING, 0, 0},
	};
	run_rows(&night, rows, G_N_ELEMENTS(rows));
}

static void a_running_day_is_not_judged_early(void)
{
	static const Row rows[] = {
		{"", "04:00", "BW", DAY_RUNNING, 0, 0},
		{"", "11:14", "BW", DAY_RUNNING, 0, 0}, /* may still come */
		{"", "11:15", "TAM BW", DAY_RUNNING, 0, 0},
		{"06:52", "09:00", "BW", DAY_RUNNING, 0, 0},
		{"07:12", "09:00", "TL1 BW", DAY_RUNNING, 12, 0},
		{"06:52 12:10", "12:11", "BW", DAY_RUNNING, 0, 0}, /* may come back and leave later */
		{"06:52 12:10", "19:30", "PSW4", DAY_FINAL, 0, 200},
		{"06:52 15:31", "15:32", "H", DAY_FINAL, 0, 0}, /* nothing can change it */
		{"06:52", "19:29", "BW", DAY_RUNNING, 0, 0},
		{"06:52", "19:30", "TAP", DAY_FINAL, 0, 0},
	};
	run_rows(&office, rows, G_N_ELEMENTS(rows));
}

static void a_claim_not_yet_verified_is_waited_for(void)
{
	static const Row rows[] = {
		{"06:52w 15:31", NULL, "MV", DAY_WAITING, 0, 0},
		{"06:52w 15:31w", NULL, "MV", DAY_WAITING, 0, 0},
		{"06:52w 07:10 15:31", NULL, "MV", DAY_WAITING, 0, 0}, /* it would make the arrival good */
		{"06:52 07:10w 15:31", NULL, "H", DAY_FINAL, 0, 0},    /* it would change nothing */
		{"06:52 13:00 15:31w", NULL, "MV", DAY_WAITING, 0, 0},
		{"06:52w", "09:00", "MV BW", DAY_RUNNING, 0, 0},
	};
	run_rows(&office, rows, G_N_ELEMENTS(rows));
}

static void missing_data_is_never_absence(void)
{
	static const struct {
		const char *punches;
		DataState in, out;
		gboolean enrolled;
		const char *codes;
		DayState state;
		int late, early;
	} rows[] = {
		{"", DATA_GAP, DATA_COMPLETE, TRUE, "BL TAP", DAY_WAITING, 0, 0},
		{"", DATA_GAP, DATA_GAP, TRUE, "BL", DAY_WAITING, 0, 0},
		{"", DATA_COMPLETE, DATA_COMPLETE, TRUE, "TK", DAY_FINAL, 0, 0},
		{"", DATA_NO_TERMINAL, DATA_NO_TERMINAL, TRUE, "BL", DAY_WAITING, 0, 0},
		{"06:52 15:31", DATA_GAP, DATA_GAP, TRUE, "H", DAY_FINAL, 0, 0},
		/* An earlier punch may be among what is missing. */
		{"07:12 15:31", DATA_GAP, DATA_COMPLETE, TRUE, "BL", DAY_WAITING, 0, 0},
		{"06:52 14:00", DATA_COMPLETE, DATA_GAP, TRUE, "BL", DAY_WAITING, 0, 0},
		/* They punched elsewhere: that there is no terminal at home excuses nothing. */
		{"07:12 15:31", DATA_NO_TERMINAL, DATA_NO_TERMINAL, TRUE, "TL1", DAY_FINAL, 12, 0},
		{"", DATA_OUTAGE_ACCEPTED, DATA_COMPLETE, TRUE, "AT TAP", DAY_FINAL, 0, 0},
		{"15:31", DATA_OUTAGE_ACCEPTED, DATA_COMPLETE, TRUE, "AT", DAY_FINAL, 0, 0},
		{"08:45 15:31", DATA_OUTAGE_ACCEPTED, DATA_COMPLETE, TRUE, "AT", DAY_FINAL, 0, 0},
		{"15:31", DATA_OUTAGE_DECLARED, DATA_COMPLETE, TRUE, "BL", DAY_WAITING, 0, 0},
		/* What is lost for ever excuses as an outage does: nobody can say what was in it. */
		{"", DATA_LOST, DATA_COMPLETE, TRUE, "AT TAP", DAY_FINAL, 0, 0},
		{"07:12 15:31", DATA_LOST, DATA_COMPLETE, TRUE, "AT", DAY_FINAL, 0, 0},
		{"06:52 15:31", DATA_LOST, DATA_LOST, TRUE, "H", DAY_FINAL, 0, 0},
		{"", DATA_LOST, DATA_LOST, FALSE, "BT", DAY_WAITING, 0, 0},
		{"07:12 15:31", DATA_LOST, DATA_COMPLETE, FALSE, "AT", DAY_FINAL, 0, 0},
		{"", DATA_COMPLETE, DATA_COMPLETE, FALSE, "BT", DAY_WAITING, 0, 0},
		{"", DATA_GAP, DATA_GAP, FALSE, "BT", DAY_WAITING, 0, 0},
		{"", DATA_NO_TERMINAL, DATA_NO_TERMINAL, FALSE, "BT", DAY_WAITING, 0, 0},
		{"06:52", DATA_COMPLETE, DATA_COMPLETE, FALSE, "BT", DAY_WAITING, 0, 0},
		{"06:52 15:31", DATA_COMPLETE, DATA_COMPLETE, FALSE, "H", DAY_FINAL, 0, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		g_test_message("row %d", (int)i);
		start_case(&c, &office, rows[i].punches, NULL);
		c.facts.data[0].in = (SlotData){
			.state = rows[i].in, .from_ms = at("05:30"), .to_ms = at("11:15"), .terminal = "bkd-1"};
		c.facts.data[0].out = (SlotData){.state = rows[i].out,
										 .from_ms = at("11:15"),
										 .to_ms = at("19:30"),
										 .place = "Lobi BKD"};
		c.facts.enrolled = rows[i].enrolled;
		expect(&c, rows[i].codes, rows[i].state, rows[i].late, rows[i].early);
	}
}

static void leave_and_duty_elsewhere_excuse(void)
{
	static const struct {
		const char *punches, *now;
		DaySlot slot;
		gboolean duty;
		const char *code, *codes;
		DayState state;
		int late, early;
	} rows[] = {
		{"", NULL, SLOT_DAY, FALSE, "CT", "CT", DAY_FINAL, 0, 0},
		{"", "04:00", SLOT_DAY, FALSE, "CT", "CT", DAY_FINAL, 0, 0}, /* known beforehand */
		{"07:01 15:31", NULL, SLOT_DAY, FALSE, "CT", "CT", DAY_FINAL, 0, 0},
		{"15:31", NULL, SLOT_IN, TRUE, "DL", "DL", DAY_FINAL, 0, 0},
		{"08:12 15:31", NULL, SLOT_IN, TRUE, "DL", "DL", DAY_FINAL, 0, 0},
		{"06:52 15:31", NULL, SLOT_IN, TRUE, "DL", "H", DAY_FINAL, 0, 0},
		{"", NULL, SLOT_IN, TRUE, "DL", "DL TAP", DAY_FINAL, 0, 0},
		{"07:12", NULL, SLOT_OUT, TRUE, "DL", "TL1 DL", DAY_FINAL, 12, 0},
		{"07:12", "10:00", SLOT_OUT, TRUE, "DL", "TL1 DL", DAY_FINAL, 12, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		g_test_message("row %d", (int)i);
		start_case(&c, &office, rows[i].punches, rows[i].now);
		c.leave =
			(DayLeave){rows[i].code, "Cuti tahunan", "851/1", rows[i].slot, rows[i].duty, FALSE};
		c.facts.n_leaves = 1;
		expect(&c, rows[i].codes, rows[i].state, rows[i].late, rows[i].early);
	}
}

static void a_day_without_duty_is_named(void)
{
	Case c;
	start_case(&c, &office, "", NULL);
	c.facts.holiday = "Nyepi";
	c.facts.holiday_kind = "nasional";
	expect(&c, "HL", DAY_FINAL, 0, 0);
	c.facts.holiday_kind = "cuti_bersama";
	expect(&c, "CBS", DAY_FINAL, 0, 0);
	/* A holiday within a leave is a holiday (domain §9, 3 before 4). */
	c.leave = (DayLeave){"CT", "Cuti tahunan", NULL, SLOT_DAY, FALSE, FALSE};
	c.facts.n_leaves = 1;
	expect(&c, "CBS", DAY_FINAL, 0, 0);

	start_case(&c, &office, "", NULL);
	memset(&c.facts.pattern.days[0], 0, sizeof c.facts.pattern.days[0]);
	expect(&c, "L", DAY_FINAL, 0, 0);

	start_case(&c, &office, "", NULL);
	c.facts.has_pattern = FALSE;
	expect(&c, "TJ", DAY_WAITING, 0, 0);

	start_case(&c, &office, "06:52 15:31", NULL);
	c.facts.status_code = "TB";
	c.facts.status_name = "Tugas Belajar";
	expect(&c, "TB", DAY_FINAL, 0, 0);
}

static void nobody_is_judged_who_is_not_to_be(void)
{
	Case c;
	start_case(&c, &office, "06:52 15:31", NULL);
	c.facts.employed = FALSE;
	expect(&c, "", DAY_NONE, 0, 0);
	start_case(&c, &office, "06:52 15:31", NULL);
	c.facts.unit = 0;
	expect(&c, "", DAY_NONE, 0, 0);
	start_case(&c, &office, "06:52 15:31", NULL);
	c.facts.start_day = MONDAY + 1;
	expect(&c, "", DAY_NONE, 0, 0);
	start_case(&c, &office, "", "-23:59");
	expect(&c, "", DAY_NONE, 0, 0);
}

static void a_trial_says_so(void)
{
	Case c;
	start_case(&c, &office, "07:12 15:31", NULL);
	c.facts.live_day = MONDAY + 1;
	expect(&c, "TL1 UC", DAY_FINAL, 12, 0);
	c.facts.live_day = MONDAY;
	expect(&c, "TL1", DAY_FINAL, 12, 0);
}

static void only_open_questions_are_asked_of_terminals(void)
{
	static const struct {
		const char *punches, *now;
		const char *in_from, *in_to, *out_from, *out_to; /* NULL: not asked */
	} rows[] = {
		{"06:52 15:31", NULL, NULL, NULL, NULL, NULL},
		{"", NULL, "05:30", "11:15", "11:15", "19:30"},
		{"07:12 15:31", NULL, "05:30", "07:12", NULL, NULL},
		{"06:52 14:00", NULL, NULL, NULL, "14:00", "19:30"},
		{"", "10:00", NULL, NULL, NULL, NULL},
		{"", "12:00", "05:30", "11:15", NULL, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		DayNeeds needs;
		start_case(&c, &office, rows[i].punches, rows[i].now);
		day_needs(&c.facts, &needs);
		g_assert_true(needs.n_shifts == 1);
		g_assert_cmpint(needs.shifts[0].in_from_ms, ==, rows[i].in_from ? at(rows[i].in_from) : 0);
		g_assert_cmpint(needs.shifts[0].in_to_ms, ==, rows[i].in_to ? at(rows[i].in_to) : 0);
		g_assert_cmpint(needs.shifts[0].out_from_ms, ==,
						rows[i].out_from ? at(rows[i].out_from) : 0);
		g_assert_cmpint(needs.shifts[0].out_to_ms, ==, rows[i].out_to ? at(rows[i].out_to) : 0);
	}
}

static char *hash_of(const DayVerdict *verdict)
{
	char hash[DAY_HASH_SIZE];
	day_hash_of(verdict, hash);
	return g_strdup(hash);
}

static void what_is_excused_is_not_asked_for(void)
{
	Case c;
	DayNeeds needs;
	start_case(&c, &office, "", NULL);
	c.leave = (DayLeave){.code = "DL", .name = "Dinas luar", .slot = SLOT_IN, .duty = TRUE};
	c.facts.n_leaves = 1;
	day_needs(&c.facts, &needs);
	g_assert_cmpint(needs.shifts[0].in_to_ms, ==, 0);
	g_assert_cmpint(needs.shifts[0].out_to_ms, ==, at("19:30"));
	c.leave.slot = SLOT_OUT;
	day_needs(&c.facts, &needs);
	g_assert_cmpint(needs.shifts[0].in_to_ms, ==, at("11:15"));
	g_assert_cmpint(needs.shifts[0].out_to_ms, ==, 0);
	c.facts.holiday = "Nyepi";
	day_needs(&c.facts, &needs);
	g_assert_cmpuint(needs.n_shifts, ==, 0);
}

/* Without flexible time there is no excess. */
static void the_excess_is_of_flexible_time(void)
{
	Case c;
	start_case(&c, &office, "07:12 15:30", NULL);
	c.facts.rules.flex_excess = TRUE;
	expect(&c, "TL1", DAY_FINAL, 12, 0);
}

static void equal_verdicts_have_equal_hashes(void)
{
	Case a, b;
	DayVerdict one, other;
	start_case(&a, &office, "06:52 15:34", "16:00");
	start_case(&b, &office, "06:52 15:34", NULL);
	day_judge(&a.facts, &one);
	day_judge(&b.facts, &other);
	g_autofree char *hash = hash_of(&one);
	g_autofree char *same = hash_of(&other);
	g_assert_cmpstr(hash, ==, same);
	start_case(&b, &office, "06:52 15:35", NULL);
	day_judge(&b.facts, &other);
	g_autofree char *differs = hash_of(&other);
	g_assert_cmpstr(hash, !=, differs);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/day/minutes_are_floored_and_banded", minutes_are_floored_and_banded);
	g_test_add_func("/rules/day/windows_decide_what_a_punch_is", windows_decide_what_a_punch_is);
	g_test_add_func("/rules/day/repeats_are_one_punch", repeats_are_one_punch);
	g_test_add_func("/rules/day/grace_spares_its_minutes_only", grace_spares_its_minutes_only);
	g_test_add_func("/rules/day/flexible_minutes_are_made_up_the_same_day",
					flexible_minutes_are_made_up_the_same_day);
	g_test_add_func("/rules/day/a_day_knows_when_it_may_be_left", a_day_knows_when_it_may_be_left);
	g_test_add_func("/rules/day/open_choices_are_settings", open_choices_are_settings);
	g_test_add_func("/rules/day/a_minute_weighs_by_the_length_of_its_day",
					a_minute_weighs_by_the_length_of_its_day);
	g_test_add_func("/rules/day/sick_without_a_letter_is_a_choice",
					sick_without_a_letter_is_a_choice);
	g_test_add_func("/rules/day/a_night_belongs_to_the_day_it_began",
					a_night_belongs_to_the_day_it_began);
	g_test_add_func("/rules/day/a_running_day_is_not_judged_early",
					a_running_day_is_not_judged_early);
	g_test_add_func("/rules/day/a_claim_not_yet_verified_is_waited_for",
					a_claim_not_yet_verified_is_waited_for);
	g_test_add_func("/rules/day/missing_data_is_never_absence", missing_data_is_never_absence);
	g_test_add_func("/rules/day/leave_and_duty_elsewhere_excuse", leave_and_duty_elsewhere_excuse);
	g_test_add_func("/rules/day/a_day_without_duty_is_named", a_day_without_duty_is_named);
	g_test_add_func("/rules/day/nobody_is_judged_who_is_not_to_be",
					nobody_is_judged_who_is_not_to_be);
	g_test_add_func("/rules/day/a_trial_says_so", a_trial_says_so);
	g_test_add_func("/rules/day/only_open_questions_are_asked_of_terminals",
					only_open_questions_are_asked_of_terminals);
	g_test_add_func("/rules/day/what_is_excused_is_not_asked_for",
					what_is_excused_is_not_asked_for);
	g_test_add_func("/rules/day/the_excess_is_of_flexible_time", the_excess_is_of_flexible_time);
	g_test_add_func("/rules/day/equal_verdicts_have_equal_hashes",
					equal_verdicts_have_equal_hashes);
	return g_test_run();
}
