#include "firmware/served.h"

#include <string.h>

/* People remembered for "Sudah tercatat"; more than pass a terminal within the repeat time. */
#define RECENT_MAX 4096

/* A person's last punch here. */
typedef struct {
	uint64_t mono_ms;
	int64_t at_ms;
} Recent;

gboolean served_init(Served *self, Roster *roster, const Recorder *recorder, GError **error)
{
	*self = (Served){.roster = roster, .recorder = recorder};
	self->identifier = identifier_new(roster, error);
	if (self->identifier == NULL)
		return FALSE;
	self->recents = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	self->name = g_strdup("");
	self->fingerless_name = g_strdup("");
	return TRUE;
}

void served_clear(Served *self)
{
	g_clear_pointer(&self->sample, match_template_free);
	g_clear_pointer(&self->identifier, identifier_free);
	g_clear_pointer(&self->recents, g_hash_table_unref);
	g_clear_pointer(&self->name, g_free);
	g_clear_pointer(&self->fingerless_name, g_free);
}

static ClockReading now_reading(const Served *self)
{
	ClockReading now;
	timekeeper_read(self->recorder->timekeeper, &now);
	return now;
}

void served_set_name(Served *self, const char *name)
{
	g_free(self->name);
	self->name = g_utf8_strup(name, -1);
}

/* What the server calls the person, or their number. */
static void name_person(Served *self, PersonId person)
{
	const RosterPerson *entry = roster_person(self->roster, person);
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)person);
	served_set_name(self, entry != NULL ? entry->name : number);
}

static gboolean is_repeat(const Served *self, PersonId person, int64_t *at_ms)
{
	const Recent *recent = g_hash_table_lookup(self->recents, &person);
	uint64_t window_ms = (uint64_t)roster_repeat_s(self->roster) * 1000;
	if (recent == NULL || now_reading(self).mono_ms - recent->mono_ms >= window_ms)
		return FALSE;
	*at_ms = recent->at_ms;
	return TRUE;
}

static void remember(Served *self, PersonId person)
{
	if (g_hash_table_size(self->recents) >= RECENT_MAX)
		g_hash_table_remove_all(self->recents);
	Recent *recent = g_new0(Recent, 1);
	recent->mono_ms = now_reading(self).mono_ms;
	recent->at_ms = self->recorded.at_ms;
	g_hash_table_replace(self->recents, g_memdup2(&person, sizeof person), recent);
}

static TerminalWindow window_of(const Served *self, PersonId person, int64_t now_ms)
{
	switch (roster_direction(self->roster, person, now_ms)) {
	case ROSTER_DIRECTION_IN:
		return WINDOW_IN;
	case ROSTER_DIRECTION_OUT:
		return WINDOW_OUT;
	case ROSTER_DIRECTION_OUTSIDE:
		return WINDOW_OUTSIDE;
	case ROSTER_DIRECTION_UNKNOWN:
		break;
	}
	return WINDOW_UNKNOWN;
}

/* The typed number as one of ours; 0 when it is a NIP. */
static PersonId number_person(const char *number)
{
	PersonId person = strlen(number) <= 9 ? g_ascii_strtoll(number, NULL, 10) : 0;
	return person_id_valid(person) ? person : 0;
}

static TerminalResult result_of(IdentifyOutcome outcome)
{
	switch (outcome) {
	case IDENTIFY_FOUND:
		return RESULT_FOUND;
	case IDENTIFY_TOO_CLOSE:
		return RESULT_TOO_CLOSE;
	case IDENTIFY_EXPIRED:
		return RESULT_EXPIRED;
	case IDENTIFY_MOVED:
		return RESULT_MOVED;
	case IDENTIFY_POOR:
		return RESULT_POOR;
	case IDENTIFY_NONE:
		break;
	}
	return RESULT_NONE;
}

static TerminalResult found(Served *self, TerminalInput *input, int64_t now_ms)
{
	PersonId person = self->answer.person;
	name_person(self, person);
	input->window = window_of(self, person, now_ms);
	return is_repeat(self, person, &self->recorded.at_ms) ? RESULT_REPEAT : RESULT_FOUND;
}

