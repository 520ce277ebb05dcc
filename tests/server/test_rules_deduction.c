/* Deductions and the year's account: two tables of the field, and every line explained. */
#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/day.h"

#define OFFSET 420
#define MONDAY 20150 /* 2025-03-03 */

/* Permentan 68/2012 (HIGH): 0.5, 1, 1.5, 2 per cent; an absent day 4 per cent. */
static const DeductionRow ministry_rows[] = {
	{"TL1", "masuk", 1, 30, 50, "Permentan 68/2012"},
	{"TL2", "masuk", 31, 60, 100, "Permentan 68/2012"},
	{"TL3", "masuk", 61, 90, 150, "Permentan 68/2012"},
	{"TL4", "masuk", 91, -1, 200, "Permentan 68/2012"},
	{"PSW1", "pulang", 1, 30, 50, "Permentan 68/2012"},
	{"PSW2", "pulang", 31, 60, 100, "Permentan 68/2012"},
	{"PSW3", "pulang", 61, 90, 150, "Permentan 68/2012"},
	{"PSW4", "pulang", 91, -1, 200, "Permentan 68/2012"},
	{"TK", "hari", -1, -1, 400, "Permentan 68/2012"},
	{"CB", "hari", -1, -1, 5000, "Permentan 68/2012"},
};
static const DeductionScheme ministry = {"permentan-68-2012", ministry_rows,
										 G_N_ELEMENTS(ministry_rows)};

/* Practice of Babel: an empty slot has its own line. */
static const DeductionRow island_rows[] = {
	{"TL", "masuk", 1, 15, 100, NULL},           {"TL", "masuk", 16, 30, 200, NULL},
	{"TL", "masuk", 31, -1, 250, NULL},          {"TL-kosong", "masuk", -1, -1, 400, NULL},
	{"PSW-kosong", "pulang", -1, -1, 400, NULL}, {"TK", "hari", -1, -1, 12000, NULL},
};
static const DeductionScheme island = {"babel", island_rows, G_N_ELEMENTS(island_rows)};

typedef struct {
	DayFacts facts;
	DayPunch punches[2];
	DayLeave leave;
} Case;

/* 07.00–15.30; minutes of the day, -1: no punch. */
static void start_case(Case *c, const DeductionScheme *scheme, int in, int out)
{
	static const WeekPattern office = {.days = {{420, 930, 60}}};
	*c = (Case){.facts = {.person = 1,
						  .day = MONDAY,
						  .now_ms = calendar_ms(MONDAY + 2, 0, OFFSET),
						  .utc_offset_min = OFFSET,
						  .rules = {.version = 1,
									.in_before_min = 90,
									.out_after_min = 240,
									.repeat_s = 300,
									.bands_min = {30, 60, 90},
									.missing_min = 91,
									.pp94_deducted = TRUE},
						  .employed = TRUE,
						  .unit = 1,
						  .start_day = MONDAY - 10,
						  .live_day = MONDAY - 10,
						  .has_pattern = TRUE,
						  .pattern = office,
						  .enrolled = TRUE,
						  .deductions = scheme}};
	if (in >= 0)
		c->punches[c->facts.n_punches++].at_ms = calendar_ms(MONDAY, in, OFFSET);
	if (out >= 0)
		c->punches[c->facts.n_punches++].at_ms = calendar_ms(MONDAY, out, OFFSET);
	c->facts.punches = c->punches;
	c->facts.leaves = &c->leave;
}

static void each_line_is_a_reason(void)
{
	static const struct {
		const DeductionScheme *scheme;
		int in, out;
		const char *codes;
		int bp, pp94_min, pp94_days, n_lines;
	} rows[] = {
		{&ministry, 420, 930, "H", 0, 0, 0, 0},
		{&ministry, 421, 930, "TL1", 50, 1, 0, 1},
		{&ministry, 451, 869, "TL2 PSW3", 250, 31 + 61, 0, 2},
		{&ministry, 600, 930, "TL4", 200, 180, 0, 1},
		{&ministry, -1, 930, "TAM", 200, 91, 0, 1}, /* as if more than 90 minutes */
		{&ministry, 420, -1, "TAP", 200, 91, 0, 1},
		{&ministry, -1, -1, "TK", 400, 0, 1, 1}, /* once: no TL, no PSW on top */
		{&island, 435, 930, "TL1", 100, 15, 0, 1},
		{&island, 436, 930, "TL1", 200, 16, 0, 1},
		{&island, -1, 930, "TAM", 400, 91, 0, 1}, /* its own line for an empty slot */
		{&island, 420, 900, "PSW1", 0, 30, 0, 0}, /* no line: no deduction, it still accumulates */
		{&island, -1, -1, "TK", 10000, 0, 1, 2},  /* capped, and said so */
		{NULL, 451, 930, "TL2", 0, 31, 0, 0},     /* no scheme decided yet */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Case c;
		DayVerdict verdict;
		int n = 0;
		start_case(&c, rows[i].scheme, rows[i].in, rows[i].out);
		day_judge(&c.facts, &verdict);
		g_autofree char *codes = day_codes_text(&verdict);
		g_test_message("row %d: %s", (int)i, codes);
		for (gsize r = 0; r < verdict.n_reasons; r++)
			n += verdict.reasons[r].kind == REASON_DEDUCTION ||
				 verdict.reasons[r].kind == REASON_CAPPED;
		g_assert_cmpstr(codes, ==, rows[i].codes);
		g_assert_cmpint(verdict.deduction_bp, ==, rows[i].bp);
		g_assert_cmpint(verdict.pp94_min, ==, rows[i].pp94_min);
		g_assert_cmpint(verdict.pp94_days, ==, rows[i].pp94_days);
		g_assert_cmpint(n, ==, rows[i].n_lines);
	}
}

