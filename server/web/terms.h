/* What the codes of the store are called in Indonesian; all texts are static. */
#pragma once

#include "server/store/terminals/enrolments.h"
#include "server/store/people/grants.h"

/* "Telunjuk kanan"; "" for what is no finger. */
const char *terms_finger(Finger finger);
/* "direkam", "selesai", …: the state of an enrolment. */
const char *terms_enrolment(const EnrolmentRow *row);
/* What the operator should do now, from the last touch or the reason it ended; "" for nothing. */
const char *terms_enrolment_advice(const EnrolmentRow *row);
/* An action of the audit log as its person reads it: "Melihat hari-hari presensi". */
const char *terms_action(const char *action);
/* An alarm by its kind: "Penutup mesin dibuka". */
const char *terms_alarm(const char *kind);
/* "PNS", "CPNS", "PPPK", or "Lainnya". */
const char *terms_employment(const char *kind);
/* "Pengelola SKPD", … */
const char *terms_role(Role role);
