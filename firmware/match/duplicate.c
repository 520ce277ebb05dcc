/* One person under two names: decided by one finger that is over the line, or by two that agree. */
#include "firmware/match/decide.h"
#include "firmware/match/match.h"

static gboolean is_other(gint64 person, gpointer user)
{
	const gint64 *own = user;

	return person != *own;
}

/* The best that any other finger than `finger` has to say about the person. */
static gint32 ask_others(const MatchGallery *gallery, gint64 person,
						 const MatchImpression *impressions, gsize n, guint8 finger)
{
	gint32 best = G_MININT32;

	for (gsize i = 0; i < n; i++)
		if (impressions[i].finger != finger)
			best = MAX(best, match_gallery_score_person(gallery, impressions[i].template, person));
	return match_verified(best) ? best : G_MININT32;
}

gboolean match_gallery_find_duplicate(const MatchGallery *gallery, gint64 person,
									  const MatchImpression *impressions, gsize n,
									  const MatchSearch *how, MatchDuplicate *duplicate)
{
	gsize n_references = match_gallery_n_references(gallery);
	gint32 certain = match_identify_threshold(n_references);
	gint32 suspect = match_suspect_threshold(n_references);
	MatchSearch others = *how;

	others.eligible = is_other;
	others.user = &person;
	*duplicate = (MatchDuplicate){.score = G_MININT32, .second_score = G_MININT32};
	for (gsize i = 0; i < n; i++) {
		MatchAnswer answer;
		gint32 second;

		if (!match_gallery_search(gallery, impressions[i].template, &others, &answer))
			return FALSE;
		if (answer.person == 0 || answer.score < suspect || answer.score <= duplicate->score)
			continue;
		second = ask_others(gallery, answer.person, impressions, n, impressions[i].finger);
		if (answer.score >= certain || second != G_MININT32)
			*duplicate = (MatchDuplicate){answer.person, answer.reference, impressions[i].finger,
										  answer.score, second};
	}
	return TRUE;
}
