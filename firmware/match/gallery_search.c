#include <string.h>

#include "firmware/match/decide.h"
#include "firmware/match/gallery.h"
#include "firmware/match/search.h"

/* So many references are compared in full, between these (up to the least all of them are), of them the
 * first few always. */
#define FULL_LEAST 10
#define FULL_MOST 32
#define FULL_SHARE 2000
#define FULL_FIRST 4
/* So many get a second look before: a thirtieth, between these. Real prints that could
 * still be told are found there (README, search). */
#define LISTED_LEAST 200
#define LISTED_MOST 2000
#define LISTED_SHARE 30
/* The first of those by votes; the others too unless one person's weight is this and twice that of
 * anybody else: impostors' weights stay below 4,000, all but the worst mates' are above. */
#define LISTED_FIRST 200
#define CLEAR_WEIGHT 3000
/* A score so far over the threshold and the margin needs no other comparison but with those whose weight
 * comes near. */
#define CLEAR_SCORE 3000

/* The best of one person and the best of all others, so far. */
typedef struct {
	gboolean any, any_other;
	gint64 person, reference;
	gint32 score, other_score;
} Ranking;

/* Ties go to the lower reference number, so that the order of the gallery changes nothing. */
static gboolean beats(gint32 score, gint64 reference, const Ranking *ranking)
{
	return !ranking->any || score > ranking->score ||
		   (score == ranking->score && reference < ranking->reference);
}

static void rank(Ranking *ranking, gint64 person, gint64 reference, gint32 score)
{
	if (beats(score, reference, ranking)) {
		if (ranking->any && ranking->person != person) {
			ranking->any_other = TRUE;
			ranking->other_score = ranking->score;
		}
		ranking->any = TRUE;
		ranking->person = person;
		ranking->reference = reference;
		ranking->score = score;
	} else if (person != ranking->person && (!ranking->any_other || score > ranking->other_score)) {
		ranking->any_other = TRUE;
		ranking->other_score = score;
	}
}

static MatchAnswer decide(const Ranking *ranking, gint32 threshold)
{
	MatchAnswer answer = {.outcome = MATCH_NONE};

	if (!ranking->any)
		return answer;
	answer.person = ranking->person;
	answer.reference = ranking->reference;
	answer.score = ranking->score;
	answer.margin = ranking->any_other ? ranking->score - ranking->other_score : ranking->score;
	if (answer.score >= threshold)
		answer.outcome =
			ranking->any_other && answer.margin < MATCH_MARGIN ? MATCH_TOO_CLOSE : MATCH_FOUND;
	return answer;
}

typedef struct {
	guint votes;
	guint32 place;
	gint64 reference;
} Listed;

/* The most votes, at most `most` of them. */
typedef struct {
	guint n, most;
	Listed *listed; /* best first */
} List;

/* Most votes first; of equal ones the lower reference, so that the order changes nothing. */
static gboolean listed_before(const Listed *a, const Listed *b)
{
	if (a->votes != b->votes)
		return a->votes > b->votes;
	return a->reference < b->reference;
}

static gboolean has_room(const List *list, const Listed *listed)
{
	return list->n < list->most || listed_before(listed, &list->listed[list->n - 1]);
}

static void insert(List *list, Listed listed)
{
	guint low = 0, high = list->n;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (listed_before(&list->listed[middle], &listed))
			low = middle + 1;
		else
			high = middle;
	}
	if (list->n < list->most)
		list->n++;
	memmove(list->listed + low + 1, list->listed + low, (list->n - 1 - low) * sizeof *list->listed);
	list->listed[low] = listed;
}

/* One thread's part of a search. */
typedef struct {
	const MatchGallery *gallery;
	const MatchTemplate *probe;
	const MatchSearch *how;
	guint part, n_parts; /* it takes every n_parts-th, from `part` on */
	const List *from;    /* second look, comparison: whom, */
	guint first, end;    /* of them these */
	List list;           /* the best it has found */
	Listed room[LISTED_MOST];
	gint32 scores[FULL_MOST];
	gboolean stopped;
} Part;

static gboolean stop(const MatchSearch *how)
{
	return how->stop != NULL && g_atomic_int_get(how->stop) != 0;
}

static void offer(Part *part, guint32 place, guint votes)
{
	const MatchSearch *how = part->how;
	Listed listed = {votes, place, match_gallery_reference_at(part->gallery, place)};

	if (has_room(&part->list, &listed) &&
		(how->eligible == NULL ||
		 how->eligible(match_gallery_person_at(part->gallery, place), how->user)))
		insert(&part->list, listed);
}