static void the_account_can_spare_what_was_deducted(void)
{
	Case c;
	DayVerdict verdict;
	start_case(&c, &island, 436, 900);
	c.facts.rules.pp94_deducted = FALSE;
	day_judge(&c.facts, &verdict);
	/* 16 minutes late were deducted; 30 minutes early have no line. */
	g_assert_cmpint(verdict.deduction_bp, ==, 200);
	g_assert_cmpint(verdict.pp94_min, ==, 30);
}

static void a_leave_may_cost_too(void)
{
	Case c;
	DayVerdict verdict;
	start_case(&c, &ministry, -1, -1);
	c.leave = (DayLeave){.code = "CB", .name = "Cuti besar", .slot = SLOT_DAY};
	c.facts.n_leaves = 1;
	day_judge(&c.facts, &verdict);
	g_assert_cmpint(verdict.deduction_bp, ==, 5000);
	g_assert_cmpint(verdict.pp94_days, ==, 0);
	c.leave.code = "CT";
	day_judge(&c.facts, &verdict);
	g_assert_cmpint(verdict.deduction_bp, ==, 0);
}

static void a_trial_costs_nothing(void)
{
	Case c;
	DayVerdict verdict;
	start_case(&c, &ministry, -1, -1);
	c.facts.live_day = MONDAY + 1;
	day_judge(&c.facts, &verdict);
	g_assert_cmpstr(verdict.codes[0], ==, "TK");
	g_assert_cmpint(verdict.deduction_bp + verdict.pp94_days + verdict.pp94_min, ==, 0);
	start_case(&c, &ministry, 451, -1);
	c.facts.live_day = MONDAY + 1;
	day_judge(&c.facts, &verdict);
	g_assert_cmpint(verdict.deduction_bp + verdict.pp94_days + verdict.pp94_min, ==, 0);
}

static void the_words_name_rule_minutes_and_per_cent(void)
{
	static const struct {
		int bp;
		const char *text;
	} rows[] = {
		{50, "Potongan 0,5 % untuk TL1, 12 menit (skema permentan-68-2012, Permentan 68/2012)."},
		{100, "Potongan 1 % untuk TL1, 12 menit (skema permentan-68-2012, Permentan 68/2012)."},
		{125, "Potongan 1,25 % untuk TL1, 12 menit (skema permentan-68-2012, Permentan 68/2012)."},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		Reason reason = {.kind = REASON_DEDUCTION,
						 .code = "TL1",
						 .minutes = 12,
						 .percent_bp = rows[i].bp,
						 .name = "permentan-68-2012",
						 .document = "Permentan 68/2012"};
		reason_words(out, &reason, OFFSET);
		g_assert_cmpstr(out->str, ==, rows[i].text);
	}
}

static void a_line_is_for_minutes_a_slot_or_a_code(void)
{
	static const DeductionRow lines[] = {
		{"X", "masuk", 31, 60, 100, NULL},  {"X", "masuk", -1, 30, 50, NULL},
		{"X", "masuk", -1, -1, 200, NULL},  {"X", "pulang", -1, -1, 300, NULL},
		{"X", "hari", 1, 2, 400, NULL},     {"X", "hari", -1, -1, 500, NULL},
		{"GRATIS", "hari", -1, -1, 0, NULL}};
	static const DeductionScheme scheme = {"x", lines, G_N_ELEMENTS(lines)};
	g_assert_true(deduction_for_minutes(&scheme, SLOT_IN, 12) == &lines[1]);
	g_assert_true(deduction_for_minutes(&scheme, SLOT_IN, 31) == &lines[0]);
	g_assert_null(deduction_for_minutes(&scheme, SLOT_IN, 61));
	g_assert_true(deduction_for_nothing(&scheme, SLOT_IN) == &lines[2]);
	g_assert_true(deduction_for_nothing(&scheme, SLOT_OUT) == &lines[3]);
	g_assert_true(deduction_for_code(&scheme, "X") == &lines[5]);
	g_assert_null(deduction_for_code(&scheme, "Y"));
}

/* A line of nothing is no line: what it names accumulates. */
static void a_line_of_nothing_costs_nothing(void)
{
	static const DeductionRow lines[] = {{"TL1", "masuk", 1, 30, 0, NULL}};
	static const DeductionScheme scheme = {"x", lines, 1};
	Case c;
	DayVerdict verdict;
	start_case(&c, &scheme, 432, 930);
	c.facts.rules.pp94_deducted = FALSE;
	day_judge(&c.facts, &verdict);
	g_assert_cmpint(verdict.deduction_bp, ==, 0);
	g_assert_cmpint(verdict.pp94_min, ==, 12);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/deduction/each_line_is_a_reason", each_line_is_a_reason);
	g_test_add_func("/rules/deduction/the_account_can_spare_what_was_deducted",
					the_account_can_spare_what_was_deducted);
	g_test_add_func("/rules/deduction/a_leave_may_cost_too", a_leave_may_cost_too);
	g_test_add_func("/rules/deduction/a_trial_costs_nothing", a_trial_costs_nothing);
	g_test_add_func("/rules/deduction/the_words_name_rule_minutes_and_per_cent",
					the_words_name_rule_minutes_and_per_cent);
	g_test_add_func("/rules/deduction/a_line_is_for_minutes_a_slot_or_a_code",
					a_line_is_for_minutes_a_slot_or_a_code);
	g_test_add_func("/rules/deduction/a_line_of_nothing_costs_nothing",
					a_line_of_nothing_costs_nothing);
	return g_test_run();
}
