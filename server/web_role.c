#include "server/web_role.h"

#include "protocol/process/channel.h"
#include "protocol/process/roles.h"
#include "server/messages.h"
#include "server/prove.h"
#include "server/sandbox_linux.h"
#include "server/store/time/marks.h"
#include "server/web/web.h"

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

typedef struct {
	Sql *keeper; /* keeps the database's -wal and -shm from going away; NULL: another database */
	char *database, *wal, *shm;
	gboolean files, calls;
} Fences;

static void fences_clear(Fences *fences)
{
	sql_close(fences->keeper);
	g_free(fences->database);
	g_free(fences->wal);
	g_free(fences->shm);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fences, fences_clear)

/* SQLite's files get their rights one by one: beside them lie the keys of other roles. */
static gboolean open_keeper(Fences *fences, const char *database, GError **error)
{
	if (!g_str_has_prefix(database, "sqlite:"))
		return TRUE;
	gint64 n;
	fences->keeper = sql_open(database, error);
	fences->database = g_strdup(database + strlen("sqlite:"));
	fences->wal = g_strconcat(fences->database, "-wal", NULL);
	fences->shm = g_strconcat(fences->database, "-shm", NULL);
	return fences->keeper != NULL && marks_count(fences->keeper, &n, error);
}

static SandboxRules rules_of(const Fences *fences)
{
	return (SandboxRules){.sockets = fences->database == NULL, .leak_checker = LEAK_CHECKER};
}

/* Never silently: the log and /healthz say what is missing. */
static void complain(const char *what, const char *why)
{
	g_warning("web runs without %s: %s", what, why);
}

/* Before there are threads.  The list ends at a certificate that is not there. */
static void fence_files(Fences *fences, const WebConfig *web)
{
	const char *why;
	const char *const readable[] = {"/usr",
									"/lib",
									"/lib64",
									"/proc/self",
									"/proc/sys",
									"/dev/urandom",
									"/dev/null",
									"/etc/localtime",
									"/etc/ssl",
									"/etc/gnutls",
									"/etc/hosts",
									"/etc/resolv.conf",
									"/etc/nsswitch.conf",
									"/etc/host.conf",
									"/etc/gai.conf",
									"/etc/passwd",
									"/etc/ld.so.cache",
									LEAK_CHECKER ? "/proc" : "/dev/null",
									web->certificate,
									web->key,
									NULL};
	const char *const writable[] = {fences->database, fences->wal, fences->shm, NULL};
	SandboxRules rules = rules_of(fences);
	rules.readable = readable;
	rules.writable = writable;
	fences->files = sandbox_files(&rules, &why);
	if (!fences->files)
		complain("Landlock", why);
}

static void fence_calls(Fences *fences, Web *web)
{
	const char *why;
	SandboxRules rules = rules_of(fences);
	fences->calls = sandbox_calls(&rules, &why);
	if (!fences->calls)
		complain("seccomp", why);
	web_set_confinement(web, fences->files, fences->calls);
}

int web_role_run(const ServerConfig *config)
{
	g_auto(Fences) fences = {0};
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
					 .user = &self};
	if (open_keeper(&fences, database, &error)) {
		fence_files(&fences, &web);
		self.web = web_new(&web, &error);
	}
	if (self.web == NULL) {
		g_printerr("hadir-server: %s\n", error->message);
	} else {
		fence_calls(&fences, self.web);
		role_run(self.role);
	}
	gboolean failed = self.web == NULL;
	web_free(self.web);
	g_clear_pointer(&self.core, channel_free);
	role_free(self.role);
	return failed ? 1 : 0;
}
