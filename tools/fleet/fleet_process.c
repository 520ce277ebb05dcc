#include "tools/fleet/fleet_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_S 20
#define STEP_US 20000

struct FleetProcess {
	pid_t pid;
	gboolean ended;
};

static void run_child(const char *const *argv, int log, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	execv(argv[0], (char *const *)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

gboolean fleet_process_alive(FleetProcess *process)
{
	if (!process->ended && waitpid(process->pid, NULL, WNOHANG) == process->pid)
		process->ended = TRUE;
	return !process->ended;
}

static gboolean wait_ready(FleetProcess *process, const char *log, gsize from, const char *ready,
						   guint wait_s)
{
	for (gint64 until = g_get_monotonic_time() + wait_s * G_USEC_PER_SEC;
		 g_get_monotonic_time() < until && fleet_process_alive(process); g_usleep(STEP_US)) {
		g_autofree char *text = NULL;
		gsize size;
		if (g_file_get_contents(log, &text, &size, NULL) && size > from &&
			strstr(text + from, ready) != NULL)
			return TRUE;
	}
	return FALSE;
}

FleetProcess *fleet_process_start(const char *const *argv, const char *log, const char *ready,
								  guint wait_s, GError **error)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	off_t from = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	pid_t parent = getpid(), pid = fd < 0 ? -1 : fork();
	if (pid == 0)
		run_child(argv, fd, parent);
	if (fd >= 0)
		close(fd);
	if (pid < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "start %s: %s", argv[0],
					g_strerror(errno));
		return NULL;
	}
	FleetProcess *process = g_new0(FleetProcess, 1);
	process->pid = pid;
	if (wait_ready(process, log, (gsize)from, ready, wait_s))
		return process;
	g_autofree char *text = NULL;
	g_file_get_contents(log, &text, NULL, NULL);
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s did not say '%s' within %u s:\n%s",
				argv[0], ready, wait_s, text == NULL ? "" : text);
	fleet_process_stop(process);
	return NULL;
}

void fleet_process_stop(FleetProcess *process)
{
	if (process == NULL)
		return;
	if (fleet_process_alive(process))
		kill(process->pid, SIGTERM);
	for (gint64 until = g_get_monotonic_time() + STOP_S * G_USEC_PER_SEC;
		 g_get_monotonic_time() < until && fleet_process_alive(process);)
		g_usleep(STEP_US);
	fleet_process_kill(process);
}

void fleet_process_kill(FleetProcess *process)
{
	if (process == NULL)
		return;
	if (fleet_process_alive(process)) {
		kill(process->pid, SIGKILL);
		waitpid(process->pid, NULL, 0);
	}
	g_free(process);
}

static char *proc_file(pid_t pid, const char *name, gsize *size)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, name);
	char *text = NULL;
	return g_file_get_contents(path, &text, size, NULL) ? text : NULL;
}

static gboolean has_role(pid_t pid, const char *role)
{
	gsize size = 0;
	g_autofree char *command = proc_file(pid, "cmdline", &size);
	for (gsize at = 0; command != NULL && at < size; at += strlen(command + at) + 1)
		if (strcmp(command + at, "--role") == 0 && at + strlen("--role") + 1 < size)
			return strcmp(command + at + strlen("--role") + 1, role) == 0;
	return FALSE;
}

static pid_t find_role(pid_t parent, const char *role)
{
	g_autofree char *name = g_strdup_printf("task/%d/children", (int)parent);
	g_autofree char *children = proc_file(parent, name, NULL);
	g_auto(GStrv) pids = g_strsplit(children == NULL ? "" : children, " ", -1);
	for (guint i = 0; pids[i] != NULL; i++) {
		gint64 pid;
		if (g_ascii_string_to_signed(pids[i], 10, 2, G_MAXINT32, &pid, NULL) &&
			has_role((pid_t)pid, role))
			return (pid_t)pid;
	}
	return 0;
}

FleetUse fleet_process_use(const FleetProcess *process, const char *role)
{
	pid_t pid = role == NULL ? process->pid : find_role(process->pid, role);
	FleetUse use = {0};
	if (pid == 0)
		return use;
	g_autofree char *status = proc_file(pid, "status", NULL);
	g_autofree char *stat = proc_file(pid, "stat", NULL);
	const char *rss = status == NULL ? NULL : strstr(status, "\nVmRSS:");
	if (rss != NULL)
		use.rss_mib = (double)g_ascii_strtoull(rss + strlen("\nVmRSS:"), NULL, 10) / 1024;
	char *after = stat == NULL ? NULL : strrchr(stat, ')');
	guint64 user, kernel;
	if (after != NULL &&
		sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
		use.processor_s = (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
	return use;
}
