/*
 * Even Gabor filters (Hong, Wan and Jain 1998), one for each direction and period, made when first
 * needed.
 */
#include <math.h>
#include <string.h>

#include "firmware/match/gabor.h"
#include "firmware/match/kernels.h"

#define RADIUS 11
#define TAPS (2 * RADIUS + 1)
#define DIRECTIONS 64
#define PERIODS 24
#define PERIOD_LOW 5.0f
#define PERIOD_STEP 0.5f
#define WANTED_MIN 0.05f
#define SIGMA_ALONG 4.5f
#define SIGMA_ACROSS(period) CLAMP(0.36f * (period), 2.4f, 4.8f)

G_STATIC_ASSERT(TAPS == MATCH_FILTER_ROWS);

typedef struct {
	MatchFilter *filters; /* [DIRECTIONS × PERIODS] */
	gboolean made[DIRECTIONS * PERIODS];
	Plane padded; /* the image with a border of zeros */
} Bank;

static void make_filter(MatchFilter filter, float direction, float period)
{
	float along = 1 / (2 * SIGMA_ALONG * SIGMA_ALONG);
	float sigma = SIGMA_ACROSS(period), across = 1 / (2 * sigma * sigma);
	float nx = sinf(direction), ny = cosf(direction); /* across the ridges, y downwards */
	float window[TAPS][TAPS], sum = 0, total = 0, norm = 0;

	for (gint y = 0; y < TAPS; y++)
		for (gint x = 0; x < TAPS; x++) {
			float u = (float)(x - RADIUS) * nx + (float)(y - RADIUS) * ny;
			float v = (float)(x - RADIUS) * ny - (float)(y - RADIUS) * nx;

			window[y][x] = expf(-u * u * across - v * v * along);
			filter[y][x] = window[y][x] * cosf(2 * (float)G_PI * u / period);
			sum += filter[y][x];
			total += window[y][x];
		}
	/* Blind to the mean, and of gain 1 for what is all ridge. */
	for (gint y = 0; y < TAPS; y++)
		for (gint x = 0; x < TAPS; x++) {
			filter[y][x] -= window[y][x] * sum / total;
			norm += fabsf(filter[y][x]);
		}
	for (gint y = 0; y < TAPS; y++)
		for (gint x = 0; x < TAPS; x++)
			filter[y][x] /= norm;
}

static const MatchFilter *choose(Bank *bank, float direction, float period)
{
	gint d = (gint)lroundf(direction / (float)G_PI * DIRECTIONS);
	gint p = (gint)lroundf((period - PERIOD_LOW) / PERIOD_STEP);
	guint at;

	d = (d % DIRECTIONS + DIRECTIONS) % DIRECTIONS;
	p = CLAMP(p, 0, PERIODS - 1);
	at = (guint)(d * PERIODS + p);
	if (!bank->made[at]) {
		memset(bank->filters[at], 0, sizeof(MatchFilter));
		make_filter(bank->filters[at], (float)d * (float)G_PI / DIRECTIONS,
					PERIOD_LOW + (float)p * PERIOD_STEP);
		bank->made[at] = TRUE;
	}
	return (const MatchFilter *)&bank->filters[at];
}

static void pad(const Plane *normal, Plane *padded)
{
	plane_init(padded, normal->width + MATCH_FILTER_STRIDE + 1, normal->height + 2 * RADIUS + 1);
	for (guint y = 0; y < normal->height; y++)
		memcpy(padded->value + (gsize)(y + RADIUS) * padded->width + RADIUS,
			   normal->value + (gsize)y * normal->width, normal->width * sizeof(float));
}

/* Between the centres of the blocks. */
static float period_at(const Plane *period, float x, float y)
{
	float column = CLAMP(x / MATCH_BLOCK - 0.5f, 0, (float)period->width - 1.001f);
	float row = CLAMP(y / MATCH_BLOCK - 0.5f, 0, (float)period->height - 1.001f);
	guint c = (guint)column, r = (guint)row;
	float fx = column - (float)c, fy = row - (float)r;
	const float *at = period->value + (gsize)r * period->width + c;

	return (1 - fy) * ((1 - fx) * at[0] + fx * at[1]) +
		   fy * ((1 - fx) * at[period->width] + fx * at[period->width + 1]);
}

void gabor_filter(const Plane *normal, const Plane *wanted, guint step, MatchRidges *ridges)
{
	g_autofree Bank *bank = g_new0(Bank, 1);
	g_autofree MatchFilter *filters = g_new(MatchFilter, DIRECTIONS * PERIODS);
	guint n = step == 1 ? 4 : 1; /* direction and period change slowly: one filter for 2 × 2 */

	const MatchKernels *kernels = match_kernels();

	bank->filters = filters;
	pad(normal, &bank->padded);
	plane_init(&ridges->ridge, normal->width, normal->height);
	for (guint y = 0; y < normal->height; y += 2)
		for (guint x = 0; x < normal->width; x += 2) {
			const MatchFilter *filter;
			float out[4];

			if (wanted->value[(gsize)y * normal->width + x] <= WANTED_MIN)
				continue;
			filter = choose(bank, match_ridges_direction(ridges, (float)x, (float)y),
							period_at(&ridges->period, (float)x, (float)y));
			kernels->filter(filter, bank->padded.value + (gsize)y * bank->padded.width + x,
							bank->padded.width, n, out);
			for (guint k = 0; k < n; k++) {
				guint px = x + (k & 1), py = y + (k >> 1);

				if (px < normal->width && py < normal->height)
					ridges->ridge.value[(gsize)py * normal->width + px] = out[k];
			}
		}
	plane_clear(&bank->padded);
}
