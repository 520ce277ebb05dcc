/* The machine alone: from a state, one input after another, and what each gives. */
#include "firmware/terminal_step.h"

#include <string.h>

#include <glib.h>

#define KEEP SCREEN_N /* what is shown stays */
#define N_STEPS 8

/* One input and what must come of it. Time advances by `after_ms` before it. */
typedef struct {
	TerminalInput input;
	gint64 after_ms;
	TerminalMode mode;
	Screen screen;
	TerminalEffect effect;
	TerminalOutcome outcome;
} Expected;

typedef struct {
	const char *name;
	TerminalConditions conditions;
	Expected steps[N_STEPS]; /* up to the first without a screen and a mode */
	gsize n_steps;
} Case;

#define GOOD {.sensor_ok = TRUE, .online = TRUE, .trust = CLOCK_SET}
#define OFFLINE {.sensor_ok = TRUE, .trust = CLOCK_SET}
#define REVOKED {.sensor_ok = TRUE, .online = TRUE, .trust = CLOCK_SET, .revoked = TRUE}

#define FINGER {.kind = INPUT_FINGER_ON}
#define SAMPLE {.kind = INPUT_SAMPLE}
#define TICK {.kind = INPUT_TICK}
#define STORED {.kind = INPUT_JOURNALLED}
#define RETRY(value) {.kind = INPUT_RETRY, .retry = value}
#define RESULT(value) {.kind = INPUT_RESULT, .result = value}
#define KEY(value) {.kind = INPUT_KEY, .key = value}
#define GIVEN(value) {.kind = INPUT_CODE_ANSWER, .given = value}
#define ANSWER(value) {.kind = INPUT_CLAIM_ANSWER, .answer = value}

