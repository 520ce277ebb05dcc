/* The sensor without hardware: libfprint's virtual device, played by a script. */
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "firmware/hal/sensor_fprint.h"
#include "firmware/hal/sensor_sim.h"
#include "firmware/match/extract.h"
#include "tests/support/scratch.h"
#include "tests/support/synthetic_finger.h"
#include "tests/support/virtual_finger.h"

#define WAIT_MS 15000

typedef struct {
	char *run, *path;
	gpointer sensor;
	int fd;
	guint8 *image;
	guint n_present, n_missing, n_on, n_off, n_scans, n_retries;
	gboolean present;
	SensorRetry retry;
	guint width, height, n_minutiae;
} Fixture;

static void on_state(gboolean present, const char *detail, gpointer user)
{
	Fixture *self = user;
	g_assert_nonnull(detail);
	self->present = present;
	if (present)
		self->n_present++;
	else
		self->n_missing++;
}

static void on_finger(gboolean on, gpointer user)
{
	Fixture *self = user;
	if (on)
		self->n_on++;
	else
		self->n_off++;
}

static void on_scan(const SensorScan *scan, gpointer user)
{
	Fixture *self = user;
	g_autoptr(GError) error = NULL;
	self->n_scans++;
	self->width = scan->width;
	self->height = scan->height;
	g_assert_nonnull(scan->pixels);
	g_assert_cmpmem(g_bytes_get_data(scan->print, NULL), 3, "FP3", 3);
	g_assert_cmpmem(scan->pixels, (gsize)scan->width * scan->height, self->image,
					SYNTHETIC_WIDTH * SYNTHETIC_HEIGHT);
	g_autoptr(MatchTemplate) sample =
		match_extract(scan->pixels, scan->width, scan->height, &error);
	g_assert_no_error(error);
	self->n_minutiae = (guint)match_template_count(sample);
}

static void on_retry(SensorRetry kind, gpointer user)
{
	Fixture *self = user;
	self->n_retries++;
	self->retry = kind;
}

static const SensorListener listener = {on_state, on_finger, on_scan, on_retry};

static gboolean on_wait_over(gpointer user)
{
	*(gboolean *)user = TRUE;
	return G_SOURCE_REMOVE;
}

/* Runs the loop until *count reaches n. */
static void wait_for(const guint *count, guint n)
{
	gint64 deadline = g_get_monotonic_time() + WAIT_MS * 1000;
	while (*count < n) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_main_context_iteration(NULL, FALSE);
		g_usleep(1000);
	}
}

static void run_for(guint ms)
{
	gboolean over = FALSE;
	g_timeout_add(ms, on_wait_over, &over);
	while (!over)
		g_main_context_iteration(NULL, TRUE);
}

static void set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	(void)data;
	self->run = scratch_new();
	self->path = g_build_filename(self->run, SENSOR_SIM_SOCKET, NULL);
	self->image = synthetic_image(1, 1);
	SensorOptions options = {self->run};
	self->sensor = sensor_sim.open(&options, &listener, self, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(self->n_present + self->n_missing, ==, 0); /* no callback within open() */
	wait_for(&self->n_present, 1);
	self->fd = virtual_finger_connect(self->path);
}

static void tear_down(Fixture *self, gconstpointer data)
{
	(void)data;
	sensor_sim.free(self->sensor);
	close(self->fd);
	g_free(self->image);
	g_free(self->path);
	scratch_free(self->run);
}

static void touch(Fixture *self)
{
	virtual_finger_image(self->fd, self->image, SYNTHETIC_WIDTH, SYNTHETIC_HEIGHT);
}

static void test_touch(Fixture *self, gconstpointer data)
{
	(void)data;
	for (guint i = 1; i <= 3; i++) {
		touch(self);
		wait_for(&self->n_scans, i);
		g_assert_cmpuint(self->width, ==, SYNTHETIC_WIDTH);
		g_assert_cmpuint(self->height, ==, SYNTHETIC_HEIGHT);
		g_assert_cmpuint(self->n_minutiae, >, 10);
		wait_for(&self->n_off, i);
	}
	g_assert_cmpuint(self->n_on, ==, 3);
	g_assert_cmpuint(self->n_missing, ==, 0);
}

