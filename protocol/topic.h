/*
 * `hadir/1/{shard}/{terminal}/{up|down}/{kind}`: shard is two hex digits, the first byte of
 * SHA-256(terminal id) modulo 64, checked by the receiver.
 */
#pragma once

#include "protocol/crypto.h"

typedef enum {
	TOPIC_UP_EVENTS,
	TOPIC_UP_HEALTH,
	TOPIC_UP_ENROL,
	TOPIC_UP_WANT,
	TOPIC_DOWN_RECEIPT,
	TOPIC_DOWN_ROSTER,
	TOPIC_DOWN_COMMAND,
} TopicKind;

#define TOPIC_MAX 96

typedef struct {
	TopicKind kind;
	TerminalId terminal;
	uint8_t shard;
} Topic;

uint8_t topic_shard(const TerminalId *terminal, ProtocolSha256 sha256);
void topic_format(char out[TOPIC_MAX], TopicKind kind, const TerminalId *terminal,
				  ProtocolSha256 sha256);
/* False for any other text, a terminal id that is none, or a shard that is not the terminal's. */
bool topic_parse(Topic *topic, const char *text, ProtocolSha256 sha256);
bool topic_is_up(TopicKind kind);