/* A first look; without votes when all of them are listed anyway. */
static gpointer look_at_chunks(gpointer user)
{
	Part *part = user;
	const GPtrArray *chunks = part->gallery->chunks;
	gboolean all = part->gallery->references.n <= part->list.most;
	g_autoptr(MatchQuery) query = match_query_new(part->probe, part->gallery->kernels);

	for (guint c = part->part; c < chunks->len && !part->stopped; c += part->n_parts) {
		const MatchChunk *chunk = chunks->pdata[c];
		const List *list = &part->list;
		guint floor = list->n == list->most ? list->listed[list->n - 1].votes : 0;
		guint votes[MATCH_CHUNK_SLOTS] = {0};

		if (!all)
			match_query_vote(query, chunk, floor, votes);
		for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
			if (chunk->taken >> slot & 1)
				offer(part, c * MATCH_CHUNK_SLOTS + slot, votes[slot]);
		part->stopped = stop(part->how);
	}
	return NULL;
}

/* A second look at the listed. */
static gpointer look_again(gpointer user)
{
	Part *part = user;
	g_autoptr(MatchQuery) query = match_query_new(part->probe, part->gallery->kernels);

	for (guint i = part->first + part->part; i < part->end && !part->stopped; i += part->n_parts) {
		Listed listed = part->from->listed[i];
		const MatchChunk *chunk = match_gallery_chunk(part->gallery, listed.place);

		if (part->from->n > part->list.most)
			listed.votes = match_query_weigh(query, chunk, listed.place % MATCH_CHUNK_SLOTS);
		if (has_room(&part->list, &listed))
			insert(&part->list, listed);
		part->stopped = stop(part->how);
	}
	return NULL;
}

static gint32 score_at(const MatchGallery *gallery, guint32 place, const MatchTemplate *probe)
{
	const MatchChunk *chunk = match_gallery_chunk(gallery, place);
	MatchTemplate *template = match_chunk_template(chunk, place % MATCH_CHUNK_SLOTS);
	gint32 score = match_score(probe, template);

	match_chunk_return(chunk, place % MATCH_CHUNK_SLOTS, template);
	return score;
}

static gpointer compare(gpointer user)
{
	Part *part = user;

	for (guint i = part->first + part->part; i < part->end && !part->stopped; i += part->n_parts) {
		part->scores[i] = score_at(part->gallery, part->from->listed[i].place, part->probe);
		part->stopped = stop(part->how);
	}
	return NULL;
}

/* All parts at once, the last by the caller's own thread. FALSE: stopped. */
static gboolean run(Part *parts, guint n_parts, GThreadFunc work)
{
	GThread *threads[MATCH_THREADS_MAX] = {NULL};
	gboolean stopped = FALSE;

	for (guint i = 0; i + 1 < n_parts; i++)
		threads[i] = g_thread_try_new("match", work, &parts[i], NULL);
	for (guint i = 0; i < n_parts; i++)
		if (threads[i] == NULL)
			work(&parts[i]);
	for (guint i = 0; i < n_parts; i++) {
		if (threads[i] != NULL)
			g_thread_join(threads[i]);
		stopped = stopped || parts[i].stopped;
	}
	return !stopped;
}

/* What each part found is added, as one would have found it: the order of a list is total. */
static void merge(Part *parts, guint n_parts, List *to)
{
	for (guint p = 0; p < n_parts; p++) {
		for (guint i = 0; i < parts[p].list.n; i++)
			if (has_room(to, &parts[p].list.listed[i]))
				insert(to, parts[p].list.listed[i]);
		parts[p].list.n = 0;
	}
}

static void set_most(Part *parts, guint n_parts, guint most)
{
	for (guint p = 0; p < n_parts; p++)
		parts[p].list.most = most;
}

static void set_range(Part *parts, guint n_parts, const List *from, guint first, guint end)
{
	for (guint p = 0; p < n_parts; p++) {
		parts[p].from = from;
		parts[p].first = first;
		parts[p].end = MIN(end, from->n);
	}
}

/* The scores of those that were just compared. */
static void rank_range(const Part *parts, guint n_parts, Ranking *ranking)
{
	for (guint i = parts->first; i < parts->end; i++)
		rank(ranking, match_gallery_person_at(parts->gallery, parts->from->listed[i].place),
			 parts->from->listed[i].reference, parts[(i - parts->first) % n_parts].scores[i]);
}

/* The best weight of another person than the first's; where there is none, the last's. */
static guint find_other_weight(const MatchGallery *gallery, const List *best)
{
	gint64 person = match_gallery_person_at(gallery, best->listed[0].place);
	guint i = 1;

	while (i + 1 < best->n && match_gallery_person_at(gallery, best->listed[i].place) == person)
		i++;
	return i < best->n ? best->listed[i].votes : 0;
}

