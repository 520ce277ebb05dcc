#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/match/align.h"
#include "firmware/match/codes.h"

#define RADIANS (2 * (float)G_PI / 65536)
#define CANDIDATE_TURN ((gint)(69.0f / 360 * 65536)) /* fingers are not laid on sideways */
#define CANDIDATE_SIMILARITY 0.03f
#define CODE_DISTANCE_MAX 56 /* bits: 99 % of true pairs, 17 % of others */
#define SIMILARITY_SHARE 0.6f
#define POWER_ROUNDS 8
#define FIT_ROUNDS 4
#define DIRECTION_TOLERANCE 0.45f /* radians */
#define OVERLAP_CELL 12.0f
#define FIELD_SIGMA 120.0f /* px */
#define FIELD_SAME 10      /* 1/254 of half a turn: 7° */
#define FIELD_OTHER 28     /* 20° */

/* How far two pairs may disagree and still be one motion of one finger. */
#define LENGTH_TOLERANCE(length) (7.0f + 0.05f * (length))
#define ROTATION_TOLERANCE 0.40f
#define BEARING_TOLERANCE(length) (0.30f + 5.0f / (length))

#define ROTATION_LIMIT 4172 /* 1/65536 turn: ROTATION_TOLERANCE */

#define PROPOSALS_MAX 800

/* Long sums are kept in four parts, which a vector holds; the same bits with and without one. */
typedef float Four __attribute__((vector_size(16)));
#define FOURS(n) (((n) + 3) / 4)

static float sum_of(Four parts)
{
	return (parts[0] + parts[1]) + (parts[2] + parts[3]);
}

typedef struct {
	guint8 a, b;
	float cost, distance, turn;
} Proposal;

typedef struct {
	const MatchTemplate *a, *b;
	float *similarity; /* [a->n][b->n], 0 where the directions rule it out */
	float compatible[MATCH_CANDIDATES][4 * FOURS(MATCH_CANDIDATES)];
	float vector[MATCH_CANDIDATES];
	guint16 rotation[MATCH_CANDIDATES]; /* between the minutiae of a candidate */
	Proposal proposals[PROPOSALS_MAX];
} Work;

/* A rigid motion: rotation about `from`, which goes to `to`. */
typedef struct {
	float from_x, from_y, to_x, to_y, cosine, sine;
} Motion;

static void insert_candidate(MatchEvidence *evidence, MatchPair pair)
{
	guint at = evidence->n_candidates;

	if (at == MATCH_CANDIDATES) {
		if (pair.similarity <= evidence->candidates[at - 1].similarity)
			return;
		at--;
	} else {
		evidence->n_candidates++;
	}
	for (; at > 0 && evidence->candidates[at - 1].similarity < pair.similarity; at--)
		evidence->candidates[at] = evidence->candidates[at - 1];
	evidence->candidates[at] = pair;
}

/* 0 … 1, from the codes alone. */
static float code_similarity(guint distance)
{
	return (float)(CODE_DISTANCE_MAX - distance) / CODE_DISTANCE_MAX;
}

static void find_candidates(Work *work, MatchEvidence *evidence)
{
	const MatchTemplate *a = work->a, *b = work->b;

	for (guint i = 0; i < a->n; i++)
		for (guint j = 0; j < b->n; j++) {
			gint turn = match_angle_difference(a->points[i].angle, b->points[j].angle);
			float similarity = 0;

			guint distance = match_code_distance(&a->points[i].code, &b->points[j].code);

			if (ABS(turn) <= CANDIDATE_TURN && distance <= CODE_DISTANCE_MAX)
				similarity = SIMILARITY_SHARE * match_neighbourhood_similarity(a, i, b, j) +
							 (1 - SIMILARITY_SHARE) * code_similarity(distance);
			work->similarity[i * b->n + j] = similarity;
			if (similarity > CANDIDATE_SIMILARITY)
				insert_candidate(evidence, (MatchPair){(guint8)i, (guint8)j, similarity});
		}
}

/* 1 well inside the tolerance, falling to 0 at it. */
static float ramp(float error, float tolerance)
{
	return CLAMP(1.5f * (1 - fabsf(error) / tolerance), 0, 1);
}

