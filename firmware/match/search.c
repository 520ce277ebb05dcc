#include <math.h>
#include <string.h>

#include "firmware/match/search.h"

#define TURN_MAX 10923      /* 60° in 1/65536 turn: fingers are not laid on sideways */
#define TURN_TOLERANCE 2549 /* 14° */
#define PLACE_TOLERANCE 20  /* px */
#define USUAL_COUNT 40      /* minutiae; more of them meet by chance more often */
#define TURN_CLASSES (2 * TURN_MAX / TURN_TOLERANCE + 1)

/* First look. Bits that differ, of 64. */
#define VOTE_DISTANCE 19
#define WEIGHT_LEAST 2 /* at VOTE_DISTANCE; 1 more per bit */
#define HITS_MAX 48    /* of a slot */

/* Second look. */
#define WEIGH_DISTANCE 22
#define PAIRS_MAX 160
#define MOTIONS 2
#define SECOND_MOTION 0.6f /* of the votes of the first: worth trying too */
#define REACH 16.0f        /* px */
#define REACH_COSINE 0.9f  /* of the direction left over: 26° */
#define CODE_RANDOM 30.0f  /* bits: no more alike than any two */
#define OUTSET 8.0f        /* px around what is seen */
#define TAKEN 1e6f         /* px: nobody reaches there */

typedef struct {
	float x, y, cosine, sine;
	guint16 angle;
	guint64 code;
} Point;

typedef struct {
	float left, right, bottom, top;
} Box;

/* Two minutiae that may belong together, as they are found. */
typedef struct {
	gint16 x, y; /* the reference's */
	gint16 turn;
	guint8 probe, point, weight;
} Pair;

/* The same, one array for each of their numbers (made for vectors), by classes of turn: those that may
 * agree with one stand in its class and the two beside it. */
typedef struct {
	guint n;
	guint8 from[TURN_CLASSES + 3]; /* of class c: from[c + 1]; with an empty one on either side */
	guint8 probe[PAIRS_MAX], point[PAIRS_MAX];
	gint32 turn[PAIRS_MAX], weight[PAIRS_MAX];
	float px[PAIRS_MAX], py[PAIRS_MAX], qx[PAIRS_MAX], qy[PAIRS_MAX];
} Pairs;

/* A reference's minutiae, in the same manner. */
typedef struct {
	guint n;
	guint64 code[MATCH_MINUTIAE_MAX];
	guint16 angle[MATCH_MINUTIAE_MAX];
	float x[MATCH_MINUTIAE_MAX], y[MATCH_MINUTIAE_MAX];
	float cosine[MATCH_MINUTIAE_MAX], sine[MATCH_MINUTIAE_MAX];
} Points;

typedef struct {
	float cosine, sine, x, y; /* a probe's point is turned, then shifted */
} Motion;

struct MatchQuery {
	const MatchKernels *kernels;
	guint n;
	Point points[MATCH_MINUTIAE_MAX];
	Box box;
	float unit_cosine[1024], unit_sine[1024]; /* by steps of MATCH_ANGLE_STEP */
	float scale[MATCH_MINUTIAE_MAX + 1];      /* of votes, by the reference's minutiae */
	/* Work of one chunk. */
	guint16 found[MATCH_CHUNK_SLOTS * MATCH_MINUTIAE_MAX + 8];
	guint8 n_hits[MATCH_CHUNK_SLOTS];
	guint16 by_turn[MATCH_CHUNK_SLOTS][TURN_CLASSES + 2]; /* weight of the hits of each class */
	Pair hits[MATCH_CHUNK_SLOTS][HITS_MAX];
};

static float least_of(float a, float b)
{
	return b < a ? b : a;
}

static float most_of(float a, float b)
{
	return b > a ? b : a;
}

static Box box_empty(void)
{
	return (Box){INFINITY, -INFINITY, INFINITY, -INFINITY};
}

static void box_add(Box *box, float x, float y)
{
	box->left = least_of(box->left, x);
	box->right = most_of(box->right, x);
	box->bottom = least_of(box->bottom, y);
	box->top = most_of(box->top, y);
}

MatchQuery *match_query_new(const MatchTemplate *probe, const MatchKernels *kernels)
{
	MatchQuery *query = g_new(MatchQuery, 1);

	query->kernels = kernels;
	query->n = probe->n;
	query->box = box_empty();
	for (guint i = 0; i < probe->n; i++) {
		const MatchPoint *point = &probe->points[i];

		query->points[i] = (Point){CLAMP(point->x, 0, 1023),
								   CLAMP(point->y, -1023, 0),
								   point->cosine,
								   point->sine,
								   point->angle,
								   point->code.word[0]};
		box_add(&query->box, query->points[i].x, query->points[i].y);
	}
	for (guint i = 0; i < G_N_ELEMENTS(query->unit_cosine); i++) {
		float radians = ((float)i + 0.5f) * (2 * (float)G_PI / 1024);

		query->unit_cosine[i] = cosf(radians);
		query->unit_sine[i] = sinf(radians);
	}
	/* A template of more minutiae gets more votes by chance. */
	for (guint n = 0; n < G_N_ELEMENTS(query->scale); n++)
		query->scale[n] = 100 * sqrtf((float)USUAL_COUNT / (float)MAX(n, USUAL_COUNT / 4));
	return query;
}

