#include "firmware/hal/display_drm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairo.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "firmware/hal/display_draw.h"
#include "firmware/hal/display_input.h"

#define CARDS_MAX 4

typedef struct {
	const DisplayListener *listener;
	gpointer user;
	int fd;
	guint32 connector, crtc, buffer, handle;
	drmModeModeInfo mode;
	drmModeCrtc *before; /* put back at the end */
	guint8 *pixels;
	gsize size;
	cairo_surface_t *picture; /* 800 × 480 */
	cairo_surface_t *glass;   /* the mapped buffer */
	double scale, left, top;
	DisplayInput *input;
	/* What keys the picture has: display_key_at() needs no texts. */
	gboolean keypad, button;
} DisplayDrm;

static gboolean fail(GError **error, DisplayError code, const char *what)
{
	g_set_error(error, DISPLAY_ERROR, code, "%s: %s", what, g_strerror(errno));
	return FALSE;
}

/* A CRTC that can feed the connector. */
static guint32 find_crtc(int fd, const drmModeRes *resources, const drmModeConnector *connector)
{
	for (int i = 0; i < connector->count_encoders; i++) {
		drmModeEncoder *encoder = drmModeGetEncoder(fd, connector->encoders[i]);
		if (encoder == NULL)
			continue;
		guint32 possible = encoder->possible_crtcs, current = encoder->crtc_id;
		drmModeFreeEncoder(encoder);
		if (current != 0)
			return current;
		for (int k = 0; k < resources->count_crtcs && k < 32; k++)
			if ((possible & (1U << k)) != 0)
				return resources->crtcs[k];
	}
	return 0;
}

/* The preferred mode, which is a panel's own, comes first. */
static gboolean take_connector(DisplayDrm *self, const drmModeRes *resources, guint32 id)
{
	drmModeConnector *connector = drmModeGetConnector(self->fd, id);
	if (connector == NULL)
		return FALSE;
	gboolean usable = connector->connection == DRM_MODE_CONNECTED && connector->count_modes > 0 &&
					  connector->modes[0].hdisplay >= DISPLAY_WIDTH &&
					  connector->modes[0].vdisplay >= DISPLAY_HEIGHT;
	if (usable) {
		self->connector = id;
		self->mode = connector->modes[0];
		self->crtc = find_crtc(self->fd, resources, connector);
	}
	drmModeFreeConnector(connector);
	return usable && self->crtc != 0;
}

static gboolean open_card(DisplayDrm *self, const char *path)
{
	self->fd = open(path, O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		return FALSE;
	drmModeRes *resources = drmModeGetResources(self->fd);
	gboolean found = FALSE;
	for (int i = 0; resources != NULL && i < resources->count_connectors && !found; i++)
		found = take_connector(self, resources, resources->connectors[i]);
	drmModeFreeResources(resources);
	if (!found) {
		close(self->fd);
		self->fd = -1;
	}
	return found;
}

static gboolean find_card(DisplayDrm *self, const char *device, GError **error)
{
	if (device != NULL && open_card(self, device))
		return TRUE;
	for (int i = 0; device == NULL && i < CARDS_MAX; i++) {
		g_autofree char *path = g_strdup_printf("/dev/dri/card%d", i);
		if (open_card(self, path))
			return TRUE;
	}
	g_set_error(error, DISPLAY_ERROR, DISPLAY_ERROR_DEVICE,
				"%s has no connected panel of at least %d × %d",
				device != NULL ? device : "no card of /dev/dri", DISPLAY_WIDTH, DISPLAY_HEIGHT);
	return FALSE;
}

static gboolean map_buffer(DisplayDrm *self, GError **error)
{
	guint32 pitch = 0;
	guint64 offset = 0, size = 0;
	guint width = self->mode.hdisplay, height = self->mode.vdisplay;
	if (drmModeCreateDumbBuffer(self->fd, width, height, 32, 0, &self->handle, &pitch, &size) != 0)
		return fail(error, DISPLAY_ERROR_IO, "creating a buffer");
	if (drmModeAddFB(self->fd, width, height, 24, 32, pitch, self->handle, &self->buffer) != 0)
		return fail(error, DISPLAY_ERROR_IO, "adding the buffer");
	if (drmModeMapDumbBuffer(self->fd, self->handle, &offset) != 0)
		return fail(error, DISPLAY_ERROR_IO, "mapping the buffer");
	guint8 *pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, (off_t)offset);
	if (pixels == MAP_FAILED)
		return fail(error, DISPLAY_ERROR_IO, "mapping the buffer");
	self->pixels = pixels;
	self->size = size;
	memset(pixels, 0, size);
	self->glass = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, (int)width,
													  (int)height, (int)pitch);
	self->scale = MIN((double)width / DISPLAY_WIDTH, (double)height / DISPLAY_HEIGHT);
	self->left = (width - DISPLAY_WIDTH * self->scale) / 2;
	self->top = (height - DISPLAY_HEIGHT * self->scale) / 2;
	return TRUE;
}

