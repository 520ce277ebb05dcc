/*
 * Enrolments: ordered by a person with the right, carried out at a terminal, checked by the vault.
 *
 *   waiting ──> capturing ──> checking ──> done
 *      |            |             |-----> held    (the finger is already somebody else's)
 *      '------------'-------------'-----> failed  (cancelled, time-out, refused; see `reason`)
 *
 * `checking` (templates are here, the vault has not answered) is shown to others as `capturing`.
 */
#pragma once

#include "protocol/enrol.h"
#include "server/store/sql.h"

typedef enum {
	ENROLMENT_WAITING,
	ENROLMENT_CAPTURING,
	ENROLMENT_CHECKING,
	ENROLMENT_DONE,
	ENROLMENT_HELD,
	ENROLMENT_FAILED,
} EnrolmentState;

/* "waiting", "capturing", "done", "held", "failed": as REST says it. */
const char *enrolment_state_text(EnrolmentState state);

#define ENROLMENT_FINGERS_MAX 4
#define ENROLMENT_REASON_MAX 64

typedef struct {
	RandomId id;
	PersonId person;
	TerminalId terminal;
	gsize n_fingers;
	Finger fingers[ENROLMENT_FINGERS_MAX]; /* in the order in which they are read */
	EnrolmentState state;
	Finger finger;           /* being read; 0 before the first */
	gint32 accepted, wanted; /* impressions of it */
	EnrolHint hint;
	char reason[ENROLMENT_REASON_MAX + 1];      /* why held or failed: "duplicate", "timeout", … */
	PersonId other;                             /* held: whose finger it already is; for BKD only */
	gint64 created_ms, expires_ms, finished_ms; /* finished 0: not yet */
} EnrolmentRow;

typedef struct {
	PersonId person;
	const char *person_name; /* shown at the terminal; UTF-8, cut to fit */
	TerminalId terminal;
	gsize n_fingers;
	Finger fingers[ENROLMENT_FINGERS_MAX];
	const char *ordered_by; /* a name for the event: ≤ 64 bytes */
	gint64 expires_ms;
} EnrolmentOrder;

/* Writes the enrolment and its command in the caller's transaction; web then sends
 * SERVER_COMMANDS.  An earlier open enrolment at that terminal is cancelled by it. */
gboolean enrolments_order(Sql *sql, const EnrolmentOrder *order, gint64 now_ms, RandomId *id,
						  GError **error);
/* The same for taking the order back; no error when it has ended. */
gboolean enrolments_cancel(Sql *sql, const RandomId *id, gint64 now_ms, GError **error);

/* FALSE with `error` unset: no such enrolment. */
gboolean enrolments_get(Sql *sql, const RandomId *id, EnrolmentRow *out, GError **error);
/* Newest first, at most n_max; `person` 0 and `terminal` NULL: of all. Free with g_array_unref(). */
gboolean enrolments_list(Sql *sql, PersonId person, const TerminalId *terminal, gsize n_max,
						 GArray **enrolments, GError **error);

/* A report of the terminal. Late and repeated ones change nothing; `changed` says whether. */
gboolean enrolments_progress(Sql *sql, const EnrolReport *report, const TerminalId *terminal,
							 gint64 now_ms, gboolean *changed, GError **error);
gboolean enrolments_finish(Sql *sql, const RandomId *id, EnrolmentState state, const char *reason,
						   PersonId other, gint64 now_ms, GError **error);
/* Ends one that is held: done, or failed with a reason. */
gboolean enrolments_settle(Sql *sql, const RandomId *id, EnrolmentState state, const char *reason,
						   gint64 now_ms, GError **error);

/* One that is held and undecided. */
typedef struct {
	EnrolmentRow row;
	gint64 order; /* of the list */
	gint64 n_templates;
} HeldEnrolment;

/* In the order of being held, after `after` (0: all), at most n_max. */
gboolean enrolments_held(Sql *sql, gint64 after, gsize n_max, GArray **held, GError **error);
/* Fails those whose time is over. Gives their number. */
gboolean enrolments_expire(Sql *sql, gint64 now_ms, gint64 *n, GError **error);
