/*
 * What a screen looks like: 800 × 480, one drawing for every display driver.
 *
 * Symbols are drawn as lines, not as characters of a font, and text is laid out without hinting, so
 * that the pictures hardly differ between versions of the libraries.
 */
#pragma once

#include <cairo.h>

#include "firmware/hal/display.h"

void display_draw(cairo_t *cairo, const DisplayView *view);

/* The key under a point of the picture, 0 when there is none (or `view` shows none there). */
char display_key_at(const DisplayView *view, double x, double y);
