#include "firmware/hal/display_input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib-unix.h>
#include <libevdev/libevdev.h>

#define DEVICES_MAX 8

typedef struct {
	DisplayInput *input;
	struct libevdev *device;
	int fd;
	guint source;
	gboolean down; /* a finger came down in the report being read */
} Source;

struct DisplayInput {
	const DisplayInputListener *listener;
	gpointer user;
	GPtrArray *sources;
};

char display_input_key(guint code)
{
	static const struct {
		guint code;
		char key;
	} keys[] = {
		{KEY_0, '0'},
		{KEY_1, '1'},
		{KEY_2, '2'},
		{KEY_3, '3'},
		{KEY_4, '4'},
		{KEY_5, '5'},
		{KEY_6, '6'},
		{KEY_7, '7'},
		{KEY_8, '8'},
		{KEY_9, '9'},
		{KEY_KP0, '0'},
		{KEY_KP1, '1'},
		{KEY_KP2, '2'},
		{KEY_KP3, '3'},
		{KEY_KP4, '4'},
		{KEY_KP5, '5'},
		{KEY_KP6, '6'},
		{KEY_KP7, '7'},
		{KEY_KP8, '8'},
		{KEY_KP9, '9'},
		{KEY_ENTER, '#'},
		{KEY_KPENTER, '#'},
		{KEY_NUMERIC_POUND, '#'},
		{KEY_BACKSPACE, '*'},
		{KEY_DELETE, '*'},
		{KEY_ESC, '*'},
		{KEY_NUMERIC_STAR, '*'},
		{KEY_KPASTERISK, '*'},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return '\0';
}

static void source_free(gpointer data)
{
	Source *source = data;
	g_clear_handle_id(&source->source, g_source_remove);
	libevdev_free(source->device);
	close(source->fd);
	g_free(source);
}

/* The position on an axis as a part of its range. */
static double axis_part(const Source *source, guint multi, guint single)
{
	guint axis = libevdev_has_event_code(source->device, EV_ABS, multi) ? multi : single;
	const struct input_absinfo *info = libevdev_get_abs_info(source->device, axis);
	if (info == NULL || info->maximum <= info->minimum)
		return 0;
	double part = (double)(info->value - info->minimum) / (info->maximum - info->minimum);
	return CLAMP(part, 0, 1);
}

static void handle_event(Source *source, const struct input_event *event)
{
	DisplayInput *input = source->input;
	if (event->type == EV_KEY && event->code == BTN_TOUCH) {
		source->down = event->value == 1;
	} else if (event->type == EV_KEY && event->value == 1) {
		char key = display_input_key(event->code);
		if (key != '\0')
			input->listener->key(key, input->user);
	} else if (event->type == EV_SYN && event->code == SYN_REPORT && source->down) {
		source->down = FALSE; /* once per finger, where it came down */
		input->listener->touch(axis_part(source, ABS_MT_POSITION_X, ABS_X),
							   axis_part(source, ABS_MT_POSITION_Y, ABS_Y), input->user);
	}
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user)
{
	Source *source = user;
	struct input_event event;
	(void)fd, (void)condition;
	for (;;) {
		int result = libevdev_next_event(source->device, LIBEVDEV_READ_FLAG_NORMAL, &event);
		if (result == -EAGAIN)
			return G_SOURCE_CONTINUE;
		if (result < 0) {
			g_message("panel: input device %s has gone", libevdev_get_name(source->device));
			source->source = 0;
			g_ptr_array_remove_fast(source->input->sources, source);
			return G_SOURCE_REMOVE;
		}
		if (result == LIBEVDEV_READ_STATUS_SUCCESS)
			handle_event(source, &event);
	}
}

static gboolean is_useful(struct libevdev *device)
{
	return libevdev_has_event_code(device, EV_KEY, KEY_1) ||
		   libevdev_has_event_code(device, EV_KEY, KEY_KP1) ||
		   libevdev_has_event_code(device, EV_KEY, BTN_TOUCH);
}

static void add_device(DisplayInput *self, const char *path)
{
	struct libevdev *device = NULL;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || libevdev_new_from_fd(fd, &device) != 0 || !is_useful(device)) {
		libevdev_free(device);
		if (fd >= 0)
			close(fd);
		return;
	}
	Source *source = g_new0(Source, 1);
	source->input = self;
	source->device = device;
	source->fd = fd;
	source->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, source);
	g_ptr_array_add(self->sources, source);
	g_message("panel: input from %s (%s)", libevdev_get_name(device), path);
}

DisplayInput *display_input_new(const char *device, const DisplayInputListener *listener,
								gpointer user)
{
	DisplayInput *self = g_new0(DisplayInput, 1);
	self->listener = listener;
	self->user = user;
	self->sources = g_ptr_array_new_with_free_func(source_free);
	if (device != NULL) {
		add_device(self, device);
		return self;
	}
	g_autoptr(GDir) dir = g_dir_open("/dev/input", 0, NULL);
	const char *name = NULL;
	while (dir != NULL && self->sources->len < DEVICES_MAX &&
		   (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename("/dev/input", name, NULL);
		if (g_str_has_prefix(name, "event"))
			add_device(self, path);
	}
	return self;
}

void display_input_free(DisplayInput *input)
{
	if (input == NULL)
		return;
	g_ptr_array_unref(input->sources);
	g_free(input);
}
