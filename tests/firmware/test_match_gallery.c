/* The rules of identification, on synthetic fingers. */
#include "firmware/match/match.h"
#include "tools/fingerprints/finger.h"

#define SEED 11

static MatchTemplate *make(guint finger_number, guint impression)
{
	g_autoptr(Finger) finger = finger_new(SEED, finger_number);

	return finger_template(finger, impression);
}

/* People 1 … n, finger number = person, references 10 × person + impression. */
static MatchGallery *make_gallery(guint n, guint n_impressions)
{
	MatchGallery *gallery = match_gallery_new();

	for (guint person = 1; person <= n; person++)
		for (guint i = 0; i < n_impressions; i++)
			match_gallery_put(gallery, person, 10 * person + i, make(person, i));
	return gallery;
}

static MatchAnswer ask(const MatchGallery *gallery, guint finger, guint impression)
{
	g_autoptr(MatchTemplate) probe = make(finger, impression);

	return match_gallery_identify(gallery, probe, NULL, NULL);
}

static void test_right_person(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(30, 3);
	guint found = 0;

	for (guint person = 1; person <= 30; person++) {
		MatchAnswer answer = ask(gallery, person, 9);

		if (answer.outcome != MATCH_FOUND)
			continue;
		found++;
		g_assert_cmpint(answer.person, ==, person);
		g_assert_cmpint(answer.reference / 10, ==, person);
		g_assert_cmpint(answer.margin, <, answer.score + 100000);
	}
	g_assert_cmpuint(found, >=, 28);
}

/* Too many to compare with all of them in full. */
static void test_shortlist(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(150, 2);
	guint found = 0;

	for (guint person = 5; person <= 150; person += 10) {
		MatchAnswer answer = ask(gallery, person, 9);

		found += answer.outcome == MATCH_FOUND ? 1 : 0;
		if (answer.outcome == MATCH_FOUND)
			g_assert_cmpint(answer.person, ==, person);
	}
	g_assert_cmpuint(found, >=, 13);
	for (guint stranger = 500; stranger < 505; stranger++)
		g_assert_cmpint(ask(gallery, stranger, 9).outcome, ==, MATCH_NONE);
}

static void test_strangers(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(30, 3);

	for (guint stranger = 100; stranger < 130; stranger++)
		g_assert_cmpint(ask(gallery, stranger, 9).outcome, ==, MATCH_NONE);
}

static void test_empty_gallery(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	MatchAnswer answer = ask(gallery, 1, 0);

	g_assert_cmpint(answer.outcome, ==, MATCH_NONE);
	g_assert_cmpint(answer.person, ==, 0);
	g_assert_cmpint(answer.reference, ==, 0);
}

/* A weak reference that stands first is over the line; the strong one that comes later wins. */
static void test_best_not_first(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new(), turned = match_gallery_new();
	g_autoptr(MatchTemplate) probe = make(5, 3);
	MatchAnswer answer, other;

	for (guint i = 4; i < 8; i++)
		match_gallery_put(gallery, 5, i, make(5, i));
	match_gallery_put(gallery, 5, 99, make(5, 3));
	for (guint i = 8; i-- > 4;)
		match_gallery_put(turned, 5, i, make(5, i));
	answer = match_gallery_identify(gallery, probe, NULL, NULL);
	g_assert_cmpint(answer.outcome, ==, MATCH_FOUND);
	g_assert_cmpint(answer.reference, ==, 99);
	match_gallery_remove_reference(gallery, 99);
	answer = match_gallery_identify(gallery, probe, NULL, NULL);
	other = match_gallery_identify(turned, probe, NULL, NULL);
	g_assert_cmpint(answer.reference, ==, other.reference);
	g_assert_cmpint(answer.score, ==, other.score);
}