/* Is the vector between the first minutiae, turned by the pair's rotation, the one between the
 * second? */
static float bearing_ramp(const MatchPoint *a, const MatchPoint *b, float ax, float ay, float bx,
						  float by, float length)
{
	float cosine = a->cosine * b->cosine + a->sine * b->sine;
	float sine = a->cosine * b->sine - a->sine * b->cosine;
	float x = ax * cosine - ay * sine, y = ax * sine + ay * cosine;
	float dot = x * bx + y * by, crossed = x * by - y * bx;

	if (dot <= 0)
		return 0;
	return ramp(crossed / dot, BEARING_TOLERANCE(length));
}

static float compatibility(const Work *work, const MatchPair *p, const MatchPair *q)
{
	const MatchPoint *pa = &work->a->points[p->a], *pb = &work->b->points[p->b];
	const MatchPoint *qa = &work->a->points[q->a], *qb = &work->b->points[q->b];
	float ax = qa->x - pa->x, ay = qa->y - pa->y, bx = qb->x - pb->x, by = qb->y - pb->y;
	float length_a, length_b, length, value;
	gint turn;

	turn =
		match_angle_difference((guint16)(pb->angle - pa->angle), (guint16)(qb->angle - qa->angle));
	if (ABS(turn) > ROTATION_LIMIT || p->a == q->a || p->b == q->b)
		return 0;
	value = ramp((float)turn * RADIANS, ROTATION_TOLERANCE);
	length_a = sqrtf(ax * ax + ay * ay);
	length_b = sqrtf(bx * bx + by * by);
	length = 0.5f * (length_a + length_b);
	if (length < 1)
		return 0;
	value *= ramp(length_a - length_b, LENGTH_TOLERANCE(length));
	if (value <= 0)
		return 0;
	return value * bearing_ramp(pa, pb, ax, ay, bx, by, length) *
		   bearing_ramp(qa, qb, ax, ay, bx, by, length);
}

static void fill_compatibility(Work *work, const MatchEvidence *evidence)
{
	const MatchPair *pairs = evidence->candidates;
	guint n = evidence->n_candidates;

	for (guint t = 0; t < n; t++) {
		work->rotation[t] =
			(guint16)(work->b->points[pairs[t].b].angle - work->a->points[pairs[t].a].angle);
		memset(work->compatible[t], 0, 4 * FOURS(n) * sizeof(float));
		for (guint k = 0; k < t; k++)
			if (ABS(match_angle_difference(work->rotation[t], work->rotation[k])) <= ROTATION_LIMIT)
				work->compatible[t][k] = work->compatible[k][t] =
					compatibility(work, &pairs[t], &pairs[k]);
	}
}

/* Power iteration on compatible × √(similarity × similarity). */
static float find_eigenvector(Work *work, const MatchEvidence *evidence)
{
	guint n = evidence->n_candidates;
	float root[MATCH_CANDIDATES], next[MATCH_CANDIDATES], norm = 0;
	Four weighed[FOURS(MATCH_CANDIDATES)] = {0};

	for (guint t = 0; t < n; t++) {
		root[t] = sqrtf(evidence->candidates[t].similarity);
		work->vector[t] = 1;
	}
	for (guint round = 0; round < POWER_ROUNDS; round++) {
		norm = 0;
		for (guint t = 0; t < n; t++)
			weighed[t / 4][t % 4] = root[t] * work->vector[t];
		for (guint t = 0; t < n; t++) {
			Four sum = {0}, row;

			for (guint k = 0; k < FOURS(n); k++) {
				memcpy(&row, work->compatible[t] + 4 * k, sizeof row);
				sum += row * weighed[k];
			}
			next[t] = sum_of(sum) * root[t];
			norm += next[t] * next[t];
		}
		norm = sqrtf(norm);
		if (norm < 1e-9f)
			return 0;
		for (guint t = 0; t < n; t++)
			work->vector[t] = next[t] / norm;
	}
	return norm;
}

