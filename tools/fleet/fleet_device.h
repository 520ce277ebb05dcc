/*
 * A simulated terminal as the wire sees it: keys, journals in memory, and the messages it signs.  No
 * input or output here, and no clock: every time is a parameter.  What is random for a script (ids,
 * salts) comes from the script's generator; keys and signatures do not.
 *
 *   receipted            next              last
 *   ────┼── [ … ] [ … ] ──┼─────────────────┤      of the oldest journal that is not whole at the server
 *       └── under way ────┘
 */
#pragma once

#include <glib.h>

#include "protocol/event.h"
#include "protocol/receipt.h"
#include "protocol/topic.h"
#include "server/crypto_openssl.h"

/* As a terminal's publisher has it. */
#define FLEET_WINDOW 4
#define FLEET_BATCH_BYTES (200 * 1024)

typedef struct {
	RandomId id;
	/* events[seq - 1]; heads[seq], heads[0] the genesis; touched_us[seq - 1], 0: not measured */
	GPtrArray *events; /* of GBytes */
	GArray *heads;     /* of Hash */
	GArray *touched_us;
	guint64 receipted, next;
	/* Given up: what the card lost.  Events after it never left the terminal. */
	gboolean closed;
	guint64 closed_seq; /* the server has it up to here */
} FleetJournal;

typedef enum {
	FLEET_RECEIPT_BAD, /* not the server's, old, or of nothing of ours */
	FLEET_RECEIPT_SAME,
	FLEET_RECEIPT_ADVANCED,
	FLEET_RECEIPT_FORKED, /* the server has other events: a new journal was begun */
} FleetReceipt;

typedef struct {
	TerminalId id;
	ServerKey *signing, *tls;
	PublicKey signing_public, sealing_public;
	KeyId key;
	char *certificate; /* PEM of the leaf; NULL: not joined */
	PublicKey server;  /* verifies what comes down */
	gboolean has_epoch;
	RandomId epoch;
	guint64 heard; /* the largest number from the server */
	guint64 number, last_command, roster_version;
	RandomId boot;
	gint64 boot_ms;
	GRand *random;
	GPtrArray *journals; /* of FleetJournal, the last is open */
	guint64 n_bad;       /* messages of the server that were not to be believed */
} FleetDevice;

FleetDevice *fleet_device_new(const char *id, guint32 seed, const PublicKey *server, gint64 now_ms);
void fleet_device_free(gpointer data); /* a FleetDevice */

/* A new journal with its EVENT_OPEN and EVENT_BOOT; `reason` is an OPEN_…, `before` the journal that it
 * follows as the server knows it; NULL: none. */
FleetJournal *fleet_device_open(FleetDevice *device, guint8 reason, const Receipt *before,
								gint64 now_ms);
FleetJournal *fleet_device_journal(const FleetDevice *device);
guint64 fleet_journal_last(const FleetJournal *journal);
const Hash *fleet_journal_head(const FleetJournal *journal, guint64 seq);

/* A finger was recognised; `touched_us` monotonic, for the latency, or 0. Gives the sequence number. */
guint64 fleet_device_touch(FleetDevice *device, PersonId person, gint64 at_ms, gint64 touched_us);

/* The card goes back to event `seq` of its open journal: what the server knows of later ones, the
 * terminal has forgotten. */
void fleet_device_roll_back(FleetDevice *device, guint64 seq);

/* The oldest journal with events that the server has not receipted; NULL: all are. */
FleetJournal *fleet_device_pending(const FleetDevice *device);
/* Events without a receipt, of all journals. */
guint64 fleet_device_backlog(const FleetDevice *device);

/* The last event of the batch that begins with `first`: bounds of number and bytes. */
guint64 fleet_journal_batch_end(const FleetJournal *journal, guint64 first);
/* up/events, signed with `key` (the device's own, or a forger's). (transfer full) */
GBytes *fleet_device_batch(FleetDevice *device, const FleetJournal *journal, guint64 first,
						   guint64 last, ServerKey *key);
GBytes *fleet_device_want(FleetDevice *device, gboolean only_roster);
GBytes *fleet_device_health(FleetDevice *device, gboolean online, gint64 now_ms);
/* A certificate request of the device's TLS key, DER. (transfer full) */
GBytes *fleet_device_request(const FleetDevice *device);
/* up/want with a join: `secret` of the bundle. (transfer full) */
GBytes *fleet_device_join(FleetDevice *device, const guint8 secret[32]);

void fleet_device_topic(const FleetDevice *device, TopicKind kind, char topic[TOPIC_MAX]);

/* Down: checks signature, terminal, epoch and number.  The payload borrows from `message`. */
gboolean fleet_device_accept(FleetDevice *device, MessageType type, Slice message, Slice *payload);
/* `latency` is called for every measured event that it covers. */
FleetReceipt fleet_device_receipt(FleetDevice *device, Slice payload, gint64 now_us, gint64 now_ms,
								  void (*latency)(gint64 us, gpointer user), gpointer user);