void match_query_free(MatchQuery *query)
{
	if (query == NULL)
		return;
	explicit_bzero(query, sizeof *query);
	g_free(query);
}

static guint class_of(gint turn)
{
	return (guint)(turn + TURN_MAX) / TURN_TOLERANCE;
}

/* ── pairs, and how many of them are one motion ── */

static void sort_pairs(const MatchQuery *query, const Pair *from, guint n, Pairs *pairs)
{
	guint8 next[TURN_CLASSES + 3] = {0};

	for (guint k = 0; k < n; k++)
		next[class_of(from[k].turn) + 2]++;
	for (guint c = 1; c < G_N_ELEMENTS(next); c++)
		next[c] = (guint8)(next[c] + next[c - 1]);
	pairs->n = n;
	memcpy(pairs->from, next, sizeof next);
	for (guint k = 0; k < n; k++) {
		const Pair *pair = &from[k];
		guint at = next[class_of(pair->turn) + 1]++;

		pairs->probe[at] = pair->probe;
		pairs->point[at] = pair->point;
		pairs->turn[at] = pair->turn;
		pairs->weight[at] = pair->weight;
		pairs->px[at] = query->points[pair->probe].x;
		pairs->py[at] = query->points[pair->probe].y;
		pairs->qx[at] = pair->x;
		pairs->qy[at] = pair->y;
	}
}

/* The motion that one pair alone stands for. */
static Motion motion_of(const MatchQuery *query, const Pairs *pairs, guint seed)
{
	guint step = (guint16)pairs->turn[seed] / MATCH_ANGLE_STEP;
	float cosine = query->unit_cosine[step], sine = query->unit_sine[step];
	float x = pairs->px[seed], y = pairs->py[seed];

	return (Motion){cosine, sine, pairs->qx[seed] - (x * cosine - y * sine),
					pairs->qy[seed] - (x * sine + y * cosine)};
}

/* Does pair k come to lie where the seed's motion says? */
static inline gint32 agrees(const Pairs *pairs, guint k, gint32 turn, const Motion *motion)
{
	float x = pairs->px[k], y = pairs->py[k];
	float dx = pairs->qx[k] - (x * motion->cosine - y * motion->sine + motion->x);
	float dy = pairs->qy[k] - (x * motion->sine + y * motion->cosine + motion->y);
	gint32 left = pairs->turn[k] - turn;

	return (dx * dx + dy * dy <= PLACE_TOLERANCE * PLACE_TOLERANCE) & (left <= TURN_TOLERANCE) &
		   (left >= -TURN_TOLERANCE);
}

static guint first_near(const Pairs *pairs, guint seed)
{
	return pairs->from[class_of(pairs->turn[seed])];
}

static guint end_near(const Pairs *pairs, guint seed)
{
	return pairs->from[class_of(pairs->turn[seed]) + 3];
}

/* The weight of all pairs that agree with the seed's motion. */
static guint count_votes(const MatchQuery *query, const Pairs *pairs, guint seed)
{
	Motion motion = motion_of(query, pairs, seed);
	guint from = first_near(pairs, seed), to = end_near(pairs, seed);
	gint32 turn = pairs->turn[seed], sum = 0;

	for (guint k = from; k < to; k++)
		sum += agrees(pairs, k, turn, &motion) * pairs->weight[k];
	return (guint)sum;
}

/* ── the first look ── */

