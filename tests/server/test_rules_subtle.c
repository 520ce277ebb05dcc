/*
 * Days that are easily judged wrong, each with the argument for its verdict.  "§n" is the numbered
 * section of the rules of the field (hours 1.1–1.2, codes and deductions 1.3, practice of a region 1.4,
 * discipline 1.5, leave 2, status 4.3, complaints 7, order of decisions 9); "design n" is a decision
 * of the design.
 */
#include <stdio.h>

#include "server/rules/calendar.h"
#include "server/rules/day.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */

/* 07.00–15.30 without grace: Jawa Tengah's Monday (§1.2, HIGH). */
static const WeekPattern office = {.days = {{420, 930, 60}}};
/* The same with the 60 flexible minutes of SE 965/3623 (§1.2, HIGH). */
static const WeekPattern flexible = {.days = {{420, 930, 60}}, .flex_min = 60};
/* 07.30 with a quarter of an hour's grace (a unit's own choice). */
static const WeekPattern graced = {.days = {{450, 960, 60}}, .grace_min = 15};
/* Ramadan, 08.00–15.00 (§1.2, SE 2017). */
static const WeekPattern ramadan = {.days = {{480, 900, 30}}};
/* 21.00–07.00, every night (§1.2). */
#define NIGHT {1260, 1860, 0}
static const WeekPattern night = {.days = {NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT}};
/* Monday is the day off of a six-day unit that works on Sunday. */
static const WeekPattern monday_off = {.days = {[6] = {420, 840, 0}}};

static const DeductionRow ministry_rows[] = {
	{"TL1", "masuk", 1, 30, 50, "Permentan 68/2012"},
	{"TL4", "masuk", 91, -1, 200, "Permentan 68/2012"},
	{"PSW1", "pulang", 1, 30, 50, "Permentan 68/2012"},
	{"PSW4", "pulang", 91, -1, 200, "Permentan 68/2012"},
	{"TK", "hari", -1, -1, 400, "Permentan 68/2012"},
	{"TAPG", "kegiatan", -1, -1, 25, "aturan daerah"},
};
static const DeductionScheme ministry = {"permentan-68-2012", ministry_rows,
										 G_N_ELEMENTS(ministry_rows)};
static const DeductionRow island_rows[] = {{"TK", "hari", -1, -1, 12000, "praktik Babel"}};
static const DeductionScheme island = {"babel", island_rows, 1};

typedef struct {
	const char *name; /* printed when the row fails */
	const WeekPattern *week;
	const char *
		punches; /* "06:52", "+07:05" the next day, "-…" the day before; "w" waits, "@" elsewhere, "&" at a second duty place */
	const char *now;     /* NULL: two days later */
	DayLeave leave;      /* code NULL: none */
	const char *holiday; /* its kind; NULL: none */
	int shifts[2][2];    /* a roster: minutes of the day; all 0: the week */
	gboolean rostered_off;
	const char *status;
	DataState in, out;
	gboolean not_enrolled, trial;
	gboolean flex_excess, unmade_late,
		own_pp94; /* settings (§9); own_pp94: deducted is not accumulated */
	int event_to; /* an apel from 06.45 to this minute; 0: none */
	const DeductionScheme *scheme;
	/* Expected. */
	const char *codes;
	DayState state;
	int late, early, bp, pp94_min, pp94_days;
	gboolean conflict;
} Row;

