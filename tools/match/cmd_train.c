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
#include "tools/match/statistics.h"

#define N (MATCH_FEATURES + 1) /* and the constant */
#define ROUNDS 40
#define PENALTY 3.0    /* on standardised features */
#define VERIFIABLE 1.5 /* log odds: match_verified() asks for a little more */

typedef struct {
	double features[N];
	gboolean genuine;
	guint set;
} Row;

static void add_pairs(GPtrArray *samples, guint set, GArray *rows)
{
	for (guint i = 0; i < samples->len; i++)
		for (guint j = i + 1; j < samples->len; j++) {
			const Sample *a = samples->pdata[i], *b = samples->pdata[j];
			float features[MATCH_FEATURES];
			Row row = {.genuine = a->finger == b->finger, .set = set};

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

static double log_odds(const Row *row, const double weights[N])
{
	double sum = 0;

	for (guint k = 0; k < N; k++)
		sum += weights[k] * row->features[k];
	return sum;
}

static void newton_round(const GArray *rows, gint without, double weights[N])
{
	double hessian[N][N] = {{0}}, gradient[N] = {0};

	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);
		double p, curve;

		if ((gint)row->set == without)
			continue;
		p = 1 / (1 + exp(-log_odds(row, weights)));
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
static void print_weights(GString *text, const char *name, const double weights[N],
						  const Scale *scale)
{
	double bias = weights[MATCH_FEATURES];

	for (guint k = 0; k < MATCH_FEATURES; k++)
		bias -= weights[k] * scale->mean[k] / scale->deviation[k];
	g_string_append_printf(text, "\nstatic const MatchWeights %s = {\n\t%.6ff,\n\t{", name, bias);
	for (guint k = 0; k < MATCH_FEATURES; k++)
		g_string_append_printf(text, "%s%.6ff,", k % 6 == 0 ? "\n\t\t" : " ",
							   weights[k] / scale->deviation[k]);
	g_string_append(text, "\n\t},\n};\n");
}

/* On all sets but one; -1: on all. */
static void fit(const GArray *rows, gint without, double weights[N])
{
	memset(weights, 0, N * sizeof *weights);
	for (guint round = 0; round < ROUNDS; round++)
		newton_round(rows, without, weights);
}

/* The share of the genuine (or of the other) pairs that match_verified() accepts. */
static double verified_share(const GArray *pairs, gboolean genuine)
{
	guint n = 0, verified = 0;

	for (guint i = 0; i < pairs->len; i++) {
		const StatisticsPair *pair = &g_array_index(pairs, StatisticsPair, i);

		if ((pair->finger_a == pair->finger_b) != genuine)
			continue;
		n++;
		verified += match_verified((gint32)lround(1000 * pair->score)) ? 1 : 0;
	}
	return n > 0 ? (double)verified / n : 0;
}

static void report(const char *name, GArray *pairs)
{
	StatisticsRates rates;

	statistics_sort(pairs);
	if (!statistics_rates(pairs, NULL, &rates))
		return;
	g_print("{\"set\": \"%s\", \"eer\": %.2f, \"fnmr_at_fmr_1e-2\": %.2f, "
			"\"fnmr_at_fmr_1e-3\": %.2f, \"fnmr_at_fmr_1e-4\": %.2f",
			name, 100 * rates.eer, 100 * rates.fnmr[STATISTICS_AT_1E2],
			100 * rates.fnmr[STATISTICS_AT_1E3], 100 * rates.fnmr[STATISTICS_AT_1E4]);
	g_print(", \"verified\": {\"fnmr\": %.2f, \"fmr\": %.4f}}\n",
			100 * (1 - verified_share(pairs, TRUE)), 100 * verified_share(pairs, FALSE));
}

/* Scores of one set (-1: of all) by the given weights. */
static void score_rows(const GArray *rows, gint set, const double weights[N], GArray *pairs)
{
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);
		StatisticsPair pair = {log_odds(row, weights), 0, row->genuine ? 0 : 1};

		if (set < 0 || (gint)row->set == set)
			g_array_append_val(pairs, pair);
	}
}

