/*
 * Up to 64 references in as few bytes as they can be searched and compared from: the codes of all
 * their minutiae in one array, ordered by direction, what else a minutia has in 5 bytes, the ridges'
 * field in a few bits a cell (field_code.h).  A reference that is unpacked scores as the template that was
 * put in (the steps of template.h).
 */
#pragma once

#include "firmware/match/template.h"

#define MATCH_CHUNK_SLOTS 64

typedef struct {
	guint64 taken;                   /* a bit for each slot */
	guint16 from[MATCH_BUCKETS + 1]; /* where each bucket's minutiae begin; the last: how many */
	/* Of each minutia, by bucket, then as they came: */
	guint64 *codes; /* the first word */
	guint32 *places;
	guint8 *marks;
	/* Of each slot: */
	gint64 person[MATCH_CHUNK_SLOTS], reference[MATCH_CHUNK_SLOTS];
	guint32 next[MATCH_CHUNK_SLOTS]; /* the caller's */
	guint8 n[MATCH_CHUNK_SLOTS];     /* minutiae */
	guint32 field_from[MATCH_CHUNK_SLOTS + 1];
	guint8 *fields;
	gboolean mapped;       /* codes, places, marks and fields lie in a gallery's file, not here */
	MatchTemplate **whole; /* NULL, or those that are too large to be packed, by slot */
} MatchChunk;

MatchChunk *match_chunk_new(void);
void match_chunk_free(MatchChunk *chunk);

guint match_chunk_n(const MatchChunk *chunk);    /* references */
gsize match_chunk_size(const MatchChunk *chunk); /* bytes, without those of `whole` */

/* Into a free slot. Takes `template`. */
void match_chunk_put(MatchChunk *chunk, guint slot, gint64 person, gint64 reference,
					 MatchTemplate *template);
void match_chunk_remove(MatchChunk *chunk, guint slot);

/* Where the slot's minutiae stand in the arrays; gives how many they are. */
guint match_chunk_find(const MatchChunk *chunk, guint slot, guint16 at[MATCH_MINUTIAE_MAX]);
/* What was put there; to be given back by match_chunk_return(). */
MatchTemplate *match_chunk_template(const MatchChunk *chunk, guint slot);
void match_chunk_return(const MatchChunk *chunk, guint slot, MatchTemplate *template);

/* places: x 10 bits, y 10, direction 10 (steps of MATCH_ANGLE_STEP), the low 2 of the trust's level;
 * marks: the slot 6, the high 2. */
static inline guint match_place_x(guint32 place)
{
	return place & 1023;
}

static inline guint match_place_y(guint32 place)
{
	return place >> 10 & 1023;
}

static inline guint16 match_place_angle(guint32 place)
{
	return match_angle_rounded((guint16)((place >> 20 & 1023) * MATCH_ANGLE_STEP));
}

static inline guint match_mark_slot(guint8 mark)
{
	return mark & 63;
}
