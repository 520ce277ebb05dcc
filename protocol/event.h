/*
 * An event: what happened at a terminal, once, in the order of its journal.
 *
 *   event   = [header: bstr .cbor header-map, salt: bstr / null, payload: bstr / null,
 *              attachment: bstr / null]
 *   digest  = SHA-256(salt ‖ payload), in the header
 *   head    = SHA-256(header bytes); the next header repeats it as `previous`
 *   event 1's `previous` = SHA-256("hadir/1/journal" ‖ 0 ‖ terminal ‖ 0 ‖ journal id)
 *
 * The chain covers headers, so the server can destroy a payload by law (null, together with its
 * salt, by which a short payload could be guessed) and the chain still verifies.  An attachment (a
 * visitor's sealed probe) lies beside the event; its hash is in the payload, and the server destroys
 * it once used.  A terminal keeps events whole: one that arrives without its parts was robbed of
 * them on the way, and event_batch_check() refuses it.
 */
#pragma once

#include "protocol/codec.h"
#include "protocol/crypto.h"
#include "protocol/envelope.h"

#define EVENT_SIZE_MAX 8192
#define EVENT_SALT_SIZE 16

/* Numbers are for ever. Unknown ones are stored unjudged. */
typedef enum {
	EVENT_OPEN = 1, /* first of every journal: names the one before */
	EVENT_BOOT = 2,
	EVENT_STOP = 3,  /* a clean stop */
	EVENT_ALIVE = 4, /* every 15 minutes */
	EVENT_CLOCK_STEP = 5,
	EVENT_SENSOR_LOST = 6,
	EVENT_SENSOR_BACK = 7,
	EVENT_NETWORK_LOST = 8,
	EVENT_NETWORK_BACK = 9,
	EVENT_TAMPER = 10,
	EVENT_ADMIN = 11, /* a command carried out */
	EVENT_ENROLMENT = 12,
	EVENT_RESERVE = 13, /* disk reserve reached, or freed */
	EVENT_ROSTER = 14,  /* a roster version applied */
	EVENT_PUNCH = 20,   /* identified 1:N */
	EVENT_UNRECOGNISED = 21,
	EVENT_CLAIM = 22,      /* a number and a probe: verified by the server */
	EVENT_FINGERLESS = 23, /* a number without a finger: counted when approved */
	EVENT_APPROVAL = 24,   /* an approver's finger for an event of this journal */
	EVENT_CODE = 25,       /* who was just identified asks for the code of their account */
} EventKind;

bool event_kind_known(uint32_t kind);
/* "punch"; static storage. NULL for an unknown kind. */
const char *event_kind_name(uint32_t kind);

/* How far the wall clock can be trusted. */
typedef enum {
	CLOCK_UNSET = 0,    /* not set since boot; wall_ms is a guess */
	CLOCK_DOUBTFUL = 1, /* kept by a battery clock, or stepped since last set */
	CLOCK_SET = 2,      /* set by time synchronisation */
} ClockTrust;

typedef struct {
	uint64_t seq; /* from 1, without gaps, in one journal */
	uint32_t kind;
	int64_t wall_ms;  /* UTC ms since 1970 as the clock said; never rewritten */
	uint64_t mono_ms; /* since boot */
	RandomId boot;
	ClockTrust trust;
	uint32_t uncertainty_ms; /* bound of the wall clock's error as far as known */
	Hash digest;
	Hash previous;
} EventHeader;

typedef struct {
	EventHeader header;
	/* Borrowed from the decoded bytes. */
	Slice header_bytes, salt, payload, attachment;
	bool payload_destroyed;
} Event;

/* `previous` of event 1. */
void event_genesis(const TerminalId *terminal, const RandomId *journal, ProtocolSha256 sha256,
				   Hash *out);
/* Appends the event's bytes; fills header->digest and `head`.  An empty attachment is null.  False,
 * and nothing appended, when a value is out of bounds or the event larger than EVENT_SIZE_MAX. */
bool event_encode(WireBuffer *out, EventHeader *header, const uint8_t salt[EVENT_SALT_SIZE],
				  Slice payload, Slice attachment, ProtocolSha256 sha256, Hash *head);
WireResult event_decode(Slice bytes, Event *out);
WireResult event_header_decode(Slice bytes, EventHeader *out);
/* Do digest (unless the payload is destroyed), attachment (unless it is), `previous` and `seq`
 * follow?  WIRE_OK, and `head` is this event's, or WIRE_CHAIN. */
WireResult event_check(const Event *event, uint64_t seq, const Hash *previous,
					   ProtocolSha256 sha256, Hash *head);

typedef enum {
	EVENT_PAYLOAD,    /* with salt and attachment */
	EVENT_ATTACHMENT, /* alone */
} EventPart;

/* Appends the event's bytes without that part; its header, and so the chain, stays as it was. */
bool event_destroy(WireBuffer *out, const Event *event, EventPart part);

/* Why a journal was begun. */
enum {
	OPEN_FIRST = 0,
	OPEN_CARD_RESTORED = 1, /* an older copy of the card was put back */
	OPEN_FILE_LOST = 2,     /* or broken */
};

