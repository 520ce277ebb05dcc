#include "firmware/terminal_step.h"

#include <string.h>

/* A person's stay ends when nobody has touched for this long. */
#define STAY_MS 20000
/* The keypad is offered at this touch that was not recognised. */
#define ATTEMPTS_KEYPAD 3
/* A finger that lies on the glass and gives neither sample nor retry. */
#define READING_MS 8000
#define KEYPAD_MS 20000
#define CLAIMING_MS 20000
#define APPROVING_MS 30000
/* How long the server may take to answer a claim before the person is let go. */
#define CLAIM_ANSWER_MS 6000
#define RECEIVED_MS 1500
/* The same for the code of an account, and how long it is shown: time to type it into a phone. */
#define CODE_ANSWER_MS 10000
#define CODE_MS 60000
/* An enrolment waits this long for the server's word on it. */
#define ENROL_ANSWER_MS 15000

/* How long an answer stays. Longer where something is to be read and done. */
static guint screen_ms(Screen screen)
{
	switch (feedback_row(screen)->sound) {
	case SOUND_OK:
		return 2500;
	case SOUND_AGAIN:
	case SOUND_NO:
		return 4000;
	case SOUND_WAIT:
		return 8000;
	case SOUND_NONE:
		break;
	}
	return 3000;
}

const char *terminal_outcome_name(TerminalOutcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_NONE] = NULL,
		[OUTCOME_RECORDED] = "recorded",
		[OUTCOME_REPEAT] = "repeat",
		[OUTCOME_UNRECOGNISED] = "unrecognised",
		[OUTCOME_TOO_CLOSE] = "too-close",
		[OUTCOME_EXPIRED] = "expired",
		[OUTCOME_RETRY] = "retry",
		[OUTCOME_CLAIMED] = "claimed",
		[OUTCOME_NO_MATCH] = "no-match",
		[OUTCOME_NOT_ENROLLED] = "not-enrolled",
		[OUTCOME_NUMBER_UNKNOWN] = "number-unknown",
		[OUTCOME_FINGERLESS] = "fingerless",
		[OUTCOME_APPROVED] = "approved",
		[OUTCOME_NOT_ENTITLED] = "not-entitled",
		[OUTCOME_NOT_STORED] = "not-stored",
		[OUTCOME_ENROL_ACCEPTED] = "enrol-accepted",
		[OUTCOME_ENROL_REJECTED] = "enrol-rejected",
		[OUTCOME_ENROL_DONE] = "enrol-done",
		[OUTCOME_ENROL_HELD] = "enrol-held",
		[OUTCOME_ENROL_REFUSED] = "enrol-refused",
		[OUTCOME_CODE] = "code",
		[OUTCOME_CODE_REFUSED] = "code-refused",
		[OUTCOME_CODE_LATER] = "code-later",
	};
	return names[outcome];
}

TerminalState terminal_state_initial(void)
{
	return (TerminalState){.mode = TERMINAL_IDLE};
}

Screen terminal_idle_screen(const TerminalConditions *conditions)
{
	if (conditions->stopping)
		return SCREEN_STOPPING;
	if (conditions->revoked)
		return SCREEN_REVOKED;
	if (conditions->reserve)
		return SCREEN_RESERVE;
	if (!conditions->sensor_ok)
		return SCREEN_SENSOR_MISSING;
	if (conditions->tamper)
		return SCREEN_READY_TAMPER;
	if (conditions->trust != CLOCK_SET)
		return SCREEN_READY_CLOCK_DOUBTFUL;
	return conditions->online ? SCREEN_READY : SCREEN_READY_OFFLINE;
}

/* The terminal does nothing for anybody. */
static gboolean is_closed(const TerminalConditions *conditions)
{
	return conditions->stopping || conditions->revoked;
}

gboolean terminal_is_ready(const TerminalState *state, const TerminalConditions *conditions)
{
	return conditions->sensor_ok && !is_closed(conditions) && state->mode != TERMINAL_READING &&
		   state->mode != TERMINAL_RECORDING;
}

/* Transitions. Each takes the step by value and gives the next one. */

static TerminalStep stay(const TerminalState *state)
{
	return (TerminalStep){.state = *state, .screen = SCREEN_N};
}

