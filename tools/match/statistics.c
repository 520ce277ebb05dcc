#include <math.h>

#include "tools/match/statistics.h"

static int by_value(gconstpointer a, gconstpointer b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

void statistics_sort(GArray *scores)
{
	g_array_sort(scores, by_value);
}

/* How many are below (or, with `equal`, not above) the threshold. */
static guint count_below(const double *sorted, guint n, double threshold, gboolean equal)
{
	guint low = 0, high = n;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (sorted[middle] < threshold || (equal && sorted[middle] == threshold))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

double statistics_fnmr(const double *genuine, guint n_genuine, const double *impostor,
					   guint n_impostor, guint decade)
{
	guint passing = (guint)(n_impostor * pow(10, -(double)decade));
	double threshold = impostor[n_impostor - 1 - MIN(passing, n_impostor - 1)];

	return count_below(genuine, n_genuine, threshold, TRUE) / (double)n_genuine;
}

double statistics_eer(const double *genuine, guint n_genuine, const double *impostor,
					  guint n_impostor)
{
	double nearest = INFINITY, eer = 1;

	for (guint i = 0; i < n_genuine + n_impostor; i++) {
		double threshold = i < n_genuine ? genuine[i] : impostor[i - n_genuine];
		double fnmr = count_below(genuine, n_genuine, threshold, FALSE) / (double)n_genuine;
		double fmr = 1 - count_below(impostor, n_impostor, threshold, FALSE) / (double)n_impostor;

		if (fabs(fnmr - fmr) < nearest) {
			nearest = fabs(fnmr - fmr);
			eer = (fnmr + fmr) / 2;
		}
	}
	return eer;
}