/* One finger under two names: nobody is named. Under one name twice: that is no rival. */
static void test_margin(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(10, 2);
	MatchAnswer alone = ask(gallery, 3, 9), disputed;

	g_assert_cmpint(alone.outcome, ==, MATCH_FOUND);
	match_gallery_put(gallery, 77, 770, make(3, 0));
	match_gallery_put(gallery, 77, 771, make(3, 1));
	disputed = ask(gallery, 3, 9);
	g_assert_cmpint(disputed.outcome, ==, MATCH_TOO_CLOSE);
	g_assert_cmpint(disputed.margin, ==, 0);
	g_assert_cmpint(disputed.score, ==, alone.score);
	match_gallery_remove_person(gallery, 77);
	g_assert_cmpint(ask(gallery, 3, 9).outcome, ==, MATCH_FOUND);
}

static gboolean not_three(gint64 person, gpointer user)
{
	guint *calls = user;

	(*calls)++;
	return person != 3;
}

static void test_eligibility(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(10, 2);
	g_autoptr(MatchTemplate) probe = make(3, 9);
	guint calls = 0;
	MatchAnswer answer = match_gallery_identify(gallery, probe, not_three, &calls);

	g_assert_cmpint(answer.outcome, ==, MATCH_NONE);
	g_assert_cmpint(answer.person, !=, 3);
	g_assert_cmpuint(calls, >=, 10);
}

static void test_changes(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(5, 2);

	g_assert_cmpuint(match_gallery_n_references(gallery), ==, 10);
	g_assert_cmpuint(match_gallery_n_people(gallery), ==, 5);
	match_gallery_put(gallery, 9, 30, make(9, 0)); /* was person 3's */
	g_assert_cmpuint(match_gallery_n_references(gallery), ==, 10);
	g_assert_cmpuint(match_gallery_n_people(gallery), ==, 6);
	match_gallery_remove_reference(gallery, 31);
	g_assert_cmpuint(match_gallery_n_people(gallery), ==, 5);
	match_gallery_remove_reference(gallery, 31);
	match_gallery_remove_person(gallery, 3);
	match_gallery_remove_person(gallery, 12345);
	g_assert_cmpuint(match_gallery_n_references(gallery), ==, 9);
	match_gallery_remove_person(gallery, 1);
	match_gallery_remove_person(gallery, 2);
	match_gallery_remove_person(gallery, 4);
	match_gallery_remove_person(gallery, 5);
	g_assert_cmpuint(match_gallery_n_references(gallery), ==, 1);
	g_assert_cmpint(ask(gallery, 9, 4).person, ==, 9);
	match_gallery_remove_person(gallery, 9);
	g_assert_cmpuint(match_gallery_n_people(gallery), ==, 0);
}

/* The order in which references came changes nothing. */
static void test_order(void)
{
	g_autoptr(MatchGallery) forward = make_gallery(20, 2), backward = match_gallery_new();

	for (guint person = 20; person >= 1; person--)
		for (guint i = 2; i-- > 0;)
			match_gallery_put(backward, person, 10 * person + i, make(person, i));
	for (guint finger = 15; finger < 30; finger++) {
		MatchAnswer a = ask(forward, finger, 9), b = ask(backward, finger, 9);

		g_assert_cmpint(a.outcome, ==, b.outcome);
		g_assert_cmpint(a.person, ==, b.person);
		g_assert_cmpint(a.reference, ==, b.reference);
		g_assert_cmpint(a.score, ==, b.score);
		g_assert_cmpint(a.margin, ==, b.margin);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/gallery/the_right_person_is_found", test_right_person);
	g_test_add_func("/match/gallery/found_through_the_shortlist", test_shortlist);
	g_test_add_func("/match/gallery/strangers_are_nobody", test_strangers);
	g_test_add_func("/match/gallery/an_empty_gallery_knows_nobody", test_empty_gallery);
	g_test_add_func("/match/gallery/the_best_not_the_first", test_best_not_first);
	g_test_add_func("/match/gallery/two_people_alike_are_too_close", test_margin);
	g_test_add_func("/match/gallery/only_the_eligible_are_answered", test_eligibility);
	g_test_add_func("/match/gallery/put_replace_remove", test_changes);
	g_test_add_func("/match/gallery/order_changes_nothing", test_order);
	return g_test_run();
}