static const Row rows[] = {
	/* ── Minutes ── */
	/* Seconds are floored, for the person: 07.00.59 is 07.00 (§1.3, Kota Pekalongan, HIGH). */
	{"59 seconds", &office, "07:00:59 15:30", .codes = "H", .state = DAY_FINAL},
	/* The same floor works against whoever leaves: 15.29.59 is 15.29, a minute early (§1.3). */
	{"a second early", &office, "07:00 15:29:59", .codes = "PSW1", .state = DAY_FINAL, .early = 1,
	 .pp94_min = 1},
	/* 90 minutes are the last of TL3, 91 the first of TL4 (§1.3, Permentan 68/2012, HIGH). */
	{"ninety", &office, "08:30:59 15:30", .codes = "TL3", .state = DAY_FINAL, .late = 90,
	 .pp94_min = 90},
	{"ninety-one", &office, "08:31 15:30", .codes = "TL4", .state = DAY_FINAL, .late = 91,
	 .pp94_min = 91},
	/* Grace decides whether somebody is late, it does not shorten how late: 16, not 1 (§9, 7). */
	{"after grace", &graced, "07:46 16:00", .codes = "TL1", .state = DAY_FINAL, .late = 16,
	 .pp94_min = 16},
	/* In Ramadan 08.00 is the start: who comes at 07.58 is not an hour late (§1.1, HIGH). */
	{"Ramadan", &ramadan, "07:58 15:00", .codes = "H", .state = DAY_FINAL},
	/* … and who keeps the ordinary 07.00–15.30 is whole: the windows are wide enough (§1.4). */
	{"Ramadan, old habit", &ramadan, "06:40 15:30", .codes = "H", .state = DAY_FINAL},

	/* ── Flexible time (§1.2: SE 965/3623, HIGH; §9, open choices) ── */
	/* 60 minutes are still flexible, and make the day whole at 16.30. */
	{"sixty flexible", &flexible, "08:00 16:30", .codes = "H", .state = DAY_FINAL},
	/* A minute not made up is a minute early by default … */
	{"one not made up", &flexible, "08:00 16:29", .codes = "PSW1", .state = DAY_FINAL, .early = 1,
	 .pp94_min = 1},
	/* … or late, when BKD chooses so: never both. */
	{"one not made up, late", &flexible, "08:00 16:29", .unmade_late = TRUE, .codes = "TL1",
	 .state = DAY_FINAL, .late = 1, .pp94_min = 1},
	/* 61 minutes lose it all; leaving at 15.30 is then on time: one cause, one consequence. */
	{"sixty-one", &flexible, "08:01 15:30", .codes = "TL3", .state = DAY_FINAL, .late = 61,
	 .pp94_min = 61},
	/* With "only the excess" the 60 are to be made up and one minute is late. */
	{"sixty-one, excess", &flexible, "08:01 16:30", .flex_excess = TRUE, .codes = "TL1",
	 .state = DAY_FINAL, .late = 1, .pp94_min = 1},
	/* Made up before the start is not made up: who comes early gains nothing for leaving. */
	{"early is no credit", &flexible, "06:00 15:00", .codes = "PSW1", .state = DAY_FINAL,
	 .early = 30, .pp94_min = 30},

	/* ── Windows and repeats ── */
	/* The second touch within minutes is no going home: the cut of Mataram 2023 (§7). */
	{"second touch", &office, "06:52 06:53", .codes = "TAP", .state = DAY_FINAL, .pp94_min = 91},
	/* Who waits at the terminal for the minute is right: the later touch leaves (§1.4: the best counts). */
	{"waits for the minute", &office, "07:00 15:29 15:30", .codes = "H", .state = DAY_FINAL},
	/* Lunch punches change nothing: first in, last out (§1.4). */
	{"lunch", &office, "06:55 12:01 12:58 15:31", .codes = "H", .state = DAY_FINAL},
	/* One punch at 11.15 is a leaving, at 11.14 an arrival: the middle decides, not the order (design 11). */
	{"only 11.15", &office, "11:15", .codes = "TAM PSW4", .state = DAY_FINAL, .early = 255,
	 .pp94_min = 91 + 255},
	{"only 11.14", &office, "11:14", .codes = "TL4 TAP", .state = DAY_FINAL, .late = 254,
	 .pp94_min = 254 + 91},
	/* Too early for the window is no arrival: a cleaner at 05.29 did not begin this shift (§1.4: 90 minutes). */
	{"05.29", &office, "05:29 15:30", .codes = "TAM", .state = DAY_FINAL, .pp94_min = 91},
	/* Punches outside of all windows are shown, and are no presence (§1.4). */
	{"outside of all windows", &office, "03:00 23:00", .codes = "TK", .state = DAY_FINAL,
	 .pp94_days = 1},
	/* One missing punch is as if more than 90 minutes, not a whole day (§1.3, Permenko 10/2025, HIGH). */
	{"one missing", &office, "06:52", .scheme = &ministry, .codes = "TAP", .state = DAY_FINAL,
	 .bp = 200, .pp94_min = 91},

	/* ── Nights ── */
	/* The morning's punch belongs to the night before; Monday's night begins at 21.00 (§1.2, design 11). */
	{"two nights", &night, "-20:50 07:03 20:55 +07:01", .codes = "H", .state = DAY_FINAL},
	/* Without an evening punch the morning's does not make an arrival: 07.03 lies before the window. */
	{"morning only", &night, "07:03 +07:01", .codes = "TAM", .state = DAY_FINAL, .pp94_min = 91},
	/* At 05.00 the night is running: nobody is missing an out-punch yet (§9, design 12). */
	{"at five", &night, "20:55", .now = "+05:00", .codes = "BW", .state = DAY_RUNNING},
	/* A double shift 07–14 and 21–07 with nothing at all is one absent day, not two (§1.3: deducted once). */
	{"double, absent", &office, "", .shifts = {{420, 840}, {1260, 1860}}, .scheme = &ministry,
	 .codes = "TK", .state = DAY_FINAL, .bp = 400, .pp94_days = 1},
	/* … and with the second worked, two missing punches, no absence. */
	{"double, second worked", &office, "20:55 +07:01", .shifts = {{420, 840}, {1260, 1860}},
	 .codes = "TAM TAP", .state = DAY_FINAL, .pp94_min = 182},
	/* 07–14 followed by 14–21 is one duty: nobody punches at 14.00. */
	{"shifts that touch", &office, "06:50 21:02", .shifts = {{420, 840}, {840, 1260}}, .codes = "H",
	 .state = DAY_FINAL},
	/* Lepas jaga is a day off even where the unit works (§9, 2). */
	{"after the night", &office, "", .rostered_off = TRUE, .codes = "L", .state = DAY_FINAL},

	/* ── Days without duty ── */
	/* A punch on a holiday neither counts nor costs (§9, 3). */
	{"punch on a holiday", &office, "08:40 12:00", .holiday = "nasional", .codes = "HL",
	 .state = DAY_FINAL},
	/* Who is rostered works on a holiday, and is absent like on any day (§9, 3: "unless rostered"). */
	{"rostered on a holiday", &office, "", .holiday = "nasional", .shifts = {{420, 840}},
	 .codes = "TK", .state = DAY_FINAL, .pp94_days = 1},
	/* Cuti bersama within annual leave takes no day of it: the holiday comes first (§2, art. 333; §9, 3). */
	{"cuti bersama in leave", &office, "",
	 .leave = {.code = "CT", .name = "Cuti tahunan", .slot = SLOT_DAY}, .holiday = "cuti_bersama",
	 .codes = "CBS", .state = DAY_FINAL},
	/* A holiday on somebody's day off is a holiday: both free, and the calendar says so first (§9, 3). */
	{"holiday on a day off", &monday_off, "", .holiday = "nasional", .codes = "HL",
	 .state = DAY_FINAL},
	/* Leave over a day off takes no day: working days only (§2). */
	{"leave on a day off", &monday_off, "",
	 .leave = {.code = "CT", .name = "Cuti tahunan", .slot = SLOT_DAY}, .codes = "L",
	 .state = DAY_FINAL},
	/* Tugas belajar suspends the duty before anything else is asked, holidays too (§4.3, §9, 1). */
	{"tugas belajar", &office, "", .holiday = "nasional", .status = "TB", .codes = "TB",
	 .state = DAY_FINAL},

	/* ── Leave, duty elsewhere, contradictions ── */
	/* On leave and yet at the terminal: the leave stands, the contradiction is said (issue: never resolved). */
	{"leave and a punch", &office, "06:52",
	 .leave = {.code = "CT", .name = "Cuti tahunan", .slot = SLOT_DAY}, .codes = "CT",
	 .state = DAY_FINAL, .conflict = TRUE},
	/* Dinas luar and a punch where they were sent is what it should be (design 12). */
	{"sent, and there", &office, "07:30@ 15:00@",
	 .leave = {.code = "DL", .name = "Dinas luar", .slot = SLOT_DAY, .duty = TRUE, .away = TRUE},
	 .codes = "DL", .state = DAY_FINAL},
	/* Dinas luar, and a punch at home: somebody must explain. */
	{"sent, and at home", &office, "07:30",
	 .leave = {.code = "DL", .name = "Dinas luar", .slot = SLOT_DAY, .duty = TRUE, .away = TRUE},
	 .codes = "DL", .state = DAY_FINAL, .conflict = TRUE},
	/* Two schools, one day: in at the first, out at the second, judged once (issue: secondary assignments).
	 * The hours are those of the assignment, whichever school has the punch. */
	{"two schools", &office, "06:55 11:40& 15:31&", .codes = "H", .state = DAY_FINAL},
	/* Late at the second school is late by the first one's hours: there are no others that day. */
	{"late at the second school", &office, "07:20& 15:30", .codes = "TL1", .state = DAY_FINAL,
	 .late = 20, .pp94_min = 20},
	/* The second school is no place where one is sent: Dinas luar with a punch there must be explained … */
	{"sent, and at the second school", &office, "07:30&",
	 .leave = {.code = "DL", .name = "Dinas luar", .slot = SLOT_DAY, .duty = TRUE, .away = TRUE},
	 .codes = "DL", .state = DAY_FINAL, .conflict = TRUE},
	/* … and nobody is at two schools within five minutes, duty places or not. */
	{"two schools at once", &office, "06:55 07:00& 15:31", .codes = "H", .state = DAY_FINAL,
	 .conflict = TRUE},
	/* A letter for the morning excuses the morning only: the missing leaving remains (§1.4: in/out/day). */
	{"letter for the morning", &office, "",
	 .leave = {.code = "DL", .name = "Dinas luar", .slot = SLOT_IN, .duty = TRUE, .away = TRUE},
	 .codes = "DL TAP", .state = DAY_FINAL, .pp94_min = 91},
	/* A letter for the morning, and on time all the same: nothing to excuse, the day is whole. */
	{"letter not needed", &office, "06:55 15:31",
	 .leave = {.code = "DL", .name = "Dinas luar", .slot = SLOT_IN, .duty = TRUE, .away = TRUE},
	 .codes = "H", .state = DAY_FINAL},
	/* A leave granted beforehand is said in the morning already: nothing is awaited (§9, 4 before 5). */
	{"leave at dawn", &office, "", .now = "04:00",
	 .leave = {.code = "CS", .name = "Cuti sakit", .slot = SLOT_DAY}, .codes = "CS",
	 .state = DAY_FINAL},

	/* ── Data that has not come (§9, 10; design 12; DKI 2019, §7) ── */
	/* Missing data is never absence. */
	{"gap all day", &office, "", .in = DATA_GAP, .out = DATA_GAP, .codes = "BL",
	 .state = DAY_WAITING},
	/* Late by what is known, while an earlier punch may be among what is missing: not settled. */
	{"late in a gap", &office, "07:40 15:31", .in = DATA_GAP, .codes = "BL", .state = DAY_WAITING},
	/* On time is on time, whatever is missing. */
	{"whole in a gap", &office, "06:52 15:31", .in = DATA_GAP, .out = DATA_GAP, .codes = "H",
	 .state = DAY_FINAL},
	/* An accepted outage makes AT of the slot it covers, not of the day (§1.3 art. 22; §7). */
	{"outage in the morning", &office, "", .in = DATA_OUTAGE_ACCEPTED, .codes = "AT TAP",
	 .state = DAY_FINAL, .pp94_min = 91},
	/* A declared outage is not yet a decision. */
	{"declared only", &office, "15:31", .in = DATA_OUTAGE_DECLARED, .codes = "BL",
	 .state = DAY_WAITING},
	/* Without a reference nobody could have identified them: not absent (§1.3 art. 22, design 12). */
	{"not enrolled", &office, "", .not_enrolled = TRUE, .codes = "BT", .state = DAY_WAITING},
	/* … but who was identified by claim and on time is whole without one. */
	{"not enrolled, whole", &office, "06:52 15:31", .not_enrolled = TRUE, .codes = "H",
	 .state = DAY_FINAL},
	/* A claim that would make it good is waited for, one that would not is not (design 10). */
	{"claim that helps", &office, "06:52w 07:20 15:31", .codes = "MV", .state = DAY_WAITING},
	{"claim that does not", &office, "06:52 07:20w 15:31", .codes = "H", .state = DAY_FINAL},

	/* ── A running day ── */
	/* At 10.00 nobody is absent: the arrival's window is open until 11.15. */
	{"ten o'clock", &office, "", .now = "10:00", .codes = "BW", .state = DAY_RUNNING},
	/* Late is late at once: nobody can come earlier any more. */
	{"late at once", &office, "07:20", .now = "07:21", .codes = "TL1 BW", .state = DAY_RUNNING,
	 .late = 20, .pp94_min = 20},
	/* Who left at noon may come back: early is settled when the window has closed. */
	{"left at noon", &office, "06:52 12:00", .now = "12:30", .codes = "BW", .state = DAY_RUNNING},
	/* Whole by 15.31 is final at 15.32: no later punch makes it better. */
	{"whole at once", &office, "06:52 15:31", .now = "15:32", .codes = "H", .state = DAY_FINAL},

	/* ── Costs ── */
	/* An absent day is deducted once: no TL, no PSW, no apel on top (§1.3, §1.4). */
	{"absent once", &office, "", .event_to = 435, .scheme = &ministry, .codes = "TK",
	 .state = DAY_FINAL, .bp = 400, .pp94_days = 1},
	/* A line of 120 % takes 100 % (§1.3, Pekalongan and Babel, HIGH). */
	{"capped", &office, "", .scheme = &island, .codes = "TK", .state = DAY_FINAL, .bp = 10000,
	 .pp94_days = 1},
	/* What no line names costs nothing and accumulates all the same: two accounts (issue; §1.5). */
	{"no line", &office, "07:40 15:30", .scheme = &island, .codes = "TL2", .state = DAY_FINAL,
	 .late = 40, .pp94_min = 40},
	/* With "deducted minutes do not accumulate" only what cost nothing adds up (§9, open choice). */
	{"not twice", &office, "07:20 15:30", .own_pp94 = TRUE, .scheme = &ministry, .codes = "TL1",
	 .state = DAY_FINAL, .late = 20, .bp = 50},
	/* Uji coba shows the verdict and costs nothing. */
	{"trial", &office, "07:20 15:30", .trial = TRUE, .scheme = &ministry, .codes = "TL1 UC",
	 .state = DAY_FINAL, .late = 20},
	/* Late for work and late for the apel are two things, said and deducted each (§1.4 A0, TPP lines). */
	{"late, and no apel", &office, "07:20 15:31", .event_to = 435, .scheme = &ministry,
	 .codes = "TL1 TAPG", .state = DAY_FINAL, .late = 20, .bp = 75, .pp94_min = 20},
	/* Duty elsewhere in the morning frees from the apel, too. */
	{"excused from the apel", &office, "15:31", .event_to = 435,
	 .leave = {.code = "TKD", .name = "Tugas", .slot = SLOT_IN, .duty = TRUE}, .codes = "TKD",
	 .state = DAY_FINAL},
};

