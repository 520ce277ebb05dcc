/*
 * The direction and period of a synthetic finger's ridges, and how skin lies on a sensor.
 */
#pragma once

#include "tools/fingerprints/random.h"

#define FIELD_WAVES 3

typedef struct {
	float kx, ky, phase, amplitude;
} Wave;

typedef struct {
	guint n_cores, n_deltas;
	float core[2][2], delta[2][2]; /* px from the middle, y downwards */
	float arch;                    /* of fingers without singular points: slope */
	float tip;                     /* how the ridges bend around the finger's tip, radians */
	Wave turn[FIELD_WAVES];        /* radians */
	Wave stretch[FIELD_WAVES];     /* share of the period */
	float period;                  /* px */
} Field;

void field_init(Field *field, Random *random);

/* Radians, counter-clockwise from the right, modulo π. */
float field_orientation(const Field *field, float x, float y);
float field_period(const Field *field, float x, float y);

/* How one touch shows the finger: from the image to the finger's plane. */
typedef struct {
	float cosine, sine, shift_x, shift_y;
	Wave bend_x[FIELD_WAVES], bend_y[FIELD_WAVES];     /* px */
	float centre_x, centre_y, half_width, half_height; /* the contact, in the image, px */
} Touch;

void touch_init(Touch *touch, Random *random, float width, float height);
void touch_to_finger(const Touch *touch, float x, float y, float *finger_x, float *finger_y);
void touch_to_image(const Touch *touch, float finger_x, float finger_y, float *x, float *y);
/* The image's rotation against the finger, radians, counter-clockwise. */
float touch_rotation(const Touch *touch);
/* Below 1: in contact. */
float touch_edge(const Touch *touch, float x, float y);
