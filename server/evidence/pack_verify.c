/* Proves an evidence file from its own bytes. */
#include "server/evidence/pack_private.h"

#include <string.h>

#include "protocol/event.h"
#include "server/rules/month.h"
#include "server/store/terminals/evidence.h"

void pack_problem(GPtrArray *problems, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	/* It may name what somebody wrote into an archive. */
	g_ptr_array_add(problems, g_strescape(text, NULL));
}

void evidence_proof_clear(EvidenceProof *proof)
{
	g_clear_pointer(&proof->problems, g_ptr_array_unref);
	g_clear_pointer(&proof->key, g_free);
	g_clear_pointer(&proof->subject, g_free);
}

static gboolean read_hex(GBytes *bytes, guint8 *out, gsize size)
{
	Slice text = bytes == NULL ? (Slice){0} : pack_slice(bytes);
	if (text.size != 2 * size)
		return FALSE;
	for (gsize i = 0; i < size; i++) {
		int high = g_ascii_xdigit_value((char)text.data[2 * i]);
		int low = g_ascii_xdigit_value((char)text.data[2 * i + 1]);
		if (high < 0 || low < 0)
			return FALSE;
		out[i] = (guint8)(high << 4 | low);
	}
	return TRUE;
}

/* ── the list ── */

static void check_line(const char *line, const GPtrArray *parts, GHashTable *listed,
					   GPtrArray *problems)
{
	char hash[65];
	if (strlen(line) < 67 || strncmp(line + 64, "  ", 2) != 0) {
		pack_problem(problems, PACK_MANIFEST ": a line that is none");
		return;
	}
	const char *name = line + 66;
	GBytes *bytes = pack_parts_get(parts, name);
	g_hash_table_add(listed, g_strdup(name));
	if (bytes == NULL) {
		pack_problem(problems, "%s: it is missing", name);
		return;
	}
	pack_hash(pack_slice(bytes), hash);
	if (strncmp(hash, line, 64) != 0)
		pack_problem(problems, "%s: it is not what was signed", name);
}

static void check_signature(const GPtrArray *parts, GBytes *manifest, EvidenceProof *proof)
{
	PublicKey key;
	guint8 signature[64];
	GBytes *text = pack_parts_get(parts, PACK_KEY);
	if (!read_hex(text, key.bytes, sizeof key.bytes)) {
		pack_problem(proof->problems, PACK_KEY ": it is no key");
		return;
	}
	proof->key = g_strndup((const char *)pack_slice(text).data, pack_slice(text).size);
	if (!read_hex(pack_parts_get(parts, PACK_SIGNATURE), signature, sizeof signature) ||
		!crypto_verify(&key, pack_slice(manifest), signature))
		pack_problem(proof->problems,
					 PACK_SIGNATURE ": the signature does not hold over " PACK_MANIFEST);
}

static void check_manifest(const GPtrArray *parts, EvidenceProof *proof)
{
	GBytes *manifest = pack_parts_get(parts, PACK_MANIFEST);
	g_autoptr(GHashTable) listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (manifest == NULL) {
		pack_problem(proof->problems, PACK_MANIFEST ": it is missing");
		return;
	}
	check_signature(parts, manifest, proof);
	Slice text = pack_slice(manifest);
	g_autofree char *copy = g_strndup((const char *)text.data, text.size);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
	if (!g_str_has_prefix(copy, PACK_TITLE) || g_strv_length(lines) < 2) {
		pack_problem(proof->problems, PACK_MANIFEST ": it is no list of evidence");
		return;
	}
	proof->subject = g_strescape(lines[1], NULL);
	for (char **line = lines + 2; *line != NULL; line++)
		if (**line != '\0')
			check_line(*line, parts, listed, proof->problems);
	for (guint i = 0; i < parts->len; i++) {
		const PackPart *part = parts->pdata[i];
		if (!g_hash_table_contains(listed, part->name) && strcmp(part->name, PACK_MANIFEST) != 0 &&
			strcmp(part->name, PACK_SIGNATURE) != 0)
			pack_problem(proof->problems, "%s: nobody signed for it", part->name);
	}
}

/* ── events ── */

static gboolean find_key(const GPtrArray *parts, const char *terminal, const KeyId *id,
						 PublicKey *key)
{
	KeyId of_key;
	char hex[2 * sizeof id->bytes + 1];
	evidence_hex(id->bytes, sizeof id->bytes, hex);
	g_autofree char *name = g_strdup_printf("terminals/%s/%s.pub", terminal, hex);
	if (!read_hex(pack_parts_get(parts, name), key->bytes, sizeof key->bytes))
		return FALSE;
	key_id_of(key, crypto_sha256, &of_key);
	return key_id_equal(&of_key, id);
}

