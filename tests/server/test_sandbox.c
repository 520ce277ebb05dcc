/* A confined process: each attempt is made in a child of its own. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "server/sandbox_linux.h"

typedef struct {
	char *folder, *given, *other;
} Files;

static void files_init(Files *files, gconstpointer unused)
{
	(void)unused;
	files->folder = g_dir_make_tmp("hadir-test-XXXXXX", NULL);
	files->given = g_build_filename(files->folder, "given", NULL);
	files->other = g_build_filename(files->folder, "other", NULL);
	g_assert_true(g_file_set_contents(files->given, "a", 1, NULL));
	g_assert_true(g_file_set_contents(files->other, "b", 1, NULL));
}

static void files_clear(Files *files, gconstpointer unused)
{
	(void)unused;
	g_unlink(files->given);
	g_unlink(files->other);
	g_rmdir(files->folder);
	g_free(files->folder);
	g_free(files->given);
	g_free(files->other);
}

/* 0, or the errno it failed with. */
typedef int (*Attempt)(const Files *files);

#define NO_LANDLOCK 125

/* What the attempt gives within both fences; NO_LANDLOCK where this machine has none. */
static int within(const Files *files, Attempt attempt)
{
	pid_t child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		const char *why, *const writable[] = {files->given, NULL};
		const char *const readable[] = {"/usr", "/no/such/folder", NULL};
		SandboxRules rules = {.readable = readable, .writable = writable};
		gboolean fenced = sandbox_files(&rules, &why);
		if (!sandbox_calls(&rules, &why))
			_exit(126);
		int result = attempt(files);
		_exit(fenced || result == EPERM || result == 0 ? result : NO_LANDLOCK);
	}
	int status;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int open_given(const Files *files)
{
	return open_file(files->given, O_RDWR);
}

static int open_usr(const Files *files)
{
	(void)files;
	return open_file("/usr", O_RDONLY | O_DIRECTORY);
}

static int open_other(const Files *files)
{
	return open_file(files->other, O_RDONLY);
}

static int open_new(const Files *files)
{
	g_autofree char *path = g_build_filename(files->folder, "new", NULL);
	return open_file(path, O_WRONLY | O_CREAT);
}

static int run_program(const Files *files)
{
	char *const none[] = {NULL};
	(void)files;
	execve("/usr/bin/true", none, none);
	return errno;
}

static int open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int open_internet(const Files *files)
{
	(void)files;
	return open_socket(AF_INET);
}

static int open_unix(const Files *files)
{
	(void)files;
	return open_socket(AF_UNIX);
}

static int trace(const Files *files)
{
	(void)files;
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : errno;
}

static int make_process(const Files *files)
{
	(void)files;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return child < 0 ? errno : 0;
}

static void *nothing(void *data)
{
	return data;
}

static int make_thread(const Files *files)
{
	pthread_t thread;
	int result = pthread_create(&thread, NULL, nothing, (void *)(guintptr)files);
	return result == 0 ? pthread_join(thread, NULL) : result;
}

static void test_what_is_given_works(Files *files, gconstpointer unused)
{
	(void)unused;
	g_assert_cmpint(within(files, open_given), ==, 0);
	g_assert_cmpint(within(files, open_usr), ==, 0);
	g_assert_cmpint(within(files, make_thread), ==, 0);
}

static void test_calls_are_refused(Files *files, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *what;
		Attempt attempt;
	} attempts[] = {{"exec", run_program},
					{"internet socket", open_internet},
					{"unix socket", open_unix},
					{"ptrace", trace},
					{"fork", make_process}};
	for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
		g_test_message("%s", attempts[i].what);
		g_assert_cmpint(within(files, attempts[i].attempt), ==, EPERM);
	}
}

/* A kernel without Landlock says so; then the call is what the caller is told of. */
static void test_other_files_are_refused(Files *files, gconstpointer unused)
{
	(void)unused;
	int other = within(files, open_other), fresh = within(files, open_new);
	const char *why = NULL, *const none[] = {NULL};
	SandboxRules rules = {.readable = none, .writable = none};
	pid_t child = fork();
	if (child == 0)
		_exit(sandbox_files(&rules, &why) ? 0 : why == NULL ? 2 : 1);
	int status;
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	if (WEXITSTATUS(status) == 0) {
		g_assert_cmpint(other, ==, EACCES);
		g_assert_cmpint(fresh, ==, EACCES);
	} else {
		g_assert_cmpint(WEXITSTATUS(status), ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, function) g_test_add(path, Files, NULL, files_init, function, files_clear)
	ADD("/sandbox/what_is_given_works", test_what_is_given_works);
	ADD("/sandbox/calls_are_refused", test_calls_are_refused);
	ADD("/sandbox/other_files_are_refused", test_other_files_are_refused);
	return g_test_run();
}