static void add_hit(MatchQuery *query, const MatchChunk *chunk, guint probe, guint at)
{
	guint32 place = chunk->places[at];
	guint slot = match_mark_slot(chunk->marks[at]);
	gint turn = match_angle_difference(match_place_angle(place), query->points[probe].angle);
	guint weight;

	if (ABS(turn) > TURN_MAX || query->n_hits[slot] == HITS_MAX)
		return;
	weight = WEIGHT_LEAST + VOTE_DISTANCE -
			 match_count_bits(chunk->codes[at] ^ query->points[probe].code);
	query->by_turn[slot][class_of(turn) + 1] += (guint16)weight;
	query->hits[slot][query->n_hits[slot]++] = (Pair){(gint16)match_place_x(place),
													  (gint16) - (gint)match_place_y(place),
													  (gint16)turn,
													  (guint8)probe,
													  0,
													  (guint8)weight};
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

static guint normalise(const MatchQuery *query, guint votes, guint n)
{
	return (guint)lrintf((float)votes * query->scale[n]);
}

/* No motion can have more votes than the hits of three classes side by side. */
static guint most_possible(const guint16 by_turn[TURN_CLASSES + 2])
{
	guint most = 0;

	for (guint c = 0; c < TURN_CLASSES; c++)
		most = MAX(most, (guint)by_turn[c] + by_turn[c + 1] + by_turn[c + 2]);
	return most;
}

static guint find_most_votes(const MatchQuery *query, const MatchChunk *chunk, guint slot,
							 guint floor)
{
	guint n = chunk->n[slot], most = 0;
	Pairs pairs;

	if (query->n_hits[slot] == 0 ||
		normalise(query, most_possible(query->by_turn[slot]), n) < floor)
		return 0;
	sort_pairs(query, query->hits[slot], query->n_hits[slot], &pairs);
	for (guint k = 0; k < pairs.n; k++)
		most = MAX(most, count_votes(query, &pairs, k));
	return normalise(query, most, n);
}

void match_query_vote(MatchQuery *query, const MatchChunk *chunk, guint floor,
					  guint votes[MATCH_CHUNK_SLOTS])
{
	memset(query->n_hits, 0, sizeof query->n_hits);
	memset(query->by_turn, 0, sizeof query->by_turn);
	for (guint probe = 0; probe < query->n; probe++)
		scan(query, chunk, probe);
	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
		votes[slot] = find_most_votes(query, chunk, slot, floor);
}

/* ── the second look ── */

static void unpack(const MatchQuery *query, const MatchChunk *chunk, guint slot, Points *points)
{
	guint16 at[MATCH_MINUTIAE_MAX];

	points->n = match_chunk_find(chunk, slot, at);
	for (guint k = 0; k < points->n; k++)
		points->code[k] = chunk->codes[at[k]];
	for (guint k = 0; k < points->n; k++) {
		guint32 place = chunk->places[at[k]];
		guint step = place >> 20 & 1023;

		points->angle[k] = match_place_angle(place);
		points->x[k] = (float)match_place_x(place);
		points->y[k] = -(float)match_place_y(place);
		points->cosine[k] = query->unit_cosine[step];
		points->sine[k] = query->unit_sine[step];
	}
}

static void find_pairs(MatchQuery *query, const Points *points, Pairs *pairs)
{
	Pair found[PAIRS_MAX];
	guint n = 0;

	for (guint i = 0; i < query->n && n < PAIRS_MAX; i++) {
		const Point *p = &query->points[i];
		guint n_found =
			query->kernels->scan(points->code, points->n, p->code, WEIGH_DISTANCE, query->found);

		for (guint k = 0; k < n_found && n < PAIRS_MAX; k++) {
			guint j = query->found[k];
			gint turn = match_angle_difference(points->angle[j], p->angle);

			if (ABS(turn) <= TURN_MAX)
				found[n++] = (Pair){
					(gint16)points->x[j],
					(gint16)points->y[j],
					(gint16)turn,
					(guint8)i,
					(guint8)j,
					(guint8)(WEIGH_DISTANCE + 1 - match_count_bits(points->code[j] ^ p->code))};
		}
	}
	sort_pairs(query, found, n, pairs);
}

/* The rigid motion that brings the pairs that agree with the seed together best. */
static Motion fit(const MatchQuery *query, const Points *points, const Pairs *pairs, guint seed)
{
	Motion rough = motion_of(query, pairs, seed), motion = {.cosine = 1};
	float sum = 0, px = 0, py = 0, qx = 0, qy = 0, real = 0, imaginary = 0, norm;

	for (guint k = first_near(pairs, seed); k < end_near(pairs, seed); k++)
		if (agrees(pairs, k, pairs->turn[seed], &rough)) {
			const Point *p = &query->points[pairs->probe[k]];
			float x = pairs->qx[k], y = pairs->qy[k], weight = (float)pairs->weight[k];
			float cosine = points->cosine[pairs->point[k]], sine = points->sine[pairs->point[k]];

			sum += weight;
			px += weight * p->x;
			py += weight * p->y;
			qx += weight * x;
			qy += weight * y;
			/* About the origin first; the middle is taken away below. Directions steer too, as if
			 * each were an arm of 20 px. */
			real += weight * (p->x * x + p->y * y + 400 * (p->cosine * cosine + p->sine * sine));
			imaginary +=
				weight * (p->x * y - p->y * x + 400 * (p->cosine * sine - p->sine * cosine));
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

static inline gint32 inside(const Box *box, float x, float y)
{
	return (x >= box->left - OUTSET) & (x <= box->right + OUTSET) & (y >= box->bottom - OUTSET) &
		   (y <= box->top + OUTSET);
}

/* The nearest point within reach that looks the same way, -1: none; `square` gets its distance². What
 * is not negative is ordered alike as a float and as an integer, whose least vectors find. */
static gint find_nearest(const Points *points, const float *free_x, const Point *at, float *square)
{
	union {
		float value[MATCH_MINUTIAE_MAX];
		gint32 bits[MATCH_MINUTIAE_MAX];
	} squares;
	const float reach = REACH * REACH;
	gint32 least = G_MAXINT32;

	for (guint j = 0; j < points->n; j++) {
		float dx = free_x[j] - at->x, dy = points->y[j] - at->y, away = dx * dx + dy * dy;
		float turned = at->cosine * points->cosine[j] + at->sine * points->sine[j];

		squares.value[j] = turned > REACH_COSINE ? away : reach;
	}
	for (guint j = 0; j < points->n; j++)
		least = MIN(least, squares.bits[j]);
	for (guint j = 0; j < points->n; j++)
		if (squares.bits[j] == least) {
			*square = squares.value[j];
			return *square < reach ? (gint)j : -1;
		}
	return -1;
}

/* How many of the reference's points the probe could have seen. */
static guint count_seen(const MatchQuery *query, const Points *points, const Motion *motion)
{
	gint32 n = 0;

	for (guint j = 0; j < points->n; j++) {
		float dx = points->x[j] - motion->x, dy = points->y[j] - motion->y;

		n += inside(&query->box, dx * motion->cosine + dy * motion->sine,
					dy * motion->cosine - dx * motion->sine);
	}
	return (guint)n;
}

/* Each of the probe's minutiae takes the nearest free one of the other; what was laid together, and
 * how much of what could have been. */
static float lay(const MatchQuery *query, const Points *points, const Box *box,
				 const Motion *motion)
{
	float free_x[MATCH_MINUTIAE_MAX], sum = 0;
	guint seen = count_seen(query, points, motion);

	memcpy(free_x, points->x, points->n * sizeof *free_x);
	for (guint i = 0; i < query->n; i++) {
		const Point *p = &query->points[i];
		const Point moved = {.x = p->x * motion->cosine - p->y * motion->sine + motion->x,
							 .y = p->x * motion->sine + p->y * motion->cosine + motion->y,
							 .cosine = p->cosine * motion->cosine - p->sine * motion->sine,
							 .sine = p->sine * motion->cosine + p->cosine * motion->sine};
		float square;
		gint best;

		if (!inside(box, moved.x, moved.y))
			continue;
		seen++;
		best = find_nearest(points, free_x, &moved, &square);
		if (best >= 0) {
			guint distance = match_count_bits(points->code[best] ^ p->code);
			float code = most_of(0, 1 - (float)distance / CODE_RANDOM);

			free_x[best] = TAKEN;
			sum += (0.3f + code) * (1 - 0.5f * square / (REACH * REACH));
		}
	}
	return sum * sum / (0.5f * (float)seen + 4);
}

/* The pair with most votes; -1 when none has any. */
static gint find_strongest(const guint *votes, guint n)
{
	gint best = -1;

	for (guint k = 0; k < n; k++)
		if (votes[k] > 0 && (best < 0 || votes[k] > votes[best]))
			best = (gint)k;
	return best;
}

/* Those that the seed's motion explains have no vote for another. */
static void use_up(const MatchQuery *query, const Pairs *pairs, guint seed, guint *votes)
{
	Motion motion = motion_of(query, pairs, seed);

	for (guint k = first_near(pairs, seed); k < end_near(pairs, seed); k++)
		if (agrees(pairs, k, pairs->turn[seed], &motion))
			votes[k] = 0;
}

guint match_query_weigh(MatchQuery *query, const MatchChunk *chunk, guint slot)
{
	guint votes[PAIRS_MAX];
	Box box = box_empty();
	Points points;
	Pairs pairs;
	float most = 0;
	gint best;

	unpack(query, chunk, slot, &points);
	for (guint j = 0; j < points.n; j++)
		box_add(&box, points.x[j], points.y[j]);
	find_pairs(query, &points, &pairs);
	for (guint k = 0; k < pairs.n; k++)
		votes[k] = count_votes(query, &pairs, k);
	best = find_strongest(votes, pairs.n);
	for (guint m = 0, first = best >= 0 ? votes[best] : 0;
		 m < MOTIONS && best >= 0 && (float)votes[best] >= SECOND_MOTION * (float)first; m++) {
		Motion motion = fit(query, &points, &pairs, (guint)best);

		most = most_of(most, lay(query, &points, &box, &motion));
		use_up(query, &pairs, (guint)best, votes);
		best = find_strongest(votes, pairs.n);
	}
	return (guint)lrintf(1000 * most);
}
