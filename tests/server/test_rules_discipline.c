/* The year's account of PP 94/2021, its tiers, and the run of ten working days. */
#include "server/rules/calendar.h"
#include "server/rules/discipline.h"

/* PP 94/2021 by pp94-tiers.csv of the field's tables; kompas.com 14-9-2021. */
static const DisciplineTier tiers[] = {
	{3, 3, 1, "ringan", "Teguran lisan"},
	{4, 6, 2, "ringan", "Teguran tertulis"},
	{7, 10, 3, "ringan", "Pernyataan tidak puas secara tertulis"},
	{11, 13, 23, "sedang", "Pemotongan 25% 6 bulan"},
	{14, 16, 24, "sedang", "Pemotongan 25% 9 bulan"},
	{17, 20, 25, "sedang", "Pemotongan 25% 12 bulan"},
	{21, 24, 27, "berat", "Penurunan jabatan 12 bulan"},
	{25, 27, 28, "berat", "Pembebasan dari jabatan 12 bulan"},
	{28, G_MAXINT64, 10, "berat", "Pemberhentian dengan hormat tidak atas permintaan sendiri"},
};
static const DisciplineLimits limits = {450, 10, tiers, G_N_ELEMENTS(tiers)};

/* ── Sums and tiers ── */

static void sums_reach_the_tier_of_the_table(void)
{
	static const struct {
		gint64 absent, minutes; /* over the year */
		gint64 minute_days, total, bkn_id;
	} cases[] = {
		{0, 0, 0, 0, 0},      /* nothing */
		{2, 449, 0, 2, 0},    /* a minute short of a day: floor (PP 53/2010 elucidation 3(11)) */
		{2, 450, 1, 3, 1},    /* on the minute: the third day, oral reprimand */
		{0, 1349, 2, 2, 0},   /* by minutes alone, one short … */
		{0, 1350, 3, 3, 1},   /* … and there */
		{3, 449, 0, 3, 1},    /* 3 */
		{4, 0, 0, 4, 2},      /* 4, not 4-7 as one newspaper printed */
		{6, 449, 0, 6, 2},    /* 6 */
		{6, 450, 1, 7, 3},    /* 7 */
		{10, 0, 0, 10, 3},    /* 10 */
		{11, 0, 0, 11, 23},   /* 11: the moderate ones begin, not at 12 */
		{13, 0, 0, 13, 23},   /* 13 */
		{14, 0, 0, 14, 24},   /* 14 */
		{15, 450, 1, 16, 24}, /* 16 */
		{17, 0, 0, 17, 25},   /* 17 */
		{20, 0, 0, 20, 25},   /* 20 */
		{20, 500, 1, 21, 27}, /* 21: the heavy ones */
		{24, 0, 0, 24, 27},   /* 24 */
		{25, 0, 0, 25, 28},   /* 25 */
		{27, 449, 0, 27, 28}, /* 27 */
		{28, 0, 0, 28, 10},   /* 28 and more */
		{200, 9000, 20, 220, 10},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) days = g_array_new(FALSE, TRUE, sizeof(DisciplineDay));
		DisciplineYear year;
		for (gint64 day = 0; day < MAX(cases[i].absent, 1); day++) {
			DisciplineDay one = {.day = day,
								 .kind =
									 day < cases[i].absent ? DISCIPLINE_ABSENT : DISCIPLINE_OTHER,
								 .minutes = day == 0 ? cases[i].minutes : 0};
			g_array_append_val(days, one);
		}
		discipline_count((const DisciplineDay *)(gpointer)days->data, days->len, 0, 365, &limits,
						 &year);
		g_assert_cmpint(year.absent_days, ==, cases[i].absent);
		g_assert_cmpint(year.minute_days, ==, cases[i].minute_days);
		g_assert_cmpint(year.total, ==, cases[i].total);
		g_assert_cmpint(year.tier == DISCIPLINE_NO_TIER ? 0 : tiers[year.tier].bkn_id, ==,
						cases[i].bkn_id);
	}
}

static void the_day_that_reached_it_is_named(void)
{
	static const DisciplineDay days[] = {
		{100, DISCIPLINE_ABSENT, 0},  {101, DISCIPLINE_OTHER, 200}, {102, DISCIPLINE_ABSENT, 0},
		{103, DISCIPLINE_OTHER, 249}, {104, DISCIPLINE_OTHER, 1}, /* the 450th minute */
		{105, DISCIPLINE_OFF, 0},     {106, DISCIPLINE_OTHER, 30},
	};
	DisciplineYear year;
	discipline_count(days, G_N_ELEMENTS(days), 0, 365, &limits, &year);
	g_assert_cmpint(year.tier, ==, 0);
	g_assert_cmpint(year.reached_day, ==, 104);
	g_assert_cmpint(year.minutes, ==, 480);
}

/* Each year begins anew: two days in December and one in January are no three. */
static void a_year_begins_anew(void)
{
	static const DisciplineDay days[] = {{364 - 1, DISCIPLINE_ABSENT, 400},
										 {364, DISCIPLINE_ABSENT, 0},
										 {365, DISCIPLINE_ABSENT, 100}};
	DisciplineYear year;
	discipline_count(days, 3, 0, 365, &limits, &year);
	g_assert_cmpint(year.total, ==, 2);
	g_assert_cmpint(year.tier, ==, DISCIPLINE_NO_TIER);
	discipline_count(days, 3, 365, 730, &limits, &year);
	g_assert_cmpint(year.total, ==, 1);
	g_assert_cmpint(year.minutes, ==, 100);
}

/* ── The run (PerBKN 6/2022 art. 12) ── */