/* The server's answer is not waited for any longer: what was sent stands, its touch is over. */
static TerminalOutcome overtaken(const TerminalState *state)
{
	if (state->claim_open)
		return OUTCOME_CLAIMED;
	if (state->code_open)
		return OUTCOME_CODE_LATER;
	return state->enrol_open ? OUTCOME_ENROL_DONE : OUTCOME_NONE;
}

static TerminalStep to_idle(TerminalStep step, const TerminalConditions *conditions)
{
	TerminalState *state = &step.state;
	step.outcome = overtaken(state);
	*state = (TerminalState){.mode = TERMINAL_IDLE,
							 .attempts = state->attempts,
							 .stay_until_ms = state->stay_until_ms,
							 .given_up = state->given_up};
	step.screen = terminal_idle_screen(conditions);
	return step;
}

/* Nothing of the server, and no further key, belongs to what is shown. */
static void stop_waiting(TerminalState *state)
{
	state->claim_open = state->receipt_open = state->enrol_open = FALSE;
	state->may_ask = state->asking = state->code_open = FALSE;
}

static TerminalStep show_for(TerminalStep step, Screen screen, gint64 until_ms,
							 TerminalOutcome outcome)
{
	step.state.mode = TERMINAL_SHOWING;
	step.state.purpose = PURPOSE_IDENTIFY;
	stop_waiting(&step.state);
	step.state.until_ms = until_ms;
	step.screen = screen;
	step.outcome = outcome;
	return step;
}

static TerminalStep show(TerminalStep step, Screen screen, gint64 now_ms, TerminalOutcome outcome)
{
	return show_for(step, screen, now_ms + screen_ms(screen), outcome);
}

static TerminalStep to_keypad(TerminalStep step, Screen screen, gint64 now_ms)
{
	step.outcome = overtaken(&step.state);
	step.state.mode = TERMINAL_KEYPAD;
	step.state.purpose = PURPOSE_IDENTIFY;
	step.state.until_ms = now_ms + KEYPAD_MS;
	stop_waiting(&step.state);
	step.state.fingerless = FALSE;
	step.state.number[0] = '\0';
	step.screen = screen;
	return step;
}

static TerminalStep to_recording(TerminalStep step, TerminalEffect effect)
{
	step.state.mode = TERMINAL_RECORDING;
	step.state.until_ms = 0;
	step.effect = effect;
	return step;
}

static TerminalStep to_reading(TerminalStep step, TerminalPurpose purpose, gint64 now_ms)
{
	TerminalState *state = &step.state;
	step.outcome = overtaken(state);
	if (now_ms >= state->stay_until_ms)
		state->attempts = 0;
	state->stay_until_ms = now_ms + STAY_MS;
	state->mode = TERMINAL_READING;
	state->purpose = purpose;
	state->until_ms = now_ms + READING_MS;
	stop_waiting(state);
	state->fingerless = FALSE;
	step.screen = SCREEN_READING;
	return step;
}

static Screen retry_screen(SensorRetry retry)
{
	switch (retry) {
	case SENSOR_RETRY_TOO_SHORT:
		return SCREEN_TOO_SHORT;
	case SENSOR_RETRY_CENTRE:
		return SCREEN_OFF_CENTRE;
	case SENSOR_RETRY_REMOVE:
		return SCREEN_LIFT;
	case SENSOR_RETRY_GENERAL:
		break;
	}
	return SCREEN_RETRY;
}

/* A touch for a claim or an approval that gave nothing is tried again in the same mode. */
static TerminalStep again(TerminalStep step, Screen screen, gint64 now_ms, TerminalOutcome outcome)
{
	TerminalPurpose purpose = step.state.purpose;
	step = show(step, screen, now_ms, outcome);
	if (purpose == PURPOSE_CLAIM || purpose == PURPOSE_APPROVE) {
		step.state.mode = purpose == PURPOSE_CLAIM ? TERMINAL_CLAIMING : TERMINAL_APPROVING;
		step.state.purpose = purpose;
		step.state.until_ms = now_ms + (purpose == PURPOSE_CLAIM ? CLAIMING_MS : APPROVING_MS);
	}
	return step;
}

/* The number is one of ours (1 … 9 digits, not 0), or has a NIP's 18 digits. */
static gboolean number_is_possible(const char *number)
{
	gsize size = strlen(number);
	if (size == EVENT_NUMBER_MAX)
		return TRUE;
	return size >= 1 && size <= 9 && strspn(number, "0") < size;
}

