#include "server/rules/punch.h"

static gboolean within(gint64 at_ms, gint64 from_ms, gint64 to_ms)
{
	return from_ms <= at_ms && at_ms < to_ms;
}

static gboolean repeats(const DayPunch *before, const DayPunch *punch, const RuleSet *rules)
{
	return before != NULL && punch->at_ms - before->at_ms < (gint64)rules->repeat_s * 1000;
}

/* The earliest arrival counts. */
static void choose_in(DayChoice *out, const DayPunch *punch)
{
	const DayPunch **slot = punch->waiting ? &out->waiting_in : &out->in;
	if (*slot == NULL)
		*slot = punch;
}

/* The latest leaving counts. */
static void choose_out(DayChoice *out, const DayPunch *punch)
{
	const DayPunch **slot = punch->waiting ? &out->waiting_out : &out->out;
	*slot = punch;
}

void punch_choose(const DayPunch *punches, gsize n, const ShiftWindow *window, const RuleSet *rules,
				  DayChoice *out)
{
	const DayPunch *before = NULL;  /* the last that counted */
	const DayPunch *last_in = NULL; /* the last that came in */
	*out = (DayChoice){0};
	for (gsize i = 0; i < n; i++) {
		const DayPunch *punch = &punches[i];
		gboolean in = within(punch->at_ms, window->in_from_ms, window->in_to_ms);
		if (!in && !within(punch->at_ms, window->out_from_ms, window->out_to_ms)) {
			out->n_outside++;
			continue;
		}
		if (!punch->waiting && repeats(before, punch, rules))
			out->n_repeats++;
		if (in)
			choose_in(out, punch);
		else if (!repeats(last_in, punch, rules))
			choose_out(out, punch);
		if (!punch->waiting) {
			before = punch;
			last_in = in ? punch : last_in;
		}
	}
}
