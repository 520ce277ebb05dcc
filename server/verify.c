#include "server/verify.h"

#include "server/crypto_openssl.h"

typedef struct {
	KeyId id;
	PublicKey signing;
} Key;

typedef struct {
	KeyRingTerminal terminal;
	GArray *keys; /* of Key */
} Entry;

struct KeyRing {
	GHashTable *entries; /* id text → Entry */
	gint64 revision;     /* of the last load; -1 none */
};

static void entry_free(gpointer data)
{
	Entry *entry = data;
	g_array_unref(entry->keys);
	g_free(entry);
}

KeyRing *key_ring_new(void)
{
	KeyRing *ring = g_new0(KeyRing, 1);
	ring->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	ring->revision = -1;
	return ring;
}

void key_ring_free(KeyRing *ring)
{
	if (ring == NULL)
		return;
	g_hash_table_unref(ring->entries);
	g_free(ring);
}

static void add_terminal(GHashTable *entries, const TerminalRow *row)
{
	Entry *entry = g_new0(Entry, 1);
	entry->terminal = (KeyRingTerminal){
		.id = row->id, .state = row->state, .has_keys = row->has_keys, .sealing = row->sealing};
	entry->keys = g_array_new(FALSE, FALSE, sizeof(Key));
	g_hash_table_insert(entries, entry->terminal.id.text, entry);
}

static gboolean load_terminals(Sql *sql, GHashTable *entries, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	if (!terminals_list(sql, 0, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++)
		add_terminal(entries, &g_array_index(rows, TerminalRow, i));
	return TRUE;
}

static void add_key(const TerminalId *terminal, const KeyId *id, const PublicKey *signing,
					gpointer user)
{
	Entry *entry = g_hash_table_lookup(user, terminal->text);
	Key key = {*id, *signing};
	if (entry != NULL)
		g_array_append_val(entry->keys, key);
}

gboolean key_ring_load(KeyRing *ring, Sql *sql, gboolean *changed, GError **error)
{
	gint64 revision;
	if (!terminals_revision(sql, &revision, error))
		return FALSE;
	if (changed != NULL)
		*changed = revision != ring->revision;
	if (revision == ring->revision)
		return TRUE;
	g_autoptr(GHashTable) entries =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	if (!load_terminals(sql, entries, error) || !terminals_each_key(sql, add_key, entries, error)) {
		g_prefix_error(error, "load the terminals' keys: ");
		return FALSE;
	}
	g_hash_table_unref(ring->entries);
	ring->entries = g_steal_pointer(&entries);
	ring->revision = revision;
	return TRUE;
}

const KeyRingTerminal *key_ring_find(const KeyRing *ring, const TerminalId *id)
{
	const Entry *entry = g_hash_table_lookup(ring->entries, id->text);
	return entry != NULL ? &entry->terminal : NULL;
}

void key_ring_each(const KeyRing *ring, KeyRingSeen seen, gpointer user)
{
	GHashTableIter iter;
	gpointer value;
	g_hash_table_iter_init(&iter, ring->entries);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		seen(&((Entry *)value)->terminal, user);
}

const char *verify_cause(VerifyResult result)
{
	static const char *const causes[] = {
		[VERIFY_OK] = "ok",           [VERIFY_UNKNOWN] = "terminal",
		[VERIFY_KEY] = "key",         [VERIFY_SIGNATURE] = "signature",
		[VERIFY_REVOKED] = "revoked", [VERIFY_CONTENT] = "content",
		[VERIFY_CHAIN] = "chain",
	};
	return causes[result];
}

static const Key *find_key(const Entry *entry, const KeyId *id)
{
	for (guint i = 0; i < entry->keys->len; i++) {
		const Key *key = &g_array_index(entry->keys, Key, i);
		if (key_id_equal(&key->id, id))
			return key;
	}
	return NULL;
}

VerifyResult verify_message(const KeyRing *ring, const Collected *collected)
{
	const Entry *entry = g_hash_table_lookup(ring->entries, collected->terminal.text);
	if (entry == NULL)
		return VERIFY_UNKNOWN;
	const Key *key = find_key(entry, &collected->envelope.head.key);
	if (key == NULL)
		return VERIFY_KEY;
	if (envelope_verify(&collected->envelope, crypto_verify, &key->signing) != WIRE_OK)
		return VERIFY_SIGNATURE;
	return entry->terminal.state == TERMINAL_REVOKED ? VERIFY_REVOKED : VERIFY_OK;
}

VerifyResult verify_batch(const Collected *collected, EventBatch *batch)
{
	size_t bad;
	if (event_batch_decode(&collected->envelope, batch) != WIRE_OK)
		return VERIFY_CONTENT;
	return event_batch_check(batch, crypto_sha256, &bad) == WIRE_OK ? VERIFY_OK : VERIFY_CHAIN;
}

VerifyResult verify_join(const KeyRing *ring, const Collected *collected, Join *join)
{
	const Envelope *envelope = &collected->envelope;
	const KeyRingTerminal *terminal = key_ring_find(ring, &collected->terminal);
	if (terminal == NULL)
		return VERIFY_UNKNOWN;
	if (join_decode(envelope->payload, join) != WIRE_OK)
		return VERIFY_CONTENT;
	if (join->renewal)
		return verify_message(ring, collected);
	KeyId id;
	key_id_of(&join->signing, crypto_sha256, &id);
	if (!key_id_equal(&id, &envelope->head.key))
		return VERIFY_KEY;
	if (envelope_verify(envelope, crypto_verify, &join->signing) != WIRE_OK)
		return VERIFY_SIGNATURE;
	return terminal->state == TERMINAL_REVOKED ? VERIFY_REVOKED : VERIFY_OK;
}