/* One link; the whole event, or its header alone. */
static gboolean follow(const GPtrArray *parts, const char *folder, guint64 seq, Hash *head)
{
	g_autofree char *whole = g_strdup_printf("%s/%" G_GUINT64_FORMAT ".event", folder, seq);
	g_autofree char *alone = g_strdup_printf("%s/%" G_GUINT64_FORMAT ".header", folder, seq);
	GBytes *bytes = pack_parts_get(parts, whole);
	if (bytes != NULL) {
		Event event;
		Hash next;
		if (event_decode(pack_slice(bytes), &event) != WIRE_OK ||
			event_check(&event, seq, head, crypto_sha256, &next) != WIRE_OK)
			return FALSE;
		*head = next;
		return TRUE;
	}
	EventHeader header;
	bytes = pack_parts_get(parts, alone);
	if (bytes == NULL || event_header_decode(pack_slice(bytes), &header) != WIRE_OK ||
		header.seq != seq || !hash_equal(&header.previous, head))
		return FALSE;
	Slice slice = pack_slice(bytes);
	crypto_sha256(&slice, 1, head);
	return TRUE;
}

static void check_chain(const GPtrArray *parts, const char *folder, const EventBatch *batch,
						EvidenceProof *proof)
{
	Hash head = batch->previous;
	if (batch->last < batch->first || batch->last - batch->first >= EVENT_BATCH_MAX) {
		pack_problem(proof->problems, "%s: a statement over too many events", folder);
		return;
	}
	for (guint64 seq = batch->first; seq <= batch->last; seq++) {
		if (!follow(parts, folder, seq, &head)) {
			pack_problem(proof->problems, "%s/%" G_GUINT64_FORMAT ": the chain does not hold here",
						 folder, seq);
			return;
		}
		proof->n_events++;
	}
	if (!hash_equal(&head, &batch->head))
		pack_problem(proof->problems, "%s: the terminal signed another head", folder);
}

/* "events/T/J/FIRST-LAST/statement.cose". */
static void check_statement(const GPtrArray *parts, const PackPart *part, EvidenceProof *proof)
{
	Envelope envelope;
	EventBatch batch;
	PublicKey key;
	char id[RANDOM_ID_TEXT];
	g_auto(GStrv) path = g_strsplit(part->name, "/", 5);
	if (g_strv_length(path) != 5 || strcmp(path[0], "events") != 0 ||
		strcmp(path[4], "statement.cose") != 0)
		return;
	g_autofree char *folder = g_strdup_printf("%s/%s/%s/%s", path[0], path[1], path[2], path[3]);
	proof->n_statements++;
	if (envelope_decode(pack_slice(part->bytes), &envelope) != WIRE_OK ||
		strcmp(envelope.head.terminal.text, path[1]) != 0 ||
		!find_key(parts, path[1], &envelope.head.key, &key) ||
		envelope_verify(&envelope, crypto_verify, &key) != WIRE_OK ||
		event_statement_decode(&envelope, &batch) != WIRE_OK) {
		pack_problem(proof->problems, "%s: the terminal's signature does not hold", part->name);
		return;
	}
	random_id_format(&batch.journal, id);
	if (strcmp(id, path[2]) != 0) {
		pack_problem(proof->problems, "%s: it is of another journal", part->name);
		return;
	}
	check_chain(parts, folder, &batch, proof);
}

/* ── the lock ── */

/* "lock/U/lines.txt": its hash is among those that make the month's. */
static void check_lines(const GPtrArray *parts, const PackPart *part, EvidenceProof *proof)
{
	guint8 hash[MONTH_HASH_SIZE];
	char hex[2 * MONTH_HASH_SIZE + 1];
	if (!g_str_has_prefix(part->name, "lock/") || !g_str_has_suffix(part->name, "/lines.txt"))
		return;
	Slice lines = pack_slice(part->bytes);
	g_autofree char *folder = g_path_get_dirname(part->name);
	g_autofree char *name = g_strdup_printf("%s/people.txt", folder);
	GBytes *people = pack_parts_get(parts, name);
	month_hash_lines((const char *)lines.data, lines.size, hash);
	evidence_hex(hash, sizeof hash, hex);
	if (people == NULL || g_strstr_len((const char *)pack_slice(people).data,
									   (gssize)pack_slice(people).size, hex) == NULL)
		pack_problem(proof->problems, "%s: these are not the lines that were locked", part->name);
}

void evidence_verify(GBytes *file, EvidenceProof *proof)
{
	*proof = (EvidenceProof){.problems = g_ptr_array_new_with_free_func(g_free)};
	g_autoptr(GPtrArray) parts = pack_zip_read(file, proof->problems);
	proof->n_parts = parts->len;
	check_manifest(parts, proof);
	for (guint i = 0; i < parts->len; i++) {
		check_statement(parts, parts->pdata[i], proof);
		check_lines(parts, parts->pdata[i], proof);
	}
}
