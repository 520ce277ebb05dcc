/*
 * The inside of a template, shared by the files of this folder only.
 *
 * Plane of comparison: x to the right and y *upward* (y = -row), pixels at 500 dpi, angles counter-
 * clockwise in 1/65536 turn, so that differences wrap by themselves in 16 bits.
 */
#pragma once

#include "firmware/match/match.h"

/* Neighbours that describe a minutia, and how far they may be: any K in 10 … 20 and radius in
 * 90 … 140 px does as well (method of Jiang and Yau 2000, Feng 2008). */
#define MATCH_NEIGHBOURS 14
#define MATCH_NEIGHBOUR_RADIUS 110

/* A neighbour seen from a minutia that looks along its own direction. */
typedef struct {
	guint8 distance;   /* px */
	gint8 ahead, left; /* px: the same as a vector */
	guint16 bearing;   /* of the neighbour, from the minutia's direction */
	guint16 turn;      /* its direction less the minutia's */
} MatchNeighbour;

#define MATCH_CODE_WORDS 2

/* The neighbourhood in bits (codes.h). */
typedef struct {
	guint64 word[MATCH_CODE_WORDS];
} MatchCode;

typedef struct {
	float x, y;
	float cosine, sine; /* of the direction */
	float trust;        /* 0 … 1: that it is there */
	MatchCode code;
	guint16 angle;
	guint8 n_neighbours;
	MatchNeighbour neighbour[MATCH_NEIGHBOURS]; /* nearest first */
} MatchPoint;

/* The area that the minutiae cover (their convex hull), as a grid of bits. */
typedef struct {
	float left, bottom, cell; /* px */
	guint64 row[64];
} MatchArea;

/* Comparison sees directions, trust and fields in these steps, so that a gallery can keep them in a
 * few bits and still give the same scores (chunk.h). */
#define MATCH_ANGLE_STEP 64 /* 1/65536 turn */
#define MATCH_TRUST_LEVELS 15
#define MATCH_FIELD_STEP 8 /* 1/MATCH_HALF_TURN of half a turn */
#define MATCH_BUCKETS 32   /* of directions; points are ordered by them */
#define MATCH_BUCKET_TURN (65536 / MATCH_BUCKETS)

static inline guint16 match_angle_rounded(guint16 angle)
{
	return (guint16)(angle / MATCH_ANGLE_STEP * MATCH_ANGLE_STEP + MATCH_ANGLE_STEP / 2);
}

/* 1 … MATCH_TRUST_LEVELS; 0: unknown */
static inline guint match_trust_level(guint8 quality)
{
	guint level = (quality * MATCH_TRUST_LEVELS + 50u) / 100;

	return quality == 0 ? 0 : MAX(level, 1);
}

/* A quality of that level. */
static inline guint8 match_trust_quality(guint level)
{
	return (guint8)((level * 100 + MATCH_TRUST_LEVELS / 2) / MATCH_TRUST_LEVELS);
}

struct MatchTemplate {
	guint16 width, height; /* of the image, pixels at 500 dpi; every minutia lies inside */
	guint n;               /* ≤ MATCH_MINUTIAE_MAX */
	MatchMinutia *minutiae;
	MatchPoint *points; /* one per minutia, by bucket of direction, then in the same order */
	MatchField field;
	MatchArea area;
	float area_px; /* of the hull, px² */
};

/* Fills `points` and `area` from `minutiae` (descriptor.c). */
void match_template_describe(MatchTemplate *template);

/* 0 … 1: do the neighbourhoods of minutia i of `a` and j of `b` look alike? */
float match_neighbourhood_similarity(const MatchTemplate *a, guint i, const MatchTemplate *b,
									 guint j);

static inline gboolean match_area_holds(const MatchArea *area, float x, float y)
{
	float column = (x - area->left) / area->cell, row = (y - area->bottom) / area->cell;

	if (!(column >= 0 && column < 64 && row >= 0 && row < 64))
		return FALSE;
	return (area->row[(guint)row] >> (guint)column) & 1;
}

/* The signed difference of two angles, 1/65536 turn. */
static inline gint match_angle_difference(guint16 a, guint16 b)
{
	return (gint16)(guint16)(a - b);
}
