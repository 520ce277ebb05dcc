/*
 * From a grey image to a template: enhance.h, then the ends and forks of its ridges.  Pure; nothing
 * of the image is kept.
 */
#pragma once

#include "firmware/match/enhance.h"

/* `grey` is width × height bytes, row by row, dark ridges on light, 500 dpi. (transfer full); an
 * image without a finger gives a template without minutiae; NULL with MATCH_ERROR_IMAGE when the
 * size is not a finger's. */
MatchTemplate *match_extract(const guint8 *grey, guint width, guint height, GError **error);

/* In less time and somewhat less exactly, for small boards (figures: README.md). Templates of both are
 * compared with each other. */
MatchTemplate *match_extract_fast(const guint8 *grey, guint width, guint height, GError **error);

/* The same from an image that was enhanced before. */
MatchTemplate *match_extract_ridges(const MatchRidges *ridges);
