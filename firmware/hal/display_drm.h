/*
 * A panel of the kernel's DRM/KMS: one dumb buffer, redrawn by Cairo and shown on the first
 * connected connector; keys from evdev.  No display server.
 *
 * A mode larger than 800 × 480 shows the picture enlarged and centred; a smaller one is refused.
 */
#pragma once

#include "firmware/hal/display.h"

extern const DisplayDriver display_drm;
