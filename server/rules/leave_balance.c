#include "server/rules/leave_balance.h"

/* A year as it ended: its rights after use. */
typedef struct {
	LeaveBalance left;
	gboolean unused; /* entitled, and not one day taken */
} Ended;

static gint32 take(gint32 *from, gint32 wanted)
{
	gint32 taken = MIN(*from, wanted);
	*from -= taken;
	return wanted - taken;
}

static gint32 own_days(const LeaveYear *year, const LeaveRules *rules)
{
	if (!year->entitled || year->long_leave)
		return 0;
	return rules->annual_days + year->extra_days;
}

/* What the two years before hand on to `year`. */
static void hand_on(const LeaveYear *year, const LeaveYear *before, const Ended *ended,
					const Ended *ended_before, const LeaveRules *rules, LeaveBalance *out)
{
	if (year->opens) {
		out->n1 = year->opening_n1;
		out->n2 = year->opening_n2;
		return;
	}
	if (before == NULL)
		return;
	out->n1 = MIN(ended->left.n, before->deferred ? rules->deferred_days : rules->carry_days);
	/* The year before that only when both went by without a day. */
	if (ended->unused && ended_before->unused)
		out->n2 = MIN(ended->left.n1, rules->carry_days);
}

static Ended end_year(const LeaveYear *year, const LeaveYear *before, const Ended *ended,
					  const Ended *ended_before, const LeaveRules *rules)
{
	Ended out = {.unused = year->entitled && year->used_days == 0};
	LeaveBalance *left = &out.left;
	hand_on(year, before, ended, ended_before, rules, left);
	left->n = own_days(year, rules);
	if (year->long_leave)
		left->n1 = left->n2 = 0;
	/* Beyond the total the oldest lapses. */
	gint32 beyond = MAX(left->n + left->n1 + left->n2 - rules->total_days - year->extra_days, 0);
	beyond = take(&left->n2, beyond);
	take(&left->n1, beyond);
	gint32 rest = take(&left->n2, year->used_days);
	rest = take(&left->n1, rest);
	left->over = take(&left->n, rest);
	return out;
}

LeaveBalance leave_balance(const LeaveYear *years, gsize n, const LeaveRules *rules)
{
	Ended before = {0}, now = {0};
	for (gsize i = 0; i < n; i++) {
		Ended next = end_year(&years[i], i > 0 ? &years[i - 1] : NULL, &now, &before, rules);
		before = now;
		now = next;
	}
	return now.left;
}