static TerminalStep on_result(TerminalStep step, const TerminalInput *input)
{
	TerminalState *state = &step.state;
	state->result = input->result;
	state->window = input->window;
	state->sample = input->sample;
	switch (input->result) {
	case RESULT_FOUND:
		return to_recording(step, state->purpose == PURPOSE_APPROVE ? EFFECT_RECORD_APPROVAL
																	: EFFECT_RECORD_PUNCH);
	case RESULT_ELSEWHERE:
		return to_recording(step, EFFECT_RECORD_CLAIM);
	case RESULT_REPEAT:
		state->attempts = 0;
		step = show(step, SCREEN_REPEAT, input->now_ms, OUTCOME_REPEAT);
		step.state.may_ask = TRUE;
		return step;
	case RESULT_NOT_ENTITLED:
		return show(step, SCREEN_NOT_ENTITLED, input->now_ms, OUTCOME_NOT_ENTITLED);
	case RESULT_POOR:
	case RESULT_NONE:
	case RESULT_TOO_CLOSE:
	case RESULT_EXPIRED:
	case RESULT_MOVED:
	case RESULT_NOT_ENROLLED:
		state->attempts++;
		return to_recording(step, EFFECT_RECORD_UNRECOGNISED);
	}
	return step;
}

/* The answer to a touch that was not recognised does not depend on the journal. */
static TerminalStep show_unrecognised(TerminalStep step, const TerminalInput *input)
{
	TerminalState *state = &step.state;
	switch (state->result) {
	case RESULT_TOO_CLOSE:
		return again(step, SCREEN_TOO_CLOSE, input->now_ms, OUTCOME_TOO_CLOSE);
	case RESULT_EXPIRED:
		return show(step, SCREEN_INACTIVE, input->now_ms, OUTCOME_EXPIRED);
	case RESULT_MOVED:
		step = to_keypad(step, SCREEN_MOVED, input->now_ms);
		step.outcome = OUTCOME_EXPIRED;
		return step;
	case RESULT_NOT_ENROLLED:
		/* OK again records the number without a finger. */
		return again(step, SCREEN_NOT_ENROLLED, input->now_ms, OUTCOME_NOT_ENROLLED);
	case RESULT_POOR:
		if (state->purpose != PURPOSE_IDENTIFY || state->attempts < ATTEMPTS_KEYPAD)
			return again(step,
						 state->sample == MATCH_SAMPLE_SMALL ? SCREEN_OFF_CENTRE : SCREEN_RETRY,
						 input->now_ms, OUTCOME_RETRY);
		break;
	case RESULT_NONE:
	case RESULT_FOUND:
	case RESULT_REPEAT:
	case RESULT_ELSEWHERE:
	case RESULT_NOT_ENTITLED:
		break;
	}
	if (state->purpose == PURPOSE_CLAIM)
		return again(step, SCREEN_VISITOR_NO_MATCH, input->now_ms, OUTCOME_NO_MATCH);
	if (state->purpose == PURPOSE_APPROVE)
		return again(step, SCREEN_NOT_ENTITLED, input->now_ms, OUTCOME_NOT_ENTITLED);
	if (state->attempts >= ATTEMPTS_KEYPAD) {
		step = to_keypad(step, SCREEN_UNKNOWN_KEYPAD, input->now_ms);
		step.outcome = OUTCOME_UNRECOGNISED;
		return step;
	}
	return show(step, SCREEN_UNKNOWN, input->now_ms, OUTCOME_UNRECOGNISED);
}

static Screen punch_screen(TerminalWindow window, const TerminalConditions *conditions)
{
	if (!conditions->online)
		return SCREEN_OK_OFFLINE;
	switch (window) {
	case WINDOW_IN:
		return SCREEN_OK_IN;
	case WINDOW_OUT:
		return SCREEN_OK_OUT;
	case WINDOW_OUTSIDE:
		return SCREEN_OK_OUTSIDE;
	case WINDOW_UNKNOWN:
		break;
	}
	return SCREEN_OK;
}

static TerminalStep on_claim_journalled(TerminalStep step, const TerminalInput *input,
										const TerminalConditions *conditions)
{
	if (!conditions->online)
		return show(step, SCREEN_VISITOR_OFFLINE, input->now_ms, OUTCOME_CLAIMED);
	step = show_for(step, SCREEN_VISITOR_WAITING, input->now_ms + CLAIM_ANSWER_MS, OUTCOME_NONE);
	step.state.claim_open = TRUE;
	return step;
}

