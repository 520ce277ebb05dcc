/* The inside of a Finger, shared by the files of this folder. */
#pragma once

#include "tools/fingerprints/field.h"
#include "tools/fingerprints/finger.h"

/* The grown part of the finger. */
#define RIDGES_WIDTH 400
#define RIDGES_HEIGHT 500

struct Finger {
	guint64 seed;
	guint number;
	Field field;
	float *ridges; /* RIDGES_HEIGHT rows, -1 valley … 1 ridge; NULL until grown */
};

float *ridges_grow(const Field *field, Random random);
/* -1 … 1 at a place of the finger's plane; 0 outside the grown part. */
float ridges_at(const float *ridges, float x, float y);
