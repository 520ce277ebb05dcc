#include <string.h>

#include "firmware/match/decide.h"
#include "firmware/match/gallery.h"
#include "firmware/match/search.h"

/* So many references are compared in full; up to that many all of them are. */
#define FULL 10
/* So many get a second look before: a sixteenth, between these. Real prints that could
 * still be told are found there (README, search). */
#define LISTED_LEAST 200
#define LISTED_MOST 2000
#define LISTED_SHARE 16

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
	const List *from;    /* second look, comparison: whom */
	List list;           /* the best it has found */
	Listed room[LISTED_MOST];
	gint32 scores[FULL];
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

	for (guint i = part->part; i < part->from->n && !part->stopped; i += part->n_parts) {
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

	for (guint i = part->part; i < part->from->n && !part->stopped; i += part->n_parts) {
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

/* What each part found, as one would have found it: the order of a list is total. */
static void merge(Part *parts, guint n_parts, List *to)
{
	to->n = 0;
	for (guint p = 0; p < n_parts; p++) {
		for (guint i = 0; i < parts[p].list.n; i++)
			if (has_room(to, &parts[p].list.listed[i]))
				insert(to, parts[p].list.listed[i]);
		parts[p].list.n = 0;
	}
}

static void set_most(Part *parts, guint n_parts, guint most, const List *from)
{
	for (guint p = 0; p < n_parts; p++) {
		parts[p].list.most = most;
		parts[p].from = from;
	}
}

static Ranking rank_all(const Part *parts, guint n_parts, const List *list)
{
	Ranking ranking = {0};

	for (guint i = 0; i < list->n; i++)
		rank(&ranking, match_gallery_person_at(parts->gallery, list->listed[i].place),
			 list->listed[i].reference, parts[i % n_parts].scores[i]);
	return ranking;
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
	g_autofree Part *parts = parts_new(gallery, probe, how, n_parts);
	g_autofree Listed *room = g_new(Listed, LISTED_MOST);
	Listed second[FULL];
	List listed = {0, most, room}, best = {0, FULL, second};
	Ranking ranking;

	*answer = (MatchAnswer){.outcome = MATCH_NONE};
	set_most(parts, n_parts, most, NULL);
	if (stop(how) || !run(parts, n_parts, look_at_chunks))
		return FALSE;
	merge(parts, n_parts, &listed);
	set_most(parts, n_parts, FULL, &listed);
	if (!run(parts, n_parts, look_again))
		return FALSE;
	merge(parts, n_parts, &best);
	set_most(parts, n_parts, FULL, &best);
	if (!run(parts, n_parts, compare))
		return FALSE;
	ranking = rank_all(parts, n_parts, &best);
	*answer = decide(&ranking, match_identify_threshold(gallery->references.n));
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
	g_autoptr(MatchQuery) query = match_query_new(probe, gallery->kernels);
	guint64 sum = 0;

	for (guint c = 0; c < gallery->chunks->len; c++) {
		guint votes[MATCH_CHUNK_SLOTS];

		match_query_vote(query, gallery->chunks->pdata[c], 0, votes);
		for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
			sum += votes[slot];
	}
	return sum;
}