static TerminalStep on_fingerless_journalled(TerminalStep step, const TerminalInput *input,
											 const TerminalConditions *conditions)
{
	if (input->exempt)
		return show(step, punch_screen(WINDOW_UNKNOWN, conditions), input->now_ms,
					OUTCOME_RECORDED);
	return show(step, SCREEN_FINGERLESS, input->now_ms, OUTCOME_FINGERLESS);
}

static TerminalStep on_journalled(TerminalStep step, const TerminalInput *input,
								  const TerminalConditions *conditions)
{
	TerminalState *state = &step.state;
	if (state->asking) {
		step = show_for(step, SCREEN_ACCOUNT_WAITING, input->now_ms + CODE_ANSWER_MS, OUTCOME_NONE);
		step.state.code_open = TRUE;
		return step;
	}
	if (state->fingerless)
		return on_fingerless_journalled(step, input, conditions);
	if (state->result == RESULT_ELSEWHERE)
		return on_claim_journalled(step, input, conditions);
	if (state->result != RESULT_FOUND)
		return show_unrecognised(step, input);
	state->attempts = 0;
	if (state->purpose == PURPOSE_APPROVE)
		return show(step, SCREEN_APPROVED, input->now_ms, OUTCOME_APPROVED);
	step = show(step, punch_screen(state->window, conditions), input->now_ms, OUTCOME_RECORDED);
	step.state.receipt_open = step.state.may_ask = TRUE;
	return step;
}

static TerminalStep on_not_journalled(TerminalStep step, const TerminalInput *input)
{
	if (step.state.asking)
		return show(step, SCREEN_ACCOUNT_LATER, input->now_ms, OUTCOME_CODE_LATER);
	if (!step.state.fingerless && step.state.result != RESULT_FOUND &&
		step.state.result != RESULT_ELSEWHERE && !input->full)
		return show_unrecognised(step, input);
	step.state.fingerless = FALSE;
	return show(step, input->full ? SCREEN_RESERVE : SCREEN_NOT_STORED, input->now_ms,
				OUTCOME_NOT_STORED);
}

static TerminalStep on_claim_answer(TerminalStep step, const TerminalInput *input)
{
	step.state.claim_open = FALSE;
	switch (input->answer) {
	case CLAIM_ACCEPTED:
		step.state.attempts = 0;
		return show(step, SCREEN_VISITOR_OK, input->now_ms, OUTCOME_RECORDED);
	case CLAIM_HELD:
		return show(step, SCREEN_VISITOR_HELD, input->now_ms, OUTCOME_CLAIMED);
	case CLAIM_REFUSED:
		return show(step, SCREEN_VISITOR_NO_MATCH, input->now_ms, OUTCOME_NO_MATCH);
	case CLAIM_UNKNOWN:
		break;
	}
	step = to_keypad(step, SCREEN_NUMBER_UNKNOWN, input->now_ms);
	step.outcome = OUTCOME_NUMBER_UNKNOWN;
	return step;
}

static TerminalStep on_receipt(TerminalStep step, const TerminalInput *input)
{
	gboolean may_ask = step.state.may_ask;
	step = show_for(step, SCREEN_RECEIVED, MAX(step.state.until_ms, input->now_ms + RECEIVED_MS),
					OUTCOME_NONE);
	step.state.may_ask = may_ask;
	return step;
}

/* Whoever was identified asks for the code of their account; without the server there is none. */
static TerminalStep ask_for_code(TerminalStep step, const TerminalInput *input,
								 const TerminalConditions *conditions)
{
	if (!conditions->online)
		return show(step, SCREEN_ACCOUNT_LATER, input->now_ms, OUTCOME_CODE_LATER);
	stop_waiting(&step.state);
	step.state.asking = TRUE;
	return to_recording(step, EFFECT_RECORD_CODE);
}

static TerminalStep on_code_answer(TerminalStep step, const TerminalInput *input)
{
	if (!input->given)
		return show(step, SCREEN_ACCOUNT_REFUSED, input->now_ms, OUTCOME_CODE_REFUSED);
	return show_for(step, SCREEN_ACCOUNT_CODE, input->now_ms + CODE_MS, OUTCOME_CODE);
}

