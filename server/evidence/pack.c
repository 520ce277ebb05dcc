#include "server/evidence/pack_private.h"

#include <string.h>

#include "server/rules/calendar.h"
#include "server/rules/month.h"
#include "server/server_keys.h"
#include "server/store/history.h"
#include "server/store/read.h"
#include "server/store/terminals/evidence.h"
#include "server/store/terminals/events.h"
#include "server/store/terminals/journals.h"
#include "server/store/terminals/terminals.h"
#include "server/wire.h"

/* ── parts ── */

void pack_part_free(PackPart *part)
{
	if (part == NULL)
		return;
	g_free(part->name);
	g_bytes_unref(part->bytes);
	g_free(part);
}

GPtrArray *pack_parts_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)pack_part_free);
}

void pack_parts_add(GPtrArray *parts, GBytes *bytes, const char *format, ...)
{
	PackPart *part = g_new0(PackPart, 1);
	va_list arguments;
	va_start(arguments, format);
	part->name = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	part->bytes = bytes;
	g_ptr_array_add(parts, part);
}

GBytes *pack_parts_get(const GPtrArray *parts, const char *name)
{
	for (guint i = 0; i < parts->len; i++) {
		const PackPart *part = parts->pdata[i];
		if (strcmp(part->name, name) == 0)
			return part->bytes;
	}
	return NULL;
}

Slice pack_slice(GBytes *bytes)
{
	return slice_of_bytes(bytes);
}

void pack_hash(Slice bytes, char text[65])
{
	Hash hash;
	crypto_sha256(&bytes, 1, &hash);
	evidence_hex(hash.bytes, sizeof hash.bytes, text);
}

/* ── events ── */

typedef struct {
	Sql *sql;
	PersonId person;
	GPtrArray *parts;
	GHashTable *seen; /* names of folders and keys that are there */
} Gather;

static gboolean once(Gather *gather, const char *name)
{
	return g_hash_table_add(gather->seen, g_strdup(name));
}

static gboolean add_key(Gather *gather, const JournalRow *journal, const BatchRow *batch,
						GError **error)
{
	Envelope envelope;
	PublicKey key;
	char id[2 * sizeof envelope.head.key.bytes + 1];
	GError *local = NULL;
	if (envelope_decode(slice_of_bytes(batch->envelope), &envelope) != WIRE_OK)
		return TRUE; /* the proof will say so */
	evidence_hex(envelope.head.key.bytes, sizeof envelope.head.key.bytes, id);
	g_autofree char *name = g_strdup_printf("terminals/%s/%s.pub", journal->terminal.text, id);
	if (!terminals_key(gather->sql, &journal->terminal, &envelope.head.key, &key, &local)) {
		if (local != NULL)
			g_propagate_error(error, local);
		return local == NULL;
	}
	if (once(gather, name)) {
		char *hex = public_key_hex(&key);
		pack_parts_add(gather->parts, g_bytes_new_take(hex, strlen(hex)), "%s", name);
	}
	return TRUE;
}

static gboolean is_of_person(Gather *gather, const JournalRow *journal, gint64 seq, gboolean *is,
							 GError **error)
{
	g_autoptr(GBytes) id = g_bytes_new(journal->journal.bytes, sizeof journal->journal.bytes);
	gint64 n = 0;
	if (!sql_get_int(gather->sql, &n, 0, error,
					 "SELECT count(*) FROM punch WHERE terminal=$1 AND journal=$2 AND seq=$3"
					 " AND person=$4",
					 "tBii", journal->terminal.text, id, seq, gather->person))
		return FALSE;
	*is = n > 0;
	return TRUE;
}

/* The person's events whole, of the others the header alone. */
static gboolean add_events(Gather *gather, const JournalRow *journal, const BatchRow *batch,
						   const char *folder, GError **error)
{
	g_autoptr(GArray) events = NULL;
	if (!events_page(gather->sql, journal->id, batch->first - 1,
					 (gsize)(batch->last - batch->first + 1), &events, error))
		return FALSE;
	for (guint i = 0; i < events->len; i++) {
		const EventRow *row = &g_array_index(events, EventRow, i);
		Event event;
		gboolean own = FALSE;
		if (!is_of_person(gather, journal, row->seq, &own, error))
			return FALSE;
		if (own)
			pack_parts_add(gather->parts, g_bytes_ref(row->bytes), "%s/%" G_GINT64_FORMAT ".event",
						   folder, row->seq);
		else if (event_decode(slice_of_bytes(row->bytes), &event) == WIRE_OK)
			pack_parts_add(gather->parts, bytes_of_slice(event.header_bytes),
						   "%s/%" G_GINT64_FORMAT ".header", folder, row->seq);
	}
	return TRUE;
}

