/*
 * A minutia's neighbourhood in 128 bits, for searching many templates: neighbourhoods that look
 * alike have codes that differ in few bits.
 *
 * No cells: sums over the neighbours of w(r) cos(m π r / R) e^{i (k φ + l δ)}, with r the distance,
 * φ the bearing and δ the direction seen from the minutia (circular harmonics), then a learned
 * linear projection (linear discriminant analysis on matched minutiae), then signs.
 */
#pragma once

#include "firmware/match/kernels.h"
#include "firmware/match/template.h"

#define MATCH_CODE_BITS (64 * MATCH_CODE_WORDS)

/* 4 radial functions × (l = 0 … 2 at k = 0, of which l = 0 is real; l = -2 … 2 at k = 1 … 5). */
#define MATCH_RADIAL 4
#define MATCH_MOMENTS (MATCH_RADIAL * (1 + 2 * 2 + 2 * 5 * 5))
G_STATIC_ASSERT(MATCH_MOMENTS <= MATCH_PROJECTED);

/* The projection is applied to moments in 1/MATCH_MOMENT_UNIT. */
#define MATCH_MOMENT_UNIT 128

void match_moments(const MatchTemplate *template, guint i, float moments[MATCH_MOMENTS]);
/* Fills the code of each of the template's points, which are placed already. */
void match_fill_codes(MatchTemplate *template);

/* Bits that differ: 0 … MATCH_CODE_BITS. */
static inline guint match_code_distance(const MatchCode *a, const MatchCode *b)
{
	guint sum = 0;

	for (guint w = 0; w < MATCH_CODE_WORDS; w++)
		sum += match_count_bits(a->word[w] ^ b->word[w]);
	return sum;
}
