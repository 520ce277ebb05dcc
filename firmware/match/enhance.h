/*
 * From a grey image to clean ridges: what is skin, which way the ridges run and how far apart they
 * are, a filter that follows them, and how well the image agrees with that (method and sources:
 * README.md).  Pure; the image is not kept.
 */
#pragma once

#include "firmware/match/match.h"
#include "firmware/match/plane.h"

#define MATCH_IMAGE_SIDE_MIN 64   /* px: 3 mm */
#define MATCH_IMAGE_SIDE_MAX 1024 /* px: 5 cm */

typedef struct {
	Plane ridge;        /* -1 valley … 1 ridge */
	Plane quality;      /* 0 … 1: how much of the image the ridges explain; 0 off the finger */
	Plane cosine, sine; /* of twice the ridges' direction, at half the resolution, y upwards */
	Plane period;       /* px, one per MATCH_BLOCK × MATCH_BLOCK */
	guint8 *finger;     /* 1 where the finger is, one piece; quality.width × height */
} MatchRidges;

#define MATCH_BLOCK 16

/* `grey` is width × height bytes, row by row, dark ridges on light, 500 dpi. (transfer full); NULL
 * with MATCH_ERROR_IMAGE when the size is out of range. An image without a finger has an empty
 * `finger`. */
MatchRidges *match_enhance(const guint8 *grey, guint width, guint height, GError **error);
/* The same for small boards: one filter pass over every fourth pixel, the rest between them (figures:
 * README.md). */
MatchRidges *match_enhance_fast(const guint8 *grey, guint width, guint height, GError **error);
void match_ridges_free(MatchRidges *ridges);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchRidges, match_ridges_free)

/* The ridges' direction at a pixel, radians, counter-clockwise, modulo π. */
float match_ridges_direction(const MatchRidges *ridges, float x, float y);
