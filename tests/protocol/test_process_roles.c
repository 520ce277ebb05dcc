/*
 * This program is its own subject: with --role it is a role, with --supervise the supervisor;
 * without, the test that starts and kills them.  Role a asks b over their link who it is, and
 * writes b's answer, its process id, into the file FILE each time it gets one.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "protocol/process/channel.h"
#include "protocol/process/roles.h"

typedef struct {
	RoleContext *role;
	Channel *channel;
	const char *file;
	gboolean is_a;
} Subject;

static void on_received(Channel *channel, guint8 type, const guint8 *payload, gsize size,
						gpointer user)
{
	Subject *subject = user;
	pid_t pid = getpid();

	if (type == 1) {
		channel_send(channel, 2, &pid, sizeof pid);
		return;
	}
	g_assert_cmpuint(size, ==, sizeof pid);
	memcpy(&pid, payload, sizeof pid);
	g_autofree char *text = g_strdup_printf("%d %d", (int)getpid(), (int)pid);
	g_assert_true(g_file_set_contents(subject->file, text, -1, NULL));
}

static void on_closed(Channel *channel, gpointer user)
{
	Subject *subject = user;

	subject->channel = NULL;
	channel_free(channel);
}

static void on_linked(const char *peer, int fd, gpointer user)
{
	Subject *subject = user;

	g_assert_cmpstr(peer, ==, subject->is_a ? "b" : "a");
	channel_free(subject->channel);
	subject->channel = channel_new(fd, on_received, on_closed, subject);
	if (subject->is_a)
		channel_send(subject->channel, 1, NULL, 0);
}

static void on_stopping(gpointer user)
{
	Subject *subject = user;
	g_autofree char *text = g_strdup_printf("stopped %s", subject->is_a ? "a" : "b");

	g_assert_true(g_file_set_contents(subject->file, text, -1, NULL));
	role_quit(subject->role);
}

static int run_role(const char *name, const char *file)
{
	Subject subject = {.file = file, .is_a = strcmp(name, "a") == 0};

	if (strcmp(name, "broken") == 0)
		return ROLE_EXIT_CONFIG;
	subject.role = role_new(on_linked, on_stopping, &subject);
	role_run(subject.role);
	channel_free(subject.channel);
	role_free(subject.role);
	return 0;
}

static int run_supervisor(const char *kind, char **argv)
{
	static const RoleSpec good[] = {{"a", {"b"}}, {"b", {NULL}}};
	static const RoleSpec bad[] = {{"a", {NULL}}, {"broken", {NULL}}};

	return supervisor_run(strcmp(kind, "good") == 0 ? good : bad, 2, argv);
}

static pid_t start(const char *kind, const char *file)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/proc/self/exe", "roles", "--supervise", kind, file, NULL);
		_exit(127);
	}
	return pid;
}

/* Waits until the file names two processes, the second not `old`. */
static void wait_answer(const char *file, int old, int *a, int *b)
{
	for (int i = 0; i < 1000; i++) {
		g_autofree char *text = NULL;
		if (g_file_get_contents(file, &text, NULL, NULL) && sscanf(text, "%d %d", a, b) == 2 &&
			*a != old && *b != old)
			return;
		g_usleep(10000);
	}
	g_error("no answer in 10 s");
}

static int wait_end(pid_t pid)
{
	int status = 0;

	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static char *make_file(void)
{
	char *path = g_build_filename(g_get_tmp_dir(), "roles.XXXXXX", NULL);

	close(g_mkstemp(path));
	return path;
}

static void a_killed_role_comes_back_linked(void)
{
	g_autofree char *file = make_file();
	g_autofree char *text = NULL;
	pid_t supervisor = start("good", file);
	int a, b, old_b;

	wait_answer(file, 0, &a, &b);
	for (int i = 0; i < 3; i++) {
		old_b = b;
		kill(b, SIGKILL);
		wait_answer(file, old_b, &a, &b);
		kill(a, SIGKILL);
		wait_answer(file, a, &a, &b);
	}
	kill(supervisor, SIGTERM);
	g_assert_cmpint(wait_end(supervisor), ==, 0);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "stopped a"); /* b, started last, stopped first */
	g_unlink(file);
}

/* Whoever adopts an orphan may leave it unreaped: then it is a zombie, and has ended too. */
static gboolean is_running(int pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;
	const char *name_end = NULL;
	if (g_file_get_contents(path, &text, NULL, NULL))
		name_end = strrchr(text, ')');
	return name_end != NULL && g_str_has_prefix(name_end, ") ") && name_end[2] != 'Z';
}

static void roles_end_with_their_supervisor(void)
{
	g_autofree char *file = make_file();
	pid_t supervisor = start("good", file);
	int a, b, tries = 0;

	wait_answer(file, 0, &a, &b);
	g_assert_true(is_running(a) && is_running(b));
	kill(supervisor, SIGKILL);
	waitpid(supervisor, NULL, 0);
	while ((is_running(a) || is_running(b)) && tries++ < 1000)
		g_usleep(10000);
	g_assert_cmpint(tries, <, 1000);
	g_unlink(file);
}

static void what_no_restart_mends_ends_everything(void)
{
	g_autofree char *file = make_file();
	pid_t supervisor = start("bad", file);

	g_assert_cmpint(wait_end(supervisor), ==, ROLE_EXIT_CONFIG);
	g_unlink(file);
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[4], "--role") == 0)
		return run_role(argv[5], argv[3]);
	if (argc == 4 && strcmp(argv[1], "--supervise") == 0)
		return run_supervisor(argv[2], argv);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/process/roles/a_killed_role_comes_back_linked",
					a_killed_role_comes_back_linked);
	g_test_add_func("/process/roles/roles_end_with_their_supervisor",
					roles_end_with_their_supervisor);
	g_test_add_func("/process/roles/what_no_restart_mends_ends_everything",
					what_no_restart_mends_ends_everything);
	return g_test_run();
}
