/*
 * /putusan: what the server does not decide alone (held enrolments, pairs of people with like fingers,
 * quarantined events, backlogs of revoked terminals, alarms), each decided on a page of its own; and the last
 * decisions.
 */
#pragma once

#include "server/store/terminals/decisions.h"
#include "server/web/fields.h"
#include "server/web/layout.h"

#define WAITING_LIST_MAX 100 /* of each kind */

/* Texts are borrowed. */
typedef struct {
	const char *id, *title, *detail;
} WaitingLine;

typedef struct {
	const char *what, *verdict, *reason, *by, *time;
	gboolean carried; /* FALSE: the server is at it */
} WaitingDone;

typedef struct {
	const GArray *lines[DECISION_ALARM + 1]; /* WaitingLine, by DecisionKind */
	gboolean more[DECISION_ALARM + 1];
	const GArray *pairs; /* PairLine, of page_pairs.h */
	gboolean more_pairs;
	const GArray *done; /* WaitingDone, newest first */
} WaitingView;

void page_waiting_render(Html *html, const Frame *frame, const WaitingView *view);

typedef struct {
	const char *name, *value;
} WaitingFact;

typedef struct {
	DecisionKind kind;
	WaitingLine line;
	const WaitingFact *facts;
	gsize n_facts;
	gboolean asks_time; /* accepted only with the time at which it happened */
	gboolean own;       /* of whoever looks: theirs to see, not to decide */
	/* What was typed, never NULL, and what is wrong with it. */
	const char *verdict, *reason, *date, *time;
	const char *verdict_problem, *reason_problem, *time_problem;
} WaitingForm;

void page_waiting_render_one(Html *html, const Frame *frame, const WaitingForm *form);

/* In Indonesian; static. */
const char *page_waiting_verdict(DecisionVerdict verdict);
/* How many are listed, over the call's scope. */
gboolean page_waiting_count(const Call *call, gint64 *n, GError **error);
