#include "tests/support/synthetic_finger.h"

#include "tools/fingerprints/finger.h"

#define SEED 20250303

G_STATIC_ASSERT(SYNTHETIC_WIDTH == FINGER_IMAGE_WIDTH && SYNTHETIC_HEIGHT == FINGER_IMAGE_HEIGHT);

MatchTemplate *synthetic_template(guint finger, guint impression)
{
	g_autoptr(Finger) skin = finger_new(SEED, finger);
	return finger_template(skin, impression);
}

guint8 *synthetic_image(guint finger, guint impression)
{
	g_autoptr(Finger) skin = finger_new(SEED, finger);
	return finger_impression(skin, impression);
}
