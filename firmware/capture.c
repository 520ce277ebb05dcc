#include "firmware/capture.h"

#include <string.h>
#include <unistd.h>

#include "firmware/match/extract.h"
#include "firmware/match/fp3.h"
#include "protocol/process/channel.h"
#include "protocol/process/roles.h"

G_DEFINE_QUARK(hadir_capture_error, capture_error)

void capture_message_clear(CaptureMessage *message)
{
	g_clear_pointer(&message->sample, match_template_free);
}

GBytes *capture_encode(const CaptureMessage *message)
{
	guint8 byte = 0;
	switch (message->type) {
	case CAPTURE_STATE: {
		GByteArray *bytes = g_byte_array_new();
		byte = message->present ? 1 : 0;
		g_byte_array_append(bytes, &byte, 1);
		g_byte_array_append(bytes, (const guint8 *)message->detail, (guint)strlen(message->detail));
		return g_byte_array_free_to_bytes(bytes);
	}
	case CAPTURE_FINGER:
		byte = message->on ? 1 : 0;
		return g_bytes_new(&byte, 1);
	case CAPTURE_RETRY:
		byte = (guint8)message->retry;
		return g_bytes_new(&byte, 1);
	case CAPTURE_SAMPLE:
		return match_template_encode(message->sample);
	case CAPTURE_ARM:
	case CAPTURE_DISARM:
		break;
	}
	return g_bytes_new(NULL, 0);
}

static gboolean decode_state(const guint8 *payload, gsize size, CaptureMessage *out)
{
	if (size < 1 || size > 1 + CAPTURE_DETAIL_MAX || payload[0] > 1 ||
		!g_utf8_validate_len((const char *)payload + 1, size - 1, NULL))
		return FALSE;
	out->present = payload[0] == 1;
	memcpy(out->detail, payload + 1, size - 1);
	return TRUE;
}

static gboolean decode_byte(const guint8 *payload, gsize size, guint8 max, guint8 *out)
{
	if (size != 1 || payload[0] > max)
		return FALSE;
	*out = payload[0];
	return TRUE;
}

gboolean capture_decode(guint8 type, const guint8 *payload, gsize size, CaptureMessage *out,
						GError **error)
{
	CaptureMessage message = {.type = type};
	guint8 byte = 0;
	gboolean good = FALSE;
	switch (type) {
	case CAPTURE_STATE:
		good = decode_state(payload, size, &message);
		break;
	case CAPTURE_FINGER:
		good = decode_byte(payload, size, 1, &byte);
		message.on = byte == 1;
		break;
	case CAPTURE_RETRY:
		good = decode_byte(payload, size, SENSOR_RETRY_REMOVE, &byte) && byte > 0;
		message.retry = byte;
		break;
	case CAPTURE_SAMPLE:
		message.sample = match_template_decode(payload, size, error);
		if (message.sample == NULL) {
			g_prefix_error(error, "sample: ");
			return FALSE;
		}
		good = TRUE;
		break;
	case CAPTURE_ARM:
	case CAPTURE_DISARM:
		good = size == 0;
		break;
	default:
		break;
	}
	if (!good) {
		g_set_error(error, CAPTURE_ERROR, 0, "capture message %u of %zu bytes is malformed", type,
					size);
		return FALSE;
	}
	*out = message;
	return TRUE;
}

/* The role. */

typedef struct {
	const SensorDriver *driver;
	gpointer sensor;
	RoleContext *role;
	Channel *core;        /* NULL while there is no link */
	CaptureMessage state; /* the last one, repeated on each new link */
	gboolean fast;        /* extraction */
} SensorRole;

static void send(SensorRole *self, const CaptureMessage *message)
{
	if (self->core == NULL)
		return;
	g_autoptr(GBytes) bytes = capture_encode(message);
	gsize size = 0;
	gconstpointer data = g_bytes_get_data(bytes, &size);
	if (!channel_send(self->core, (guint8)message->type, data, size))
		g_warning("sensor: core does not read, message %d is dropped", message->type);
}

