/* Written by `hadir-match train`; see README.md for what it was trained on. */
#pragma once

static const float match_weight_bias = -9.213946f;
static const float match_weights[30] = {
	0.029571f,  6.568951f,  0.047119f,  0.173960f,  0.180070f, 0.012667f, 0.073075f,  3.092901f,
	0.013459f,  -0.831698f, -5.914967f, -0.090037f, 0.669098f, 0.144138f, 0.095198f,  0.519210f,
	-0.020846f, 0.030696f,  -2.337482f, -0.533404f, 0.025421f, 0.030496f, -0.105476f, -0.023400f,
	8.355346f,  3.272393f,  0.469834f,  0.189621f,  7.250211f, 1.633865f,
};
