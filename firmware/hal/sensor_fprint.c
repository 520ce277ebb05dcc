#include "firmware/hal/sensor_fprint.h"

#include <fprint.h>
#include <fp-image-device.h>
#include <string.h>

/* fp-device.c disables a device that was active for 180 s (DEFAULT_TEMP_HOT_SECONDS). */
#define RENEW_MS (150 * 1000)
/* A finger on the glass delays the renewal, but not for ever. */
#define RENEW_FINGER_MS (15 * 1000)
#define LOOK_FIRST_MS 250
#define LOOK_MAX_MS 5000

typedef enum { LOOKING, OPENING, OPEN, CLOSING } Phase;

typedef struct {
	const SensorListener *listener;
	gpointer user;
	char *only_driver, *socket;
	FpContext *context;
	FpDevice *device;
	GCancellable *cancel; /* of the operation under way; NULL: none */
	GPtrArray *empty;
	Phase phase;
	gboolean wanted; /* armed, when there is a device */
	gboolean renewing;
	gboolean reported; /* this action's scan or retry was handed on */
	gboolean dead;
	gboolean present, told;
	gboolean finger;
	guint look_ms; /* back-off */
	guint renew_ms;
	guint look_source, renew_source;
} SensorFprint;

static void look(SensorFprint *self);
static void arm(SensorFprint *self);

static void tell_state(SensorFprint *self, gboolean present, const char *detail)
{
	if (self->dead || (self->told && self->present == present))
		return;
	self->told = TRUE;
	self->present = present;
	self->listener->state(present, detail, self->user);
}

static void tell_finger(SensorFprint *self, gboolean on)
{
	if (self->finger == on)
		return;
	self->finger = on;
	if (!self->dead)
		self->listener->finger(on, self->user);
}

static gboolean on_look(gpointer user)
{
	SensorFprint *self = user;
	self->look_source = 0;
	look(self);
	return G_SOURCE_REMOVE;
}

/* `soon`: nothing is wrong, do not wait. */
static void look_later(SensorFprint *self, gboolean soon)
{
	self->phase = LOOKING;
	if (self->dead || self->look_source != 0)
		return;
	guint wait_ms = soon ? 0 : self->look_ms;
	if (!soon)
		self->look_ms = MIN(self->look_ms * 2, LOOK_MAX_MS);
	self->look_source = g_timeout_add(wait_ms, on_look, self);
}

static void drop_device(SensorFprint *self)
{
	g_clear_handle_id(&self->renew_source, g_source_remove);
	if (self->device != NULL)
		g_signal_handlers_disconnect_by_data(self->device, self);
	g_clear_object(&self->device);
	g_clear_object(&self->context);
	tell_finger(self, FALSE);
}

static void on_closed(GObject *object, GAsyncResult *result, gpointer user)
{
	SensorFprint *self = user;
	g_autoptr(GError) error = NULL;
	gboolean soon = self->renewing;
	if (!fp_device_close_finish(FP_DEVICE(object), result, &error))
		g_debug("sensor: closing: %s", error->message);
	g_clear_object(&self->cancel);
	self->renewing = FALSE;
	drop_device(self);
	look_later(self, soon);
}

/* After an unplug the device object is gone; after 150 s it needs a new one: both begin here. */
static void close_device(SensorFprint *self)
{
	self->phase = CLOSING;
	self->cancel = g_cancellable_new();
	fp_device_close(self->device, NULL, on_closed, self);
}

static void request_close(SensorFprint *self)
{
	if (self->cancel != NULL)
		g_cancellable_cancel(self->cancel);
	else if (self->phase == OPEN)
		close_device(self);
}

static gboolean on_renew(gpointer user)
{
	SensorFprint *self = user;
	self->renew_source = 0;
	if (self->finger && !self->renewing) {
		self->renewing = TRUE; /* the finger's own end closes; this is the last call */
		self->renew_source = g_timeout_add(RENEW_FINGER_MS, on_renew, self);
		return G_SOURCE_REMOVE;
	}
	self->renewing = TRUE;
	request_close(self);
	return G_SOURCE_REMOVE;
}

static SensorRetry retry_kind(const GError *error)
{
	switch (error->code) { /* an FpDeviceRetry; newer libraries have more of them */
	case FP_DEVICE_RETRY_TOO_SHORT:
		return SENSOR_RETRY_TOO_SHORT;
	case FP_DEVICE_RETRY_CENTER_FINGER:
		return SENSOR_RETRY_CENTRE;
	case FP_DEVICE_RETRY_REMOVE_FINGER:
		return SENSOR_RETRY_REMOVE;
	case FP_DEVICE_RETRY_GENERAL:
	default:
		return SENSOR_RETRY_GENERAL;
	}
}

