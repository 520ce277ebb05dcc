/*
 * Who is being served: their sample, what comparing it gave, the event it became, and who was served
 * a moment ago.  It does what terminal_step() says; it decides nothing itself.
 */
#pragma once

#include "firmware/record.h"
#include "firmware/terminal_step.h"

typedef struct {
	Roster *roster; /* borrowed, as the recorder */
	Identifier *identifier;
	const Recorder *recorder;
	MatchTemplate *sample;
	IdentifyAnswer answer;
	Recorded recorded;          /* the last event; of a repeat, the time of the first */
	char *name;                 /* for the panel: in capitals, never NULL */
	Recorded fingerless;        /* the one an approver may approve */
	PersonId fingerless_person; /* 0: a NIP was typed */
	char *fingerless_name;
	GHashTable *recents; /* who punched here and when */
	Recorded asked;      /* the event by which a code was asked for */
	PersonId asker;
} Served;

/* Loads the gallery. On FALSE nothing is left allocated. */
gboolean served_init(Served *self, Roster *roster, const Recorder *recorder, GError **error);
void served_clear(Served *self);

void served_set_name(Served *self, const char *name);

/* Compares the sample for `purpose`; `number` is what was typed. Fills the INPUT_RESULT. */
void served_match(Served *self, TerminalPurpose purpose, const char *number, TerminalInput *out);
/* Journals what `effect`, one of EFFECT_RECORD_*, says. TRUE: `out` says what of it matters to the
 * machine. */
gboolean served_record(Served *self, TerminalEffect effect, const TerminalState *state,
					   TerminalInput *out, GError **error);
