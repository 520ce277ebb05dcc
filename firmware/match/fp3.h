/*
 * From libfprint's serialised print to a template, without libfprint: the only public way to the
 * directions that NBIS found (`FpMinutia` has x and y alone).
 *
 * "FP3" is followed by a little-endian GVariant `(issbymsmsia{sv}v)`; for prints of image devices
 * the last member holds `(a(aiaiai))`: x from the left, y upward from the bottom edge, theta in
 * degrees in the convention of NIST (the ridge's direction turned by half against ISO/IEC 19794-2).
 */
#pragma once

#include "firmware/match/match.h"

/* `data` is the result of fp_print_serialize() of one scan; `width` and `height` are those of its
 * image, in pixels at 500 dpi. Every byte is checked. (transfer full); NULL with
 * MATCH_ERROR_MALFORMED, also for prints of sensors that match by themselves. */
MatchTemplate *match_template_from_fp3(const guint8 *data, gsize size, guint16 width,
									   guint16 height, GError **error);
