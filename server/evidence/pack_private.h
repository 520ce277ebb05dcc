/* Between the files of this folder; nobody else includes it. */
#pragma once

#include "server/evidence/pack.h"

#define PACK_MANIFEST "manifest.txt"
#define PACK_SIGNATURE "manifest.sig"
#define PACK_KEY "server.pub"
#define PACK_TITLE "hadir-evidence 1\n"
#define PACK_PARTS_MAX 60000
#define PACK_SIZE_MAX (256 * 1024 * 1024) /* bytes of an archive that is read */

typedef struct {
	char *name;
	GBytes *bytes;
} PackPart;

void pack_part_free(PackPart *part);
GPtrArray *pack_parts_new(void);
/* Takes `bytes`. */
void pack_parts_add(GPtrArray *parts, GBytes *bytes, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Borrowed; NULL: none. */
GBytes *pack_parts_get(const GPtrArray *parts, const char *name);
Slice pack_slice(GBytes *bytes);
/* "SHA-256 in hex" of 65 bytes. */
void pack_hash(Slice bytes, char text[65]);

/* facts/….json and lock/…, into `parts`. */
gboolean pack_facts(Sql *sql, const EvidenceAsk *ask, GPtrArray *parts, GError **error);

/* pack_zip.c: the archive.  NULL: it could not be made. */
GBytes *pack_zip_write(const GPtrArray *parts);
/* What can be read of it; problems (char *) are added. */
GPtrArray *pack_zip_read(GBytes *file, GPtrArray *problems);
void pack_problem(GPtrArray *problems, const char *format, ...) G_GNUC_PRINTF(2, 3);
