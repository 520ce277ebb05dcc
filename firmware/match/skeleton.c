#include <stdlib.h>

#include "firmware/match/skeleton.h"

/* The eight neighbours in a circle, as (column, row): east first, then counter-clockwise. */
static const gint circle[8][2] = {{1, 0},  {1, -1}, {0, -1}, {-1, -1},
								  {-1, 0}, {-1, 1}, {0, 1},  {1, 1}};

void skeleton_init(Skeleton *skeleton, guint width, guint height)
{
	*skeleton = (Skeleton){width, height, width + 2, g_malloc0((gsize)(width + 2) * (height + 2))};
}

void skeleton_clear(Skeleton *skeleton)
{
	g_clear_pointer(&skeleton->pixel, g_free);
}

static guint32 step(const Skeleton *skeleton, guint32 at, guint k)
{
	return (guint32)((gint64)at + circle[k & 7][0] + (gint64)circle[k & 7][1] * skeleton->pitch);
}

/* The neighbours as bits, in the order of the circle. */
static guint ring(const Skeleton *skeleton, guint32 at)
{
	guint bits = 0;

	for (guint k = 0; k < 8; k++)
		bits |= (guint)skeleton->pixel[step(skeleton, at, k)] << k;
	return bits;
}

static guint bit(guint bits, guint k)
{
	return (bits >> (k & 7)) & 1;
}

/* Guo and Hall's condition for deletion in the given pass. */
static gboolean deletable(guint ring_bits, guint pass)
{
	/* Their p2 … p9 go clockwise from north. */
	guint p2 = bit(ring_bits, 2), p3 = bit(ring_bits, 1), p4 = bit(ring_bits, 0);
	guint p5 = bit(ring_bits, 7), p6 = bit(ring_bits, 6), p7 = bit(ring_bits, 5);
	guint p8 = bit(ring_bits, 4), p9 = bit(ring_bits, 3);
	guint pieces =
		(!p2 && (p3 | p4)) + (!p4 && (p5 | p6)) + (!p6 && (p7 | p8)) + (!p8 && (p9 | p2));
	guint n1 = (p9 | p2) + (p3 | p4) + (p5 | p6) + (p7 | p8);
	guint n2 = (p2 | p3) + (p4 | p5) + (p6 | p7) + (p8 | p9);
	guint n = MIN(n1, n2);
	guint side = pass == 0 ? (p6 | p7 | !p9) & p8 : (p2 | p3 | !p5) & p4;

	return pieces == 1 && n >= 2 && n <= 3 && side == 0;
}

static gboolean thin_once(Skeleton *skeleton, const guint8 *table, guint32 *marked)
{
	gsize n = 0;

	for (guint y = 0; y < skeleton->height; y++)
		for (guint x = 0; x < skeleton->width; x++) {
			guint32 at = (y + 1) * skeleton->pitch + x + 1;

			if (skeleton->pixel[at] && table[ring(skeleton, at)])
				marked[n++] = at;
		}
	for (gsize i = 0; i < n; i++)
		skeleton->pixel[marked[i]] = 0;
	return n > 0;
}

void skeleton_thin(Skeleton *skeleton)
{
	guint8 table[2][256];
	g_autofree guint32 *marked = g_new(guint32, (gsize)skeleton->width * skeleton->height);
	gboolean changed = TRUE;

	for (guint pass = 0; pass < 2; pass++)
		for (guint bits = 0; bits < 256; bits++)
			table[pass][bits] = (guint8)deletable(bits, pass);
	while (changed) {
		changed = thin_once(skeleton, table[0], marked);
		changed |= thin_once(skeleton, table[1], marked);
	}
}

guint skeleton_crossings(const Skeleton *skeleton, guint32 at)
{
	guint bits, changes = 0;

	if (!skeleton->pixel[at])
		return 0;
	bits = ring(skeleton, at);
	for (guint k = 0; k < 8; k++)
		changes += bit(bits, k) != bit(bits, k + 1);
	return changes / 2;
}

/* One first step per run of neighbours; in a run a straight neighbour before a diagonal one. */
guint skeleton_branches(const Skeleton *skeleton, guint32 at, guint32 first[4])
{
	guint bits = ring(skeleton, at), n = 0;

	for (guint k = 0; k < 8 && n < 4; k++) {
		guint last = k, straight = k;

		if (!bit(bits, k) || bit(bits, k + 7))
			continue;
		while (bit(bits, last + 1) && last < k + 7)
			last++;
		for (guint i = k; i <= last; i++)
			if (i % 2 == 0)
				straight = i;
		first[n++] = step(skeleton, at, straight);
	}
	return n;
}

static gboolean touches(const Skeleton *skeleton, guint32 a, guint32 b)
{
	gint dx = (gint)(a % skeleton->pitch) - (gint)(b % skeleton->pitch);
	gint dy = (gint)(a / skeleton->pitch) - (gint)(b / skeleton->pitch);

	return abs(dx) <= 1 && abs(dy) <= 1;
}

/* The next pixel of the line that is neither behind nor beside what is behind; 0 if none. */
static guint32 next_pixel(const Skeleton *skeleton, guint32 at, guint32 before, guint32 before_that)
{
	guint32 beside = 0;

	for (guint k = 0; k < 8; k++) {
		guint32 next = step(skeleton, at, k);

		if (!skeleton->pixel[next] || next == before || next == before_that)
			continue;
		if (!touches(skeleton, next, before))
			return next;
		beside = beside == 0 ? next : beside;
	}
	return beside;
}

void skeleton_walk(const Skeleton *skeleton, guint32 from, guint32 first, guint longest,
				   SkeletonWalk *walk)
{
	guint32 before = from, before_that = from, at = first;

	walk->n = 0;
	walk->crossings = 2;
	for (guint i = 0; i < MIN(longest, SKELETON_WALK_MAX); i++) {
		guint32 next;

		walk->pixels[walk->n++] = at;
		walk->crossings = skeleton_crossings(skeleton, at);
		if (walk->crossings != 2)
			return;
		next = next_pixel(skeleton, at, before, before_that);
		if (next == 0) {
			walk->crossings = 1;
			return;
		}
		before_that = before;
		before = at;
		at = next;
	}
}
