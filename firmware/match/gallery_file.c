/*
 * A gallery as bytes, in the machine's own order of bytes (another's has no version that is known):
 *
 *   Header  { Chunk  codes  places  marks  fields  whole templates  zeros to 8 }×n  SHA-256
 *
 * The arrays are those of chunk.h, aligned as they are used, so that a chunk that nobody changes is
 * searched where the file lies.  Links and tables are made anew by reading.
 */
#include <string.h>

#include "firmware/match/gallery.h"

#define MAGIC "HADIRGAL"
#define VERSION 1
#define DIGEST_SIZE 32
#define ALIGNMENT 8

typedef struct {
	char magic[8];
	guint32 version, n_chunks;
	guint64 size;    /* of all, with the digest */
	guint64 dialect; /* of the codes: see dialect() */
} Header;

typedef struct {
	guint64 taken;
	guint32 n_minutiae, fields_size, whole_size, zero;
	gint64 person[MATCH_CHUNK_SLOTS], reference[MATCH_CHUNK_SLOTS]; /* 0 in free slots */
	guint32 field_from[MATCH_CHUNK_SLOTS + 1];
	guint16 from[MATCH_BUCKETS + 1];
	guint8 n[MATCH_CHUNK_SLOTS];
	guint8 zeros[2];
} Chunk;

/* What goes before each whole template. */
typedef struct {
	guint16 slot, size;
} Whole;

G_STATIC_ASSERT(sizeof(Header) % ALIGNMENT == 0);
G_STATIC_ASSERT(sizeof(Chunk) == 1440);

/* Changes with whatever the codes come from (neighbours, moments, projection): those of some
 * minutiae that anybody can make. */
static guint64 dialect(void)
{
	MatchMinutia minutiae[30];
	g_autoptr(MatchTemplate) template = NULL;
	guint32 number = 1;
	guint64 sum = 0;

	for (guint i = 0; i < G_N_ELEMENTS(minutiae); i++) {
		guint16 random[3];

		for (guint k = 0; k < 3; k++) {
			number = number * 1664525 + 1013904223; /* Knuth 3.3.4, line 16 of table 1 */
			random[k] = (guint16)(number >> 16);
		}
		minutiae[i] =
			(MatchMinutia){(guint16)(random[0] % 300), (guint16)(random[1] % 300), random[2], 50};
	}
	template = match_template_new(minutiae, G_N_ELEMENTS(minutiae), 300, 300);
	for (guint i = 0; i < template->n; i++)
		sum = sum * 31 + template->points[i].code.word[0];
	return sum;
}

/* ── writing ── */

static guint8 *put(guint8 *out, gconstpointer data, gsize size)
{
	if (size > 0)
		memcpy(out, data, size);
	return out + size;
}

