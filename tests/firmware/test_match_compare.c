/* 1:1 on synthetic fingers: separation, and what must not change a score. */
#include <math.h>

#include "firmware/match/match.h"
#include "tools/fingerprints/finger.h"

#define SEED 23
#define N_FINGERS 24

static MatchTemplate *make(guint number, guint impression)
{
	g_autoptr(Finger) finger = finger_new(SEED, number);

	return finger_template(finger, impression);
}

static void test_separation(void)
{
	guint verified = 0, n = 0;

	for (guint finger = 0; finger < N_FINGERS; finger++) {
		g_autoptr(MatchTemplate) a = make(finger, 0), b = make(finger, 1);

		verified += match_verified(match_score(a, b)) ? 1 : 0;
		n++;
		for (guint other = 0; other < finger; other++) {
			g_autoptr(MatchTemplate) c = make(other, 2);

			g_assert_false(match_verified(match_score(a, c)));
		}
	}
	g_assert_cmpuint(10 * verified, >=, 9 * n);
}

static void test_self(void)
{
	for (guint finger = 0; finger < N_FINGERS; finger++) {
		g_autoptr(MatchTemplate) a = make(finger, 0);

		g_assert_true(match_verified(match_score(a, a)));
	}
}

/* The minutiae turned about the image's middle and shifted, as another touch would give them. */
static MatchTemplate *moved(const MatchTemplate *template, double radians, double dx, double dy)
{
	g_autoptr(GBytes) bytes = match_template_encode(template);
	const guint8 *data = g_bytes_get_data(bytes, NULL);
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	guint n = data[8];

	for (guint i = 0; i < n; i++) {
		const guint8 *in = data + 12 + 7 * i;
		double x = (in[0] << 8 | in[1]) - 150, y = (in[2] << 8 | in[3]) - 200;

		minutiae[i] = (MatchMinutia){
			(guint16)lround(500 + dx + x * cos(radians) + y * sin(radians)),
			(guint16)lround(500 + dy - x * sin(radians) + y * cos(radians)),
			(guint16)((in[4] << 8 | in[5]) + (gint)lround(radians / (2 * G_PI) * 65536)), in[6]};
	}
	return match_template_new(minutiae, n, 1000, 1000);
}

static void test_motion(void)
{
	static const double degrees[] = {-40, -10, 5, 25, 45};

	for (guint finger = 0; finger < 8; finger++)
		for (gsize i = 0; i < G_N_ELEMENTS(degrees); i++) {
			g_autoptr(MatchTemplate) a = make(finger, 0), b = make(finger, 1);
			g_autoptr(MatchTemplate) turned =
				moved(a, degrees[i] / 180 * G_PI, 20 * (double)i, -30 * (double)i);

			g_assert_true(match_verified(match_score(turned, a)));
			if (match_score(a, b) > 6000)
				g_assert_true(match_verified(match_score(turned, b)));
		}
}

static void test_deterministic(void)
{
	g_autoptr(MatchTemplate) a = make(1, 0), b = make(1, 1);

	g_assert_cmpint(match_score(a, b), ==, match_score(a, b));
}

static void test_best_of_references(void)
{
	g_autoptr(MatchTemplate) probe = make(1, 0), good = make(1, 1), bad = make(2, 1);
	const MatchTemplate *references[] = {bad, good};

	g_assert_cmpint(match_score_best(probe, references, 2), ==, match_score(probe, good));
	g_assert_false(match_verified(match_score_best(probe, references, 0)));
}

static void test_same_finger(void)
{
	guint accepted = 0;

	for (guint finger = 0; finger < N_FINGERS; finger++) {
		g_autoptr(MatchTemplate) a = make(finger, 0), b = make(finger, 1), c = make(finger, 2);
		g_autoptr(MatchTemplate) stranger = make(finger + 1000, 0);
		const MatchTemplate *own[] = {a, b, c}, *mixed[] = {a, stranger, c};
		gsize odd = 99;

		accepted += match_same_finger(own, 3, NULL) ? 1 : 0;
		if (!match_same_finger(own, 3, NULL))
			continue;
		g_assert_false(match_same_finger(mixed, 3, &odd));
	}
	g_assert_cmpuint(accepted, >=, N_FINGERS - 2);
}

static void test_odd_one(void)
{
	g_autoptr(MatchTemplate) a = make(1, 0), b = make(1, 1), stranger = make(1000, 0);
	const MatchTemplate *impressions[] = {a, stranger, b};
	gsize odd = 99;

	g_assert_true(match_same_finger(impressions, 1, &odd));
	g_assert_cmpuint(odd, ==, 0);
	g_assert_false(match_same_finger(impressions, 3, &odd));
	g_assert_cmpuint(odd, ==, 1);
}

/* Minutiae in a line, in one point, on a grid: shapes that no finger has. */
static void test_degenerate(void)
{
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	g_autoptr(MatchTemplate) finger = make(1, 0);

	for (guint shape = 0; shape < 3; shape++)
		for (guint n = 1; n <= MATCH_MINUTIAE_MAX; n = n * 3 + 1) {
			g_autoptr(MatchTemplate) odd = NULL;

			for (guint i = 0; i < n; i++)
				minutiae[i] = (MatchMinutia){(guint16)(shape == 0   ? i
													   : shape == 1 ? 5
																	: 20 * (i % 15)),
											 (guint16)(shape == 2 ? 20 * (i / 15) : 7), 0, 50};
			odd = match_template_new(minutiae, n, 400, 400);
			match_score(odd, odd);
			g_assert_false(match_verified(match_score(odd, finger)));
			g_assert_false(match_verified(match_score(finger, odd)));
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/compare/same_and_other_fingers_are_apart", test_separation);
	g_test_add_func("/match/compare/a_template_matches_itself", test_self);
	g_test_add_func("/match/compare/motion_does_not_matter", test_motion);
	g_test_add_func("/match/compare/same_input_same_score", test_deterministic);
	g_test_add_func("/match/compare/best_of_references", test_best_of_references);
	g_test_add_func("/match/compare/impressions_of_one_finger", test_same_finger);
	g_test_add_func("/match/compare/the_odd_one_is_named", test_odd_one);
	g_test_add_func("/match/compare/shapes_that_no_finger_has", test_degenerate);
	return g_test_run();
}
