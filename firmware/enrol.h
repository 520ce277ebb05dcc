/*
 * An enrolment ordered by the server: three or more accepted impressions of each finger, each of
 * enough minutiae and of the same finger as those before; one finger works, two of different hands
 * complete it.
 *
 *   NOTICE ──sample──► FINGER 1 ──wanted impressions──► FINGER 2 … ──► DONE (sealed, journalled)
 *      │                  │  ▲ poor, other finger: again
 *      └─cancel, time-out─┴──┴──────────────────────────────────────► ENDED (nothing is kept)
 *
 * Pure but for memory: no I/O and no clock; terminal.c seals, journals, reports and shows.  The
 * templates are wiped when the enrolment ends, however it ends.
 */
#pragma once

#include "firmware/feedback.h"
#include "firmware/hal/sensor.h"
#include "firmware/match/match.h"
#include "protocol/command.h"
#include "protocol/enrol.h"

#define ENROL_IMPRESSIONS 3
#define ENROL_IDLE_MS (90 * 1000) /* nobody touches: time-out */
/* How long the notice, and the answer to a touch, stay before the panel asks for the next one. */
#define ENROL_NOTICE_MS 6000
#define ENROL_SHOW_MS 2500

typedef struct Enrol Enrol;

/* NULL when the command names no finger, too many, or the same twice. `now_ms` is monotonic. */
Enrol *enrol_new(const Command *command, gint64 now_ms);
void enrol_free(Enrol *enrol);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Enrol, enrol_free)

const RandomId *enrol_id(const Enrol *enrol);
PersonId enrol_person(const Enrol *enrol);
const char *enrol_name(const Enrol *enrol);       /* of the person */
const char *enrol_ordered_by(const Enrol *enrol); /* who ordered it, as the server says */

typedef enum {
	ENROL_STEP_WAIT,     /* as before */
	ENROL_STEP_ASK,      /* the panel asks for the next touch: which finger, which of how many */
	ENROL_STEP_ACCEPTED, /* one impression more */
	ENROL_STEP_NEXT,     /* the finger is complete, another follows */
	ENROL_STEP_REJECTED, /* poor, or of another finger */
	ENROL_STEP_COMPLETE, /* all fingers: take the templates */
	ENROL_STEP_TIMEOUT,
} EnrolStep;

/* Takes `sample`. */
EnrolStep enrol_sample(Enrol *enrol, MatchTemplate *sample, gint64 now_ms);
EnrolStep enrol_retry(Enrol *enrol, SensorRetry retry, gint64 now_ms);
EnrolStep enrol_tick(Enrol *enrol, gint64 now_ms);

/* What is to be shown, and what the server is told now (without templates). */
Screen enrol_screen(const Enrol *enrol);
void enrol_text(const Enrol *enrol, FeedbackText *text);
void enrol_report(const Enrol *enrol, EnrolReport *report);

/* The accepted impressions of a complete enrolment, borrowed. */
typedef struct {
	Finger finger;
	guint8 index; /* within the finger */
	const MatchTemplate *template;
} EnrolTemplate;

gsize enrol_n_templates(const Enrol *enrol);
EnrolTemplate enrol_template(const Enrol *enrol, gsize index);
