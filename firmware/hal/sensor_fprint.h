/*
 * Any USB fingerprint reader that libfprint drives and whose images are matched by the host,
 * found by discovery.
 *
 *   LOOKING ──found──► OPENING ──► ARMED ──scan, retry──► ARMED …
 *      ▲                  │          │ │
 *      │   back-off 1…5 s │          │ └─150 s─► RENEWING (the device cools, the context is new)
 *      └──────────────────┴──unplug──┘               └──────► LOOKING, at once
 *
 * libfprint stops an action after 180 s ("overheating"); the device is renewed before.  Reading is
 * fp_device_identify() against an empty gallery: its report carries the image and the print.
 */
#pragma once

#include "firmware/hal/sensor.h"

extern const SensorDriver sensor_fprint;

/* The one code path of the real and the simulated sensor: `only_driver` is the library's driver to
 * take (NULL: any but the virtual ones); `socket`, if not NULL, must exist once the device is
 * open. */
gpointer sensor_fprint_start(const char *only_driver, const char *socket,
							 const SensorListener *listener, gpointer user);
void sensor_fprint_arm(gpointer sensor, gboolean on);
/* Waits for the device to let go: it runs the main context. */
void sensor_fprint_free(gpointer sensor);

/* How long one context may live; for tests. */
void sensor_fprint_set_renew_ms(gpointer sensor, guint renew_ms);
