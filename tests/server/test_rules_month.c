#include "server/rules/month.h"

#include <string.h>

#include "server/rules/calendar.h"

#define SUBMITTER 11
#define HEAD 12
#define LOCKER 13

/* ── Steps ── */

static MonthFacts facts_of(MonthState state, gint64 person)
{
	return (MonthFacts){.state = state,
						.person = person,
						.submitted_by = state > MONTH_OPEN ? SUBMITTER : 0,
						.signed_by = state > MONTH_SUBMITTED ? HEAD : 0,
						.head = HEAD,
						.over = TRUE,
						.judged = TRUE};
}

static void the_steps_follow_each_other(void)
{
	static const struct {
		MonthState state;
		MonthStep step;
		gint64 person;
		MonthRefusal refusal;
		MonthState next;
	} cases[] = {
		{MONTH_OPEN, MONTH_SUBMIT, SUBMITTER, MONTH_ALLOWED, MONTH_SUBMITTED},
		{MONTH_SUBMITTED, MONTH_SIGN, HEAD, MONTH_ALLOWED, MONTH_SIGNED},
		{MONTH_SIGNED, MONTH_LOCK, LOCKER, MONTH_ALLOWED, MONTH_LOCKED},
		{MONTH_LOCKED, MONTH_PAY, LOCKER, MONTH_ALLOWED, MONTH_PAID},
		/* Nothing twice, nothing before its turn, nothing back. */
		{MONTH_SUBMITTED, MONTH_SUBMIT, SUBMITTER, MONTH_WRONG_ORDER, 0},
		{MONTH_OPEN, MONTH_SIGN, HEAD, MONTH_WRONG_ORDER, 0},
		{MONTH_SIGNED, MONTH_SIGN, HEAD, MONTH_WRONG_ORDER, 0},
		{MONTH_LOCKED, MONTH_SIGN, HEAD, MONTH_WRONG_ORDER, 0},
		{MONTH_OPEN, MONTH_LOCK, LOCKER, MONTH_WRONG_ORDER, 0},
		{MONTH_LOCKED, MONTH_LOCK, LOCKER, MONTH_WRONG_ORDER, 0},
		{MONTH_SUBMITTED, MONTH_LOCK, LOCKER, MONTH_UNSIGNED, 0},
		{MONTH_SIGNED, MONTH_PAY, LOCKER, MONTH_WRONG_ORDER, 0},
		{MONTH_PAID, MONTH_PAY, LOCKER, MONTH_WRONG_ORDER, 0},
		/* Each by somebody else, and the signature by the head. */
		{MONTH_SUBMITTED, MONTH_SIGN, LOCKER, MONTH_NOT_HEAD, 0},
		{MONTH_SIGNED, MONTH_LOCK, SUBMITTER, MONTH_OWN, 0},
		{MONTH_SIGNED, MONTH_LOCK, HEAD, MONTH_OWN, 0},
		/* An account that is nobody's signs for nobody. */
		{MONTH_OPEN, MONTH_SUBMIT, 0, MONTH_NO_PERSON, 0},
		{MONTH_LOCKED, MONTH_PAY, 0, MONTH_NO_PERSON, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const MonthFacts facts = facts_of(cases[i].state, cases[i].person);
		MonthState next = MONTH_OPEN;
		MonthRefusal refusal = month_may(cases[i].step, &facts, &next);
		g_test_message("%s from %s", month_step_text(cases[i].step),
					   month_state_text(cases[i].state));
		g_assert_cmpint(refusal, ==, cases[i].refusal);
		g_assert_cmpint(next, ==, cases[i].next);
		g_assert_cmpint(strlen(month_refusal_text(refusal)), >, 0);
		g_assert_cmpint(month_may(cases[i].step, &facts, NULL), ==, cases[i].refusal);
	}
}

static void what_hinders_wants_a_reason(void)
{
	MonthFacts facts = facts_of(MONTH_OPEN, SUBMITTER);
	facts.n_hindrances = 1;
	g_assert_cmpint(month_may(MONTH_SUBMIT, &facts, NULL), ==, MONTH_HINDERED);
	facts.has_reason = TRUE;
	g_assert_cmpint(month_may(MONTH_SUBMIT, &facts, NULL), ==, MONTH_ALLOWED);
	/* No reason makes a month shorter, or judged. */
	facts.judged = FALSE;
	g_assert_cmpint(month_may(MONTH_SUBMIT, &facts, NULL), ==, MONTH_UNJUDGED);
	facts.over = FALSE;
	g_assert_cmpint(month_may(MONTH_SUBMIT, &facts, NULL), ==, MONTH_NOT_OVER);
	/* Payment does not ask what is being judged: the month is locked. */
	facts = facts_of(MONTH_LOCKED, LOCKER);
	facts.judged = FALSE;
	g_assert_cmpint(month_may(MONTH_PAY, &facts, NULL), ==, MONTH_ALLOWED);
	facts.state = MONTH_SIGNED;
	g_assert_cmpint(month_may(MONTH_LOCK, &facts, NULL), ==, MONTH_UNJUDGED);
	facts = facts_of(MONTH_SUBMITTED, HEAD);
	facts.judged = FALSE;
	g_assert_cmpint(month_may(MONTH_SIGN, &facts, NULL), ==, MONTH_UNJUDGED);
}

static void what_has_changed_is_signed_again(void)
{
	MonthFacts facts = facts_of(MONTH_SIGNED, LOCKER);
	facts.changed = TRUE;
	g_assert_cmpint(month_may(MONTH_LOCK, &facts, NULL), ==, MONTH_CHANGED);
	facts.person = HEAD;
	g_assert_cmpint(month_may(MONTH_SIGN, &facts, NULL), ==, MONTH_ALLOWED);
	/* The head submitted it: another head, or another submitter, has to. */
	facts.submitted_by = HEAD;
	g_assert_cmpint(month_may(MONTH_SIGN, &facts, NULL), ==, MONTH_OWN);
}

static void a_month_opens_again_with_a_reason_until_it_is_locked(void)
{
	for (MonthState state = MONTH_OPEN; state <= MONTH_PAID; state++) {
		MonthFacts facts = facts_of(state, LOCKER);
		gboolean may = state == MONTH_SUBMITTED || state == MONTH_SIGNED;
		g_assert_cmpint(month_may(MONTH_REOPEN, &facts, NULL), ==,
						may ? MONTH_NO_REASON : MONTH_WRONG_ORDER);
		facts.has_reason = TRUE;
		g_assert_cmpint(month_may(MONTH_REOPEN, &facts, NULL), ==,
						may ? MONTH_ALLOWED : MONTH_WRONG_ORDER);
	}
}

static void steps_have_names(void)
{
	for (int i = 0; i < N_MONTH_STEPS; i++) {
		MonthStep step = MONTH_SUBMIT;
		g_assert_true(month_step_parse(month_step_text((MonthStep)i), &step));
		g_assert_cmpint(step, ==, i);
	}
	MonthStep step;
	g_assert_false(month_step_parse("kunci", &step));
}

/* ── Months ── */

static gint64 day_of(const char *text)
{
	gint64 day = 0;
	g_assert_true(calendar_parse(text, &day));
	return day;
}

static void months_have_a_first_day(void)
{
	static const struct {
		const char *day;
		int n;
		const char *first;
	} cases[] = {
		{"2026-03-01", 0, "2026-03-01"},  {"2026-03-31", 0, "2026-03-01"},
		{"2026-12-31", 1, "2027-01-01"},  {"2026-01-15", -1, "2025-12-01"},
		{"2024-02-29", 12, "2025-02-01"}, {"2025-03-31", -13, "2024-02-01"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(month_after(day_of(cases[i].day), cases[i].n), ==, day_of(cases[i].first));
	g_assert_cmpint(month_start(day_of("2026-03-17")), ==, day_of("2026-03-01"));
}

static void months_are_written(void)
{
	char text[MONTH_TEXT];
	gint64 day = 0;
	g_autoptr(GString) words = g_string_new(NULL);
	month_format(day_of("2026-03-01"), text);
	g_assert_cmpstr(text, ==, "2026-03");
	g_assert_true(month_parse("2026-03", &day));
	g_assert_cmpint(day, ==, day_of("2026-03-01"));
	g_assert_false(month_parse("2026-13", &day));
	g_assert_false(month_parse("2026-3", &day));
	g_assert_false(month_parse("2026-03-01", &day));
	month_words(words, day);
	g_assert_cmpstr(words->str, ==, "Maret 2026");
}

static gboolean is_holiday(gint64 day, gpointer user)
{
	const char *const *list = user;
	for (gsize i = 0; list[i] != NULL; i++)
		if (day_of(list[i]) == day)
			return TRUE;
	return FALSE;
}

static void the_deadline_is_a_working_day(void)
{
	static const char *none[] = {NULL};
	static const char *idul_fitri[] = {"2025-04-03", "2025-04-04", "2025-04-07", NULL};
	static const struct {
		const char *month;
		int submit_day;
		const char **holidays;
		const char *deadline;
	} cases[] = {
		{"2026-08-01", 3, none, "2026-09-03"},       /* a Thursday */
		{"2026-09-01", 3, none, "2026-10-05"},       /* the 3rd is a Saturday */
		{"2026-04-01", 3, none, "2026-05-04"},       /* a Sunday */
		{"2025-12-01", 3, none, "2026-01-05"},       /* over New Year */
		{"2025-03-01", 3, idul_fitri, "2025-04-08"}, /* holidays around a weekend */
		{"2026-08-01", 10, none, "2026-09-10"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(month_deadline(day_of(cases[i].month), cases[i].submit_day, is_holiday,
									   cases[i].holidays),
						==, day_of(cases[i].deadline));
}

/* ── Contents ── */

static MonthLine sample(void)
{
	return (MonthLine){.day = 20150,
					   .unit = "BKD",
					   .codes = "TL1 PSW2",
					   .state = "final",
					   .late_min = 12,
					   .early_min = 40,
					   .in_ms = G_GINT64_CONSTANT(1740961920000),
					   .out_ms = -1,
					   .deduction_bp = 150,
					   .pp94_min = 52,
					   .pp94_days = 0,
					   .trial = TRUE,
					   .conflict = FALSE,
					   .rule_version = 3,
					   .reasons = "[{\"text\": \"a\tb\\nc\"}]\n"};
}

static void a_line_is_the_same_when_read(void)
{
	const MonthLine line = sample();
	MonthLine read;
	gboolean bad = TRUE;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) again = g_string_new(NULL);
	month_line_append(text, &line);
	g_assert_cmpstr(
		text->str, ==,
		"2025-03-03\tBKD\tTL1 PSW2\tfinal\t12\t40\t1740961920000\t-1\t150\t52\t0\t1\t0\t3"
		"\t[{\"text\": \"a\\tb\\\\nc\"}]\\n\n");
	g_autofree char *copy = g_strdup(text->str);
	char *rest = copy;
	g_assert_true(month_line_read(&rest, &read, &bad));
	g_assert_false(bad);
	g_assert_true(month_line_same(&line, &read));
	g_assert_cmpstr(read.reasons, ==, line.reasons);
	month_line_append(again, &read);
	g_assert_cmpstr(again->str, ==, text->str);
	g_assert_false(month_line_read(&rest, &read, &bad));
	g_assert_false(bad);
}

static void a_broken_line_is_told(void)
{
	static const char *const broken[] = {
		"2025-03-03\tBKD",                                               /* no end */
		"2025-03-03\tBKD\tH\n",                                          /* too few fields */
		"x\tBKD\tH\tfinal\t0\t0\t0\t0\t0\t0\t0\t0\t0\t1\t[]\n",          /* no date */
		"2025-03-03\tBKD\tH\tfinal\t0\tx\t0\t0\t0\t0\t0\t0\t0\t1\t[]\n", /* no number */
		"2025-03-03\tBKD\tH\tfinal\t0\t0\t0\t0\t0\t0\t0\t0\t0\t1\t[]\tmore\n",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
		MonthLine line;
		gboolean bad = FALSE;
		g_autofree char *copy = g_strdup(broken[i]);
		char *rest = copy;
		g_assert_false(month_line_read(&rest, &line, &bad));
		g_assert_true(bad);
	}
}

static void a_lone_backslash_stays(void)
{
	MonthLine line;
	gboolean bad;
	char text[] = "2025-03-03\tB\\\\D\tH\\xI\tfinal\t0\t0\t0\t0\t0\t0\t0\t0\t0\t1\t[]\\\n";
	char *rest = text;
	g_assert_true(month_line_read(&rest, &line, &bad));
	g_assert_cmpstr(line.unit, ==, "B\\D");
	g_assert_cmpstr(line.codes, ==, "HxI");
	g_assert_cmpstr(line.reasons, ==, "[]\\");
}

static void what_counts_makes_a_difference(void)
{
	const MonthLine base = sample();
	MonthLine other[12];
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
		other[i] = base;
	other[0].day++;
	other[1].late_min++;
	other[2].early_min++;
	other[3].in_ms++;
	other[4].out_ms++;
	other[5].deduction_bp++;
	other[6].pp94_min++;
	other[7].pp94_days++;
	other[8].trial = FALSE;
	other[9].unit = "SMAN1";
	other[10].codes = "H";
	other[11].state = "waiting";
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
		g_assert_false(month_line_same(&base, &other[i]));
	/* Words, and which version of the rules said so, do not. */
	MonthLine words = base;
	words.reasons = "[]";
	words.rule_version++;
	words.conflict = TRUE;
	g_assert_true(month_line_same(&base, &words));
	g_assert_true(month_line_same(NULL, NULL));
	g_assert_false(month_line_same(&base, NULL));
	g_assert_false(month_line_same(NULL, &base));
}

/* The form is public: who has the lines computes the hash with other tools, as written in month.h. */
static void the_hash_is_that_of_the_written_form(void)
{
	guint8 person[MONTH_HASH_SIZE], hash[MONTH_HASH_SIZE], expected[MONTH_HASH_SIZE];
	g_autoptr(MonthHash) sum = month_hash_new("BKD", day_of("2025-03-01"));
	month_hash_lines("abc\n", 4, person);
	month_hash_add_person(sum, 1000001, person);
	month_hash_add_difference(sum, 1000002, day_of("2025-02-10"), 1, NULL, "new\n");
	month_hash_add_difference(sum, 1000002, day_of("2025-02-10"), 2, "new\n", NULL);
	month_hash_finish(sum, hash);
	g_autofree char *one = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "abc\n", -1);
	g_autofree char *two = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "\tnew\n", -1);
	g_autofree char *three = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "new\n\t", -1);
	g_autofree char *text = g_strdup_printf("hadir-month 1\tBKD\t2025-03\n1000001\t%s\n"
											"+1000002\t2025-02-10\t1\t%s\n"
											"+1000002\t2025-02-10\t2\t%s\n",
											one, two, three);
	month_hash_lines(text, strlen(text), expected);
	g_assert_cmpmem(hash, sizeof hash, expected, sizeof expected);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/rules/month/" name, function)
	ADD("steps_follow_each_other", the_steps_follow_each_other);
	ADD("what_hinders_wants_a_reason", what_hinders_wants_a_reason);
	ADD("what_has_changed_is_signed_again", what_has_changed_is_signed_again);
	ADD("opens_again_with_a_reason_until_locked",
		a_month_opens_again_with_a_reason_until_it_is_locked);
	ADD("steps_have_names", steps_have_names);
	ADD("months_have_a_first_day", months_have_a_first_day);
	ADD("months_are_written", months_are_written);
	ADD("deadline_is_a_working_day", the_deadline_is_a_working_day);
	ADD("line_is_the_same_when_read", a_line_is_the_same_when_read);
	ADD("broken_line_is_told", a_broken_line_is_told);
	ADD("lone_backslash_stays", a_lone_backslash_stays);
	ADD("what_counts_makes_a_difference", what_counts_makes_a_difference);
	ADD("hash_is_that_of_the_written_form", the_hash_is_that_of_the_written_form);
	return g_test_run();
}
