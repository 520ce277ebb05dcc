/*
 * The catalogue of everything the terminal says: one row per screen, in Indonesian, with its
 * symbol, lamp and sound.  The only place where a text of the panel is written.
 *
 * Rules (tested for every row, at the longest name): large ≤ 24 characters, small ≤ 60; "presensi",
 * never "absen"; no exclamation marks; a symbol besides the colour.
 */
#pragma once

#include "firmware/hal/display.h"
#include "protocol/ids.h"

#define FEEDBACK_LARGE_MAX 24 /* characters */
#define FEEDBACK_SMALL_MAX 60

typedef enum {
	SCREEN_READY,
	SCREEN_READY_OFFLINE,
	SCREEN_READY_CLOCK_DOUBTFUL,
	SCREEN_READY_TAMPER,
	SCREEN_READING,
	SCREEN_OK_IN,
	SCREEN_OK_OUT,
	SCREEN_OK,
	SCREEN_OK_OUTSIDE,
	SCREEN_RECEIVED,
	SCREEN_OK_OFFLINE,
	SCREEN_REPEAT,
	SCREEN_TOO_SHORT,
	SCREEN_OFF_CENTRE,
	SCREEN_DRY,
	SCREEN_WET,
	SCREEN_DIRTY,
	SCREEN_RETRY,
	SCREEN_LIFT,
	SCREEN_UNKNOWN,
	SCREEN_UNKNOWN_KEYPAD,
	SCREEN_TOO_CLOSE,
	SCREEN_KEYPAD,
	SCREEN_NUMBER_UNKNOWN,
	SCREEN_VISITOR_FINGER,
	SCREEN_VISITOR_OK,
	SCREEN_VISITOR_WAITING,
	SCREEN_VISITOR_OFFLINE,
	SCREEN_VISITOR_HELD,
	SCREEN_VISITOR_NO_MATCH,
	SCREEN_NOT_ENROLLED,
	SCREEN_MOVED,
	SCREEN_INACTIVE,
	SCREEN_FINGERLESS,
	SCREEN_APPROVER,
	SCREEN_APPROVED,
	SCREEN_NOT_ENTITLED,
	SCREEN_NOT_STORED,
	SCREEN_RESERVE,
	SCREEN_SENSOR_MISSING,
	SCREEN_BATTERY,
	SCREEN_STOPPING,
	SCREEN_UPDATING,
	SCREEN_REVOKED,
	SCREEN_INSTALL,
	SCREEN_CODE_WRONG,
	SCREEN_CODE_USED,
	SCREEN_CODE_EXPIRED,
	SCREEN_COURIER_DONE,
	SCREEN_COURIER_BAD,
	SCREEN_ENROL_NOTICE,
	SCREEN_ENROL_FINGER,
	SCREEN_ENROL_LIFT,
	SCREEN_ENROL_AGAIN,
	SCREEN_ENROL_OTHER_FINGER,
	SCREEN_ENROL_POOR,
	SCREEN_ENROL_NEXT,
	SCREEN_ENROL_SENT,
	SCREEN_ENROL_TEST,
	SCREEN_ENROL_CANCELLED,
	SCREEN_ENROL_TIMEOUT,
	SCREEN_ENROL_HELD,
	SCREEN_ENROL_REFUSED,
	SCREEN_ACCOUNT_WAITING,
	SCREEN_ACCOUNT_CODE,
	SCREEN_ACCOUNT_REFUSED,
	SCREEN_ACCOUNT_LATER,
	SCREEN_N,
} Screen;

/* What fills a row's gaps; what a row does not use is ignored. */
typedef struct {
	const char *name; /* a person's, cut to fit; never NULL where the row names somebody */
	gint64 now_ms;    /* UTC: the ready screens' clock and date */
	gint64 at_ms;     /* UTC: of the event */
	int utc_offset_min;
	guint64 n_waiting; /* events not yet receipted, or copied by courier */
	Finger finger;
	guint accepted, wanted; /* impressions */
	guint minutes;          /* of the battery, or for which a code is good */
	const char *code;       /* of an account; may be NULL */
} FeedbackText;

typedef struct {
	char large[FEEDBACK_LARGE_MAX * 4 + 1]; /* UTF-8 */
	char small[FEEDBACK_SMALL_MAX * 4 + 1];
} FeedbackLines;

typedef struct {
	const char *name; /* "ready", as the simulated panel calls it */
	Symbol symbol;
	Lamp lamp;
	Sound sound;
	gboolean keypad;
	const char *button; /* what OK does besides, or NULL */
} FeedbackRow;

/* Static storage. */
const FeedbackRow *feedback_row(Screen screen);
void feedback_lines(Screen screen, const FeedbackText *text, FeedbackLines *out);

/* "06.52" and "06.52.10"; static-size buffers. */
void feedback_clock(char out[9], gint64 at_ms, int utc_offset_min, gboolean seconds);
/* "telunjuk kanan"; static storage. */
const char *feedback_finger(Finger finger);
