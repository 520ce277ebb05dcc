/*
 * An event: what happened at a terminal, once, in the order of its journal.
 *
 *   event   = [header: bstr .cbor header-map, salt: bstr, payload: bstr / null, attachment: bstr / null]
 *   digest  = SHA-256(salt ‖ payload), in the header
 *   head    = SHA-256(header bytes); the next header repeats it as `previous`
 *   event 1's `previous` = SHA-256("hadir/1/journal" ‖ 0 ‖ terminal ‖ 0 ‖ journal id)
 *
 * The chain covers headers, so a payload can be destroyed by law (null) and the chain still
 * verifies.  An attachment (a visitor's sealed probe) lies beside the event; its hash is in the
 * payload, and it is destroyed once used.
 */
#pragma once

#include "protocol/codec.h"
#include "protocol/crypto.h"
#include "protocol/envelope.h"

#define EVENT_SIZE_MAX 8192
#define EVENT_SALT_SIZE 16

/* Numbers are for ever. Unknown ones are stored unjudged. */
typedef enum {
	EVENT_OPEN = 1,          /* first of every journal: names the one before */
	EVENT_BOOT = 2,
	EVENT_STOP = 3,          /* a clean stop */
	EVENT_ALIVE = 4,         /* every 15 minutes */
	EVENT_CLOCK_STEP = 5,
	EVENT_SENSOR_LOST = 6,
	EVENT_SENSOR_BACK = 7,
	EVENT_NETWORK_LOST = 8,
	EVENT_NETWORK_BACK = 9,
	EVENT_TAMPER = 10,
	EVENT_ADMIN = 11,        /* a command carried out */
	EVENT_ENROLMENT = 12,
	EVENT_RESERVE = 13,      /* disk reserve reached, or freed */
	EVENT_ROSTER = 14,       /* a roster version applied */
	EVENT_PUNCH = 20,        /* identified 1:N */
	EVENT_UNRECOGNISED = 21,
	EVENT_CLAIM = 22,        /* a number and a probe: verified by the server */
	EVENT_FINGERLESS = 23,   /* a number without a finger: counted when approved */
	EVENT_APPROVAL = 24,     /* an approver's finger for an event of this journal */
} EventKind;

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
/* Appends the event's bytes; fills header->digest and `head`.  An empty attachment is null. */
bool event_encode(WireBuffer *out, EventHeader *header, const uint8_t salt[EVENT_SALT_SIZE],
				  Slice payload, Slice attachment, ProtocolSha256 sha256, Hash *head);
WireResult event_decode(Slice bytes, Event *out);
/* Digest (unless the payload is destroyed), `previous` and `seq` follow?  Fills `head`. */
WireResult event_check(const Event *event, uint64_t seq, const Hash *previous,
					   ProtocolSha256 sha256, Hash *head);

/* Why a touch was not recognised. */
typedef enum {
	UNRECOGNISED_NO_MATCH = 1,
	UNRECOGNISED_TOO_CLOSE,   /* two people alike */
	UNRECOGNISED_POOR,        /* read, but not good enough to compare */
	UNRECOGNISED_EXPIRED,     /* the finger's entry is past its lease or not yet valid */
} UnrecognisedCause;

#define EVENT_TEXT_MAX 64
#define EVENT_NUMBER_MAX 18 /* digits a visitor types: our number or a NIP */
#define EVENT_REFERENCES_MAX 4

/* The payload of each kind; texts are borrowed from the payload. */
typedef struct {
	union {
		struct {
			RandomId previous_journal; /* all zero: none */
			uint64_t previous_seq;
			Hash previous_head;
			uint8_t reason; /* 0 first, 1 card restored, 2 file lost or broken */
			Slice version;
		} open;
		struct {
			Slice version, sensor, display, indicators; /* drivers' names */
			bool simulated;  /* any of them */
			bool clean;      /* the run before ended with EVENT_STOP */
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
			uint8_t outcome;  /* EnrolState of protocol/enrol.h */
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
	};
} EventBody;

void event_body_encode(WireBuffer *out, uint32_t kind, const EventBody *body);
/* WIRE_SHAPE for an unknown kind. */
WireResult event_body_decode(uint32_t kind, Slice payload, EventBody *out);

/* up/events: the COSE payload {terminal, journal, first, last, previous head, head}, and after the
 * COSE_Sign1 the events as byte strings. */
#define EVENT_BATCH_MAX 256

typedef struct {
	RandomId journal;
	uint64_t first, last;
	Hash previous, head;
	size_t n_events;
	Slice events[EVENT_BATCH_MAX]; /* borrowed */
} EventBatch;

/* Appends the whole message.  `head.type` must be MESSAGE_EVENTS. */
bool event_batch_encode(WireBuffer *out, const EnvelopeHead *head, const EventBatch *batch,
						ProtocolSign sign, void *key);
/* From an envelope whose signature is verified or will be. Checks counts and bounds only. */
WireResult event_batch_decode(const Envelope *envelope, EventBatch *out);
/* Decodes each event and follows the chain from `previous` to `head`. `bad` gets the index of the
 * first event that does not follow. */
WireResult event_batch_check(const EventBatch *batch, ProtocolSha256 sha256, size_t *bad);
