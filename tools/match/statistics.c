#include <math.h>
#include <string.h>

#include "tools/fingerprints/random.h"
#include "tools/match/statistics.h"

#define SEED 20250101u

const double statistics_fmr[STATISTICS_POINTS] = {0.2,  0.1,  0.05,   0.02, 0.01,
												  5e-3, 1e-3, 2.5e-4, 1e-4};

static int by_score(gconstpointer a, gconstpointer b)
{
	const StatisticsPair *left = a, *right = b;

	return (left->score > right->score) - (left->score < right->score);
}

void statistics_sort(GArray *pairs)
{
	g_array_sort(pairs, by_score);
}

static double weight_of(const StatisticsPair *pair, const guint *weights)
{
	if (weights == NULL)
		return 1;
	if (pair->finger_a == pair->finger_b)
		return weights[pair->finger_a];
	return (double)weights[pair->finger_a] * weights[pair->finger_b];
}

/* How much of the genuine and of the other pairs there is. */
static void sum_up(const GArray *pairs, const guint *weights, double *genuine, double *impostor)
{
	*genuine = *impostor = 0;
	for (guint i = 0; i < pairs->len; i++) {
		const StatisticsPair *pair = &g_array_index(pairs, StatisticsPair, i);

		*(pair->finger_a == pair->finger_b ? genuine : impostor) += weight_of(pair, weights);
	}
}

/* From the highest score downwards: genuine and other pairs above and at the present score. */
typedef struct {
	double genuine, impostor;             /* in all */
	double genuine_above, impostor_above; /* than the present score */
	double genuine_from, impostor_from;   /* the same and those at it */
	double nearest;
	guint point;
} Walk;

static void visit(Walk *walk, StatisticsRates *out)
{
	double fnmr = 1 - walk->genuine_from / walk->genuine;
	double fmr = walk->impostor_from / walk->impostor;

	if (fabs(fnmr - fmr) < walk->nearest) {
		walk->nearest = fabs(fnmr - fmr);
		out->eer = (fnmr + fmr) / 2;
	}
	/* The points go from the most false matches to the fewest: the last is reached first. */
	while (walk->point > 0 &&
		   walk->impostor_from > floor(walk->impostor * statistics_fmr[walk->point - 1] + 1e-9))
		out->fnmr[--walk->point] = 1 - walk->genuine_above / walk->genuine;
}

gboolean statistics_rates(const GArray *pairs, const guint *weights, StatisticsRates *out)
{
	Walk walk = {.nearest = INFINITY, .point = STATISTICS_POINTS};
	guint i = pairs->len;

	memset(out, 0, sizeof *out);
	sum_up(pairs, weights, &walk.genuine, &walk.impostor);
	if (walk.genuine <= 0 || walk.impostor <= 0)
		return FALSE;
	while (i > 0) {
		double score = g_array_index(pairs, StatisticsPair, i - 1).score;

		walk.genuine_above = walk.genuine_from;
		walk.impostor_above = walk.impostor_from;
		for (; i > 0 && g_array_index(pairs, StatisticsPair, i - 1).score == score; i--) {
			const StatisticsPair *pair = &g_array_index(pairs, StatisticsPair, i - 1);

			*(pair->finger_a == pair->finger_b ? &walk.genuine_from : &walk.impostor_from) +=
				weight_of(pair, weights);
		}
		visit(&walk, out);
	}
	return TRUE;
}

void statistics_draw(const guint *set_of, guint n_fingers, guint round, guint *weights)
{
	Random random = random_stream(SEED, round, n_fingers);
	g_autofree guint *members = g_new(guint, n_fingers + 1);
	guint n_sets = 0;

	memset(weights, 0, n_fingers * sizeof *weights);
	for (guint i = 0; i < n_fingers; i++)
		n_sets = MAX(n_sets, set_of[i] + 1);
	for (guint set = 0; set < n_sets; set++) {
		guint n = 0;

		for (guint i = 0; i < n_fingers; i++)
			if (set_of[i] == set)
				members[n++] = i;
		for (guint k = 0; k < n; k++)
			weights[members[random_next(&random) % n]]++;
	}
}

static int by_value(gconstpointer a, gconstpointer b, gpointer user)
{
	double left = *(const double *)a, right = *(const double *)b;

	(void)user;
	return (left > right) - (left < right);
}

void statistics_interval(double *values, guint n, double *low, double *high)
{
	g_qsort_with_data(values, (gint)n, sizeof *values, by_value, NULL);
	*low = values[(guint)(0.025 * (n - 1))];
	*high = values[(guint)ceil(0.975 * (n - 1))];
}

gboolean statistics_report(const GArray *pairs, const guint *set_of, guint n_fingers,
						   StatisticsReport *out)
{
	g_autofree guint *weights = g_new(guint, n_fingers);
	g_autofree double *values = g_new(double, STATISTICS_ROUNDS *(STATISTICS_POINTS + 1));
	guint n = 0;

	if (!statistics_rates(pairs, NULL, &out->value))
		return FALSE;
	for (guint round = 0; round < STATISTICS_ROUNDS; round++) {
		StatisticsRates rates;

		statistics_draw(set_of, n_fingers, round, weights);
		if (!statistics_rates(pairs, weights, &rates))
			continue;
		values[n] = rates.eer;
		for (guint point = 0; point < STATISTICS_POINTS; point++)
			values[(point + 1) * STATISTICS_ROUNDS + n] = rates.fnmr[point];
		n++;
	}
	if (n == 0)
		return FALSE;
	statistics_interval(values, n, &out->low.eer, &out->high.eer);
	for (guint point = 0; point < STATISTICS_POINTS; point++)
		statistics_interval(values + (gsize)(point + 1) * STATISTICS_ROUNDS, n,
							&out->low.fnmr[point], &out->high.fnmr[point]);
	return TRUE;
}
