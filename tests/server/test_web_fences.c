/* The web role within its fences, over either database, with TLS of its own and without: what it needs
 * works, all else is refused. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/web_fences.h"
#include "tests/web/province.h"

typedef struct {
	Province province;
	WebFences fences;
	char *folder, *certificate, *key, *secret;
} World;

static char *make_file(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	g_assert_true(g_file_set_contents(path, name, -1, NULL));
	return path;
}

/* The files are only fenced here; that TLS is spoken within the fences is tests/web/test_http.py's. */
static void fence(gpointer user)
{
	World *world = user;
	g_autoptr(GError) error = NULL;
	web_fences_open(&world->fences, world->province.database.url, &error);
	g_assert_no_error(error);
	web_fences_files(&world->fences, world->certificate, world->key);
}

static int try_open(const char *path, int flags)
{
	int fd = path == NULL ? -1 : open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return path == NULL ? 0 : errno;
	close(fd);
	return 0;
}

static int try_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_exec(void)
{
	char *const none[] = {NULL};
	execve("/usr/bin/true", none, none);
	return errno;
}

static int try_fork(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return child < 0 ? errno : 0;
}

static int try_listen(void)
{
	return listen(0, 1) == 0 ? 0 : errno;
}

/* A refusal that is not as expected is said and ends the child. */
static void expect(const char *what, int got, int wanted)
{
	if (got == wanted)
		return;
	g_printerr("%s: %s instead of %s\n", what, g_strerror(got), g_strerror(wanted));
	_exit(1);
}

static void expect_files(const World *world)
{
	g_autofree char *fresh = g_build_filename(world->folder, "new", NULL);
	/* More steps up than any folder is deep: the root's parent is the root. */
	g_autofree char *up =
		g_build_filename(world->folder, "../../../../../../../../../../etc/shadow", NULL);
	gboolean sqlite = world->fences.database != NULL;
	expect("the database", try_open(world->fences.database, O_RDWR), 0);
	expect("the certificate", try_open(world->certificate, O_RDONLY), 0);
	expect("the TLS key", try_open(world->key, O_RDONLY), 0);
	if (!world->fences.files)
		return; /* this kernel has no Landlock, which the log and /healthz say */
	expect("the TLS key, to change it", try_open(world->key, O_RDWR),
		   world->key == NULL ? 0 : EACCES);
	expect("another role's key", try_open(world->secret, O_RDONLY), EACCES);
	expect("a new file", try_open(fresh, O_WRONLY | O_CREAT), EACCES);
	expect("the passwords", try_open(up, O_RDONLY), EACCES);
	expect("another process", try_open("/proc/1/environ", O_RDONLY), EACCES);
	if (sqlite)
		expect("the database's folder", try_open(world->province.database.folder, O_RDONLY),
			   EACCES);
}

static void expect_calls(const World *world)
{
	/* A database elsewhere has to be reached again when it was away. */
	int sockets = world->fences.database == NULL ? 0 : EPERM;
	expect("an internet socket", try_socket(AF_INET), sockets);
	expect("a local socket", try_socket(AF_UNIX), sockets);
	expect("listening", try_listen(), EPERM);
	expect("a program", try_exec(), EPERM);
	expect("a process", try_fork(), EPERM);
	expect("looking into a process", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : errno,
		   EPERM);
	expect("a signal", kill(getppid(), 0) == 0 ? 0 : errno, EPERM);
}

/* Pages are still served: the board reads, the order writes. */
static void expect_pages(Province *p)
{
	g_autoptr(Call) board = province_rest(p, "skpd", "GET", "/api/v1/people", NULL);
	g_autoptr(Call) order =
		province_rest(p, "bkd", "POST", "/api/v1/enrolments",
					  "{\"person\":111111,\"terminal\":\"t-bkd-1\",\"finger\":\"right-index\"}");
	expect("a list", (int)board->response->status, 200);
	expect("a change", (int)order->response->status, 201);
}

static void live(World *world)
{
	world->province.before_web = fence;
	world->province.before_user = world;
	province_open(&world->province, NULL);
	web_fences_calls(&world->fences);
	if (!world->fences.calls)
		_exit(2);
	expect_files(world);
	expect_calls(world);
	expect_pages(&world->province);
	_exit(0);
}

static void test_fences(gconstpointer tls)
{
	World world = {.folder = g_dir_make_tmp("hadir-test-XXXXXX", NULL)};
	int status;
	world.secret = make_file(world.folder, "vault.key");
	if (tls != NULL) {
		world.certificate = make_file(world.folder, "web.crt");
		world.key = make_file(world.folder, "web.key");
	}
	pid_t child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0)
		live(&world);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	unlink(world.secret);
	if (tls != NULL) {
		unlink(world.certificate);
		unlink(world.key);
	}
	rmdir(world.folder);
	g_free(world.folder);
	g_free(world.certificate);
	g_free(world.key);
	g_free(world.secret);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/web/fences/behind_a_proxy", NULL, test_fences);
	g_test_add_data_func("/web/fences/with_tls_of_its_own", "tls", test_fences);
	return g_test_run();
}
