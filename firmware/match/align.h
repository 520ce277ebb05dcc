/*
 * Which minutiae of two templates belong together: candidate pairs by neighbourhood, spectral
 * matching (Leordeanu and Hebert 2005), then a fit that bends with the skin (moving least squares).
 */
#pragma once

#include "firmware/match/template.h"

#define MATCH_CANDIDATES 90
#define MATCH_SEEDS 3

typedef struct {
	guint8 a, b;
	float similarity; /* of the neighbourhoods, 0 … 1 */
} MatchPair;

/* What two templates have in common under one hypothesis of how they lie on each other. */
typedef struct {
	guint n;
	MatchPair pairs[MATCH_MINUTIAE_MAX];
	float distance[MATCH_MINUTIAE_MAX]; /* px, left over after the local fit */
	float turn[MATCH_MINUTIAE_MAX];     /* radians, the same of the direction */
	guint overlap_a, overlap_b;    /* minutiae of each inside the other's area, matched or not */
	float trust_a, trust_b;        /* sums of their trust */
	float rigid_px;                /* root mean square left over by one rigid motion */
	float rotation;                /* radians */
	float support;                 /* mean compatibility of the matched pairs with each other */
	guint field_cells;             /* cells of a's field on b's; 0 when either has none */
	float field_turn;              /* mean difference of their directions there, radians */
	float field_same, field_other; /* shares of the cells: nearly the same, quite another */
} MatchAlignment;

typedef struct {
	guint n_candidates;
	MatchPair candidates[MATCH_CANDIDATES]; /* best first */
	float eigenvalue;
	guint n_alignments;
	MatchAlignment alignments[MATCH_SEEDS];
} MatchEvidence;

/* Fills field_* of an alignment of the two. */
void match_compare_fields(const MatchTemplate *a, const MatchTemplate *b,
						  MatchAlignment *alignment);

void match_align(const MatchTemplate *a, const MatchTemplate *b, MatchEvidence *evidence);