static TerminalStep on_keypad_key(TerminalStep step, const TerminalInput *input,
								  const TerminalConditions *conditions)
{
	TerminalState *state = &step.state;
	gsize size = strlen(state->number);
	state->until_ms = input->now_ms + KEYPAD_MS;
	if (input->key == '*' && size == 0)
		return to_idle(step, conditions);
	if (input->key == '*') {
		state->number[size - 1] = '\0';
	} else if (input->key != '#') {
		if (size < EVENT_NUMBER_MAX) {
			state->number[size] = input->key;
			state->number[size + 1] = '\0';
		}
	} else if (!number_is_possible(state->number)) {
		return to_keypad(step, SCREEN_NUMBER_UNKNOWN, input->now_ms);
	} else {
		state->mode = TERMINAL_CLAIMING;
		state->purpose = PURPOSE_CLAIM;
		state->until_ms = input->now_ms + CLAIMING_MS;
		step.screen = SCREEN_VISITOR_FINGER;
		return step;
	}
	step.screen = SCREEN_KEYPAD;
	return step;
}

static TerminalStep on_key(TerminalStep step, const TerminalInput *input,
						   const TerminalConditions *conditions)
{
	TerminalState *state = &step.state;
	if (is_closed(conditions) || state->mode == TERMINAL_READING ||
		state->mode == TERMINAL_RECORDING || state->mode == TERMINAL_ENROLLING)
		return step;
	if (state->mode == TERMINAL_KEYPAD)
		return on_keypad_key(step, input, conditions);
	if (input->key == '*')
		return to_idle(step, conditions);
	if (input->key != '#') {
		step = to_keypad(step, SCREEN_KEYPAD, input->now_ms);
		return on_keypad_key(step, input, conditions);
	}
	if (state->mode == TERMINAL_CLAIMING) {
		state->fingerless = TRUE;
		return to_recording(step, EFFECT_RECORD_FINGERLESS);
	}
	if (state->mode == TERMINAL_SHOWING && state->fingerless) {
		state->mode = TERMINAL_APPROVING;
		state->purpose = PURPOSE_APPROVE;
		state->until_ms = input->now_ms + APPROVING_MS;
		step.screen = SCREEN_APPROVER;
		return step;
	}
	return state->mode == TERMINAL_SHOWING && state->may_ask ? ask_for_code(step, input, conditions)
															 : step;
}

static TerminalStep on_finger(TerminalStep step, const TerminalInput *input,
							  const TerminalConditions *conditions)
{
	if (is_closed(conditions))
		return step;
	switch (step.state.mode) {
	case TERMINAL_IDLE:
	case TERMINAL_SHOWING:
	case TERMINAL_KEYPAD:
		return to_reading(step, PURPOSE_IDENTIFY, input->now_ms);
	case TERMINAL_CLAIMING:
		return to_reading(step, PURPOSE_CLAIM, input->now_ms);
	case TERMINAL_APPROVING:
		return to_reading(step, PURPOSE_APPROVE, input->now_ms);
	case TERMINAL_READING:
	case TERMINAL_RECORDING:
	case TERMINAL_ENROLLING:
		break;
	}
	return step;
}

/* A sample or a retry without a finger report before it (some readers have none). */
static TerminalStep on_reading(TerminalStep step, const TerminalInput *input,
							   const TerminalConditions *conditions)
{
	if (step.state.given_up) {
		/* Who was told to try again may have gone: it must not be recorded, nor answer another. */
		step.state.given_up = FALSE;
		return step;
	}
	if (step.state.mode == TERMINAL_ENROLLING) {
		step.effect = input->kind == INPUT_SAMPLE ? EFFECT_ENROL_SAMPLE : EFFECT_ENROL_RETRY;
		return step;
	}
	step = on_finger(step, input, conditions);
	if (step.state.mode != TERMINAL_READING)
		return step;
	if (input->kind == INPUT_SAMPLE) {
		step.effect = EFFECT_MATCH;
		return step;
	}
	return again(step, retry_screen(input->retry), input->now_ms, OUTCOME_RETRY);
}

