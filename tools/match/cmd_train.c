/*
 * Fits the weights of the score (firmware/match/weights.h) on all pairs of the given folders:
 * logistic regression with a ridge penalty, by Newton's method.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "firmware/match/score.h"
#include "tools/match/command.h"
#include "tools/match/sample_set.h"

#define N (MATCH_FEATURES + 1) /* and the constant */
#define ROUNDS 40
#define PENALTY 3.0 /* on standardised features */

typedef struct {
	double features[N];
	gboolean genuine;
} Row;

static void add_pairs(GPtrArray *samples, GArray *rows)
{
	for (guint i = 0; i < samples->len; i++)
		for (guint j = i + 1; j < samples->len; j++) {
			const Sample *a = samples->pdata[i], *b = samples->pdata[j];
			float features[MATCH_FEATURES];
			Row row = {.genuine = a->finger == b->finger};

			if (!match_features(a->template, b->template, features))
				continue;
			row.features[MATCH_FEATURES] = 1;
			for (guint k = 0; k < MATCH_FEATURES; k++)
				row.features[k] = features[k];
			g_array_append_val(rows, row);
		}
}

typedef struct {
	double mean[N], deviation[N];
} Scale;

static void standardise(GArray *rows, Scale *scale)
{
	for (guint k = 0; k < MATCH_FEATURES; k++) {
		double sum = 0, square = 0;

		for (guint i = 0; i < rows->len; i++)
			sum += g_array_index(rows, Row, i).features[k] / rows->len;
		for (guint i = 0; i < rows->len; i++) {
			double less = g_array_index(rows, Row, i).features[k] - sum;

			square += less * less / rows->len;
		}
		scale->mean[k] = sum;
		scale->deviation[k] = sqrt(square) + 1e-9;
		for (guint i = 0; i < rows->len; i++) {
			Row *row = &g_array_index(rows, Row, i);

			row->features[k] = (row->features[k] - sum) / scale->deviation[k];
		}
	}
}

/* Solves the symmetric positive definite system in place (Cholesky). */
static void solve(double matrix[N][N], double vector[N])
{
	for (guint j = 0; j < N; j++) {
		for (guint k = 0; k < j; k++)
			matrix[j][j] -= matrix[j][k] * matrix[j][k];
		matrix[j][j] = sqrt(fmax(matrix[j][j], 1e-12));
		for (guint i = j + 1; i < N; i++) {
			for (guint k = 0; k < j; k++)
				matrix[i][j] -= matrix[i][k] * matrix[j][k];
			matrix[i][j] /= matrix[j][j];
		}
	}
	for (guint i = 0; i < N; i++) {
		for (guint k = 0; k < i; k++)
			vector[i] -= matrix[i][k] * vector[k];
		vector[i] /= matrix[i][i];
	}
	for (guint i = N; i-- > 0;) {
		for (guint k = i + 1; k < N; k++)
			vector[i] -= matrix[k][i] * vector[k];
		vector[i] /= matrix[i][i];
	}
}

static void newton_round(const GArray *rows, double weights[N])
{
	double hessian[N][N] = {{0}}, gradient[N] = {0};

	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);
		double sum = 0, p, curve;

		for (guint k = 0; k < N; k++)
			sum += weights[k] * row->features[k];
		p = 1 / (1 + exp(-sum));
		curve = fmax(p * (1 - p), 1e-6);
		for (guint k = 0; k < N; k++) {
			gradient[k] += (row->genuine - p) * row->features[k];
			for (guint l = 0; l <= k; l++)
				hessian[k][l] += curve * row->features[k] * row->features[l];
		}
	}
	for (guint k = 0; k < N; k++) {
		gradient[k] -= k < MATCH_FEATURES ? PENALTY * weights[k] : 0;
		hessian[k][k] += k < MATCH_FEATURES ? PENALTY : 1e-6;
	}
	solve(hessian, gradient);
	for (guint k = 0; k < N; k++)
		weights[k] += gradient[k];
}

/* Back to unscaled features, as C. */
static gboolean write_weights(const double weights[N], const Scale *scale, const char *path,
							  GError **error)
{
	g_autoptr(GString) text = g_string_new(
		"/* Written by `hadir-match train`; see README.md for what it was trained on. */\n"
		"#pragma once\n\n");
	double bias = weights[MATCH_FEATURES];

	for (guint k = 0; k < MATCH_FEATURES; k++)
		bias -= weights[k] * scale->mean[k] / scale->deviation[k];
	g_string_append_printf(text, "static const float match_weight_bias = %.6ff;\n", bias);
	g_string_append_printf(text, "static const float match_weights[%d] = {\n", MATCH_FEATURES);
	for (guint k = 0; k < MATCH_FEATURES; k++)
		g_string_append_printf(text, "\t%.6ff,\n", weights[k] / scale->deviation[k]);
	g_string_append(text, "};\n");
	return g_file_set_contents(path, text->str, (gssize)text->len, error);
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
	double weights[N] = {0};
	Scale scale = {0};

	if (argc < 4 || strcmp(argv[1], "-o") != 0)
		return command_misused(error, "-o weights.h and a folder are needed");
	for (int i = 3; i < argc; i++) {
		g_autoptr(GPtrArray) samples = sample_set_read(argv[i], error);

		if (samples == NULL)
			return FALSE;
		add_pairs(samples, rows);
	}
	standardise(rows, &scale);
	for (guint round = 0; round < ROUNDS; round++)
		newton_round(rows, weights);
	return write_weights(weights, &scale, argv[2], error);
}

const MatchCommand command_train = {
	"train", "-o weights.h DIR…", "fit the weights of the score on all pairs of the folders", run};
