#include "server/rules/discipline.h"

/* ── The year ── */

static gint tier_of(const DisciplineLimits *limits, gint64 total)
{
	gint tier = DISCIPLINE_NO_TIER;
	for (gsize i = 0; i < limits->n_tiers && limits->tiers[i].from_days <= total; i++)
		tier = (gint)i;
	return tier;
}

static void add_day(const DisciplineDay *day, const DisciplineLimits *limits, DisciplineYear *out)
{
	out->absent_days += day->kind == DISCIPLINE_ABSENT;
	out->minutes += day->minutes;
	out->minute_days = out->minutes / limits->day_min;
	out->total = out->absent_days + out->minute_days;
	gint tier = tier_of(limits, out->total);
	if (tier != out->tier)
		out->reached_day = day->day;
	out->tier = tier;
}

void discipline_count(const DisciplineDay *days, gsize n, gint64 from_day, gint64 to_day,
					  const DisciplineLimits *limits, DisciplineYear *out)
{
	*out = (DisciplineYear){.tier = DISCIPLINE_NO_TIER};
	for (gsize i = 0; i < n; i++)
		if (days[i].day >= from_day && days[i].day < to_day)
			add_day(&days[i], limits, out);
}

/* ── The run ── */

static void end_run(DisciplineRun *run, const DisciplineLimits *limits, GArray *runs)
{
	if (run->n_days > 0 && run->n_days >= limits->run_days)
		g_array_append_val(runs, *run);
	*run = (DisciplineRun){0};
}

static void extend_run(DisciplineRun *run, const DisciplineLimits *limits, gint64 day)
{
	if (run->n_days == 0)
		run->first_day = day;
	run->last_day = day;
	run->n_days++;
	if (run->n_days == limits->run_days)
		run->reached_day = day;
}

void discipline_find_runs(const DisciplineDay *days, gsize n, const DisciplineLimits *limits,
						  GArray *runs)
{
	DisciplineRun run = {0};
	for (gsize i = 0; i < n; i++) {
		if (i > 0 && days[i].day != days[i - 1].day + 1)
			end_run(&run, limits, runs);
		if (days[i].kind == DISCIPLINE_ABSENT)
			extend_run(&run, limits, days[i].day);
		else if (days[i].kind == DISCIPLINE_OTHER)
			end_run(&run, limits, runs);
	}
	end_run(&run, limits, runs);
}

/* ── What is to be said ── */

DisciplineStep discipline_next(const DisciplineYear *now, const DisciplineLimits *limits,
							   gint64 said_from_days)
{
	gint64 reached = now->tier == DISCIPLINE_NO_TIER ? 0 : limits->tiers[now->tier].from_days;
	if (reached > said_from_days)
		return DISCIPLINE_SIGNAL;
	return reached < said_from_days ? DISCIPLINE_WITHDRAW : DISCIPLINE_KEEP;
}
