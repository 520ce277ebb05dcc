/*
 * What the server's roles say to each other over their channels (protocol/process/channel.h).
 *
 *   web ──COMMANDS, PEOPLE──> core ──CHANGED, TERMINAL──> web
 *   core ──LOAD, FORGET, ENROL, RESEAL, VERIFY──> vault ──ENROLLED, RESEALED, VERIFIED──> core
 *
 * Payloads are deterministic CBOR arrays (protocol/codec.h), bounded on reading: each end treats
 * the other as possibly taken over.  Requests to the vault carry a number that the answer repeats.
 */
#pragma once

#include <glib.h>

#include "protocol/codec.h"
#include "protocol/command.h"
#include "protocol/enrol.h"
#include "protocol/envelope.h"
#include "protocol/roster.h"

typedef enum {
	/* web → core */
	SERVER_COMMANDS = 1, /* [terminal]: its command table has new rows */
	SERVER_PEOPLE = 2,   /* [person]: assignments, names or references changed; 0: of many */
	/* core → web */
	SERVER_CHANGED = 16,   /* [person, day, terminal]: a punch or verdict of that day is new */
	SERVER_TERMINAL = 17,  /* [terminal]: its health or connection changed */
	SERVER_ENROLMENT = 18, /* [enrolment id]: its row changed */
	/* core → vault */
	SERVER_VAULT_LOAD = 32,   /* VaultReference: belongs to the gallery of the duplicate search */
	SERVER_VAULT_FORGET = 33, /* [reference]: destroyed */
	SERVER_VAULT_ENROL = 34,  /* VaultEnrol */
	SERVER_VAULT_RESEAL = 35, /* VaultReseal */
	SERVER_VAULT_VERIFY = 36, /* VaultVerify */
	/* vault → core */
	SERVER_VAULT_ENROLLED = 48, /* VaultEnrolled */
	SERVER_VAULT_RESEALED = 49, /* VaultResealed */
	SERVER_VAULT_VERIFIED = 50, /* VaultVerified */
} ServerMessageType;

/* ── core and web ── */

typedef struct {
	gint64 person;       /* 0: of many people */
	gint64 day;          /* days since 1970-01-01, local */
	TerminalId terminal; /* empty when no terminal is involved */
} ServerChanged;

void server_changed_encode(WireBuffer *out, const ServerChanged *changed);
gboolean server_changed_decode(Slice payload, ServerChanged *out);
/* SERVER_COMMANDS and SERVER_TERMINAL. */
void server_terminal_encode(WireBuffer *out, const TerminalId *terminal);
gboolean server_terminal_decode(Slice payload, TerminalId *out);
/* SERVER_PEOPLE. */
void server_person_encode(WireBuffer *out, gint64 person);
gboolean server_person_decode(Slice payload, gint64 *person);
/* SERVER_ENROLMENT. */
void server_enrolment_encode(WireBuffer *out, const RandomId *enrolment);
gboolean server_enrolment_decode(Slice payload, RandomId *out);

/* ── core and vault ── */

/* A reference at rest: sealed to the vault's key, context {"vault", person, reference id}. */
typedef struct {
	gint64 person, reference;
	Slice sealed; /* ≤ ROSTER_SEALED_MAX; borrowed */
} VaultReference;

void vault_reference_encode(WireBuffer *out, const VaultReference *reference);
gboolean vault_reference_decode(Slice payload, VaultReference *out);
void vault_forget_encode(WireBuffer *out, gint64 reference);
gboolean vault_forget_decode(Slice payload, gint64 *reference);

/* "These impressions came from a terminal, sealed to the vault: are they good?" */
typedef struct {
	guint64 request;
	EnrolReport report; /* with its templates */
	TerminalId terminal;
	gint64 references[ENROL_TEMPLATES_MAX]; /* the ids the new references will have */
} VaultEnrol;

typedef enum {
	VAULT_ENROLLED = 1,
	VAULT_DUPLICATE,     /* good, but the finger is, or may be, already that of `other` */
	VAULT_OTHER_FINGERS, /* impressions said to be of one finger are not */
	VAULT_UNREADABLE,    /* does not open, or is no template, or too poor */
} VaultEnrolOutcome;

typedef struct {
	guint64 request;
	VaultEnrolOutcome outcome;
	gint64 other; /* person, VAULT_DUPLICATE only */
	guint32 n; /* references, resealed for rest, in the order of the request; both outcomes above */
	Slice sealed[ENROL_TEMPLATES_MAX];
} VaultEnrolled;

void vault_enrol_encode(WireBuffer *out, const VaultEnrol *enrol);
gboolean vault_enrol_decode(Slice payload, VaultEnrol *out);
void vault_enrolled_encode(WireBuffer *out, const VaultEnrolled *enrolled);
gboolean vault_enrolled_decode(Slice payload, VaultEnrolled *out);

/* "Seal these references to this terminal." */
#define VAULT_RESEAL_MAX 64

typedef struct {
	guint64 request;
	TerminalId terminal;
	PublicKey sealing;
	guint32 n;
	VaultReference references[VAULT_RESEAL_MAX];
} VaultReseal;

typedef struct {
	guint64 request;
	guint32 n;
	struct {
		gint64 reference;
		Slice sealed; /* empty: it could not be opened */
	} references[VAULT_RESEAL_MAX];
} VaultResealed;

void vault_reseal_encode(WireBuffer *out, const VaultReseal *reseal);
gboolean vault_reseal_decode(Slice payload, VaultReseal *out);
void vault_resealed_encode(WireBuffer *out, const VaultResealed *resealed);
gboolean vault_resealed_decode(Slice payload, VaultResealed *out);

/* "Is the probe of this claim a finger of this person?" */
typedef struct {
	guint64 request;
	TerminalId terminal;
	Slice number; /* that was typed */
	Slice probe;  /* sealed, context {terminal, 0, number} */
	guint32 n;
	VaultReference references[ROSTER_REFERENCES_MAX];
} VaultVerify;

typedef enum {
	VAULT_SAME = 1,
	VAULT_DIFFERENT,
	VAULT_PROBE_UNREADABLE,
} VaultVerifyOutcome;

typedef struct {
	guint64 request;
	VaultVerifyOutcome outcome;
	gint32 score_milli;
} VaultVerified;

void vault_verify_encode(WireBuffer *out, const VaultVerify *verify);
gboolean vault_verify_decode(Slice payload, VaultVerify *out);
void vault_verified_encode(WireBuffer *out, const VaultVerified *verified);
gboolean vault_verified_decode(Slice payload, VaultVerified *out);
