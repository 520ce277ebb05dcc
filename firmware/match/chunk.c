#include <string.h>

#include "firmware/match/chunk.h"
#include "firmware/match/field_code.h"
#include "firmware/match/kernels.h"

#define COORDINATE_MAX 1023

MatchChunk *match_chunk_new(void)
{
	return g_new0(MatchChunk, 1);
}

static guint count(const MatchChunk *chunk)
{
	return chunk->from[MATCH_BUCKETS];
}

/* Biometric data does not stay behind in freed memory. */
static void wipe(gpointer data, gsize size)
{
	if (data != NULL && size > 0)
		explicit_bzero(data, size);
	g_free(data);
}

void match_chunk_free(MatchChunk *chunk)
{
	if (chunk == NULL)
		return;
	for (guint slot = 0; chunk->whole != NULL && slot < MATCH_CHUNK_SLOTS; slot++)
		match_template_free(chunk->whole[slot]);
	g_free(chunk->whole);
	if (!chunk->mapped) {
		wipe(chunk->codes, count(chunk) * sizeof *chunk->codes);
		wipe(chunk->places, count(chunk) * sizeof *chunk->places);
		wipe(chunk->marks, count(chunk) * sizeof *chunk->marks);
		wipe(chunk->fields, chunk->field_from[MATCH_CHUNK_SLOTS]);
	}
	g_free(chunk);
}

guint match_chunk_n(const MatchChunk *chunk)
{
	return match_count_bits(chunk->taken);
}

gsize match_chunk_size(const MatchChunk *chunk)
{
	return sizeof *chunk + chunk->field_from[MATCH_CHUNK_SLOTS] +
		   count(chunk) * (sizeof *chunk->codes + sizeof *chunk->places + sizeof *chunk->marks);
}

typedef struct {
	guint64 *codes;
	guint32 *places;
	guint8 *marks;
} Arrays;

static Arrays arrays_new(guint n)
{
	return (Arrays){g_new(guint64, n + 1), g_new(guint32, n + 1), g_new(guint8, n + 1)};
}

static void copy_range(const MatchChunk *chunk, guint from, guint n, const Arrays *to, guint at)
{
	if (n == 0) /* before there are any */
		return;
	memcpy(to->codes + at, chunk->codes + from, n * sizeof *to->codes);
	memcpy(to->places + at, chunk->places + from, n * sizeof *to->places);
	memcpy(to->marks + at, chunk->marks + from, n * sizeof *to->marks);
}

/* What lies in a file is copied before the first change. */
static void own(MatchChunk *chunk)
{
	if (!chunk->mapped)
		return;
	chunk->codes = g_memdup2(chunk->codes, count(chunk) * sizeof *chunk->codes);
	chunk->places = g_memdup2(chunk->places, count(chunk) * sizeof *chunk->places);
	chunk->marks = g_memdup2(chunk->marks, count(chunk) * sizeof *chunk->marks);
	chunk->fields = g_memdup2(chunk->fields, chunk->field_from[MATCH_CHUNK_SLOTS]);
	chunk->mapped = FALSE;
}

static void replace_arrays(MatchChunk *chunk, Arrays arrays, const guint16 from[MATCH_BUCKETS + 1])
{
	wipe(chunk->codes, count(chunk) * sizeof *chunk->codes);
	wipe(chunk->places, count(chunk) * sizeof *chunk->places);
	wipe(chunk->marks, count(chunk) * sizeof *chunk->marks);
	chunk->codes = arrays.codes;
	chunk->places = arrays.places;
	chunk->marks = arrays.marks;
	memcpy(chunk->from, from, sizeof chunk->from);
}

/* Its trust is what the point's float came from. */
static guint level_of(const MatchMinutia *minutia)
{
	return match_trust_level(minutia->quality);
}

static void pack(const MatchMinutia *minutia, const MatchPoint *point, guint slot,
				 const Arrays *arrays, guint at)
{
	guint level = level_of(minutia);
	guint32 x = MIN(minutia->x, COORDINATE_MAX), y = MIN(minutia->y, COORDINATE_MAX);

	arrays->codes[at] = point->code.word[0];
	arrays->places[at] =
		x | y << 10 | (guint32)(point->angle / MATCH_ANGLE_STEP) << 20 | (level & 3) << 30;
	arrays->marks[at] = (guint8)(slot | level >> 2 << 6);
}

/* Each bucket: what was there, then the template's. */
static void add_minutiae(MatchChunk *chunk, guint slot, const MatchTemplate *template)
{
	Arrays arrays = arrays_new(count(chunk) + template->n);
	guint16 from[MATCH_BUCKETS + 1];
	guint at = 0, point = 0;

	for (guint bucket = 0; bucket < MATCH_BUCKETS; bucket++) {
		guint before = chunk->from[bucket], n = chunk->from[bucket + 1] - before;

		from[bucket] = (guint16)at;
		copy_range(chunk, before, n, &arrays, at);
		at += n;
		/* The points are the minutiae in the same order, bucket by bucket. */
		for (guint i = 0; i < template->n; i++)
			if (match_angle_rounded(template->minutiae[i].angle) / MATCH_BUCKET_TURN == bucket)
				pack(&template->minutiae[i], &template->points[point++], slot, &arrays, at++);
	}
	from[MATCH_BUCKETS] = (guint16)at;
	replace_arrays(chunk, arrays, from);
}