static gsize aligned(gsize size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static gboolean is_whole(const MatchChunk *chunk, guint slot)
{
	return chunk->whole != NULL && chunk->whole[slot] != NULL;
}

/* The chunk's templates that are not packed, each behind its Whole. */
static GByteArray *write_whole(const MatchChunk *chunk)
{
	GByteArray *out = g_byte_array_new();

	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
		if (is_whole(chunk, slot)) {
			g_autoptr(GBytes) bytes = match_template_encode(chunk->whole[slot]);
			const Whole whole = {(guint16)slot, (guint16)g_bytes_get_size(bytes)};

			g_byte_array_append(out, (const guint8 *)&whole, sizeof whole);
			g_byte_array_append(out, g_bytes_get_data(bytes, NULL), whole.size);
		}
	return out;
}

static gsize size_of(const Chunk *head)
{
	return aligned(sizeof *head + (gsize)head->n_minutiae * (8 + 4 + 1) + head->fields_size +
				   head->whole_size);
}

static Chunk head_of(const MatchChunk *chunk, gsize whole_size)
{
	Chunk head = {.taken = chunk->taken,
				  .n_minutiae = chunk->from[MATCH_BUCKETS],
				  .fields_size = chunk->field_from[MATCH_CHUNK_SLOTS],
				  .whole_size = (guint32)whole_size};

	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
		if (chunk->taken >> slot & 1) {
			head.person[slot] = chunk->person[slot];
			head.reference[slot] = chunk->reference[slot];
			head.n[slot] = chunk->n[slot];
		}
	memcpy(head.field_from, chunk->field_from, sizeof head.field_from);
	memcpy(head.from, chunk->from, sizeof head.from);
	return head;
}

static void write_chunk(const MatchChunk *chunk, GByteArray *out)
{
	g_autoptr(GByteArray) whole = write_whole(chunk);
	const Chunk head = head_of(chunk, whole->len);
	gsize start = out->len, size = size_of(&head);
	guint8 *at;

	g_byte_array_set_size(out, (guint)(start + size));
	memset(out->data + start + size - ALIGNMENT, 0, ALIGNMENT);
	at = put(out->data + start, &head, sizeof head);
	at = put(at, chunk->codes, head.n_minutiae * sizeof *chunk->codes);
	at = put(at, chunk->places, head.n_minutiae * sizeof *chunk->places);
	at = put(at, chunk->marks, head.n_minutiae);
	at = put(at, chunk->fields, head.fields_size);
	put(at, whole->data, whole->len);
	if (whole->len > 0)
		explicit_bzero(whole->data, whole->len);
}

static void digest(const guint8 *data, gsize size, guint8 out[DIGEST_SIZE])
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize digest_size = DIGEST_SIZE;

	g_checksum_update(checksum, data, (gssize)size);
	g_checksum_get_digest(checksum, out, &digest_size);
}

GBytes *match_gallery_write(const MatchGallery *gallery)
{
	Header header = {.version = VERSION, .n_chunks = gallery->chunks->len, .dialect = dialect()};
	GByteArray *out = g_byte_array_sized_new((guint)match_gallery_size(gallery));
	guint8 sum[DIGEST_SIZE];

	memcpy(header.magic, MAGIC, sizeof header.magic);
	g_byte_array_append(out, (const guint8 *)&header, sizeof header);
	for (guint c = 0; c < gallery->chunks->len; c++)
		write_chunk(gallery->chunks->pdata[c], out);
	header.size = out->len + DIGEST_SIZE;
	memcpy(out->data, &header, sizeof header);
	digest(out->data, out->len, sum);
	g_byte_array_append(out, sum, sizeof sum);
	return g_byte_array_free_to_bytes(out);
}

/* ── reading ── */

static gboolean fail(GError **error, MatchError code, const char *what)
{
	g_set_error(error, MATCH_ERROR, code, "gallery: %s", what);
	return FALSE;
}

static gboolean malformed(GError **error, const char *what)
{
	return fail(error, MATCH_ERROR_MALFORMED, what);
}

static gboolean check_header(const guint8 *data, gsize size, Header *header, GError **error)
{
	guint8 sum[DIGEST_SIZE];

	if (size < sizeof *header)
		return fail(error, MATCH_ERROR_CUT, "it ends within its beginning");
	memcpy(header, data, sizeof *header);
	if (memcmp(header->magic, MAGIC, sizeof header->magic) != 0)
		return malformed(error, "it does not begin as one");
	if (header->version != VERSION)
		return fail(error, MATCH_ERROR_VERSION, "its version is not known");
	if (header->size > size)
		return fail(error, MATCH_ERROR_CUT, "its end is missing");
	if (header->size < size || size < sizeof *header + DIGEST_SIZE)
		return malformed(error, "its length is not that of its content");
	digest(data, size - DIGEST_SIZE, sum);
	if (memcmp(sum, data + size - DIGEST_SIZE, DIGEST_SIZE) != 0)
		return fail(error, MATCH_ERROR_CHECKSUM, "it is not as it was written");
	if (header->dialect != dialect())
		return fail(error, MATCH_ERROR_VERSION, "its codes are of another version");
	return TRUE;
}