/* The strongest candidate that no earlier seed explains; -1 when none is left. */
static gint next_seed(const Work *work, const MatchEvidence *evidence, const gint *seeds, guint n)
{
	gint best = -1;
	float most = 0;

	for (guint t = 0; t < evidence->n_candidates; t++) {
		float support = work->vector[t];
		gboolean explained = FALSE;

		for (guint s = 0; s < n; s++)
			explained |= seeds[s] == (gint)t || work->compatible[t][seeds[s]] > 0;
		if (explained)
			continue;
		if (n > 0) {
			support = 0;
			for (guint k = 0; k < evidence->n_candidates; k++)
				support += work->compatible[t][k] * evidence->candidates[k].similarity;
			support *= evidence->candidates[t].similarity;
		}
		if (support > most) {
			most = support;
			best = (gint)t;
		}
	}
	return best;
}

/* The seed and what goes with it, one to one, the strongest first. */
static void gather(const Work *work, const MatchEvidence *evidence, guint seed,
				   MatchAlignment *alignment)
{
	guint64 used_a[4] = {0}, used_b[4] = {0};
	gboolean taken[MATCH_CANDIDATES] = {FALSE};

	alignment->n = 0;
	for (guint round = 0; round < evidence->n_candidates; round++) {
		gint best = -1;
		float most = 0;

		for (guint t = 0; t < evidence->n_candidates; t++) {
			const MatchPair *pair = &evidence->candidates[t];
			float value = t == seed ? 2 : work->compatible[t][seed] * pair->similarity;

			if (!taken[t] && value > most && !((used_a[pair->a / 64] >> (pair->a % 64)) & 1) &&
				!((used_b[pair->b / 64] >> (pair->b % 64)) & 1)) {
				most = value;
				best = (gint)t;
			}
		}
		if (best < 0)
			return;
		taken[best] = TRUE;
		alignment->pairs[alignment->n] = evidence->candidates[best];
		used_a[alignment->pairs[alignment->n].a / 64] |= (guint64)1
														 << (alignment->pairs[alignment->n].a % 64);
		used_b[alignment->pairs[alignment->n].b / 64] |= (guint64)1
														 << (alignment->pairs[alignment->n].b % 64);
		alignment->n++;
	}
}

/* The pairs of an alignment as a fit needs them, four by four; what is beyond the last weighs nothing.
 * Places are seen from the first pair's: sums of their products stay exact enough. */
typedef struct {
	guint n; /* fours */
	float from_x, from_y, to_x, to_y;
	Four px[FOURS(MATCH_MINUTIAE_MAX)], py[FOURS(MATCH_MINUTIAE_MAX)];
	Four qx[FOURS(MATCH_MINUTIAE_MAX)], qy[FOURS(MATCH_MINUTIAE_MAX)];
	Four weight[FOURS(MATCH_MINUTIAE_MAX)];
	/* Directions steer the rotation too, as if each were an arm of 20 px. */
	Four along[FOURS(MATCH_MINUTIAE_MAX)], across[FOURS(MATCH_MINUTIAE_MAX)];
} Pairs;

/* `back` swaps the sides. There is at least one pair. */
static void lay_out(const MatchTemplate *from, const MatchTemplate *to,
					const MatchAlignment *alignment, gboolean back, Pairs *pairs)
{
	const MatchPair *first = &alignment->pairs[0];
	const MatchPoint *origin = &from->points[back ? first->b : first->a];
	const MatchPoint *target = &to->points[back ? first->a : first->b];

	pairs->n = FOURS(alignment->n);
	pairs->from_x = origin->x;
	pairs->from_y = origin->y;
	pairs->to_x = target->x;
	pairs->to_y = target->y;
	for (guint k = 0; k < 4 * pairs->n; k++) {
		const MatchPair *pair = &alignment->pairs[MIN(k, alignment->n - 1)];
		const MatchPoint *p = &from->points[back ? pair->b : pair->a];
		const MatchPoint *q = &to->points[back ? pair->a : pair->b];

		pairs->px[k / 4][k % 4] = p->x - origin->x;
		pairs->py[k / 4][k % 4] = p->y - origin->y;
		pairs->qx[k / 4][k % 4] = q->x - target->x;
		pairs->qy[k / 4][k % 4] = q->y - target->y;
		pairs->weight[k / 4][k % 4] = k < alignment->n ? 0.1f + pair->similarity : 0;
		pairs->along[k / 4][k % 4] = 400 * (p->cosine * q->cosine + p->sine * q->sine);
		pairs->across[k / 4][k % 4] = 400 * (p->cosine * q->sine - p->sine * q->cosine);
	}
}

