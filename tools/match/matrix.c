#include <math.h>
#include <string.h>

#include "tools/match/matrix.h"

#define SWEEPS_MAX 30
#define SMALL 1e-18 /* share of the squares off the diagonal at which it is done */

void matrix_cholesky(double *matrix, guint n)
{
	for (guint j = 0; j < n; j++) {
		for (guint k = 0; k < j; k++)
			matrix[j * n + j] -= matrix[j * n + k] * matrix[j * n + k];
		matrix[j * n + j] = sqrt(fmax(matrix[j * n + j], 1e-300));
		for (guint i = j + 1; i < n; i++) {
			for (guint k = 0; k < j; k++)
				matrix[i * n + j] -= matrix[i * n + k] * matrix[j * n + k];
			matrix[i * n + j] /= matrix[j * n + j];
		}
	}
}

/* matrix := L^-1 matrix, then transposed: twice is from both sides for a symmetric one. */
static void solve_and_turn(const double *lower, double *matrix, guint n)
{
	for (guint c = 0; c < n; c++)
		for (guint i = 0; i < n; i++) {
			double sum = matrix[i * n + c];

			for (guint k = 0; k < i; k++)
				sum -= lower[i * n + k] * matrix[k * n + c];
			matrix[i * n + c] = sum / lower[i * n + i];
		}
	for (guint i = 0; i < n; i++)
		for (guint j = 0; j < i; j++) {
			double other = matrix[i * n + j];

			matrix[i * n + j] = matrix[j * n + i];
			matrix[j * n + i] = other;
		}
}

void matrix_whiten(const double *lower, double *matrix, guint n)
{
	solve_and_turn(lower, matrix, n);
	solve_and_turn(lower, matrix, n);
}

void matrix_solve_upper(const double *lower, double *vector, guint n)
{
	for (guint i = n; i-- > 0;) {
		for (guint k = i + 1; k < n; k++)
			vector[i] -= lower[k * n + i] * vector[k];
		vector[i] /= lower[i * n + i];
	}
}

/* Turns rows and columns p and q so that their common entry becomes 0. */
static void rotate(double *matrix, double *vectors, guint n, guint p, guint q)
{
	double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * matrix[p * n + q]);
	double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
	double c = 1 / sqrt(t * t + 1), s = t * c;

	for (guint k = 0; k < n; k++) {
		double a = matrix[k * n + p], b = matrix[k * n + q];

		matrix[k * n + p] = c * a - s * b;
		matrix[k * n + q] = s * a + c * b;
	}
	for (guint k = 0; k < n; k++) {
		double a = matrix[p * n + k], b = matrix[q * n + k];

		matrix[p * n + k] = c * a - s * b;
		matrix[q * n + k] = s * a + c * b;
	}
	for (guint k = 0; k < n; k++) {
		double a = vectors[k * n + p], b = vectors[k * n + q];

		vectors[k * n + p] = c * a - s * b;
		vectors[k * n + q] = s * a + c * b;
	}
}

static double off_diagonal_share(const double *matrix, guint n)
{
	double off = 0, all = 1e-300;

	for (guint i = 0; i < n; i++)
		for (guint j = 0; j < n; j++) {
			double square = matrix[i * n + j] * matrix[i * n + j];

			all += square;
			off += i == j ? 0 : square;
		}
	return off / all;
}

static void swap_columns(double *vectors, guint n, guint a, guint b)
{
	for (guint k = 0; k < n; k++) {
		double other = vectors[k * n + a];

		vectors[k * n + a] = vectors[k * n + b];
		vectors[k * n + b] = other;
	}
}

void matrix_eigen(double *matrix, double *vectors, double *values, guint n)
{
	memset(vectors, 0, sizeof(double) * n * n);
	for (guint i = 0; i < n; i++)
		vectors[i * n + i] = 1;
	for (guint sweep = 0; sweep < SWEEPS_MAX && off_diagonal_share(matrix, n) > SMALL; sweep++)
		for (guint p = 0; p < n; p++)
			for (guint q = p + 1; q < n; q++)
				if (fabs(matrix[p * n + q]) > 1e-300)
					rotate(matrix, vectors, n, p, q);
	for (guint i = 0; i < n; i++)
		values[i] = matrix[i * n + i];
	for (guint i = 0; i < n; i++) {
		guint best = i;
		double value = values[i];

		for (guint j = i + 1; j < n; j++)
			if (values[j] > values[best])
				best = j;
		values[i] = values[best];
		values[best] = value;
		swap_columns(vectors, n, i, best);
	}
}
