/*
 * What one stored event means: the second half of merge.c.  A table has one function per kind; an
 * event of an unknown kind, or with a payload we cannot read, means nothing and stays stored.
 */
#pragma once

#include "server/merge.h"

/* While one batch is merged. */
typedef struct {
	Sql *sql;
	const MergePolicy *policy;
	TerminalId terminal;
	gint64 place;
	gint64 now_ms;
	JournalRow journal; /* being advanced */
	MergeResult *result;
	/* The run that the last event belonged to. */
	gboolean has_boot, boot_dirty;
	RandomId boot;
	BootRow boot_row;
	gboolean anchored; /* a boot got its anchor: quarantined events may be explained */
	/* Coverage of this batch; span_to 0: none yet. */
	gint64 span_from, span_to;
} MergeState;

/* After the event was stored. */
gboolean merge_event(MergeState *state, const Event *event, GError **error);
/* After the last one: boots, coverage, quarantined events that are explained now. */
gboolean merge_events_end(MergeState *state, GError **error);
