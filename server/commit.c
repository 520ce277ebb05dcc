#include "server/commit.h"

#include <pthread.h>
#include <time.h>

#include "protocol/process/handover.h"

#define IDLE_WAIT_S 1
#define GROUP_MAX 64

typedef struct {
	CommitJob *job;
	GError *error;
} Done;

struct Commit {
	CommitConfig config;
	char *database;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* Under the lock. */
	GQueue queue;
	gsize n_running;
	gboolean stopping, started;
	GError *start_error;
	/* The main loop's. */
	Handover *handover;
};

static void done_free(gpointer data)
{
	Done *done = data;
	done->job->free(done->job);
	g_clear_error(&done->error);
	g_free(done);
}

static void on_done(gpointer item, gpointer user)
{
	Commit *commit = user;
	Done *done = item;
	if (done->job->done != NULL)
		done->job->done(done->job, done->error, commit->config.user);
	done_free(done);
}

/* ── on the commit thread ── */

static gboolean run_group(Commit *commit, Sql *sql, CommitJob **jobs, gsize n, GError **error)
{
	if (!sql_begin(sql, error))
		return FALSE;
	for (gsize i = 0; i < n; i++) {
		if (!jobs[i]->run(jobs[i], sql, commit->config.user, error)) {
			sql_rollback(sql);
			/* A job that found its database wrong may have no words for it. */
			if (*error == NULL)
				g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "the database is inconsistent");
			return FALSE;
		}
	}
	if (sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

static void report(Commit *commit, CommitJob *job, GError *error)
{
	Done *done = g_new0(Done, 1);
	done->job = job;
	done->error = error;
	/* The queue's bound leaves room for every job that is under way. */
	if (!handover_push(commit->handover, done))
		done_free(done);
}

static void run_jobs(Commit *commit, Sql *sql, CommitJob **jobs, gsize n)
{
	g_autoptr(GError) group_error = NULL;
	gboolean ok = run_group(commit, sql, jobs, n, &group_error);
	for (gsize i = 0; i < n; i++) {
		GError *error = NULL;
		if (!ok && n == 1)
			error = g_steal_pointer(&group_error);
		else if (!ok)
			run_group(commit, sql, &jobs[i], 1, &error);
		report(commit, jobs[i], error);
	}
}

/* Waits for work, at most IDLE_WAIT_S.  Gives the number of jobs taken. */
static gsize take_jobs(Commit *commit, CommitJob **jobs, gboolean wait, gboolean *stopping)
{
	gsize n = 0;
	pthread_mutex_lock(&commit->lock);
	if (wait && g_queue_is_empty(&commit->queue) && !commit->stopping) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += IDLE_WAIT_S;
		pthread_cond_timedwait(&commit->wake, &commit->lock, &until);
	}
	while (n < MIN(commit->config.group_max, GROUP_MAX) && !g_queue_is_empty(&commit->queue))
		jobs[n++] = g_queue_pop_head(&commit->queue);
	commit->n_running = n;
	*stopping = commit->stopping && n == 0;
	pthread_mutex_unlock(&commit->lock);
	return n;
}

static void loop(Commit *commit, Sql *sql)
{
	CommitJob *jobs[GROUP_MAX];
	gboolean more = FALSE, stopping = FALSE;
	while (!stopping) {
		gsize n = take_jobs(commit, jobs, !more, &stopping);
		if (n > 0) {
			run_jobs(commit, sql, jobs, n);
			more = TRUE; /* what was merged is to be judged at once */
		} else if (!stopping) {
			more = commit->config.idle != NULL && commit->config.idle(sql, commit->config.user);
		}
	}
}

static gpointer announce(Commit *commit, GError *error)
{
	pthread_mutex_lock(&commit->lock);
	commit->started = TRUE;
	commit->start_error = error;
	pthread_cond_broadcast(&commit->wake);
	pthread_mutex_unlock(&commit->lock);
	return NULL;
}

static void *run_thread(void *data)
{
	Commit *commit = data;
	GError *error = NULL;
	g_autoptr(Sql) sql = sql_open(commit->database, &error);
	announce(commit, error);
	if (sql == NULL)
		return NULL;
	if (commit->config.begin != NULL)
		commit->config.begin(sql, commit->config.user);
	loop(commit, sql);
	if (commit->config.end != NULL)
		commit->config.end(sql, commit->config.user);
	return NULL;
}

/* ── in the main loop ── */

static void init_locks(Commit *commit)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&commit->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&commit->lock, NULL);
}

Commit *commit_new(const CommitConfig *config, GError **error)
{
	g_autoptr(Commit) commit = g_new0(Commit, 1);
	commit->config = *config;
	commit->database = g_strdup(config->database);
	g_queue_init(&commit->queue);
	init_locks(commit);
	commit->handover = handover_new(config->n_max + 2 * GROUP_MAX, on_done, done_free, commit);
	int failed = pthread_create(&commit->thread, NULL, run_thread, commit);
	if (failed != 0)
		g_error("no thread: %s", g_strerror(failed));

	pthread_mutex_lock(&commit->lock);
	while (!commit->started)
		pthread_cond_wait(&commit->wake, &commit->lock);
	GError *start_error = g_steal_pointer(&commit->start_error);
	pthread_mutex_unlock(&commit->lock);
	if (start_error != NULL) {
		g_propagate_prefixed_error(error, start_error, "commit thread: ");
		return NULL;
	}
	return g_steal_pointer(&commit);
}

void commit_free(Commit *commit)
{
	if (commit == NULL)
		return;
	pthread_mutex_lock(&commit->lock);
	commit->stopping = TRUE;
	pthread_cond_broadcast(&commit->wake);
	pthread_mutex_unlock(&commit->lock);
	pthread_join(commit->thread, NULL);
	handover_free(commit->handover);
	pthread_cond_destroy(&commit->wake);
	pthread_mutex_destroy(&commit->lock);
	g_free(commit->database);
	g_free(commit);
}

gboolean commit_push(Commit *commit, CommitJob *job)
{
	pthread_mutex_lock(&commit->lock);
	gboolean room = g_queue_get_length(&commit->queue) < commit->config.n_max;
	if (room) {
		g_queue_push_tail(&commit->queue, job);
		pthread_cond_broadcast(&commit->wake);
	}
	pthread_mutex_unlock(&commit->lock);
	if (!room)
		job->free(job);
	return room;
}

gsize commit_backlog(Commit *commit)
{
	pthread_mutex_lock(&commit->lock);
	gsize n = g_queue_get_length(&commit->queue) + commit->n_running;
	pthread_mutex_unlock(&commit->lock);
	return n;
}
