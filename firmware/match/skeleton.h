/*
 * Ridges as lines one pixel wide, and walking along them.
 */
#pragma once

#include <glib.h>

/* A border of one empty pixel lies around the image: index (y + 1) × pitch + x + 1. */
typedef struct {
	guint width, height, pitch;
	guint8 *pixel; /* 0 or 1 */
} Skeleton;

void skeleton_init(Skeleton *skeleton, guint width, guint height); /* all 0 */
void skeleton_clear(Skeleton *skeleton);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Skeleton, skeleton_clear)

/* Thins what is 1 (Guo and Hall 1989). */
void skeleton_thin(Skeleton *skeleton);

/* 0 nothing, 1 the end of a line, 2 within one, 3 and more where lines meet (Rutovitz's crossing
 * number); 0 also for an empty pixel. */
guint skeleton_crossings(const Skeleton *skeleton, guint32 at);

#define SKELETON_WALK_MAX 40

typedef struct {
	guint n;
	guint32 pixels[SKELETON_WALK_MAX]; /* from the first after the start */
	guint crossings;                   /* of the last one: 1, 3, … or 2 when the walk was long */
} SkeletonWalk;

/* The branches that leave a pixel: up to 4 first steps. */
guint skeleton_branches(const Skeleton *skeleton, guint32 at, guint32 first[4]);
/* Along a branch for at most `longest` pixels, until it ends or meets others. */
void skeleton_walk(const Skeleton *skeleton, guint32 from, guint32 first, guint longest,
				   SkeletonWalk *walk);
