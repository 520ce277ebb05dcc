/*
 * The commit thread: the process's one writer.  Jobs are queued by the main loop, grouped into one
 * transaction, and reported back to the main loop after the commit.  While the queue is empty the
 * thread does other work in small steps (judging, rosters), so that collecting always goes first.
 *
 *   main loop ──commit_push──> [bounded queue] ──> BEGIN job job job COMMIT ──done──> main loop
 */
#pragma once

#include <glib.h>

#include "server/store/sql.h"

typedef struct CommitJob CommitJob;

/* The head of each kind of job. */
struct CommitJob {
	/* On the commit thread, inside a transaction.  After an error of any job of the group all are
	 * rolled back and run once more, each alone: `run` begins afresh every time. */
	gboolean (*run)(CommitJob *job, Sql *sql, gpointer user, GError **error);
	/* In the main loop, once.  `error` NULL: committed.  Then the job is freed.  May be NULL. */
	void (*done)(CommitJob *job, const GError *error, gpointer user);
	void (*free)(CommitJob *job);
};

typedef struct {
	const char *database; /* for sql_open() */
	gsize n_max;          /* jobs queued */
	gsize group_max;      /* jobs in one transaction */
	/* On the commit thread, outside of a transaction.  `begin` once at its start; `idle` whenever the
	 * queue is empty: TRUE when there is more to do at once; `end` once.  Each may be NULL. */
	void (*begin)(Sql *sql, gpointer user);
	gboolean (*idle)(Sql *sql, gpointer user);
	void (*end)(Sql *sql, gpointer user);
	gpointer user;
} CommitConfig;

typedef struct Commit Commit;

/* Opens the database on the new thread; NULL when that fails. Strings are copied. */
Commit *commit_new(const CommitConfig *config, GError **error);
/* Finishes the jobs that are queued, without reporting them, and ends the thread. */
void commit_free(Commit *commit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Commit, commit_free)

/* Takes the job. FALSE, the job freed: the queue is full. */
gboolean commit_push(Commit *commit, CommitJob *job);
/* Jobs queued or running, roughly. */
gsize commit_backlog(Commit *commit);
