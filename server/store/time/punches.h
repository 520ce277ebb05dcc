/* Punches: what the merge made of events.  Never edited; only `state` and the reason move. */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql.h"

typedef enum {
	PUNCH_COUNTED = 1,     /* identified, or verified, or approved */
	PUNCH_WAITING = 2,     /* a claim not yet verified, or without a finger and not yet approved */
	PUNCH_REJECTED = 3,    /* the finger was another's, or the approver said no */
	PUNCH_QUARANTINED = 4, /* stored, not judged: implausible time, simulated sensor, revoked */
} PunchState;

const char *punch_state_text(PunchState state); /* "counted", "waiting", … */

typedef struct {
	TerminalId terminal;
	RandomId journal;
	gint64 seq;
	PersonId person;
	gint64 at_ms; /* the time to judge by: corrected where the clock was known to be wrong */
	gint64 place; /* of the terminal at that time */
	PunchState state;
	guint32 kind;       /* EventKind: punch, claim, fingerless */
	const char *reason; /* why waiting, rejected or quarantined; may be NULL; borrowed */
	const char
		*letter; /* by hand or from elsewhere: the list or file; NULL: a terminal's; borrowed */
} Punch;

/* What stands for the terminal of a punch that no terminal of ours recorded. */
#define PUNCH_BY_HAND "manual"
#define PUNCH_ELSEWHERE "luar"
/* One of the two: no terminal may bear it. */
gboolean punch_is_unsigned_name(const char *name);

/* Once per (terminal, journal, seq): FALSE in `added` (may be NULL) when it was there.  Joins the
 * transaction; the caller marks (mark_punch). */
gboolean punches_add(Sql *sql, const Punch *punch, gboolean *added, GError **error);
/* A punch by hand or from elsewhere: `terminal` is one of the two names above, `letter` says on what
 * it rests; the key is made of what the punch says, so that the same comes in once.  Marks. */
gboolean punches_add_unsigned(Sql *sql, const Punch *punch, gint64 utc_offset_min, gboolean *added,
							  GError **error);
/* Moves the state and marks the days. FALSE with `error` unset: no such punch. */
gboolean punches_set_state(Sql *sql, const TerminalId *terminal, const RandomId *journal,
						   gint64 seq, PunchState state, const char *reason, gint64 utc_offset_min,
						   GError **error);

typedef struct PunchCursor PunchCursor;
/* Of a person with from_ms ≤ at < to_ms, in every state, ascending by time. */
PunchCursor *punches_of_person(Sql *sql, PersonId person, gint64 from_ms, gint64 to_ms,
							   GError **error);
/* Of everybody, newest first, at most `limit`, before `before_ms` (G_MAXINT64: all); `terminal` may
 * be NULL. */
PunchCursor *punches_latest(Sql *sql, const TerminalId *terminal, gint64 before_ms, gint64 limit,
							GError **error);
SqlStep punches_next(PunchCursor *cursor, Punch *punch, GError **error);
void punch_cursor_free(PunchCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PunchCursor, punch_cursor_free)