static void on_state(gboolean present, const char *detail, gpointer user)
{
	SensorRole *self = user;
	g_message("sensor: %s (%s)", present ? "ready" : "missing", detail);
	self->state = (CaptureMessage){.type = CAPTURE_STATE, .present = present};
	g_utf8_strncpy(self->state.detail, detail, CAPTURE_DETAIL_MAX / 4);
	send(self, &self->state);
}

static void on_finger(gboolean on, gpointer user)
{
	CaptureMessage message = {.type = CAPTURE_FINGER, .on = on};
	send(user, &message);
}

static void on_retry(SensorRetry kind, gpointer user)
{
	CaptureMessage message = {.type = CAPTURE_RETRY, .retry = kind};
	send(user, &message);
}

/* The one place where an image becomes minutiae: our own extraction from the enhanced image, or, of
 * a device that keeps its image or brings one of an unusual size, what the library found. */
static MatchTemplate *extract(const SensorScan *scan, gboolean fast, GError **error)
{
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(scan->print, &size);
	g_autoptr(GError) unusual = NULL;
	MatchTemplate *sample = NULL;
	if (scan->pixels != NULL)
		sample = (fast ? match_extract_fast : match_extract)(scan->pixels, scan->width,
															 scan->height, &unusual);
	if (sample != NULL)
		return sample;
	g_debug("sensor: %s", unusual != NULL ? unusual->message : "no image");
	return match_template_from_fp3(data, size, scan->width, scan->height, error);
}

static void on_scan(const SensorScan *scan, gpointer user)
{
	SensorRole *self = user;
	g_autoptr(GError) error = NULL;
	g_auto(CaptureMessage) message = {.type = CAPTURE_SAMPLE};
	message.sample = extract(scan, self->fast, &error);
	if (message.sample == NULL) {
		g_warning("sensor: scan: %s", error->message);
		on_retry(SENSOR_RETRY_GENERAL, user);
		return;
	}
	send(user, &message);
}

static void on_received(Channel *channel, guint8 type, const guint8 *payload, gsize size,
						gpointer user)
{
	SensorRole *self = user;
	(void)channel;
	g_auto(CaptureMessage) message = {0};
	g_autoptr(GError) error = NULL;
	if (!capture_decode(type, payload, size, &message, &error)) {
		g_warning("sensor: from core: %s", error->message);
		return;
	}
	if (message.type == CAPTURE_ARM || message.type == CAPTURE_DISARM)
		self->driver->arm(self->sensor, message.type == CAPTURE_ARM);
}

static void on_closed(Channel *channel, gpointer user)
{
	SensorRole *self = user;
	(void)channel;
	g_clear_pointer(&self->core, channel_free);
}

static void on_linked(const char *peer, int fd, gpointer user)
{
	SensorRole *self = user;
	if (!g_str_equal(peer, "core")) {
		g_warning("sensor: a link to %s is not ours", peer);
		close(fd);
		return;
	}
	g_clear_pointer(&self->core, channel_free);
	self->core = channel_new(fd, on_received, on_closed, self);
	if (self->state.type == CAPTURE_STATE)
		send(self, &self->state);
}

static void on_stopping(gpointer user)
{
	SensorRole *self = user;
	role_quit(self->role);
}

int sensor_role_run(const SensorDriver *driver, const SensorOptions *options, gboolean fast)
{
	static const SensorListener listener = {on_state, on_finger, on_scan, on_retry};
	SensorRole self = {.driver = driver, .fast = fast};
	g_autoptr(GError) error = NULL;
	self.role = role_new(on_linked, on_stopping, &self);
	self.sensor = driver->open(options, &listener, &self, &error);
	if (self.sensor == NULL) {
		g_critical("sensor: %s: %s", driver->name, error->message);
		role_free(self.role);
		return 1;
	}
	role_run(self.role);
	g_clear_pointer(&self.core, channel_free);
	driver->free(self.sensor);
	role_free(self.role);
	return 0;
}
