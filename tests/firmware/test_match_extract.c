/* From images: synthetic fingers match, and what is no finger gives nothing. */
#include <string.h>

#include "firmware/match/extract.h"
#include "tools/fingerprints/finger.h"

#define SEED 5
#define WIDTH FINGER_IMAGE_WIDTH
#define HEIGHT FINGER_IMAGE_HEIGHT

static MatchTemplate *extract(Finger *finger, guint impression)
{
	g_autofree guint8 *image = finger_impression(finger, impression);
	g_autoptr(GError) error = NULL;
	MatchTemplate *template = match_extract(image, WIDTH, HEIGHT, &error);

	g_assert_no_error(error);
	return template;
}

static void test_identity(void)
{
	MatchTemplate *impressions[3][3];
	guint verified = 0;

	for (guint f = 0; f < 3; f++) {
		g_autoptr(Finger) finger = finger_new(SEED, f);

		for (guint i = 0; i < 3; i++) {
			impressions[f][i] = extract(finger, i);
			g_assert_cmpuint(match_template_count(impressions[f][i]), >=, 12);
			g_assert_cmpint(match_sample_for_touch(impressions[f][i]), ==, MATCH_SAMPLE_GOOD);
		}
	}
	for (guint f = 0; f < 3; f++)
		for (guint g = 0; g < 3; g++)
			for (guint i = 0; i < 3; i++) {
				guint j = (i + 1) % 3;
				gboolean same = match_verified(match_score(impressions[f][i], impressions[g][j]));

				if (f == g)
					verified += same ? 1 : 0;
				else
					g_assert_false(same);
			}
	g_assert_cmpuint(verified, >=, 8);
	for (guint f = 0; f < 3; f++)
		for (guint i = 0; i < 3; i++)
			match_template_free(impressions[f][i]);
}

static void fill(guint8 *image, guint width, guint height, guint kind)
{
	guint32 state = 1;

	for (guint y = 0; y < height; y++)
		for (guint x = 0; x < width; x++) {
			state = state * 1664525u + 1013904223u;
			image[y * width + x] = kind == 0   ? 0
								   : kind == 1 ? 255
								   : kind == 2 ? (guint8)(state >> 24) /* noise */
								   : kind == 3 ? (guint8)(x / 2)       /* a slope */
								   : kind == 4 ? (x / 16 + y / 16) % 2 * 255
											   : (x % 8 < 4) * 255; /* stripes */
		}
}

/* Black, white, noise, a slope, a chessboard, stripes: no crash, and never somebody. */
static void test_no_finger(void)
{
	static const guint sizes[][2] = {{64, 64}, {65, 160}, {200, 77}};
	g_autoptr(Finger) finger = finger_new(SEED, 1);
	g_autoptr(MatchTemplate) real = extract(finger, 0);

	for (gsize s = 0; s < G_N_ELEMENTS(sizes); s++)
		for (guint kind = 0; kind < 6; kind++) {
			guint width = sizes[s][0], height = sizes[s][1];
			g_autofree guint8 *image = g_malloc(width * height);
			g_autoptr(MatchTemplate) template = NULL;

			fill(image, width, height, kind);
			template = match_extract(image, width, height, NULL);
			g_assert_nonnull(template);
			g_assert_false(match_verified(match_score(template, real)));
			if (kind < 2)
				g_assert_cmpuint(match_template_count(template), ==, 0);
		}
}

static void test_sizes(void)
{
	static const guint sizes[][2] = {{0, 0},         {1, 1},      {63, 300},      {300, 63},
									 {20000, 20000}, {1025, 300}, {G_MAXUINT, 64}};
	guint8 byte = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(MatchTemplate) template = match_extract(&byte, sizes[i][0], sizes[i][1], &error);

		g_assert_null(template);
		g_assert_error(error, MATCH_ERROR, MATCH_ERROR_IMAGE);
	}
}

/* The same image gives the same bytes. */
static void test_deterministic(void)
{
	g_autoptr(Finger) finger = finger_new(SEED, 2), again = finger_new(SEED, 2);
	g_autoptr(MatchTemplate) a = extract(finger, 1), b = extract(again, 1);
	g_autoptr(GBytes) bytes_a = match_template_encode(a), bytes_b = match_template_encode(b);

	g_assert_true(g_bytes_equal(bytes_a, bytes_b));
}

/* The quick way gives a template of the same finger, that is found by the slow one's and finds it. */
static void test_fast(void)
{
	g_autoptr(Finger) finger = finger_new(SEED, 2);
	g_autofree guint8 *image = finger_impression(finger, 2);
	g_autoptr(MatchTemplate) slow = extract(finger, 1);
	g_autoptr(MatchTemplate) fast = match_extract_fast(image, WIDTH, HEIGHT, NULL);
	g_autoptr(MatchTemplate) none = match_extract_fast(image, 1, 1, NULL);

	g_assert_true(match_verified(match_score(slow, fast)));
	g_assert_true(match_verified(match_score(fast, slow)));
	g_assert_null(none);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/extract/fingers_match_themselves_only", test_identity);
	g_test_add_func("/match/extract/what_is_no_finger_is_nobody", test_no_finger);
	g_test_add_func("/match/extract/sizes_that_no_finger_has", test_sizes);
	g_test_add_func("/match/extract/same_image_same_template", test_deterministic);
	g_test_add_func("/match/extract/the_fast_way_is_the_same_finger", test_fast);
	return g_test_run();
}
