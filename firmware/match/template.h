/*
 * The inside of a template, shared by the files of this folder only.
 */
#pragma once

#include "firmware/match/match.h"

struct MatchTemplate {
	guint16 width, height; /* of the image, pixels at 500 dpi; every minutia lies inside */
	guint n;      /* ≤ MATCH_MINUTIAE_MAX */
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
};
