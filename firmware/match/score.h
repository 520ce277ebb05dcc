/*
 * From the evidence to one number: a logistic regression over what an alignment shows, which
 * normalises for the overlap and for how many minutiae there are.
 */
#pragma once

#include "firmware/match/align.h"

#define MATCH_FEATURES 48
#define MATCH_FEATURES_OF_FIELD 42 /* from here on: 0 when a template has no field */

/* Log odds that the two are of one finger: bias + Σ weight × feature. */
typedef struct {
	float bias, weight[MATCH_FEATURES];
} MatchWeights;

/* The numbers that the regression weighs, for the best alignment. FALSE: nothing in common. */
gboolean match_features(const MatchTemplate *a, const MatchTemplate *b,
						float features[MATCH_FEATURES]);
