/*
 * The filter that follows the ridges.
 */
#pragma once

#include "firmware/match/enhance.h"

/* Fills `ridges->ridge` from `normal` by the direction and period that `ridges` holds already, where
 * `wanted` is above 0.05 and, with a step of 2, on even columns and rows only; elsewhere it is 0. */
void gabor_filter(const Plane *normal, const Plane *wanted, guint step, MatchRidges *ridges);
