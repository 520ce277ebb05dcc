/*
 * COSE_Sign1 (RFC 9052 §4.2) around every message.
 *
 * Protected header: 1 alg = -7 (ES256), 4 kid, 16 typ (RFC 9596) = "hadir-…", and our own -70001
 * terminal, -70002 epoch (downwards only), -70003 number.  The unprotected header is empty.
 * Nothing else: an unknown protected header is refused, since it could change the meaning.
 */
#pragma once

#include "protocol/codec.h"
#include "protocol/crypto.h"

typedef enum {
	MESSAGE_EVENTS = 1, /* up/events */
	MESSAGE_HEALTH,     /* up/health */
	MESSAGE_ENROL,      /* up/enrol */
	MESSAGE_WANT,       /* up/want */
	MESSAGE_JOIN,       /* up/want: a new device's keys and certificate request */
	MESSAGE_RECEIPT,    /* down/receipt */
	MESSAGE_ROSTER,     /* down/roster */
	MESSAGE_COMMAND,    /* down/command */
} MessageType;

bool message_type_is_down(MessageType type);
/* "hadir-events"; static storage. "unknown" for what is none. */
const char *message_type_name(MessageType type);

typedef struct {
	MessageType type;
	KeyId key;
	TerminalId terminal;
	bool has_epoch; /* always downwards, never upwards */
	RandomId epoch;
	uint64_t number; /* grows with every message of one sender to one receiver; persisted */
} EnvelopeHead;

typedef struct {
	EnvelopeHead head;
	/* All borrowed from the message. */
	Slice protected_header; /* the encoded map, without its byte string */
	Slice payload;
	const uint8_t *signature; /* 64 bytes */
	Slice rest;               /* what follows the COSE_Sign1: the events of up/events */
} Envelope;

#define MESSAGE_SIZE_MAX (256 * 1024)

/* Appends the signed message.  False, and `out` as before or failed, when out of memory, when `sign`
 * fails, or when `head` breaks a rule above. */
bool envelope_sign(WireBuffer *out, const EnvelopeHead *head, Slice payload, ProtocolSign sign,
				   void *key);
/* Checks form and bounds of everything but the payload's content. */
WireResult envelope_decode(Slice message, Envelope *out);
/* WIRE_OK or WIRE_SIGNATURE. Whether head names the right key, terminal and number is the
 * caller's to check. */
WireResult envelope_verify(const Envelope *envelope, ProtocolVerify verify, const PublicKey *key);

/* The Sig_structure of RFC 9052 §4.4: what is signed. */
void envelope_signed_bytes(WireBuffer *out, Slice protected_header, Slice payload);
