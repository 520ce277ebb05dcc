#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fprint.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "firmware/match/template.h"
#include "tools/match/bench_fprint.h"
#include "tools/match/processor_time.h"

#define FPI_PRINT_NBIS 2 /* libfprint's FpiPrintType: a print made of minutiae */
#define DRIVER "virtual_image"

typedef struct {
	const char *path;
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

/* In a thread of its own: the device reads only while its main loop runs. */
static gpointer send_image(gpointer data)
{
	Sender *sender = data;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const gint32 size[2] = {(gint32)sender->width, (gint32)sender->height};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, sender->path, sizeof address.sun_path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
		!send_all(fd, size, sizeof size) ||
		!send_all(fd, sender->image, (gsize)sender->width * sender->height))
		sender->error = errno;
	return GINT_TO_POINTER(fd);
}

/* The inverse of match_template_from_fp3(). */
static GVariant *scan_of(const MatchTemplate *template)
{
	gint32 x[MATCH_MINUTIAE_MAX], y[MATCH_MINUTIAE_MAX], theta[MATCH_MINUTIAE_MAX];
	gsize size = sizeof(gint32);

	for (guint i = 0; i < template->n; i++) {
		const MatchMinutia *minutia = &template->minutiae[i];

		x[i] = minutia->x;
		y[i] = template->height - minutia->y;
		theta[i] = (minutia->angle * 360 / 65536 + 180) % 360;
	}
	return g_variant_new("(@ai@ai@ai)",
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, x, template->n, size),
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, y, template->n, size),
						 g_variant_new_fixed_array(G_VARIANT_TYPE_INT32, theta, template->n, size));
}

static FpPrint *print_of(const MatchTemplate *template, GError **error)
{
	GVariant *scan = scan_of(template);
	g_autoptr(GVariant) print = g_variant_ref_sink(g_variant_new(
		"(issbymsmsi@a{sv}v)", FPI_PRINT_NBIS, DRIVER, "0", FALSE, (guchar)FP_FINGER_UNKNOWN, NULL,
		NULL, G_MININT32, g_variant_new_parsed("@a{sv} {}"),
		g_variant_new("(@a(aiaiai))", g_variant_new_array(NULL, &scan, 1))));
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)"FP3", 3);
	g_byte_array_append(bytes, g_variant_get_data(print), (guint)g_variant_get_size(print));
	return fp_print_deserialize(bytes->data, bytes->len, error);
}

static GPtrArray *make_prints(GPtrArray *templates, GError **error)
{
	g_autoptr(GPtrArray) prints = g_ptr_array_new_with_free_func(g_object_unref);

	for (guint i = 0; i < templates->len; i++) {
		FpPrint *print = print_of(templates->pdata[i], error);

		if (print == NULL)
			return NULL;
		g_ptr_array_add(prints, print);
	}
	return g_steal_pointer(&prints);
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

static gboolean time_identify(FpDevice *device, GPtrArray *prints, Sender *sender, double *ms,
							  GError **error)
{
	gint64 start_us = processor_time_us();
	GThread *thread = g_thread_new("image", send_image, sender);
	gboolean ok = fp_device_identify_sync(device, prints, NULL, NULL, NULL, NULL, NULL, error);
	int fd = GPOINTER_TO_INT(g_thread_join(thread));

	*ms = (double)(processor_time_us() - start_us) / 1000;
	if (fd >= 0)
		close(fd);
	if (ok && sender->error != 0) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(sender->error),
					"sending an image to libfprint: %s", g_strerror(sender->error));
		return FALSE;
	}
	return ok;
}

static gboolean run(const char *path, GPtrArray *prints, Sender *sender, double *empty_ms,
					double *full_ms, GError **error)
{
	g_autoptr(FpContext) context = NULL;
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	FpDevice *device;
	gboolean ok;

	g_setenv("FP_VIRTUAL_IMAGE", path, TRUE);
	context = fp_context_new();
	device = find_device(context, error);
	if (device == NULL || !fp_device_open_sync(device, NULL, error))
		return FALSE;
	ok = time_identify(device, none, sender, empty_ms, error) &&
		 time_identify(device, prints, sender, full_ms, error);
	fp_device_close_sync(device, NULL, NULL);
	return ok;
}

gboolean bench_fprint_identify(GPtrArray *templates, const guint8 *image, guint width, guint height,
							   double *empty_ms, double *full_ms, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("hadir-bench-XXXXXX", error);
	g_autofree char *path = NULL;
	g_autoptr(GPtrArray) prints = NULL;
	gboolean ok = FALSE;

	if (folder == NULL)
		return FALSE;
	path = g_build_filename(folder, "image", NULL);
	prints = make_prints(templates, error);
	if (prints != NULL) {
		Sender sender = {path, image, width, height, 0};

		ok = run(path, prints, &sender, empty_ms, full_ms, error);
	}
	g_unlink(path);
	g_rmdir(folder);
	return ok;
}
