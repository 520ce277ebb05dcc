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

#define ENROL_TEMPLATES_MAX EVENT_REFERENCES_MAX /* sealed impressions of all fingers */
#define ENROL_SEALED_MAX 4096

typedef struct {
	RandomId enrolment;
	PersonId person;
	EnrolState state;
	Finger finger;     /* being read; 0 before the first and after the last */
	uint32_t accepted; /* impressions of that finger so far */
	uint32_t wanted;
	EnrolHint hint;
	size_t n_templates; /* more than 0 when ENROL_DONE, and only then */
	struct {
		Finger finger;
		uint8_t quality; /* 0 … 100 */
		Slice sealed;    /* to the vault, see protocol/seal.h; borrowed */
	} templates[ENROL_TEMPLATES_MAX];
	RandomId journal; /* of the EVENT_ENROLMENT; all zero while there is none */
	uint64_t seq;     /* 0 while there is none; never 0 when ENROL_DONE */
} EnrolReport;

/* `out` fails on a value out of bounds or templates in another state. */
void enrol_report_encode(WireBuffer *out, const EnrolReport *report);
WireResult enrol_report_decode(Slice payload, EnrolReport *out);
