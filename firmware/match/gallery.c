#include <string.h>

#include "firmware/match/chunk.h"
#include "firmware/match/decide.h"
#include "firmware/match/gallery.h"
#include "firmware/match/index_table.h"
#include "firmware/match/search.h"

/* So many references are compared in full; up to that many all of them are. */
#define FULL 10
/* So many get a second look before: a sixteenth, between these. Real prints that could
 * still be told are found there (README, search). */
#define LISTED_LEAST 200
#define LISTED_MOST 2000
#define LISTED_SHARE 16

#define NOWHERE G_MAXUINT32

/* Where a reference is: 64 × chunk + slot. Those of a person are linked by the chunks' `next`. */
struct MatchGallery {
	GPtrArray *chunks;             /* of MatchChunk */
	GQueue free_chunks;            /* indices of those with a free slot */
	IndexTable references, people; /* number → its place; person → the place of one of theirs */
	const MatchKernels *kernels;
};

static MatchChunk *chunk_at(const MatchGallery *gallery, guint32 place)
{
	return gallery->chunks->pdata[place / MATCH_CHUNK_SLOTS];
}

static gint64 reference_at(guint32 place, gconstpointer user)
{
	return chunk_at(user, place)->reference[place % MATCH_CHUNK_SLOTS];
}

static gint64 person_at(guint32 place, gconstpointer user)
{
	return chunk_at(user, place)->person[place % MATCH_CHUNK_SLOTS];
}

static guint32 *next_at(const MatchGallery *gallery, guint32 place)
{
	return &chunk_at(gallery, place)->next[place % MATCH_CHUNK_SLOTS];
}

MatchGallery *match_gallery_new(void)
{
	MatchGallery *gallery = g_new0(MatchGallery, 1);

	gallery->chunks = g_ptr_array_new_with_free_func((GDestroyNotify)match_chunk_free);
	g_queue_init(&gallery->free_chunks);
	gallery->references = (IndexTable){.key_at = reference_at, .user = gallery};
	gallery->people = (IndexTable){.key_at = person_at, .user = gallery};
	gallery->kernels = match_kernels();
	return gallery;
}

void match_gallery_free(MatchGallery *gallery)
{
	if (gallery == NULL)
		return;
	g_queue_clear(&gallery->free_chunks);
	index_table_clear(&gallery->references);
	index_table_clear(&gallery->people);
	g_ptr_array_unref(gallery->chunks);
	g_free(gallery);
}

void match_gallery_use(MatchGallery *gallery, const MatchKernels *kernels)
{
	gallery->kernels = kernels;
}

gsize match_gallery_size(const MatchGallery *gallery)
{
	gsize size = (gallery->references.size + gallery->people.size) * sizeof(guint32);

	for (guint i = 0; i < gallery->chunks->len; i++)
		size += match_chunk_size(gallery->chunks->pdata[i]);
	return size;
}

static guint32 find_free(MatchGallery *gallery)
{
	guint index;
	MatchChunk *chunk;
	guint slot;

	if (g_queue_is_empty(&gallery->free_chunks)) {
		g_ptr_array_add(gallery->chunks, match_chunk_new());
		g_queue_push_tail(&gallery->free_chunks, GUINT_TO_POINTER(gallery->chunks->len - 1));
	}
	index = GPOINTER_TO_UINT(g_queue_peek_head(&gallery->free_chunks));
	chunk = gallery->chunks->pdata[index];
	slot = (guint)__builtin_ctzll(~chunk->taken);
	if (match_chunk_n(chunk) + 1 == MATCH_CHUNK_SLOTS)
		g_queue_pop_head(&gallery->free_chunks);
	return index * MATCH_CHUNK_SLOTS + slot;
}

void match_gallery_put(MatchGallery *gallery, gint64 person, gint64 reference,
					   MatchTemplate *template)
{
	guint32 place, first;

	match_gallery_remove_reference(gallery, reference);
	place = find_free(gallery);
	match_chunk_put(chunk_at(gallery, place), place % MATCH_CHUNK_SLOTS, person, reference,
					template);
	index_table_add(&gallery->references, reference, place);
	*next_at(gallery, place) = NOWHERE;
	if (index_table_find(&gallery->people, person, &first)) {
		*next_at(gallery, place) = *next_at(gallery, first);
		*next_at(gallery, first) = place;
	} else {
		index_table_add(&gallery->people, person, place);
	}
}

