#include <math.h>
#include <string.h>

#include "firmware/match/search.h"

#define TURN_MAX 10923      /* 60° in 1/65536 turn: fingers are not laid on sideways */
#define TURN_TOLERANCE 2549 /* 14° */
#define PLACE_TOLERANCE 20  /* px */
#define USUAL_COUNT 40      /* minutiae; more of them meet by chance more often */
#define STEPS 128           /* of rotation that the probe is turned to beforehand */
#define STEP_TURN (65536 / STEPS)

/* First look. Bits that differ, of 64. */
#define VOTE_DISTANCE 19
#define WEIGHT_LEAST 2 /* at VOTE_DISTANCE; 1 more per bit */
#define HITS_MAX 48    /* of a slot */

/* Second look. */
#define WEIGH_DISTANCE 22
#define CANDIDATES_MAX 160
#define MOTIONS 2
#define SECOND_MOTION 0.6f /* of the votes of the first: worth trying too */
#define REACH 16.0f        /* px */
#define REACH_COSINE 0.9f  /* of the direction left over: 26° */
#define CODE_RANDOM 30.0f  /* bits: no more alike than any two */
#define OUTSET 8.0f        /* px around what is seen */

typedef struct {
	gint16 x, y;
	guint16 turn;
	guint8 probe, weight;
} Hit;

typedef struct {
	float x, y, cosine, sine;
	guint16 angle;
	guint64 code;
} Point;

typedef struct {
	float left, right, bottom, top;
} Box;

struct MatchQuery {
	const MatchKernels *kernels;
	guint n;
	Point points[MATCH_MINUTIAE_MAX];
	gint16 *turned_x, *turned_y; /* [STEPS][n] */
	Box box;
	float unit_cosine[1024], unit_sine[1024]; /* by steps of MATCH_ANGLE_STEP */
	/* Work of one chunk. */
	guint16 found[MATCH_CHUNK_SLOTS * MATCH_MINUTIAE_MAX + 8];
	guint8 n_hits[MATCH_CHUNK_SLOTS];
	Hit hits[MATCH_CHUNK_SLOTS][HITS_MAX];
};

static Box box_of(const Point *points, guint n)
{
	Box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};

	for (guint i = 0; i < n; i++) {
		box.left = fminf(box.left, points[i].x);
		box.right = fmaxf(box.right, points[i].x);
		box.bottom = fminf(box.bottom, points[i].y);
		box.top = fmaxf(box.top, points[i].y);
	}
	return box;
}

static void turn_probe(MatchQuery *query)
{
	query->turned_x = g_new(gint16, STEPS * query->n + 1);
	query->turned_y = g_new(gint16, STEPS * query->n + 1);
	for (guint step = 0; step < STEPS; step++) {
		float radians = (float)step * (2 * (float)G_PI / STEPS);
		float cosine = cosf(radians), sine = sinf(radians);

		for (guint i = 0; i < query->n; i++) {
			const Point *p = &query->points[i];

			query->turned_x[step * query->n + i] = (gint16)lrintf(p->x * cosine - p->y * sine);
			query->turned_y[step * query->n + i] = (gint16)lrintf(p->x * sine + p->y * cosine);
		}
	}
}

MatchQuery *match_query_new(const MatchTemplate *probe, const MatchKernels *kernels)
{
	MatchQuery *query = g_new(MatchQuery, 1);

	query->kernels = kernels;
	query->n = probe->n;
	for (guint i = 0; i < probe->n; i++) {
		const MatchPoint *point = &probe->points[i];

		query->points[i] = (Point){CLAMP(point->x, 0, 1023),
								   CLAMP(point->y, -1023, 0),
								   point->cosine,
								   point->sine,
								   point->angle,
								   point->code.word[0]};
	}
	for (guint i = 0; i < G_N_ELEMENTS(query->unit_cosine); i++) {
		float radians = ((float)i + 0.5f) * (2 * (float)G_PI / 1024);

		query->unit_cosine[i] = cosf(radians);
		query->unit_sine[i] = sinf(radians);
	}
	query->box = box_of(query->points, query->n);
	turn_probe(query);
	return query;
}