static void report_scan(SensorFprint *self, FpPrint *print)
{
	g_autofree guchar *data = NULL;
	gsize size = 0;
	g_autoptr(GError) error = NULL;
	if (!fp_print_serialize(print, &data, &size, &error)) {
		g_warning("sensor: print not readable: %s", error->message);
		self->listener->retry(SENSOR_RETRY_GENERAL, self->user);
		return;
	}
	g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&data), size);
	SensorScan scan = {.print = bytes};
	FpImage *image = fp_print_get_image(print);
	if (image != NULL) {
		gsize n_pixels = 0;
		const guchar *pixels = fp_image_get_data(image, &n_pixels);
		guint width = fp_image_get_width(image), height = fp_image_get_height(image);
		if (width <= G_MAXUINT16 && height <= G_MAXUINT16 && n_pixels >= (gsize)width * height) {
			scan.pixels = pixels;
			scan.width = (guint16)width;
			scan.height = (guint16)height;
		}
	}
	self->listener->scan(&scan, self->user);
}

/* As soon as the image is processed, while the finger still lies on the glass. */
static void on_report(FpDevice *device, FpPrint *match, FpPrint *print, gpointer user,
					  GError *error)
{
	SensorFprint *self = user;
	(void)device, (void)match;
	if (self->dead || self->reported)
		return;
	self->reported = TRUE;
	if (error != NULL)
		self->listener->retry(retry_kind(error), self->user);
	else if (print != NULL)
		report_scan(self, print);
	else
		self->reported = FALSE;
}

/* What is to be done after an action has ended: FALSE when the device is of no more use. */
static gboolean action_ended(SensorFprint *self, FpPrint *print, const GError *error)
{
	if (error == NULL) {
		if (!self->reported && !self->dead && print != NULL)
			report_scan(self, print);
		return TRUE;
	}
	if (error->domain == FP_DEVICE_RETRY) {
		if (!self->reported && !self->dead)
			self->listener->retry(retry_kind(error), self->user);
		return TRUE;
	}
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return TRUE; /* by us: disarmed, renewing, or freed */
	if (g_error_matches(error, FP_DEVICE_ERROR, FP_DEVICE_ERROR_TOO_HOT)) {
		self->renewing = TRUE;
		return FALSE;
	}
	g_message("sensor: %s", error->message);
	tell_state(self, FALSE, error->message);
	return FALSE;
}

static void on_identified(GObject *object, GAsyncResult *result, gpointer user)
{
	SensorFprint *self = user;
	g_autoptr(FpPrint) match = NULL;
	g_autoptr(FpPrint) print = NULL;
	g_autoptr(GError) error = NULL;
	fp_device_identify_finish(FP_DEVICE(object), result, &match, &print, &error);
	g_clear_object(&self->cancel);
	gboolean usable = action_ended(self, print, error);
	if (usable && !self->renewing && !self->dead) {
		self->look_ms = LOOK_FIRST_MS;
		arm(self);
	} else {
		close_device(self);
	}
}

static void arm(SensorFprint *self)
{
	if (self->phase != OPEN || self->cancel != NULL || !self->wanted)
		return;
	self->reported = FALSE;
	self->cancel = g_cancellable_new();
	fp_device_identify(self->device, self->empty, self->cancel, on_report, self, NULL,
					   on_identified, self);
}

static void on_finger_status(FpDevice *device, GParamSpec *spec, gpointer user)
{
	(void)spec;
	FpFingerStatusFlags status = fp_device_get_finger_status(device);
	tell_finger(user, (status & FP_FINGER_STATUS_PRESENT) != 0);
}

static void on_removed(FpDevice *device, gpointer user)
{
	SensorFprint *self = user;
	(void)device;
	tell_state(self, FALSE, "unplugged");
	request_close(self);
}

