/*
 * How far apart the ridges are, block by block.
 */
#pragma once

#include "firmware/match/plane.h"

/* `normal` has ridges positive; `cosine`, `sine` (of twice the ridges' direction) and `coherence`
 * are at half its resolution. `period` is initialised here: px, one value per block. */
void period_find(const Plane *normal, const Plane *cosine, const Plane *sine,
				 const Plane *coherence, Plane *period);
