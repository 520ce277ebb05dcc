#include "firmware/terminal.h"

#include <string.h>

#include "firmware/capture.h"
#include "firmware/enrol.h"
#include "firmware/identify.h"
#include "firmware/panel.h"
#include "firmware/record.h"
#include "firmware/terminal_step.h"
#include "protocol/process/channel.h"

#define TICK_MS 100
/* A person's last punch is remembered at least this long, whatever the roster says. */
#define RECENT_MAX 4096

/* A person's last punch here, for "Sudah tercatat". */
typedef struct {
	uint64_t mono_ms;
	int64_t at_ms;
} Recent;

struct Terminal {
	TerminalDeps deps;
	Recorder recorder;
	Panel *panel;
	Identifier *identifier;
	Channel *sensor;
	char sensor_name[CAPTURE_DETAIL_MAX + 1];
	gboolean sensor_told; /* the role has said how its sensor is */
	guint n_malformed;    /* messages of it */
	guint tick;

	TerminalState state;
	TerminalConditions conditions;
	Screen screen;
	gint64 drawn_s; /* the second the ready screen shows */

	/* Of the touch or number being served. */
	MatchTemplate *sample;
	IdentifyAnswer answer;
	Recorded recorded;
	Recorded fingerless; /* the one an approver may approve */
	PersonId fingerless_person;
	char *fingerless_name;
	char *name;          /* for the panel */
	GHashTable *recents; /* PersonId → Recent */

	Enrol *enrol;
	RandomId last_enrolment; /* ended here: its command may come again */

	TerminalOutcome outcome;
	PersonId outcome_person;
	guint64 touch;
};

static void feed(Terminal *self, TerminalInput input);

static ClockReading now_reading(const Terminal *self)
{
	ClockReading now;
	timekeeper_read(self->deps.timekeeper, &now);
	return now;
}

static void set_name(Terminal *self, const char *name)
{
	g_free(self->name);
	self->name = g_utf8_strup(name, -1);
}

/* What the server calls the person, or their number. */
static void name_person(Terminal *self, PersonId person)
{
	const RosterPerson *entry = roster_person(self->deps.roster, person);
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)person);
	set_name(self, entry != NULL ? entry->name : number);
}

/* Showing. */

static void show(Terminal *self, gboolean again)
{
	ClockReading now = now_reading(self);
	FeedbackText text = {
		.name = self->name,
		.now_ms = now.wall_ms,
		.at_ms = self->recorded.at_ms,
		.utc_offset_min = roster_utc_offset_min(self->deps.roster),
		.n_waiting = journal_backlog(self->deps.journal),
		.finger = FINGER_FIRST,
	};
	PanelStatus status = {
		.ready = terminal_is_ready(&self->state, &self->conditions),
		.offline = !self->conditions.online,
		.typed = self->state.number,
		.outcome = terminal_outcome_name(self->outcome),
		.person = self->outcome_person,
		.touch = self->touch,
	};
	if (self->screen == SCREEN_APPROVER) {
		text.name = self->fingerless_name;
		text.at_ms = self->fingerless.at_ms;
	}
	if (self->enrol != NULL) {
		enrol_text(self->enrol, &text);
		status.step = text.accepted;
		status.n_steps = text.wanted;
	}
	self->drawn_s = now.wall_ms / 1000;
	panel_show(self->panel, self->screen, again, &text, &status);
}

static void set_screen(Terminal *self, Screen screen)
{
	self->screen = screen;
	show(self, TRUE);
}

/* The conditions changed: whoever is being served goes on, the ready screen follows. */
static void refresh(Terminal *self)
{
	if (self->state.mode == TERMINAL_IDLE)
		self->screen = terminal_idle_screen(&self->conditions);
	show(self, FALSE);
}

static void end_touch(Terminal *self, TerminalOutcome outcome, PersonId person)
{
	self->outcome = outcome;
	self->outcome_person = person;
	self->touch++;
}

static PersonId person_of(const Terminal *self, TerminalOutcome outcome)
{
	gboolean named =
		outcome == OUTCOME_RECORDED || outcome == OUTCOME_REPEAT || outcome == OUTCOME_APPROVED;
	return named ? self->answer.person : 0;
}

/* Comparing. */

