#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <systemd/sd-daemon.h>

#include "protocol/process/control.h"
#include "protocol/process/roles.h"

#define PAUSE_MIN_MS 200
#define PAUSE_MAX_MS 10000
#define SETTLED_US (3 * G_USEC_PER_SEC) /* who lived that long has not died at once */
#define TICK_S 5
#define SILENT_US (30 * G_USEC_PER_SEC) /* a role that says nothing for so long hangs */
#define STOP_WAIT_S 15

typedef struct Supervisor Supervisor;

typedef struct {
	Supervisor *supervisor;
	const RoleSpec *spec;
	GPid pid; /* 0: not running */
	int control;
	guint control_source, watch_source, restart_source;
	gint64 started_us, heard_us;
	guint pause_ms;
	gboolean ready;
} Role;

struct Supervisor {
	Role roles[ROLES_MAX];
	gsize n_roles;
	char **argv;
	GMainLoop *loop;
	gboolean stopping, announced;
	guint kill_source;
	int status;
};

static void start_role(Role *role);
static void stop_next(Supervisor *supervisor);

static gboolean links_to(const RoleSpec *spec, const char *peer)
{
	for (gsize i = 0; i < ROLES_MAX && spec->links[i] != NULL; i++)
		if (strcmp(spec->links[i], peer) == 0)
			return TRUE;
	return FALSE;
}

static void link_pair(Role *a, Role *b)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		g_warning("no socket pair between %s and %s", a->spec->name, b->spec->name);
		return;
	}
	control_send(a->control, CONTROL_LINK, b->spec->name, ends[0]);
	control_send(b->control, CONTROL_LINK, a->spec->name, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

static void link_peers(Role *role)
{
	Supervisor *supervisor = role->supervisor;

	for (gsize i = 0; i < supervisor->n_roles; i++) {
		Role *peer = &supervisor->roles[i];
		if (peer != role && peer->pid != 0 &&
			(links_to(role->spec, peer->spec->name) || links_to(peer->spec, role->spec->name)))
			link_pair(role, peer);
	}
}

static void announce_when_ready(Supervisor *supervisor)
{
	for (gsize i = 0; i < supervisor->n_roles; i++)
		if (!supervisor->roles[i].ready)
			return;
	if (!supervisor->announced)
		sd_notify(0, "READY=1");
	supervisor->announced = TRUE;
}

static gboolean on_role_control(gint fd, GIOCondition condition, gpointer user)
{
	Role *role = user;
	ControlMessage message;

	(void)condition;
	switch (control_receive(fd, &message)) {
	case CONTROL_GOT:
		if (message.fd >= 0)
			close(message.fd);
		role->heard_us = g_get_monotonic_time();
		if (message.kind == CONTROL_READY) {
			role->ready = TRUE;
			announce_when_ready(role->supervisor);
		}
		return G_SOURCE_CONTINUE;
	case CONTROL_NONE:
		return G_SOURCE_CONTINUE;
	case CONTROL_GONE:
	default:
		role->control_source = 0;
		return G_SOURCE_REMOVE;
	}
}

static gboolean on_restart(gpointer user)
{
	Role *role = user;

	role->restart_source = 0;
	start_role(role);
	return G_SOURCE_REMOVE;
}

static void schedule_restart(Role *role)
{
	if (g_get_monotonic_time() - role->started_us > SETTLED_US)
		role->pause_ms = PAUSE_MIN_MS;
	else
		role->pause_ms = CLAMP(role->pause_ms * 2, PAUSE_MIN_MS, PAUSE_MAX_MS);
	role->restart_source = g_timeout_add(role->pause_ms, on_restart, role);
}

static void log_end(const Role *role, int status)
{
	if (WIFSIGNALED(status))
		g_warning("role %s was ended by signal %d", role->spec->name, WTERMSIG(status));
	else
		g_warning("role %s ended with status %d", role->spec->name, WEXITSTATUS(status));
}

static void on_role_exit(GPid pid, gint status, gpointer user)
{
	Role *role = user;
	Supervisor *supervisor = role->supervisor;

	g_spawn_close_pid(pid);
	role->pid = 0;
	role->watch_source = 0;
	role->ready = FALSE;
	g_clear_handle_id(&role->control_source, g_source_remove);
	close(role->control);
	if (supervisor->stopping) {
		stop_next(supervisor);
		return;
	}
	log_end(role, status);
	if (WIFEXITED(status) && WEXITSTATUS(status) == ROLE_EXIT_CONFIG) {
		supervisor->status = ROLE_EXIT_CONFIG;
		stop_next(supervisor);
		return;
	}
	schedule_restart(role);
}

/* In the child, between fork and exec: async-signal-safe calls only. */
static void exec_role(char **argv, int control)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (control == CONTROL_FD)
		fcntl(CONTROL_FD, F_SETFD, 0);
	else
		dup2(control, CONTROL_FD);
	execv("/proc/self/exe", argv);
	_exit(127);
}

