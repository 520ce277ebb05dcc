#include <math.h>
#include <string.h>

#include "firmware/match/codes.h"
#include "firmware/match/search.h"

#define TURN_MAX 10923  /* 60° in 1/65536 turn: fingers are not laid on sideways */
#define DISTANCE_MAX 42 /* bits: 92 % of true pairs, 1 % of others */
#define WEIGHT_LEAST 2  /* at DISTANCE_MAX; 1 more per bit: half its likelihood ratio in bits */
#define HITS_MAX 200
#define TURN_TOLERANCE 2549 /* 14° */
#define PLACE_TOLERANCE 20  /* px */
#define USUAL_COUNT 40      /* minutiae; more of them meet by chance more often */

typedef struct {
	guint8 probe, key;
	guint weight;
	guint16 turn;
} Hit;

MatchKey *match_key_new(const MatchTemplate *template)
{
	MatchKey *key = g_malloc(sizeof *key + template->n * sizeof key->points[0]);

	key->n = template->n;
	for (guint i = 0; i < template->n; i++) {
		const MatchPoint *point = &template->points[i];

		key->points[i] =
			(MatchKeyPoint){point->code, (gint16)CLAMP(point->x, G_MININT16, G_MAXINT16),
							(gint16)CLAMP(point->y, G_MININT16, G_MAXINT16), point->angle};
	}
	return key;
}

void match_key_free(MatchKey *key)
{
	if (key == NULL)
		return;
	explicit_bzero(key->points, key->n * sizeof key->points[0]);
	g_free(key);
}

static guint find_hits(const MatchKey *probe, const MatchKey *key, Hit hits[HITS_MAX])
{
	guint n = 0;

	for (guint i = 0; i < probe->n; i++)
		for (guint j = 0; j < key->n; j++) {
			const MatchKeyPoint *p = &probe->points[i], *q = &key->points[j];
			gint turn = match_angle_difference(q->angle, p->angle);
			guint distance;

			if (ABS(turn) > TURN_MAX)
				continue;
			distance = match_code_distance(&p->code, &q->code);
			if (distance <= DISTANCE_MAX && n < HITS_MAX)
				hits[n++] = (Hit){(guint8)i, (guint8)j, WEIGHT_LEAST + DISTANCE_MAX - distance,
								  (guint16)turn};
		}
	return n;
}

/* The weight of all hits that agree with this one's motion. */
static guint count_votes(const MatchKey *probe, const MatchKey *key, const Hit *hits, guint n,
						 const Hit *hit)
{
	const MatchKeyPoint *p = &probe->points[hit->probe], *q = &key->points[hit->key];
	float radians = (float)(gint16)hit->turn * (2 * (float)G_PI / 65536);
	float cosine = cosf(radians), sine = sinf(radians);
	guint sum = 0;

	for (guint k = 0; k < n; k++) {
		const MatchKeyPoint *a = &probe->points[hits[k].probe], *b = &key->points[hits[k].key];
		float x = (float)(a->x - p->x), y = (float)(a->y - p->y);
		float dx = x * cosine - y * sine - (float)(b->x - q->x);
		float dy = x * sine + y * cosine - (float)(b->y - q->y);

		if (ABS(match_angle_difference(hits[k].turn, hit->turn)) <= TURN_TOLERANCE &&
			dx * dx + dy * dy <= PLACE_TOLERANCE * PLACE_TOLERANCE)
			sum += hits[k].weight;
	}
	return sum;
}

guint match_key_votes(const MatchKey *probe, const MatchKey *key)
{
	Hit hits[HITS_MAX];
	guint n = find_hits(probe, key, hits), most = 0;

	for (guint k = 0; k < n; k++)
		most = MAX(most, count_votes(probe, key, hits, n, &hits[k]));
	return (guint)lroundf(100 * (float)most *
						  sqrtf((float)USUAL_COUNT / (float)MAX(key->n, USUAL_COUNT / 4)));
}
