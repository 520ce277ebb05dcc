/*
 * Ridges grow out of noise: the image is filtered again and again with a Gabor filter that has the
 * direction and period of the place, until it is all ridges.  Where they do not fit each other,
 * minutiae remain, as in skin (Cappelli and others 2000).
 */
#include <string.h>

#include "tools/fingerprints/private.h"

#define RADIUS 7
#define TAPS (2 * RADIUS + 1)
#define STRIDE 16 /* a row of the filter, padded for the vector unit */
#define ORIENTATIONS 48
#define PERIODS 12
#define PERIOD_LOW 7.0f
#define PERIOD_STEP 0.4f
#define ROUNDS 14
#define ALONG 0.6f
#define PITCH (RIDGES_WIDTH + 2 * STRIDE)
#define ROWS (RIDGES_HEIGHT + 2 * RADIUS)

typedef float Filter[TAPS][STRIDE];

static void make_filter(Filter filter, float orientation, float period)
{
	/* Longer along the ridges: the longer, the fewer minutiae remain. */
	float sigma_across = 0.36f * period, sigma_along = ALONG * period, sum = 0, norm = 0;
	/* Across the ridges, y downwards. */
	float nx = sinf(orientation), ny = cosf(orientation);

	memset(filter, 0, sizeof(Filter));
	for (gint y = -RADIUS; y <= RADIUS; y++)
		for (gint x = -RADIUS; x <= RADIUS; x++) {
			float across = (float)x * nx + (float)y * ny;
			float along = (float)x * ny - (float)y * nx;
			float square = across * across / (sigma_across * sigma_across) +
						   along * along / (sigma_along * sigma_along);
			float value = expf(-square / 2) * cosf(2 * (float)G_PI * across / period);

			filter[y + RADIUS][x + RADIUS] = value;
			sum += value;
		}
	for (gint y = 0; y < TAPS; y++)
		for (gint x = 0; x < TAPS; x++) {
			filter[y][x] -= sum / (TAPS * TAPS);
			norm += fabsf(filter[y][x]);
		}
	for (gint y = 0; y < TAPS; y++)
		for (gint x = 0; x < TAPS; x++)
			filter[y][x] /= norm;
}

static Filter *make_filters(void)
{
	Filter *filters = g_new(Filter, ORIENTATIONS * PERIODS);

	for (guint o = 0; o < ORIENTATIONS; o++)
		for (guint p = 0; p < PERIODS; p++)
			make_filter(filters[o * PERIODS + p], (float)o * (float)G_PI / ORIENTATIONS,
						PERIOD_LOW + (float)p * PERIOD_STEP);
	return filters;
}

static guint16 filter_at(const Field *field, float x, float y)
{
	float turns = field_orientation(field, x, y) / (float)G_PI * ORIENTATIONS;
	gint orientation = (gint)lroundf(turns) % ORIENTATIONS;
	gint period = (gint)lroundf((field_period(field, x, y) - PERIOD_LOW) / PERIOD_STEP);

	if (orientation < 0)
		orientation += ORIENTATIONS;
	return (guint16)(orientation * PERIODS + CLAMP(period, 0, PERIODS - 1));
}

static float apply(const Filter filter, const float *at)
{
	float sums[STRIDE] = {0}, sum = 0;

	for (guint y = 0; y < TAPS; y++)
		for (guint x = 0; x < STRIDE; x++)
			sums[x] += filter[y][x] * at[y * PITCH + x];
	for (guint x = 0; x < STRIDE; x++)
		sum += sums[x];
	return sum;
}

/* Both images have a border wide enough for the filter. */
static void filter_once(const Filter *filters, const guint16 *choice, const float *from, float *to)
{
	for (guint y = 0; y < RIDGES_HEIGHT; y++)
		for (guint x = 0; x < RIDGES_WIDTH; x++) {
			const float *at = from + (gsize)y * PITCH + x + STRIDE - RADIUS;
			float value = 4 * apply(filters[choice[y * RIDGES_WIDTH + x]], at);

			to[(gsize)(y + RADIUS) * PITCH + x + STRIDE] = CLAMP(value, -1, 1);
		}
}

float *ridges_grow(const Field *field, Random random)
{
	g_autofree Filter *filters = make_filters();
	g_autofree guint16 *choice = g_new(guint16, RIDGES_WIDTH * RIDGES_HEIGHT);
	g_autofree float *even = g_new0(float, PITCH *ROWS), *odd = g_new0(float, PITCH *ROWS);
	float *ridges = g_new(float, RIDGES_WIDTH *RIDGES_HEIGHT);

	for (guint y = 0; y < RIDGES_HEIGHT; y++)
		for (guint x = 0; x < RIDGES_WIDTH; x++) {
			choice[y * RIDGES_WIDTH + x] =
				filter_at(field, (float)x - RIDGES_WIDTH / 2.0f, (float)y - RIDGES_HEIGHT / 2.0f);
			even[(gsize)(y + RADIUS) * PITCH + x + STRIDE] = random_between(&random, -1, 1);
		}
	for (guint round = 0; round < ROUNDS; round++)
		filter_once(filters, choice, round % 2 == 0 ? even : odd, round % 2 == 0 ? odd : even);
	for (guint y = 0; y < RIDGES_HEIGHT; y++)
		memcpy(ridges + y * RIDGES_WIDTH,
			   (ROUNDS % 2 == 0 ? even : odd) + (gsize)(y + RADIUS) * PITCH + STRIDE,
			   RIDGES_WIDTH * sizeof *ridges);
	return ridges;
}

float ridges_at(const float *ridges, float x, float y)
{
	float column = x + RIDGES_WIDTH / 2.0f, row = y + RIDGES_HEIGHT / 2.0f, fx, fy;
	const float *at;

	if (!(column >= 0 && column < RIDGES_WIDTH - 1 && row >= 0 && row < RIDGES_HEIGHT - 1))
		return 0;
	fx = column - floorf(column);
	fy = row - floorf(row);
	at = ridges + (gsize)row * RIDGES_WIDTH + (gsize)column;
	return (1 - fy) * ((1 - fx) * at[0] + fx * at[1]) +
		   fy * ((1 - fx) * at[RIDGES_WIDTH] + fx * at[RIDGES_WIDTH + 1]);
}
