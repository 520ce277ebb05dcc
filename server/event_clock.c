#include "server/event_clock.h"

/* A derived time that differs by no more than this is the stamp. */
#define SAME_MS 2000

static const char *implausible(gint64 at_ms, gint64 now_ms, const EventTimeLimits *limits)
{
	if (at_ms > now_ms + limits->future_ms)
		return "future";
	return at_ms < now_ms - limits->past_ms ? "past" : NULL;
}

static EventTime stamped(const EventHeader *header, gint64 now_ms, const EventTimeLimits *limits)
{
	const char *reason = implausible(header->wall_ms, now_ms, limits);
	return (EventTime){reason == NULL ? EVENT_TIME_STAMPED : EVENT_TIME_IMPLAUSIBLE,
					   header->wall_ms, reason};
}

EventTime event_time_of(const EventHeader *header, const BootRow *boot, gint64 now_ms,
						const EventTimeLimits *limits)
{
	if (header->trust == CLOCK_SET)
		return stamped(header, now_ms, limits);
	if (!boot->has_anchor) {
		/* A battery clock's reading is believed as long as it is plausible. */
		if (header->trust == CLOCK_DOUBTFUL)
			return stamped(header, now_ms, limits);
		return (EventTime){EVENT_TIME_IMPLAUSIBLE, header->wall_ms, "clock-unset"};
	}
	gint64 mono_ms = (gint64)MIN(header->mono_ms, (uint64_t)G_MAXINT64 / 4);
	gint64 at_ms = boot->anchor_wall_ms + (mono_ms - boot->anchor_mono_ms);
	const char *reason = implausible(at_ms, now_ms, limits);
	if (reason != NULL)
		return (EventTime){EVENT_TIME_IMPLAUSIBLE, at_ms, reason};
	if (ABS(at_ms - header->wall_ms) <= SAME_MS)
		return (EventTime){EVENT_TIME_STAMPED, header->wall_ms, NULL};
	return (EventTime){EVENT_TIME_DERIVED, at_ms, "boot-anchor"};
}

gboolean event_time_anchor(const EventHeader *header, BootRow *boot, gint64 now_ms,
						   const EventTimeLimits *limits)
{
	gint64 delay_ms = now_ms - header->wall_ms;
	gboolean set =
		header->trust == CLOCK_SET && implausible(header->wall_ms, now_ms, limits) == NULL;
	gboolean proven =
		!boot->has_anchor && delay_ms >= -limits->future_ms / 10 && delay_ms <= EVENT_ARRIVAL_MS;
	if (!set && !proven)
		return FALSE;
	gboolean fresh = !boot->has_anchor;
	boot->has_anchor = TRUE;
	boot->anchor_wall_ms = header->wall_ms;
	boot->anchor_mono_ms = (gint64)MIN(header->mono_ms, (uint64_t)G_MAXINT64 / 4);
	return fresh;
}
