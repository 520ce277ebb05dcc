/* What the jobs of core_*.c have in common: a terminal's message, counted while it is under way. */
#pragma once

#include "server/core/core.h"

typedef struct {
	CommitJob job;
	Core *core;
	Collected collected; /* message NULL: a job without one */
	gint64 now_ms;       /* when it arrived */
} CoreJob;

/* `size` of the whole struct, whose first member is a CoreJob.  Takes the message out of
 * `collected`, which may be NULL. */
gpointer core_job_new(Core *core, gsize size, Collected *collected);
/* Queues a job; on FALSE it is freed. */
gboolean core_job_push(gpointer data);
/* The `free` of a job without anything else. */
void core_job_free(CommitJob *job);
/* First thing in a `done`: one message less under way.  Logs the error; TRUE when there is none. */
gboolean core_job_finished(CoreJob *job, const char *what, const GError *error);
