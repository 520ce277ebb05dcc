/*
 * Synthetic fingers for tests of code that also knows protocol/ids.h, whose Finger is a position of
 * a hand and not tools/fingerprints' struct.
 */
#pragma once

#include "firmware/match/match.h"

#define SYNTHETIC_WIDTH 300
#define SYNTHETIC_HEIGHT 400

/* An impression of finger `finger`; the same numbers give the same one. (transfer full) */
MatchTemplate *synthetic_template(guint finger, guint impression);
/* Grey bytes, dark ridges on light (transfer full, g_free). About 0.3 s. */
guint8 *synthetic_image(guint finger, guint impression);
