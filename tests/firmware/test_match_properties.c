/* What must hold of every finger: it is itself; where and how it was laid on, and who stands beside it in
 * the gallery, changes little or nothing. */
#include <math.h>

#include "firmware/match/gallery.h"
#include "firmware/match/template.h"
#include "tools/fingerprints/finger.h"
#include "tools/fingerprints/random.h"

#define SEED 53
#define FINGERS 25
/* Log odds in thousandths.  Rounding moves a minutia by half a pixel and half a step of direction, and
 * by chance one of 40 over the edge of a tolerance. */
#define SHIFT_TOLERANCE 5 /* of sums in floats */
#define TURN_TOLERANCE 3000
/* The two sides of a comparison are not treated alike: how far apart the scores may be. */
#define SIDES_TOLERANCE 6000

static MatchTemplate *make(guint number, guint impression)
{
	g_autoptr(Finger) finger = finger_new(SEED, number);

	return finger_template(finger, impression);
}

/* Minutiae alone: a field's cells cannot be turned by less than a quarter. */
static MatchTemplate *move(const MatchTemplate *template, gint dx, gint dy, double radians)
{
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	double cosine = cos(radians), sine = sin(radians);
	guint n = 0;

	for (guint i = 0; i < template->n; i++) {
		const MatchMinutia *from = &template->minutiae[i];
		/* About the middle of the image; y runs downward, angles counter-clockwise. */
		double x = from->x - FINGER_IMAGE_WIDTH / 2.0, y = from->y - FINGER_IMAGE_HEIGHT / 2.0;
		double turned_x = x * cosine + y * sine + FINGER_IMAGE_WIDTH / 2.0 + dx;
		double turned_y = -x * sine + y * cosine + FINGER_IMAGE_HEIGHT / 2.0 + dy;

		minutiae[n++] = (MatchMinutia){
			(guint16)lrint(turned_x + 300), (guint16)lrint(turned_y + 300),
			(guint16)(from->angle + lrint(radians * 65536 / (2 * G_PI))), from->quality};
	}
	return match_template_new(minutiae, n, 1000, 1000);
}

/* A finger is itself: far over every threshold, more than any other is it. */
static void test_self(void)
{
	for (guint i = 0; i < FINGERS; i++) {
		g_autoptr(MatchTemplate) template = make(i, 0), other = make(i + 1000, 0);
		gint32 self = match_score(template, template);

		g_assert_true(match_verified(self));
		g_assert_cmpint(self, >, match_score(template, other));
		g_assert_cmpint(self, >, match_score(other, template));
		g_assert_cmpint(self, ==, match_score(template, template));
	}
}

/* Symmetry is not promised (match.h); that both sides come to the same decision is, of what is clear. */
static void test_sides(void)
{
	for (guint i = 0; i < FINGERS; i++) {
		g_autoptr(MatchTemplate) a = make(i, 0), mate = make(i, 3), other = make(i + 1000, 3);
		gint32 there = match_score(a, mate), back = match_score(mate, a);

		g_assert_cmpint(ABS(there - back), <=, SIDES_TOLERANCE);
		g_assert_false(match_verified(match_score(a, other)));
		g_assert_false(match_verified(match_score(other, a)));
	}
}

/* Shifted by whole pixels, nothing changes. */
static void test_shift(void)
{
	static const gint shifts[][2] = {{1, 0}, {0, -1}, {37, 90}, {-120, 55}, {-200, -250}};

	for (guint i = 0; i < FINGERS; i++) {
		g_autoptr(MatchTemplate) finger = make(i, 0), mate = make(i, 3), other = make(i + 1000, 0);
		g_autoptr(MatchTemplate) a = move(finger, 0, 0, 0), b = move(mate, 0, 0, 0);
		g_autoptr(MatchTemplate) c = move(other, 0, 0, 0);

		for (gsize k = 0; k < G_N_ELEMENTS(shifts); k++) {
			g_autoptr(MatchTemplate) moved = move(mate, shifts[k][0], shifts[k][1], 0);
			g_autoptr(MatchTemplate) moved_other = move(other, shifts[k][0], shifts[k][1], 0);

			g_assert_cmpint(ABS(match_score(a, moved) - match_score(a, b)), <=, SHIFT_TOLERANCE);
			g_assert_cmpint(ABS(match_score(a, moved_other) - match_score(a, c)), <=,
							SHIFT_TOLERANCE);
		}
	}
}

