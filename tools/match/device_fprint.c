#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fprint.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "firmware/match/fp3.h"
#include "tools/match/device_fprint.h"

#define DRIVER "virtual_image"

struct FprintDevice {
	char *folder, *path; /* of its socket */
	FpContext *context;
	FpDevice *device; /* the context's; open */
	int fd;           /* to its socket, -1: not yet */
};

typedef struct {
	FprintDevice *device;
	const guint8 *image;
	guint width, height;
	int error; /* errno, 0 when all is sent */
} Sender;

static gboolean send_all(int fd, const void *data, gsize size)
{
	const guint8 *at = data;

	while (size > 0) {
		gssize sent = send(fd, at, size, MSG_NOSIGNAL);

		if (sent < 0)
			return FALSE;
		at += sent;
		size -= (gsize)sent;
	}
	return TRUE;
}

static gboolean connect_to(FprintDevice *device)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (device->fd >= 0)
		return TRUE;
	device->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_strlcpy(address.sun_path, device->path, sizeof address.sun_path);
	return device->fd >= 0 && connect(device->fd, (struct sockaddr *)&address, sizeof address) == 0;
}

/* In a thread of its own: the device reads only while its main loop runs. */
static gpointer send_image(gpointer data)
{
	Sender *sender = data;
	const gint32 size[2] = {(gint32)sender->width, (gint32)sender->height};

	if (!connect_to(sender->device) || !send_all(sender->device->fd, size, sizeof size) ||
		!send_all(sender->device->fd, sender->image, (gsize)sender->width * sender->height))
		sender->error = errno;
	return NULL;
}

static FpDevice *find_device(FpContext *context, GError **error)
{
	GPtrArray *devices = fp_context_get_devices(context);

	for (guint i = 0; i < devices->len; i++)
		if (g_strcmp0(fp_device_get_driver(devices->pdata[i]), DRIVER) == 0)
			return devices->pdata[i];
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
						"libfprint here has no virtual image device");
	return NULL;
}

void fprint_device_free(FprintDevice *device)
{
	if (device == NULL)
		return;
	if (device->device != NULL)
		fp_device_close_sync(device->device, NULL, NULL);
	if (device->fd >= 0)
		close(device->fd);
	g_clear_object(&device->context);
	g_unlink(device->path);
	g_rmdir(device->folder);
	g_free(device->path);
	g_free(device->folder);
	g_free(device);
}

FprintDevice *fprint_device_open(GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("hadir-match-XXXXXX", error);
	g_autoptr(FprintDevice) device = NULL;
	FpDevice *found;

	if (folder == NULL)
		return NULL;
	device = g_new0(FprintDevice, 1);
	device->fd = -1;
	device->path = g_build_filename(folder, "image", NULL);
	device->folder = g_steal_pointer(&folder);
	g_setenv("FP_VIRTUAL_IMAGE", device->path, TRUE);
	device->context = fp_context_new();
	found = find_device(device->context, error);
	if (found == NULL || !fp_device_open_sync(found, NULL, error))
		return NULL;
	device->device = found;
	return g_steal_pointer(&device);
}

gboolean fprint_device_touch(FprintDevice *device, GPtrArray *prints, const guint8 *image,
							 guint width, guint height, FpPrint **scan, GError **error)
{
	Sender sender = {device, image, width, height, 0};
	GThread *thread = g_thread_new("image", send_image, &sender);
	gboolean ok =
		fp_device_identify_sync(device->device, prints, NULL, NULL, NULL, NULL, scan, error);

	g_thread_join(thread);
	if (ok && sender.error != 0) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(sender.error),
					"sending an image to libfprint: %s", g_strerror(sender.error));
		return FALSE;
	}
	return ok;
}

MatchTemplate *fprint_device_extract(FprintDevice *device, const guint8 *image, guint width,
									 guint height, GError **error)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	g_autoptr(FpPrint) scan = NULL;
	g_autoptr(GError) refused = NULL;
	g_autofree guchar *data = NULL;
	gsize size;

	if (!fprint_device_touch(device, none, image, width, height, &scan, &refused)) {
		/* Too few minutiae for it. */
		if (refused->domain == FP_DEVICE_RETRY)
			return match_template_new(NULL, 0, (guint16)width, (guint16)height);
		g_propagate_error(error, g_steal_pointer(&refused));
		return NULL;
	}
	if (!fp_print_serialize(scan, &data, &size, error))
		return NULL;
	return match_template_from_fp3(data, size, (guint16)width, (guint16)height, error);
}
