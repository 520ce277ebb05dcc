/*
 * Who is it?  The gallery of this terminal, kept in step with its roster, and the two questions
 * put to it: 1:N for home people, 1:1 for who typed their own number.
 *
 * References lie unsealed in memory only.
 */
#pragma once

#include "firmware/match/match.h"
#include "firmware/roster.h"

typedef struct Identifier Identifier;

/* Loads all references. `roster` is borrowed and outlives it. */
Identifier *identifier_new(Roster *roster, GError **error);
void identifier_free(Identifier *identifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Identifier, identifier_free)

/* To be called for each change of the roster (RosterChanged). */
void identifier_person_changed(Identifier *identifier, PersonId person, gboolean removed);

typedef enum {
	IDENTIFY_FOUND,
	IDENTIFY_NONE,
	IDENTIFY_TOO_CLOSE,
	IDENTIFY_EXPIRED, /* a finger we hold, of somebody who may not be answered now */
	IDENTIFY_MOVED,   /* the same; their entry says they have moved */
	IDENTIFY_POOR,    /* the probe has too little to compare; see match_sample_for_touch() */
} IdentifyOutcome;

typedef struct {
	IdentifyOutcome outcome;
	PersonId person; /* FOUND only; otherwise 0: no guessed identity leaves here */
	int64_t reference;
	gint32 score, margin; /* thousandths, of the best */
} IdentifyAnswer;

IdentifyAnswer identifier_identify(const Identifier *identifier, const MatchTemplate *probe,
								   int64_t now_ms);
/* Does the probe belong to that person, who is on the roster and eligible?  FOUND, NONE, EXPIRED,
 * MOVED, or POOR. */
IdentifyAnswer identifier_verify(const Identifier *identifier, const MatchTemplate *probe,
								 PersonId person, int64_t now_ms);

gsize identifier_n_references(const Identifier *identifier);
