#include <math.h>

#include "firmware/match/decide.h"
#include "firmware/match/template.h"

/* Log odds in thousandths.  On the four shared sets 1 of 1,000 impostors reaches -360, 1 of 10,000
 * 650, none of 11,520 reaches 900: about 1,500 for each factor of ten (README, thresholds). */
#define VERIFY 1700
#define SAME_FINGER 500 /* FMR about 2e-4: the operator sees who enrols */
#define IDENTIFY_BASE 500
#define IDENTIFY_PER_TENFOLD 1500
/* What a second finger of the same two people, verified, is worth: by chance one of 18 comparisons (3
 * impressions by 6 references) does it with 18 × 1e-4, that is 2.7 factors of ten. */
#define CONFIRMED 4000

/* Fewer than these and a comparison says nothing (README, quality gate). */
#define TOUCH_MINUTIAE 8
#define TOUCH_AREA_PX 4000
#define TOUCH_CLEAR 40 /* %, the share of the image around the minutiae that the ridges explain */
#define ENROL_MINUTIAE 14
#define ENROL_AREA_PX 10000
#define ENROL_CLEAR 55

/* What a full, clean print has. */
#define GOOD_MINUTIAE 40
#define GOOD_AREA_PX 40000

gboolean match_verified(gint32 score)
{
	return score >= VERIFY;
}

gint32 match_identify_threshold(gsize n_references)
{
	double tenfolds = log10((double)MAX(n_references, 1));

	return MAX(VERIFY, IDENTIFY_BASE + (gint32)lround(IDENTIFY_PER_TENFOLD * tenfolds));
}

gint32 match_suspect_threshold(gsize n_references)
{
	return MAX(VERIFY, match_identify_threshold(n_references) - CONFIRMED);
}

gint32 match_score_best(const MatchTemplate *probe, const MatchTemplate *const *references,
						gsize n_references)
{
	gint32 best = G_MININT32;

	for (gsize i = 0; i < n_references; i++)
		best = MAX(best, match_score(probe, references[i]));
	return best;
}

/* An impression belongs if it matches at least one of the others; the odd one is the one whose
 * best match is the weakest. */
gboolean match_same_finger(const MatchTemplate *const *impressions, gsize n, gsize *odd)
{
	g_autofree gint32 *best = g_new(gint32, n + 1);
	gsize weakest = 0;

	for (gsize i = 0; i < n; i++)
		best[i] = G_MININT32;
	for (gsize i = 0; i < n; i++)
		for (gsize j = i + 1; j < n; j++) {
			gint32 score = match_score(impressions[i], impressions[j]);

			best[i] = MAX(best[i], score);
			best[j] = MAX(best[j], score);
		}
	for (gsize i = 1; i < n; i++)
		if (best[i] < best[weakest])
			weakest = i;
	if (odd != NULL)
		*odd = weakest;
	return n < 2 || best[weakest] >= SAME_FINGER;
}

static guint mean_quality(const MatchTemplate *template)
{
	guint sum = 0, n = 0;

	for (guint i = 0; i < template->n; i++)
		if (template->minutiae[i].quality > 0) {
			sum += template->minutiae[i].quality;
			n++;
		}
	return n > 0 ? sum / n : 60; /* unknown: of middling worth */
}

guint8 match_template_quality(const MatchTemplate *template)
{
	float count = fminf(1, (float)template->n / GOOD_MINUTIAE);
	float area = fminf(1, template->area_px / GOOD_AREA_PX);

	return (guint8)lroundf((float)mean_quality(template) * sqrtf(count * area));
}

static MatchSampleState judge(const MatchTemplate *template, guint minutiae, float area_px,
							  guint clear)
{
	if (template->n < minutiae)
		return MATCH_SAMPLE_FEW;
	if (template->area_px < area_px)
		return MATCH_SAMPLE_SMALL;
	return mean_quality(template) < clear ? MATCH_SAMPLE_UNCLEAR : MATCH_SAMPLE_GOOD;
}

MatchSampleState match_sample_for_touch(const MatchTemplate *template)
{
	return judge(template, TOUCH_MINUTIAE, TOUCH_AREA_PX, TOUCH_CLEAR);
}

MatchSampleState match_sample_for_enrolment(const MatchTemplate *template)
{
	return judge(template, ENROL_MINUTIAE, ENROL_AREA_PX, ENROL_CLEAR);
}
