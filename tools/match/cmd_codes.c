/*
 * Learns the projection of firmware/match/codes.h from matched minutiae of the given folders:
 * linear discriminant analysis (differences within a minutia against all differences), then as many
 * random rotations as make up the bits, so that each bit carries as much.
 */
#include <math.h>
#include <string.h>

#include "firmware/match/align.h"
#include "firmware/match/codes.h"
#include "tools/fingerprints/random.h"
#include "tools/match/command.h"
#include "tools/match/matrix.h"
#include "tools/match/sample_set.h"

#define N MATCH_MOMENTS
#define KEPT 64    /* dimensions */
#define RIDGE 0.02 /* of the mean variance within */
#define NEAR 8.0f  /* px left over: surely the same minutia */
#define SEED 20250101u

typedef struct {
	double total[N][N], within[N][N], mean[N];
	gsize n_total, n_within;
} Statistics;

static void add_sample(Statistics *statistics, const MatchTemplate *template)
{
	for (guint i = 0; i < template->n; i++) {
		float moments[N];

		match_moments(template, i, moments);
		statistics->n_total++;
		for (guint k = 0; k < N; k++) {
			statistics->mean[k] += moments[k];
			for (guint l = 0; l <= k; l++)
				statistics->total[k][l] += (double)moments[k] * moments[l];
		}
	}
}

static void add_pair(Statistics *statistics, const MatchTemplate *a, const MatchTemplate *b)
{
	g_autofree MatchEvidence *evidence = g_new(MatchEvidence, 1);
	const MatchAlignment *alignment = &evidence->alignments[0];

	if (!match_verified(match_score(a, b)))
		return;
	match_align(a, b, evidence);
	for (guint p = 0; p < alignment->n; p++) {
		float left[N], right[N];

		if (alignment->distance[p] > NEAR)
			continue;
		match_moments(a, alignment->pairs[p].a, left);
		match_moments(b, alignment->pairs[p].b, right);
		statistics->n_within++;
		for (guint k = 0; k < N; k++)
			for (guint l = 0; l <= k; l++)
				statistics->within[k][l] +=
					0.5 * ((double)left[k] - right[k]) * ((double)left[l] - right[l]);
	}
}

static void finish(Statistics *statistics)
{
	double trace = 0;

	for (guint k = 0; k < N; k++)
		statistics->mean[k] /= (double)statistics->n_total;
	for (guint k = 0; k < N; k++)
		for (guint l = 0; l <= k; l++) {
			statistics->total[k][l] = statistics->total[k][l] / (double)statistics->n_total -
									  statistics->mean[k] * statistics->mean[l];
			statistics->within[k][l] /= (double)statistics->n_within;
			statistics->total[l][k] = statistics->total[k][l];
			statistics->within[l][k] = statistics->within[k][l];
		}
	for (guint k = 0; k < N; k++)
		trace += statistics->within[k][k] / N;
	for (guint k = 0; k < N; k++)
		statistics->within[k][k] += RIDGE * trace;
}

/* The KEPT directions that tell minutiae apart best, scaled by eigenvalue^-1/4 (transfer full). */
static double *find_directions(const Statistics *statistics)
{
	g_autofree double *lower = g_memdup2(statistics->within, sizeof statistics->within);
	g_autofree double *whitened = g_memdup2(statistics->total, sizeof statistics->total);
	g_autofree double *vectors = g_new(double, N *N), *values = g_new(double, N);
	double *directions = g_new(double, KEPT *N);

	matrix_cholesky(lower, N);
	matrix_whiten(lower, whitened, N);
	matrix_eigen(whitened, vectors, values, N);
	for (guint d = 0; d < KEPT; d++) {
		double *row = directions + d * N, scale = pow(fmax(values[d], 1e-9), -0.25);

		for (guint k = 0; k < N; k++)
			row[k] = vectors[k * N + d];
		matrix_solve_upper(lower, row, N);
		/* whitened by what is within: the variance in all is the eigenvalue */
		for (guint k = 0; k < N; k++)
			row[k] *= scale;
	}
	return directions;
}