/* The rigid motion of the pairs, those near (x, y) first; sigma 0: all alike. */
static Motion fit(const Pairs *pairs, float x, float y, float sigma)
{
	Four sum = {0}, sum_px = {0}, sum_py = {0}, sum_qx = {0}, sum_qy = {0};
	Four sum_real = {0}, sum_imaginary = {0};
	float weight, px, py, qx, qy, real, imaginary, norm;
	float by_square = sigma > 0 ? 1 / (2 * sigma * sigma) : 0;
	Motion motion = {.cosine = 1};

	x -= pairs->from_x;
	y -= pairs->from_y;
	for (guint k = 0; k < pairs->n; k++) {
		Four p_x = pairs->px[k], p_y = pairs->py[k], q_x = pairs->qx[k], q_y = pairs->qy[k];
		Four near = 1 + ((p_x - x) * (p_x - x) + (p_y - y) * (p_y - y)) * by_square;
		Four w = pairs->weight[k] / (near * near);

		sum += w;
		sum_px += w * p_x;
		sum_py += w * p_y;
		sum_qx += w * q_x;
		sum_qy += w * q_y;
		sum_real += w * (p_x * q_x + p_y * q_y + pairs->along[k]);
		sum_imaginary += w * (p_x * q_y - p_y * q_x + pairs->across[k]);
	}
	weight = sum_of(sum);
	px = sum_of(sum_px) / weight;
	py = sum_of(sum_py) / weight;
	qx = sum_of(sum_qx) / weight;
	qy = sum_of(sum_qy) / weight;
	real = sum_of(sum_real) - weight * (px * qx + py * qy);
	imaginary = sum_of(sum_imaginary) - weight * (px * qy - py * qx);
	norm = sqrtf(real * real + imaginary * imaginary);
	if (norm > 1e-6f) {
		motion.cosine = real / norm;
		motion.sine = imaginary / norm;
	}
	motion.from_x = pairs->from_x + px;
	motion.from_y = pairs->from_y + py;
	motion.to_x = pairs->to_x + qx;
	motion.to_y = pairs->to_y + qy;
	return motion;
}

static void move(const Motion *motion, float x, float y, float *to_x, float *to_y)
{
	x -= motion->from_x;
	y -= motion->from_y;
	*to_x = motion->to_x + x * motion->cosine - y * motion->sine;
	*to_y = motion->to_y + x * motion->sine + y * motion->cosine;
}

/* The direction left over, radians. */
static float turn_left(const Motion *motion, const MatchPoint *p, const MatchPoint *q)
{
	float cosine = p->cosine * motion->cosine - p->sine * motion->sine;
	float sine = p->sine * motion->cosine + p->cosine * motion->sine;

	return atan2f(cosine * q->sine - sine * q->cosine, cosine * q->cosine + sine * q->sine);
}

static int cheapest_first(gconstpointer a, gconstpointer b, gpointer user)
{
	const Proposal *left = a, *right = b;

	(void)user;
	if (left->cost != right->cost)
		return left->cost < right->cost ? -1 : 1;
	return left->a != right->a ? (int)left->a - right->a : (int)left->b - right->b;
}

/* Every pair within reach after the local motion. */
static guint propose(Work *work, const MatchAlignment *alignment, float sigma, float reach)
{
	Proposal *proposals = work->proposals;
	guint n = 0;
	Pairs pairs;
	Motion motion;

	lay_out(work->a, work->b, alignment, FALSE, &pairs);
	motion = fit(&pairs, 0, 0, 0); /* one for all */
	for (guint i = 0; i < work->a->n; i++) {
		const MatchPoint *p = &work->a->points[i];
		float x, y;

		if (sigma > 0)
			motion = fit(&pairs, p->x, p->y, sigma);
		move(&motion, p->x, p->y, &x, &y);
		for (guint j = 0; j < work->b->n && n < PROPOSALS_MAX; j++) {
			const MatchPoint *q = &work->b->points[j];
			float dx = q->x - x, dy = q->y - y, square = dx * dx + dy * dy, turn;

			if (square > reach * reach)
				continue;
			turn = turn_left(&motion, p, q);
			if (fabsf(turn) > DIRECTION_TOLERANCE)
				continue;
			proposals[n++] =
				(Proposal){(guint8)i, (guint8)j,
						   square / (reach * reach) +
							   turn * turn / (DIRECTION_TOLERANCE * DIRECTION_TOLERANCE) -
							   1.5f * work->similarity[i * work->b->n + j],
						   sqrtf(square), turn};
		}
	}
	return n;
}

