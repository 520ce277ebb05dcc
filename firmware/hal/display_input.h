/* Keypads, keyboards and touch screens of the kernel (evdev), for the display drivers. */
#pragma once

#include <glib.h>

typedef struct {
	/* A key of the panel: '0' … '9', '#', '*'. */
	void (*key)(char key, gpointer user);
	/* A finger came down; 0 … 1 from the top left. */
	void (*touch)(double x, double y, gpointer user);
} DisplayInputListener;

typedef struct DisplayInput DisplayInput;

/* `device` is a path under /dev/input; NULL takes every device that has digits or touches.  No
 * device is no error: the terminal then has no keypad.  `listener` outlives it. */
DisplayInput *display_input_new(const char *device, const DisplayInputListener *listener,
								gpointer user);
void display_input_free(DisplayInput *input);

/* The panel's key of a kernel key code (linux/input-event-codes.h), 0 for none. */
char display_input_key(guint code);
