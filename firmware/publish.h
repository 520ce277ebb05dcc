/*
 * The way out: events in signed batches until the server's receipt releases them, health,
 * enrolment reports, wants and joins (design decisions 2, 3, 9).
 *
 * A batch that is not receipted is sent again after a pause that doubles, with jitter.  Nothing
 * here decides that an event is safe: journal_apply_receipt() does, on a verified receipt.
 */
#pragma once

#include <glib.h>

#include "firmware/journal.h"
#include "firmware/keystore.h"
#include "firmware/localdb.h"
#include "protocol/enrol.h"
#include "protocol/health.h"
#include "protocol/topic.h"
#include "protocol/want.h"

#define PUBLISH_BATCH_SIZE (200 * 1024) /* bytes of events in one message */
#define PUBLISH_WINDOW 4                /* batches under way */
#define PUBLISH_RETRY_MIN_MS 5000
#define PUBLISH_RETRY_MAX_MS (5 * 60 * 1000)

/* Hands one message to the uplink.  FALSE when it is not connected or its queue is full. */
typedef gboolean (*PublishSend)(TopicKind kind, Slice message, gpointer user);

typedef struct {
	TerminalId terminal;
	Journal *journal;
	Keystore *keys;
	LocalDb *db;
	PublishSend send;
	gpointer user;
} PublisherConfig;

typedef struct Publisher Publisher;

/* Parts are borrowed and outlive the publisher.  Takes the journal's appended callback. */
Publisher *publisher_new(const PublisherConfig *config);
void publisher_free(Publisher *publisher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Publisher, publisher_free)

/* The link came up or went down.  Events are sent from the first receipt on, with which the server
 * answers a want; down stops it. */
void publisher_set_connected(Publisher *publisher, gboolean connected);
/* After journal_apply_receipt(). */
void publisher_receipted(Publisher *publisher, const Receipt *receipt,
						 JournalReceiptOutcome outcome);

gboolean publisher_send_health(Publisher *publisher, const Health *health, GError **error);
/* The signed message of the last will, to be given to the uplink. */
GBytes *publisher_will(Publisher *publisher, const Health *health, GError **error);
gboolean publisher_send_want(Publisher *publisher, const Want *want, GError **error);
gboolean publisher_send_join(Publisher *publisher, const Join *join, GError **error);

/* Progress is sent once and may be lost.  A report in state ENROL_DONE is kept in local.db and sent
 * until publisher_enrol_answered(). */
gboolean publisher_send_enrol(Publisher *publisher, const EnrolReport *report, GError **error);
void publisher_enrol_answered(Publisher *publisher, const RandomId *enrolment);
