#include "firmware/match/gallery.h"

static gint64 reference_at(guint32 place, gconstpointer user)
{
	return match_gallery_reference_at(user, place);
}

static gint64 person_at(guint32 place, gconstpointer user)
{
	return match_gallery_person_at(user, place);
}

static guint32 *next_at(const MatchGallery *gallery, guint32 place)
{
	return &match_gallery_chunk(gallery, place)->next[place % MATCH_CHUNK_SLOTS];
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
	g_clear_pointer(&gallery->file, g_bytes_unref);
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

void match_gallery_link(MatchGallery *gallery, guint32 place)
{
	gint64 person = person_at(place, gallery);
	guint32 first;

	index_table_add(&gallery->references, reference_at(place, gallery), place);
	*next_at(gallery, place) = MATCH_NOWHERE;
	if (index_table_find(&gallery->people, person, &first)) {
		*next_at(gallery, place) = *next_at(gallery, first);
		*next_at(gallery, first) = place;
	} else {
		index_table_add(&gallery->people, person, place);
	}
}

void match_gallery_put(MatchGallery *gallery, gint64 person, gint64 reference,
					   MatchTemplate *template)
{
	guint32 place;

	match_gallery_remove_reference(gallery, reference);
	place = find_free(gallery);
	match_chunk_put(match_gallery_chunk(gallery, place), place % MATCH_CHUNK_SLOTS, person,
					reference, template);
	match_gallery_link(gallery, place);
}

/* Out of the list of the person's references. */
static void unlink_place(MatchGallery *gallery, gint64 person, guint32 place)
{
	guint32 at, next = *next_at(gallery, place);

	if (!index_table_find(&gallery->people, person, &at))
		return;
	if (at == place) {
		if (next == MATCH_NOWHERE)
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
	MatchChunk *chunk = match_gallery_chunk(gallery, place);
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
