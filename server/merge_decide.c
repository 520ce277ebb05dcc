/*
 * A quarantined event, decided by somebody.
 *
 *   time not believed ──accepted, with a time──> as if the clock had said so
 *   simulated, start of the run missing ──accepted──> its punch counts, or waits as its claim does
 *   unknown person ──accepted──> looked for once more
 *   any ──rejected──> kept, never counted
 */
#include "server/merge_event.h"

#include <string.h>

#include "server/store/terminals/claims.h"
#include "server/wire.h"

/* The event that a decision is about. */
typedef struct {
	MergeState state;
	MergeResult result;
	QuarantineRow row;
	GBytes *bytes;
	Event event; /* borrows from bytes */
	BootRow boot;
	gint64 at_ms; /* as the decider says; 0: not said */
} Case;

static void case_clear(Case *one)
{
	g_clear_pointer(&one->bytes, g_bytes_unref);
	merge_result_clear(&one->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

static gboolean fill_state(Case *one, GError **error)
{
	MergeState *state = &one->state;
	state->terminal = one->row.terminal;
	state->journal.id = one->row.journal;
	state->journal.journal = one->row.journal_id;
	return boots_get(state->sql, &state->terminal, &one->event.header.boot, &one->boot, error);
}

/* `found` FALSE: it does not wait any more, or cannot be read. */
static gboolean find(Case *one, const Decision *decision, gboolean *found, GError **error)
{
	gint64 journal, seq;
	GError *local = NULL;
	*found = decision_event_parse(decision->subject, &journal, &seq) &&
			 quarantine_get(one->state.sql, journal, seq, &one->row, &local);
	if (*found)
		one->bytes = events_get(one->state.sql, journal, seq, &local);
	if (local != NULL || !*found)
		return merge_pass_error(local, error);
	*found = one->bytes != NULL && event_decode(slice_of_bytes(one->bytes), &one->event) == WIRE_OK;
	return !*found || fill_state(one, error);
}

/* The claim that the event made, if it made one. */
static gboolean find_claim(Case *one, gboolean *found, ClaimRow *claim, GError **error)
{
	GError *local = NULL;
	*found = claims_get(one->state.sql, one->row.journal, one->row.seq, claim, &local);
	return merge_pass_error(local, error);
}

/* No error when there is no punch: the event's time was not believed, or nobody knows the person. */
static gboolean set_punch(Case *one, PunchState punch, const char *reason, GError **error)
{
	GError *local = NULL;
	punches_set_state(one->state.sql, &one->row.terminal, &one->row.journal_id, one->row.seq, punch,
					  reason, one->state.policy->utc_offset_min, &local);
	return merge_pass_error(local, error);
}

static gboolean reject(Case *one, GError **error)
{
	Sql *sql = one->state.sql;
	ClaimRow claim;
	gboolean claimed;
	if (!find_claim(one, &claimed, &claim, error))
		return FALSE;
	if (claimed && claim.state == CLAIM_WAITING &&
		!events_destroy_attachment(sql, claim.journal, claim.seq, error))
		return FALSE;
	if (claimed && !claims_decide(sql, claim.journal, claim.seq, CLAIM_REFUSED, 0, 0,
								  one->state.now_ms, error))
		return FALSE;
	return set_punch(one, PUNCH_REJECTED, "rejected", error);
}

/* Its sensor is believed: the punch is there. */
static gboolean count(Case *one, GError **error)
{
	ClaimRow claim;
	gboolean claimed;
	if (!find_claim(one, &claimed, &claim, error))
		return FALSE;
	return set_punch(one, claimed ? merge_claim_punch(claim.state) : PUNCH_COUNTED, "accepted",
					 error);
}

/* As a clock that is set later would have explained it; the sensor may still be in doubt. */
static gboolean place_in_time(Case *one, GError **error)
{
	EventTime time = {EVENT_TIME_DERIVED, one->at_ms, "decided"};
	return events_set_time(one->state.sql, one->row.journal, one->row.seq, time.at_ms, time.reason,
						   error) &&
		   merge_explain_person(&one->state, &one->row, &one->event, &one->boot, &time, error);
}

static gboolean look_again(Case *one, GError **error)
{
	/* As when it was listed: only the person was in doubt. */
	EventTime time = event_time_of(&one->event.header, &one->boot, one->row.listed_ms,
								   &one->state.policy->limits);
	return merge_explain_person(&one->state, &one->row, &one->event, &one->boot, &time, error);
}

static gboolean accept(Case *one, GError **error)
{
	if (quarantine_is_of_time(&one->row))
		return place_in_time(one, error);
	if (strcmp(one->row.reason, "unknown-person") == 0)
		return look_again(one, error);
	return count(one, error);
}

static gboolean carry_out(Case *one, const Decision *decision, GError **error)
{
	gboolean accepted = decision->verdict == VERDICT_ACCEPTED;
	/* Ended first: what is in doubt for another reason is listed anew. */
	return quarantine_end(one->state.sql, one->row.journal, one->row.seq,
						  decision_verdict_text(decision->verdict), one->state.now_ms, error) &&
		   (accepted ? accept(one, error) : reject(one, error));
}

gboolean merge_decide(Sql *sql, const MergePolicy *policy, const Decision *decision, gint64 now_ms,
					  const char **outcome, GError **error)
{
	g_auto(Case)
		one = {.state = {.sql = sql, .policy = policy, .now_ms = now_ms}, .at_ms = decision->at_ms};
	gboolean found;
	QuarantineRow again;
	GError *local = NULL;
	one.state.result = &one.result;
	one.result.changes = g_array_new(FALSE, FALSE, sizeof(MergeChange));
	if (!find(&one, decision, &found, error))
		return FALSE;
	*outcome = "explained before";
	if (!found)
		return TRUE;
	if (!carry_out(&one, decision, error))
		return FALSE;
	gboolean listed = quarantine_get(sql, one.row.journal, one.row.seq, &again, &local);
	*outcome = listed ? "listed again for another reason" : "done";
	return merge_pass_error(local, error);
}
