/*
 * Collect: what came over MQTT, as far as it can be told without a key.  Topic, size, envelope, and
 * that topic and envelope name one terminal and one kind.  Pure.
 */
#pragma once

#include <glib.h>

#include "protocol/envelope.h"
#include "protocol/topic.h"

/* Each has a name, for counting: collect_cause(). */
typedef enum {
	COLLECT_OK,
	COLLECT_TOPIC,    /* no topic of ours, or of the wrong shard, or downwards */
	COLLECT_SIZE,     /* larger than MESSAGE_SIZE_MAX */
	COLLECT_ENVELOPE, /* no COSE_Sign1 as we write it */
	COLLECT_TERMINAL, /* the envelope names another terminal than the topic */
	COLLECT_TYPE,     /* the envelope's type does not belong to the topic */
} CollectResult;

typedef struct {
	TopicKind kind;
	TerminalId terminal;
	GBytes *message;   /* owned */
	Envelope envelope; /* borrowed from message */
} Collected;

/* On COLLECT_OK `out` holds a reference to the message; collected_clear() drops it. */
CollectResult collect_message(const char *topic, GBytes *message, Collected *out);
void collected_clear(Collected *collected);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Collected, collected_clear)
const char *collect_cause(CollectResult result);
