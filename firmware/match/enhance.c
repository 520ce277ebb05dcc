#include <math.h>
#include <string.h>

#include "firmware/match/enhance.h"
#include "firmware/match/gabor.h"
#include "firmware/match/period.h"

#define PI ((float)G_PI)

/* A sensor's empty area is one grey; skin never is (13 × 13 pixels). */
#define FLAT_RADIUS 6
#define FLAT_RANGE 1

/* Normalisation: local mean and deviation. */
#define MEAN_SIGMA 9
#define DEVIATION_SIGMA 12
#define NORMAL_LIMIT 1.8f    /* deviations: more is a drop or a speck, not a ridge */
#define DEVIATION_FLOOR 6.0f /* grey: less is the sensor's noise */

/* Directions, at half resolution: near, and wide where near is in doubt. */
#define TENSOR_NEAR_SIGMA 3.0f
#define TENSOR_SIGMA 3.5f
#define TENSOR_WIDE_SIGMA 10.8f
#define TENSOR_WIDE_WEIGHT 0.5f

#define IMPROVE_SIGMA 6.0f /* at half resolution */
#define IMPROVE_WEIGHT 0.7f

/* Quality. */
#define AGREEMENT_SIGMA 7
#define QUALITY_SIGMA 5
#define RESPONSE_GAIN 3.0f
#define QUALITY_MIN 0.35f
#define CONTRAST_PERCENTILE 0.87f
#define CONTRAST_GAIN 1.5f
#define FLAT_DISTANCE 9 /* px: nearer to empty glass the ridges are not to be trusted */

typedef struct {
	guint width, height;
	gsize n;
	Plane valid;     /* 1 where there is sensor data */
	Plane normal;    /* ridges positive, about -2 … 2 */
	Plane deviation; /* grey */
	Plane coherence; /* half resolution, 0 … 1 */
	float contrast;  /* the deviation that a good part of this image has */
} Work;

