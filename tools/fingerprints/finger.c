/*
 * A finger, and its impressions straight to minutiae.
 */
#include <string.h>

#include "tools/fingerprints/private.h"

#define TWO_PI (2 * (float)G_PI)
#define FINGER_HALF_WIDTH 165.0f
#define FINGER_HALF_HEIGHT 215.0f
#define MINUTIAE_MAX 160
#define CLOSEST 11.0f /* px between two minutiae: a period and a quarter */
#define WANTED 114    /* minutiae of a whole finger */
#define WANTED_SPREAD 16
#define SPREAD 0.0035f /* 1/px: ridges 9 px apart make a minutia every 150 px then */
#define POOR 0.08f
#define STREAM_FIELD 0u
#define STREAM_MINUTIAE (1u << 21)
#define STREAM_TEMPLATE (1u << 22)

Finger *finger_new(guint64 seed, guint number)
{
	Finger *finger = g_new0(Finger, 1);
	Random random = random_stream(seed, number, STREAM_FIELD);

	finger->seed = seed;
	finger->number = number;
	field_init(&finger->field, &random);
	return finger;
}

void finger_free(Finger *finger)
{
	if (finger == NULL)
		return;
	g_free(finger->ridges);
	g_free(finger);
}

typedef struct {
	float x, y, angle;
} Minutia;

static gboolean is_free(const Minutia *minutiae, guint n, float x, float y)
{
	for (guint i = 0; i < n; i++)
		if (hypotf(minutiae[i].x - x, minutiae[i].y - y) < CLOSEST)
			return FALSE;
	return TRUE;
}

/* How much ridges spread along their direction at a place, 1/px: where they do, others begin
 * between them; where they close up, some end. */
static float divergence(const Field *field, float x, float y)
{
	float angle = field_orientation(field, x, y);
	float by_x = field_orientation(field, x + 2, y) - field_orientation(field, x - 2, y);
	float by_y = field_orientation(field, x, y + 2) - field_orientation(field, x, y - 2);

	/* The zero-pole model jumps by π: the direction is one modulo that. */
	by_x = remainderf(by_x, (float)G_PI) / 4;
	by_y = remainderf(by_y, (float)G_PI) / 4;
	return -sinf(angle) * by_x - cosf(angle) * by_y;
}

/* All minutiae of the finger: about 0.26 in a mm², none too close to another, more of them and
 * most of them one way where the ridges spread or close up. */
static guint make_minutiae(const Finger *finger, Minutia minutiae[MINUTIAE_MAX])
{
	Random random = random_stream(finger->seed, finger->number, STREAM_MINUTIAE);
	float drawn = WANTED + WANTED_SPREAD * random_normal(&random);
	guint wanted = (guint)CLAMP(drawn, 55, 150), n = 0;

	for (guint attempt = 0; attempt < 40 * wanted && n < wanted; attempt++) {
		float x = random_between(&random, -FINGER_HALF_WIDTH, FINGER_HALF_WIDTH);
		float y = random_between(&random, -FINGER_HALF_HEIGHT, FINGER_HALF_HEIGHT);
		float spread = divergence(&finger->field, x, y) / SPREAD;
		float flip = random_unit(&random) < 0.5f * (1 - tanhf(spread)) ? (float)G_PI : 0;

		if (random_unit(&random) < 0.4f + 0.6f * fabsf(spread) && is_free(minutiae, n, x, y))
			minutiae[n++] = (Minutia){x, y, field_orientation(&finger->field, x, y) + flip};
	}
	return n;
}

static MatchMinutia to_match(float x, float y, float angle, guint8 quality)
{
	float turns = angle / TWO_PI;

	return (MatchMinutia){(guint16)lroundf(x), (guint16)lroundf(y),
						  (guint16)(gint32)lroundf((turns - floorf(turns)) * 65536), quality};
}

static gboolean seen(const Touch *touch, float x, float y)
{
	return x >= 0 && x < FINGER_IMAGE_WIDTH - 1 && y >= 0 && y < FINGER_IMAGE_HEIGHT - 1 &&
		   touch_edge(touch, x, y) < 0.96f;
}

