/*
 * Numbers that look random and are the same everywhere: SplitMix64 (Steele, Lea, Flood 2014).
 */
#pragma once

#include <math.h>

#include <glib.h>

typedef struct {
	guint64 state;
} Random;

static inline guint64 random_next(Random *random)
{
	guint64 z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A stream of its own for each (seed, a, b). */
static inline Random random_stream(guint64 seed, guint64 a, guint64 b)
{
	Random random = {seed};

	random.state = random_next(&random) ^ (a * 0xd1342543de82ef95u);
	random.state = random_next(&random) ^ (b * 0xaf251af3b0f025b5u);
	random_next(&random);
	return random;
}

/* 0 ≤ … < 1 */
static inline float random_unit(Random *random)
{
	return (float)(random_next(random) >> 40) / (float)(1 << 24);
}

static inline float random_between(Random *random, float low, float high)
{
	return low + (high - low) * random_unit(random);
}

static inline float random_normal(Random *random)
{
	float radius = sqrtf(-2 * logf(1 - random_unit(random) + 1e-12f));

	return radius * cosf(2 * (float)G_PI * random_unit(random));
}
