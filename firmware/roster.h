/*
 * Whom this terminal identifies: people, their sealed references, their windows of the next days
 * (design decisions 9 and 10).  Lives in local.db and in memory; references are unsealed in memory
 * only, one at a time, for whoever builds the gallery.
 *
 * Entries begin and end by themselves, without a network: not-before is the TMT, not-after the
 * lease or the end of grace.  What is removed is in no file afterwards.
 */
#pragma once

#include <glib.h>

#include "firmware/keystore.h"
#include "firmware/localdb.h"
#include "protocol/roster.h"

typedef struct {
	PersonId person;
	char *name;                          /* without titles; UTF-8 */
	int64_t not_before_ms, not_after_ms; /* eligible in [not_before, not_after) */
	uint32_t schedule;                   /* 0 none */
	uint32_t flags;                      /* ROSTER_APPROVER | ROSTER_EXEMPT | ROSTER_MOVED */
	uint32_t n_references;
} RosterPerson;

typedef struct Roster Roster;

/* Loads the people. `db` and `keys` are borrowed and outlive the roster. */
Roster *roster_open(LocalDb *db, Keystore *keys, const TerminalId *terminal, GError **error);
void roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

/* NULL when not on the roster. Borrowed until the roster changes. */
const RosterPerson *roster_person(const Roster *roster, PersonId person);
/* On the roster, and `now_ms` within [not_before, not_after)? */
gboolean roster_eligible(const Roster *roster, PersonId person, int64_t now_ms);

typedef enum {
	ROSTER_DIRECTION_UNKNOWN, /* no windows are known for this time */
	ROSTER_DIRECTION_IN,
	ROSTER_DIRECTION_OUT,
	ROSTER_DIRECTION_OUTSIDE, /* windows are known, and this is in none */
} RosterDirection;

/* What a punch of this person now is, for the panel's words only: the server decides. */
RosterDirection roster_direction(const Roster *roster, PersonId person, int64_t now_ms);

/* One unsealed reference, an encoded MatchTemplate; wiped after the callback returns. */
typedef void (*RosterReferenceSeen)(PersonId person, int64_t reference, Finger finger,
									Slice template, gpointer user);
/* Each reference of one person, or of all for person 0.  One that does not open is reported once by
 * g_warning and left out. */
gboolean roster_each_reference(Roster *roster, PersonId person, RosterReferenceSeen seen,
							   gpointer user, GError **error);

guint roster_n_people(const Roster *roster);
guint roster_n_references(const Roster *roster);
uint64_t roster_version(const Roster *roster);  /* applied completely up to here; 0: none */
uint32_t roster_repeat_s(const Roster *roster); /* touches within it are one punch */
int32_t roster_utc_offset_min(const Roster *roster);

/* A person came, changed or (`removed`) went: the gallery follows.  Called after the commit, once
 * per person, from within roster_apply() or roster_wipe(). */
typedef void (*RosterChanged)(PersonId person, gboolean removed, gpointer user);
void roster_set_changed(Roster *roster, RosterChanged changed, gpointer user);

typedef enum {
	ROSTER_APPLIED,
	ROSTER_GAP, /* the chunk does not begin where we are: ask again */
} RosterOutcome;

/* One chunk in one transaction together with its `upto`.  What it removes is overwritten. */
gboolean roster_apply(Roster *roster, const RosterChunk *chunk, RosterOutcome *outcome,
					  GError **error);
/* Removes everybody (COMMAND_REVOKED) and sets the version to 0. */
gboolean roster_wipe(Roster *roster, GError **error);
/* Forgets the version only, so that the next want asks for a full snapshot (COMMAND_RESYNC). */
gboolean roster_restart(Roster *roster, GError **error);