static gboolean check_order(const Chunk *head, GError **error)
{
	gboolean ok = head->from[0] == 0 && head->from[MATCH_BUCKETS] == head->n_minutiae &&
				  head->n_minutiae <= MATCH_CHUNK_SLOTS * MATCH_MINUTIAE_MAX;

	for (guint i = 0; i < MATCH_BUCKETS; i++)
		ok = ok && head->from[i] <= head->from[i + 1];
	ok = ok && head->field_from[0] == 0 && head->field_from[MATCH_CHUNK_SLOTS] == head->fields_size;
	for (guint i = 0; i < MATCH_CHUNK_SLOTS; i++)
		ok = ok && head->field_from[i] <= head->field_from[i + 1];
	ok = ok && head->zero == 0 && head->zeros[0] == 0 && head->zeros[1] == 0;
	return ok || malformed(error, "a chunk is out of order");
}

static gboolean check_field(const Chunk *head, const guint8 *fields, guint slot)
{
	const guint8 *field = fields + head->field_from[slot];
	guint size = head->field_from[slot + 1] - head->field_from[slot];
	guint cells;

	if (size < 3) /* cell, columns, rows: field_code.h */
		return FALSE;
	cells = (guint)field[1] * field[2];
	return cells <= MATCH_FIELD_CELLS_MAX && (field[0] == 0) == (cells == 0) &&
		   (field[1] == 0) == (field[2] == 0);
}

/* Each minutia in its bucket, and as many of each slot as it says. */
static gboolean check_minutiae(const MatchChunk *chunk, GError **error)
{
	guint n[MATCH_CHUNK_SLOTS] = {0};
	gboolean ok = TRUE;

	for (guint bucket = 0; bucket < MATCH_BUCKETS; bucket++)
		for (guint i = chunk->from[bucket]; i < chunk->from[bucket + 1]; i++) {
			n[match_mark_slot(chunk->marks[i])]++;
			ok = ok && match_place_angle(chunk->places[i]) / MATCH_BUCKET_TURN == bucket;
		}
	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++)
		ok = ok && n[slot] == chunk->n[slot] && n[slot] <= MATCH_MINUTIAE_MAX;
	return ok || malformed(error, "a minutia is out of place");
}

/* A packed one has a field's bytes; one that is whole, or not there, has none. */
static gboolean check_slots(const Chunk *head, const MatchChunk *chunk, GError **error)
{
	gboolean ok = TRUE;

	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++) {
		gboolean taken = head->taken >> slot & 1;

		if (taken && !is_whole(chunk, slot))
			ok = ok && check_field(head, chunk->fields, slot);
		else
			ok = ok && head->field_from[slot] == head->field_from[slot + 1];
		ok = ok && (taken || (head->person[slot] == 0 && head->reference[slot] == 0 &&
							  head->n[slot] == 0 && !is_whole(chunk, slot)));
	}
	return ok || malformed(error, "a slot is not as it must be");
}

static gboolean read_whole(const guint8 *data, gsize size, MatchChunk *chunk, GError **error)
{
	gint last = -1;

	while (size > 0) {
		Whole whole;

		if (size < sizeof whole)
			return malformed(error, "a template is cut");
		memcpy(&whole, data, sizeof whole);
		data += sizeof whole;
		size -= sizeof whole;
		if (whole.size > size || whole.slot >= MATCH_CHUNK_SLOTS || whole.slot <= last)
			return malformed(error, "a template has no place");
		if (chunk->whole == NULL)
			chunk->whole = g_new0(MatchTemplate *, MATCH_CHUNK_SLOTS);
		chunk->whole[whole.slot] = match_template_decode(data, whole.size, error);
		if (chunk->whole[whole.slot] == NULL)
			return FALSE;
		if (chunk->whole[whole.slot]->n != chunk->n[whole.slot])
			return malformed(error, "a template has other minutiae than are searched");
		last = whole.slot;
		data += whole.size;
		size -= whole.size;
	}
	return TRUE;
}