static gboolean light_up(DisplayDrm *self, GError **error)
{
	self->before = drmModeGetCrtc(self->fd, self->crtc);
	if (drmModeSetCrtc(self->fd, self->crtc, self->buffer, 0, 0, &self->connector, 1,
					   &self->mode) != 0)
		return fail(error, DISPLAY_ERROR_IO, "setting the mode");
	return TRUE;
}

static void on_key(char key, gpointer user)
{
	DisplayDrm *self = user;
	self->listener->key(key, self->user);
}

static void on_touch(double x, double y, gpointer user)
{
	DisplayDrm *self = user;
	DisplayView view = {.keypad = self->keypad, .button = self->button ? "" : NULL};
	double picture_x = (x * self->mode.hdisplay - self->left) / self->scale;
	double picture_y = (y * self->mode.vdisplay - self->top) / self->scale;
	char key = display_key_at(&view, picture_x, picture_y);
	if (key != '\0')
		self->listener->key(key, self->user);
}

static void display_drm_free(gpointer display)
{
	DisplayDrm *self = display;
	display_input_free(self->input);
	if (self->before != NULL) {
		drmModeSetCrtc(self->fd, self->before->crtc_id, self->before->buffer_id, self->before->x,
					   self->before->y, &self->connector, 1, &self->before->mode);
		drmModeFreeCrtc(self->before);
	}
	g_clear_pointer(&self->glass, cairo_surface_destroy);
	g_clear_pointer(&self->picture, cairo_surface_destroy);
	if (self->pixels != NULL)
		munmap(self->pixels, self->size);
	if (self->buffer != 0)
		drmModeRmFB(self->fd, self->buffer);
	if (self->handle != 0)
		drmModeDestroyDumbBuffer(self->fd, self->handle);
	if (self->fd >= 0)
		close(self->fd);
	g_free(self);
}

static gpointer display_drm_open(const DisplayOptions *options, const DisplayListener *listener,
								 gpointer user, GError **error)
{
	static const DisplayInputListener input_listener = {on_key, on_touch};
	DisplayDrm *self = g_new0(DisplayDrm, 1);
	self->listener = listener;
	self->user = user;
	self->fd = -1;
	if (!find_card(self, options->device, error) || !map_buffer(self, error) ||
		!light_up(self, error)) {
		display_drm_free(self);
		return NULL;
	}
	self->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, DISPLAY_WIDTH, DISPLAY_HEIGHT);
	self->input = display_input_new(options->input, &input_listener, self);
	return self;
}

/* The whole picture is drawn beside the glass first: nobody sees it half done. */
static gboolean display_drm_show(gpointer display, const DisplayView *view, GError **error)
{
	DisplayDrm *self = display;
	self->keypad = view->keypad;
	self->button = view->button != NULL;
	cairo_t *cairo = cairo_create(self->picture);
	display_draw(cairo, view);
	cairo_destroy(cairo);
	cairo = cairo_create(self->glass);
	cairo_translate(cairo, self->left, self->top);
	cairo_scale(cairo, self->scale, self->scale);
	cairo_set_source_surface(cairo, self->picture, 0, 0);
	cairo_paint(cairo);
	cairo_destroy(cairo);
	cairo_surface_flush(self->glass);
	/* Panels that copy (SPI, USB) want to be told; others do not know the call. */
	int result = drmModeDirtyFB(self->fd, self->buffer, NULL, 0);
	if (result != 0 && result != -ENOSYS && result != -EINVAL && result != -EOPNOTSUPP) {
		g_set_error(error, DISPLAY_ERROR, DISPLAY_ERROR_IO, "showing the buffer: %s",
					g_strerror(-result));
		return FALSE;
	}
	return TRUE;
}

const DisplayDriver display_drm = {
	.name = "drm",
	.open = display_drm_open,
	.show = display_drm_show,
	.free = display_drm_free,
};
