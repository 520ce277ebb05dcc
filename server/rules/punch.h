/* Which punches of a day count, and as what: decided by windows, not by keys or by order. */
#pragma once

#include "server/rules/shift.h"

typedef struct {
	gint64 at_ms;
	gboolean waiting; /* not yet verified or approved: counts for nothing yet */
	gint64 place_id;
	gboolean at_duty;  /* one of the person's duty places */
	const char *place; /* its name; borrowed */
	const char
		*letter; /* by hand or from elsewhere: the list or file; NULL: a terminal's; borrowed */
	const char *terminal; /* borrowed */
	const char *event;    /* what it rests on, "terminal/journal/seq"; borrowed */
} DayPunch;

typedef struct {
	const DayPunch *in, *out;                 /* the first and the last that count; NULL: none */
	const DayPunch *waiting_in, *waiting_out; /* in the window, not yet verified */
	gsize n_repeats;                          /* touches that were part of the punch before */
	gsize n_outside;                          /* in no window of this day */
} DayChoice;

/* `punches` ascending by time. */
void punch_choose(const DayPunch *punches, gsize n, const ShiftWindow *window, const RuleSet *rules,
				  DayChoice *out);
