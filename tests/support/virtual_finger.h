/*
 * A finger for libfprint's virtual_image device: what a script does on RUN/sensor.sock.
 *
 * One connection is kept until the device is gone: the library logs a warning when it ends before.
 */
#pragma once

#include <glib.h>

typedef enum {
	VIRTUAL_RETRY = -1, /* value: FpDeviceRetry */
	VIRTUAL_ERROR = -2, /* value: FpDeviceError */
	VIRTUAL_AUTOMATIC = -3,
	VIRTUAL_FINGER = -4, /* 1 on, 0 off */
	VIRTUAL_UNPLUG = -5,
} VirtualCommand;

/* Waits up to 10 s, running the main context, until the socket takes us; dies otherwise. */
int virtual_finger_connect(const char *path);
void virtual_finger_image(int fd, const guint8 *pixels, guint width, guint height);
void virtual_finger_command(int fd, VirtualCommand command, gint32 value);