/* Turned as far as people turn a finger: the same but for rounding, and the same decision of strangers. */
static void test_turn(void)
{
	static const double degrees[] = {-30, -11, 3, 20, 40};
	gint64 changes = 0;

	for (guint i = 0; i < FINGERS; i++) {
		g_autoptr(MatchTemplate) finger = make(i, 0), mate = make(i, 3), other = make(i + 1000, 0);
		g_autoptr(MatchTemplate) a = move(finger, 0, 0, 0), b = move(mate, 0, 0, 0);

		for (gsize k = 0; k < G_N_ELEMENTS(degrees); k++) {
			g_autoptr(MatchTemplate) turned = move(mate, 0, 0, degrees[k] * G_PI / 180);
			g_autoptr(MatchTemplate) stranger = move(other, 0, 0, degrees[k] * G_PI / 180);

			changes += ABS(match_score(a, turned) - match_score(a, b));
			g_assert_false(match_verified(match_score(a, stranger)));
		}
	}
	g_assert_cmpint(changes / (FINGERS * (gint64)G_N_ELEMENTS(degrees)), <=, TURN_TOLERANCE);
}

static void put(MatchGallery *gallery, guint k)
{
	match_gallery_put(gallery, k / 2 + 1, k + 1, make(k / 2, k % 2));
}

/* In any order, and with a finger that comes and goes: the same answer, to the last bit. */
static void test_orders(void)
{
	const guint n = 2 * 130;
	Random random = {SEED};
	g_autofree guint *order = g_new(guint, n);
	g_autoptr(MatchGallery) gallery = match_gallery_new();

	for (guint k = 0; k < n; k++) {
		order[k] = k;
		put(gallery, k);
	}
	for (guint round = 0; round < 4; round++) {
		g_autoptr(MatchGallery) shuffled = match_gallery_new();

		for (guint k = n; k-- > 1;) {
			guint other = (guint)(random_next(&random) % (k + 1)), kept = order[k];

			order[k] = order[other];
			order[other] = kept;
		}
		for (guint k = 0; k < n; k++) {
			put(shuffled, order[k]);
			if (k % 9 == 0) {
				match_gallery_put(shuffled, 99999, 99999, make(5000 + k, 0));
				match_gallery_remove_person(shuffled, 99999);
			}
		}
		for (guint i = 0; i < 6; i++) {
			g_autoptr(MatchTemplate) probe = make(i % 2 == 0 ? 20 * i : 9000 + i, 7);
			MatchAnswer a = match_gallery_identify(gallery, probe, NULL, NULL);
			MatchAnswer b = match_gallery_identify(shuffled, probe, NULL, NULL);

			g_assert_cmpmem(&a.score, sizeof a.score, &b.score, sizeof b.score);
			g_assert_true(a.outcome == b.outcome && a.person == b.person &&
						  a.reference == b.reference && a.margin == b.margin);
		}
	}
}

/* More impressions of a person never make the answer to their touch worse. */
static void test_more_impressions(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	g_autoptr(MatchTemplate) probe = make(3, 9);
	gint32 before = G_MININT32;

	for (guint i = 0; i < 6; i++) {
		MatchAnswer answer;

		match_gallery_put(gallery, 3, 30 + i, make(3, i));
		answer = match_gallery_identify(gallery, probe, NULL, NULL);
		g_assert_cmpint(answer.person, ==, 3);
		g_assert_cmpint(answer.score, >=, before);
		before = answer.score;
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/properties/a_finger_is_itself", test_self);
	g_test_add_func("/match/properties/either_side_decides_alike", test_sides);
	g_test_add_func("/match/properties/a_shift_changes_nothing", test_shift);
	g_test_add_func("/match/properties/a_turn_changes_little", test_turn);
	g_test_add_func("/match/properties/no_order_changes_an_answer", test_orders);
	g_test_add_func("/match/properties/more_impressions_never_hurt", test_more_impressions);
	return g_test_run();
}
