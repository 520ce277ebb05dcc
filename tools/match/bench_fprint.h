/*
 * libfprint's own identification (bozorth3), timed through its virtual image device.
 */
#pragma once

#include <glib.h>

/* `templates` holds MatchTemplate, each as one print of one scan. `empty_ms` is one identification
 * of the image against no prints (its extraction), `full_ms` against all; processor time. */
gboolean bench_fprint_identify(GPtrArray *templates, const guint8 *image, guint width, guint height,
							   double *empty_ms, double *full_ms, GError **error);
