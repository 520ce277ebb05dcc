/*
 * Every event the human side journals, built and appended in one place.
 *
 * All return only after the commit; on FALSE nothing was stored and `error` is a JOURNAL_ERROR_*
 * or says why the event could not be made.
 */
#pragma once

#include "firmware/enrol.h"
#include "firmware/identify.h"
#include "firmware/journal.h"
#include "firmware/terminal_step.h"

typedef struct {
	TerminalId terminal;
	Journal *journal; /* borrowed, as all below */
	Timekeeper *timekeeper;
	const PublicKey *(*vault_key)(gpointer user); /* NULL: none is known yet */
	gpointer user;
} Recorder;

/* Where the event is, and its wall time. */
typedef struct {
	EventRef ref;
	int64_t at_ms;
} Recorded;

gboolean record_punch(const Recorder *recorder, const IdentifyAnswer *answer, guint8 quality,
					  Recorded *out, GError **error);
gboolean record_unrecognised(const Recorder *recorder, TerminalResult result, guint8 quality,
							 guint attempt, Recorded *out, GError **error);
/* The probe is sealed to the vault and goes beside the event. */
gboolean record_claim(const Recorder *recorder, const char *number, const MatchTemplate *probe,
					  Recorded *out, GError **error);
gboolean record_fingerless(const Recorder *recorder, const char *number, Recorded *out,
						   GError **error);
/* `fingerless` must be of the open journal. */
gboolean record_approval(const Recorder *recorder, const EventRef *fingerless,
						 const IdentifyAnswer *approver, Recorded *out, GError **error);
/* Who was identified asks for the code of their account. */
gboolean record_code(const Recorder *recorder, const IdentifyAnswer *asker, Recorded *out,
					 GError **error);
gboolean record_sensor(const Recorder *recorder, gboolean back, const char *cause, GError **error);
gboolean record_tamper(const Recorder *recorder, gboolean open, GError **error);

/* How an enrolment ended, whatever the end.  For ENROL_DONE the accepted impressions are sealed to
 * the vault; `report` is complete then, its sealed templates borrowed from `sealed` (cleared by the
 * caller with enrol_sealed_clear()). */
typedef struct {
	WireBuffer templates[ENROL_TEMPLATES_MAX];
} EnrolSealed;

gboolean record_enrolment(const Recorder *recorder, const Enrol *enrol, EnrolState outcome,
						  EnrolSealed *sealed, EnrolReport *report, GError **error);
void enrol_sealed_clear(EnrolSealed *sealed);
