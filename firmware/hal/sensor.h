/*
 * A fingerprint sensor that is always ready: it finds its device, keeps it armed, renews it before
 * its own limits, and finds it again after it was unplugged.  Lives in the sensor role; an image
 * never leaves it.
 *
 * A driver is one struct of functions.  All callbacks come from the default main context, never
 * before open() has returned, and never after free() has been called.
 */
#pragma once

#include <glib.h>

/* Why one reading gave nothing, and what the person should do. */
typedef enum {
	SENSOR_RETRY_GENERAL = 1, /* not readable: again */
	SENSOR_RETRY_TOO_SHORT,   /* lifted or swiped too early */
	SENSOR_RETRY_CENTRE,      /* off centre */
	SENSOR_RETRY_REMOVE,      /* lift the finger first */
} SensorRetry;

/* One reading; everything is borrowed until the callback returns. */
typedef struct {
	const guint8 *pixels; /* width × height, row by row, dark ridges on light; NULL if unknown */
	guint16 width, height;
	GBytes *print; /* libfprint's serialised print ("FP3" + GVariant) of the same image */
} SensorScan;

typedef struct {
	/* A device is armed (TRUE), or there is none (FALSE). `detail` is the library's driver name,
	 * or why there is none. Comes once after open() and at each change. */
	void (*state)(gboolean present, const char *detail, gpointer user);
	/* A finger lies on the glass, or was lifted. */
	void (*finger)(gboolean on, gpointer user);
	void (*scan)(const SensorScan *scan, gpointer user);
	void (*retry)(SensorRetry kind, gpointer user);
} SensorListener;

typedef struct {
	const char *run; /* folder for sockets, ≤ 60 characters; only a simulated sensor needs one */
} SensorOptions;

typedef struct {
	const char *name;
	gboolean simulated;
	/* (transfer full) the driver's own struct.  A missing device is no error: it is looked for.
	 * NULL with an error only for what no waiting cures. `listener` outlives it. */
	gpointer (*open)(const SensorOptions *options, const SensorListener *listener, gpointer user,
					 GError **error);
	/* Armed is the state after open(). Disarming lets a finger lie without being read. */
	void (*arm)(gpointer self, gboolean on);
	void (*free)(gpointer self);
} SensorDriver;

#define SENSOR_ERROR (sensor_error_quark())
GQuark sensor_error_quark(void);

typedef enum {
	SENSOR_ERROR_PATH, /* the run folder's path is too long for a socket */
	SENSOR_ERROR_DEVICE,
} SensorError;
