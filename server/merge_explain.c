/*
 * A run's clock has just been set, or proven: what was recorded before, under a clock that could not
 * be believed, has a time now.  Quarantined punches are released, and the time between the events is
 * covered.
 */
#include "server/merge_event.h"

#include "server/store/terminals/claims.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/quarantine.h"
#include "server/wire.h"

/* How many quarantined events one anchor may explain in one transaction. */
#define EXPLAIN_MAX 1000
/* Events of one run that are looked at again: a week of marks, and as many punches. */
#define WALK_MAX 10000
#define WALK_PAGE 500

PunchState merge_claim_punch(ClaimState state)
{
	if (state == CLAIM_ACCEPTED)
		return PUNCH_COUNTED;
	return state == CLAIM_REFUSED ? PUNCH_REJECTED : PUNCH_WAITING;
}

gboolean merge_explain_person(MergeState *state, const QuarantineRow *row, const Event *event,
							  const BootRow *boot, const EventTime *time, GError **error)
{
	EventBody body;
	if (event->payload_destroyed ||
		event_body_decode(event->header.kind, event->payload, &body) != WIRE_OK)
		return TRUE;
	MergePerson punch = {.journal = row->journal,
						 .journal_id = row->journal_id,
						 .seq = row->seq,
						 .kind = event->header.kind,
						 .at_ms = time->at_ms,
						 .state = PUNCH_COUNTED};
	if (event->header.kind == EVENT_PUNCH) {
		punch.person = body.punch.person;
	} else {
		ClaimRow claim;
		GError *local = NULL;
		if (!claims_get(state->sql, row->journal, row->seq, &claim, &local))
			return merge_pass_error(local, error);
		punch.person = claim.person;
		punch.state = merge_claim_punch(claim.state);
		punch.reason = "claim";
	}
	return punch.person == 0 || merge_record_person(state, &punch, boot, error);
}

static gboolean explain(MergeState *state, const QuarantineRow *row, GError **error)
{
	GError *local = NULL;
	g_autoptr(GBytes) bytes = events_get(state->sql, row->journal, row->seq, &local);
	Event event;
	BootRow boot;
	if (bytes == NULL || event_decode(slice_of_bytes(bytes), &event) != WIRE_OK)
		return merge_pass_error(local, error);
	if (!boots_get(state->sql, &state->terminal, &event.header.boot, &boot, error))
		return FALSE;
	EventTime time = event_time_of(&event.header, &boot, state->now_ms, &state->policy->limits);
	/* Only its own run's anchor explains a stamp, and none that was taken from a set clock: that it
	 * has become possible by waiting proves nothing. */
	if (time.kind == EVENT_TIME_IMPLAUSIBLE || event.header.trust == CLOCK_SET || !boot.has_anchor)
		return TRUE;
	return (time.kind == EVENT_TIME_STAMPED ||
			events_set_time(state->sql, row->journal, row->seq, time.at_ms, time.reason, error)) &&
		   quarantine_end(state->sql, row->journal, row->seq, "corrected", state->now_ms, error) &&
		   merge_explain_person(state, row, &event, &boot, &time, error);
}

static gboolean explain_quarantined(MergeState *state, GError **error)
{
	static const char *const reasons[] = {"clock-unset", "past", "future"};
	for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++) {
		g_autoptr(GArray) rows = NULL;
		if (!quarantine_list(state->sql, &state->terminal, reasons[i], EXPLAIN_MAX, &rows, error))
			return FALSE;
		for (guint j = 0; j < rows->len; j++)
			if (!explain(state, &g_array_index(rows, QuarantineRow, j), error))
				return FALSE;
	}
	return TRUE;
}

/* ── the time between the events ── */

/* One event of the run, in order. */
typedef struct {
	MergeState *state;
	BootRow boot;
	gint64 last_ms;
	gboolean sensor_lost;
} Walk;

static gboolean walk_event(Walk *walk, const Event *event, GError **error)
{
	EventTime time = event_time_of(&event->header, &walk->boot, walk->state->now_ms,
								   &walk->state->policy->limits);
	if (time.kind == EVENT_TIME_IMPLAUSIBLE || time.at_ms < walk->last_ms)
		return TRUE;
	gint64 last = walk->last_ms;
	gboolean covered = last != 0 && !walk->sensor_lost &&
					   time.at_ms - last <= walk->state->policy->alive_tolerance_ms;
	walk->last_ms = time.at_ms;
	if (event->header.kind == EVENT_SENSOR_LOST || event->header.kind == EVENT_SENSOR_BACK)
		walk->sensor_lost = event->header.kind == EVENT_SENSOR_LOST;
	return !covered || merge_cover(walk->state, last, time.at_ms, error);
}

/* Events after `after`, up to the journal's last one, that belong to the run. */
static gboolean walk_page(Walk *walk, gint64 *after, gboolean *more, GError **error)
{
	g_autoptr(GArray) events = NULL;
	if (!events_page(walk->state->sql, walk->state->journal.id, *after, WALK_PAGE, &events, error))
		return FALSE;
	for (guint i = 0; i < events->len; i++) {
		const EventRow *row = &g_array_index(events, EventRow, i);
		Event event;
		*after = row->seq;
		if (event_decode(slice_of_bytes(row->bytes), &event) == WIRE_OK &&
			random_id_equal(&event.header.boot, &walk->state->boot) &&
			!walk_event(walk, &event, error))
			return FALSE;
	}
	*more = events->len == WALK_PAGE;
	return TRUE;
}

static gboolean cover_again(MergeState *state, GError **error)
{
	Walk walk = {.state = state, .boot = state->boot_row};
	gint64 after = MAX(state->journal.seq + state->result->n_new - WALK_MAX, 0);
	gboolean more = TRUE;
	while (more)
		if (!walk_page(&walk, &after, &more, error))
			return FALSE;
	return TRUE;
}

gboolean merge_explain(MergeState *state, GError **error)
{
	return explain_quarantined(state, error) && cover_again(state, error);
}
