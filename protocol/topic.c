#include "protocol/topic.h"

#include <stdio.h>
#include <string.h>

#define N_SHARDS 64
#define PREFIX "hadir/1/"

/* The last two levels of each topic. */
static const char *const ends[] = {
	[TOPIC_UP_EVENTS] = "up/events",       [TOPIC_UP_HEALTH] = "up/health",
	[TOPIC_UP_ENROL] = "up/enrol",         [TOPIC_UP_WANT] = "up/want",
	[TOPIC_DOWN_RECEIPT] = "down/receipt", [TOPIC_DOWN_ROSTER] = "down/roster",
	[TOPIC_DOWN_COMMAND] = "down/command",
};
#define N_ENDS (sizeof ends / sizeof ends[0])

uint8_t topic_shard(const TerminalId *terminal, ProtocolSha256 sha256)
{
	Slice id = slice_of_text(terminal->text);
	Hash hash;

	sha256(&id, 1, &hash);
	return hash.bytes[0] % N_SHARDS;
}

void topic_format(char out[TOPIC_MAX], TopicKind kind, const TerminalId *terminal,
				  ProtocolSha256 sha256)
{
	snprintf(out, TOPIC_MAX, PREFIX "%02x/%s/%s", topic_shard(terminal, sha256), terminal->text,
			 ends[kind]);
}

bool topic_parse(Topic *topic, const char *text, ProtocolSha256 sha256)
{
	size_t prefix = strlen(PREFIX "ss/");
	const char *slash = strnlen(text, prefix) == prefix ? strchr(text + prefix, '/') : NULL;
	TerminalId terminal;
	char expected[TOPIC_MAX];

	if (!slash ||
		!terminal_id_parse(&terminal, slice_of(text + prefix, (size_t)(slash - text) - prefix)))
		return false;
	for (size_t i = 0; i < N_ENDS; i++) {
		if (strcmp(slash + 1, ends[i]) != 0)
			continue;
		/* One spelling of each topic: comparing the whole checks version and shard too. */
		topic_format(expected, (TopicKind)i, &terminal, sha256);
		if (strcmp(text, expected) != 0)
			return false;
		*topic = (Topic){(TopicKind)i, terminal, topic_shard(&terminal, sha256)};
		return true;
	}
	return false;
}

bool topic_is_up(TopicKind kind)
{
	return kind <= TOPIC_UP_WANT;
}
