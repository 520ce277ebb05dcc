/* up/enrol: an enrolment as it happens, and at its end the sealed templates. */
#pragma once

#include "protocol/codec.h"
#include "protocol/event.h"

/* What the last touch was, for the operator who watches. */
typedef enum {
	ENROL_HINT_NONE = 0,
	ENROL_HINT_GOOD,
	ENROL_HINT_POOR,
	ENROL_HINT_OTHER_FINGER,
	ENROL_HINT_RETRY,
} EnrolHint;

#define ENROL_TEMPLATES_MAX 12
#define ENROL_SEALED_MAX 4096

typedef struct {
	RandomId enrolment;
	PersonId person;
	EnrolState state;
	Finger finger;      /* being read */
	uint32_t accepted;  /* impressions of that finger so far */
	uint32_t wanted;
	EnrolHint hint;
	size_t n_templates; /* 0 unless ENROL_DONE */
	struct {
		Finger finger;
		uint8_t quality; /* 0 … 100 */
		Slice sealed;    /* to the vault, see protocol/seal.h; borrowed */
	} templates[ENROL_TEMPLATES_MAX];
	RandomId journal; /* of the EVENT_ENROLMENT, when done */
	uint64_t seq;
} EnrolReport;

void enrol_report_encode(WireBuffer *out, const EnrolReport *report);
WireResult enrol_report_decode(Slice payload, EnrolReport *out);
