/*
 * up/want: what the terminal holds; the server answers with the receipt, pending commands and the
 * next roster chunk.  Sent on connect, daily, and after each chunk that said `more`.
 *
 * A new device sends `join` on the same topic instead, signed by the key it brings.
 */
#pragma once

#include "protocol/codec.h"

typedef struct {
	bool has_epoch; /* false: never heard a server */
	RandomId epoch;
	uint64_t roster_version; /* 0: none */
	uint64_t last_command;   /* id of the last command carried out */
	RandomId journal;
	uint64_t seq; /* last journalled */
	Hash head;
	bool only_roster; /* asks for the next chunk and nothing else */
} Want;

void want_encode(WireBuffer *out, const Want *want);
WireResult want_decode(Slice payload, Want *out);

#define JOIN_CSR_MAX 2048

typedef struct {
	PublicKey signing; /* verifies this message and all later ones */
	PublicKey sealing; /* templates are sealed to it */
	Slice csr;         /* PKCS #10, DER, CN = terminal id, of the TLS key; borrowed */
	bool renewal;      /* false: first join, `proof` needed; true: signed by the known key */
	/* HMAC-SHA256(bootstrap secret, signing ‖ sealing ‖ csr); all zero for a renewal, and only then */
	Hash proof;
} Join;

void join_encode(WireBuffer *out, const Join *join);
WireResult join_decode(Slice payload, Join *out);