static GArray *new_pairs(void)
{
	return g_array_new(FALSE, FALSE, sizeof(StatisticsPair));
}

/* Each set scored by weights that never saw it: what a new kind of sensor may expect. */
static void cross_validate(const GArray *rows, char **folders, guint n_sets)
{
	g_autoptr(GArray) all = new_pairs();

	for (guint set = 0; set < n_sets; set++) {
		g_autoptr(GArray) own = new_pairs();
		double weights[N];

		fit(rows, (gint)set, weights);
		score_rows(rows, (gint)set, weights, own);
		score_rows(rows, (gint)set, weights, all);
		report(folders[set], own);
	}
	report("each by the others", all);
}

static void report_fit(const GArray *rows, const double weights[N])
{
	g_autoptr(GArray) pairs = new_pairs();

	score_rows(rows, -1, weights, pairs);
	report("all by all", pairs);
}

/* As if no template had a field. */
static void forget_fields(GArray *rows, Scale *scale)
{
	for (guint k = MATCH_FEATURES_OF_FIELD; k < MATCH_FEATURES; k++) {
		scale->mean[k] = 0;
		for (guint i = 0; i < rows->len; i++)
			g_array_index(rows, Row, i).features[k] = 0;
	}
}

static gboolean read_rows(char **folders, guint n, SampleExtractor extractor, GArray *rows,
						  GError **error)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(GPtrArray) samples = sample_set_read(folders[i], extractor, error);

		if (samples == NULL)
			return FALSE;
		add_pairs(samples, i, rows);
	}
	return TRUE;
}

static int largest_first(gconstpointer a, gconstpointer b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left < right) - (left > right);
}

/* One threshold serves all weights: where more than 1 of 10,000 impostors would reach VERIFIABLE, the
 * constant is lowered until they do not. */
static void calibrate(const GArray *rows, double weights[N])
{
	g_autoptr(GArray) scores = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);
		double score = log_odds(row, weights);

		if (!row->genuine)
			g_array_append_val(scores, score);
	}
	if (scores->len == 0)
		return;
	g_array_sort(scores, largest_first);
	weights[MATCH_FEATURES] -=
		fmax(0, g_array_index(scores, double, scores->len / 10000) - VERIFIABLE);
}

static void train(GArray *rows, char **folders, guint n, const char *name, const Scale *scale,
				  GString *text)
{
	double weights[N];

	g_print("%s\n", name);
	if (n > 1)
		cross_validate(rows, folders, n);
	fit(rows, -1, weights);
	calibrate(rows, weights);
	report_fit(rows, weights);
	print_weights(text, name, weights, scale);
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
	g_autoptr(GArray) bare = g_array_new(FALSE, FALSE, sizeof(Row));
	g_autoptr(GString) text = g_string_new(
		"/* Written by `hadir-match train`; see README.md for what it was trained on. */\n"
		"#pragma once\n\n#include \"firmware/match/score.h\"\n");
	Scale scale = {0};

	if (argc < 4 || strcmp(argv[1], "-o") != 0)
		return command_misused(error, "-o weights.h and a folder are needed");
	if (!read_rows(argv + 3, (guint)argc - 3, SAMPLE_FULL, rows, error) ||
		!read_rows(argv + 3, (guint)argc - 3, SAMPLE_NBIS, bare, error))
		return FALSE;
	standardise(rows, &scale);
	train(rows, argv + 3, (guint)argc - 3, "match_weights", &scale, text);
	forget_fields(rows, &scale);
	train(rows, argv + 3, (guint)argc - 3, "match_weights_without_field", &scale, text);
	standardise(bare, &scale);
	train(bare, argv + 3, (guint)argc - 3, "match_weights_bare", &scale, text);
	return g_file_set_contents(argv[2], text->str, (gssize)text->len, error);
}

const MatchCommand command_train = {
	"train", "-o weights.h DIR…",
	"fit the score's weights on all pairs of the folders; each folder by the weights of the others",
	run};
