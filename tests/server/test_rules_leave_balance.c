/* Annual leave by years: PP 11/2017 art. 311–316. */
#include <glib.h>

#include "server/rules/leave_balance.h"

static const LeaveRules rules = {
	.annual_days = 12, .carry_days = 6, .deferred_days = 12, .total_days = 24};

#define USED(n) {.entitled = TRUE, .used_days = (n)}

static void a_year_hands_on_what_the_law_lets_it(void)
{
	static const struct {
		LeaveYear years[4];
		gsize n;
		gint32 n2, n1, own, over;
	} rows[] = {
		{{USED(0)}, 1, 0, 0, 12, 0},
		{{USED(5)}, 1, 0, 0, 7, 0},
		{{{.used_days = 0}}, 1, 0, 0, 0, 0},   /* not yet a year of service */
		{{USED(12), USED(0)}, 2, 0, 0, 12, 0}, /* all used: nothing handed on */
		{{USED(2), USED(0)}, 2, 0, 6, 12, 0},  /* ten left, six go on: 18 in all */
		{{USED(9), USED(0)}, 2, 0, 3, 12, 0},
		{{USED(2), USED(4)}, 2, 0, 2, 12, 0}, /* the oldest is used first */
		{{USED(2), USED(8)}, 2, 0, 0, 10, 0},
		{{USED(2), USED(20)}, 2, 0, 0, 0, 2},          /* two beyond all right */
		{{USED(0), USED(0), USED(0)}, 3, 6, 6, 12, 0}, /* two years without a day: 24 */
		{{USED(0), USED(1), USED(0)}, 3, 0, 6, 12, 0}, /* one day breaks the row */
		{{USED(1), USED(0), USED(0)}, 3, 0, 6, 12, 0},
		{{USED(0), USED(0), USED(7)}, 3, 0, 5, 12, 0},
		{{USED(0), USED(0), USED(0), USED(0)}, 4, 6, 6, 12, 0},             /* never more than 24 */
		{{{.entitled = TRUE, .deferred = TRUE}, USED(0)}, 2, 0, 12, 12, 0}, /* official need */
		{{USED(0), {.entitled = TRUE, .long_leave = TRUE}}, 2, 0, 0, 0, 0}, /* CB: it lapses */
		{{{.entitled = TRUE, .long_leave = TRUE}, USED(0)}, 2, 0, 0, 12, 0},
		{{{.entitled = TRUE, .extra_days = 2, .used_days = 3}}, 1, 0, 0, 11, 0}, /* art. 333 */
		{{{.entitled = TRUE, .opens = TRUE, .opening_n1 = 4, .opening_n2 = 6, .used_days = 7}},
		 1,
		 0,
		 3,
		 12,
		 0},
		{{USED(0)}, 0, 0, 0, 0, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		LeaveBalance balance = leave_balance(rows[i].years, rows[i].n, &rules);
		g_test_message("row %d", (int)i);
		g_assert_cmpint(balance.n2, ==, rows[i].n2);
		g_assert_cmpint(balance.n1, ==, rows[i].n1);
		g_assert_cmpint(balance.n, ==, rows[i].own);
		g_assert_cmpint(balance.over, ==, rows[i].over);
	}
}

static void never_more_than_the_total_and_never_below_nothing(void)
{
	for (int round = 0; round < 10000; round++) {
		LeaveYear years[6] = {{0}};
		gsize n = (gsize)g_test_rand_int_range(1, 7);
		for (gsize i = 0; i < n; i++)
			years[i] = (LeaveYear){.entitled = g_test_rand_int_range(0, 5) != 0,
								   .long_leave = g_test_rand_int_range(0, 8) == 0,
								   .deferred = g_test_rand_int_range(0, 4) == 0,
								   .used_days =
									   g_test_rand_int_range(0, 3) * g_test_rand_int_range(0, 15)};
		LeaveBalance balance = leave_balance(years, n, &rules);
		gint32 left = balance.n2 + balance.n1 + balance.n;
		g_assert_cmpint(MIN(MIN(balance.n2, balance.n1), MIN(balance.n, balance.over)), >=, 0);
		g_assert_cmpint(left + years[n - 1].used_days - balance.over, <=, rules.total_days);
		g_assert_true(left == 0 || balance.over == 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/leave_balance/a_year_hands_on_what_the_law_lets_it",
					a_year_hands_on_what_the_law_lets_it);
	g_test_add_func("/rules/leave_balance/never_more_than_the_total_and_never_below_nothing",
					never_more_than_the_total_and_never_below_nothing);
	return g_test_run();
}