/* The slot's bytes of fields := those of `packed`. */
static void set_field(MatchChunk *chunk, guint slot, const GByteArray *packed)
{
	guint size = packed != NULL ? packed->len : 0, all = chunk->field_from[MATCH_CHUNK_SLOTS];
	guint start = chunk->field_from[slot], end = chunk->field_from[slot + 1];
	guint8 *fields = g_malloc(all - (end - start) + size + 1);

	if (start > 0)
		memcpy(fields, chunk->fields, start);
	if (size > 0)
		memcpy(fields + start, packed->data, size);
	if (all > end)
		memcpy(fields + start + size, chunk->fields + end, all - end);
	for (guint i = slot + 1; i <= MATCH_CHUNK_SLOTS; i++)
		chunk->field_from[i] = chunk->field_from[i] + size - (end - start);
	wipe(chunk->fields, all);
	chunk->fields = fields;
}

static gboolean fits(const MatchTemplate *template)
{
	for (guint i = 0; i < template->n; i++)
		if (template->minutiae[i].x > COORDINATE_MAX || template->minutiae[i].y > COORDINATE_MAX)
			return FALSE;
	return TRUE;
}

void match_chunk_put(MatchChunk *chunk, guint slot, gint64 person, gint64 reference,
					 MatchTemplate *template)
{
	own(chunk);
	chunk->taken |= (guint64)1 << (slot % MATCH_CHUNK_SLOTS);
	chunk->person[slot] = person;
	chunk->reference[slot] = reference;
	chunk->n[slot] = (guint8) template->n;
	add_minutiae(chunk, slot, template);
	if (fits(template)) {
		g_autoptr(GByteArray) packed = g_byte_array_sized_new(MATCH_TEMPLATE_SIZE_MAX);

		match_field_encode(&template->field, packed);
		set_field(chunk, slot, packed);
		explicit_bzero(packed->data, packed->len);
		match_template_free(template);
		return;
	}
	if (chunk->whole == NULL)
		chunk->whole = g_new0(MatchTemplate *, MATCH_CHUNK_SLOTS);
	chunk->whole[slot] = template;
}

static void remove_minutiae(MatchChunk *chunk, guint slot)
{
	Arrays arrays = arrays_new(count(chunk) - chunk->n[slot]);
	guint16 from[MATCH_BUCKETS + 1];
	guint at = 0;

	for (guint bucket = 0; bucket < MATCH_BUCKETS; bucket++) {
		from[bucket] = (guint16)at;
		for (guint i = chunk->from[bucket]; i < chunk->from[bucket + 1]; i++)
			if (match_mark_slot(chunk->marks[i]) != slot)
				copy_range(chunk, i, 1, &arrays, at++);
	}
	from[MATCH_BUCKETS] = (guint16)at;
	replace_arrays(chunk, arrays, from);
}

void match_chunk_remove(MatchChunk *chunk, guint slot)
{
	own(chunk);
	remove_minutiae(chunk, slot);
	set_field(chunk, slot, NULL);
	chunk->taken &= ~((guint64)1 << (slot % MATCH_CHUNK_SLOTS));
	chunk->n[slot] = 0;
	if (chunk->whole != NULL)
		g_clear_pointer(&chunk->whole[slot], match_template_free);
}

/* Eight marks at a time: a byte of `same` keeps its high bit where the mark is the slot's. */
guint match_chunk_find(const MatchChunk *chunk, guint slot, guint16 at[MATCH_MINUTIAE_MAX])
{
	const guint64 ones = 0x0101010101010101u, low = 0x7f * ones;
	guint all = count(chunk), i = 0, n = 0;

	for (; i + 8 <= all && n < chunk->n[slot]; i += 8) {
		guint64 marks, same;

		memcpy(&marks, chunk->marks + i, sizeof marks);
		marks = (GUINT64_FROM_LE(marks) & 0x3f * ones) ^ slot * ones;
		for (same = ~(marks + low) & ~low; same != 0; same &= same - 1)
			at[n++] = (guint16)(i + (guint)__builtin_ctzll(same) / 8);
	}
	for (; i < all && n < chunk->n[slot]; i++)
		if (match_mark_slot(chunk->marks[i]) == slot)
			at[n++] = (guint16)i;
	return n;
}

MatchTemplate *match_chunk_template(const MatchChunk *chunk, guint slot)
{
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	guint start = chunk->field_from[slot], n;
	guint16 at[MATCH_MINUTIAE_MAX];
	MatchTemplate *template;
	MatchField field;

	if (chunk->whole != NULL && chunk->whole[slot] != NULL)
		return chunk->whole[slot];
	n = match_chunk_find(chunk, slot, at);
	for (guint i = 0; i < n; i++) {
		guint32 place = chunk->places[at[i]];

		minutiae[i] = (MatchMinutia){
			(guint16)match_place_x(place), (guint16)match_place_y(place), match_place_angle(place),
			match_trust_quality(place >> 30 | chunk->marks[at[i]] >> 6 << 2)};
	}
	field = match_field_decode(chunk->fields + start, chunk->field_from[slot + 1] - start);
	template =
		match_template_new_with_field(minutiae, n, COORDINATE_MAX + 1, COORDINATE_MAX + 1, &field);
	explicit_bzero(minutiae, sizeof minutiae);
	return template;
}

void match_chunk_return(const MatchChunk *chunk, guint slot, MatchTemplate *template)
{
	if (chunk->whole == NULL || chunk->whole[slot] != template)
		match_template_free(template);
}
