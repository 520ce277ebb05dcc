/* Rows of references: templates in files, sealed to the vault. */
#include <string.h>

#include "firmware/match/match.h"
#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/terminals/references.h"
#include "server/vault.h"
#include "server/wire.h"

#define FILE_SIZE_MAX (64 * 1024)

static const ImportColumn columns[] = {
	{"person", TRUE}, {"finger", TRUE}, {"file", TRUE}, {"from", FALSE}, {NULL, FALSE},
};

/* What rows above brought: "person finger", whose older references are ended, and with the file. */
static gboolean is_first(Import *import, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void free_seen(gpointer data)
{
	g_hash_table_unref(data);
}

static gboolean is_first(Import *import, const char *format, ...)
{
	va_list arguments;
	if (import->state == NULL) {
		import->state = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		import->free_state = free_seen;
	}
	va_start(arguments, format);
	char *key = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return g_hash_table_add(import->state, key);
}

/* NULL: a bad row. */
static MatchTemplate *load_template(Import *import, const char *path)
{
	g_autofree char *data = NULL;
	g_autoptr(GError) failed = NULL;
	gsize size = 0;
	if (!g_file_get_contents(path, &data, &size, &failed)) {
		import_fail(import, "file", "%s", failed->message);
		return NULL;
	}
	if (size > FILE_SIZE_MAX) {
		import_fail(import, "file", "it is too large for a template");
		return NULL;
	}
	const guint8 *bytes = (const guint8 *)data;
	g_autoptr(MatchTemplate) template = match_template_decode(bytes, size, NULL);
	if (template == NULL)
		template = match_template_from_iso(bytes, size, NULL);
	if (template == NULL)
		import_fail(import, "file", "neither a template of ours nor an ISO/IEC 19794-2 record");
	else if (match_sample_for_enrolment(template) != MATCH_SAMPLE_GOOD)
		import_fail(import, "file", "too few minutiae to be a reference");
	return import->row_failed ? NULL : g_steal_pointer(&template);
}

/* Local midnight of the day; now, where there is none. */
static gboolean read_from(Import *import, gint64 *from_ms)
{
	gint64 day;
	*from_ms = import->now_ms;
	if (import_field(import, "from") == NULL)
		return TRUE;
	if (!import_date(import, "from", 0, &day))
		return FALSE;
	*from_ms = calendar_ms(day, 0, import->utc_offset_min);
	if (day > import->today)
		import_fail(import, "from", "it is yet to come");
	return !import->row_failed;
}

static gboolean store(Import *import, ReferenceRow *row, const MatchTemplate *template,
					  GError **error)
{
	if (is_first(import, "%" G_GINT64_FORMAT " %d", (gint64)row->person, (int)row->finger) &&
		!references_end(import->sql, row->person, row->finger, NULL, "imported again",
						import->now_ms, NULL, error))
		return FALSE;
	if (!references_allot(import->sql, &row->id, 1, error))
		return FALSE;
	g_autoptr(GBytes) plain = match_template_encode(template);
	g_autoptr(GBytes) sealed =
		vault_seal(import->hooks.vault, row->person, row->id, slice_of_bytes(plain));
	if (sealed == NULL) {
		import_fail(import, "file", "the vault's public key is no point of P-256");
		return TRUE;
	}
	import->changed = TRUE;
	return references_add(import->sql, row, sealed, NULL, error);
}

static gboolean apply(Import *import, GError **error)
{
	const char *file = import_field(import, "file"), *finger = import_field(import, "finger");
	ReferenceRow row = {.finger = finger_parse(finger)};
	if (import->hooks.vault == NULL)
		import_fail(import, "file", "there is no vault to seal it to");
	if (row.finger == 0)
		import_fail(import, "finger", "'%s' is no finger (right-index, …)", finger);
	if (!read_from(import, &row.from_ms) || import->row_failed)
		return TRUE;
	if (!import_person(import, "person", &row.person, error))
		return FALSE;
	if (import->row_failed)
		return TRUE;
	g_autofree char *path = g_canonicalize_filename(file, import->folder);
	g_autoptr(MatchTemplate) template = load_template(import, path);
	/* The same row once more brings nothing. */
	if (template == NULL ||
		!is_first(import, "%" G_GINT64_FORMAT " %d %s", (gint64)row.person, (int)row.finger, path))
		return TRUE;
	row.quality = match_template_quality(template);
	return store(import, &row, template, error);
}

const ImportKind import_references = {"references", columns, "*person finger file", FALSE, NULL,
									  apply,        NULL};