/* Why a touch was not recognised. */
typedef enum {
	UNRECOGNISED_NO_MATCH = 1,
	UNRECOGNISED_TOO_CLOSE, /* two people alike */
	UNRECOGNISED_POOR,      /* read, but not good enough to compare */
	UNRECOGNISED_EXPIRED,   /* the finger's entry is past its lease or not yet valid */
} UnrecognisedCause;

#define EVENT_TEXT_MAX 64
#define EVENT_NUMBER_MAX 18     /* digits a visitor types: our number or a NIP */
#define EVENT_REFERENCES_MAX 12 /* ENROL_TEMPLATES_MAX of protocol/enrol.h */

/* Where an enrolment stands; also in up/enrol. */
typedef enum {
	ENROL_WAITING = 1,
	ENROL_CAPTURING,
	ENROL_DONE,
	ENROL_CANCELLED,
	ENROL_TIMEOUT,
	ENROL_FAILED,
} EnrolState;

/* The payload of each kind; texts (≤ EVENT_TEXT_MAX) are borrowed from the payload.  Kinds without
 * a member here have an empty payload. */
typedef struct {
	union {
		struct {
			RandomId previous_journal; /* all zero: none */
			uint64_t previous_seq;
			Hash previous_head;
			uint8_t reason; /* OPEN_… */
			Slice version;  /* of the program */
		} open;
		struct {
			Slice version, sensor, display, indicators; /* drivers' names */
			bool simulated;                             /* any of them */
			bool clean;                                 /* the run before ended with EVENT_STOP */
		} boot;
		struct {
			uint64_t backlog; /* unreceipted events */
			uint64_t roster_version;
			bool sensor_ok;
		} alive;
		struct {
			int64_t delta_ms; /* new minus expected */
		} clock_step;
		struct {
			Slice cause;
		} sensor; /* lost and back */
		struct {
			bool open;
		} tamper;
		struct {
			uint64_t command; /* its id */
			Slice action;     /* "enrol-cancel", "certificate", … */
		} admin;
		struct {
			RandomId enrolment;
			PersonId person;
			Slice ordered_by; /* the server's name of who ordered it */
			uint8_t outcome;  /* EnrolState */
			size_t n_references;
			struct {
				Finger finger;
				Hash sealed; /* SHA-256 of the sealed template sent in up/enrol */
			} references[EVENT_REFERENCES_MAX];
		} enrolment;
		struct {
			bool reached; /* or freed */
			uint64_t free_bytes;
		} reserve;
		struct {
			uint64_t version;
			RandomId epoch;
		} roster;
		struct {
			PersonId person;
			int64_t reference;
			int32_t score_milli;  /* of the matcher, thousandths */
			int32_t margin_milli; /* over the second person */
			uint8_t quality;      /* 0 … 100 */
		} punch;
		struct {
			UnrecognisedCause cause;
			uint8_t quality;
			uint32_t attempt; /* within this person's stay at the terminal, from 1 */
		} unrecognised;
		struct {
			Slice number; /* digits, 1 … EVENT_NUMBER_MAX */
			uint8_t quality;
			Hash probe; /* SHA-256 of the attachment */
		} claim;
		struct {
			Slice number;
		} fingerless;
		struct {
			uint64_t seq; /* of the EVENT_FINGERLESS in this journal */
			PersonId approver;
			int32_t score_milli;
		} approval;
		struct {
			PersonId person;
			int64_t reference;
			int32_t score_milli; /* of the touch before it */
		} code;
	};
} EventBody;

/* `out` fails for an unknown kind or a value out of bounds. */
void event_body_encode(WireBuffer *out, uint32_t kind, const EventBody *body);
/* WIRE_SHAPE for an unknown kind: the event is stored all the same. */
WireResult event_body_decode(uint32_t kind, Slice payload, EventBody *out);

/* up/events: the COSE payload {journal, first, last, previous head, head} (the terminal is in the
 * envelope), and after the COSE_Sign1 the events as byte strings: a CBOR sequence (RFC 8742). */
#define EVENT_BATCH_MAX 256

typedef struct {
	RandomId journal;
	uint64_t first, last;
	Hash previous, head;
	size_t n_events;
	Slice events[EVENT_BATCH_MAX]; /* borrowed */
} EventBatch;

/* Appends the whole message.  `head.type` must be MESSAGE_EVENTS, `n_events` what first … last
 * say.  False, and nothing appended, also when it would be larger than MESSAGE_SIZE_MAX: a sender
 * ends a batch before its events' bytes reach EVENT_BATCH_BYTES. */
#define EVENT_BATCH_BYTES (MESSAGE_SIZE_MAX - 2048)
bool event_batch_encode(WireBuffer *out, const EnvelopeHead *head, const EventBatch *batch,
						ProtocolSign sign, void *key);
/* From an envelope whose signature is verified or will be. Checks counts and bounds only. */
WireResult event_batch_decode(const Envelope *envelope, EventBatch *out);
/* The signed part alone, without the events: `n_events` is 0.  For the audit, which has them. */
WireResult event_statement_decode(const Envelope *envelope, EventBatch *out);
/* Decodes each event and follows the chain from `previous` to `head`, and that no part is missing.
 * On failure `bad` is the index of the first event that does not follow. */
WireResult event_batch_check(const EventBatch *batch, ProtocolSha256 sha256, size_t *bad);
