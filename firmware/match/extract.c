/*
 * The ridges are thinned; where a line ends or forks is a minutia, unless it is one of the known
 * artefacts: spurs, breaks, bridges, lakes, islands, and the finger's edge (after Xiao and Raafat
 * 1991; Zhao and Tang 2007).
 */
#include <math.h>
#include <string.h>

#include "firmware/match/extract.h"
#include "firmware/match/skeleton.h"
#include "firmware/match/template.h"

/* Lengths in periods of the ridges at the place. */
#define SPUR 0.9f
#define ISLAND 1.4f
#define BRIDGE 0.75f
#define LAKE 1.8f
#define BREAK 1.0f
#define BREAK_COSINE 0.7f

#define EDGE 9   /* px from the finger's edge: less is the edge itself */
#define WALK 12  /* px along a ridge that show where it goes */
#define SPECK 24 /* px of area: smaller is no ridge, or no hole in one */
#define CANDIDATES_MAX 2000

#define FIELD_CELL 16 /* px, or more for an image that would have too many cells */

typedef struct {
	guint32 at;
	guint crossings;
	gboolean dropped;
	float x, y, angle; /* radians, counter-clockwise, into the ridge or the fork */
} Candidate;

typedef struct {
	const MatchRidges *ridges;
	Skeleton skeleton;
	guint n;
	Candidate candidates[CANDIDATES_MAX];
} Work;

static float period_near(const MatchRidges *ridges, float x, float y)
{
	guint c = MIN((guint)x / MATCH_BLOCK, ridges->period.width - 1);
	guint r = MIN((guint)y / MATCH_BLOCK, ridges->period.height - 1);

	return ridges->period.value[r * ridges->period.width + c];
}

static void to_xy(const Skeleton *skeleton, guint32 at, float *x, float *y)
{
	*x = (float)(at % skeleton->pitch) - 1;
	*y = (float)(at / skeleton->pitch) - 1;
}

/* Changes connected pieces of `value` that are smaller than a speck. */
static void remove_specks(Skeleton *skeleton, guint8 value)
{
	gsize n = (gsize)skeleton->pitch * (skeleton->height + 2);
	g_autofree guint8 *seen = g_malloc0(n);
	g_autofree guint32 *piece = g_new(guint32, n);

	for (guint y = 1; y <= skeleton->height; y++)
		for (guint x = 1; x <= skeleton->width; x++) {
			guint32 start = y * skeleton->pitch + x;
			gsize size = 0, done = 0;

			if (seen[start] || skeleton->pixel[start] != value)
				continue;
			seen[start] = 1;
			piece[size++] = start;
			while (done < size) {
				guint32 at = piece[done++];
				const guint32 next[4] = {at - 1, at + 1, at - skeleton->pitch,
										 at + skeleton->pitch};

				for (guint k = 0; k < 4; k++) {
					guint32 column = next[k] % skeleton->pitch, row = next[k] / skeleton->pitch;

					if (column < 1 || column > skeleton->width || row < 1 ||
						row > skeleton->height || seen[next[k]] ||
						skeleton->pixel[next[k]] != value)
						continue;
					seen[next[k]] = 1;
					piece[size++] = next[k];
				}
			}
			for (gsize i = 0; i < size && size < SPECK; i++)
				skeleton->pixel[piece[i]] = !value;
		}
}

static void draw_ridges(Work *work)
{
	const MatchRidges *ridges = work->ridges;
	Skeleton *skeleton = &work->skeleton;

	skeleton_init(skeleton, ridges->ridge.width, ridges->ridge.height);
	for (guint y = 0; y < skeleton->height; y++)
		for (guint x = 0; x < skeleton->width; x++) {
			gsize i = (gsize)y * skeleton->width + x;

			skeleton->pixel[(y + 1) * skeleton->pitch + x + 1] =
				ridges->finger[i] && ridges->ridge.value[i] > 0;
		}
	remove_specks(skeleton, 1);
	remove_specks(skeleton, 0);
	skeleton_thin(skeleton);
}

static void find_candidates(Work *work)
{
	const Skeleton *skeleton = &work->skeleton;

	work->n = 0;
	for (guint y = 1; y <= skeleton->height; y++)
		for (guint x = 1; x <= skeleton->width && work->n < CANDIDATES_MAX; x++) {
			guint32 at = y * skeleton->pitch + x;
			guint crossings = skeleton_crossings(skeleton, at);

			if (crossings == 1 || crossings >= 3) {
				Candidate candidate = {.at = at, .crossings = crossings};

				to_xy(skeleton, at, &candidate.x, &candidate.y);
				work->candidates[work->n++] = candidate;
			}
		}
}