/* How well a touch is read. */
typedef struct {
	float lost;               /* share of the minutiae that are not found */
	guint n_false;            /* found that are not there, at most */
	float place, turn, field; /* deviations: px, radians, radians */
} Reading;

/* One in ten is poor, as in the real sets: wet, dry or moved. */
static Reading make_reading(Random *random)
{
	if (random_unit(random) < POOR)
		return (Reading){random_between(random, 0.25f, 0.55f), (guint)random_between(random, 8, 32),
						 2.2f, 0.16f, 0.22f};
	return (Reading){random_between(random, 0.05f, 0.22f), (guint)random_between(random, 1, 10),
					 1.2f, 0.08f, 0.07f};
}

/* What an extractor finds that is not there. */
static guint add_false(const Finger *finger, const Touch *touch, const Reading *reading,
					   Random *random, MatchMinutia *out)
{
	guint n = 0;

	for (guint i = 0; i < reading->n_false; i++) {
		float x = random_between(random, 0, FINGER_IMAGE_WIDTH);
		float y = random_between(random, 0, FINGER_IMAGE_HEIGHT);
		float flip = random_unit(random) < 0.5f ? 0 : (float)G_PI, fx, fy;

		touch_to_finger(touch, x, y, &fx, &fy);
		if (seen(touch, x, y))
			out[n++] = to_match(
				x, y, field_orientation(&finger->field, fx, fy) + flip + touch_rotation(touch),
				(guint8)random_between(random, 25, 70));
	}
	return n;
}

#define CELL 16

/* What an extractor sees of the ridges' direction: in contact, to a few degrees. */
static MatchField make_field(const Finger *finger, const Touch *touch, float deviation,
							 Random *random)
{
	MatchField field = {.cell = CELL,
						.columns = FINGER_IMAGE_WIDTH / CELL + 1,
						.rows = FINGER_IMAGE_HEIGHT / CELL + 1};

	field.direction = g_malloc((gsize)field.columns * field.rows);
	for (guint r = 0; r < field.rows; r++)
		for (guint c = 0; c < field.columns; c++) {
			float x = (float)(c * CELL + CELL / 2), y = (float)(r * CELL + CELL / 2), fx, fy;
			float half_turns;
			guint8 *out = &field.direction[r * field.columns + c];

			touch_to_finger(touch, x, y, &fx, &fy);
			half_turns = (field_orientation(&finger->field, fx, fy) + touch_rotation(touch) +
						  deviation * random_normal(random)) /
						 (float)G_PI;
			half_turns -= floorf(half_turns);
			*out = seen(touch, x, y)
					   ? (guint8)((guint)lroundf(half_turns * MATCH_HALF_TURN) % MATCH_HALF_TURN)
					   : MATCH_NO_DIRECTION;
		}
	return field;
}

MatchTemplate *finger_template(const Finger *finger, guint impression)
{
	Random random = random_stream(finger->seed, finger->number, STREAM_TEMPLATE + impression);
	Minutia minutiae[MINUTIAE_MAX];
	MatchMinutia out[2 * MINUTIAE_MAX];
	guint n = make_minutiae(finger, minutiae), n_out = 0;
	Reading reading = make_reading(&random);
	MatchField field;
	Touch touch;

	touch_init(&touch, &random, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT);
	for (guint i = 0; i < n; i++) {
		float x, y, turn = reading.turn * random_normal(&random);

		touch_to_image(&touch, minutiae[i].x, minutiae[i].y, &x, &y);
		x += reading.place * random_normal(&random);
		y += reading.place * random_normal(&random);
		if (random_unit(&random) >= reading.lost && seen(&touch, x, y))
			out[n_out++] = to_match(x, y, minutiae[i].angle + touch_rotation(&touch) + turn,
									(guint8)random_between(&random, 45, 100));
	}
	n_out += add_false(finger, &touch, &reading, &random, out + n_out);
	field = make_field(finger, &touch, reading.field, &random);
	return match_template_new_with_field(out, n_out, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT,
										 &field);
}
