/* The archive of an evidence file: stored parts, and a hash over all of it as its comment. */
#include "server/evidence/pack_private.h"

#include <string.h>

#include <zip.h>

#define HASH_TEXT 64
#define MTIME 315532800 /* the earliest a ZIP knows: the same evidence is the same file */

static gboolean add_part(zip_t *zip, const PackPart *part)
{
	gsize size = 0;
	const void *data = g_bytes_get_data(part->bytes, &size);
	zip_source_t *source = zip_source_buffer(zip, data, size, 0);
	zip_int64_t at = source == NULL ? -1 : zip_file_add(zip, part->name, source, ZIP_FL_ENC_UTF_8);
	if (source != NULL && at < 0)
		zip_source_free(source);
	return at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
		   zip_file_set_mtime(zip, (zip_uint64_t)at, MTIME, 0) == 0;
}

static gboolean add_parts(zip_t *zip, const GPtrArray *parts)
{
	char none[HASH_TEXT];
	memset(none, '0', sizeof none);
	for (guint i = 0; i < parts->len; i++)
		if (!add_part(zip, parts->pdata[i]))
			return FALSE;
	return zip_set_archive_comment(zip, none, sizeof none) == 0;
}

/* The comment is the end of the file. */
static GBytes *seal(guint8 *data, gsize size)
{
	char hash[HASH_TEXT + 1];
	if (size < HASH_TEXT) {
		g_free(data);
		return NULL;
	}
	pack_hash((Slice){data, size - HASH_TEXT}, hash);
	memcpy(data + size - HASH_TEXT, hash, HASH_TEXT);
	return g_bytes_new_take(data, size);
}

static GBytes *bytes_of(zip_source_t *source)
{
	zip_stat_t info;
	if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0)
		return NULL;
	g_autofree guint8 *data = g_malloc(info.size);
	zip_int64_t n = zip_source_read(source, data, info.size);
	zip_source_close(source);
	return n == (zip_int64_t)info.size ? seal(g_steal_pointer(&data), info.size) : NULL;
}

GBytes *pack_zip_write(const GPtrArray *parts)
{
	GBytes *bytes = NULL;
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	if (zip != NULL) {
		zip_source_keep(source);
		if (!add_parts(zip, parts))
			zip_discard(zip);
		else if (zip_close(zip) == 0)
			bytes = bytes_of(source);
	}
	if (source != NULL)
		zip_source_free(source);
	return bytes;
}

/* ── reading ── */

static void read_part(zip_t *zip, zip_uint64_t at, gsize *left, GPtrArray *parts,
					  GPtrArray *problems)
{
	zip_stat_t info;
	if (zip_stat_index(zip, at, 0, &info) != 0 || (info.valid & ZIP_STAT_SIZE) == 0 ||
		(info.valid & ZIP_STAT_NAME) == 0 || info.size > *left ||
		!g_utf8_validate(info.name, -1, NULL)) {
		pack_problem(problems, "part %d of the archive's directory cannot be read", (int)at + 1);
		return;
	}
	*left -= info.size;
	g_autofree guint8 *data = g_malloc(info.size + 1);
	zip_file_t *file = zip_fopen_index(zip, at, 0);
	zip_int64_t n = file == NULL ? -1 : zip_fread(file, data, info.size);
	/* Past the end the checksum is compared. */
	gboolean whole = n == (zip_int64_t)info.size && zip_fread(file, data + info.size, 1) == 0;
	if (file != NULL)
		whole = zip_fclose(file) == 0 && whole;
	if (!whole)
		pack_problem(problems, "%s: its bytes are not those that were packed", info.name);
	else
		pack_parts_add(parts, g_bytes_new(data, info.size), "%s", info.name);
}

static void check_whole(GBytes *file, GPtrArray *problems)
{
	char hash[HASH_TEXT + 1];
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(file, &size);
	if (size < HASH_TEXT) {
		pack_problem(problems, "the archive is cut off");
		return;
	}
	pack_hash((Slice){data, size - HASH_TEXT}, hash);
	if (memcmp(hash, data + size - HASH_TEXT, HASH_TEXT) != 0)
		pack_problem(problems, "the archive itself: a byte of it, or of its last 64, was changed");
}

GPtrArray *pack_zip_read(GBytes *file, GPtrArray *problems)
{
	GPtrArray *parts = pack_parts_new();
	gsize size = 0, left = PACK_SIZE_MAX;
	zip_error_t error;
	const void *data = g_bytes_get_data(file, &size);
	zip_error_init(&error);
	check_whole(file, problems);
	zip_source_t *source =
		size == 0 || size > PACK_SIZE_MAX ? NULL : zip_source_buffer_create(data, size, 0, &error);
	zip_t *zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
	if (zip == NULL) {
		pack_problem(problems, "the archive's directory cannot be read");
		if (source != NULL)
			zip_source_free(source);
		zip_error_fini(&error);
		return parts;
	}
	zip_int64_t n = zip_get_num_entries(zip, 0);
	if (n > PACK_PARTS_MAX)
		pack_problem(problems, "the archive has more than %d parts", PACK_PARTS_MAX);
	for (zip_int64_t i = 0; i < MIN(n, PACK_PARTS_MAX); i++)
		read_part(zip, (zip_uint64_t)i, &left, parts, problems);
	zip_discard(zip);
	zip_error_fini(&error);
	return parts;
}
