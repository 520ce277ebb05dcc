/*
 * One good sample of everything that goes over the wire, the same at each call: what tests change
 * one thing of, what the golden messages in protocol/vectors are made from.  Numbers and names are
 * made up.
 */
#pragma once

#include "protocol/command.h"
#include "protocol/enrol.h"
#include "protocol/event.h"
#include "protocol/health.h"
#include "protocol/receipt.h"
#include "protocol/roster.h"
#include "protocol/seal.h"
#include "protocol/want.h"

extern const TerminalId wire_sample_terminal;
extern const RandomId wire_sample_journal, wire_sample_epoch, wire_sample_boot;

/* The head of a message signed with wire_test_key. */
EnvelopeHead wire_sample_head(MessageType type);

Receipt wire_sample_receipt(void);
Health wire_sample_health(void);
Want wire_sample_want(void);
Join wire_sample_join(void);
/* Borrows static arrays: not to be cleared. */
RosterChunk wire_sample_roster(void);
/* False when `kind` is none of ours. */
bool wire_sample_command(uint32_t kind, Command *out);
EnrolReport wire_sample_enrol(void); /* ENROL_DONE */
/* "a template" of the sample person's reference 77 in a roster of the sample terminal, sealed to the
 * test key; and what it is bound to. */
void wire_sample_sealed(WireBuffer *out);
SealContext wire_sample_seal_context(void);

/* Kinds that have a sample, and its body; false when `kind` is none of ours. */
bool wire_sample_body(uint32_t kind, EventBody *out);
/* What lies beside an event of that kind; mostly empty. */
Slice wire_sample_attachment(uint32_t kind);

/* Events 1 … n of the sample journal, of all kinds in turn (the first EVENT_OPEN).  `events` are
 * borrowed from `memory`. */
void wire_sample_chain(WireBuffer *memory, size_t n, EventBatch *out);