typedef struct {
	DayFacts facts;
	DayPunch punches[8];
	DayEvent event;
} Case;

static gint64 at(const char *text)
{
	int hour = 0, minute = 0, second = 0;
	gint64 day = MONDAY + (*text == '+') - (*text == '-');
	if (*text == '+' || *text == '-')
		text++;
	g_assert_cmpint(sscanf(text, "%d:%d:%d", &hour, &minute, &second), >=, 2);
	return calendar_ms(day, hour * 60 + minute, OFFSET) + second * 1000;
}

static void add_punches(Case *c, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	for (gsize i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
		gboolean elsewhere = g_str_has_suffix(words[i], "@");
		gboolean second = g_str_has_suffix(words[i], "&");
		c->punches[c->facts.n_punches++] = (DayPunch){.at_ms = at(words[i]),
													  .waiting = g_str_has_suffix(words[i], "w"),
													  .place_id = elsewhere ? 2
																  : second  ? 3
																			: 1,
													  .at_duty = !elsewhere};
	}
	c->facts.punches = c->punches;
}

static void add_plan(Case *c, const Row *row)
{
	Shift shifts[2];
	gsize n = 0;
	for (; n < 2 && row->shifts[n][1] != 0; n++)
		shifts[n] = (Shift){.day = MONDAY,
							.start_ms = calendar_ms(MONDAY, row->shifts[n][0], OFFSET),
							.end_ms = calendar_ms(MONDAY, row->shifts[n][1], OFFSET)};
	c->facts.has_plan = n > 0 || row->rostered_off;
	c->facts.plan = (DayPlan){.name = "Jaga", .from_day = G_MININT64, .over_holiday = TRUE};
	shift_plan(&c->facts.plan, shifts, n);
}