/* KEPT orthonormal rows (Gram and Schmidt). */
static void random_rotation(Random *random, double rotation[KEPT][KEPT])
{
	for (guint i = 0; i < KEPT; i++) {
		double norm = 0;

		for (guint k = 0; k < KEPT; k++)
			rotation[i][k] = random_normal(random);
		for (guint j = 0; j < i; j++) {
			double dot = 0;

			for (guint k = 0; k < KEPT; k++)
				dot += rotation[i][k] * rotation[j][k];
			for (guint k = 0; k < KEPT; k++)
				rotation[i][k] -= dot * rotation[j][k];
		}
		for (guint k = 0; k < KEPT; k++)
			norm += rotation[i][k] * rotation[i][k];
		for (guint k = 0; k < KEPT; k++)
			rotation[i][k] /= sqrt(norm);
	}
}

/* A row in 1/127 of its largest number: only the sign of the sum counts. */
static void print_row(GString *rows, GString *offsets, const double row[N], const double mean[N])
{
	double most = 0, offset = 0;

	for (guint k = 0; k < N; k++)
		most = fmax(most, fabs(row[k]));
	g_string_append(rows, "\t{");
	for (guint k = 0; k < N; k++) {
		long value = lround(127 * row[k] / most);

		offset += (double)value * mean[k];
		g_string_append_printf(rows, "%s%ld,", k % 24 == 0 ? "\n\t\t" : "", value);
	}
	g_string_append(rows, "\n\t},\n");
	g_string_append_printf(offsets, "\t%ld,\n", lround(offset * MATCH_MOMENT_UNIT));
}

static void print_projection(const double *directions, const double mean[N], GString *rows,
							 GString *offsets)
{
	double rotation[KEPT][KEPT], row[N];
	Random random = {SEED};

	for (guint bit = 0; bit < MATCH_CODE_BITS; bit++) {
		if (bit % KEPT == 0)
			random_rotation(&random, rotation);
		memset(row, 0, sizeof row);
		for (guint d = 0; d < KEPT; d++)
			for (guint k = 0; k < N; k++)
				row[k] += rotation[bit % KEPT][d] * directions[d * N + k];
		print_row(rows, offsets, row, mean);
	}
}

static gboolean add_folder(Statistics *statistics, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) samples = sample_set_read(folder, SAMPLE_FULL, error);

	if (samples == NULL)
		return FALSE;
	for (guint i = 0; i < samples->len; i++) {
		const Sample *a = samples->pdata[i];

		add_sample(statistics, a->template);
		for (guint j = i + 1; j < samples->len; j++) {
			const Sample *b = samples->pdata[j];

			if (a->finger == b->finger)
				add_pair(statistics, a->template, b->template);
		}
	}
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autofree Statistics *statistics = g_new0(Statistics, 1);
	g_autofree double *directions = NULL;
	g_autoptr(GString) rows = g_string_new(NULL), offsets = g_string_new(NULL);
	g_autofree char *text = NULL;

	if (argc < 4 || strcmp(argv[1], "-o") != 0)
		return command_misused(error, "-o projection.h and a folder are needed");
	for (int i = 3; i < argc; i++)
		if (!add_folder(statistics, argv[i], error))
			return FALSE;
	if (statistics->n_within < N)
		return command_misused(error, "too few matched minutiae to learn from");
	finish(statistics);
	directions = find_directions(statistics);
	print_projection(directions, statistics->mean, rows, offsets);
	text = g_strdup_printf(
		"/* Written by `hadir-match codes`; see README.md for what it was trained on. */\n"
		"#pragma once\n\n#include \"firmware/match/codes.h\"\n\n/* clang-format off */\n"
		"static const gint32 match_projection_offset[MATCH_CODE_BITS] = {\n%s};\n\n"
		"static const gint16 match_projection[MATCH_CODE_BITS][MATCH_PROJECTED] = {\n%s};\n"
		"/* clang-format on */\n",
		offsets->str, rows->str);
	g_print("{\"minutiae\": %" G_GSIZE_FORMAT ", \"pairs\": %" G_GSIZE_FORMAT "}\n",
			statistics->n_total, statistics->n_within);
	return g_file_set_contents(argv[2], text, -1, error);
}

const MatchCommand command_codes = {"codes", "-o projection.h DIR…",
									"learn the projection of the search codes from the folders",
									run};
