/*
 * When did it happen?  A stamp is never rewritten; where the terminal's clock could not be trusted
 * the time is derived from the monotonic distance to a reading of the set clock in the same run
 * (design.md, decision 7).  Pure.
 */
#pragma once

#include "protocol/event.h"
#include "server/store/terminals/events.h"

typedef enum {
	EVENT_TIME_STAMPED,     /* the stamp is good */
	EVENT_TIME_DERIVED,     /* from the boot's anchor */
	EVENT_TIME_IMPLAUSIBLE, /* not to be judged; see reason */
} EventTimeKind;

typedef struct {
	EventTimeKind kind;
	gint64 at_ms;
	const char *reason; /* DERIVED: "boot-anchor"; IMPLAUSIBLE: "clock-unset", "future", "past" */
} EventTime;

typedef struct {
	gint64 future_ms; /* how much later than now is still believed */
	gint64 past_ms;   /* how much earlier */
} EventTimeLimits;

EventTime event_time_of(const EventHeader *header, const BootRow *boot, gint64 now_ms,
						const EventTimeLimits *limits);
/* What arrives no later than this after its stamp proves the stamp: it cannot have happened later
 * than it arrived, and a clock that is wrong by just its message's delay is not to be expected. */
#define EVENT_ARRIVAL_MS 60000

/* A reading of a set clock becomes the boot's anchor; so does, while there is none, a reading of
 * any clock that the arrival proves.  TRUE when that is new. */
gboolean event_time_anchor(const EventHeader *header, BootRow *boot, gint64 now_ms,
						   const EventTimeLimits *limits);
