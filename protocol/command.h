/*
 * down/command: an order to one terminal.  Commands have ids that grow.  The server sends the oldest
 * pending one, again and again until `want` says it was carried out, and only then the next: each is
 * idempotent, and `last_command` of a want leaves none open that came before.
 */
#pragma once

#include "protocol/codec.h"

#define COMMAND_FINGERS_MAX 4
#define COMMAND_CERTIFICATES_MAX 4
#define COMMAND_CERTIFICATE_SIZE_MAX 4096
#define COMMAND_CODE_SIZE_MAX 256 /* sealed */
#define COMMAND_CODE_MINUTES_MAX 60

typedef enum {
	COMMAND_ENROL = 1,
	COMMAND_ENROL_CANCEL = 2,
	COMMAND_ENROL_ANSWER = 3, /* what became of the templates sent */
	COMMAND_CLAIM_ANSWER = 4, /* what became of a visitor's claim or a fingerless punch */
	COMMAND_CERTIFICATE = 5,  /* the answer to join: leaf first, then trust anchors */
	COMMAND_KEYS = 6,         /* server keys that are valid from now on */
	COMMAND_REVOKED = 7,      /* stop identifying, remove the roster */
	COMMAND_RESYNC = 8,       /* send a fresh want with roster version 0 */
	COMMAND_CODE = 9,         /* the answer to an EVENT_CODE */
} CommandKind;

typedef enum {
	ANSWER_ACCEPTED = 1,
	ANSWER_HELD, /* waits for BKD: a duplicate elsewhere */
	ANSWER_REFUSED,
	ANSWER_UNKNOWN, /* the number names nobody */
} AnswerOutcome;

typedef struct {
	uint64_t id;
	uint32_t kind;
	union {
		struct {
			RandomId enrolment;
			PersonId person;
			Slice name;         /* ≤ ROSTER_NAME_MAX of protocol/roster.h */
			Slice ordered_by;   /* ≤ EVENT_TEXT_MAX of protocol/event.h */
			int64_t expires_ms; /* UTC ms; after it the order is void */
			size_t n_fingers;
			Finger fingers[COMMAND_FINGERS_MAX];
		} enrol;
		struct {
			RandomId enrolment;
		} enrol_cancel;
		struct {
			RandomId enrolment;
			AnswerOutcome outcome;
		} enrol_answer;
		struct {
			RandomId journal;
			uint64_t seq;
			AnswerOutcome outcome;
			PersonId person; /* 0 unless accepted */
			Slice name;      /* empty unless accepted */
		} claim_answer;
		struct {
			size_t n_certificates;
			Slice certificates[COMMAND_CERTIFICATES_MAX]; /* DER */
			size_t n_leaf; /* how many belong to the leaf's chain; the rest are anchors */
		} certificate;
		struct {
			PublicKey signing; /* verifies what the server sends */
			PublicKey sealing; /* the vault's: probes and templates are sealed to it */
		} keys;
		struct {
			RandomId journal;
			uint64_t seq; /* of the EVENT_CODE */
			AnswerOutcome outcome;
			Slice sealed;     /* the code, to the terminal (seal_reference_code()); when accepted */
			uint32_t minutes; /* how long it is good; when accepted */
		} code;
	};
} Command;

bool command_kind_known(uint32_t kind);
/* `out` fails for an unknown kind or a value out of bounds. */
void command_encode(WireBuffer *out, const Command *command);
/* WIRE_OK for an unknown kind too, with `id` and `kind` alone: a server may know more kinds than a
 * terminal, which passes them by. */
WireResult command_decode(Slice payload, Command *out);
