#include "server/merge_event.h"

#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/terminals/claims.h"
#include "server/store/terminals/commands.h"
#include "server/store/time/coverage.h"
#include "server/store/terminals/exemptions.h"
#include "server/store/terminals/finger_use.h"
#include "server/store/people/grants.h"
#include "server/store/time/marks.h"
#include "server/store/people/people.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/quarantine.h"
#include "server/store/terminals/references.h"
#include "server/store/time/rosters.h"
#include "server/store/terminals/terminal_places.h"
#include "server/wire.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define MINUTE_MS G_GINT64_CONSTANT(60000)
/* Coverage that passes a step of this is looked at again for everybody: a terminal's marks come as often. */
#define COVERAGE_STEP_MS (15 * MINUTE_MS)
/* An answer is for who stands at the terminal, or will look at it today. */
#define ANSWER_LIFE_MS DAY_MS
/* For look-ups that may find nothing: takes `local`; FALSE when it is an error. */
gboolean merge_pass_error(GError *local, GError **error)
{
	if (local != NULL)
		g_propagate_error(error, local);
	return local == NULL;
}

gint64 merge_local_day(const MergeState *state, gint64 at_ms)
{
	gint64 local = at_ms + state->policy->utc_offset_min * MINUTE_MS;
	return local >= 0 ? local / DAY_MS : -((DAY_MS - 1 - local) / DAY_MS);
}

/* ── the run an event belongs to ── */

static gboolean flush_boot(MergeState *state, GError **error)
{
	if (!state->has_boot || !state->boot_dirty)
		return TRUE;
	state->boot_dirty = FALSE;
	return boots_put(state->sql, &state->terminal, &state->boot, &state->boot_row, error);
}

static gboolean enter_boot(MergeState *state, const EventHeader *header, GError **error)
{
	if (state->has_boot && random_id_equal(&state->boot, &header->boot))
		return TRUE;
	if (!flush_boot(state, error))
		return FALSE;
	state->has_boot = TRUE;
	state->boot = header->boot;
	return boots_get(state->sql, &state->terminal, &header->boot, &state->boot_row, error);
}

/* ── where it stood ── */

static gboolean place_on(MergeState *state, gint64 day, gint64 *place, GError **error)
{
	if (!state->has_place || state->place_day != day) {
		state->has_place = FALSE;
		if (!terminal_places_on(state->sql, &state->terminal, day, &state->place, error))
			return FALSE;
		state->has_place = TRUE;
		state->place_day = day;
	}
	*place = state->place;
	return TRUE;
}

/* Whom a short span concerns: who punched at another terminal of the place, and waits for this one's word. */
static gboolean mark_waiting(MergeState *state, gint64 place, gint64 from_day, gint64 to_day,
							 gint64 today, GError **error)
{
	gboolean shared = FALSE;
	if (!terminal_places_shared(state->sql, place, from_day, to_day, &shared, error))
		return FALSE;
	return !shared ||
		   mark_place_waiting(state->sql, place, from_day, to_day, today, "coverage", error);
}

/* Whom a span of life concerns: at each place where the terminal stood meanwhile. */
static gboolean mark_span(MergeState *state, gint64 from_day, gint64 to_day, gboolean is_short,
						  GError **error)
{
	gint64 today = merge_local_day(state, state->now_ms);
	g_autoptr(GArray) places = NULL;
	if (!terminal_places_between(state->sql, &state->terminal, from_day, to_day + 1, &places,
								 error))
		return FALSE;
	for (guint i = 0; i < places->len; i++) {
		const TerminalPlace *one = &g_array_index(places, TerminalPlace, i);
		/* The day before too: a night shift ends in it. */
		gint64 first = MAX(from_day, one->from_day) - 1, end = MIN(to_day + 1, one->to_day);
		if (!(is_short ? mark_waiting(state, one->place, first, end, today, error)
					   : mark_place(state->sql, one->place, first, end, today, "coverage", error)))
			return FALSE;
	}
	return TRUE;
}

/* ── coverage ── */