/* The oldest statement that ends at or after the event. */
static gboolean add_statement(Gather *gather, const JournalRow *journal, gint64 seq, GError **error)
{
	char id[RANDOM_ID_TEXT];
	g_autoptr(GArray) batches = NULL;
	if (!events_batches(gather->sql, journal->id, seq - 1, 1, &batches, error))
		return FALSE;
	const BatchRow *batch = batches->len == 0 ? NULL : &g_array_index(batches, BatchRow, 0);
	if (batch == NULL || batch->first > seq || batch->last - batch->first >= EVENT_BATCH_MAX)
		return TRUE; /* nobody signed for it */
	random_id_format(&journal->journal, id);
	g_autofree char *folder =
		g_strdup_printf("events/%s/%s/%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
						journal->terminal.text, id, batch->first, batch->last);
	if (!once(gather, folder))
		return TRUE;
	pack_parts_add(gather->parts, g_bytes_ref(batch->envelope), "%s/statement.cose", folder);
	return add_key(gather, journal, batch, error) &&
		   add_events(gather, journal, batch, folder, error);
}

typedef struct {
	TerminalId terminal;
	RandomId journal;
	gint64 seq;
} PunchKey;

static gboolean load_punches(Sql *sql, const EvidenceAsk *ask, GArray *keys, GError **error)
{
	gint64 from_ms = calendar_ms(ask->month_day, 0, ask->utc_offset_min);
	gint64 to_ms = calendar_ms(month_after(ask->month_day, 1) + 1, 0, ask->utc_offset_min);
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT terminal, journal, seq FROM punch WHERE person=$1 AND at_ms>=$2"
				  " AND at_ms<$3 ORDER BY at_ms, terminal, seq",
				  "iii", ask->person, from_ms, to_ms);
	SqlStep step = SQL_FAILED;
	while (rows != NULL && (step = sql_next(rows, error)) == SQL_ROW) {
		PunchKey key = {.seq = sql_int(rows, 2)};
		read_text(rows, 0, key.terminal.text, sizeof key.terminal.text);
		if (read_fixed(rows, 1, key.journal.bytes, sizeof key.journal.bytes))
			g_array_append_val(keys, key);
	}
	return step == SQL_DONE;
}

static gboolean gather_events(Gather *gather, const EvidenceAsk *ask, GError **error)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, TRUE, sizeof(PunchKey));
	if (!load_punches(gather->sql, ask, keys, error))
		return FALSE;
	for (guint i = 0; i < keys->len; i++) {
		const PunchKey *key = &g_array_index(keys, PunchKey, i);
		JournalRow journal;
		GError *local = NULL;
		/* By hand or from elsewhere: no journal, see facts/punches.json. */
		if (!journals_get(gather->sql, &key->terminal, &key->journal, &journal, &local)) {
			if (local == NULL)
				continue;
			g_propagate_error(error, local);
			return FALSE;
		}
		if (!add_statement(gather, &journal, key->seq, error))
			return FALSE;
	}
	return TRUE;
}

/* ── the list, signed ── */

static gboolean sign(const EvidenceAsk *ask, GPtrArray *parts, GError **error)
{
	PublicKey key;
	guint8 signature[64];
	char month[MONTH_TEXT], made[CALENDAR_ISO], hex[129], hash[65];
	server_key_public(ask->key, &key);
	char *key_hex = public_key_hex(&key);
	pack_parts_add(parts, g_bytes_new_take(key_hex, strlen(key_hex)), PACK_KEY);
	month_format(ask->month_day, month);
	calendar_format_iso(ask->now_ms, ask->utc_offset_min, made);
	GString *list = g_string_new(PACK_TITLE);
	g_string_append_printf(list, "person %" G_GINT64_FORMAT ", %s, made %s\n", ask->person, month,
						   made);
	for (guint i = 0; i < parts->len; i++) {
		const PackPart *part = parts->pdata[i];
		pack_hash(pack_slice(part->bytes), hash);
		g_string_append_printf(list, "%s  %s\n", hash, part->name);
	}
	Slice message = {(const guint8 *)list->str, list->len};
	gboolean ok = crypto_sign(ask->key, message, signature);
	pack_parts_add(parts, g_string_free_to_bytes(list), PACK_MANIFEST);
	evidence_hex(signature, sizeof signature, hex);
	pack_parts_add(parts, g_bytes_new(hex, strlen(hex)), PACK_SIGNATURE);
	if (!ok)
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "the evidence could not be signed");
	return ok;
}

GBytes *evidence_pack(Sql *sql, const EvidenceAsk *ask, GError **error)
{
	g_autoptr(GPtrArray) parts = pack_parts_new();
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Gather gather = {sql, ask->person, parts, seen};
	if (!gather_events(&gather, ask, error) || !pack_facts(sql, ask, parts, error) ||
		!sign(ask, parts, error))
		return NULL;
	GBytes *file = pack_zip_write(parts);
	if (file == NULL)
		g_set_error_literal(error, SQL_ERROR, SQL_ERROR_FAILED, "the archive could not be made");
	return file;
}
