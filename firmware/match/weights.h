/* Written by `hadir-match train`; see README.md for what it was trained on. */
#pragma once

static const float match_weight_bias = -8.0f;
static const float match_weights[30] = {
	[4] = 1.0f,
	[6] = 2.0f,
};