gboolean merge_cover(MergeState *state, gint64 from, gint64 to, GError **error)
{
	if (!coverage_add(state->sql, &state->terminal, from, to, error))
		return FALSE;
	return mark_span(state, merge_local_day(state, from), merge_local_day(state, to),
					 from / COVERAGE_STEP_MS == to / COVERAGE_STEP_MS, error);
}

static gboolean flush_coverage(MergeState *state, GError **error)
{
	gint64 from = state->span_from, to = state->span_to;
	state->span_from = state->span_to = 0;
	return to == 0 || merge_cover(state, from, to, error);
}

/* The event at `at_ms` follows the last one closely enough, and the sensor was there? */
static gboolean extend_coverage(MergeState *state, gint64 at_ms, GError **error)
{
	JournalRow *journal = &state->journal;
	gint64 last = journal->last_at_ms;
	if (last == 0 && !coverage_before(state->sql, &state->terminal, at_ms, &last, error))
		return FALSE;
	if (at_ms < last)
		return TRUE;
	journal->last_at_ms = at_ms;
	gboolean follows =
		last != 0 && at_ms - last <= state->policy->alive_tolerance_ms && !journal->sensor_lost;
	if (follows && state->span_to == last && state->span_to != 0) {
		state->span_to = at_ms;
		return TRUE;
	}
	if (!flush_coverage(state, error))
		return FALSE;
	if (!journal->sensor_lost) {
		state->span_from = follows ? last : at_ms;
		state->span_to = at_ms;
	}
	return TRUE;
}

/* ── people ── */

static gboolean write_punch(MergeState *state, const MergePerson *event, GError **error)
{
	gint64 place;
	if (!place_on(state, merge_local_day(state, event->at_ms), &place, error))
		return FALSE;
	Punch punch = {.terminal = state->terminal,
				   .journal = event->journal_id,
				   .seq = event->seq,
				   .person = event->person,
				   .at_ms = event->at_ms,
				   .place = place,
				   .state = event->state,
				   .kind = event->kind,
				   .reason = event->reason};
	gboolean added;
	if (!punches_add(state->sql, &punch, &added, error) ||
		!mark_punch(state->sql, event->person, event->at_ms, state->policy->utc_offset_min, error))
		return FALSE;
	MergeChange change = {event->person, merge_local_day(state, event->at_ms)};
	g_array_append_val(state->result->changes, change);
	return TRUE;
}

/* May what this run's sensor says count? */
const char *merge_distrust(const MergeState *state, const BootRow *boot)
{
	if (state->policy->demo)
		return NULL;
	if (!boot->known)
		return "no-boot";
	return boot->simulated ? "simulated" : NULL;
}

static gboolean quarantine_punch(MergeState *state, MergePerson *event, const char *reason,
								 GError **error)
{
	event->state = PUNCH_QUARANTINED;
	event->reason = reason;
	return quarantine_add(state->sql, event->journal, event->seq, reason, state->now_ms, error) &&
		   write_punch(state, event, error);
}

gboolean merge_record_person(MergeState *state, MergePerson *event, const BootRow *boot,
							 GError **error)
{
	gboolean exists;
	if (!people_exists(state->sql, event->person, &exists, error))
		return FALSE;
	if (!exists)
		return quarantine_add(state->sql, event->journal, event->seq, "unknown-person",
							  state->now_ms, error);
	const char *reason = merge_distrust(state, boot);
	if (reason != NULL)
		return quarantine_punch(state, event, reason, error);
	return write_punch(state, event, error);
}

/* Who bears that number: our number of up to nine digits, or an official one.  0: nobody. */
static gboolean find_number(MergeState *state, Slice number, PersonId *person, GError **error)
{
	g_autofree char *text = g_strndup((const char *)number.data, number.size);
	*person = 0;
	if (number.size > 9)
		return people_find(state->sql, text, person, error);
	gint64 id = g_ascii_strtoll(text, NULL, 10);
	gboolean exists;
	if (!person_id_valid(id))
		return TRUE;
	if (!people_exists(state->sql, id, &exists, error))
		return FALSE;
	*person = exists ? id : 0;
	return TRUE;
}

