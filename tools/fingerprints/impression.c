/*
 * What one touch leaves of a finger: pressed or light, wet or dry, shifted, turned, stretched,
 * partial, noisy.
 */
#include <string.h>

#include "tools/fingerprints/private.h"

#define WIDTH FINGER_IMAGE_WIDTH
#define HEIGHT FINGER_IMAGE_HEIGHT
#define SCRATCHES_MAX 3

typedef struct {
	float wetness;           /* -1 dry: thin, broken ridges … 1 wet: thick, run together */
	float grain;             /* strength of the noise in the skin */
	float ridge, background; /* grey */
	float slope_x, slope_y;  /* of the light, grey per px */
	struct {
		float x, y, nx, ny, half_length, half_width;
	} scratch[SCRATCHES_MAX];
	guint n_scratches;
} Look;

static Look make_look(Random *random)
{
	float wetness = 0.55f * random_normal(random);
	Look look = {
		.wetness = CLAMP(wetness, -1.2f, 1.2f),
		.ridge = random_between(random, 40, 100),
		.background = random_between(random, 205, 240),
		.slope_x = 0.04f * random_normal(random),
		.slope_y = 0.04f * random_normal(random),
		.n_scratches = (guint)(random_unit(random) * (SCRATCHES_MAX + 1)),
	};

	look.grain = 0.35f + 0.45f * fabsf(look.wetness) + random_between(random, 0, 0.4f);
	for (guint i = 0; i < look.n_scratches; i++) {
		float direction = random_between(random, 0, (float)G_PI);

		look.scratch[i].x = random_between(random, 60, WIDTH - 60);
		look.scratch[i].y = random_between(random, 60, HEIGHT - 60);
		look.scratch[i].nx = -sinf(direction);
		look.scratch[i].ny = cosf(direction);
		look.scratch[i].half_length = random_between(random, 15, 50);
		look.scratch[i].half_width = random_between(random, 0.8f, 1.8f);
	}
	return look;
}

/* One pass of a box of 2 r + 1 along the rows, written transposed: twice is once in each way. */
static void blur_rows(const float *from, float *to, guint width, guint height, gint r)
{
	for (guint y = 0; y < height; y++)
		for (gint x = 0; x < (gint)width; x++) {
			float sum = 0;

			for (gint k = -r; k <= r; k++)
				sum += from[y * width + (guint)CLAMP(x + k, 0, (gint)width - 1)];
			to[(guint)x * height + y] = sum / (float)(2 * r + 1);
		}
}

/* Noise with grains of about 2 r + 1 pixels and deviation 1 (transfer full). */
static float *make_noise(Random *random, gint r)
{
	float *noise = g_new(float, WIDTH *HEIGHT);
	g_autofree float *turned = g_new(float, WIDTH *HEIGHT);
	float square = 0, scale;

	for (guint i = 0; i < WIDTH * HEIGHT; i++)
		noise[i] = random_normal(random);
	for (guint pass = 0; pass < 2 && r > 0; pass++) {
		blur_rows(noise, turned, WIDTH, HEIGHT, r);
		blur_rows(turned, noise, HEIGHT, WIDTH, r);
	}
	for (guint i = 0; i < WIDTH * HEIGHT; i++)
		square += noise[i] * noise[i] / (WIDTH * HEIGHT);
	scale = 1 / sqrtf(square + 1e-12f);
	for (guint i = 0; i < WIDTH * HEIGHT; i++)
		noise[i] *= scale;
	return noise;
}

static float smooth_step(float value)
{
	value = CLAMP(value, 0, 1);
	return value * value * (3 - 2 * value);
}

/* 0 in a scratch, 1 far from one. */
static float spared(const Look *look, float x, float y)
{
	float least = 1;

	for (guint i = 0; i < look->n_scratches; i++) {
		float dx = x - look->scratch[i].x, dy = y - look->scratch[i].y;
		float across = fabsf(dx * look->scratch[i].nx + dy * look->scratch[i].ny);
		float along = fabsf(dx * look->scratch[i].ny - dy * look->scratch[i].nx);

		if (along < look->scratch[i].half_length)
			least = fminf(least, smooth_step(across - look->scratch[i].half_width + 0.5f));
	}
	return least;
}

/* 0 … 1: how much skin lies on the glass here. */
static float inked(const Look *look, float ridge, float grain, float patch)
{
	float level = ridge + 0.45f * look->wetness + 0.3f * look->grain * patch + look->grain * grain;

	return smooth_step(0.5f + level / 1.3f);
}

guint8 *finger_impression(Finger *finger, guint impression)
{
	Random random = random_stream(finger->seed, finger->number, impression + 1);
	guint8 *image = g_malloc(WIDTH * HEIGHT);
	g_autofree float *grain = NULL, *patch = NULL, *fine = NULL;
	Touch touch;
	Look look;

	if (finger->ridges == NULL)
		finger->ridges =
			ridges_grow(&finger->field, random_stream(finger->seed, finger->number, 1u << 20));
	touch_init(&touch, &random, WIDTH, HEIGHT);
	look = make_look(&random);
	grain = make_noise(&random, 1);
	patch = make_noise(&random, 9);
	fine = make_noise(&random, 0);
	for (guint y = 0; y < HEIGHT; y++)
		for (guint x = 0; x < WIDTH; x++) {
			guint i = y * WIDTH + x;
			float fx, fy, edge, ink, grey;

			touch_to_finger(&touch, (float)x, (float)y, &fx, &fy);
			edge = touch_edge(&touch, (float)x, (float)y) + 0.02f * patch[i];
			ink = inked(&look, ridges_at(finger->ridges, fx, fy), grain[i], patch[i]);
			ink *=
				smooth_step((1 - edge) * 12) * spared(&look, fx + WIDTH / 2.0f, fy + HEIGHT / 2.0f);
			grey = look.background + look.slope_x * ((float)x - WIDTH / 2.0f) +
				   look.slope_y * ((float)y - HEIGHT / 2.0f);
			grey += ink * (look.ridge - look.background) + 4 * fine[i];
			image[i] = (guint8)lroundf(CLAMP(grey, 0, 255));
		}
	return image;
}
