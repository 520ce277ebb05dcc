/*
 * A revoked certificate is refused at the next connection, but an open session stays.  One
 * certificate holds one connection, so the session is taken over: a certificate with the
 * terminal's name, good for minutes and revoked at once, connects and leaves.
 */
#include "server/core/core_job.h"

#include <unistd.h>

#include "server/broker_config.h"

#define EVICT_LIFE_MS (10 * 60 * G_GINT64_CONSTANT(1000))
#define EVICT_TIMEOUT_S 20

typedef struct {
	CoreJob base;
	TerminalId terminal;
	char *certificate_path, *key_path;
	/* Afterwards, in the main loop. */
	Link *link;
	guint timeout;
} EvictJob;

static void evict_free(EvictJob *self)
{
	g_clear_handle_id(&self->timeout, g_source_remove);
	g_clear_pointer(&self->link, link_free);
	unlink(self->certificate_path);
	unlink(self->key_path);
	g_free(self->certificate_path);
	g_free(self->key_path);
	g_free(self);
}

static gboolean run_evict(CommitJob *job, Sql *sql, gpointer user, GError **error)
{
	EvictJob *self = (EvictJob *)job;
	Core *core = user;
	gint64 now_ms = self->base.now_ms;
	g_autoptr(ServerKey) key = server_key_generate();
	g_auto(Issued) issued = {0};
	unlink(self->key_path);
	if (!authority_issue_bootstrap(core->work.authority, key, &self->terminal, now_ms,
								   now_ms + EVICT_LIFE_MS, &issued, error) ||
		!certificates_add(sql, &issued.row, FALSE, now_ms, error) ||
		!server_key_save(key, self->key_path, error))
		return FALSE;
	g_autofree char *pem = issued_pem(&issued);
	return g_file_set_contents_full(self->certificate_path, pem, -1, G_FILE_SET_CONTENTS_NONE, 0600,
									error);
}

static gboolean on_idle_free(gpointer user)
{
	EvictJob *self = user;
	self->timeout = 0;
	evict_free(self);
	return G_SOURCE_REMOVE;
}

static void on_connected(gboolean connected, gpointer user)
{
	EvictJob *self = user;
	if (!connected)
		return;
	g_message("the open session of %s was ended", self->terminal.text);
	g_clear_handle_id(&self->timeout, g_source_remove);
	self->timeout = g_idle_add(on_idle_free, self);
}

static void on_received(const char *topic, GBytes *message, gpointer user)
{
	(void)topic, (void)message, (void)user;
}

static void evict_done(CommitJob *job, const GError *error, gpointer user)
{
	EvictJob *self = (EvictJob *)job;
	Core *core = user;
	g_autoptr(GError) link_error = NULL;
	static const char *const no_topics[] = {NULL};
	if (!core_job_finished(&self->base, "ending the session", error))
		return;
	/* The job is freed on return: what goes on has a copy. */
	EvictJob *running = g_new0(EvictJob, 1);
	*running = *self;
	self->certificate_path = self->key_path = NULL;
	g_autofree char *anchors = g_build_filename(core->config->broker_folder, "ca.crt", NULL);
	LinkConfig config = {.host = core->config->broker_host,
						 .port = (int)core->config->broker_port,
						 .anchors = anchors,
						 .certificate = running->certificate_path,
						 .key = running->key_path,
						 .topics = no_topics,
						 .connected = on_connected,
						 .received = on_received,
						 .user = running};
	running->link = link_new(&config, &link_error);
	if (running->link == NULL)
		g_warning("ending the session of %s: %s", running->terminal.text, link_error->message);
	running->timeout = g_timeout_add_seconds(EVICT_TIMEOUT_S, on_idle_free, running);
}

static void free_job(CommitJob *job)
{
	EvictJob *self = (EvictJob *)job;
	g_free(self->certificate_path);
	g_free(self->key_path);
	core_job_free(job);
}

void core_evict(Core *core, const TerminalId *terminal)
{
	EvictJob *job = core_job_new(core, sizeof *job, NULL);
	job->base.job = (CommitJob){run_evict, evict_done, free_job};
	job->terminal = *terminal;
	g_autofree char *name = g_strconcat("evict-", terminal->text, NULL);
	job->certificate_path = broker_service_path(core->config, name, ".crt");
	job->key_path = broker_service_path(core->config, name, ".key");
	core_job_push(job);
}
