/*
 * What one stored event means: the second half of merge.c.  A table has one function per kind; an
 * event of an unknown kind, or with a payload we cannot read, means nothing and stays stored.
 */
#pragma once

#include "server/merge.h"
#include "server/store/terminals/claims.h"
#include "server/store/time/punches.h"
#include "server/store/terminals/quarantine.h"

/* While one batch is merged. */
typedef struct {
	Sql *sql;
	const MergePolicy *policy;
	TerminalId terminal;
	/* Where the terminal stood on `place_day`, asked last. */
	gint64 place, place_day;
	gboolean has_place;
	gint64 now_ms;
	JournalRow journal;  /* being advanced */
	guint32 kind_before; /* of the event right before, in this batch; 0: there is none */
	MergeResult *result;
	/* The run that the last event belonged to. */
	gboolean has_boot, boot_dirty;
	RandomId boot;
	BootRow boot_row;
	gboolean anchored; /* a boot got its anchor: quarantined events may be explained */
	/* Coverage of this batch; span_to 0: none yet. */
	gint64 span_from, span_to;
} MergeState;

/* An event that says something of a person, at a time that is believed. */
typedef struct {
	gint64 journal; /* ours */
	RandomId journal_id;
	gint64 seq;
	guint32 kind;
	PersonId person;
	gint64 at_ms;
	PunchState state;
	const char *reason;
} MergePerson;

/* After the event was stored. */
gboolean merge_event(MergeState *state, const Event *event, GError **error);
/* After the last one: boots, coverage, quarantined events that are explained now. */
gboolean merge_events_end(MergeState *state, GError **error);

/* An EVENT_CODE: the answer is a command to the terminal (merge_code.c). */
gboolean merge_code(MergeState *state, const Event *event, const EventBody *body,
					const EventTime *time, GError **error);

/* ── shared with merge_explain.c and merge_code.c ── */

gint64 merge_local_day(const MergeState *state, gint64 at_ms);
/* Why what this run's sensor says does not count; NULL: it does. */
const char *merge_distrust(const MergeState *state, const BootRow *boot);

/* Writes the punch, or lists the event when person or sensor are not to be believed. */
gboolean merge_record_person(MergeState *state, MergePerson *event, const BootRow *boot,
							 GError **error);
/* The terminal was alive in that span; marks whom it concerns. */
gboolean merge_cover(MergeState *state, gint64 from_ms, gint64 to_ms, GError **error);
/* For look-ups that may find nothing: takes `local`; FALSE when it is an error. */
gboolean merge_pass_error(GError *local, GError **error);
/* A listed event has a time now: its punch, unless something else keeps it. */
gboolean merge_explain_person(MergeState *state, const QuarantineRow *row, const Event *event,
							  const BootRow *boot, const EventTime *time, GError **error);
/* What became of its claim, as the state of a punch. */
PunchState merge_claim_punch(ClaimState state);
/* The last event's run got its anchor with this batch. */
gboolean merge_explain(MergeState *state, GError **error);
