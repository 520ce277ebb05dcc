/*
 * The sensor driver on recorded USB readers: umockdev replays one touch of each, bit for bit.
 *
 * The test starts itself under umockdev-run; the child is told what to expect by its arguments.
 */
#include <glib.h>
#include <string.h>

#include "firmware/hal/sensor_fprint.h"
#include "firmware/match/extract.h"
#include "tests/support/shared_data.h"
#include "tools/match/png_file.h"

#define WAIT_MS 20000

typedef struct {
	GreyImage expected;
	gboolean present;
	char *driver;
	guint n_scans, n_retries;
	gboolean same;
	gsize n_minutiae;
} Replay;

static void on_state(gboolean present, const char *detail, gpointer user)
{
	Replay *self = user;
	self->present = self->present || present;
	if (present) {
		g_free(self->driver);
		self->driver = g_strdup(detail);
	}
}

static void on_finger(gboolean on, gpointer user)
{
	(void)on, (void)user;
}

static void on_scan(const SensorScan *scan, gpointer user)
{
	Replay *self = user;
	self->n_scans++;
	self->same =
		scan->width == self->expected.width && scan->height == self->expected.height &&
		memcmp(scan->pixels, self->expected.pixels, (gsize)scan->width * scan->height) == 0;
	g_autoptr(MatchTemplate) sample = match_extract(scan->pixels, scan->width, scan->height, NULL);
	self->n_minutiae = sample != NULL ? match_template_count(sample) : 0;
}

static void on_retry(SensorRetry kind, gpointer user)
{
	(void)kind;
	((Replay *)user)->n_retries++;
}

/* In the child: one touch of the replayed reader. */
static int replay(const char *png)
{
	static const SensorListener listener = {on_state, on_finger, on_scan, on_retry};
	Replay self = {0};
	SensorOptions options = {0};
	g_autoptr(GError) error = NULL;
	if (!png_file_read(png, &self.expected, &error)) {
		g_printerr("%s\n", error->message);
		return 1;
	}
	sensor_fprint.open(&options, &listener, &self, NULL);
	gint64 deadline = g_get_monotonic_time() + WAIT_MS * 1000;
	while (self.n_scans == 0 && g_get_monotonic_time() < deadline) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(1000);
	}
	gboolean good = self.n_scans == 1 && self.same && self.n_minutiae > 10 &&
					g_str_equal(self.driver, "uru4000");
	g_printerr("driver %s, scans %u, retries %u, same %d, minutiae %zu\n",
			   self.driver != NULL ? self.driver : "none", self.n_scans, self.n_retries, self.same,
			   self.n_minutiae);
	/* The sensor is not closed: the recording ends with the touch, what the driver would still ask
	 * is not in it. */
	return good ? 0 : 1;
}

static char *own_path;

static void run_recording(const char *name)
{
	g_autofree char *relative = g_build_filename("recordings", name, NULL);
	g_autofree char *folder = shared_finger_path(relative);
	g_autofree char *device = g_build_filename(folder, "device", NULL);
	g_autofree char *pcap = g_build_filename(folder, "capture.pcapng", NULL);
	g_autofree char *png = g_build_filename(folder, "capture.png", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_file_get_contents(device, &text, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_str_has_prefix(text, "P: "));
	*strchrnul(text, '\n') = '\0';
	g_autofree char *option = g_strdup_printf("/sys%s=%s", text + 3, pcap);
	const char *const argv[] = {"umockdev-run", "-d",     device,     "-p", option,
								"--",           own_path, "--replay", png,  NULL};
	g_auto(GStrv) environment = g_get_environ();
	environment = g_environ_setenv(environment, "FP_DEVICE_EMULATION", "1", TRUE);
	environment = g_environ_setenv(environment, "ASAN_OPTIONS",
								   "verify_asan_link_order=0:detect_leaks=0", TRUE);
	int status = 0;
	g_autofree char *errors = NULL;
	g_spawn_sync(NULL, (char **)argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &errors,
				 &status, &error);
	g_assert_no_error(error);
	if (!g_spawn_check_wait_status(status, &error))
		g_error("%s: %s\n%s", name, error->message, errors);
}

static void test_4500(void)
{
	run_recording("uru4000-4500");
}

static void test_msv2(void)
{
	run_recording("uru4000-msv2");
}

int main(int argc, char **argv)
{
	if (argc == 3 && g_str_equal(argv[1], "--replay"))
		return replay(argv[2]);
	g_test_init(&argc, &argv, NULL);
	own_path = argv[0];
	g_test_add_func("/sensor_recorded/a_u_are_u_4500", test_4500);
	g_test_add_func("/sensor_recorded/a_microsoft_reader", test_msv2);
	return g_test_run();
}