void match_query_free(MatchQuery *query)
{
	if (query == NULL)
		return;
	g_free(query->turned_x);
	g_free(query->turned_y);
	explicit_bzero(query, sizeof *query);
	g_free(query);
}

static void add_hit(MatchQuery *query, const MatchChunk *chunk, guint probe, guint at)
{
	guint32 place = chunk->places[at];
	guint slot = match_mark_slot(chunk->marks[at]);
	gint turn = match_angle_difference(match_place_angle(place), query->points[probe].angle);
	guint distance;

	if (ABS(turn) > TURN_MAX || query->n_hits[slot] == HITS_MAX)
		return;
	distance = match_count_bits(chunk->codes[at] ^ query->points[probe].code);
	query->hits[slot][query->n_hits[slot]++] =
		(Hit){(gint16)match_place_x(place), (gint16) - (gint)match_place_y(place), (guint16)turn,
			  (guint8)probe, (guint8)(WEIGHT_LEAST + VOTE_DISTANCE - distance)};
}

static void scan_range(MatchQuery *query, const MatchChunk *chunk, guint probe, guint from,
					   guint to)
{
	guint n = query->kernels->scan(chunk->codes + from, to - from, query->points[probe].code,
								   VOTE_DISTANCE, query->found);

	for (guint i = 0; i < n; i++)
		add_hit(query, chunk, probe, from + query->found[i]);
}

/* The minutiae of the chunk that look the probe's way, to a bucket. */
static void scan(MatchQuery *query, const MatchChunk *chunk, guint probe)
{
	guint first = (guint16)(query->points[probe].angle - TURN_MAX) / MATCH_BUCKET_TURN;
	guint last = (guint16)(query->points[probe].angle + TURN_MAX) / MATCH_BUCKET_TURN;

	if (first <= last) {
		scan_range(query, chunk, probe, chunk->from[first], chunk->from[last + 1]);
		return;
	}
	scan_range(query, chunk, probe, chunk->from[first], chunk->from[MATCH_BUCKETS]);
	scan_range(query, chunk, probe, 0, chunk->from[last + 1]);
}

static guint step_of(guint16 turn)
{
	return (guint16)(turn + STEP_TURN / 2) / STEP_TURN;
}

/* The weight of all hits that agree with this one's motion. */
static guint count_votes(const MatchQuery *query, const Hit *hits, guint n, const Hit *hit)
{
	const gint16 *x = query->turned_x + step_of(hit->turn) * query->n;
	const gint16 *y = query->turned_y + step_of(hit->turn) * query->n;
	gint shift_x = hit->x - x[hit->probe], shift_y = hit->y - y[hit->probe];
	guint sum = 0;

	for (guint k = 0; k < n; k++) {
		gint dx = hits[k].x - x[hits[k].probe] - shift_x;
		gint dy = hits[k].y - y[hits[k].probe] - shift_y;

		if (dx * dx + dy * dy <= PLACE_TOLERANCE * PLACE_TOLERANCE &&
			ABS(match_angle_difference(hits[k].turn, hit->turn)) <= TURN_TOLERANCE)
			sum += hits[k].weight;
	}
	return sum;
}

/* A template of more minutiae gets more votes by chance. */
static guint normalise(guint votes, guint n)
{
	return (guint)lrintf(100 * (float)votes *
						 sqrtf((float)USUAL_COUNT / (float)MAX(n, USUAL_COUNT / 4)));
}

static guint find_most_votes(const MatchQuery *query, const MatchChunk *chunk, guint slot,
							 guint floor)
{
	const Hit *hits = query->hits[slot];
	guint n = query->n_hits[slot], all = 0, most = 0;

	for (guint k = 0; k < n; k++)
		all += hits[k].weight;
	if (normalise(all, chunk->n[slot]) < floor)
		return 0;
	for (guint k = 0; k < n; k++)
		most = MAX(most, count_votes(query, hits, n, &hits[k]));
	return normalise(most, chunk->n[slot]);
}