/* The second look: at the first of the list, and at all of it when that leaves a doubt. */
static gboolean look_at_listed(Part *parts, guint n_parts, const List *listed, List *best)
{
	gboolean clear;

	set_most(parts, n_parts, best->most);
	set_range(parts, n_parts, listed, 0, LISTED_FIRST);
	if (!run(parts, n_parts, look_again))
		return FALSE;
	merge(parts, n_parts, best);
	clear = best->n == 0 || (best->listed[0].votes >= CLEAR_WEIGHT &&
							 best->listed[0].votes / 2 >= find_other_weight(parts->gallery, best));
	if (clear || listed->n <= LISTED_FIRST)
		return TRUE;
	set_range(parts, n_parts, listed, LISTED_FIRST, listed->n);
	if (!run(parts, n_parts, look_again))
		return FALSE;
	merge(parts, n_parts, best);
	return TRUE;
}

static gboolean compare_best(Part *parts, guint n_parts, const List *best, gint32 threshold,
							 Ranking *ranking)
{
	set_range(parts, n_parts, best, 0, FULL_FIRST);
	if (!run(parts, n_parts, compare))
		return FALSE;
	rank_range(parts, n_parts, ranking);
	if (best->n <= FULL_FIRST || (ranking->score >= threshold + MATCH_MARGIN + CLEAR_SCORE &&
								  best->listed[FULL_FIRST].votes < best->listed[0].votes / 2))
		return TRUE;
	set_range(parts, n_parts, best, FULL_FIRST, best->n);
	if (!run(parts, n_parts, compare))
		return FALSE;
	rank_range(parts, n_parts, ranking);
	return TRUE;
}

static Part *parts_new(const MatchGallery *gallery, const MatchTemplate *probe,
					   const MatchSearch *how, guint n_parts)
{
	Part *parts = g_new0(Part, n_parts);

	for (guint p = 0; p < n_parts; p++) {
		parts[p].gallery = gallery;
		parts[p].probe = probe;
		parts[p].how = how;
		parts[p].part = p;
		parts[p].n_parts = n_parts;
		parts[p].list.listed = parts[p].room;
	}
	return parts;
}

gboolean match_gallery_search(const MatchGallery *gallery, const MatchTemplate *probe,
							  const MatchSearch *how, MatchAnswer *answer)
{
	guint n_parts = CLAMP(how->n_threads, 1, MATCH_THREADS_MAX);
	guint most = (guint)CLAMP(gallery->references.n / LISTED_SHARE, LISTED_LEAST, LISTED_MOST);
	guint full = (guint)CLAMP(gallery->references.n / FULL_SHARE, FULL_LEAST, FULL_MOST);
	g_autofree Part *parts = parts_new(gallery, probe, how, n_parts);
	g_autofree Listed *room = g_new(Listed, LISTED_MOST);
	Listed second[FULL_MOST];
	List listed = {0, most, room}, best = {0, full, second};
	gint32 threshold = match_identify_threshold(gallery->references.n);
	Ranking ranking = {0};

	*answer = (MatchAnswer){.outcome = MATCH_NONE};
	set_most(parts, n_parts, most);
	if (stop(how) || !run(parts, n_parts, look_at_chunks))
		return FALSE;
	merge(parts, n_parts, &listed);
	if (!look_at_listed(parts, n_parts, &listed, &best) ||
		!compare_best(parts, n_parts, &best, threshold, &ranking))
		return FALSE;
	*answer = decide(&ranking, threshold);
	return TRUE;
}

MatchAnswer match_gallery_identify(const MatchGallery *gallery, const MatchTemplate *probe,
								   MatchEligible eligible, gpointer user)
{
	const MatchSearch how = {.eligible = eligible, .user = user};
	MatchAnswer answer;

	match_gallery_search(gallery, probe, &how, &answer);
	return answer;
}

gint32 match_gallery_score_person(const MatchGallery *gallery, const MatchTemplate *probe,
								  gint64 person)
{
	gint32 best = G_MININT32;
	guint32 place;

	if (!index_table_find(&gallery->people, person, &place))
		return best;
	for (; place != MATCH_NOWHERE;
		 place = match_gallery_chunk(gallery, place)->next[place % MATCH_CHUNK_SLOTS])
		best = MAX(best, score_at(gallery, place, probe));
	return best;
}

guint64 match_gallery_first_look(const MatchGallery *gallery, const MatchTemplate *probe)
{
	const MatchSearch how = {0};
	g_autofree Part *part = parts_new(gallery, probe, &how, 1);
	guint64 sum = 0;

	set_most(part, 1, LISTED_LEAST);
	look_at_chunks(part);
	for (guint i = 0; i < part->list.n; i++)
		sum += part->list.listed[i].votes;
	return sum;
}
