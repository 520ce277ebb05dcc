/*
 * Error rates of lists of scores, and how sure they are: the 95 % interval of a bootstrap that draws
 * fingers, not comparisons (comparisons of one finger are not independent).
 */
#pragma once

#include <glib.h>

typedef struct {
	double score;
	guint finger_a, finger_b; /* numbers that no other finger has; the same: genuine */
} StatisticsPair;

#define STATISTICS_POINTS 9
/* At these false match rates the false non-match rate is given. */
extern const double statistics_fmr[STATISTICS_POINTS];
#define STATISTICS_AT_1E2 4
#define STATISTICS_AT_1E3 6
#define STATISTICS_AT_1E4 8

/* Shares, 0 … 1. */
typedef struct {
	double eer; /* where the rates of false non-matches and false matches meet */
	/* The share of genuine scores at or below the threshold that lets statistics_fmr of the others
	 * pass. */
	double fnmr[STATISTICS_POINTS];
} StatisticsRates;

typedef struct {
	StatisticsRates value, low, high; /* low … high: 95 % */
} StatisticsReport;

void statistics_sort(GArray *pairs); /* of StatisticsPair, smallest score first */
/* Of sorted pairs; `weights` by finger number, or NULL: all 1. FALSE when there are no genuine or no
 * other pairs. */
gboolean statistics_rates(const GArray *pairs, const guint *weights, StatisticsRates *out);

/* Finger numbers are below `n_fingers`; `set_of` gives each its set: fingers are drawn within sets. */
gboolean statistics_report(const GArray *pairs, const guint *set_of, guint n_fingers,
						   StatisticsReport *out);

/* As many draws with replacement from the fingers of each set as it has: how often each was drawn.
 * The same `round` gives the same draw. */
void statistics_draw(const guint *set_of, guint n_fingers, guint round, guint *weights);

#define STATISTICS_ROUNDS 1000

/* The 2.5 % and 97.5 % of the values, which are sorted here. */
void statistics_interval(double *values, guint n, double *low, double *high);