static void rematch(Work *work, MatchAlignment *alignment, float sigma, float reach)
{
	const Proposal *proposals = work->proposals;
	guint n = propose(work, alignment, sigma, reach);
	guint64 used_a[4] = {0}, used_b[4] = {0};

	g_qsort_with_data(work->proposals, (gint)n, sizeof work->proposals[0], cheapest_first, NULL);
	alignment->n = 0;
	for (guint k = 0; k < n; k++) {
		const Proposal *proposal = &proposals[k];
		guint64 bit_a = (guint64)1 << (proposal->a % 64), bit_b = (guint64)1 << (proposal->b % 64);

		if ((used_a[proposal->a / 64] & bit_a) || (used_b[proposal->b / 64] & bit_b))
			continue;
		used_a[proposal->a / 64] |= bit_a;
		used_b[proposal->b / 64] |= bit_b;
		alignment->pairs[alignment->n] = (MatchPair){
			proposal->a, proposal->b, work->similarity[proposal->a * work->b->n + proposal->b]};
		alignment->distance[alignment->n] = proposal->distance;
		alignment->turn[alignment->n] = proposal->turn;
		alignment->n++;
	}
}

/* Minutiae of `from` that come to lie well inside `to`'s area. */
static guint count_overlap(const MatchTemplate *from, const MatchTemplate *to,
						   const MatchAlignment *alignment, gboolean back, float *trust)
{
	static const float around[][2] = {
		{-OVERLAP_CELL, 0}, {OVERLAP_CELL, 0}, {0, -OVERLAP_CELL}, {0, OVERLAP_CELL}};
	guint n = 0;
	Pairs pairs;

	*trust = 0;
	lay_out(from, to, alignment, back, &pairs);
	for (guint i = 0; i < from->n; i++) {
		const MatchPoint *p = &from->points[i];
		Motion motion = fit(&pairs, p->x, p->y, 90);
		gboolean inside = TRUE;
		float x, y;

		move(&motion, p->x, p->y, &x, &y);
		for (gsize k = 0; k < G_N_ELEMENTS(around) && inside; k++)
			inside = match_area_holds(&to->area, x + around[k][0], y + around[k][1]);
		n += inside;
		*trust += inside ? p->trust : 0;
	}
	return n;
}

static void describe(const Work *work, MatchAlignment *alignment)
{
	float square = 0, support = 0;
	Motion motion;
	Pairs pairs;

	lay_out(work->a, work->b, alignment, FALSE, &pairs);
	motion = fit(&pairs, 0, 0, 0);
	for (guint k = 0; k < alignment->n; k++) {
		const MatchPair *pair = &alignment->pairs[k];
		const MatchPoint *q = &work->b->points[pair->b];
		float x, y;

		move(&motion, work->a->points[pair->a].x, work->a->points[pair->a].y, &x, &y);
		square += (x - q->x) * (x - q->x) + (y - q->y) * (y - q->y);
		for (guint l = 0; l < k; l++)
			support += compatibility(work, pair, &alignment->pairs[l]);
	}
	alignment->rigid_px = sqrtf(square / (float)alignment->n);
	alignment->rotation = atan2f(motion.sine, motion.cosine);
	if (alignment->n > 1)
		alignment->support = 2 * support / (float)(alignment->n * (alignment->n - 1));
	alignment->overlap_a = count_overlap(work->a, work->b, alignment, FALSE, &alignment->trust_a);
	alignment->overlap_b = count_overlap(work->b, work->a, alignment, TRUE, &alignment->trust_b);
}

