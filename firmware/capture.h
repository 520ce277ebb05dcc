/*
 * The sensor role, and what it says to core.
 *
 *   finger → sensor driver → scan → template → CAPTURE_SAMPLE
 *
 * An image never leaves the role: core gets minutiae.  Core does not trust the role: every message
 * is checked by capture_decode().
 */
#pragma once

#include "firmware/hal/sensor.h"
#include "firmware/match/match.h"

typedef enum {
	/* sensor → core */
	CAPTURE_STATE = 1,
	CAPTURE_FINGER,
	CAPTURE_SAMPLE,
	CAPTURE_RETRY,
	/* core → sensor, both empty */
	CAPTURE_ARM = 16,
	CAPTURE_DISARM,
} CaptureType;

#define CAPTURE_DETAIL_MAX 64

typedef struct {
	CaptureType type;
	gboolean present;                    /* STATE */
	char detail[CAPTURE_DETAIL_MAX + 1]; /* STATE: driver of the library, or why none; UTF-8 */
	gboolean on;                         /* FINGER */
	SensorRetry retry;                   /* RETRY */
	MatchTemplate *sample;               /* SAMPLE */
} CaptureMessage;

void capture_message_clear(CaptureMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CaptureMessage, capture_message_clear)

/* The channel payload of a message (its type goes beside it). */
GBytes *capture_encode(const CaptureMessage *message);
/* FALSE with an error when the bytes are no such message; `out` then needs no clearing. */
gboolean capture_decode(guint8 type, const guint8 *payload, gsize size, CaptureMessage *out,
						GError **error);

#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);

/* The sensor role's main(): runs until the supervisor stops it; gives the exit status. `fast`: images
 * become templates by match_extract_fast(). */
int sensor_role_run(const SensorDriver *driver, const SensorOptions *options, gboolean fast);
