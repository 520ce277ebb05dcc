/*
 * libfprint's virtual image device: an image is put on it, and libfprint extracts and compares as it
 * would with a real sensor's.
 */
#pragma once

#include <fprint.h>

#include "firmware/match/match.h"

typedef struct FprintDevice FprintDevice;

/* One at a time in a process (libfprint finds the device's socket by an environment variable). */
FprintDevice *fprint_device_open(GError **error);
void fprint_device_free(FprintDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FprintDevice, fprint_device_free)

/* libfprint's identification among `prints` of an image of width × height grey bytes; `scan` (NULL, or
 * transfer full) gets the print that it made of it. */
gboolean fprint_device_touch(FprintDevice *device, GPtrArray *prints, const guint8 *image,
							 guint width, guint height, FpPrint **scan, GError **error);

/* The minutiae that NBIS finds in the image, unmodified; none where libfprint refuses it. */
MatchTemplate *fprint_device_extract(FprintDevice *device, const guint8 *image, guint width,
									 guint height, GError **error);