static void test_retry(Fixture *self, gconstpointer data)
{
	(void)data;
	/* libfprint's numbers, in its order (fp-device.h). */
	static const SensorRetry kinds[] = {SENSOR_RETRY_GENERAL, SENSOR_RETRY_TOO_SHORT,
										SENSOR_RETRY_CENTRE, SENSOR_RETRY_REMOVE};
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		virtual_finger_command(self->fd, VIRTUAL_RETRY, (gint32)i);
		wait_for(&self->n_retries, i + 1);
		g_assert_cmpint(self->retry, ==, kinds[i]);
	}
	touch(self);
	wait_for(&self->n_scans, 1);
	g_assert_cmpuint(self->n_missing, ==, 0);
}

static void reconnect(Fixture *self)
{
	close(self->fd);
	self->fd = virtual_finger_connect(self->path);
}

static void test_unplug(Fixture *self, gconstpointer data)
{
	(void)data;
	virtual_finger_command(self->fd, VIRTUAL_UNPLUG, 0);
	wait_for(&self->n_missing, 1);
	wait_for(&self->n_present, 2);
	reconnect(self);
	touch(self);
	wait_for(&self->n_scans, 1);
}

static void test_failure(Fixture *self, gconstpointer data)
{
	(void)data;
	virtual_finger_command(self->fd, VIRTUAL_ERROR, 0);
	wait_for(&self->n_missing, 1);
	wait_for(&self->n_present, 2);
	reconnect(self);
	touch(self);
	wait_for(&self->n_scans, 1);
}

/* libfprint disables a device after 180 s; the renewal comes before, and nobody notices. */
static void test_renewal(Fixture *self, gconstpointer data)
{
	(void)data;
	sensor_fprint_set_renew_ms(self->sensor, 200);
	virtual_finger_command(self->fd, VIRTUAL_UNPLUG, 0); /* the next device has the short life */
	wait_for(&self->n_present, 2);
	guint n_missing = self->n_missing;
	run_for(1500);
	g_assert_cmpuint(self->n_missing, ==, n_missing);
	sensor_fprint_set_renew_ms(self->sensor, 60000);
	run_for(500);
	reconnect(self);
	touch(self);
	wait_for(&self->n_scans, 1);
}

static void test_disarmed(Fixture *self, gconstpointer data)
{
	(void)data;
	sensor_sim.arm(self->sensor, FALSE);
	run_for(100);
	/* The virtual device goes on with a connection it has begun to read; not with a new one. */
	reconnect(self);
	touch(self);
	run_for(300);
	g_assert_cmpuint(self->n_scans, ==, 0);
	sensor_sim.arm(self->sensor, TRUE);
	wait_for(&self->n_scans, 1);
}

static void test_long_path(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *run = g_strnfill(100, 'x');
	SensorOptions options = {run};
	g_assert_null(sensor_sim.open(&options, &listener, NULL, &error));
	g_assert_error(error, SENSOR_ERROR, SENSOR_ERROR_PATH);
}

/* A real sensor's driver takes no virtual device, whatever the environment says. */
static void test_real_is_never_virtual(void)
{
	Fixture self = {0};
	SensorOptions options = {0};
	g_setenv("FP_VIRTUAL_IMAGE", "/tmp/hadir-never", TRUE);
	self.sensor = sensor_fprint.open(&options, &listener, &self, NULL);
	g_assert_null(g_getenv("FP_VIRTUAL_IMAGE"));
	wait_for(&self.n_missing, 1);
	g_assert_cmpuint(self.n_present, ==, 0);
	sensor_fprint.free(self.sensor);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
	g_test_add("/sensor/a_touch_gives_finger_scan_and_lift", Fixture, NULL, set_up, test_touch,
			   tear_down);
	g_test_add("/sensor/each_retry_says_what_to_do", Fixture, NULL, set_up, test_retry, tear_down);
	g_test_add("/sensor/unplugged_is_missing_until_it_is_back", Fixture, NULL, set_up, test_unplug,
			   tear_down);
	g_test_add("/sensor/a_failing_device_is_opened_anew", Fixture, NULL, set_up, test_failure,
			   tear_down);
	g_test_add("/sensor/renewal_is_not_noticed", Fixture, NULL, set_up, test_renewal, tear_down);
	g_test_add("/sensor/disarmed_reads_nothing", Fixture, NULL, set_up, test_disarmed, tear_down);
	g_test_add_func("/sensor/a_socket_path_too_long_is_refused", test_long_path);
	g_test_add_func("/sensor/the_real_driver_takes_no_virtual_device", test_real_is_never_virtual);
	return g_test_run();
}