void match_query_vote(MatchQuery *query, const MatchChunk *chunk, guint floor,
					  guint votes[MATCH_CHUNK_SLOTS])
{
	memset(query->n_hits, 0, sizeof query->n_hits);
	for (guint probe = 0; probe < query->n; probe++)
		scan(query, chunk, probe);
	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
		votes[slot] = find_most_votes(query, chunk, slot, floor);
}

/* A pair of minutiae that may belong together. */
typedef struct {
	guint8 probe, point, weight;
	guint16 turn;
} Candidate;

typedef struct {
	float cosine, sine, x, y; /* a probe's point is turned, then shifted */
} Motion;

static guint unpack(const MatchQuery *query, const MatchChunk *chunk, guint slot,
					Point points[MATCH_MINUTIAE_MAX])
{
	guint n = 0;

	for (guint i = 0; n < chunk->n[slot]; i++) {
		guint32 place = chunk->places[i];
		guint step = place >> 20 & 1023;

		if (match_mark_slot(chunk->marks[i]) == slot)
			points[n++] = (Point){(float)match_place_x(place), -(float)match_place_y(place),
								  query->unit_cosine[step],    query->unit_sine[step],
								  match_place_angle(place),    chunk->codes[i]};
	}
	return n;
}

static guint find_candidates(const MatchQuery *query, const Point *points, guint n,
							 Candidate candidates[CANDIDATES_MAX])
{
	guint n_candidates = 0;

	for (guint i = 0; i < query->n; i++)
		for (guint j = 0; j < n && n_candidates < CANDIDATES_MAX; j++) {
			gint turn = match_angle_difference(points[j].angle, query->points[i].angle);
			guint distance;

			if (ABS(turn) > TURN_MAX)
				continue;
			distance = match_count_bits(points[j].code ^ query->points[i].code);
			if (distance <= WEIGH_DISTANCE)
				candidates[n_candidates++] = (Candidate){
					(guint8)i, (guint8)j, (guint8)(WEIGH_DISTANCE + 1 - distance), (guint16)turn};
		}
	return n_candidates;
}

static gboolean agree(const MatchQuery *query, const Point *points, const Candidate *a,
					  const Candidate *b)
{
	const gint16 *x = query->turned_x + step_of(a->turn) * query->n;
	const gint16 *y = query->turned_y + step_of(a->turn) * query->n;
	float dx = (points[b->point].x - points[a->point].x) - (float)(x[b->probe] - x[a->probe]);
	float dy = (points[b->point].y - points[a->point].y) - (float)(y[b->probe] - y[a->probe]);

	return dx * dx + dy * dy <= PLACE_TOLERANCE * PLACE_TOLERANCE &&
		   ABS(match_angle_difference(a->turn, b->turn)) <= TURN_TOLERANCE;
}

/* The rigid motion that brings the agreeing pairs together best. */
static Motion fit(const MatchQuery *query, const Point *points, const Candidate *candidates,
				  guint n, const Candidate *seed)
{
	float sum = 0, px = 0, py = 0, qx = 0, qy = 0, real = 0, imaginary = 0, norm;
	Motion motion = {.cosine = 1};

	for (guint k = 0; k < n; k++)
		if (agree(query, points, seed, &candidates[k])) {
			const Point *p = &query->points[candidates[k].probe];
			const Point *q = &points[candidates[k].point];
			float weight = candidates[k].weight;

			sum += weight;
			px += weight * p->x;
			py += weight * p->y;
			qx += weight * q->x;
			qy += weight * q->y;
			/* About the origin first; the middle is taken away below. Directions steer too, as if
			 * each were an arm of 20 px. */
			real += weight *
					(p->x * q->x + p->y * q->y + 400 * (p->cosine * q->cosine + p->sine * q->sine));
			imaginary += weight * (p->x * q->y - p->y * q->x +
								   400 * (p->cosine * q->sine - p->sine * q->cosine));
		}
	real -= (px * qx + py * qy) / sum;
	imaginary -= (px * qy - py * qx) / sum;
	norm = sqrtf(real * real + imaginary * imaginary);
	if (norm > 1e-6f) {
		motion.cosine = real / norm;
		motion.sine = imaginary / norm;
	}
	motion.x = (qx - px * motion.cosine + py * motion.sine) / sum;
	motion.y = (qy - px * motion.sine - py * motion.cosine) / sum;
	return motion;
}

