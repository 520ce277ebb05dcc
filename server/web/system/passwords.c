#include "server/web/system/passwords.h"

#include "server/store/system/password.h"
#include "server/web/problem.h"

/* About six seconds of work: who comes after them is told to come back. */
#define WAITING_MAX 64

struct PasswordJob {
	Call *call;
	char *hash, *password, *fresh; /* password NULL: nothing to verify */
	PasswordDone done;
	gboolean ok;
	char *fresh_hash;
};

static void job_free(PasswordJob *job)
{
	g_free(job->hash);
	password_free(job->password);
	password_free(job->fresh);
	g_free(job->fresh_hash);
	g_free(job);
}

/* In the thread. */
static void run(gpointer *items, gsize n, gpointer user)
{
	(void)user;
	for (gsize i = 0; i < n; i++) {
		PasswordJob *job = items[i];
		if (job->password == NULL)
			job->ok = TRUE;
		else if (job->hash == NULL)
			password_verify_nothing(job->password);
		else
			job->ok = password_verify(job->hash, job->password);
		if (job->ok && job->fresh != NULL)
			job->fresh_hash = password_hash(job->fresh, NULL);
	}
}

static void done(gpointer item, gpointer user)
{
	(void)user;
	PasswordJob *job = item;
	job->done(job->call, job->ok, job->fresh_hash);
	job_free(job);
}

/* At the end of the program. */
static void give_up(gpointer item)
{
	PasswordJob *job = item;
	call_finish(job->call, problem_for(job->call, 503, NULL));
	job_free(job);
}

Worker *passwords_new(void)
{
	return worker_new("passwords", WAITING_MAX, 1, run, done, give_up, NULL);
}

gboolean passwords_check(Call *call, const char *hash, const char *password, const char *fresh,
						 PasswordDone when_done)
{
	PasswordJob *job = g_new0(PasswordJob, 1);
	job->call = call;
	job->hash = g_strdup(hash);
	job->password = g_strdup(password);
	job->fresh = g_strdup(fresh);
	job->done = when_done;
	call->pending = TRUE;
	if (worker_push(call->web->passwords, job))
		return TRUE;
	call->pending = FALSE;
	job_free(job);
	return FALSE;
}

gboolean passwords_make(Call *call, const char *fresh, PasswordDone when_done)
{
	return passwords_check(call, NULL, NULL, fresh, when_done);
}