/* Erases short lines that end in nothing. */
static void erase_spurs(Work *work)
{
	Skeleton *skeleton = &work->skeleton;

	for (guint i = 0; i < work->n; i++) {
		const Candidate *candidate = &work->candidates[i];
		float period = period_near(work->ridges, candidate->x, candidate->y);
		guint32 first[4];
		SkeletonWalk walk;
		gboolean spur;

		if (candidate->crossings != 1 || skeleton_branches(skeleton, candidate->at, first) < 1)
			continue;
		skeleton_walk(skeleton, candidate->at, first[0], SKELETON_WALK_MAX, &walk);
		spur = (walk.crossings >= 3 && (float)walk.n < SPUR * period) ||
			   (walk.crossings == 1 && (float)walk.n < ISLAND * period);
		if (!spur)
			continue;
		skeleton->pixel[candidate->at] = 0;
		for (guint k = 0; k < walk.n - (walk.crossings >= 3); k++)
			skeleton->pixel[walk.pixels[k]] = 0;
	}
	/* What is left of a fork may be more than one pixel wide. */
	skeleton_thin(skeleton);
}

static Candidate *candidate_at(Work *work, guint32 at)
{
	guint low = 0, high = work->n;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (work->candidates[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < work->n && work->candidates[low].at == at ? &work->candidates[low] : NULL;
}

/* Forks joined by a short line are a bridge or a crossing, by two a lake. */
static void drop_joined_forks(Work *work, Candidate *candidate)
{
	float period = period_near(work->ridges, candidate->x, candidate->y);
	guint32 first[4], far[4] = {0};
	guint n = skeleton_branches(&work->skeleton, candidate->at, first);

	for (guint k = 0; k < n; k++) {
		Candidate *other;
		SkeletonWalk walk;

		skeleton_walk(&work->skeleton, candidate->at, first[k], (guint)(LAKE * period), &walk);
		if (walk.crossings < 3)
			continue;
		far[k] = walk.pixels[walk.n - 1];
		other = candidate_at(work, far[k]);
		if (other == NULL)
			continue;
		if ((float)walk.n < BRIDGE * period)
			candidate->dropped = other->dropped = TRUE;
		for (guint l = 0; l < k; l++)
			if (far[l] == far[k])
				candidate->dropped = other->dropped = TRUE;
	}
}

static float angle_to(const Candidate *candidate, const Skeleton *skeleton, guint32 at)
{
	float x, y;

	to_xy(skeleton, at, &x, &y);
	return atan2f(candidate->y - y, x - candidate->x);
}

/* The direction into the fork: between the two branches that are nearest to each other. */
static float fork_angle(const float *branch, guint n)
{
	float best = 0, most = -2;

	for (guint k = 0; k < n; k++)
		for (guint l = 0; l < k; l++) {
			float cosine = cosf(branch[k] - branch[l]);

			if (cosine > most) {
				most = cosine;
				best = atan2f(sinf(branch[k]) + sinf(branch[l]), cosf(branch[k]) + cosf(branch[l]));
			}
		}
	return best;
}

/* The line says which way, the neighbourhood says exactly where. */
static float settle_angle(const MatchRidges *ridges, const Candidate *candidate, float walked)
{
	float direction = match_ridges_direction(ridges, candidate->x, candidate->y);
	float difference = remainderf(walked - direction, (float)G_PI);

	return fabsf(difference) < (float)G_PI / 4 ? walked - difference : walked;
}

static void find_angle(const Work *work, Candidate *candidate)
{
	guint32 first[4];
	guint n = skeleton_branches(&work->skeleton, candidate->at, first);
	float branch[4] = {0};

	for (guint k = 0; k < n; k++) {
		SkeletonWalk walk;

		skeleton_walk(&work->skeleton, candidate->at, first[k], WALK, &walk);
		branch[k] = angle_to(candidate, &work->skeleton, walk.pixels[walk.n - 1]);
	}
	candidate->angle = settle_angle(work->ridges, candidate,
									candidate->crossings == 1 ? branch[0] : fork_angle(branch, n));
}

/* Two ends that look away from each other across a gap are one broken ridge. */
static gboolean is_break(const Work *work, const Candidate *a, const Candidate *b)
{
	float dx = b->x - a->x, dy = a->y - b->y, distance = hypotf(dx, dy);
	float reach = BREAK * period_near(work->ridges, a->x, a->y);

	if (distance > reach)
		return FALSE;
	if (distance < 2)
		return TRUE;
	return (cosf(a->angle) * dx + sinf(a->angle) * dy) / distance < -BREAK_COSINE &&
		   (cosf(b->angle) * dx + sinf(b->angle) * dy) / distance > BREAK_COSINE;
}

static void drop_breaks(Work *work)
{
	for (guint i = 0; i < work->n; i++)
		for (guint j = i + 1; j < work->n; j++) {
			Candidate *a = &work->candidates[i], *b = &work->candidates[j];

			if (b->y - a->y > 20)
				break;
			if (a->crossings == 1 && b->crossings == 1 && is_break(work, a, b))
				a->dropped = b->dropped = TRUE;
		}
}

static gboolean at_edge(const MatchRidges *ridges, const Candidate *candidate)
{
	for (guint k = 0; k < 16; k++) {
		float angle = (float)k * 2 * (float)G_PI / 16;
		gint x = (gint)lroundf(candidate->x + EDGE * cosf(angle));
		gint y = (gint)lroundf(candidate->y + EDGE * sinf(angle));

		if (x < 0 || y < 0 || x >= (gint)ridges->quality.width ||
			y >= (gint)ridges->quality.height ||
			!ridges->finger[(gsize)y * ridges->quality.width + (gsize)x])
			return TRUE;
	}
	return FALSE;
}

static MatchMinutia to_minutia(const MatchRidges *ridges, const Candidate *candidate)
{
	float turns = candidate->angle / (2 * (float)G_PI);
	gsize i = (gsize)candidate->y * ridges->quality.width + (gsize)candidate->x;

	return (MatchMinutia){
		.x = (guint16)candidate->x,
		.y = (guint16)candidate->y,
		.angle = (guint16)(gint32)lroundf((turns - floorf(turns)) * 65536),
		.quality = (guint8)CLAMP(lroundf(100 * ridges->quality.value[i]), 1, 100),
	};
}

static guint8 cell_direction(const MatchRidges *ridges, guint x, guint y)
{
	float half_turns;

	if (x >= ridges->quality.width || y >= ridges->quality.height ||
		!ridges->finger[(gsize)y * ridges->quality.width + x])
		return MATCH_NO_DIRECTION;
	half_turns = match_ridges_direction(ridges, (float)x, (float)y) / (float)G_PI;
	half_turns -= floorf(half_turns);
	return (guint8)((guint)lroundf(half_turns * MATCH_HALF_TURN) % MATCH_HALF_TURN);
}

static MatchField make_field(const MatchRidges *ridges)
{
	guint width = ridges->quality.width, height = ridges->quality.height, cell = FIELD_CELL;
	MatchField field;

	while ((width / cell + 1) * (height / cell + 1) > MATCH_FIELD_CELLS_MAX)
		cell++;
	field = (MatchField){.cell = (guint8)cell,
						 .columns = (guint8)(width / cell + 1),
						 .rows = (guint8)(height / cell + 1)};
	field.direction = g_malloc((gsize)field.columns * field.rows);
	for (guint r = 0; r < field.rows; r++)
		for (guint c = 0; c < field.columns; c++)
			field.direction[r * field.columns + c] =
				cell_direction(ridges, c * cell + cell / 2, r * cell + cell / 2);
	return field;
}

MatchTemplate *match_extract_ridges(const MatchRidges *ridges)
{
	g_autofree Work *work = g_new0(Work, 1);
	g_autofree MatchMinutia *minutiae = g_new(MatchMinutia, CANDIDATES_MAX);
	MatchField field = make_field(ridges);
	MatchTemplate *template;
	guint n = 0;

	work->ridges = ridges;
	draw_ridges(work);
	find_candidates(work);
	erase_spurs(work);
	find_candidates(work);
	for (guint i = 0; i < work->n; i++) {
		find_angle(work, &work->candidates[i]);
		if (work->candidates[i].crossings >= 3)
			drop_joined_forks(work, &work->candidates[i]);
	}
	drop_breaks(work);
	for (guint i = 0; i < work->n; i++)
		if (!work->candidates[i].dropped && !at_edge(ridges, &work->candidates[i]))
			minutiae[n++] = to_minutia(ridges, &work->candidates[i]);
	template = match_template_new_with_field(minutiae, n, (guint16)ridges->ridge.width,
											 (guint16)ridges->ridge.height, &field);
	skeleton_clear(&work->skeleton);
	explicit_bzero(minutiae, CANDIDATES_MAX * sizeof *minutiae);
	return template;
}

MatchTemplate *match_extract(const guint8 *grey, guint width, guint height, GError **error)
{
	g_autoptr(MatchRidges) ridges = match_enhance(grey, width, height, error);

	return ridges != NULL ? match_extract_ridges(ridges) : NULL;
}

MatchTemplate *match_extract_fast(const guint8 *grey, guint width, guint height, GError **error)
{
	g_autoptr(MatchRidges) ridges = match_enhance_fast(grey, width, height, error);

	return ridges != NULL ? match_extract_ridges(ridges) : NULL;
}