static gboolean answer(MergeState *state, gint64 seq, AnswerOutcome outcome, GError **error)
{
	Command command = {.kind = COMMAND_CLAIM_ANSWER};
	state->result->answers = TRUE;
	command.claim_answer.journal = state->journal.journal;
	command.claim_answer.seq = (uint64_t)seq;
	command.claim_answer.outcome = outcome;
	return commands_add(state->sql, &state->terminal, &command, state->now_ms + ANSWER_LIFE_MS,
						state->now_ms, error);
}

static gboolean add_claim(MergeState *state, const Event *event, PersonId person, ClaimState claim,
						  GError **error)
{
	ClaimRow row = {.journal = state->journal.id,
					.seq = (gint64)event->header.seq,
					.terminal = state->terminal,
					.kind = event->header.kind,
					.person = person,
					.state = claim};
	if (!claims_add(state->sql, &row, error))
		return FALSE;
	if (claim == CLAIM_WAITING)
		state->result->claims = TRUE;
	else if (event->attachment.size > 0 &&
			 !events_destroy_attachment(state->sql, row.journal, row.seq, error))
		return FALSE; /* a probe that nothing will be compared with is not kept */
	if (claim == CLAIM_UNKNOWN || claim == CLAIM_MANUAL)
		return answer(state, row.seq, claim == CLAIM_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_HELD, error);
	return TRUE;
}

/* ── one function per kind ── */

typedef gboolean (*KindMerge)(MergeState *state, const Event *event, const EventBody *body,
							  const EventTime *time, GError **error);

/* Times that cannot be believed: listed, no punch, until an anchor explains them. */
static gboolean believed(MergeState *state, const Event *event, const EventTime *time, gboolean *ok,
						 GError **error)
{
	*ok = time->kind != EVENT_TIME_IMPLAUSIBLE;
	return *ok || quarantine_add(state->sql, state->journal.id, (gint64)event->header.seq,
								 time->reason, state->now_ms, error);
}

static MergePerson person_event(const MergeState *state, const Event *event, PersonId person,
								const EventTime *time)
{
	return (MergePerson){.journal = state->journal.id,
						 .journal_id = state->journal.journal,
						 .seq = (gint64)event->header.seq,
						 .kind = event->header.kind,
						 .person = person,
						 .at_ms = time->at_ms,
						 .state = PUNCH_COUNTED};
}

static gboolean merge_boot(MergeState *state, const Event *event, const EventBody *body,
						   const EventTime *time, GError **error)
{
	(void)event, (void)time, (void)error;
	state->boot_row.known = TRUE;
	state->boot_row.simulated = body->boot.simulated;
	state->boot_dirty = TRUE;
	return TRUE;
}

/* What the touch says of the finger, unless the event itself is not believed; `punch` NULL: a number
 * was typed instead. */
static gboolean note_use(MergeState *state, const Event *event, PersonId person,
						 const EventBody *punch, gint64 at_ms, GError **error)
{
	FingerTouch touch = {.person = person, .day = merge_local_day(state, at_ms)};
	if (merge_distrust(state, &state->boot_row) != NULL)
		return TRUE;
	/* Mostly the event before is at hand and was no touch in vain: nothing is to be read. */
	if ((state->kind_before == 0 || state->kind_before == EVENT_UNRECOGNISED) &&
		!finger_use_vain(state->sql, state->journal.id, (gint64)event->header.seq,
						 (gint64)event->header.wall_ms, &touch.n_vain, error))
		return FALSE;
	if (punch == NULL)
		return touch.n_vain == 0 || finger_use_add(state->sql, &touch, error);
	touch.reference = punch->punch.reference;
	touch.score = punch->punch.score_milli;
	touch.margin = punch->punch.margin_milli;
	touch.quality = punch->punch.quality;
	return finger_use_add(state->sql, &touch, error);
}

static gboolean merge_punch(MergeState *state, const Event *event, const EventBody *body,
							const EventTime *time, GError **error)
{
	gboolean ok;
	if (!believed(state, event, time, &ok, error))
		return FALSE;
	MergePerson punch = person_event(state, event, body->punch.person, time);
	return !ok || (merge_record_person(state, &punch, &state->boot_row, error) &&
				   note_use(state, event, punch.person, body, time->at_ms, error));
}