static void on_opened(GObject *object, GAsyncResult *result, gpointer user)
{
	SensorFprint *self = user;
	g_autoptr(GError) error = NULL;
	gboolean open = fp_device_open_finish(FP_DEVICE(object), result, &error);
	g_clear_object(&self->cancel);
	if (open && self->socket != NULL && !g_file_test(self->socket, G_FILE_TEST_EXISTS)) {
		g_set_error(&error, SENSOR_ERROR, SENSOR_ERROR_DEVICE, "no socket at %s", self->socket);
		g_warning("sensor: %s", error->message);
	}
	if (!open) {
		g_message("sensor: opening: %s", error->message);
		tell_state(self, FALSE, error->message);
		drop_device(self);
		look_later(self, FALSE);
		return;
	}
	self->phase = OPEN;
	if (error != NULL || self->dead) {
		if (error != NULL)
			tell_state(self, FALSE, error->message);
		close_device(self);
		return;
	}
	self->renew_source = g_timeout_add(self->renew_ms, on_renew, self);
	arm(self);
	tell_state(self, TRUE, fp_device_get_driver(self->device));
}

/* (transfer full) the first device we may use. */
static FpDevice *choose_device(const SensorFprint *self)
{
	GPtrArray *devices = fp_context_get_devices(self->context); /* borrowed */
	for (guint i = 0; i < devices->len; i++) {
		FpDevice *device = g_ptr_array_index(devices, i);
		const char *driver = fp_device_get_driver(device);
		gboolean right = self->only_driver != NULL ? g_str_equal(driver, self->only_driver)
												   : !g_str_has_prefix(driver, "virtual");
		if (right && FP_IS_IMAGE_DEVICE(device) &&
			fp_device_has_feature(device, FP_DEVICE_FEATURE_IDENTIFY))
			return g_object_ref(device);
	}
	return NULL;
}

static void look(SensorFprint *self)
{
	self->context = fp_context_new();
	fp_context_enumerate(self->context);
	self->device = choose_device(self);
	if (self->device == NULL) {
		tell_state(self, FALSE, "no sensor found");
		drop_device(self);
		look_later(self, FALSE);
		return;
	}
	self->phase = OPENING;
	g_signal_connect(self->device, "notify::finger-status", G_CALLBACK(on_finger_status), self);
	g_signal_connect(self->device, "removed", G_CALLBACK(on_removed), self);
	self->cancel = g_cancellable_new();
	fp_device_open(self->device, self->cancel, on_opened, self);
}

gpointer sensor_fprint_start(const char *only_driver, const char *socket,
							 const SensorListener *listener, gpointer user)
{
	SensorFprint *self = g_new0(SensorFprint, 1);
	self->listener = listener;
	self->user = user;
	self->only_driver = g_strdup(only_driver);
	self->socket = g_strdup(socket);
	self->empty = g_ptr_array_new();
	self->wanted = TRUE;
	self->look_ms = LOOK_FIRST_MS;
	self->renew_ms = RENEW_MS;
	look_later(self, TRUE);
	return self;
}

static gpointer sensor_fprint_open(const SensorOptions *options, const SensorListener *listener,
								   gpointer user, GError **error)
{
	(void)options, (void)error;
	/* A stray environment must not turn a real terminal into a simulated one. */
	static const char *const simulated[] = {"FP_VIRTUAL_IMAGE", "FP_VIRTUAL_DEVICE",
											"FP_VIRTUAL_DEVICE_STORAGE"};
	for (gsize i = 0; i < G_N_ELEMENTS(simulated); i++)
		g_unsetenv(simulated[i]);
	return sensor_fprint_start(NULL, NULL, listener, user);
}

void sensor_fprint_arm(gpointer sensor, gboolean on)
{
	SensorFprint *self = sensor;
	if (self->wanted == on)
		return;
	self->wanted = on;
	if (on)
		arm(self);
	else if (self->phase == OPEN && self->cancel != NULL)
		g_cancellable_cancel(self->cancel);
}

void sensor_fprint_set_renew_ms(gpointer sensor, guint renew_ms)
{
	((SensorFprint *)sensor)->renew_ms = renew_ms;
}

void sensor_fprint_free(gpointer sensor)
{
	SensorFprint *self = sensor;
	self->dead = TRUE;
	g_clear_handle_id(&self->look_source, g_source_remove);
	request_close(self);
	while (self->cancel != NULL)
		g_main_context_iteration(NULL, TRUE);
	drop_device(self);
	g_ptr_array_unref(self->empty);
	g_free(self->only_driver);
	g_free(self->socket);
	g_free(self);
}

const SensorDriver sensor_fprint = {
	.name = "fprint",
	.open = sensor_fprint_open,
	.arm = sensor_fprint_arm,
	.free = sensor_fprint_free,
};
