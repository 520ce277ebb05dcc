/*
 * A finger, and its impressions straight to minutiae.
 */
#include <string.h>

#include "tools/fingerprints/private.h"

#define TWO_PI (2 * (float)G_PI)
#define FINGER_HALF_WIDTH 165.0f
#define FINGER_HALF_HEIGHT 215.0f
#define MINUTIAE_MAX 160
#define CLOSEST 13.0f /* px between two minutiae: a period and a half */
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

/* All minutiae of the finger: about 0.19 in a mm², none too close to another, looking along the
 * ridge either way. */
static guint make_minutiae(const Finger *finger, Minutia minutiae[MINUTIAE_MAX])
{
	Random random = random_stream(finger->seed, finger->number, STREAM_MINUTIAE);
	guint wanted = (guint)CLAMP(64 + 9 * random_normal(&random), 40, 100), n = 0;

	for (guint attempt = 0; attempt < 20 * wanted && n < wanted; attempt++) {
		float x = random_between(&random, -FINGER_HALF_WIDTH, FINGER_HALF_WIDTH);
		float y = random_between(&random, -FINGER_HALF_HEIGHT, FINGER_HALF_HEIGHT);
		float flip = random_unit(&random) < 0.5f ? 0 : (float)G_PI;

		if (is_free(minutiae, n, x, y))
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

/* What an extractor finds that is not there. */
static guint add_false(const Finger *finger, const Touch *touch, Random *random, guint n_false,
					   MatchMinutia *out)
{
	guint n = 0;

	for (guint i = 0; i < n_false; i++) {
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
static MatchField make_field(const Finger *finger, const Touch *touch, Random *random)
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
						  0.06f * random_normal(random)) /
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
	float lost = random_between(&random, 0.05f, 0.22f);
	MatchField field;
	Touch touch;

	touch_init(&touch, &random, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT);
	for (guint i = 0; i < n; i++) {
		float x, y, turn = 0.08f * random_normal(&random);

		touch_to_image(&touch, minutiae[i].x, minutiae[i].y, &x, &y);
		x += 1.3f * random_normal(&random);
		y += 1.3f * random_normal(&random);
		if (random_unit(&random) >= lost && seen(&touch, x, y))
			out[n_out++] = to_match(x, y, minutiae[i].angle + touch_rotation(&touch) + turn,
									(guint8)random_between(&random, 45, 100));
	}
	n_out += add_false(finger, &touch, &random, (guint)random_between(&random, 1, 9), out + n_out);
	field = make_field(finger, &touch, &random);
	return match_template_new_with_field(out, n_out, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT,
										 &field);
}
