/*
 * What a minutia's neighbourhood looks like, independent of position and rotation, and how alike
 * two neighbourhoods are: lists of nearest neighbours, compared one by one (Jiang and Yau 2000;
 * Feng, "Combining minutiae descriptors for fingerprint matching", 2008).
 */
#include <math.h>
#include <string.h>

#include "firmware/match/codes.h"

#define TURN 65536.0f
#define RADIAN ((gint)(TURN / (2 * (float)G_PI))) /* one radian in angle units */
#define UNKNOWN_TRUST 0.6f                        /* of minutiae without a quality: the usual one */
#define NEAREST 5 /* px: closer than that is one minutia seen twice */

/* Tolerances of a matching neighbour; found by trial on real prints, flat around these values. */
#define DISTANCE_TOLERANCE(r) (6.0f + 0.05f * (r))
#define BEARING_TOLERANCE(r) (fminf(1.0f, 0.40f + 4.0f / (r)) * (float)RADIAN)
#define TURN_TOLERANCE (0.45f * (float)RADIAN)
#define DOUBT 2.5f /* keeps few matches among few neighbours from looking perfect */

static guint16 to_angle(float radians)
{
	return (guint16)(gint32)lroundf(radians * TURN / (2 * (float)G_PI));
}

static MatchNeighbour neighbour_of(const MatchPoint *from, const MatchPoint *to, guint8 distance)
{
	float dx = to->x - from->x, dy = to->y - from->y;
	float ahead = dx * from->cosine + dy * from->sine, left = dy * from->cosine - dx * from->sine;

	return (MatchNeighbour){
		.distance = distance,
		.ahead = (gint8)lroundf(ahead),
		.left = (gint8)lroundf(left),
		.bearing = to_angle(atan2f(left, ahead)),
		.turn = (guint16)(to->angle - from->angle),
	};
}

typedef struct {
	guint8 distance, index;
} Near;

/* Inserts into the nearest so far, nearest first; gives how many there are now. */
static guint insert_near(Near *nearest, guint n, Near near)
{
	guint at = n;

	if (at == MATCH_NEIGHBOURS) {
		if (near.distance >= nearest[at - 1].distance)
			return n;
		at--;
	} else {
		n++;
	}
	for (; at > 0 && nearest[at - 1].distance > near.distance; at--)
		nearest[at] = nearest[at - 1];
	nearest[at] = near;
	return n;
}

static void find_neighbours(MatchTemplate *template, guint i)
{
	MatchPoint *point = &template->points[i];
	Near nearest[MATCH_NEIGHBOURS];
	guint n = 0;

	for (guint j = 0; j < template->n; j++) {
		float dx = template->points[j].x - point->x, dy = template->points[j].y - point->y;
		float square = dx * dx + dy * dy;

		if (j != i && square >= NEAREST * NEAREST &&
			square <= MATCH_NEIGHBOUR_RADIUS * MATCH_NEIGHBOUR_RADIUS)
			n = insert_near(nearest, n, (Near){(guint8)lroundf(sqrtf(square)), (guint8)j});
	}
	for (guint k = 0; k < n; k++)
		point->neighbour[k] =
			neighbour_of(point, &template->points[nearest[k].index], nearest[k].distance);
	point->n_neighbours = (guint8)n;
}

static float cross(const MatchPoint *o, const MatchPoint *a, const MatchPoint *b)
{
	return (a->x - o->x) * (b->y - o->y) - (a->y - o->y) * (b->x - o->x);
}

static int by_place(gconstpointer a, gconstpointer b, gpointer user)
{
	const MatchPoint *left = *(MatchPoint *const *)a, *right = *(MatchPoint *const *)b;

	(void)user;
	if (left->x != right->x)
		return left->x < right->x ? -1 : 1;
	return (left->y > right->y) - (left->y < right->y);
}

/* Andrew's monotone chain; `hull` has room for 2 n. Gives the number of corners. */
static guint find_hull(const MatchTemplate *template, const MatchPoint **hull)
{
	const MatchPoint *sorted[MATCH_MINUTIAE_MAX];
	guint n = template->n, k = 0, lower;

	for (guint i = 0; i < n; i++)
		sorted[i] = &template->points[i];
	g_qsort_with_data(sorted, (gint)n, sizeof sorted[0], by_place, NULL);
	for (guint i = 0; i < n; i++) {
		while (k >= 2 && cross(hull[k - 2], hull[k - 1], sorted[i]) <= 0)
			k--;
		hull[k++] = sorted[i];
	}
	lower = k + 1;
	for (guint i = n - 1; i-- > 0;) {
		while (k >= lower && cross(hull[k - 2], hull[k - 1], sorted[i]) <= 0)
			k--;
		hull[k++] = sorted[i];
	}
	return k - 1;
}

static float hull_area(const MatchPoint *const *hull, guint n)
{
	float twice = 0;

	for (guint i = 1; i + 1 < n; i++)
		twice += cross(hull[0], hull[i], hull[i + 1]);
	return twice / 2;
}

/* The span of x inside the hull at height y; FALSE if there is none. */
static gboolean hull_span(const MatchPoint *const *hull, guint n, float y, float *from, float *to)
{
	*from = INFINITY;
	*to = -INFINITY;
	for (guint i = 0; i < n; i++) {
		const MatchPoint *a = hull[i], *b = hull[(i + 1) % n];
		float x;

		if ((a->y < y) == (b->y < y))
			continue;
		x = a->x + (b->x - a->x) * (y - a->y) / (b->y - a->y);
		*from = fminf(*from, x);
		*to = fmaxf(*to, x);
	}
	return *from <= *to;
}

