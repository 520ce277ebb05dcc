#include "tools/fingerprints/field.h"

#define HALF_WIDTH 150.0f
#define INVERSION_ROUNDS 6

static void init_waves(Wave *waves, Random *random, float longest, float shortest, float amplitude)
{
	for (guint i = 0; i < FIELD_WAVES; i++) {
		float length = random_between(random, shortest, longest);
		float direction = random_between(random, 0, 2 * (float)G_PI);

		waves[i] = (Wave){
			cosf(direction) * 2 * (float)G_PI / length, sinf(direction) * 2 * (float)G_PI / length,
			random_between(random, 0, 2 * (float)G_PI), amplitude * random_normal(random)};
	}
}

static float sum_waves(const Wave *waves, float x, float y)
{
	float sum = 0;

	for (guint i = 0; i < FIELD_WAVES; i++)
		sum += waves[i].amplitude * sinf(waves[i].kx * x + waves[i].ky * y + waves[i].phase);
	return sum;
}

static void put(float point[2], Random *random, float x, float y, float spread)
{
	point[0] = x + spread * random_normal(random);
	point[1] = y + spread * random_normal(random);
}

/* Shares of the kinds as they are commonly given: loops 65 %, whorls 30 %, arches 5 %. */
static void init_singularities(Field *field, Random *random)
{
	float kind = random_unit(random), side = random_unit(random) < 0.5f ? -1 : 1;

	if (kind < 0.05f) {
		field->arch = random_between(random, 0.5f, 1.1f);
	} else if (kind < 0.70f) {
		field->n_cores = field->n_deltas = 1;
		put(field->core[0], random, 0, -10, 18);
		put(field->delta[0], random, side * random_between(random, 45, 135), 105, 28);
	} else {
		float apart = random_between(random, 12, 70);

		field->n_cores = field->n_deltas = 2;
		put(field->core[0], random, 0, -25, 16);
		put(field->core[1], random, field->core[0][0], field->core[0][1] + apart, 10);
		put(field->delta[0], random, -random_between(random, 70, 140), 105, 28);
		put(field->delta[1], random, random_between(random, 70, 140), 105, 28);
	}
}

void field_init(Field *field, Random *random)
{
	*field = (Field){.period = random_between(random, 7.8f, 10.2f),
					 .tip = random_between(random, 0.1f, 0.75f)};
	init_singularities(field, random);
	init_waves(field->turn, random, 420, 160, 0.16f);
	init_waves(field->stretch, random, 400, 150, 0.06f);
}

/* Zero-pole model (Sherlock and Monro 1993): a core turns the ridges by half of the angle at which
 * it is seen, a delta by as much the other way. */
float field_orientation(const Field *field, float x, float y)
{
	float angle = sum_waves(field->turn, x, y);
	float above = 1 / (1 + expf((y + 40) / 35));

	for (guint i = 0; i < field->n_cores; i++)
		angle += 0.5f * atan2f(-(y - field->core[i][1]), x - field->core[i][0]);
	for (guint i = 0; i < field->n_deltas; i++)
		angle -= 0.5f * atan2f(-(y - field->delta[i][1]), x - field->delta[i][0]);
	if (field->n_cores == 0) {
		float hill = expf(-((y - 20) / 110) * ((y - 20) / 110));

		angle += atanf(field->arch * hill * cosf((x / HALF_WIDTH + 1) * (float)G_PI / 2 * 0.9f));
	}
	return angle - field->tip * above * x / HALF_WIDTH;
}

float field_period(const Field *field, float x, float y)
{
	/* Ridges widen towards the crease. */
	float widening = 1 + 0.08f / (1 + expf(-(y - 90) / 30));

	return field->period * widening * (1 + sum_waves(field->stretch, x, y));
}

void touch_init(Touch *touch, Random *random, float width, float height)
{
	float rotation = 0.15f * random_normal(random);
	float shift_x = 14 * random_normal(random), shift_y = 18 * random_normal(random);
	gboolean partial = random_unit(random) < 0.15f;

	*touch = (Touch){
		.cosine = cosf(rotation),
		.sine = sinf(rotation),
		.shift_x = width / 2 + CLAMP(shift_x, -35, 35),
		.shift_y = height / 2 + CLAMP(shift_y, -45, 45),
		.half_width = random_between(random, 92, 140),
		.half_height = random_between(random, 115, 180),
	};
	touch->centre_x = touch->shift_x + 6 * random_normal(random);
	touch->centre_y = touch->shift_y + 8 * random_normal(random);
	if (partial) {
		touch->half_width *= random_between(random, 0.65f, 0.9f);
		touch->half_height *= random_between(random, 0.6f, 0.85f);
	}
	init_waves(touch->bend_x, random, 500, 220, 2.6f);
	init_waves(touch->bend_y, random, 500, 220, 2.6f);
}

void touch_to_finger(const Touch *touch, float x, float y, float *finger_x, float *finger_y)
{
	float dx = x - touch->shift_x, dy = y - touch->shift_y;

	*finger_x = dx * touch->cosine - dy * touch->sine + sum_waves(touch->bend_x, x, y);
	*finger_y = dx * touch->sine + dy * touch->cosine + sum_waves(touch->bend_y, x, y);
}

/* The bend is small and smooth: a few rounds of correction find its inverse. */
void touch_to_image(const Touch *touch, float finger_x, float finger_y, float *x, float *y)
{
	*x = finger_x + touch->shift_x;
	*y = finger_y + touch->shift_y;
	for (guint round = 0; round < INVERSION_ROUNDS; round++) {
		float fx, fy, dx, dy;

		touch_to_finger(touch, *x, *y, &fx, &fy);
		dx = finger_x - fx;
		dy = finger_y - fy;
		*x += dx * touch->cosine + dy * touch->sine;
		*y += -dx * touch->sine + dy * touch->cosine;
	}
}

/* With y downwards, (cosine, -sine) turns the finger's plane counter-clockwise into the image. */
float touch_rotation(const Touch *touch)
{
	return atan2f(touch->sine, touch->cosine);
}

float touch_edge(const Touch *touch, float x, float y)
{
	float dx = (x - touch->centre_x) / touch->half_width;
	float dy = (y - touch->centre_y) / touch->half_height;

	return sqrtf(dx * dx + dy * dy);
}
