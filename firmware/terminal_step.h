/*
 * What the terminal does next: a pure function of its state, one input, and the conditions around
 * it.  No clock, no I/O; terminal.c carries out the effect and feeds its result back as an input.
 *
 *                 ┌──────────────────────── deadline ───────────────────────┐
 *                 ▼                                                         │
 *   ┌─────────► IDLE ──finger──► READING ──sample──► (match) ──► RECORDING ─┴► SHOWING
 *   │             │                 │  ▲                │            journalled / not stored
 *   │             │                 │  └──any finger────┼───────────────────────┤
 *   │             │                 └──retry, poor──────┴──none, too close──────► SHOWING
 *   │             └──digit──► KEYPAD ──OK──► CLAIMING ──finger──► READING (as a claim)
 *   │                           ▲  │            └──OK again──► RECORDING (without a finger)
 *   │    third time not known ──┘  └─finger──► READING                    │
 *   │                                                SHOWING ──OK──► APPROVING ──finger──► READING
 *                                                SHOWING ──OK──► RECORDING (asks for a code) ► SHOWING
 *   └──ends── ENROLLING ◄── an order of the server, from anywhere (enrol.c says what it shows)
 *
 * Green comes after the journal, never before: who saw it has an event that survives a power cut.
 * An input that a mode does not name is late or spurious: nothing changes.
 */
#pragma once

#include "firmware/feedback.h"
#include "firmware/hal/sensor.h"
#include "firmware/match/match.h"
#include "protocol/event.h"

typedef enum {
	TERMINAL_IDLE,
	TERMINAL_READING,   /* a finger lies on the glass */
	TERMINAL_RECORDING, /* the answer is known; the journal does not have it yet */
	TERMINAL_SHOWING,   /* an answer is on the panel; the next finger may come */
	TERMINAL_KEYPAD,
	TERMINAL_CLAIMING,  /* a number was typed: its finger is waited for */
	TERMINAL_APPROVING, /* an approver's finger is waited for */
	TERMINAL_ENROLLING,
} TerminalMode;

/* What the finger on the glass is for. */
typedef enum {
	PURPOSE_IDENTIFY,
	PURPOSE_CLAIM,
	PURPOSE_APPROVE,
	PURPOSE_ENROL,
} TerminalPurpose;

/* Which window of the person's shift the moment falls into. */
typedef enum {
	WINDOW_UNKNOWN, /* no schedule here */
	WINDOW_IN,
	WINDOW_OUT,
	WINDOW_OUTSIDE,
} TerminalWindow;

/* What comparing a sample gave. */
typedef enum {
	RESULT_FOUND,
	RESULT_REPEAT, /* found, and recorded a moment ago */
	RESULT_NONE,
	RESULT_TOO_CLOSE,
	RESULT_EXPIRED,      /* known, but the entry has ended or not begun */
	RESULT_MOVED,        /* the same, after a mutation */
	RESULT_POOR,         /* read, but too little to compare */
	RESULT_NOT_ENROLLED, /* claim: of somebody here who has no reference yet */
	RESULT_ELSEWHERE,    /* claim: the number is not held here, the server compares */
	RESULT_NOT_ENTITLED, /* approval: not an approver, or the person themselves */
} TerminalResult;

typedef struct {
	TerminalMode mode;
	TerminalPurpose purpose;
	gint64 until_ms;      /* monotonic; when the mode ends by itself; 0: it does not */
	guint attempts;       /* touches not recognised in this person's stay */
	gint64 stay_until_ms; /* when the stay ends: the next touch is somebody else's */
	gboolean given_up;    /* the sample of a touch that took too long is still to come */
	TerminalResult result;
	MatchSampleState sample; /* of RESULT_POOR */
	TerminalWindow window;
	gboolean fingerless;   /* RECORDING or SHOWING one: OK leads to the approver */
	gboolean enrol_open;   /* SHOWING a complete enrolment the server has not answered */
	gboolean claim_open;   /* SHOWING a claim the server has not answered */
	gboolean receipt_open; /* SHOWING a punch that the server may receipt */
	gboolean may_ask;   /* SHOWING who was just identified: OK asks for the code of their account */
	gboolean asking;    /* RECORDING that they ask */
	gboolean code_open; /* SHOWING that the code is waited for */
	char number[EVENT_NUMBER_MAX + 1];
} TerminalState;