static void start_case(Case *c, const Row *row)
{
	*c = (Case){
		.facts = {.person = 1,
				  .day = MONDAY,
				  .now_ms = row->now != NULL ? at(row->now) : calendar_ms(MONDAY + 2, 0, OFFSET),
				  .utc_offset_min = OFFSET,
				  .rules = {.version = 1,
							.in_before_min = 90,
							.out_after_min = 240,
							.repeat_s = 300,
							.bands_min = {30, 60, 90},
							.flex_excess = row->flex_excess,
							.flex_unmade_late = row->unmade_late,
							.missing_min = 91,
							.pp94_deducted = !row->own_pp94,
							.travel_min = 10},
				  .employed = TRUE,
				  .status_code = row->status,
				  .unit = 1,
				  .start_day = MONDAY - 10,
				  .live_day = row->trial ? MONDAY + 1 : MONDAY - 10,
				  .has_pattern = TRUE,
				  .pattern = *row->week,
				  .holiday = row->holiday != NULL ? "Libur" : NULL,
				  .holiday_kind = row->holiday,
				  .enrolled = !row->not_enrolled,
				  .deductions = row->scheme}};
	c->facts.has_before = shift_of_day(row->week, MONDAY - 1, OFFSET, &c->facts.before);
	c->facts.has_after = shift_of_day(row->week, MONDAY + 1, OFFSET, &c->facts.after);
	c->facts.data[0].in.state = row->in;
	c->facts.data[0].out.state = row->out;
	c->facts.leaves = &row->leave;
	c->facts.n_leaves = row->leave.code != NULL;
	c->event = (DayEvent){.code = "APG",
						  .name = "Apel pagi",
						  .from_ms = at("06:45"),
						  .to_ms = calendar_ms(MONDAY, row->event_to, OFFSET)};
	c->facts.events = &c->event;
	c->facts.n_events = row->event_to != 0;
	add_plan(c, row);
	add_punches(c, row->punches);
}

static void each_subtle_day_is_argued(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Row *row = &rows[i];
		Case c;
		DayVerdict verdict;
		start_case(&c, row);
		day_judge(&c.facts, &verdict);
		g_autofree char *codes = day_codes_text(&verdict);
		g_test_message("%s: %s", row->name, codes);
		g_assert_cmpstr(codes, ==, row->codes);
		g_assert_cmpint(verdict.state, ==, row->state);
		g_assert_cmpint(verdict.late_min, ==, row->late);
		g_assert_cmpint(verdict.early_min, ==, row->early);
		g_assert_cmpint(verdict.deduction_bp, ==, row->bp);
		g_assert_cmpint(verdict.pp94_min, ==, row->pp94_min);
		g_assert_cmpint(verdict.pp94_days, ==, row->pp94_days);
		g_assert_cmpint(verdict.conflict, ==, row->conflict);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpuint(G_N_ELEMENTS(rows), >=, 40);
	g_test_add_func("/rules/subtle/each_subtle_day_is_argued", each_subtle_day_is_argued);
	return g_test_run();
}