static const Case cases[] = {
	{"found, in the morning's window",
	 GOOD,
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 200, TERMINAL_READING, KEEP, EFFECT_MATCH, OUTCOME_NONE},
	  {{.kind = INPUT_RESULT, .result = RESULT_FOUND, .window = WINDOW_IN},
	   0,
	   TERMINAL_RECORDING,
	   KEEP,
	   EFFECT_RECORD_PUNCH,
	   OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_OK_IN, EFFECT_NONE, OUTCOME_RECORDED},
	  {{.kind = INPUT_RECEIPT}, 300, TERMINAL_SHOWING, SCREEN_RECEIVED, EFFECT_NONE, OUTCOME_NONE},
	  {{.kind = INPUT_RECEIPT}, 0, TERMINAL_SHOWING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 5000, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_NONE}},
	 7},
	{"not green before the journal has it",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_FOUND), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_PUNCH, OUTCOME_NONE},
	  {TICK, 60000, TERMINAL_RECORDING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_RECORDING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {{.kind = INPUT_NOT_JOURNALLED},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_NOT_STORED,
	   EFFECT_NONE,
	   OUTCOME_NOT_STORED}},
	 5},
	{"the reserve is reached",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_FOUND), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_PUNCH, OUTCOME_NONE},
	  {{.kind = INPUT_NOT_JOURNALLED, .full = TRUE},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_RESERVE,
	   EFFECT_NONE,
	   OUTCOME_NOT_STORED}},
	 3},
	{"without a network",
	 OFFLINE,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_FOUND), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_PUNCH, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_OK_OFFLINE, EFFECT_NONE, OUTCOME_RECORDED},
	  {TICK, 5000, TERMINAL_IDLE, SCREEN_READY_OFFLINE, EFFECT_NONE, OUTCOME_NONE}},
	 4},
	{"who was identified asks for the code of the account",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_FOUND), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_PUNCH, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_OK, EFFECT_NONE, OUTCOME_RECORDED},
	  {{.kind = INPUT_RECEIPT}, 300, TERMINAL_SHOWING, SCREEN_RECEIVED, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('#'), 500, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CODE, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_WAITING, EFFECT_NONE, OUTCOME_NONE},
	  {GIVEN(TRUE), 900, TERMINAL_SHOWING, SCREEN_ACCOUNT_CODE, EFFECT_NONE, OUTCOME_CODE},
	  {TICK, 60000, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_NONE}},
	 8},
	{"a code refused, and none that comes unasked",
	 GOOD,
	 {{GIVEN(TRUE), 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT},
	  {GIVEN(TRUE), 0, TERMINAL_SHOWING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('#'), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CODE, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_WAITING, EFFECT_NONE, OUTCOME_NONE},
	  {GIVEN(FALSE), 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_REFUSED, EFFECT_NONE,
	   OUTCOME_CODE_REFUSED},
	  {KEY('#'), 0, TERMINAL_SHOWING, KEEP, EFFECT_NONE, OUTCOME_NONE}},
	 8},
	{"a code that does not come, or is not journalled",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT},
	  {KEY('#'), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CODE, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_WAITING, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 10000, TERMINAL_SHOWING, SCREEN_ACCOUNT_LATER, EFFECT_NONE, OUTCOME_CODE_LATER}},
	 5},
	{"the next person does not get the code that is waited for",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT},
	  {KEY('#'), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CODE, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_WAITING, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_CODE_LATER},
	  {GIVEN(TRUE), 0, TERMINAL_READING, KEEP, EFFECT_NONE, OUTCOME_NONE}},
	 6},
	{"a code that cannot be asked for",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT},
	  {KEY('#'), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CODE, OUTCOME_NONE},
	  {{.kind = INPUT_NOT_JOURNALLED},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_ACCOUNT_LATER,
	   EFFECT_NONE,
	   OUTCOME_CODE_LATER}},
	 4},
	{"no code without a network",
	 OFFLINE,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT},
	  {KEY('#'), 0, TERMINAL_SHOWING, SCREEN_ACCOUNT_LATER, EFFECT_NONE, OUTCOME_CODE_LATER}},
	 3},
	{"a repeat journals nothing",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_REPEAT), 0, TERMINAL_SHOWING, SCREEN_REPEAT, EFFECT_NONE, OUTCOME_REPEAT}},
	 2},
	{"the next person while an answer is shown",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_FOUND), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_PUNCH, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_OK, EFFECT_NONE, OUTCOME_RECORDED},
	  {FINGER, 100, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {{.kind = INPUT_RECEIPT}, 0, TERMINAL_READING, KEEP, EFFECT_NONE, OUTCOME_NONE}},
	 5},
	{"each retry of the sensor",
	 GOOD,
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {RETRY(SENSOR_RETRY_TOO_SHORT), 0, TERMINAL_SHOWING, SCREEN_TOO_SHORT, EFFECT_NONE,
	   OUTCOME_RETRY},
	  {RETRY(SENSOR_RETRY_CENTRE), 0, TERMINAL_SHOWING, SCREEN_OFF_CENTRE, EFFECT_NONE,
	   OUTCOME_RETRY},
	  {RETRY(SENSOR_RETRY_REMOVE), 0, TERMINAL_SHOWING, SCREEN_LIFT, EFFECT_NONE, OUTCOME_RETRY},
	  {RETRY(SENSOR_RETRY_GENERAL), 0, TERMINAL_SHOWING, SCREEN_RETRY, EFFECT_NONE, OUTCOME_RETRY}},
	 5},
	{"a finger that gives nothing",
	 GOOD,
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 7999, TERMINAL_READING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 1, TERMINAL_SHOWING, SCREEN_RETRY, EFFECT_NONE, OUTCOME_RETRY}},
	 3},
	{"what was given up is not recorded later",
	 GOOD,
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 8000, TERMINAL_SHOWING, SCREEN_RETRY, EFFECT_NONE, OUTCOME_RETRY},
	  {TICK, 4000, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_READING, KEEP, EFFECT_MATCH, OUTCOME_NONE}},
	 6},
	{"what was given up never comes",
	 GOOD,
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 8000, TERMINAL_SHOWING, SCREEN_RETRY, EFFECT_NONE, OUTCOME_RETRY},
	  {FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_READING, KEEP, EFFECT_MATCH, OUTCOME_NONE}},
	 4},
	{"too little of a finger is journalled, and said",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {{.kind = INPUT_RESULT, .result = RESULT_POOR, .sample = MATCH_SAMPLE_SMALL},
	   0,
	   TERMINAL_RECORDING,
	   KEEP,
	   EFFECT_RECORD_UNRECOGNISED,
	   OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_OFF_CENTRE, EFFECT_NONE, OUTCOME_RETRY}},
	 3},
	{"two people alike",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_TOO_CLOSE), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_UNRECOGNISED,
	   OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_TOO_CLOSE, EFFECT_NONE, OUTCOME_TOO_CLOSE}},
	 3},
	{"no longer active",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_EXPIRED), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_UNRECOGNISED,
	   OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_INACTIVE, EFFECT_NONE, OUTCOME_EXPIRED}},
	 3},
	{"an unknown finger's answer does not wait for a failing journal",
	 GOOD,
	 {{SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_NONE), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_UNRECOGNISED, OUTCOME_NONE},
	  {{.kind = INPUT_NOT_JOURNALLED},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_UNKNOWN,
	   EFFECT_NONE,
	   OUTCOME_UNRECOGNISED}},
	 3},
	{"digits, delete, back",
	 GOOD,
	 {{KEY('1'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('2'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('*'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('*'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('*'), 0, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_NONE}},
	 5},
	{"a keypad left alone",
	 GOOD,
	 {{KEY('1'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 20000, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_NONE}},
	 2},
	{"no number at all",
	 GOOD,
	 {{KEY('0'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('#'), 0, TERMINAL_KEYPAD, SCREEN_NUMBER_UNKNOWN, EFFECT_NONE, OUTCOME_NONE}},
	 2},
	{"a touch instead of a number",
	 GOOD,
	 {{KEY('1'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_READING, KEEP, EFFECT_MATCH, OUTCOME_NONE}},
	 3},
	{"a visitor, answered late",
	 GOOD,
	 {{KEY('7'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('#'), 0, TERMINAL_CLAIMING, SCREEN_VISITOR_FINGER, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_ELSEWHERE), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_CLAIM, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_SHOWING, SCREEN_VISITOR_WAITING, EFFECT_NONE, OUTCOME_NONE},
	  {TICK, 6000, TERMINAL_IDLE, SCREEN_READY, EFFECT_NONE, OUTCOME_CLAIMED},
	  {ANSWER(CLAIM_ACCEPTED), 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE}},
	 7},
	{"a visitor's touch is tried again under the same number",
	 GOOD,
	 {{KEY('7'), 0, TERMINAL_KEYPAD, SCREEN_KEYPAD, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('#'), 0, TERMINAL_CLAIMING, SCREEN_VISITOR_FINGER, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {RETRY(SENSOR_RETRY_TOO_SHORT), 0, TERMINAL_CLAIMING, SCREEN_TOO_SHORT, EFFECT_NONE,
	   OUTCOME_RETRY},
	  {SAMPLE, 0, TERMINAL_READING, SCREEN_READING, EFFECT_MATCH, OUTCOME_NONE},
	  {RESULT(RESULT_NONE), 0, TERMINAL_RECORDING, KEEP, EFFECT_RECORD_UNRECOGNISED, OUTCOME_NONE},
	  {STORED, 0, TERMINAL_CLAIMING, SCREEN_VISITOR_NO_MATCH, EFFECT_NONE, OUTCOME_NO_MATCH}},
	 7},
	{"the sensor goes while it reads",
	 {.online = TRUE, .trust = CLOCK_SET},
	 {{FINGER, 0, TERMINAL_READING, SCREEN_READING, EFFECT_NONE, OUTCOME_NONE},
	  {{.kind = INPUT_SENSOR_LOST},
	   0,
	   TERMINAL_IDLE,
	   SCREEN_SENSOR_MISSING,
	   EFFECT_NONE,
	   OUTCOME_RETRY}},
	 2},
	{"an enrolment takes every sample",
	 GOOD,
	 {{{.kind = INPUT_ENROL_BEGIN}, 0, TERMINAL_ENROLLING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {FINGER, 0, TERMINAL_ENROLLING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_ENROLLING, KEEP, EFFECT_ENROL_SAMPLE, OUTCOME_NONE},
	  {RETRY(SENSOR_RETRY_GENERAL), 0, TERMINAL_ENROLLING, KEEP, EFFECT_ENROL_RETRY, OUTCOME_NONE},
	  {KEY('1'), 0, TERMINAL_ENROLLING, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {{.kind = INPUT_ENROL_END, .screen = SCREEN_ENROL_SENT},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_ENROL_SENT,
	   EFFECT_NONE,
	   OUTCOME_NONE},
	  {{.kind = INPUT_NOTICE, .screen = SCREEN_ENROL_TEST},
	   0,
	   TERMINAL_SHOWING,
	   SCREEN_ENROL_TEST,
	   EFFECT_NONE,
	   OUTCOME_ENROL_DONE}},
	 7},
	{"revoked: nothing is read, nothing is typed",
	 REVOKED,
	 {{FINGER, 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {SAMPLE, 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {RETRY(SENSOR_RETRY_GENERAL), 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE},
	  {KEY('1'), 0, TERMINAL_IDLE, KEEP, EFFECT_NONE, OUTCOME_NONE}},
	 4},
};

static void run_case(const Case *one)
{
	TerminalState state = terminal_state_initial();
	gint64 now_ms = 1000000;
	for (gsize i = 0; i < one->n_steps; i++) {
		const Expected *expected = &one->steps[i];
		TerminalInput input = expected->input;
		input.now_ms = now_ms += expected->after_ms;
		TerminalStep step = terminal_step(&state, &input, &one->conditions);
		if (step.state.mode != expected->mode || step.screen != expected->screen ||
			step.effect != expected->effect || step.outcome != expected->outcome)
			g_error("%s, input %zu: mode %d screen %d effect %d outcome %d, expected %d %d %d %d",
					one->name, i + 1, step.state.mode, step.screen, step.effect, step.outcome,
					expected->mode, expected->screen, expected->effect, expected->outcome);
		state = step.state;
	}
}

static void test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		run_case(&cases[i]);
}

static TerminalStep feed(TerminalState *state, TerminalInput input, gint64 now_ms)
{
	static const TerminalConditions good = GOOD;
	input.now_ms = now_ms;
	TerminalStep step = terminal_step(state, &input, &good);
	*state = step.state;
	return step;
}

static TerminalStep unknown_touch(TerminalState *state, gint64 now_ms)
{
	feed(state, (TerminalInput)SAMPLE, now_ms);
	feed(state, (TerminalInput)RESULT(RESULT_NONE), now_ms);
	return feed(state, (TerminalInput)STORED, now_ms);
}

static void test_attempts(void)
{
	TerminalState state = terminal_state_initial();
	g_assert_cmpint(unknown_touch(&state, 1000).screen, ==, SCREEN_UNKNOWN);
	g_assert_cmpint(unknown_touch(&state, 5000).screen, ==, SCREEN_UNKNOWN);
	g_assert_cmpint(unknown_touch(&state, 9000).screen, ==, SCREEN_UNKNOWN_KEYPAD);
	g_assert_cmpint(state.mode, ==, TERMINAL_KEYPAD);
	g_assert_cmpint(unknown_touch(&state, 12000).screen, ==, SCREEN_UNKNOWN_KEYPAD);
	/* Nobody for 20 s: somebody else's first. */
	feed(&state, (TerminalInput)TICK, 40000);
	g_assert_cmpint(unknown_touch(&state, 40001).screen, ==, SCREEN_UNKNOWN);
	g_assert_cmpuint(state.attempts, ==, 1);
}

static void test_numbers(void)
{
	static const struct {
		const char *number;
		gboolean possible;
	} rows[] = {
		{"1", TRUE},  {"999999999", TRUE},          {"1000000000", FALSE},
		{"0", FALSE}, {"000000000", FALSE},         {"007", TRUE},
		{"", FALSE},  {"12345678901234567", FALSE}, {"198501012010011001", TRUE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		TerminalState state = terminal_state_initial();
		feed(&state, (TerminalInput)KEY('5'), 1000); /* opens the keypad */
		feed(&state, (TerminalInput)KEY('*'), 1000);
		for (const char *key = rows[i].number; *key != '\0'; key++)
			feed(&state, (TerminalInput)KEY(*key), 1000);
		g_assert_cmpstr(state.number, ==, rows[i].number);
		feed(&state, (TerminalInput)KEY('#'), 1000);
		g_assert_cmpint(state.mode, ==, rows[i].possible ? TERMINAL_CLAIMING : TERMINAL_KEYPAD);
	}
	/* A nineteenth digit is not taken. */
	TerminalState state = terminal_state_initial();
	for (int i = 0; i < 40; i++)
		feed(&state, (TerminalInput)KEY('8'), 1000);
	g_assert_cmpuint(strlen(state.number), ==, EVENT_NUMBER_MAX);
}

static void test_idle_screens(void)
{
	static const struct {
		TerminalConditions conditions;
		Screen screen;
	} rows[] = {
		{GOOD, SCREEN_READY},
		{OFFLINE, SCREEN_READY_OFFLINE},
		{{.sensor_ok = TRUE, .online = TRUE, .trust = CLOCK_DOUBTFUL}, SCREEN_READY_CLOCK_DOUBTFUL},
		{{.sensor_ok = TRUE, .online = TRUE, .trust = CLOCK_UNSET}, SCREEN_READY_CLOCK_DOUBTFUL},
		{{.sensor_ok = TRUE, .tamper = TRUE}, SCREEN_READY_TAMPER},
		{{.tamper = TRUE}, SCREEN_SENSOR_MISSING},
		{{.reserve = TRUE}, SCREEN_RESERVE},
		{{.reserve = TRUE, .revoked = TRUE}, SCREEN_REVOKED},
		{{.revoked = TRUE, .stopping = TRUE}, SCREEN_STOPPING},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(terminal_idle_screen(&rows[i].conditions), ==, rows[i].screen);
}

/* No order of inputs makes green without a journalled event before it. */
static void test_green_follows_the_journal(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	static const TerminalConditions conditions[] = {GOOD, OFFLINE, REVOKED};
	TerminalState state = terminal_state_initial();
	gint64 now_ms = 1000;
	for (guint i = 0; i < 300000; i++) {
		now_ms += g_rand_int_range(random, 0, 3000);
		TerminalInput input = {
			.kind = (TerminalInputKind)g_rand_int_range(random, 0, INPUT_NOTICE),
			.now_ms = now_ms,
			.retry = (SensorRetry)g_rand_int_range(random, 1, 5),
			.result = (TerminalResult)g_rand_int_range(random, 0, RESULT_NOT_ENTITLED + 1),
			.window = (TerminalWindow)g_rand_int_range(random, 0, 4),
			.answer = (TerminalClaim)g_rand_int_range(random, 0, 4),
			.exempt = g_rand_boolean(random),
			.given = g_rand_boolean(random),
			.key = "0123456789#*"[g_rand_int_range(random, 0, 12)],
			.screen = SCREEN_ENROL_CANCELLED,
		};
		TerminalStep step =
			terminal_step(&state, &input, &conditions[g_rand_int_range(random, 0, 3)]);
		gboolean green = step.screen != SCREEN_N && feedback_row(step.screen)->lamp == LAMP_GREEN;
		if (green && step.screen != SCREEN_REPEAT && step.screen != SCREEN_RECEIVED &&
			step.screen != SCREEN_VISITOR_OK && step.screen != SCREEN_ACCOUNT_CODE) {
			g_assert_cmpint(input.kind, ==, INPUT_JOURNALLED);
			g_assert_cmpint(state.mode, ==, TERMINAL_RECORDING);
		}
		if (step.screen == SCREEN_VISITOR_OK)
			g_assert_true(state.claim_open);
		if (step.screen == SCREEN_ACCOUNT_CODE)
			g_assert_true(state.code_open && input.given);
		if (step.screen == SCREEN_RECEIVED)
			g_assert_true(state.receipt_open);
		g_assert_true(step.state.mode != TERMINAL_SHOWING || step.state.until_ms > 0);
		state = step.state;
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/terminal_step/what_follows_what", test_cases);
	g_test_add_func("/terminal_step/the_third_unknown_touch_offers_the_keypad", test_attempts);
	g_test_add_func("/terminal_step/numbers_that_can_be_somebodys", test_numbers);
	g_test_add_func("/terminal_step/the_worst_condition_is_shown", test_idle_screens);
	g_test_add_func("/terminal_step/green_follows_the_journal", test_green_follows_the_journal);
	return g_test_run();
}
