#include <math.h>
#include <string.h>

#include "firmware/match/plane.h"

#define BOXES 3

void plane_init(Plane *plane, guint width, guint height)
{
	*plane = (Plane){width, height, g_new0(float, (gsize)width *height)};
}

void plane_clear(Plane *plane)
{
	g_clear_pointer(&plane->value, g_free);
}

#define AT_ONCE 8 /* rows: each waits for its own sum, not for the others' */

/* `n` ≤ AT_ONCE rows of `width`, one after the other. */
static void box_rows(const float *from, float *to, guint n, gint width, gint radius)
{
	float sum[AT_ONCE] = {0}, scale = 1 / (float)(2 * radius + 1);

	for (gint x = 0; x < MIN(radius, width); x++)
		for (guint r = 0; r < n; r++)
			sum[r] += from[r * (guint)width + (guint)x];
	for (gint x = 0; x < width; x++) {
		gboolean enters = x + radius < width, leaves = x - radius - 1 >= 0;

		for (guint r = 0; r < n; r++) {
			const float *row = from + r * (guint)width;

			if (enters)
				sum[r] += row[x + radius];
			if (leaves)
				sum[r] -= row[x - radius - 1];
			to[r * (guint)width + (guint)x] = sum[r] * scale;
		}
	}
}

static void add_row(float *sum, const float *row, float factor, guint width)
{
	for (guint x = 0; x < width; x++)
		sum[x] += factor * row[x];
}

static void box_columns(const float *from, float *to, guint width, gint height, gint radius)
{
	g_autofree float *sum = g_new0(float, width);
	float scale = 1 / (float)(2 * radius + 1);

	for (gint y = 0; y < MIN(radius, height); y++)
		add_row(sum, from + (gsize)y * width, 1, width);
	for (gint y = 0; y < height; y++) {
		if (y + radius < height)
			add_row(sum, from + (gsize)(y + radius) * width, 1, width);
		if (y - radius - 1 >= 0)
			add_row(sum, from + (gsize)(y - radius - 1) * width, -1, width);
		for (guint x = 0; x < width; x++)
			to[(gsize)y * width + x] = sum[x] * scale;
	}
}

static void box(Plane *plane, float *scratch, gint radius)
{
	for (guint y = 0; y < plane->height; y += AT_ONCE)
		box_rows(plane->value + (gsize)y * plane->width, scratch + (gsize)y * plane->width,
				 MIN(AT_ONCE, plane->height - y), (gint)plane->width, radius);
	box_columns(scratch, plane->value, plane->width, (gint)plane->height, radius);
}

void plane_blur(Plane *plane, float sigma)
{
	g_autofree float *scratch = g_new(float, (gsize)plane->width * plane->height);
	float ideal = sqrtf(12 * sigma * sigma / BOXES + 1);
	gint small = MAX((gint)((ideal - 1) / 2), 1);
	/* As many small boxes as bring the variance nearest; the others are one larger. */
	float low = (float)(2 * small + 1);
	gint n_small = (gint)lroundf(
		(12 * sigma * sigma - BOXES * low * low - 4 * BOXES * low - 3 * BOXES) / (-4 * low - 4));

	for (gint i = 0; i < BOXES; i++)
		box(plane, scratch, i < n_small ? small : small + 1);
}

static void smooth_rows(const float *from, float *to, guint width, guint height)
{
	for (guint y = 0; y < height; y++, from += width, to += width) {
		if (width < 2) {
			memcpy(to, from, width * sizeof *to);
			continue;
		}
		to[0] = 0.5f * from[0] + 0.25f * from[1];
		for (guint x = 1; x + 1 < width; x++)
			to[x] = 0.25f * from[x - 1] + 0.5f * from[x] + 0.25f * from[x + 1];
		to[width - 1] = 0.5f * from[width - 1] + 0.25f * from[width - 2];
	}
}

static void smooth_columns(const float *from, float *to, guint width, guint height)
{
	for (guint y = 0; y < height; y++) {
		const float *row = from + (gsize)y * width;
		const float *above = y > 0 ? row - width : row, *below = y + 1 < height ? row + width : row;

		for (guint x = 0; x < width; x++)
			to[(gsize)y * width + x] = 0.25f * above[x] + 0.5f * row[x] + 0.25f * below[x];
	}
}

void plane_smooth(Plane *plane, guint rounds)
{
	g_autofree float *scratch = g_new(float, (gsize)plane->width * plane->height);

	for (guint round = 0; round < rounds; round++) {
		smooth_rows(plane->value, scratch, plane->width, plane->height);
		smooth_columns(scratch, plane->value, plane->width, plane->height);
	}
}

void plane_halve(const Plane *plane, Plane *half)
{
	plane_init(half, plane->width / 2, plane->height / 2);
	for (guint y = 0; y < half->height; y++) {
		const float *row = plane->value + (gsize)2 * y * plane->width, *next = row + plane->width;
		float *out = half->value + (gsize)y * half->width;

		for (guint x = 0; x < half->width; x++)
			out[x] = 0.25f * (row[2 * x] + row[2 * x + 1] + next[2 * x] + next[2 * x + 1]);
	}
}
