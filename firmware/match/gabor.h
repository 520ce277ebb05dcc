/*
 * The filter that follows the ridges.
 */
#pragma once

#include "firmware/match/enhance.h"

/* Fills `ridges->ridge` from `normal` where `valid` is not 0, by the direction and period that
 * `ridges` holds already. */
void gabor_filter(const Plane *normal, const Plane *valid, MatchRidges *ridges);
