#include <math.h>
#include <string.h>

#include "firmware/match/codes.h"
#include "firmware/match/projection.h"

#define NEAREST 5.0f /* px */
#define RADIUS 105.0f
#define BEARINGS 5   /* highest k */
#define DIRECTIONS 2 /* highest l */
#define HARMONICS 56 /* of a neighbour, padded with a zero to whole vectors */

typedef struct {
	float real, imaginary;
} Complex;

static Complex times(Complex a, Complex b)
{
	return (Complex){a.real * b.real - a.imaginary * b.imaginary,
					 a.real * b.imaginary + a.imaginary * b.real};
}

/* The harmonics of one neighbour, in the order of the moments of one radial function. */
static void find_harmonics(Complex bearing, Complex turn, float *out)
{
	Complex l_power[2 * DIRECTIONS + 1], k_power = {1, 0};

	l_power[DIRECTIONS] = (Complex){1, 0};
	for (guint l = 1; l <= DIRECTIONS; l++) {
		Complex next = times(l_power[DIRECTIONS + l - 1], turn);

		l_power[DIRECTIONS + l] = next;
		l_power[DIRECTIONS - l] = (Complex){next.real, -next.imaginary};
	}
	*out++ = 1;
	for (guint k = 0; k <= BEARINGS; k++) {
		for (guint l = k == 0 ? DIRECTIONS + 1 : 0; l <= 2 * DIRECTIONS; l++) {
			Complex value = times(k_power, l_power[l]);

			*out++ = value.real;
			*out++ = value.imaginary;
		}
		k_power = times(k_power, bearing);
	}
}

/* cos(m π r / R), by the recurrence of Chebyshev's polynomials. */
static void find_radials(float r, float radial[MATCH_RADIAL])
{
	float once = cosf((float)G_PI * r / RADIUS);

	radial[0] = 1;
	radial[1] = once;
	for (guint m = 2; m < MATCH_RADIAL; m++)
		radial[m] = 2 * once * radial[m - 1] - radial[m - 2];
}

void match_moments(const MatchTemplate *template, guint i, float moments[MATCH_MOMENTS])
{
	const MatchKernels *kernels = match_kernels();
	const MatchPoint *point = &template->points[i];
	const guint n = MATCH_MOMENTS / MATCH_RADIAL;
	float harmonics[HARMONICS] = {0}, radial[MATCH_RADIAL];
	float sums[MATCH_MOMENTS + HARMONICS] = {0};

	for (guint j = 0; j < template->n; j++) {
		const MatchPoint *other = &template->points[j];
		float dx = other->x - point->x, dy = other->y - point->y, r = sqrtf(dx * dx + dy * dy);
		float weight = 1 - (r / RADIUS) * (r / RADIUS);
		Complex bearing, turn;

		if (r < NEAREST || r >= RADIUS)
			continue;
		bearing = (Complex){(dx * point->cosine + dy * point->sine) / r,
							(dy * point->cosine - dx * point->sine) / r};
		turn = (Complex){other->cosine * point->cosine + other->sine * point->sine,
						 other->sine * point->cosine - other->cosine * point->sine};
		find_harmonics(bearing, turn, harmonics);
		weight *= 0.4f + 0.6f * other->trust;
		find_radials(r, radial);
		for (guint m = 0; m < MATCH_RADIAL; m++)
			kernels->add(sums + m * n, harmonics, weight * radial[m], HARMONICS);
	}
	memcpy(moments, sums, MATCH_MOMENTS * sizeof *moments);
}

/* In whole numbers: the same bits on every machine. */
static void quantise(const float moments[MATCH_MOMENTS], gint16 out[MATCH_PROJECTED])
{
	for (guint k = 0; k < MATCH_MOMENTS; k++)
		out[k] = (gint16)CLAMP(lrintf(moments[k] * MATCH_MOMENT_UNIT), -G_MAXINT16, G_MAXINT16);
}

void match_fill_codes(MatchTemplate *template)
{
	float moments[MATCH_MOMENTS];
	gint16 whole[MATCH_PROJECTED] = {0};
	const MatchKernels *kernels = match_kernels();

	for (guint i = 0; i < template->n; i++) {
		match_moments(template, i, moments);
		quantise(moments, whole);
		kernels->project(match_projection, match_projection_offset, MATCH_CODE_WORDS, whole,
						 template->points[i].code.word);
	}
}