static char **role_argv(Role *role)
{
	GPtrArray *argv = g_ptr_array_new();

	for (char **arg = role->supervisor->argv; *arg != NULL; arg++)
		g_ptr_array_add(argv, *arg);
	g_ptr_array_add(argv, (gpointer) "--role");
	g_ptr_array_add(argv, (gpointer)role->spec->name);
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

static void start_role(Role *role)
{
	g_autofree char **argv = role_argv(role);
	int ends[2];

	role->started_us = role->heard_us = g_get_monotonic_time();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		g_warning("no control socket for role %s", role->spec->name);
		schedule_restart(role);
		return;
	}
	role->pid = fork();
	if (role->pid == 0)
		exec_role(argv, ends[1]);
	close(ends[1]);
	if (role->pid < 0) {
		g_warning("role %s could not be started", role->spec->name);
		role->pid = 0;
		close(ends[0]);
		schedule_restart(role);
		return;
	}
	role->control = ends[0];
	role->control_source =
		g_unix_fd_add(role->control, G_IO_IN | G_IO_HUP | G_IO_ERR, on_role_control, role);
	role->watch_source = g_child_watch_add(role->pid, on_role_exit, role);
	link_peers(role);
}

static gboolean on_stop_timeout(gpointer user)
{
	Role *role = user;

	role->supervisor->kill_source = 0;
	g_warning("role %s does not stop: killed", role->spec->name);
	kill(role->pid, SIGKILL);
	return G_SOURCE_REMOVE;
}

/* Stops the last role still running; called again from its exit. */
static void stop_next(Supervisor *supervisor)
{
	supervisor->stopping = TRUE;
	g_clear_handle_id(&supervisor->kill_source, g_source_remove);
	for (gsize i = supervisor->n_roles; i-- > 0;) {
		Role *role = &supervisor->roles[i];
		g_clear_handle_id(&role->restart_source, g_source_remove);
		if (role->pid == 0)
			continue;
		control_send(role->control, CONTROL_STOP, NULL, -1);
		supervisor->kill_source = g_timeout_add_seconds(STOP_WAIT_S, on_stop_timeout, role);
		return;
	}
	g_main_loop_quit(supervisor->loop);
}

static gboolean on_signal(gpointer user)
{
	Supervisor *supervisor = user;

	if (!supervisor->stopping) {
		sd_notify(0, "STOPPING=1");
		stop_next(supervisor);
	}
	return G_SOURCE_CONTINUE;
}

static gboolean on_tick(gpointer user)
{
	Supervisor *supervisor = user;
	gint64 now = g_get_monotonic_time();
	gboolean all_answer = TRUE;

	for (gsize i = 0; i < supervisor->n_roles; i++) {
		Role *role = &supervisor->roles[i];
		if (role->pid == 0)
			continue;
		control_send(role->control, CONTROL_PING, NULL, -1);
		if (now - role->heard_us > SILENT_US / 2)
			all_answer = FALSE;
		if (now - role->heard_us > SILENT_US && !supervisor->stopping) {
			g_warning("role %s does not answer: killed", role->spec->name);
			kill(role->pid, SIGKILL);
		}
	}
	if (all_answer)
		sd_notify(0, "WATCHDOG=1");
	return G_SOURCE_CONTINUE;
}

int supervisor_run(const RoleSpec *specs, gsize n_specs, char **argv)
{
	Supervisor supervisor = {.n_roles = n_specs, .argv = argv};
	guint sources[3];

	g_assert(n_specs <= ROLES_MAX);
	supervisor.loop = g_main_loop_new(NULL, FALSE);
	sources[0] = g_unix_signal_add(SIGTERM, on_signal, &supervisor);
	sources[1] = g_unix_signal_add(SIGINT, on_signal, &supervisor);
	sources[2] = g_timeout_add_seconds(TICK_S, on_tick, &supervisor);
	for (gsize i = 0; i < n_specs; i++) {
		supervisor.roles[i].supervisor = &supervisor;
		supervisor.roles[i].spec = &specs[i];
		start_role(&supervisor.roles[i]);
	}
	g_main_loop_run(supervisor.loop);
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	g_main_loop_unref(supervisor.loop);
	return supervisor.status;
}
