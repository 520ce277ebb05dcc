/*
 * Verify: whose message is it really?  The key ring holds every terminal's verification keys, old
 * ones too; a message must be signed by a key of the terminal that it names, and a batch's events
 * must follow one another from its stated beginning to its stated head.
 */
#pragma once

#include "protocol/event.h"
#include "protocol/want.h"
#include "server/collect.h"
#include "server/store/terminals/terminals.h"

typedef struct KeyRing KeyRing;

KeyRing *key_ring_new(void);
void key_ring_free(KeyRing *ring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyRing, key_ring_free)

/* Reads terminals and keys when the database's revision is another than the last read. `changed`
 * (may be NULL) says whether it was. */
gboolean key_ring_load(KeyRing *ring, Sql *sql, gboolean *changed, GError **error);

typedef struct {
	TerminalId id;
	TerminalState state;
	gboolean has_keys;
	PublicKey sealing; /* of the newest keys */
} KeyRingTerminal;

/* Borrowed until the next load; NULL: no such terminal. */
const KeyRingTerminal *key_ring_find(const KeyRing *ring, const TerminalId *id);
typedef void (*KeyRingSeen)(const KeyRingTerminal *terminal, gpointer user);
void key_ring_each(const KeyRing *ring, KeyRingSeen seen, gpointer user);

typedef enum {
	VERIFY_OK,
	VERIFY_UNKNOWN, /* no such terminal */
	VERIFY_KEY,     /* no key of this terminal has that id */
	VERIFY_SIGNATURE,
	VERIFY_REVOKED, /* genuine, but of a revoked terminal */
	VERIFY_CONTENT, /* genuine, but its payload is not what hadir.cddl says */
	VERIFY_CHAIN,   /* genuine, but its events do not follow one another */
} VerifyResult;

const char *verify_cause(VerifyResult result);

/* Key and signature of any message but a first join. */
VerifyResult verify_message(const KeyRing *ring, const Collected *collected);
/* up/events, verified or of a revoked terminal: decodes and follows the chain. */
VerifyResult verify_batch(const Collected *collected, EventBatch *batch);
/* up/want with a join.  A first join is signed by the key it brings, a renewal by a known one. */
VerifyResult verify_join(const KeyRing *ring, const Collected *collected, Join *join);
