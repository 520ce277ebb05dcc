/*
 * In each block the image is averaged along the ridges; the signature across them has a peak in
 * its spectrum (after Hong, Wan and Jain 1998, with the spectrum in place of counting peaks).
 */
#include <math.h>

#include "firmware/match/enhance.h"
#include "firmware/match/period.h"

#define SIGNATURE 65 /* samples across, px */
#define ALONG 21     /* px averaged along the ridge */
#define PERIODS 24
#define PERIOD_LOW 5.0f
#define PERIOD_STEP 0.5f     /* up to 16.5 px */
#define NEIGHBOUR_SIGMA 1.8f /* blocks */
#define USUAL_PERIOD 9.0f    /* px at 500 dpi: where an image says nothing at all */
#define PRIOR_WEIGHT 0.002f

typedef struct {
	float cosine[PERIODS][SIGNATURE], sine[PERIODS][SIGNATURE];
} Spectrum;

static void init_spectrum(Spectrum *spectrum)
{
	for (guint p = 0; p < PERIODS; p++)
		for (guint i = 0; i < SIGNATURE; i++) {
			float at = (float)i - SIGNATURE / 2;
			float window = 0.5f + 0.5f * cosf(2 * (float)G_PI * at / (SIGNATURE + 1));
			float phase = 2 * (float)G_PI * at / (PERIOD_LOW + (float)p * PERIOD_STEP);

			spectrum->cosine[p][i] = window * cosf(phase) * 2 / SIGNATURE;
			spectrum->sine[p][i] = window * sinf(phase) * 2 / SIGNATURE;
		}
}

static void read_signature(const Plane *normal, float x, float y, float direction,
						   float signature[SIGNATURE])
{
	float along_x = cosf(direction), along_y = -sinf(direction);

	for (gint i = 0; i < SIGNATURE; i++) {
		float across = (float)(i - SIGNATURE / 2), sum = 0;
		float from_x = x - across * along_y, from_y = y + across * along_x;

		for (gint k = -ALONG / 2; k <= ALONG / 2; k++) {
			gint column = (gint)(from_x + (float)k * along_x + 0.5f);
			gint row = (gint)(from_y + (float)k * along_y + 0.5f);

			if (column >= 0 && column < (gint)normal->width && row >= 0 &&
				row < (gint)normal->height)
				sum += normal->value[(gsize)row * normal->width + (gsize)column];
		}
		signature[i] = sum / ALONG;
	}
}

/* The best period, and how strong it is (0 … 1). */
static float find_peak(const Spectrum *spectrum, const float signature[SIGNATURE], float *strength)
{
	float best = USUAL_PERIOD, most = 0;

	for (guint p = 0; p < PERIODS; p++) {
		float c = 0, s = 0, power;

		for (guint i = 0; i < SIGNATURE; i++) {
			c += spectrum->cosine[p][i] * signature[i];
			s += spectrum->sine[p][i] * signature[i];
		}
		power = c * c + s * s;
		if (power > most) {
			most = power;
			best = PERIOD_LOW + (float)p * PERIOD_STEP;
		}
	}
	*strength = fminf(most, 1);
	return best;
}

/* Weighted means over the neighbours, with the image's own mean where there is little. */
static void smooth_periods(Plane *period, Plane *weight)
{
	gsize n = (gsize)period->width * period->height;
	float sum = 0, total = 1e-6f, mean;

	for (gsize i = 0; i < n; i++) {
		sum += weight->value[i] * period->value[i];
		total += weight->value[i];
		period->value[i] *= weight->value[i];
	}
	mean = sum > 0 ? sum / total : USUAL_PERIOD;
	plane_blur(period, NEIGHBOUR_SIGMA);
	plane_blur(weight, NEIGHBOUR_SIGMA);
	for (gsize i = 0; i < n; i++)
		period->value[i] = (fmaxf(period->value[i], 0) + PRIOR_WEIGHT * mean) /
						   (fmaxf(weight->value[i], 0) + PRIOR_WEIGHT);
}

void period_find(const Plane *normal, const Plane *cosine, const Plane *sine,
				 const Plane *coherence, Plane *period)
{
	g_autofree Spectrum *spectrum = g_new(Spectrum, 1);
	guint columns = (normal->width + MATCH_BLOCK - 1) / MATCH_BLOCK;
	guint rows = (normal->height + MATCH_BLOCK - 1) / MATCH_BLOCK;
	g_auto(Plane) weight = {0};
	float signature[SIGNATURE];

	init_spectrum(spectrum);
	plane_init(period, columns, rows);
	plane_init(&weight, columns, rows);
	for (guint r = 0; r < rows; r++)
		for (guint c = 0; c < columns; c++) {
			guint x = MIN(c * MATCH_BLOCK + MATCH_BLOCK / 2, normal->width - 1);
			guint y = MIN(r * MATCH_BLOCK + MATCH_BLOCK / 2, normal->height - 1);
			gsize half = (gsize)MIN(y / 2, cosine->height - 1) * cosine->width +
						 MIN(x / 2, cosine->width - 1);
			float direction = 0.5f * atan2f(sine->value[half], cosine->value[half]), strength;

			read_signature(normal, (float)x, (float)y, direction, signature);
			period->value[r * columns + c] = find_peak(spectrum, signature, &strength);
			weight.value[r * columns + c] = strength * strength * coherence->value[half];
		}
	smooth_periods(period, &weight);
}
