#include <math.h>

#include "firmware/match/codes.h"
#include "firmware/match/score.h"
#include "firmware/match/weights.h"

#define REACH 13.0f /* px and radians: the last round of the fit */
#define DIRECTION 0.45f
#define CODE_RANDOM 60.0f /* bits: no more alike than any two */
#define CODE_NEAR 40
#define SIMILAR 0.15f     /* a neighbourhood that counts as seen */
#define SCORE_LIMIT 30.0f /* log odds beyond that say nothing more */

typedef struct {
	float soft, similarity, distance, turn, spread, best;
	float trust, trusted_soft, trusted_similarity, code;
	guint n_code;
	guint n_similar;
} Sums;

static float best_five(const MatchAlignment *alignment)
{
	float best[5] = {0}, sum = 0;

	for (guint k = 0; k < alignment->n; k++) {
		float value = alignment->pairs[k].similarity;

		for (guint i = 0; i < 5; i++)
			if (value > best[i]) {
				float other = best[i];

				best[i] = value;
				value = other;
			}
	}
	for (guint i = 0; i < 5; i++)
		sum += best[i];
	return sum / 5;
}

/* The root of the area that the matched minutiae are spread over (px). */
static float find_spread(const MatchTemplate *a, const MatchAlignment *alignment)
{
	float n = (float)alignment->n, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

	for (guint k = 0; k < alignment->n; k++) {
		const MatchPoint *p = &a->points[alignment->pairs[k].a];

		x += p->x / n;
		y += p->y / n;
	}
	for (guint k = 0; k < alignment->n; k++) {
		const MatchPoint *p = &a->points[alignment->pairs[k].a];

		xx += (p->x - x) * (p->x - x) / n;
		yy += (p->y - y) * (p->y - y) / n;
		xy += (p->x - x) * (p->y - y) / n;
	}
	return sqrtf(sqrtf(fmaxf(xx * yy - xy * xy, 0)));
}

static Sums sum_up(const MatchTemplate *a, const MatchTemplate *b, const MatchAlignment *alignment)
{
	Sums sums = {0};

	for (guint k = 0; k < alignment->n; k++) {
		const MatchPair *pair = &alignment->pairs[k];
		float similarity = pair->similarity;
		float trust = sqrtf(a->points[pair->a].trust * b->points[pair->b].trust);
		float soft = fmaxf(0, 1 - alignment->distance[k] / REACH) *
					 fmaxf(0, 1 - fabsf(alignment->turn[k]) / DIRECTION);

		guint distance = match_code_distance(&a->points[pair->a].code, &b->points[pair->b].code);
		float code = fmaxf(0, 1 - (float)distance / CODE_RANDOM);

		sums.code += code;
		sums.n_code += distance <= CODE_NEAR;
		sums.soft += soft;
		sums.trust += trust;
		sums.trusted_soft += trust * soft;
		sums.trusted_similarity += trust * similarity;
		sums.similarity += similarity;
		sums.n_similar += similarity > SIMILAR;
		sums.distance += alignment->distance[k] / (float)alignment->n;
		sums.turn += fabsf(alignment->turn[k]) / (float)alignment->n;
	}
	sums.spread = find_spread(a, alignment);
	sums.best = best_five(alignment);
	return sums;
}

static float overlap_of(const MatchAlignment *alignment)
{
	float overlap = 0.5f * (float)(alignment->overlap_a + alignment->overlap_b);

	return fmaxf(overlap, (float)alignment->n);
}

static void fill_features(const MatchTemplate *a, const MatchTemplate *b,
						  const MatchEvidence *evidence, const MatchAlignment *alignment,
						  float features[MATCH_FEATURES])
{
	Sums sums = sum_up(a, b, alignment);
	float m = (float)alignment->n, overlap = overlap_of(alignment), share = m / (overlap + 2);
	float trusted =
		sums.trust / (fmaxf(0.5f * (alignment->trust_a + alignment->trust_b), sums.trust) + 1.5f);
	const float values[MATCH_FEATURES] = {
		m,
		share,
		m * share,
		sums.soft,
		sums.soft * share,
		sums.similarity,
		sums.similarity * share,
		sums.similarity / m,
		(float)sums.n_similar,
		sums.distance,
		sums.turn,
		alignment->rigid_px,
		alignment->support,
		alignment->support * m,
		evidence->eigenvalue,
		sqrtf(evidence->eigenvalue),
		(float)MIN(a->n, b->n),
		(float)MAX(a->n, b->n),
		fabsf(alignment->rotation),
		fminf(a->area_px, b->area_px) / 10000,
		overlap,
		overlap - m,
		logf(1 + m),
		logf(1 + sums.similarity),
		share * sums.similarity / m,
		sums.best,
		sqrtf(m) * share,
		sums.spread / 10,
		m * m / (float)(a->n * b->n),
		logf(1 + sums.soft),
		sums.trust,
		trusted,
		sums.trust * trusted,
		sums.trusted_soft,
		sums.trusted_soft * trusted,
		sums.trusted_similarity,
		sums.trusted_similarity * trusted,
		0.5f * (alignment->trust_a + alignment->trust_b),
		sums.code,
		sums.code * share,
		sums.code / m,
		(float)sums.n_code,
		alignment->field_turn,
		alignment->field_same,
		alignment->field_other,
		(float)alignment->field_cells / 100,
		sqrtf((float)alignment->field_cells) * (alignment->field_same - 0.5f),
		sqrtf((float)alignment->field_cells) * alignment->field_other,
	};

	for (guint i = 0; i < MATCH_FEATURES; i++)
		features[i] = values[i];
}

gboolean match_features(const MatchTemplate *a, const MatchTemplate *b,
						float features[MATCH_FEATURES])
{
	g_autofree MatchEvidence *evidence = g_new(MatchEvidence, 1);
	MatchAlignment *best = NULL;
	float most = -1;

	match_align(a, b, evidence);
	for (guint i = 0; i < evidence->n_alignments; i++) {
		MatchAlignment *alignment = &evidence->alignments[i];
		Sums sums = sum_up(a, b, alignment);
		float strength =
			(sums.soft + 2 * sums.similarity) * (float)alignment->n / (overlap_of(alignment) + 2);

		if (strength > most) {
			most = strength;
			best = alignment;
		}
	}
	if (best == NULL)
		return FALSE;
	match_compare_fields(a, b, best);
	fill_features(a, b, evidence, best, features);
	return TRUE;
}

/* Minutiae and nothing more, as libfprint gives them. */
static gboolean is_bare(const MatchTemplate *template)
{
	for (guint i = 0; i < template->n; i++)
		if (template->minutiae[i].quality > 0)
			return FALSE;
	return template->field.cell == 0;
}

gint32 match_score(const MatchTemplate *a, const MatchTemplate *b)
{
	const MatchWeights *weights = a->field.cell != 0 && b->field.cell != 0 ? &match_weights
								  : is_bare(a) || is_bare(b)               ? &match_weights_bare
															 : &match_weights_without_field;
	float features[MATCH_FEATURES], sum = weights->bias;

	if (!match_features(a, b, features))
		return (gint32)lroundf(-SCORE_LIMIT * 1000);
	for (guint i = 0; i < MATCH_FEATURES; i++)
		sum += weights->weight[i] * features[i];
	return (gint32)lroundf(CLAMP(sum, -SCORE_LIMIT, SCORE_LIMIT) * 1000);
}