/* Out of the list of the person's references. */
static void unlink_place(MatchGallery *gallery, gint64 person, guint32 place)
{
	guint32 at, next = *next_at(gallery, place);

	if (!index_table_find(&gallery->people, person, &at))
		return;
	if (at == place) {
		if (next == NOWHERE)
			index_table_remove(&gallery->people, person);
		else
			index_table_replace(&gallery->people, person, next);
		return;
	}
	while (*next_at(gallery, at) != place)
		at = *next_at(gallery, at);
	*next_at(gallery, at) = next;
}

static void remove_at(MatchGallery *gallery, guint32 place)
{
	MatchChunk *chunk = chunk_at(gallery, place);
	guint slot = place % MATCH_CHUNK_SLOTS;

	unlink_place(gallery, chunk->person[slot], place);
	index_table_remove(&gallery->references, chunk->reference[slot]);
	if (match_chunk_n(chunk) == MATCH_CHUNK_SLOTS)
		g_queue_push_head(&gallery->free_chunks, GUINT_TO_POINTER(place / MATCH_CHUNK_SLOTS));
	match_chunk_remove(chunk, slot);
}

void match_gallery_remove_reference(MatchGallery *gallery, gint64 reference)
{
	guint32 place;

	if (index_table_find(&gallery->references, reference, &place))
		remove_at(gallery, place);
}

void match_gallery_remove_person(MatchGallery *gallery, gint64 person)
{
	guint32 place;

	while (index_table_find(&gallery->people, person, &place))
		remove_at(gallery, place);
}

gsize match_gallery_n_references(const MatchGallery *gallery)
{
	return gallery->references.n;
}

gsize match_gallery_n_people(const MatchGallery *gallery)
{
	return gallery->people.n;
}

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

typedef struct {
	const MatchGallery *gallery;
	const MatchTemplate *probe;
	MatchEligible eligible;
	gpointer user;
	MatchQuery *query;
} Search;

static void offer(const Search *search, List *list, guint32 place, guint votes)
{
	Listed listed = {votes, place, reference_at(place, search->gallery)};

	if (has_room(list, &listed) &&
		(search->eligible == NULL ||
		 search->eligible(person_at(place, search->gallery), search->user)))
		insert(list, listed);
}

/* Everybody, by a first look; without votes when all of them are listed anyway. */
static void list_all(const Search *search, List *list)
{
	const GPtrArray *chunks = search->gallery->chunks;
	gboolean all = search->gallery->references.n <= list->most;

	for (guint c = 0; c < chunks->len; c++) {
		const MatchChunk *chunk = chunks->pdata[c];
		guint floor = list->n == list->most ? list->listed[list->n - 1].votes : 0;
		guint votes[MATCH_CHUNK_SLOTS] = {0};

		if (!all)
			match_query_vote(search->query, chunk, floor, votes);
		for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
			if (chunk->taken >> slot & 1)
				offer(search, list, c * MATCH_CHUNK_SLOTS + slot, votes[slot]);
	}
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

/* The best of the listed, by a second look. */
static void list_best(const Search *search, const List *from, List *to)
{
	for (guint i = 0; i < from->n; i++) {
		Listed listed = from->listed[i];
		const MatchChunk *chunk = chunk_at(search->gallery, listed.place);

		if (from->n > to->most)
			listed.votes =
				match_query_weigh(search->query, chunk, listed.place % MATCH_CHUNK_SLOTS);
		if (has_room(to, &listed))
			insert(to, listed);
	}
}

static Ranking compare(const Search *search, const List *list)
{
	Ranking ranking = {0};

	for (guint i = 0; i < list->n; i++) {
		guint32 place = list->listed[i].place;
		const MatchChunk *chunk = chunk_at(search->gallery, place);
		guint slot = place % MATCH_CHUNK_SLOTS;
		MatchTemplate *template = match_chunk_template(chunk, slot);

		rank(&ranking, chunk->person[slot], chunk->reference[slot],
			 match_score(search->probe, template));
		match_chunk_return(chunk, slot, template);
	}
	return ranking;
}

MatchAnswer match_gallery_identify(const MatchGallery *gallery, const MatchTemplate *probe,
								   MatchEligible eligible, gpointer user)
{
	g_autoptr(MatchQuery) query = match_query_new(probe, gallery->kernels);
	Listed first[LISTED_MOST], second[FULL];
	List listed = {0, CLAMP(gallery->references.n / LISTED_SHARE, LISTED_LEAST, LISTED_MOST),
				   first};
	List best = {0, FULL, second};
	Search search = {gallery, probe, eligible, user, query};
	Ranking ranking;

	list_all(&search, &listed);
	list_best(&search, &listed, &best);
	ranking = compare(&search, &best);
	return decide(&ranking, match_identify_threshold(gallery->references.n));
}
