/*
 * The few loops that carry nearly all of the work of a search and of a template, once in plain C and
 * once for each vector unit that is chosen at run time.  All give the same answers, bit for bit.
 */
#pragma once

#include <glib.h>

#define MATCH_PROJECTED 224 /* moments, padded with zeros to whole vectors */

#define MATCH_FILTER_ROWS 23
#define MATCH_FILTER_STRIDE 24 /* a row, padded with zeros to whole vectors */

typedef float MatchFilter[MATCH_FILTER_ROWS][MATCH_FILTER_STRIDE];

typedef struct {
	const char *name;
	/* The indices (ascending) of the codes that differ from `probe` in at most `limit` bits, into
	 * `hits`, which has room for n + 8; gives how many. */
	guint (*scan)(const guint64 *codes, guint n, guint64 probe, guint limit, guint16 *hits);
	/* Bit i of `words` := Σ rows[i][k] × moments[k] > offsets[i], for 64 × n_words rows. */
	void (*project)(const gint16 (*rows)[MATCH_PROJECTED], const gint32 *offsets, guint n_words,
					const gint16 moments[MATCH_PROJECTED], guint64 *words);
	/* Σ filter × image under it, for an image that begins at `at` and, with n = 4, for those one
	 * pixel to the right, below, and both; n = 1: only the first. `pitch` floats a row. */
	void (*filter)(const MatchFilter *filter, const float *at, guint pitch, guint n, float *out);
	/* sums[k] += factor × values[k] */
	void (*add)(float *sums, const float *values, float factor, guint n);
} MatchKernels;

/* The best that this processor has. */
const MatchKernels *match_kernels(void);
/* The n-th that this processor has, plain C first; NULL when there are no more. */
const MatchKernels *match_kernels_nth(guint n);

static inline guint match_count_bits(guint64 bits)
{
	bits -= (bits >> 1) & 0x5555555555555555u;
	bits = (bits & 0x3333333333333333u) + ((bits >> 2) & 0x3333333333333333u);
	bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
	return (guint)((bits * 0x0101010101010101u) >> 56);
}