static gboolean merge_claim(MergeState *state, const Event *event, const EventBody *body,
							const EventTime *time, GError **error)
{
	PersonId person;
	gboolean ok, enrolled = FALSE;
	if (!find_number(state, body->claim.number, &person, error) ||
		!believed(state, event, time, &ok, error))
		return FALSE;
	if (person == 0)
		return add_claim(state, event, 0, CLAIM_UNKNOWN, error);
	if (!references_active(state->sql, person, state->now_ms, state->now_ms + 1, &enrolled, error))
		return FALSE;
	gboolean usable = enrolled && event->attachment.size > 0;
	if (!add_claim(state, event, person, usable ? CLAIM_WAITING : CLAIM_MANUAL, error))
		return FALSE;
	MergePerson punch = person_event(state, event, person, time);
	punch.state = PUNCH_WAITING;
	punch.reason = usable ? "claim" : "not-enrolled";
	return !ok || (merge_record_person(state, &punch, &state->boot_row, error) &&
				   note_use(state, event, person, NULL, time->at_ms, error));
}

static gboolean merge_fingerless(MergeState *state, const Event *event, const EventBody *body,
								 const EventTime *time, GError **error)
{
	PersonId person;
	gboolean ok, exempt = FALSE;
	if (!find_number(state, body->fingerless.number, &person, error) ||
		!believed(state, event, time, &ok, error))
		return FALSE;
	if (person == 0)
		return add_claim(state, event, 0, CLAIM_UNKNOWN, error);
	if (!exemptions_active(state->sql, person, merge_local_day(state, time->at_ms), &exempt, error))
		return FALSE;
	if (!add_claim(state, event, person, exempt ? CLAIM_ACCEPTED : CLAIM_MANUAL, error))
		return FALSE;
	MergePerson punch = person_event(state, event, person, time);
	punch.state = exempt ? PUNCH_COUNTED : PUNCH_WAITING;
	punch.reason = exempt ? "exempt" : "fingerless";
	return !ok || (merge_record_person(state, &punch, &state->boot_row, error) &&
				   note_use(state, event, person, NULL, time->at_ms, error));
}

/* May this person say yes to that claim: another's, over whose unit they had the right that day? */
static gboolean may_approve(MergeState *state, PersonId approver, const ClaimRow *claim, gint64 day,
							gboolean *may, GError **error)
{
	Assignment assignment = {0};
	*may = FALSE;
	if (approver == claim->person || merge_distrust(state, &state->boot_row) != NULL)
		return TRUE;
	return assignments_on(state->sql, claim->person, day, &assignment, error) &&
		   (assignment.unit == 0 || grants_person_may(state->sql, approver, RIGHT_APPROVE,
													  assignment.unit, day, may, error));
}

/* An approver's finger, for an event of this journal. */
static gboolean merge_approval(MergeState *state, const Event *event, const EventBody *body,
							   const EventTime *time, GError **error)
{
	(void)event;
	gint64 seq = (gint64)MIN(body->approval.seq, (uint64_t)G_MAXINT64);
	ClaimRow claim;
	gboolean may = FALSE;
	GError *local = NULL;
	gboolean found = claims_get(state->sql, state->journal.id, seq, &claim, &local);
	if (!merge_pass_error(local, error))
		return FALSE;
	if (found && claim.kind == EVENT_FINGERLESS &&
		!may_approve(state, body->approval.approver, &claim, merge_local_day(state, time->at_ms),
					 &may, error))
		return FALSE;
	const ClaimDecision decision = {.accepted = TRUE, .approver = body->approval.approver};
	if (may && !claims_settle(state->sql, &claim, &decision, state->policy->utc_offset_min,
							  state->now_ms, &may, error))
		return FALSE;
	return may || alarms_raise(state->sql, "approval-refused", &state->terminal,
							   "an approval without the right to it, or for nothing", state->now_ms,
							   error);
}

