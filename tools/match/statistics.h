/*
 * Error rates of sorted lists of scores.
 */
#pragma once

#include <glib.h>

void statistics_sort(GArray *scores); /* of double, smallest first */

/* The share of genuine scores at or below the threshold that lets 10^-decade of the others pass. */
double statistics_fnmr(const double *genuine, guint n_genuine, const double *impostor,
					   guint n_impostor, guint decade);
/* Where the rates of false non-matches and false matches meet. */
double statistics_eer(const double *genuine, guint n_genuine, const double *impostor,
					  guint n_impostor);
