#include "firmware/terminal.h"

#include <string.h>

#include "firmware/capture.h"
#include "firmware/enrol.h"
#include "firmware/identify.h"
#include "firmware/panel.h"
#include "firmware/record.h"
#include "firmware/seal_psa.h"
#include "firmware/terminal_step.h"
#include "firmware/served.h"
#include "protocol/process/channel.h"

#define TICK_MS 100

struct Terminal {
	TerminalDeps deps;
	Recorder recorder;
	Panel *panel;
	Channel *sensor;
	char sensor_name[CAPTURE_DETAIL_MAX + 1];
	gboolean sensor_told; /* the role has said how its sensor is */
	guint n_malformed;    /* messages of it */
	guint tick;

	TerminalState state;
	TerminalConditions conditions;
	Screen screen;
	gint64 drawn_s; /* the second the ready screen shows */

	Served served;
	Enrol *enrol;
	RandomId last_enrolment; /* ended here: its command may come again */
	PersonId last_enrolled;  /* whom it was of */

	char code[FEEDBACK_LARGE_MAX + 1]; /* while it is shown; wiped after */
	guint code_minutes;

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

/* Showing. */

static void show(Terminal *self, gboolean again)
{
	ClockReading now = now_reading(self);
	FeedbackText text = {
		.name = self->served.name,
		.now_ms = now.wall_ms,
		.at_ms = self->served.recorded.at_ms,
		.utc_offset_min = roster_utc_offset_min(self->deps.roster),
		.n_waiting = journal_backlog(self->deps.journal),
		.finger = FINGER_FIRST,
		.minutes = self->code_minutes,
		.code = self->code,
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
		text.name = self->served.fingerless_name;
		text.at_ms = self->served.fingerless.at_ms;
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
	if (screen != SCREEN_ACCOUNT_CODE)
		explicit_bzero(self->code, sizeof self->code);
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
	switch ((int)outcome) {
	case OUTCOME_RECORDED:
	case OUTCOME_REPEAT:
	case OUTCOME_APPROVED:
		return self->served.answer.person;
	case OUTCOME_CODE:
		return self->served.asker;
	case OUTCOME_ENROL_DONE:
	case OUTCOME_ENROL_HELD:
	case OUTCOME_ENROL_REFUSED:
		return self->last_enrolled;
	default:
		return 0;
	}
}

/* Comparing and recording, as the machine says. */

static void match(Terminal *self)
{
	TerminalInput input = {.kind = INPUT_RESULT};
	served_match(&self->served, self->state.purpose, self->state.number, &input);
	feed(self, input);
}

static void record_and_tell(Terminal *self, TerminalEffect effect)
{
	g_autoptr(GError) error = NULL;
	TerminalInput input = {.kind = INPUT_JOURNALLED};
	if (!served_record(&self->served, effect, &self->state, &input, &error)) {
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
	/* A done one ends its touch with the server's answer (terminal_step.c). */
	if (report.state != ENROL_DONE && outcome == ENROL_DONE)
		end_touch(self, OUTCOME_NOT_STORED, 0);
	tell_server(self, &report);
	enrol_sealed_clear(&sealed);
	served_set_name(&self->served, enrol_name(self->enrol));
	self->last_enrolment = *enrol_id(self->enrol);
	self->last_enrolled = enrol_person(self->enrol);
	g_clear_pointer(&self->enrol, enrol_free);
	feed(self, (TerminalInput){.kind = INPUT_ENROL_END, .screen = screen});
}

static void enrol_stepped(Terminal *self, EnrolStep step)
{
	switch (step) {
	case ENROL_STEP_WAIT:
		return;
	case ENROL_STEP_ASK:
		set_screen(self, enrol_screen(self->enrol));
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
		enrol_stepped(self,
					  enrol_sample(self->enrol, g_steal_pointer(&self->served.sample), now_ms));
		break;
	case EFFECT_ENROL_RETRY:
		enrol_stepped(self, enrol_retry(self->enrol, input->retry, now_ms));
		break;
	case EFFECT_RECORD_PUNCH:
	case EFFECT_RECORD_UNRECOGNISED:
	case EFFECT_RECORD_CLAIM:
	case EFFECT_RECORD_FINGERLESS:
	case EFFECT_RECORD_APPROVAL:
	case EFFECT_RECORD_CODE:
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
		g_clear_pointer(&self->served.sample, match_template_free);
		self->served.sample = g_steal_pointer(&message.sample);
		feed(self, (TerminalInput){.kind = INPUT_SAMPLE});
		g_clear_pointer(&self->served.sample, match_template_free);
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
	identifier_person_changed(self->served.identifier, person, removed);
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
	if (!served_init(&self->served, deps->roster, &self->recorder, error) ||
		!open_panel(self, error)) {
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
	g_clear_pointer(&terminal->enrol, enrol_free);
	g_clear_pointer(&terminal->panel, panel_free);
	served_clear(&terminal->served);
	explicit_bzero(terminal->code, sizeof terminal->code);
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
	if (random_id_equal(&terminal->served.recorded.ref.journal, journal) &&
		terminal->served.recorded.ref.seq <= seq)
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
	const EventRef *ref = &terminal->served.recorded.ref;
	AnswerOutcome outcome = command->claim_answer.outcome;
	if (!terminal->state.claim_open || ref->seq != command->claim_answer.seq ||
		!random_id_equal(&ref->journal, &command->claim_answer.journal) ||
		outcome < ANSWER_ACCEPTED || outcome >= G_N_ELEMENTS(answers))
		return;
	if (outcome == ANSWER_ACCEPTED) {
		Slice name = command->claim_answer.name;
		g_autofree char *text = g_strndup((const char *)name.data, name.size);
		served_set_name(&terminal->served, text);
		terminal->served.answer.person = command->claim_answer.person;
	}
	feed(terminal, (TerminalInput){.kind = INPUT_CLAIM_ANSWER, .answer = answers[outcome]});
}

/* The code as text: what is shown must be a line of plain characters. */
static gboolean open_code(Terminal *self, const Command *command)
{
	uint8_t reference[24];
	WireBuffer plain = {0};
	g_autoptr(GError) error = NULL;
	seal_reference_code(&command->code.journal, command->code.seq, reference);
	SealContext context = {self->deps.id, self->served.asker, {reference, sizeof reference}};
	gboolean good = seal_open(self->deps.keys, &context, command->code.sealed, &plain, &error);
	if (error != NULL)
		g_message("terminal: a code does not open: %s", error->message);
	good = good && plain.size > 0 && plain.size < sizeof self->code;
	for (gsize i = 0; good && i < plain.size; i++)
		good = g_ascii_isgraph((char)plain.data[i]);
	if (good) {
		memcpy(self->code, plain.data, plain.size);
		self->code[plain.size] = '\0';
		self->code_minutes = command->code.minutes;
	}
	seal_wipe(&plain);
	return good;
}

void terminal_code_answer(Terminal *terminal, const Command *command)
{
	const EventRef *ref = &terminal->served.asked.ref;
	if (!terminal->state.code_open || ref->seq != command->code.seq ||
		!random_id_equal(&ref->journal, &command->code.journal))
		return;
	gboolean given = command->code.outcome == ANSWER_ACCEPTED && open_code(terminal, command);
	feed(terminal, (TerminalInput){.kind = INPUT_CODE_ANSWER, .given = given});
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