static gboolean merge_tamper(MergeState *state, const Event *event, const EventBody *body,
							 const EventTime *time, GError **error)
{
	(void)event, (void)time;
	return !body->tamper.open || alarms_raise(state->sql, "tamper", &state->terminal,
											  "the case was opened", state->now_ms, error);
}

/* A new journal names the one before: what that one had and we never got is an alarm. */
static gboolean merge_open(MergeState *state, const Event *event, const EventBody *body,
						   const EventTime *time, GError **error)
{
	(void)event, (void)time;
	static const RandomId none;
	JournalRow before = {0};
	GError *local = NULL;
	if (random_id_equal(&body->open.previous_journal, &none))
		return TRUE;
	if (!journals_get(state->sql, &state->terminal, &body->open.previous_journal, &before,
					  &local) &&
		!merge_pass_error(local, error))
		return FALSE;
	gint64 claimed = (gint64)MIN(body->open.previous_seq, (uint64_t)G_MAXINT64);
	if (before.seq == claimed)
		return TRUE;
	char id[RANDOM_ID_TEXT];
	random_id_format(&body->open.previous_journal, id);
	g_autofree char *detail = g_strdup_printf("journal %s ended at event %" G_GINT64_FORMAT
											  " says the terminal, %" G_GINT64_FORMAT " are stored",
											  id, claimed, before.seq);
	return alarms_raise(state->sql, before.seq > claimed ? "card-restored" : "hole",
						&state->terminal, detail, state->now_ms, error);
}

static gboolean merge_sensor(MergeState *state, const Event *event, const EventBody *body,
							 const EventTime *time, GError **error)
{
	(void)body;
	gboolean lost = event->header.kind == EVENT_SENSOR_LOST;
	if (lost == state->journal.sensor_lost)
		return TRUE;
	state->journal.sensor_lost = lost;
	if (!lost && time->kind != EVENT_TIME_IMPLAUSIBLE) {
		state->span_from = state->span_to = time->at_ms;
		return TRUE;
	}
	return flush_coverage(state, error);
}

static const struct {
	guint32 kind;
	KindMerge merge;
} kinds[] = {
	{EVENT_OPEN, merge_open},          {EVENT_BOOT, merge_boot},
	{EVENT_SENSOR_LOST, merge_sensor}, {EVENT_SENSOR_BACK, merge_sensor},
	{EVENT_TAMPER, merge_tamper},      {EVENT_PUNCH, merge_punch},
	{EVENT_CLAIM, merge_claim},        {EVENT_FINGERLESS, merge_fingerless},
	{EVENT_APPROVAL, merge_approval},  {EVENT_CODE, merge_code},
};

static KindMerge find_kind(guint32 kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].merge;
	return NULL;
}

gboolean merge_event(MergeState *state, const Event *event, GError **error)
{
	const EventHeader *header = &event->header;
	if (!enter_boot(state, header, error))
		return FALSE;
	if (event_time_anchor(header, &state->boot_row, state->now_ms, &state->policy->limits))
		state->anchored = state->boot_dirty = TRUE;
	state->boot_dirty = state->boot_dirty || header->trust == CLOCK_SET;

	EventTime time = event_time_of(header, &state->boot_row, state->now_ms, &state->policy->limits);
	if (time.kind == EVENT_TIME_DERIVED &&
		!events_set_time(state->sql, state->journal.id, (gint64)header->seq, time.at_ms,
						 time.reason, error))
		return FALSE;
	if (time.kind != EVENT_TIME_IMPLAUSIBLE && !extend_coverage(state, time.at_ms, error))
		return FALSE;

	KindMerge merge = find_kind(header->kind);
	EventBody body;
	if (merge == NULL || event->payload_destroyed)
		return TRUE;
	if (event_body_decode(header->kind, event->payload, &body) != WIRE_OK)
		return quarantine_add(state->sql, state->journal.id, (gint64)header->seq, "content",
							  state->now_ms, error);
	return merge(state, event, &body, &time, error);
}

gboolean merge_events_end(MergeState *state, GError **error)
{
	return flush_boot(state, error) && flush_coverage(state, error) &&
		   (!state->anchored || merge_explain(state, error));
}
