/*
 * A measurement beside a yardstick outside of us, taken in one run on one machine: the ratio is what
 * is compared between machines and days, never the seconds.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *name;      /* "merge" */
	const char *what;      /* what was done, in words */
	const char *yardstick; /* with what it is compared, in words */
	const char *unit;      /* of both figures */
	double ours, theirs;
	gboolean rate; /* more is better; else they are durations */
} BenchRow;

/* One JSON object on one line; "ratio" > 1 says that ours is better. */
void bench_print(const BenchRow *row);

/* Seconds, monotonic. */
double bench_now(void);
/* Seconds of processor time of this process: what a busy machine does not change. */
double bench_processor(void);
/* Of `n` figures, which are sorted in place; `share` 0 … 1. */
double bench_quantile(double *figures, gsize n, double share);

/* Reads --NAME N of `argv`, or leaves the program with a word of use. */
gint64 bench_option(int argc, char **argv, const char *name, gint64 fallback, gint64 max);
