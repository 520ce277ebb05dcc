#include <string.h>

#include "firmware/match/decide.h"
#include "firmware/match/search.h"

/* So many references are compared in full; up to that many all of them are. */
#define SHORTLIST 128

typedef struct {
	gint64 person, reference;
	MatchTemplate *template;
	MatchKey *key;
} Entry;

struct MatchGallery {
	GArray *entries;         /* of Entry, in no order */
	GHashTable *places;      /* reference → its index in `entries`, plus one */
	GHashTable *n_of_person; /* person → how many references */
};

static void clear_entry(gpointer data)
{
	Entry *entry = data;

	match_template_free(entry->template);
	match_key_free(entry->key);
}

MatchGallery *match_gallery_new(void)
{
	MatchGallery *gallery = g_new0(MatchGallery, 1);

	gallery->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	gallery->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	gallery->n_of_person = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return gallery;
}

void match_gallery_free(MatchGallery *gallery)
{
	if (gallery == NULL)
		return;
	for (guint i = 0; i < gallery->entries->len; i++)
		clear_entry(&g_array_index(gallery->entries, Entry, i));
	g_array_unref(gallery->entries);
	g_hash_table_unref(gallery->places);
	g_hash_table_unref(gallery->n_of_person);
	g_free(gallery);
}

static void set_place(MatchGallery *gallery, gint64 reference, guint index)
{
	g_hash_table_replace(gallery->places, g_memdup2(&reference, sizeof reference),
						 GUINT_TO_POINTER(index + 1));
}

static void count_person(MatchGallery *gallery, gint64 person, gint change)
{
	gint n = GPOINTER_TO_INT(g_hash_table_lookup(gallery->n_of_person, &person)) + change;

	if (n > 0)
		g_hash_table_replace(gallery->n_of_person, g_memdup2(&person, sizeof person),
							 GINT_TO_POINTER(n));
	else
		g_hash_table_remove(gallery->n_of_person, &person);
}

void match_gallery_put(MatchGallery *gallery, gint64 person, gint64 reference,
					   MatchTemplate *template)
{
	Entry entry = {person, reference, template, match_key_new(template)};

	match_gallery_remove_reference(gallery, reference);
	g_array_append_val(gallery->entries, entry);
	set_place(gallery, reference, gallery->entries->len - 1);
	count_person(gallery, person, 1);
}

/* The last entry takes the place of the removed one. */
static void remove_at(MatchGallery *gallery, guint index)
{
	guint last = gallery->entries->len - 1;
	Entry *entry = &g_array_index(gallery->entries, Entry, index);

	g_hash_table_remove(gallery->places, &entry->reference);
	count_person(gallery, entry->person, -1);
	clear_entry(entry);
	if (index != last) {
		*entry = g_array_index(gallery->entries, Entry, last);
		set_place(gallery, entry->reference, index);
	}
	g_array_set_size(gallery->entries, last);
}

void match_gallery_remove_reference(MatchGallery *gallery, gint64 reference)
{
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(gallery->places, &reference));

	if (place > 0)
		remove_at(gallery, place - 1);
}

void match_gallery_remove_person(MatchGallery *gallery, gint64 person)
{
	if (g_hash_table_lookup(gallery->n_of_person, &person) == NULL)
		return;
	for (guint i = gallery->entries->len; i-- > 0;)
		if (g_array_index(gallery->entries, Entry, i).person == person)
			remove_at(gallery, i);
}

gsize match_gallery_n_references(const MatchGallery *gallery)
{
	return gallery->entries->len;
}

gsize match_gallery_n_people(const MatchGallery *gallery)
{
	return g_hash_table_size(gallery->n_of_person);
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

static void rank(Ranking *ranking, const Entry *entry, gint32 score)
{
	if (beats(score, entry->reference, ranking)) {
		if (ranking->any && ranking->person != entry->person) {
			ranking->any_other = TRUE;
			ranking->other_score = ranking->score;
		}
		ranking->any = TRUE;
		ranking->person = entry->person;
		ranking->reference = entry->reference;
		ranking->score = score;
	} else if (entry->person != ranking->person &&
			   (!ranking->any_other || score > ranking->other_score)) {
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
	const Entry *entry;
	guint votes;
} Listed;

/* Most votes first; of equal ones the lower reference, so that the order changes nothing. */
static gboolean listed_before(const Listed *a, const Listed *b)
{
	if (a->votes != b->votes)
		return a->votes > b->votes;
	return a->entry->reference < b->entry->reference;
}

static void list(Listed shortlist[SHORTLIST], guint *n, Listed listed)
{
	guint at = *n;

	if (at == SHORTLIST) {
		if (!listed_before(&listed, &shortlist[at - 1]))
			return;
		at--;
	} else {
		(*n)++;
	}
	for (; at > 0 && listed_before(&listed, &shortlist[at - 1]); at--)
		shortlist[at] = shortlist[at - 1];
	shortlist[at] = listed;
}

MatchAnswer match_gallery_identify(const MatchGallery *gallery, const MatchTemplate *probe,
								   MatchEligible eligible, gpointer user)
{
	g_autoptr(MatchKey) key = match_key_new(probe);
	gboolean all = gallery->entries->len <= SHORTLIST;
	Listed shortlist[SHORTLIST];
	Ranking ranking = {0};
	gsize n = 0;
	guint n_listed = 0;

	for (guint i = 0; i < gallery->entries->len; i++) {
		const Entry *entry = &g_array_index(gallery->entries, Entry, i);

		if (eligible != NULL && !eligible(entry->person, user))
			continue;
		n++;
		list(shortlist, &n_listed, (Listed){entry, all ? 0 : match_key_votes(key, entry->key)});
	}
	for (guint i = 0; i < n_listed; i++)
		rank(&ranking, shortlist[i].entry, match_score(probe, shortlist[i].entry->template));
	return decide(&ranking, match_identify_threshold(n));
}