static gboolean is_repeat(const Terminal *self, PersonId person, int64_t *at_ms)
{
	const Recent *recent = g_hash_table_lookup(self->recents, &person);
	uint64_t window_ms = (uint64_t)roster_repeat_s(self->deps.roster) * 1000;
	if (recent == NULL || now_reading(self).mono_ms - recent->mono_ms >= window_ms)
		return FALSE;
	*at_ms = recent->at_ms;
	return TRUE;
}

static void remember(Terminal *self, PersonId person)
{
	if (g_hash_table_size(self->recents) >= RECENT_MAX)
		g_hash_table_remove_all(self->recents);
	Recent *recent = g_new0(Recent, 1);
	recent->mono_ms = now_reading(self).mono_ms;
	recent->at_ms = self->recorded.at_ms;
	g_hash_table_replace(self->recents, g_memdup2(&person, sizeof person), recent);
}

static TerminalWindow window_of(const Terminal *self, PersonId person, int64_t now_ms)
{
	switch (roster_direction(self->deps.roster, person, now_ms)) {
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

static TerminalResult found(Terminal *self, TerminalInput *input, int64_t now_ms)
{
	PersonId person = self->answer.person;
	name_person(self, person);
	input->window = window_of(self, person, now_ms);
	return is_repeat(self, person, &self->recorded.at_ms) ? RESULT_REPEAT : RESULT_FOUND;
}

/* A home person who typed their own number is compared here, everybody else at the server. */
static TerminalResult match_claim(Terminal *self, TerminalInput *input, int64_t now_ms)
{
	PersonId person = number_person(self->state.number);
	const RosterPerson *entry = person != 0 ? roster_person(self->deps.roster, person) : NULL;
	if (match_sample_for_touch(self->sample) != MATCH_SAMPLE_GOOD)
		return RESULT_POOR;
	if (entry == NULL || entry->n_references == 0 ||
		!roster_eligible(self->deps.roster, person, now_ms))
		return RESULT_ELSEWHERE;
	self->answer = identifier_verify(self->identifier, self->sample, person, now_ms);
	return self->answer.outcome == IDENTIFY_FOUND ? found(self, input, now_ms)
												  : result_of(self->answer.outcome);
}

static TerminalResult match_approver(Terminal *self, int64_t now_ms)
{
	self->answer = identifier_identify(self->identifier, self->sample, now_ms);
	if (self->answer.outcome != IDENTIFY_FOUND)
		return result_of(self->answer.outcome);
	const RosterPerson *entry = roster_person(self->deps.roster, self->answer.person);
	name_person(self, self->answer.person);
	if (entry == NULL || (entry->flags & ROSTER_APPROVER) == 0 ||
		self->answer.person == self->fingerless_person)
		return RESULT_NOT_ENTITLED;
	return RESULT_FOUND;
}

static void match(Terminal *self)
{
	TerminalInput input = {.kind = INPUT_RESULT};
	int64_t now_ms = now_reading(self).wall_ms;
	self->answer = (IdentifyAnswer){0};
	input.sample = match_sample_for_touch(self->sample);
	if (self->state.purpose == PURPOSE_CLAIM) {
		input.result = match_claim(self, &input, now_ms);
	} else if (self->state.purpose == PURPOSE_APPROVE) {
		input.result = match_approver(self, now_ms);
	} else {
		self->answer = identifier_identify(self->identifier, self->sample, now_ms);
		input.result = self->answer.outcome == IDENTIFY_FOUND ? found(self, &input, now_ms)
															  : result_of(self->answer.outcome);
	}
	feed(self, input);
}

/* Recording. */

static gboolean record_this_fingerless(Terminal *self, TerminalInput *input, GError **error)
{
	PersonId person = number_person(self->state.number);
	const RosterPerson *entry = person != 0 ? roster_person(self->deps.roster, person) : NULL;
	set_name(self, entry != NULL ? entry->name : self->state.number);
	if (!record_fingerless(&self->recorder, self->state.number, &self->recorded, error))
		return FALSE;
	self->fingerless = self->recorded;
	self->fingerless_person = person;
	g_free(self->fingerless_name);
	self->fingerless_name = g_strdup(self->name);
	input->exempt = entry != NULL && (entry->flags & ROSTER_EXEMPT) != 0 &&
					roster_eligible(self->deps.roster, person, self->recorded.at_ms);
	self->answer = (IdentifyAnswer){.person = input->exempt ? person : 0};
	return TRUE;
}

static gboolean record(Terminal *self, TerminalEffect effect, TerminalInput *input, GError **error)
{
	guint8 quality = self->sample != NULL ? match_template_quality(self->sample) : 0;
	switch (effect) {
	case EFFECT_RECORD_PUNCH:
		if (!record_punch(&self->recorder, &self->answer, quality, &self->recorded, error))
			return FALSE;
		remember(self, self->answer.person);
		return TRUE;
	case EFFECT_RECORD_UNRECOGNISED:
		return record_unrecognised(&self->recorder, self->state.result, quality,
								   self->state.attempts, &self->recorded, error);
	case EFFECT_RECORD_CLAIM:
		return record_claim(&self->recorder, self->state.number, self->sample, &self->recorded,
							error);
	case EFFECT_RECORD_APPROVAL:
		return record_approval(&self->recorder, &self->fingerless.ref, &self->answer,
							   &self->recorded, error);
	case EFFECT_RECORD_FINGERLESS:
		return record_this_fingerless(self, input, error);
	case EFFECT_NONE:
	case EFFECT_MATCH:
	case EFFECT_ENROL_SAMPLE:
	case EFFECT_ENROL_RETRY:
		break;
	}
	g_return_val_if_reached(FALSE);
}

static void record_and_tell(Terminal *self, TerminalEffect effect)
{
	g_autoptr(GError) error = NULL;
	TerminalInput input = {.kind = INPUT_JOURNALLED};
	if (!record(self, effect, &input, &error)) {
		g_warning("terminal: not recorded: %s", error->message);
		input.kind = INPUT_NOT_JOURNALLED;
		input.full = g_error_matches(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
	}
	self->conditions.reserve = journal_reserve_reached(self->deps.journal);
	feed(self, input);
}

/* Enrolling. */

static void tell_server(Terminal *self, const EnrolReport *report)
{
	if (!self->deps.report(report, self->deps.user))
		g_message("terminal: the enrolment's progress could not be reported");
}

static void report_progress(Terminal *self)
{
	EnrolReport report;
	enrol_report(self->enrol, &report);
	tell_server(self, &report);
}

/* The enrolment is over: journal it, report it, forget its templates. */
static void end_enrolment(Terminal *self, EnrolState outcome, Screen screen)
{
	g_autoptr(GError) error = NULL;
	EnrolSealed sealed = {0};
	EnrolReport report;
	if (!record_enrolment(&self->recorder, self->enrol, outcome, &sealed, &report, &error)) {
		g_warning("terminal: enrolment not recorded: %s", error->message);
		enrol_report(self->enrol, &report);
		report.state = ENROL_FAILED;
		screen = g_error_matches(error, JOURNAL_ERROR, JOURNAL_ERROR_FULL) ? SCREEN_RESERVE
																		   : SCREEN_NOT_STORED;
	}
	if (report.state == ENROL_DONE)
		end_touch(self, OUTCOME_ENROL_DONE, enrol_person(self->enrol));
	else if (outcome == ENROL_DONE)
		end_touch(self, OUTCOME_NOT_STORED, 0);
	tell_server(self, &report);
	enrol_sealed_clear(&sealed);
	set_name(self, enrol_name(self->enrol));
	self->last_enrolment = *enrol_id(self->enrol);
	g_clear_pointer(&self->enrol, enrol_free);
	feed(self, (TerminalInput){.kind = INPUT_ENROL_END, .screen = screen});
}

static void enrol_stepped(Terminal *self, EnrolStep step)
{
	switch (step) {
	case ENROL_STEP_WAIT:
		return;
	case ENROL_STEP_COMPLETE:
		end_enrolment(self, ENROL_DONE, SCREEN_ENROL_SENT);
		return;
	case ENROL_STEP_TIMEOUT:
		end_enrolment(self, ENROL_TIMEOUT, SCREEN_ENROL_TIMEOUT);
		return;
	case ENROL_STEP_ACCEPTED:
	case ENROL_STEP_NEXT:
		end_touch(self, OUTCOME_ENROL_ACCEPTED, enrol_person(self->enrol));
		break;
	case ENROL_STEP_REJECTED:
		end_touch(self, OUTCOME_ENROL_REJECTED, enrol_person(self->enrol));
		break;
	}
	report_progress(self);
	set_screen(self, enrol_screen(self->enrol));
}

/* One input through the machine. */

static void carry_out(Terminal *self, TerminalEffect effect, const TerminalInput *input)
{
	gint64 now_ms = (gint64)now_reading(self).mono_ms;
	switch (effect) {
	case EFFECT_NONE:
		break;
	case EFFECT_MATCH:
		match(self);
		break;
	case EFFECT_ENROL_SAMPLE:
		enrol_stepped(self, enrol_sample(self->enrol, g_steal_pointer(&self->sample), now_ms));
		break;
	case EFFECT_ENROL_RETRY:
		enrol_stepped(self, enrol_retry(self->enrol, input->retry, now_ms));
		break;
	case EFFECT_RECORD_PUNCH:
	case EFFECT_RECORD_UNRECOGNISED:
	case EFFECT_RECORD_CLAIM:
	case EFFECT_RECORD_FINGERLESS:
	case EFFECT_RECORD_APPROVAL:
		record_and_tell(self, effect);
		break;
	}
}

static void feed(Terminal *self, TerminalInput input)
{
	gboolean was_ready = terminal_is_ready(&self->state, &self->conditions);
	input.now_ms = (gint64)now_reading(self).mono_ms;
	TerminalStep step = terminal_step(&self->state, &input, &self->conditions);
	self->state = step.state;
	if (step.outcome != OUTCOME_NONE)
		end_touch(self, step.outcome, person_of(self, step.outcome));
	if (step.screen != SCREEN_N)
		set_screen(self, step.screen);
	else if (step.outcome != OUTCOME_NONE ||
			 was_ready != terminal_is_ready(&self->state, &self->conditions))
		show(self, FALSE);
	carry_out(self, step.effect, &input);
}

static gboolean on_tick(gpointer user)
{
	Terminal *self = user;
	ClockReading now = now_reading(self);
	gboolean reserve = journal_reserve_reached(self->deps.journal);
	if (self->conditions.trust != now.trust || self->conditions.reserve != reserve) {
		self->conditions.trust = now.trust;
		self->conditions.reserve = reserve;
		refresh(self);
	}
	feed(self, (TerminalInput){.kind = INPUT_TICK});
	if (self->enrol != NULL)
		enrol_stepped(self, enrol_tick(self->enrol, (gint64)now.mono_ms));
	if (self->state.mode == TERMINAL_IDLE && now.wall_ms / 1000 != self->drawn_s)
		show(self, FALSE);
	return G_SOURCE_CONTINUE;
}

/* The sensor role. */

static void set_sensor(Terminal *self, gboolean ok, const char *detail)
{
	g_autoptr(GError) error = NULL;
	gboolean changed = self->conditions.sensor_ok != ok;
	/* Found at start is what the boot event says; missing at start is worth an event. */
	gboolean event = changed ? self->sensor_told : !self->sensor_told && !ok;
	g_strlcpy(self->sensor_name, ok ? detail : "", sizeof self->sensor_name);
	self->sensor_told = TRUE;
	self->conditions.sensor_ok = ok;
	if (event && !record_sensor(&self->recorder, ok, detail, &error))
		g_warning("terminal: the sensor's state is not recorded: %s", error->message);
	if (!changed)
		return;
	if (!ok)
		feed(self, (TerminalInput){.kind = INPUT_SENSOR_LOST});
	refresh(self);
	self->deps.changed(self->deps.user);
}

static void on_sensor_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
							  gpointer user)
{
	Terminal *self = user;
	g_auto(CaptureMessage) message = {0};
	g_autoptr(GError) error = NULL;
	(void)channel;
	if (!capture_decode(type, payload, size, &message, &error)) {
		/* A role gone mad must not fill the log: the 1st, 2nd, 4th, 8th … is said. */
		guint n = ++self->n_malformed;
		if ((n & (n - 1)) == 0)
			g_warning("terminal: from the sensor role (%u so far): %s", n, error->message);
		return;
	}
	switch (message.type) {
	case CAPTURE_STATE:
		set_sensor(self, message.present, message.detail);
		break;
	case CAPTURE_FINGER:
		feed(self, (TerminalInput){.kind = message.on ? INPUT_FINGER_ON : INPUT_FINGER_OFF});
		break;
	case CAPTURE_RETRY:
		feed(self, (TerminalInput){.kind = INPUT_RETRY, .retry = message.retry});
		break;
	case CAPTURE_SAMPLE:
		g_clear_pointer(&self->sample, match_template_free);
		self->sample = g_steal_pointer(&message.sample);
		feed(self, (TerminalInput){.kind = INPUT_SAMPLE});
		g_clear_pointer(&self->sample, match_template_free);
		break;
	case CAPTURE_ARM:
	case CAPTURE_DISARM:
		break;
	}
}

static void on_sensor_closed(Channel *channel, gpointer user)
{
	Terminal *self = user;
	(void)channel;
	g_clear_pointer(&self->sensor, channel_free);
	set_sensor(self, FALSE, "sensor process ended");
}

void terminal_sensor_linked(Terminal *terminal, int fd)
{
	g_clear_pointer(&terminal->sensor, channel_free);
	terminal->sensor = channel_new(fd, on_sensor_message, on_sensor_closed, terminal);
	if (terminal->conditions.revoked)
		channel_send(terminal->sensor, CAPTURE_DISARM, NULL, 0);
}

/* Panel and lamps. */

static void on_key(char key, gpointer user)
{
	feed(user, (TerminalInput){.kind = INPUT_KEY, .key = key});
}

static void on_tamper(gboolean open, gpointer user)
{
	Terminal *self = user;
	g_autoptr(GError) error = NULL;
	if (self->conditions.tamper == open)
		return;
	self->conditions.tamper = open;
	if (!record_tamper(&self->recorder, open, &error))
		g_warning("terminal: the case's opening is not recorded: %s", error->message);
	refresh(self);
	self->deps.changed(self->deps.user);
}

static void on_roster_changed(PersonId person, gboolean removed, gpointer user)
{
	Terminal *self = user;
	identifier_person_changed(self->identifier, person, removed);
}

static gboolean open_panel(Terminal *self, GError **error)
{
	static const PanelListener listener = {on_key, on_tamper};
	PanelConfig config = {
		.display = self->deps.display,
		.display_options = self->deps.display_options,
		.indicators = self->deps.indicators,
		.indicators_options = self->deps.indicators_options,
		.title = self->deps.title != NULL ? self->deps.title : self->deps.id.text,
	};
	self->panel = panel_new(&config, &listener, self, error);
	return self->panel != NULL;
}

Terminal *terminal_new(const TerminalDeps *deps, GError **error)
{
	Terminal *self = g_new0(Terminal, 1);
	self->deps = *deps;
	self->recorder =
		(Recorder){deps->id, deps->journal, deps->timekeeper, deps->vault_key, deps->user};
	self->state = terminal_state_initial();
	self->conditions.trust = now_reading(self).trust;
	self->conditions.reserve = journal_reserve_reached(deps->journal);
	self->recents = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	self->name = g_strdup("");
	self->fingerless_name = g_strdup("");
	self->identifier = identifier_new(deps->roster, error);
	if (self->identifier == NULL || !open_panel(self, error)) {
		terminal_free(self);
		return NULL;
	}
	roster_set_changed(deps->roster, on_roster_changed, self);
	self->tick = g_timeout_add(TICK_MS, on_tick, self);
	refresh(self);
	return self;
}

void terminal_free(Terminal *terminal)
{
	if (terminal == NULL)
		return;
	g_clear_handle_id(&terminal->tick, g_source_remove);
	roster_set_changed(terminal->deps.roster, NULL, NULL);
	g_clear_pointer(&terminal->sensor, channel_free);
	g_clear_pointer(&terminal->sample, match_template_free);
	g_clear_pointer(&terminal->enrol, enrol_free);
	g_clear_pointer(&terminal->panel, panel_free);
	g_clear_pointer(&terminal->identifier, identifier_free);
	g_hash_table_unref(terminal->recents);
	g_free(terminal->fingerless_name);
	g_free(terminal->name);
	g_free(terminal);
}

/* What core tells. */

static void set_condition(Terminal *self, gboolean *condition, gboolean value)
{
	if (*condition == value)
		return;
	*condition = value;
	refresh(self);
}

void terminal_set_online(Terminal *terminal, gboolean online)
{
	set_condition(terminal, &terminal->conditions.online, online);
}

void terminal_set_revoked(Terminal *terminal, gboolean revoked)
{
	if (terminal->sensor != NULL && terminal->conditions.revoked != revoked)
		channel_send(terminal->sensor, revoked ? CAPTURE_DISARM : CAPTURE_ARM, NULL, 0);
	set_condition(terminal, &terminal->conditions.revoked, revoked);
}

void terminal_set_stopping(Terminal *terminal)
{
	if (terminal->enrol != NULL)
		end_enrolment(terminal, ENROL_CANCELLED, SCREEN_ENROL_CANCELLED);
	terminal->conditions.stopping = TRUE;
	set_screen(terminal, SCREEN_STOPPING);
}

void terminal_receipted(Terminal *terminal, const RandomId *journal, uint64_t seq)
{
	if (random_id_equal(&terminal->recorded.ref.journal, journal) &&
		terminal->recorded.ref.seq <= seq)
		feed(terminal, (TerminalInput){.kind = INPUT_RECEIPT});
}

static gboolean has_expired(const Terminal *self, const Command *command)
{
	ClockReading now = now_reading(self);
	return now.trust == CLOCK_SET && now.wall_ms >= command->enrol.expires_ms;
}

void terminal_enrol(Terminal *terminal, const Command *command)
{
	const RandomId *id = &command->enrol.enrolment;
	if (random_id_equal(id, &terminal->last_enrolment) || has_expired(terminal, command))
		return;
	if (terminal->enrol != NULL) {
		if (!random_id_equal(id, enrol_id(terminal->enrol)))
			g_message("terminal: an enrolment is under way, another has to wait");
		return;
	}
	terminal->enrol = enrol_new(command, (gint64)now_reading(terminal).mono_ms);
	if (terminal->enrol == NULL) {
		g_warning("terminal: an enrolment that names no finger, or one twice");
		return;
	}
	feed(terminal, (TerminalInput){.kind = INPUT_ENROL_BEGIN});
	report_progress(terminal);
	set_screen(terminal, enrol_screen(terminal->enrol));
}

void terminal_enrol_cancel(Terminal *terminal, const RandomId *enrolment)
{
	if (terminal->enrol != NULL && random_id_equal(enrolment, enrol_id(terminal->enrol)))
		end_enrolment(terminal, ENROL_CANCELLED, SCREEN_ENROL_CANCELLED);
}

void terminal_enrol_answer(Terminal *terminal, const RandomId *enrolment, AnswerOutcome outcome)
{
	static const Screen screens[] = {
		[ANSWER_ACCEPTED] = SCREEN_ENROL_TEST,
		[ANSWER_HELD] = SCREEN_ENROL_HELD,
		[ANSWER_REFUSED] = SCREEN_ENROL_REFUSED,
		[ANSWER_UNKNOWN] = SCREEN_ENROL_REFUSED,
	};
	if (random_id_equal(enrolment, &terminal->last_enrolment) && outcome < G_N_ELEMENTS(screens))
		feed(terminal, (TerminalInput){.kind = INPUT_NOTICE, .screen = screens[outcome]});
}

void terminal_claim_answer(Terminal *terminal, const Command *command)
{
	static const TerminalClaim answers[] = {
		[ANSWER_ACCEPTED] = CLAIM_ACCEPTED,
		[ANSWER_HELD] = CLAIM_HELD,
		[ANSWER_REFUSED] = CLAIM_REFUSED,
		[ANSWER_UNKNOWN] = CLAIM_UNKNOWN,
	};
	const EventRef *ref = &terminal->recorded.ref;
	AnswerOutcome outcome = command->claim_answer.outcome;
	if (!terminal->state.claim_open || ref->seq != command->claim_answer.seq ||
		!random_id_equal(&ref->journal, &command->claim_answer.journal) ||
		outcome < ANSWER_ACCEPTED || outcome >= G_N_ELEMENTS(answers))
		return;
	if (outcome == ANSWER_ACCEPTED) {
		Slice name = command->claim_answer.name;
		g_autofree char *text = g_strndup((const char *)name.data, name.size);
		set_name(terminal, text);
		terminal->answer.person = command->claim_answer.person;
	}
	feed(terminal, (TerminalInput){.kind = INPUT_CLAIM_ANSWER, .answer = answers[outcome]});
}

gboolean terminal_sensor_ok(const Terminal *terminal)
{
	return terminal->conditions.sensor_ok;
}

gboolean terminal_tamper_open(const Terminal *terminal)
{
	return terminal->conditions.tamper;
}

const char *terminal_sensor_name(const Terminal *terminal)
{
	return terminal->sensor_name;
}