static TerminalStep on_tick(TerminalStep step, const TerminalInput *input,
							const TerminalConditions *conditions)
{
	TerminalState *state = &step.state;
	if (state->until_ms == 0 || input->now_ms < state->until_ms)
		return step;
	if (state->mode == TERMINAL_READING) {
		state->given_up = TRUE;
		return again(step, SCREEN_RETRY, input->now_ms, OUTCOME_RETRY);
	}
	if (state->code_open)
		return show(step, SCREEN_ACCOUNT_LATER, input->now_ms, OUTCOME_CODE_LATER);
	return to_idle(step, conditions);
}

static TerminalStep on_sensor_lost(TerminalStep step, const TerminalConditions *conditions)
{
	step.state.given_up = FALSE; /* what it was reading is gone with it */
	if (step.state.mode == TERMINAL_READING) {
		step = to_idle(step, conditions);
		step.outcome = OUTCOME_RETRY;
	}
	return step;
}

/* A complete enrolment is a done one once the server has said so; the person is told to wait. */
static TerminalStep on_enrol_end(TerminalStep step, const TerminalInput *input,
								 const TerminalConditions *conditions)
{
	if (input->screen != SCREEN_ENROL_SENT)
		return show(step, input->screen, input->now_ms, OUTCOME_NONE);
	if (!conditions->online)
		return show(step, SCREEN_ENROL_SENT, input->now_ms, OUTCOME_ENROL_DONE);
	step = show_for(step, SCREEN_ENROL_SENT, input->now_ms + ENROL_ANSWER_MS, OUTCOME_NONE);
	step.state.enrol_open = TRUE;
	return step;
}

static TerminalOutcome enrol_outcome(Screen answer)
{
	switch ((int)answer) {
	case SCREEN_ENROL_HELD:
		return OUTCOME_ENROL_HELD;
	case SCREEN_ENROL_REFUSED:
		return OUTCOME_ENROL_REFUSED;
	default:
		return OUTCOME_ENROL_DONE;
	}
}

static TerminalStep on_notice(TerminalStep step, const TerminalInput *input)
{
	TerminalState *state = &step.state;
	TerminalOutcome outcome = state->enrol_open ? enrol_outcome(input->screen) : OUTCOME_NONE;
	if (state->mode == TERMINAL_IDLE ||
		(state->mode == TERMINAL_SHOWING && !state->claim_open && !state->code_open))
		return show(step, input->screen, input->now_ms, outcome);
	return step;
}

TerminalStep terminal_step(const TerminalState *state, const TerminalInput *input,
						   const TerminalConditions *conditions)
{
	TerminalStep step = stay(state);
	TerminalMode mode = state->mode;
	switch (input->kind) {
	case INPUT_TICK:
		return on_tick(step, input, conditions);
	case INPUT_FINGER_ON:
		step.state.given_up = FALSE;
		return on_finger(step, input, conditions);
	case INPUT_FINGER_OFF:
		return step; /* the sensor says what the touch was */
	case INPUT_SAMPLE:
	case INPUT_RETRY:
		return on_reading(step, input, conditions);
	case INPUT_RESULT:
		return mode == TERMINAL_READING ? on_result(step, input) : step;
	case INPUT_JOURNALLED:
		return mode == TERMINAL_RECORDING ? on_journalled(step, input, conditions) : step;
	case INPUT_NOT_JOURNALLED:
		return mode == TERMINAL_RECORDING ? on_not_journalled(step, input) : step;
	case INPUT_RECEIPT:
		return mode == TERMINAL_SHOWING && state->receipt_open ? on_receipt(step, input) : step;
	case INPUT_CLAIM_ANSWER:
		return mode == TERMINAL_SHOWING && state->claim_open ? on_claim_answer(step, input) : step;
	case INPUT_CODE_ANSWER:
		return mode == TERMINAL_SHOWING && state->code_open ? on_code_answer(step, input) : step;
	case INPUT_KEY:
		return on_key(step, input, conditions);
	case INPUT_SENSOR_LOST:
		return on_sensor_lost(step, conditions);
	case INPUT_ENROL_BEGIN:
		step = to_idle(step, conditions);
		step.state.mode = TERMINAL_ENROLLING;
		step.screen = SCREEN_N;
		return step;
	case INPUT_ENROL_END:
		return mode == TERMINAL_ENROLLING ? on_enrol_end(step, input, conditions) : step;
	case INPUT_NOTICE:
		return on_notice(step, input);
	}
	return step;
}
