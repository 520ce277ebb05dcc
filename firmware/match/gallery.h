/* The inside of a gallery, shared by the files that fill, search and store it; tests and measurements
 * need some of it too. */
#pragma once

#include "firmware/match/chunk.h"
#include "firmware/match/index_table.h"
#include "firmware/match/kernels.h"
#include "firmware/match/match.h"

/* Where a reference is: 64 × chunk + slot. Those of a person are linked by the chunks' `next`. */
struct MatchGallery {
	GPtrArray *chunks;             /* of MatchChunk */
	GQueue free_chunks;            /* indices of those with a free slot */
	IndexTable references, people; /* number → its place; person → the place of one of theirs */
	const MatchKernels *kernels;
	GBytes *file; /* NULL, or what chunks still lie in */
};

#define MATCH_NOWHERE G_MAXUINT32 /* `next` of the last */

static inline MatchChunk *match_gallery_chunk(const MatchGallery *gallery, guint32 place)
{
	return gallery->chunks->pdata[place / MATCH_CHUNK_SLOTS];
}

static inline gint64 match_gallery_reference_at(const MatchGallery *gallery, guint32 place)
{
	return match_gallery_chunk(gallery, place)->reference[place % MATCH_CHUNK_SLOTS];
}

static inline gint64 match_gallery_person_at(const MatchGallery *gallery, guint32 place)
{
	return match_gallery_chunk(gallery, place)->person[place % MATCH_CHUNK_SLOTS];
}

/* A reference that stands in its chunk becomes findable and one of its person's. */
void match_gallery_link(MatchGallery *gallery, guint32 place);

/* Searches with these from now on; the answers are the same. */
void match_gallery_use(MatchGallery *gallery, const MatchKernels *kernels);
/* The first look at everybody and nothing more; gives the sum of the listed's votes. */
guint64 match_gallery_first_look(const MatchGallery *gallery, const MatchTemplate *probe);
/* Bytes of memory, without what the allocator itself needs. */
gsize match_gallery_size(const MatchGallery *gallery);