static void clear_work(Work *work)
{
	plane_clear(&work->valid);
	plane_clear(&work->normal);
	plane_clear(&work->deviation);
	plane_clear(&work->coherence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, clear_work)

/* For each place of a row the extremes over 2 r + 1 of its neighbours. */
static void row_extremes(const guint8 *low, const guint8 *high, guint8 *least, guint8 *most,
						 gint width)
{
	memcpy(least, low, (gsize)width);
	memcpy(most, high, (gsize)width);
	for (gint k = -FLAT_RADIUS; k <= FLAT_RADIUS; k++) {
		gint from = MAX(0, -k), to = width - MAX(0, k);

		for (gint x = from; x < to; x++) {
			least[x] = MIN(least[x], low[x + k]);
			most[x] = MAX(most[x], high[x + k]);
		}
	}
}

static void column_extremes(const guint8 *low, const guint8 *high, guint8 *least, guint8 *most,
							guint width, gint height)
{
	for (gint y = 0; y < height; y++) {
		guint8 *row_least = least + (gsize)y * width, *row_most = most + (gsize)y * width;

		memcpy(row_least, low + (gsize)y * width, width);
		memcpy(row_most, high + (gsize)y * width, width);
		for (gint k = MAX(-FLAT_RADIUS, -y); k <= MIN(FLAT_RADIUS, height - 1 - y); k++)
			for (guint x = 0; x < width; x++) {
				row_least[x] = MIN(row_least[x], low[(gsize)(y + k) * width + x]);
				row_most[x] = MAX(row_most[x], high[(gsize)(y + k) * width + x]);
			}
	}
}

/* Over the square around each place; `low` and `high` are used up. */
static void extremes(guint8 *low, guint8 *high, guint8 *least, guint8 *most, const Work *work)
{
	for (guint y = 0; y < work->height; y++) {
		gsize at = (gsize)y * work->width;

		row_extremes(low + at, high + at, least + at, most + at, (gint)work->width);
	}
	memcpy(low, least, work->n);
	memcpy(high, most, work->n);
	column_extremes(low, high, least, most, work->width, (gint)work->height);
}

static void find_valid(Work *work, const guint8 *grey)
{
	g_autofree guint8 *low = g_malloc(work->n), *high = g_malloc(work->n);
	g_autofree guint8 *least = g_malloc(work->n), *most = g_malloc(work->n);

	memcpy(low, grey, work->n);
	memcpy(high, grey, work->n);
	extremes(low, high, least, most, work);
	/* Flat windows, then everything that lies in one. */
	for (gsize i = 0; i < work->n; i++)
		low[i] = high[i] = most[i] - least[i] <= FLAT_RANGE;
	extremes(low, high, least, most, work);
	plane_init(&work->valid, work->width, work->height);
	for (gsize i = 0; i < work->n; i++)
		work->valid.value[i] = most[i] ? 0 : 1;
}

/* blur(plane × valid) / blur(valid), in place: a mean over what is there. */
static void mean_of_valid(Plane *plane, const Work *work, float sigma)
{
	g_auto(Plane) weight = {0};
	gsize n = work->n;

	plane_init(&weight, work->width, work->height);
	memcpy(weight.value, work->valid.value, n * sizeof(float));
	for (gsize i = 0; i < n; i++)
		plane->value[i] *= weight.value[i];
	plane_blur(plane, sigma);
	plane_blur(&weight, sigma);
	for (gsize i = 0; i < n; i++)
		plane->value[i] = weight.value[i] > 0.01f ? plane->value[i] / weight.value[i] : 0;
}

static void normalise(Work *work, const guint8 *grey)
{
	g_auto(Plane) mean = {0};

	plane_init(&mean, work->width, work->height);
	plane_init(&work->normal, work->width, work->height);
	plane_init(&work->deviation, work->width, work->height);
	for (gsize i = 0; i < work->n; i++)
		mean.value[i] = grey[i];
	mean_of_valid(&mean, work, MEAN_SIGMA);
	for (gsize i = 0; i < work->n; i++) {
		float less = (mean.value[i] - grey[i]) * work->valid.value[i];

		work->normal.value[i] = less;
		work->deviation.value[i] = less * less;
	}
	mean_of_valid(&work->deviation, work, DEVIATION_SIGMA);
	for (gsize i = 0; i < work->n; i++) {
		work->deviation.value[i] = sqrtf(fmaxf(work->deviation.value[i], 0));
		work->normal.value[i] =
			CLAMP(work->normal.value[i] / (work->deviation.value[i] + DEVIATION_FLOOR),
				  -NORMAL_LIMIT, NORMAL_LIMIT);
	}
}

/* The squared-gradient tensor: energy, and the doubled angle's cosine and sine (Kass, Witkin). */
static void fill_tensor(const Work *work, Plane *energy, Plane *cosine, Plane *sine)
{
	g_auto(Plane) smooth = {0};
	Plane full[3];
	guint w = work->width;

	plane_init(&smooth, w, work->height);
	memcpy(smooth.value, work->normal.value, work->n * sizeof(float));
	plane_smooth(&smooth, 3);
	for (guint i = 0; i < 3; i++)
		plane_init(&full[i], w, work->height);
	for (guint y = 1; y + 1 < work->height; y++)
		for (guint x = 1; x + 1 < w; x++) {
			gsize i = (gsize)y * w + x;
			float gx = smooth.value[i + 1] - smooth.value[i - 1];
			float gy = smooth.value[i - w] - smooth.value[i + w];

			full[0].value[i] = gx * gx + gy * gy;
			full[1].value[i] = gy * gy - gx * gx;
			full[2].value[i] = -2 * gx * gy;
		}
	plane_halve(&full[0], energy);
	plane_halve(&full[1], cosine);
	plane_halve(&full[2], sine);
	for (guint i = 0; i < 3; i++)
		plane_clear(&full[i]);
}

static void copy_plane(const Plane *from, Plane *to)
{
	plane_init(to, from->width, from->height);
	memcpy(to->value, from->value, (gsize)from->width * from->height * sizeof(float));
}

/* Each place's vote counts by how sure it is, not by how much contrast it has: the edges of a wet
 * patch would outvote the ridges around it. */
static void even_out(Plane *cosine, Plane *sine, const Plane *energy)
{
	gsize n = (gsize)energy->width * energy->height;

	for (gsize i = 0; i < n; i++) {
		float scale = 1 / (energy->value[i] + 1e-4f);

		cosine->value[i] *= scale;
		sine->value[i] *= scale;
	}
}

static void find_directions(Work *work, MatchRidges *ridges)
{
	g_auto(Plane) energy = {0}, wide_cosine = {0}, wide_sine = {0};
	Plane *cosine = &ridges->cosine, *sine = &ridges->sine;
	gsize n;

	fill_tensor(work, &energy, cosine, sine);
	plane_blur(&energy, TENSOR_NEAR_SIGMA);
	plane_blur(cosine, TENSOR_NEAR_SIGMA);
	plane_blur(sine, TENSOR_NEAR_SIGMA);
	even_out(cosine, sine, &energy);
	plane_blur(cosine, TENSOR_SIGMA);
	plane_blur(sine, TENSOR_SIGMA);
	copy_plane(cosine, &wide_cosine);
	copy_plane(sine, &wide_sine);
	plane_blur(&wide_cosine, TENSOR_WIDE_SIGMA);
	plane_blur(&wide_sine, TENSOR_WIDE_SIGMA);
	n = (gsize)energy.width * energy.height;
	plane_init(&work->coherence, energy.width, energy.height);
	for (gsize i = 0; i < n; i++) {
		float c = hypotf(cosine->value[i], sine->value[i]), norm;
		float doubt = TENSOR_WIDE_WEIGHT * (1 - fminf(c, 1));

		cosine->value[i] += doubt * wide_cosine.value[i];
		sine->value[i] += doubt * wide_sine.value[i];
		norm = hypotf(cosine->value[i], sine->value[i]);
		work->coherence.value[i] = fminf(c, 1);
		cosine->value[i] = norm > 1e-9f ? cosine->value[i] / norm : 1;
		sine->value[i] = norm > 1e-9f ? sine->value[i] / norm : 0;
	}
}

static int by_value(gconstpointer a, gconstpointer b, gpointer user)
{
	float left = *(const float *)a, right = *(const float *)b;

	(void)user;
	return (left > right) - (left < right);
}

/* The deviation that 87 % of the image stay below: what a good part of this image has. */
static float find_contrast(const Work *work)
{
	g_autofree float *samples = g_new(float, work->n / 7 + 1);
	gsize n = 0;

	for (gsize i = 0; i < work->n; i += 7)
		if (work->valid.value[i] > 0)
			samples[n++] = work->deviation.value[i];
	if (n == 0)
		return 1;
	g_qsort_with_data(samples, (gint)n, sizeof *samples, by_value, NULL);
	return fmaxf(samples[(gsize)(CONTRAST_PERCENTILE * (float)(n - 1))], 1);
}

/* 2 <g, i> / (<g, g> + <i, i>) in a window: 1 when the filtered image is the image. */
static void find_agreement(const Work *work, guint step, MatchRidges *ridges)
{
	g_auto(Plane) both = {0}, squares = {0};

	plane_init(&both, work->width, work->height);
	plane_init(&squares, work->width, work->height);
	for (guint y = 0; y < work->height; y += step)
		for (guint x = 0; x < work->width; x += step) {
			gsize i = (gsize)y * work->width + x;
			float g = RESPONSE_GAIN * ridges->ridge.value[i], value = work->normal.value[i];

			both.value[i] = 2 * g * value;
			squares.value[i] = g * g + value * value;
		}
	plane_blur(&both, AGREEMENT_SIGMA);
	plane_blur(&squares, AGREEMENT_SIGMA);
	for (gsize i = 0; i < work->n; i++)
		ridges->quality.value[i] =
			fmaxf(both.value[i], 0) / (squares.value[i] + 1e-3f / (float)(step * step));
}

static void find_quality(const Work *work, guint step, MatchRidges *ridges)
{
	g_auto(Plane) edge = {0};

	plane_init(&ridges->quality, work->width, work->height);
	find_agreement(work, step, ridges);
	for (gsize i = 0; i < work->n; i++)
		ridges->quality.value[i] *=
			fminf(1, CONTRAST_GAIN * work->deviation.value[i] / work->contrast);
	plane_blur(&ridges->quality, QUALITY_SIGMA);
	copy_plane(&work->valid, &edge);
	plane_blur(&edge, FLAT_DISTANCE / 2.0f);
	for (gsize i = 0; i < work->n; i++)
		ridges->quality.value[i] *= CLAMP(2 * edge.value[i] - 1, 0, 1);
}

/* Where the ridges explain little of the image, their neighbours know better which way they run. */
static void improve_directions(const Work *work, MatchRidges *ridges)
{
	g_auto(Plane) sure = {0}, cosine = {0}, sine = {0};
	gsize n;

	plane_halve(&ridges->quality, &sure);
	copy_plane(&ridges->cosine, &cosine);
	copy_plane(&ridges->sine, &sine);
	n = (gsize)sure.width * sure.height;
	for (gsize i = 0; i < n; i++) {
		float weight = sure.value[i] * sure.value[i] * work->coherence.value[i];

		cosine.value[i] *= weight;
		sine.value[i] *= weight;
		sure.value[i] = weight;
	}
	plane_blur(&cosine, IMPROVE_SIGMA);
	plane_blur(&sine, IMPROVE_SIGMA);
	for (gsize i = 0; i < n; i++) {
		float own = sure.value[i] + 1e-3f;
		float c = own * ridges->cosine.value[i] + IMPROVE_WEIGHT * cosine.value[i];
		float s = own * ridges->sine.value[i] + IMPROVE_WEIGHT * sine.value[i];
		float norm = hypotf(c, s);

		ridges->cosine.value[i] = norm > 1e-9f ? c / norm : 1;
		ridges->sine.value[i] = norm > 1e-9f ? s / norm : 0;
	}
}

/* Fills the piece that holds `start` with `label`; gives its size. */
static gsize flood(guint32 *labels, guint32 label, gsize start, const MatchRidges *ridges,
				   guint32 *stack)
{
	guint w = ridges->quality.width, h = ridges->quality.height;
	gsize n = 0, top = 0;

	labels[start] = label;
	stack[top++] = (guint32)start;
	while (top > 0) {
		guint32 at = stack[--top], x = at % w, y = at / w;
		const guint32 next[4] = {x > 0 ? at - 1 : at, x + 1 < w ? at + 1 : at, y > 0 ? at - w : at,
								 y + 1 < h ? at + w : at};

		n++;
		for (guint k = 0; k < 4; k++)
			if (labels[next[k]] == 0 && ridges->quality.value[next[k]] > QUALITY_MIN) {
				labels[next[k]] = label;
				stack[top++] = next[k];
			}
	}
	return n;
}

/* The finger is the largest piece of good quality; the rest is dirt, or what the last one left. */
static void find_finger(const Work *work, MatchRidges *ridges)
{
	g_autofree guint32 *labels = g_new0(guint32, work->n), *stack = g_new(guint32, work->n);
	gsize largest = 0;
	guint32 label = 0, best = 0;

	for (gsize i = 0; i < work->n; i++) {
		gsize size;

		if (labels[i] != 0 || ridges->quality.value[i] <= QUALITY_MIN)
			continue;
		size = flood(labels, ++label, i, ridges, stack);
		if (size > largest) {
			largest = size;
			best = label;
		}
	}
	ridges->finger = g_malloc(work->n);
	for (gsize i = 0; i < work->n; i++) {
		ridges->finger[i] = best > 0 && labels[i] == best;
		if (!ridges->finger[i])
			ridges->quality.value[i] = 0;
	}
}

/* The filter's answer, pressed into -1 … 1. */
static void limit_response(MatchRidges *ridges)
{
	gsize n = (gsize)ridges->ridge.width * ridges->ridge.height;

	for (gsize i = 0; i < n; i++) {
		float value = 3.2f * ridges->ridge.value[i];

		ridges->ridge.value[i] = value / sqrtf(1 + value * value);
	}
}

static gboolean check_size(guint width, guint height, GError **error)
{
	if (width >= MATCH_IMAGE_SIDE_MIN && width <= MATCH_IMAGE_SIDE_MAX &&
		height >= MATCH_IMAGE_SIDE_MIN && height <= MATCH_IMAGE_SIDE_MAX)
		return TRUE;
	g_set_error(error, MATCH_ERROR, MATCH_ERROR_IMAGE,
				"an image of %u × %u is not a finger's (%d … %d pixels a side)", width, height,
				MATCH_IMAGE_SIDE_MIN, MATCH_IMAGE_SIDE_MAX);
	return FALSE;
}

/* Every second pixel of every second row was filtered: those between are the means of those around. */
static void fill_between(Plane *ridge)
{
	guint w = ridge->width, h = ridge->height;

	for (guint y = 0; y < h; y += 2) {
		float *row = ridge->value + (gsize)y * w;

		for (guint x = 1; x < w; x += 2)
			row[x] = x + 1 < w ? 0.5f * (row[x - 1] + row[x + 1]) : row[x - 1];
	}
	for (guint y = 1; y < h; y += 2) {
		const float *above = ridge->value + (gsize)(y - 1) * w;
		const float *below = y + 1 < h ? above + 2 * (gsize)w : above;
		float *row = ridge->value + (gsize)y * w;

		for (guint x = 0; x < w; x++)
			row[x] = 0.5f * (above[x] + below[x]);
	}
}

static MatchRidges *enhance(const guint8 *grey, guint width, guint height, gboolean fast,
							GError **error)
{
	g_auto(Work) work = {.width = width, .height = height, .n = (gsize)width * height};
	g_auto(Plane) first = {0};
	MatchRidges *ridges;

	if (!check_size(width, height, error))
		return NULL;
	ridges = g_new0(MatchRidges, 1);
	find_valid(&work, grey);
	normalise(&work, grey);
	work.contrast = find_contrast(&work);
	find_directions(&work, ridges);
	period_find(&work.normal, &ridges->cosine, &ridges->sine, &work.coherence, &ridges->period);
	/* First a look at every fourth pixel, then all of the finger with better directions. */
	gabor_filter(&work.normal, &work.valid, 2, ridges);
	find_quality(&work, 2, ridges);
	if (!fast) {
		improve_directions(&work, ridges);
		plane_clear(&ridges->ridge);
		first = ridges->quality;
		gabor_filter(&work.normal, &first, 1, ridges);
		find_quality(&work, 1, ridges);
	} else {
		fill_between(&ridges->ridge);
	}
	find_finger(&work, ridges);
	limit_response(ridges);
	return ridges;
}

MatchRidges *match_enhance(const guint8 *grey, guint width, guint height, GError **error)
{
	return enhance(grey, width, height, FALSE, error);
}

MatchRidges *match_enhance_fast(const guint8 *grey, guint width, guint height, GError **error)
{
	return enhance(grey, width, height, TRUE, error);
}

void match_ridges_free(MatchRidges *ridges)
{
	if (ridges == NULL)
		return;
	plane_clear(&ridges->ridge);
	plane_clear(&ridges->quality);
	plane_clear(&ridges->cosine);
	plane_clear(&ridges->sine);
	plane_clear(&ridges->period);
	g_free(ridges->finger);
	g_free(ridges);
}

float match_ridges_direction(const MatchRidges *ridges, float x, float y)
{
	guint column = (guint)CLAMP(x / 2, 0, (float)(ridges->cosine.width - 1));
	guint row = (guint)CLAMP(y / 2, 0, (float)(ridges->cosine.height - 1));
	gsize i = (gsize)row * ridges->cosine.width + column;

	return 0.5f * atan2f(ridges->sine.value[i], ridges->cosine.value[i]);
}