static void fill_area(MatchTemplate *template, const MatchPoint *const *hull, guint n)
{
	MatchArea *area = &template->area;
	float left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;

	for (guint i = 0; i < n; i++) {
		left = fminf(left, hull[i]->x);
		right = fmaxf(right, hull[i]->x);
		bottom = fminf(bottom, hull[i]->y);
		top = fmaxf(top, hull[i]->y);
	}
	area->left = left;
	area->bottom = bottom;
	area->cell = fmaxf(6, fmaxf(right - left, top - bottom) / 63);
	for (guint r = 0; r < 64; r++) {
		float from, to;

		if (!hull_span(hull, n, bottom + ((float)r + 0.5f) * area->cell, &from, &to))
			continue;
		for (guint c = (guint)fmaxf(0, (from - left) / area->cell - 1); c < 64; c++) {
			float x = left + ((float)c + 0.5f) * area->cell;

			if (x > to)
				break;
			area->row[r] |= (guint64)(x >= from) << c;
		}
	}
}

static float trust_of(guint8 quality)
{
	guint level = match_trust_level(quality);

	return level == 0 ? UNKNOWN_TRUST : (float)level / MATCH_TRUST_LEVELS;
}

static void place_points(MatchTemplate *template)
{
	guint n = 0;

	for (guint bucket = 0; bucket < MATCH_BUCKETS; bucket++)
		for (guint i = 0; i < template->n; i++) {
			const MatchMinutia *minutia = &template->minutiae[i];
			guint16 angle = match_angle_rounded(minutia->angle);
			float radians = (float)angle * (2 * (float)G_PI / TURN);

			if (angle / MATCH_BUCKET_TURN == bucket)
				template->points[n++] = (MatchPoint){.x = minutia->x,
													 .y = -(float)minutia->y,
													 .cosine = cosf(radians),
													 .sine = sinf(radians),
													 .trust = trust_of(minutia->quality),
													 .angle = angle};
		}
}

void match_template_describe(MatchTemplate *template)
{
	const MatchPoint *hull[2 * MATCH_MINUTIAE_MAX];
	guint n_hull;

	place_points(template);
	for (guint i = 0; i < template->n; i++)
		find_neighbours(template, i);
	match_fill_codes(template);
	template->area.cell = 1;
	if (template->n < 3)
		return;
	n_hull = find_hull(template, hull);
	if (n_hull < 3)
		return;
	template->area_px = hull_area(hull, n_hull);
	fill_area(template, hull, n_hull);
}

/* 0 … 1: how well two neighbours agree; 0 if out of tolerance. */
static float agreement(const MatchNeighbour *a, const MatchNeighbour *b)
{
	gint turned = match_angle_difference(a->turn, b->turn);
	float r, distance, turn, bearing;

	if (ABS(turned) > (gint)TURN_TOLERANCE) /* most of them, without a division */
		return 0;
	r = 0.5f * (float)(a->distance + b->distance);
	turn = (float)turned / TURN_TOLERANCE;
	distance = (float)(a->distance - b->distance) / DISTANCE_TOLERANCE(r);
	if (fabsf(distance) > 1)
		return 0;
	bearing = (float)match_angle_difference(a->bearing, b->bearing) / BEARING_TOLERANCE(r);
	if (fabsf(bearing) > 1)
		return 0;
	return 1 - 0.35f * (distance * distance + turn * turn + bearing * bearing);
}

/* Would the other print have seen this neighbour, if it were the same finger? */
static gboolean expected(const MatchNeighbour *neighbour, const MatchPoint *at,
						 const MatchArea *area)
{
	float x = at->x + (float)neighbour->ahead * at->cosine - (float)neighbour->left * at->sine;
	float y = at->y + (float)neighbour->ahead * at->sine + (float)neighbour->left * at->cosine;

	return match_area_holds(area, x, y);
}

float match_neighbourhood_similarity(const MatchTemplate *a, guint i, const MatchTemplate *b,
									 guint j)
{
	const MatchPoint *from = &a->points[i], *to = &b->points[j];
	float matched = 0, missing_a = 0, missing_b = 0;
	guint32 used = 0;
	guint low = 0;

	for (guint k = 0; k < from->n_neighbours; k++) {
		const MatchNeighbour *neighbour = &from->neighbour[k];
		float best = 0, reach = 1 + DISTANCE_TOLERANCE((float)neighbour->distance + 8);
		gint at = -1;

		while (low < to->n_neighbours &&
			   (float)to->neighbour[low].distance < (float)neighbour->distance - reach)
			low++;
		for (guint l = low; l < to->n_neighbours &&
							(float)to->neighbour[l].distance <= (float)neighbour->distance + reach;
			 l++) {
			float value = (used >> l) & 1 ? 0 : agreement(neighbour, &to->neighbour[l]);

			if (value > best) {
				best = value;
				at = (gint)l;
			}
		}
		if (at >= 0) {
			used |= 1u << at;
			matched += fmaxf(best, 0);
		} else if (expected(neighbour, to, &b->area)) {
			missing_a += 1;
		}
	}
	for (guint l = 0; l < to->n_neighbours; l++)
		if (!((used >> l) & 1) && expected(&to->neighbour[l], from, &a->area))
			missing_b += 1;
	return matched * matched / ((matched + missing_a + DOUBT) * (matched + missing_b + DOUBT));
}