typedef enum {
	INPUT_TICK, /* time may have come */
	INPUT_FINGER_ON,
	INPUT_FINGER_OFF,
	INPUT_RETRY, /* `retry` */
	INPUT_SAMPLE,
	INPUT_RESULT, /* of the comparison: `result`, `window` */
	INPUT_JOURNALLED,
	INPUT_NOT_JOURNALLED, /* `full`: the reserve is reached */
	INPUT_RECEIPT,        /* the server has the event being shown */
	INPUT_CLAIM_ANSWER,   /* `answer` to the claim being shown */
	INPUT_CODE_ANSWER,    /* `given`: the code being waited for is there */
	INPUT_KEY,            /* `key` */
	INPUT_SENSOR_LOST,
	INPUT_ENROL_BEGIN,
	INPUT_ENROL_END, /* with enrol.c's last `screen` */
	INPUT_NOTICE,    /* `screen` is to be shown, if nobody is being served */
} TerminalInputKind;

typedef enum {
	CLAIM_ACCEPTED,
	CLAIM_HELD,
	CLAIM_REFUSED,
	CLAIM_UNKNOWN, /* the number names nobody */
} TerminalClaim;

typedef struct {
	TerminalInputKind kind;
	gint64 now_ms; /* monotonic */
	SensorRetry retry;
	MatchSampleState sample; /* RESULT_POOR: in which way */
	TerminalResult result;
	TerminalWindow window;
	gboolean exempt; /* JOURNALLED a fingerless punch of a person with an exemption */
	gboolean full;
	TerminalClaim answer;
	gboolean given;
	char key; /* '0' … '9', '#', '*' */
	Screen screen;
} TerminalInput;

/* What is the matter with the terminal, whoever stands before it. */
typedef struct {
	gboolean revoked;
	gboolean sensor_ok;
	gboolean reserve; /* the journal is full */
	gboolean online;
	gboolean tamper; /* the case is open */
	gboolean stopping;
	ClockTrust trust;
} TerminalConditions;

/* What terminal.c has to do; at most one per step. */
typedef enum {
	EFFECT_NONE,
	EFFECT_MATCH,        /* compare the sample for `state.purpose`; then INPUT_RESULT */
	EFFECT_ENROL_SAMPLE, /* hand the sample to enrol.c */
	EFFECT_ENROL_RETRY,  /* a reading failed while enrolling */
	/* Journal; then INPUT_JOURNALLED or INPUT_NOT_JOURNALLED. */
	EFFECT_RECORD_PUNCH,
	EFFECT_RECORD_UNRECOGNISED,
	EFFECT_RECORD_CLAIM,
	EFFECT_RECORD_FINGERLESS,
	EFFECT_RECORD_APPROVAL,
	EFFECT_RECORD_CODE,
} TerminalEffect;

/* How a touch ended, as the simulated panel says it. */
typedef enum {
	OUTCOME_NONE, /* has not ended */
	OUTCOME_RECORDED,
	OUTCOME_REPEAT,
	OUTCOME_UNRECOGNISED,
	OUTCOME_TOO_CLOSE,
	OUTCOME_EXPIRED,
	OUTCOME_RETRY,
	OUTCOME_CLAIMED, /* recorded; the server has not compared it yet */
	OUTCOME_NO_MATCH,
	OUTCOME_NOT_ENROLLED,
	OUTCOME_NUMBER_UNKNOWN,
	OUTCOME_FINGERLESS,
	OUTCOME_APPROVED,
	OUTCOME_NOT_ENTITLED,
	OUTCOME_NOT_STORED,
	OUTCOME_ENROL_ACCEPTED,
	OUTCOME_ENROL_REJECTED,
	OUTCOME_ENROL_DONE,
	OUTCOME_ENROL_HELD,
	OUTCOME_ENROL_REFUSED,
	OUTCOME_CODE,
	OUTCOME_CODE_REFUSED,
	OUTCOME_CODE_LATER,
} TerminalOutcome;

/* "recorded"; NULL for OUTCOME_NONE. */
const char *terminal_outcome_name(TerminalOutcome outcome);

typedef struct {
	TerminalState state;
	TerminalEffect effect;
	Screen screen; /* SCREEN_N: what is shown stays */
	TerminalOutcome outcome;
} TerminalStep;

TerminalState terminal_state_initial(void);
TerminalStep terminal_step(const TerminalState *state, const TerminalInput *input,
						   const TerminalConditions *conditions);

/* What a terminal shows that nobody stands before: the worst condition first. */
Screen terminal_idle_screen(const TerminalConditions *conditions);
/* A finger put down now would be read. */
gboolean terminal_is_ready(const TerminalState *state, const TerminalConditions *conditions);
