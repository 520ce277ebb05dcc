#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_print(const BenchRow *row)
{
	double ratio = row->rate ? row->ours / row->theirs : row->theirs / row->ours;
	printf("{\"name\": \"%s\", \"what\": \"%s\", \"ours\": %.4g, \"yardstick\": \"%s\", "
		   "\"theirs\": %.4g, \"unit\": \"%s\", \"ratio\": %.3g}\n",
		   row->name, row->what, row->ours, row->yardstick, row->theirs, row->unit, ratio);
	fflush(stdout);
}

double bench_now(void)
{
	return (double)g_get_monotonic_time() / 1e6;
}

double bench_processor(void)
{
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double bench_quantile(double *figures, gsize n, double share)
{
	qsort(figures, n, sizeof *figures, by_size);
	return figures[(gsize)((double)(n - 1) * share)];
}

gint64 bench_option(int argc, char **argv, const char *name, gint64 fallback, gint64 max)
{
	gint64 value = fallback;
	for (int i = 1; i < argc; i++) {
		if (!g_str_has_prefix(argv[i], "--") || strcmp(argv[i] + 2, name) != 0)
			continue;
		g_autoptr(GError) error = NULL;
		if (i + 1 == argc || !g_ascii_string_to_signed(argv[i + 1], 10, 1, max, &value, &error)) {
			fprintf(stderr, "%s: --%s N, 1 … %" G_GINT64_FORMAT "\n", argv[0], name, max);
			exit(2);
		}
	}
	return value;
}