static void place(const Chunk *head, const guint8 *body, MatchChunk *chunk)
{
	chunk->mapped = TRUE;
	chunk->taken = head->taken;
	/* All aligned: `body` is, and the larger come first. */
	chunk->codes = (guint64 *)(gpointer)body;
	body += head->n_minutiae * sizeof *chunk->codes;
	chunk->places = (guint32 *)(gpointer)body;
	body += head->n_minutiae * sizeof *chunk->places;
	chunk->marks = (guint8 *)body;
	chunk->fields = (guint8 *)body + head->n_minutiae;
	memcpy(chunk->person, head->person, sizeof chunk->person);
	memcpy(chunk->reference, head->reference, sizeof chunk->reference);
	memcpy(chunk->from, head->from, sizeof chunk->from);
	memcpy(chunk->field_from, head->field_from, sizeof chunk->field_from);
	memcpy(chunk->n, head->n, sizeof chunk->n);
}

static gboolean is_zero(const guint8 *data, gsize size)
{
	for (gsize i = 0; i < size; i++)
		if (data[i] != 0)
			return FALSE;
	return TRUE;
}

/* At data[*at]; moves `at` on. */
static gboolean read_chunk(const guint8 *data, gsize end, gsize *at, MatchChunk *chunk,
						   GError **error)
{
	const guint8 *start = data + *at, *whole;
	gsize used;
	Chunk head;

	if (end - *at < sizeof head)
		return malformed(error, "a chunk is cut");
	memcpy(&head, start, sizeof head);
	if (!check_order(&head, error))
		return FALSE;
	if (end - *at < size_of(&head))
		return malformed(error, "a chunk is cut");
	place(&head, start + sizeof head, chunk);
	whole = chunk->fields + head.fields_size;
	used = (gsize)(whole - start) + head.whole_size;
	*at += size_of(&head);
	if (!is_zero(start + used, size_of(&head) - used))
		return malformed(error, "between chunks there is something");
	return read_whole(whole, head.whole_size, chunk, error) && check_slots(&head, chunk, error) &&
		   check_minutiae(chunk, error);
}

static gboolean link_chunk(MatchGallery *gallery, guint c, GError **error)
{
	const MatchChunk *chunk = gallery->chunks->pdata[c];
	guint32 there;

	if (match_chunk_n(chunk) < MATCH_CHUNK_SLOTS)
		g_queue_push_tail(&gallery->free_chunks, GUINT_TO_POINTER(c));
	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++) {
		if (!(chunk->taken >> slot & 1))
			continue;
		if (index_table_find(&gallery->references, chunk->reference[slot], &there))
			return malformed(error, "a reference is there twice");
		match_gallery_link(gallery, c * MATCH_CHUNK_SLOTS + slot);
	}
	return TRUE;
}

/* Where numbers of 64 bits may be read in place. */
static GBytes *align(GBytes *bytes)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	if ((guintptr)data % ALIGNMENT == 0)
		return g_bytes_ref(bytes);
	return g_bytes_new(data, size);
}

MatchGallery *match_gallery_read(GBytes *bytes, GError **error)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	gsize size, at = sizeof(Header);
	const guint8 *data;
	Header header;

	gallery->file = align(bytes);
	data = g_bytes_get_data(gallery->file, &size);
	if (!check_header(data, size, &header, error))
		return NULL;
	for (guint c = 0; c < header.n_chunks; c++) {
		MatchChunk *chunk = match_chunk_new();

		g_ptr_array_add(gallery->chunks, chunk);
		if (!read_chunk(data, size - DIGEST_SIZE, &at, chunk, error) ||
			!link_chunk(gallery, c, error))
			return NULL;
	}
	if (at != size - DIGEST_SIZE) {
		malformed(error, "behind the chunks there is something");
		return NULL;
	}
	return g_steal_pointer(&gallery);
}