static gboolean inside(const Box *box, float x, float y)
{
	return x >= box->left - OUTSET && x <= box->right + OUTSET && y >= box->bottom - OUTSET &&
		   y <= box->top + OUTSET;
}

/* Each of the probe's minutiae takes the nearest free one of the other; what was laid together, and
 * how much of what could have been. */
static float lay(const MatchQuery *query, const Point *points, guint n, const Motion *motion)
{
	Box box = box_of(points, n);
	gboolean used[MATCH_MINUTIAE_MAX] = {FALSE};
	float sum = 0;
	guint seen_probe = 0, seen_other = 0;

	for (guint i = 0; i < query->n; i++) {
		const Point *p = &query->points[i];
		float x = p->x * motion->cosine - p->y * motion->sine + motion->x;
		float y = p->x * motion->sine + p->y * motion->cosine + motion->y;
		float cosine = p->cosine * motion->cosine - p->sine * motion->sine;
		float sine = p->sine * motion->cosine + p->cosine * motion->sine;
		float least = REACH * REACH;
		gint best = -1;

		if (!inside(&box, x, y))
			continue;
		seen_probe++;
		for (guint j = 0; j < n; j++) {
			float dx = points[j].x - x, dy = points[j].y - y, square = dx * dx + dy * dy;

			if (square < least && !used[j] &&
				cosine * points[j].cosine + sine * points[j].sine > REACH_COSINE) {
				least = square;
				best = (gint)j;
			}
		}
		if (best >= 0) {
			guint distance = match_count_bits(points[best].code ^ p->code);
			float code = fmaxf(0, 1 - (float)distance / CODE_RANDOM);

			used[best] = TRUE;
			sum += (0.3f + code) * (1 - 0.5f * least / (REACH * REACH));
		}
	}
	for (guint j = 0; j < n; j++) {
		float dx = points[j].x - motion->x, dy = points[j].y - motion->y;

		seen_other += inside(&query->box, dx * motion->cosine + dy * motion->sine,
							 dy * motion->cosine - dx * motion->sine)
						  ? 1
						  : 0;
	}
	return sum * sum / (0.5f * (float)(seen_probe + seen_other) + 4);
}

/* The candidate with most votes; -1 when none has any. */
static gint find_strongest(const guint *votes, guint n)
{
	gint best = -1;

	for (guint k = 0; k < n; k++)
		if (votes[k] > 0 && (best < 0 || votes[k] > votes[best]))
			best = (gint)k;
	return best;
}

guint match_query_weigh(MatchQuery *query, const MatchChunk *chunk, guint slot)
{
	Point points[MATCH_MINUTIAE_MAX];
	Candidate candidates[CANDIDATES_MAX];
	guint n_points = unpack(query, chunk, slot, points);
	guint n = find_candidates(query, points, n_points, candidates), votes[CANDIDATES_MAX] = {0};
	float most = 0;
	gint best;

	for (guint k = 0; k < n; k++)
		for (guint l = 0; l < n; l++)
			if (agree(query, points, &candidates[k], &candidates[l]))
				votes[k] += candidates[l].weight;
	best = find_strongest(votes, n);
	for (guint m = 0, first = best >= 0 ? votes[best] : 0;
		 m < MOTIONS && best >= 0 && (float)votes[best] >= SECOND_MOTION * (float)first; m++) {
		Motion motion = fit(query, points, candidates, n, &candidates[best]);

		most = fmaxf(most, lay(query, points, n_points, &motion));
		for (guint k = 0; k < n; k++)
			if (agree(query, points, &candidates[best], &candidates[k]))
				votes[k] = 0;
		best = find_strongest(votes, n);
	}
	return (guint)lrintf(1000 * most);
}
