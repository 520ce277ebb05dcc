/* The simulated panel's socket: what it tells, what it takes, and whom it lets go. */
#include "firmware/hal/display_sim.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <jansson.h>

#include "tests/support/scratch.h"

typedef struct {
	char *run;
	gpointer display;
	GString *keys;
	guint n_tampers;
	gboolean open;
} Fixture;

static void on_key(char key, gpointer user)
{
	g_string_append_c(((Fixture *)user)->keys, key);
}

static void on_tamper(gboolean open, gpointer user)
{
	Fixture *self = user;
	self->n_tampers++;
	self->open = open;
}

static const DisplayListener listener = {on_key, on_tamper};

static void set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	(void)data;
	self->run = scratch_new();
	self->keys = g_string_new(NULL);
	DisplayOptions options = {.run = self->run};
	self->display = display_sim.open(&options, &listener, self, &error);
	g_assert_no_error(error);
}

static void tear_down(Fixture *self, gconstpointer data)
{
	(void)data;
	display_sim.free(self->display);
	g_string_free(self->keys, TRUE);
	scratch_free(self->run);
}

static void settle(void)
{
	for (int i = 0; i < 20; i++) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(1000);
	}
}

static int dial(const Fixture *self)
{
	g_autofree char *path = g_build_filename(self->run, DISPLAY_SIM_SOCKET, NULL);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	settle();
	return fd;
}

static void say(int fd, const char *line)
{
	g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), ==, (gssize)strlen(line));
	settle();
}

/* The only line that waits; NULL when there is none. */
static json_t *hear(int fd)
{
	char line[4096];
	gssize n = read(fd, line, sizeof line);
	if (n <= 0)
		return NULL;
	g_assert_cmpint(line[n - 1], ==, '\n');
	g_assert_true(memchr(line, '\n', (gsize)n) == line + n - 1);
	json_t *root = json_loadb(line, (gsize)n, 0, NULL);
	g_assert_nonnull(root);
	return root;
}

static gboolean is_gone(int fd)
{
	char byte;
	settle();
	gssize n = read(fd, &byte, 1);
	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static void show(Fixture *self, DisplayView view)
{
	g_autoptr(GError) error = NULL;
	display_sim.show(self->display, &view, &error);
	g_assert_no_error(error);
	settle();
}

static DisplayView ready(const char *clock)
{
	return (DisplayView){.screen = "ready",
						 .large = clock,
						 .small = "Tempelkan \"jari\" Anda",
						 .title = "Lobi",
						 .clock = "",
						 .lamp = LAMP_WHITE,
						 .ready = TRUE};
}

static void test_says(Fixture *self, gconstpointer data)
{
	(void)data;
	show(self, ready("06.52.10"));
	int fd = dial(self);
	json_t *root = hear(fd);
	g_assert_cmpstr(json_string_value(json_object_get(root, "screen")), ==, "ready");
	g_assert_cmpstr(json_string_value(json_object_get(root, "small")), ==,
					"Tempelkan \"jari\" Anda");
	g_assert_true(json_is_true(json_object_get(root, "ready")));
	g_assert_true(json_is_null(json_object_get(root, "outcome")));
	g_assert_true(json_is_null(json_object_get(root, "person")));
	json_decref(root);
	show(self, ready("06.52.11"));
	g_assert_null(hear(fd)); /* the clock's running is no change */
	DisplayView ok = ready("SITI");
	ok.screen = "ok-in";
	ok.outcome = "recorded";
	ok.person = 999999999;
	ok.touch = 1;
	show(self, ok);
	root = hear(fd);
	g_assert_cmpstr(json_string_value(json_object_get(root, "outcome")), ==, "recorded");
	g_assert_cmpint(json_integer_value(json_object_get(root, "person")), ==, 999999999);
	g_assert_cmpint(json_integer_value(json_object_get(root, "touch")), ==, 1);
	json_decref(root);
	close(fd);
}

static void test_keys(Fixture *self, gconstpointer data)
{
	(void)data;
	int fd = dial(self);
	say(fd, "{\"keys\":\"12a*#\"}\n{\"tamper\":true}\n");
	g_assert_cmpstr(self->keys->str, ==, "12*#");
	g_assert_true(self->open);
	say(fd, "{\"tamper\"");
	say(fd, ":false}\n"); /* in two pieces */
	g_assert_false(self->open);
	g_assert_cmpuint(self->n_tampers, ==, 2);
	close(fd);
}

static void test_nonsense(Fixture *self, gconstpointer data)
{
	(void)data;
	static const char *const lines[] = {"nonsense\n", "{\"keys\":5}\n", "{}\n", "[]\n", "\n"};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		int fd = dial(self);
		say(fd, lines[i]);
		g_assert_true(is_gone(fd));
		close(fd);
	}
	g_autofree char *endless = g_strnfill(300, 'x');
	int fd = dial(self);
	say(fd, endless);
	g_assert_true(is_gone(fd));
	close(fd);
	g_assert_cmpstr(self->keys->str, ==, "");
}

static void test_crowd(Fixture *self, gconstpointer data)
{
	(void)data;
	int fds[10];
	for (int i = 0; i < 10; i++)
		fds[i] = dial(self);
	g_assert_true(is_gone(fds[9])); /* the ninth and tenth are sent away */
	say(fds[0], "{\"keys\":\"7\"}\n");
	g_assert_cmpstr(self->keys->str, ==, "7");
	for (int i = 0; i < 10; i++)
		close(fds[i]);
	settle();
	int fd = dial(self);
	say(fd, "{\"keys\":\"8\"}\n");
	g_assert_cmpstr(self->keys->str, ==, "78");
	close(fd);
}

static void test_picture(Fixture *self, gconstpointer data)
{
	(void)data;
	g_autofree char *picture = g_build_filename(self->run, DISPLAY_SIM_PICTURE, NULL);
	g_autofree char *path = g_build_filename(self->run, DISPLAY_SIM_SOCKET, NULL);
	GStatBuf about;
	show(self, ready("06.52.10"));
	g_autofree char *bytes = NULL;
	gsize size = 0;
	g_assert_true(g_file_get_contents(picture, &bytes, &size, NULL));
	g_assert_cmpmem(bytes, 4, "\x89PNG", 4);
	g_assert_cmpint(g_stat(path, &about), ==, 0);
	g_assert_cmpint(about.st_mode & 0777, ==, 0600);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/display_sim/says_what_is_shown", Fixture, NULL, set_up, test_says, tear_down);
	g_test_add("/display_sim/takes_keys_and_tampering", Fixture, NULL, set_up, test_keys,
			   tear_down);
	g_test_add("/display_sim/who_talks_nonsense_is_let_go", Fixture, NULL, set_up, test_nonsense,
			   tear_down);
	g_test_add("/display_sim/not_more_than_eight_watch", Fixture, NULL, set_up, test_crowd,
			   tear_down);
	g_test_add("/display_sim/paints_a_picture_only_its_owner_may_steer", Fixture, NULL, set_up,
			   test_picture, tear_down);
	return g_test_run();
}
