#include "server/web_role.h"

#include "protocol/process/channel.h"
#include "protocol/process/roles.h"
#include "server/judge/judge_explain.h"
#include "server/messages.h"
#include "server/prove.h"
#include "server/web/web.h"
#include "server/web_fences.h"

typedef struct {
	RoleContext *role;
	Channel *core; /* NULL while core restarts */
	Web *web;
} WebRole;

static gint64 clock_ms(void)
{
	return g_get_real_time() / 1000;
}

/* ── what core says ── */

static void on_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
					   gpointer user)
{
	(void)channel;
	WebRole *self = user;
	Slice slice = {payload, size};
	ServerChanged changed;
	TerminalId terminal;
	switch (type) {
	case SERVER_CHANGED:
		if (server_changed_decode(slice, &changed))
			web_changed(self->web, changed.person);
		break;
	case SERVER_TERMINAL:
		if (server_terminal_decode(slice, &terminal))
			web_changed(self->web, 0);
		break;
	case SERVER_ENROLMENT:
		web_enrolment_changed(self->web);
		break;
	default: /* what this version does not show */
		break;
	}
}

static void on_closed(Channel *channel, gpointer user)
{
	WebRole *self = user;
	if (self->core == channel)
		self->core = NULL;
	channel_free(channel);
}

static void on_linked(const char *peer, int fd, gpointer user)
{
	WebRole *self = user;
	(void)peer;
	g_clear_pointer(&self->core, channel_free);
	self->core = channel_new(fd, on_message, on_closed, self);
}

static void on_stopping(gpointer user)
{
	WebRole *self = user;
	role_quit(self->role);
}

/* ── what web asks ── */

/* Core also looks by itself when a terminal asks for more: a lost message delays, no more. */
static void send_commands(const char *terminal, gpointer user)
{
	WebRole *self = user;
	TerminalId id;
	if (self->core == NULL ||
		!terminal_id_parse(&id, (Slice){(const guint8 *)terminal, strlen(terminal)}))
		return;
	WireBuffer buffer = {0};
	server_terminal_encode(&buffer, &id);
	channel_send(self->core, SERVER_COMMANDS, buffer.data, buffer.size);
	wire_buffer_clear(&buffer);
}

/* ── its fences ── */

#ifdef __SANITIZE_ADDRESS__
#define LEAK_CHECKER TRUE
#else
#define LEAK_CHECKER FALSE
#endif

int web_role_run(const ServerConfig *config)
{
	g_auto(WebFences) fences = {.leak_checker = LEAK_CHECKER};
	WebRole self = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *database = config_database(config);
	self.role = role_new(on_linked, on_stopping, &self);
	WebConfig web = {.database = database,
					 .host = config->web_host,
					 .port = (guint16)config->web_port,
					 .certificate = config->web_certificate,
					 .key = config->web_key,
					 .utc_offset_min = config->utc_offset_min,
					 .now_ms = clock_ms,
					 .commands = send_commands,
					 .prove = prove_event,
					 .explain = judge_explain,
					 .user = &self};
	if (web_fences_open(&fences, database, &error)) {
		web_fences_files(&fences, web.certificate, web.key);
		self.web = web_new(&web, &error);
	}
	if (self.web == NULL) {
		g_printerr("hadir-server: %s\n", error->message);
	} else {
		web_fences_calls(&fences);
		web_set_confinement(self.web, fences.files, fences.calls);
		role_run(self.role);
	}
	gboolean failed = self.web == NULL;
	web_free(self.web);
	g_clear_pointer(&self.core, channel_free);
	role_free(self.role);
	return failed ? 1 : 0;
}
