/*
 * Rectangles of floats, and the few operations on them that enhancement is made of.  Outside of a
 * plane everything is 0.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint width, height;
	float *value; /* row by row */
} Plane;

void plane_init(Plane *plane, guint width, guint height); /* all 0 */
void plane_clear(Plane *plane);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plane, plane_clear)

/* Gauss by three boxes (Wells 1986); sigma in pixels, at least 1. */
void plane_blur(Plane *plane, float sigma);
/* `rounds` of [1 2 1] / 4 in both ways: variance rounds / 2. */
void plane_smooth(Plane *plane, guint rounds);
/* Means of 2 × 2; odd last rows and columns are dropped. `half` is initialised here. */
void plane_halve(const Plane *plane, Plane *half);
