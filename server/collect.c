#include "server/collect.h"

#include "server/crypto_openssl.h"
#include "server/wire.h"

const char *collect_cause(CollectResult result)
{
	static const char *const causes[] = {
		[COLLECT_OK] = "ok",
		[COLLECT_TOPIC] = "topic",
		[COLLECT_SIZE] = "size",
		[COLLECT_ENVELOPE] = "envelope",
		[COLLECT_TERMINAL] = "misdirected",
		[COLLECT_TYPE] = "type",
	};
	return causes[result];
}

static gboolean type_belongs(TopicKind kind, MessageType type)
{
	switch (kind) {
	case TOPIC_UP_EVENTS:
		return type == MESSAGE_EVENTS;
	case TOPIC_UP_HEALTH:
		return type == MESSAGE_HEALTH;
	case TOPIC_UP_ENROL:
		return type == MESSAGE_ENROL;
	case TOPIC_UP_WANT:
		return type == MESSAGE_WANT || type == MESSAGE_JOIN;
	case TOPIC_DOWN_RECEIPT:
	case TOPIC_DOWN_ROSTER:
	case TOPIC_DOWN_COMMAND:
	default:
		return FALSE;
	}
}

CollectResult collect_message(const char *topic_text, GBytes *message, Collected *out)
{
	Topic topic;
	Envelope envelope;
	if (!topic_parse(&topic, topic_text, crypto_sha256) || !topic_is_up(topic.kind))
		return COLLECT_TOPIC;
	if (g_bytes_get_size(message) > MESSAGE_SIZE_MAX)
		return COLLECT_SIZE;
	if (envelope_decode(slice_of_bytes(message), &envelope) != WIRE_OK)
		return COLLECT_ENVELOPE;
	if (!terminal_id_equal(&envelope.head.terminal, &topic.terminal))
		return COLLECT_TERMINAL;
	if (!type_belongs(topic.kind, envelope.head.type) || envelope.head.has_epoch)
		return COLLECT_TYPE;
	*out = (Collected){.kind = topic.kind,
					   .terminal = topic.terminal,
					   .message = g_bytes_ref(message),
					   .envelope = envelope};
	return COLLECT_OK;
}

void collected_clear(Collected *collected)
{
	g_clear_pointer(&collected->message, g_bytes_unref);
}