/* The direction of `to`'s field at (x, y), y upwards; MATCH_NO_DIRECTION where it has none. */
static guint8 field_at(const MatchField *field, float x, float y)
{
	float column = x / field->cell, row = -y / field->cell;

	if (!(column >= 0 && column < field->columns && row >= 0 && row < field->rows))
		return MATCH_NO_DIRECTION;
	return field->direction[(guint)row * field->columns + (guint)column];
}

static gint field_rounded(guint8 direction)
{
	return direction / MATCH_FIELD_STEP * MATCH_FIELD_STEP;
}

static gint wrap_half_turn(gint difference)
{
	difference %= MATCH_HALF_TURN;
	if (difference > MATCH_HALF_TURN / 2)
		difference -= MATCH_HALF_TURN;
	if (difference < -MATCH_HALF_TURN / 2)
		difference += MATCH_HALF_TURN;
	return difference;
}

void match_compare_fields(const MatchTemplate *a, const MatchTemplate *b, MatchAlignment *alignment)
{
	const MatchField *field = &a->field;
	guint n = 0, same = 0, other = 0, sum = 0;
	Pairs pairs;

	if (field->cell == 0 || b->field.cell == 0 || alignment->n == 0)
		return;
	lay_out(a, b, alignment, FALSE, &pairs);
	for (guint r = 0; r < field->rows; r++)
		for (guint c = 0; c < field->columns; c++) {
			guint8 from = field->direction[r * field->columns + c], to;
			float x = ((float)c + 0.5f) * field->cell, y = -((float)r + 0.5f) * field->cell;
			Motion motion;
			gint turn;

			if (from == MATCH_NO_DIRECTION)
				continue;
			motion = fit(&pairs, x, y, FIELD_SIGMA);
			move(&motion, x, y, &x, &y);
			to = field_at(&b->field, x, y);
			if (to == MATCH_NO_DIRECTION)
				continue;
			turn =
				(gint)lroundf(atan2f(motion.sine, motion.cosine) / (float)G_PI * MATCH_HALF_TURN);
			turn = abs(wrap_half_turn(field_rounded(to) - field_rounded(from) - turn));
			n++;
			sum += (guint)turn;
			same += turn <= FIELD_SAME;
			other += turn >= FIELD_OTHER;
		}
	alignment->field_cells = n;
	if (n == 0)
		return;
	alignment->field_turn = (float)sum / (float)n * ((float)G_PI / MATCH_HALF_TURN);
	alignment->field_same = (float)same / (float)n;
	alignment->field_other = (float)other / (float)n;
}

static void refine(Work *work, MatchAlignment *alignment)
{
	/* From one motion for all to one that follows the skin; from a wide reach to a narrow one. */
	static const struct {
		float sigma, reach;
	} rounds[FIT_ROUNDS] = {{0, 22}, {180, 17.5f}, {90, 13}, {90, 13}};

	for (guint round = 0; round < FIT_ROUNDS && alignment->n > 0; round++)
		rematch(work, alignment, rounds[round].sigma, rounds[round].reach);
	if (alignment->n > 0)
		describe(work, alignment);
}

void match_align(const MatchTemplate *a, const MatchTemplate *b, MatchEvidence *evidence)
{
	gint seeds[MATCH_SEEDS];
	g_autofree float *similarity = g_new(float, (gsize)a->n * b->n + 1);
	g_autofree Work *work = g_new(Work, 1);

	memset(evidence, 0, sizeof *evidence);
	work->a = a;
	work->b = b;
	work->similarity = similarity;
	find_candidates(work, evidence);
	fill_compatibility(work, evidence);
	evidence->eigenvalue = find_eigenvector(work, evidence);
	if (evidence->eigenvalue <= 0)
		return;
	for (guint s = 0; s < MATCH_SEEDS; s++) {
		MatchAlignment *alignment = &evidence->alignments[evidence->n_alignments];

		seeds[s] = next_seed(work, evidence, seeds, s);
		if (seeds[s] < 0)
			return;
		gather(work, evidence, (guint)seeds[s], alignment);
		refine(work, alignment);
		if (alignment->n > 0)
			evidence->n_alignments++;
	}
}
