/* Jobs for up/want messages that carry a join. */
#include "server/core/core_job.h"

#include "server/join.h"

typedef struct {
	CoreJob base;
	Join join;
} JoinJob;

static gboolean run_join(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	JoinJob *self = (JoinJob *)job;
	Core *core = user;
	JoinPolicy policy = {core->work.authority, core->config->certificate_days};
	return join_accept(sql, &policy, &self->base.collected.terminal, &self->join, self->base.now_ms,
					   error);
}

static void join_done(CommitJob *job, const GError *error, gpointer user)
{
	JoinJob *self = (JoinJob *)job;
	Core *core = user;
	g_autoptr(GError) load = NULL;
	if (!core_job_finished(&self->base, "join", error))
		return;
	if (!key_ring_load(core->keys, core->sql, NULL, &load))
		g_warning("%s", load->message);
	core_send_command(core, &self->base.collected.terminal);
	core_tell_web_terminal(core, &self->base.collected.terminal);
}

gboolean core_job_join(Core *core, Collected *collected)
{
	JoinJob *job = core_job_new(core, sizeof *job, collected);
	job->base.job = (CommitJob){run_join, join_done, core_job_free};
	if (join_decode(job->base.collected.envelope.payload, &job->join) == WIRE_OK)
		return core_job_push(job);
	core_job_free(&job->base.job);
	return FALSE;
}
