#include "server/import/reference_import.h"

#include <stdarg.h>
#include <string.h>

#include "firmware/match/match.h"
#include "server/rules/calendar.h"
#include "server/server_keys.h"
#include "server/store/people/people.h"
#include "server/store/terminals/references.h"
#include "server/vault.h"
#include "server/wire.h"

#define FILE_SIZE_MAX (64 * 1024)
#define CSV_SIZE_MAX (16 * 1024 * 1024)

#define HEADER "person,finger,file"
#define HEADER_FROM HEADER ",from"

#define IMPORT_ERROR g_quark_from_static_string("hadir-reference-import")

typedef struct {
	Sql *sql;
	PublicKey vault;
	const char *folder;
	gint64 now_ms;
	gint64 utc_offset_min;
	guint n_columns;
	gint64 n;
	GHashTable *seen; /* "person finger": its older references are ended already */
} Import;

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean fail(GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_propagate_error(error, g_error_new_valist(IMPORT_ERROR, 0, format, arguments));
	va_end(arguments);
	return FALSE;
}

static MatchTemplate *load_template(const char *path, GError **error)
{
	g_autofree char *data = NULL;
	gsize size;
	if (!g_file_get_contents(path, &data, &size, error))
		return NULL;
	if (size > FILE_SIZE_MAX) {
		fail(error, "%s is too large for a template", path);
		return NULL;
	}
	const guint8 *bytes = (const guint8 *)data;
	MatchTemplate *template = match_template_decode(bytes, size, NULL);
	if (template == NULL)
		template = match_template_from_iso(bytes, size, NULL);
	if (template == NULL)
		fail(error, "%s is neither a template of ours nor an ISO/IEC 19794-2 record", path);
	return template;
}

static gboolean end_older(Import *import, PersonId person, Finger finger, GError **error)
{
	g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %d", (gint64)person, (int)finger);
	if (!g_hash_table_add(import->seen, g_steal_pointer(&key)))
		return TRUE;
	return references_end(import->sql, person, finger, NULL, "imported again", import->now_ms, NULL,
						  error);
}

/* Local midnight of the day in words; now, where there are none. */
static gboolean parse_from(const Import *import, const char *text, gint64 *from_ms, GError **error)
{
	gint64 day;
	*from_ms = import->now_ms;
	if (*text == '\0')
		return TRUE;
	if (!calendar_parse(text, &day))
		return fail(error, "from: '%s' is no date (YYYY-MM-DD)", text);
	if (day > calendar_day(import->now_ms, import->utc_offset_min))
		return fail(error, "from: %s is yet to come", text);
	*from_ms = calendar_ms(day, 0, import->utc_offset_min);
	return TRUE;
}

static gboolean store(Import *import, PersonId person, Finger finger, gint64 from_ms,
					  const MatchTemplate *template, GError **error)
{
	ReferenceRow row = {.person = person,
						.finger = finger,
						.quality = match_template_quality(template),
						.from_ms = from_ms};
	if (!end_older(import, person, finger, error) ||
		!references_allot(import->sql, &row.id, 1, error))
		return FALSE;
	g_autoptr(GBytes) plain = match_template_encode(template);
	g_autoptr(GBytes) sealed = vault_seal(&import->vault, person, row.id, slice_of_bytes(plain));
	if (sealed == NULL)
		return fail(error, "%s", "the vault's public key is no point of P-256");
	import->n++;
	return references_add(import->sql, &row, sealed, NULL, error);
}

static gboolean import_row(Import *import, char **fields, GError **error)
{
	PersonId person;
	gint64 from_ms;
	if (g_strv_length(fields) != import->n_columns)
		return fail(error, "%u columns are expected", import->n_columns);
	Finger finger = finger_parse(g_strstrip(fields[1]));
	if (finger == 0)
		return fail(error, "'%s' is no finger", fields[1]);
	if (!people_find(import->sql, g_strstrip(fields[0]), &person, error))
		return FALSE;
	if (person == 0)
		return fail(error, "there is no person '%s'", fields[0]);
	if (!parse_from(import, import->n_columns == 4 ? g_strstrip(fields[3]) : "", &from_ms, error))
		return FALSE;
	g_autofree char *path = g_canonicalize_filename(g_strstrip(fields[2]), import->folder);
	g_autoptr(MatchTemplate) template = load_template(path, error);
	if (template == NULL)
		return FALSE;
	if (match_sample_for_enrolment(template) != MATCH_SAMPLE_GOOD)
		return fail(error, "%s has too few minutiae to be a reference", path);
	return store(import, person, finger, from_ms, template, error);
}

static gboolean import_rows(Import *import, char **lines, GError **error)
{
	for (gsize i = 1; lines[i] != NULL; i++) {
		if (*g_strstrip(lines[i]) == '\0')
			continue;
		g_auto(GStrv) fields = g_strsplit(lines[i], ",", 5);
		if (!import_row(import, fields, error)) {
			g_prefix_error(error, "row %zu: ", i + 1);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean run_import(Import *import, char **lines, GError **error)
{
	const char *header = lines[0] == NULL ? "" : g_strstrip(lines[0]);
	import->n_columns = strcmp(header, HEADER_FROM) == 0 ? 4 : 3;
	if (import->n_columns == 3 && strcmp(header, HEADER) != 0)
		return fail(error, "row 1: the header '%s' is expected", HEADER_FROM);
	if (!sql_begin(import->sql, error))
		return FALSE;
	if (import_rows(import, lines, error) && sql_commit(import->sql, error))
		return TRUE;
	sql_rollback(import->sql);
	return FALSE;
}

gboolean reference_import(const ServerConfig *config, Sql *sql, const char *csv, gint64 now_ms,
						  gint64 *n, GError **error)
{
	g_autofree char *text = NULL;
	g_autofree char *absolute = g_canonicalize_filename(csv, NULL);
	g_autofree char *folder = g_path_get_dirname(absolute);
	gsize size;
	Import import = {
		.sql = sql, .folder = folder, .now_ms = now_ms, .utc_offset_min = config->utc_offset_min};
	if (!g_file_get_contents(csv, &text, &size, error))
		return FALSE;
	if (size > CSV_SIZE_MAX || !g_utf8_validate(text, (gssize)size, NULL))
		return fail(error, "%s: too large, or not UTF-8", csv);
	if (!server_keys_vault_public(config, &import.vault, error))
		return FALSE;
	import.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean ok = run_import(&import, lines, error);
	if (!ok)
		g_prefix_error(error, "%s: ", csv);
	g_hash_table_unref(import.seen);
	*n = import.n;
	return ok;
}
