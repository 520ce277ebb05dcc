/*
 * Synthetic fingers: no person's print is behind them.  The model is the published one of Cappelli
 * and others (SFinGe: "Synthetic fingerprint generation", in Handbook of Fingerprint Recognition):
 * singular points give an orientation field, ridges grow in it, impressions are what a sensor might
 * have seen of it.
 *
 * Everything follows from (seed, number, impression): the same numbers give the same bytes.
 * Coordinates: pixels at 500 dpi, y downwards; the finger's own plane has its origin in the middle.
 */
#pragma once

#include "firmware/match/match.h"

#define FINGER_IMAGE_WIDTH 300
#define FINGER_IMAGE_HEIGHT 400

typedef struct Finger Finger;

Finger *finger_new(guint64 seed, guint number);
void finger_free(Finger *finger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finger, finger_free)

/* What a sensor might see: FINGER_IMAGE_WIDTH × FINGER_IMAGE_HEIGHT grey bytes, row by row, dark
 * ridges on light (transfer full, g_free). The first call grows the ridges: about 0.3 s. */
guint8 *finger_impression(Finger *finger, guint impression);

/* An impression straight to minutiae, in well under a millisecond. Not the minutiae of the image
 * of the same numbers: another finger, of the same statistics. */
MatchTemplate *finger_template(const Finger *finger, guint impression);