/* A absent, . a day off, o anything else, a blank: not judged; from `first_day` on. */
static GArray *runs_of(const char *text, gint64 first_day)
{
	g_autoptr(GArray) days = g_array_new(FALSE, TRUE, sizeof(DisciplineDay));
	GArray *runs = g_array_new(FALSE, TRUE, sizeof(DisciplineRun));
	for (gint64 i = 0; text[i] != '\0'; i++) {
		DisciplineDay one = {.day = first_day + i,
							 .kind = text[i] == 'A'   ? DISCIPLINE_ABSENT
									 : text[i] == '.' ? DISCIPLINE_OFF
													  : DISCIPLINE_OTHER};
		if (text[i] != ' ')
			g_array_append_val(days, one);
	}
	discipline_find_runs((const DisciplineDay *)(gpointer)days->data, days->len, &limits, runs);
	return runs;
}

static void ten_working_days_in_a_row(void)
{
	static const struct {
		const char *days;
		guint n;
		gint64 first, reached, last, n_days; /* of the last run, counted from 0 */
	} cases[] = {
		{"", 0, 0, 0, 0, 0},
		{"AAAAAAAAA", 0, 0, 0, 0, 0},             /* nine */
		{"AAAAAAAAAA", 1, 0, 9, 9, 10},           /* ten */
		{"AAAAA..AAAAA", 1, 0, 11, 11, 10},       /* a weekend does not break it (choice) */
		{"AAAAA..AA.AAA", 1, 0, 12, 12, 10},      /* nor a holiday */
		{"AAAAA..AA.AAoA", 0, 0, 0, 0, 0},        /* one day of work does */
		{"AAAAA..AA.AA AA", 0, 0, 0, 0, 0},       /* a day that is not judged does */
		{"oAAAAA..AAAAA..AAo", 1, 1, 12, 16, 12}, /* twelve: reached on the tenth */
		{"AAAAA..AAAAA..oAAAAA..AAAAAo", 2, 15, 26, 26, 10}, /* two of them */
		{"..AAAAAAAAAA..", 1, 2, 11, 11, 10}, /* days off at its ends are not of it */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) runs = runs_of(cases[i].days, 0);
		g_assert_cmpuint(runs->len, ==, cases[i].n);
		if (runs->len == 0)
			continue;
		const DisciplineRun *run = &g_array_index(runs, DisciplineRun, runs->len - 1);
		g_assert_cmpint(run->first_day, ==, cases[i].first);
		g_assert_cmpint(run->reached_day, ==, cases[i].reached);
		g_assert_cmpint(run->last_day, ==, cases[i].last);
		g_assert_cmpint(run->n_days, ==, cases[i].n_days);
	}
}

/* From Monday, 22 December 2025, over Christmas (a holiday) and New Year to Wednesday, 7 January 2026. */
static void a_run_goes_on_over_new_year(void)
{
	gint64 first_day, new_year;
	g_assert_true(calendar_from_date(2025, 12, 22, &first_day));
	g_assert_true(calendar_from_date(2026, 1, 1, &new_year));
	g_autoptr(GArray) runs = runs_of("AAA....AAA..."
									 "AAAA",
									 first_day);
	g_assert_cmpuint(runs->len, ==, 1);
	const DisciplineRun *run = &g_array_index(runs, DisciplineRun, 0);
	g_assert_cmpint(run->first_day, <, new_year);
	g_assert_cmpint(run->reached_day, >, new_year);
	g_assert_cmpint(run->n_days, ==, 10);
}

static void a_run_of_no_days_is_none(void)
{
	static const DisciplineLimits none = {450, 0, tiers, G_N_ELEMENTS(tiers)};
	static const DisciplineDay days[] = {{1, DISCIPLINE_OTHER, 0}};
	g_autoptr(GArray) runs = g_array_new(FALSE, TRUE, sizeof(DisciplineRun));
	discipline_find_runs(days, 1, &none, runs);
	g_assert_cmpuint(runs->len, ==, 0);
}

/* ── What is to be said ── */

static void a_tier_is_said_once(void)
{
	static const struct {
		gint tier;
		gint64 said;
		DisciplineStep step;
	} cases[] = {
		{DISCIPLINE_NO_TIER, 0, DISCIPLINE_KEEP}, /* nothing to say */
		{0, 0, DISCIPLINE_SIGNAL},                /* the first */
		{0, 3, DISCIPLINE_KEEP},                  /* said already */
		{1, 3, DISCIPLINE_SIGNAL},                /* the next */
		{8, 3, DISCIPLINE_SIGNAL},                /* several at once are one */
		{0, 4, DISCIPLINE_WITHDRAW},              /* a letter came: less than what was said */
		{DISCIPLINE_NO_TIER, 3, DISCIPLINE_WITHDRAW},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const DisciplineYear year = {.tier = cases[i].tier};
		g_assert_cmpint(discipline_next(&year, &limits, cases[i].said), ==, cases[i].step);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/discipline/sums_reach_the_tier_of_the_table",
					sums_reach_the_tier_of_the_table);
	g_test_add_func("/rules/discipline/the_day_that_reached_it_is_named",
					the_day_that_reached_it_is_named);
	g_test_add_func("/rules/discipline/a_year_begins_anew", a_year_begins_anew);
	g_test_add_func("/rules/discipline/ten_working_days_in_a_row", ten_working_days_in_a_row);
	g_test_add_func("/rules/discipline/a_run_goes_on_over_new_year", a_run_goes_on_over_new_year);
	g_test_add_func("/rules/discipline/a_run_of_no_days_is_none", a_run_of_no_days_is_none);
	g_test_add_func("/rules/discipline/a_tier_is_said_once", a_tier_is_said_once);
	return g_test_run();
}