/* A home person who typed their own number is compared here, everybody else at the server. */
static TerminalResult match_claim(Served *self, const char *number, TerminalInput *input,
								  int64_t now_ms)
{
	PersonId person = number_person(number);
	const RosterPerson *entry = person != 0 ? roster_person(self->roster, person) : NULL;
	if (match_sample_for_touch(self->sample) != MATCH_SAMPLE_GOOD)
		return RESULT_POOR;
	if (entry == NULL || !roster_eligible(self->roster, person, now_ms))
		return RESULT_ELSEWHERE;
	if (entry->n_references == 0)
		return RESULT_NOT_ENROLLED;
	self->answer = identifier_verify(self->identifier, self->sample, person, now_ms);
	return self->answer.outcome == IDENTIFY_FOUND ? found(self, input, now_ms)
												  : result_of(self->answer.outcome);
}

static TerminalResult match_approver(Served *self, int64_t now_ms)
{
	self->answer = identifier_identify(self->identifier, self->sample, now_ms);
	if (self->answer.outcome != IDENTIFY_FOUND)
		return result_of(self->answer.outcome);
	const RosterPerson *entry = roster_person(self->roster, self->answer.person);
	name_person(self, self->answer.person);
	if (entry == NULL || (entry->flags & ROSTER_APPROVER) == 0 ||
		self->answer.person == self->fingerless_person)
		return RESULT_NOT_ENTITLED;
	return RESULT_FOUND;
}

void served_match(Served *self, TerminalPurpose purpose, const char *number, TerminalInput *out)
{
	int64_t now_ms = now_reading(self).wall_ms;
	self->answer = (IdentifyAnswer){0};
	out->sample = match_sample_for_touch(self->sample);
	if (purpose == PURPOSE_CLAIM) {
		out->result = match_claim(self, number, out, now_ms);
	} else if (purpose == PURPOSE_APPROVE) {
		out->result = match_approver(self, now_ms);
	} else {
		self->answer = identifier_identify(self->identifier, self->sample, now_ms);
		out->result = self->answer.outcome == IDENTIFY_FOUND ? found(self, out, now_ms)
															 : result_of(self->answer.outcome);
	}
}

static gboolean record_this_fingerless(Served *self, const char *number, TerminalInput *out,
									   GError **error)
{
	PersonId person = number_person(number);
	const RosterPerson *entry = person != 0 ? roster_person(self->roster, person) : NULL;
	served_set_name(self, entry != NULL ? entry->name : number);
	if (!record_fingerless(self->recorder, number, &self->recorded, error))
		return FALSE;
	self->fingerless = self->recorded;
	self->fingerless_person = person;
	g_free(self->fingerless_name);
	self->fingerless_name = g_strdup(self->name);
	out->exempt = entry != NULL && (entry->flags & ROSTER_EXEMPT) != 0 &&
				  roster_eligible(self->roster, person, self->recorded.at_ms);
	self->answer = (IdentifyAnswer){.person = out->exempt ? person : 0};
	return TRUE;
}

gboolean served_record(Served *self, TerminalEffect effect, const TerminalState *state,
					   TerminalInput *out, GError **error)
{
	guint8 quality = self->sample != NULL ? match_template_quality(self->sample) : 0;
	switch (effect) {
	case EFFECT_RECORD_PUNCH:
		if (!record_punch(self->recorder, &self->answer, quality, &self->recorded, error))
			return FALSE;
		remember(self, self->answer.person);
		return TRUE;
	case EFFECT_RECORD_UNRECOGNISED:
		return record_unrecognised(self->recorder, state->result, quality, state->attempts,
								   &self->recorded, error);
	case EFFECT_RECORD_CLAIM:
		return record_claim(self->recorder, state->number, self->sample, &self->recorded, error);
	case EFFECT_RECORD_APPROVAL:
		return record_approval(self->recorder, &self->fingerless.ref, &self->answer,
							   &self->recorded, error);
	case EFFECT_RECORD_FINGERLESS:
		return record_this_fingerless(self, state->number, out, error);
	case EFFECT_RECORD_CODE:
		self->asker = self->answer.person;
		return record_code(self->recorder, &self->answer, &self->asked, error);
	case EFFECT_NONE:
	case EFFECT_MATCH:
	case EFFECT_ENROL_SAMPLE:
	case EFFECT_ENROL_RETRY:
		break;
	}
	g_return_val_if_reached(FALSE);
}
