/*
 * From the evidence to one number: a logistic regression over what an alignment shows, which
 * normalises for the overlap and for how many minutiae there are.
 */
#pragma once

#include "firmware/match/align.h"

#define MATCH_FEATURES 30

/* The numbers that the regression weighs, for the best alignment. FALSE: nothing in common. */
gboolean match_features(const MatchTemplate *a, const MatchTemplate *b,
						float features[MATCH_FEATURES]);
