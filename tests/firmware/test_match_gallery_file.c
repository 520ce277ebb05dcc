/* A gallery that was written and read again answers as before, in as many threads as one likes; what is
 * cut or changed anywhere is an error by name. */
#include <string.h>

#include "firmware/match/gallery.h"
#include "tools/fingerprints/finger.h"

#define SEED 41
#define HEADER_SIZE 32
#define DIGEST_SIZE 32

static MatchTemplate *make(guint number, guint impression)
{
	g_autoptr(Finger) finger = finger_new(SEED, number);

	return finger_template(finger, impression);
}

/* Larger than what is packed. */
static MatchTemplate *make_large(void)
{
	const MatchMinutia minutiae[] = {{2000, 10, 5, 50}, {30, 1500, 40000, 0}};

	return match_template_new(minutiae, G_N_ELEMENTS(minutiae), 3000, 3000);
}

static MatchGallery *make_gallery(guint n)
{
	MatchGallery *gallery = match_gallery_new();

	for (guint person = 1; person <= n; person++)
		for (guint i = 0; i < 2; i++)
			match_gallery_put(gallery, person, 10 * person + i, make(person, i));
	match_gallery_put(gallery, 90000, 900000, make_large());
	/* Free slots, and one that was taken again. */
	match_gallery_remove_reference(gallery, 30);
	match_gallery_remove_reference(gallery, 40);
	match_gallery_put(gallery, 4, 40, make(4, 0));
	return gallery;
}

static void assert_same(const MatchAnswer *a, const MatchAnswer *b)
{
	g_assert_cmpint(a->outcome, ==, b->outcome);
	g_assert_cmpint(a->person, ==, b->person);
	g_assert_cmpint(a->reference, ==, b->reference);
	g_assert_cmpint(a->score, ==, b->score);
	g_assert_cmpint(a->margin, ==, b->margin);
}

static void assert_alike(const MatchGallery *a, const MatchGallery *b)
{
	g_assert_cmpuint(match_gallery_n_references(a), ==, match_gallery_n_references(b));
	g_assert_cmpuint(match_gallery_n_people(a), ==, match_gallery_n_people(b));
	for (guint i = 0; i < 12; i++) {
		g_autoptr(MatchTemplate) probe = make(i % 3 == 0 ? 7000 + i : 1 + i, 9);
		MatchAnswer of_a = match_gallery_identify(a, probe, NULL, NULL);
		MatchAnswer of_b = match_gallery_identify(b, probe, NULL, NULL);

		assert_same(&of_a, &of_b);
	}
}

static void test_round(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(150);
	g_autoptr(GBytes) bytes = match_gallery_write(gallery), again = NULL, changed = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(MatchGallery) read = match_gallery_read(bytes, &error), third = NULL;

	g_assert_no_error(error);
	assert_alike(gallery, read);
	again = match_gallery_write(read);
	g_assert_true(g_bytes_equal(bytes, again));
	/* Changed, it leaves its file alone and is what another is that was changed so. */
	for (guint person = 1; person <= 150; person += 7) {
		match_gallery_remove_person(read, person);
		match_gallery_put(read, person, 10 * person + 5, make(person, 5));
		match_gallery_remove_person(gallery, person);
		match_gallery_put(gallery, person, 10 * person + 5, make(person, 5));
	}
	g_assert_true(g_bytes_equal(bytes, again));
	assert_alike(gallery, read);
	changed = match_gallery_write(read);
	third = match_gallery_read(changed, &error);
	g_assert_no_error(error);
	assert_alike(read, third);
}

static void test_empty(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	g_autoptr(GBytes) bytes = match_gallery_write(gallery);
	g_autoptr(GError) error = NULL;
	g_autoptr(MatchGallery) read = match_gallery_read(bytes, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(match_gallery_n_references(read), ==, 0);
}

/* Bytes that do not lie where 64-bit numbers may be read. */
static void test_unaligned(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(5);
	g_autoptr(GBytes) bytes = match_gallery_write(gallery);
	gsize size = g_bytes_get_size(bytes);
	g_autofree guint8 *moved = g_malloc(size + 1);
	g_autoptr(GBytes) at_odd = g_bytes_new_static(moved + 1, size);
	g_autoptr(MatchGallery) read = NULL;

	memcpy(moved + 1, g_bytes_get_data(bytes, NULL), size);
	read = match_gallery_read(at_odd, NULL);
	g_assert_nonnull(read);
	assert_alike(gallery, read);
}

static void assert_refused(const guint8 *data, gsize size, gint code)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;

	g_assert_null(match_gallery_read(bytes, &error));
	g_assert_error(error, MATCH_ERROR, code);
}

static void test_cut(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(3);
	g_autoptr(GBytes) bytes = match_gallery_write(gallery);
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	g_autofree guint8 *longer = g_malloc0(size + 8);

	for (gsize cut = 0; cut < size; cut++)
		assert_refused(data, cut, MATCH_ERROR_CUT);
	memcpy(longer, data, size);
	assert_refused(longer, size + 8, MATCH_ERROR_MALFORMED);
}

/* The checksum as it would be: what is behind it is checked too. */
static void seal(guint8 *data, gsize size)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize digest_size = DIGEST_SIZE;

	g_checksum_update(checksum, data, (gssize)(size - DIGEST_SIZE));
	g_checksum_get_digest(checksum, data + size - DIGEST_SIZE, &digest_size);
}

static void test_changed(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(3);
	g_autoptr(GBytes) bytes = match_gallery_write(gallery);
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	g_autofree guint8 *copy = g_memdup2(data, size);
	g_autoptr(MatchTemplate) probe = make(1, 9);

	for (gsize at = HEADER_SIZE; at < size; at++) {
		g_autoptr(GBytes) sealed = NULL;
		g_autoptr(MatchGallery) read = NULL;
		guint8 before = copy[at];

		copy[at] = (guint8)(before + 1 + at % 254);
		assert_refused(copy, size, MATCH_ERROR_CHECKSUM);
		/* Sealed by a forger: refused, or a gallery that can be searched. */
		seal(copy, size);
		sealed = g_bytes_new(copy, size);
		read = match_gallery_read(sealed, NULL);
		if (read != NULL && at % 7 == 0)
			match_gallery_identify(read, probe, NULL, NULL);
		copy[at] = before;
		memcpy(copy + size - DIGEST_SIZE, data + size - DIGEST_SIZE, DIGEST_SIZE);
	}
	copy[8]++;
	seal(copy, size);
	assert_refused(copy, size, MATCH_ERROR_VERSION);
	copy[8]--;
	copy[24]++; /* the codes' dialect */
	seal(copy, size);
	assert_refused(copy, size, MATCH_ERROR_VERSION);
	assert_refused((const guint8 *)"a text that is long enough to be a header", 41,
				   MATCH_ERROR_MALFORMED);
}

/* ── threads ── */

static gboolean is_odd(gint64 person, gpointer user)
{
	(void)user;
	return person % 2 != 0;
}

static void test_threads(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(400);
	guint found = 0;

	for (guint i = 0; i < 12; i++) {
		g_autoptr(MatchTemplate) probe = make(i % 3 == 0 ? 7000 + i : 1 + 30 * i, 9);
		MatchSearch how = {.eligible = i % 4 == 0 ? is_odd : NULL};
		MatchAnswer one, many;

		g_assert_true(match_gallery_search(gallery, probe, &how, &one));
		found += one.outcome == MATCH_FOUND ? 1 : 0;
		for (how.n_threads = 1; how.n_threads <= MATCH_THREADS_MAX + 1; how.n_threads++) {
			g_assert_true(match_gallery_search(gallery, probe, &how, &many));
			assert_same(&one, &many);
		}
	}
	g_assert_cmpuint(found, >=, 5);
}

typedef struct {
	const MatchGallery *gallery;
	MatchAnswer answers[8];
} Searcher;

static gpointer search_all(gpointer user)
{
	Searcher *self = user;

	for (guint i = 0; i < G_N_ELEMENTS(self->answers); i++) {
		g_autoptr(MatchTemplate) probe = make(1 + 5 * i, 9);

		self->answers[i] = match_gallery_identify(self->gallery, probe, NULL, NULL);
	}
	return NULL;
}

static void test_many_searches(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(120);
	Searcher searchers[4];
	GThread *threads[G_N_ELEMENTS(searchers)];

	for (guint i = 0; i < G_N_ELEMENTS(searchers); i++) {
		searchers[i].gallery = gallery;
		threads[i] = g_thread_new("search", search_all, &searchers[i]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(searchers); i++)
		g_thread_join(threads[i]);
	for (guint i = 1; i < G_N_ELEMENTS(searchers); i++)
		for (guint k = 0; k < G_N_ELEMENTS(searchers->answers); k++)
			assert_same(&searchers[0].answers[k], &searchers[i].answers[k]);
}

/* Stopped by the caller while it runs: at the latest asked person. */
static gboolean stop_at_tenth(gint64 person, gpointer user)
{
	static gint calls; /* of this program's only use */
	gint *stop = user;

	(void)person;
	if (g_atomic_int_add(&calls, 1) == 10)
		g_atomic_int_set(stop, 1);
	return TRUE;
}

static void test_stop(void)
{
	g_autoptr(MatchGallery) gallery = make_gallery(150);
	g_autoptr(MatchTemplate) probe = make(7, 9);
	gint stop = 1;
	MatchSearch how = {.stop = &stop};
	MatchAnswer answer;

	g_assert_false(match_gallery_search(gallery, probe, &how, &answer));
	g_assert_cmpint(answer.outcome, ==, MATCH_NONE);
	g_assert_cmpint(answer.person, ==, 0);
	stop = 0;
	g_assert_true(match_gallery_search(gallery, probe, &how, &answer));
	g_assert_cmpint(answer.person, ==, 7);
	how.eligible = stop_at_tenth;
	how.user = &stop;
	how.n_threads = 2;
	g_assert_false(match_gallery_search(gallery, probe, &how, &answer));
	g_assert_cmpint(answer.person, ==, 0);
}

/* ── duplicates ── */

static void test_duplicate(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	MatchTemplate *templates[6];
	MatchImpression impressions[6];
	const MatchSearch how = {.n_threads = 2};
	MatchDuplicate duplicate;

	for (guint person = 1; person <= 60; person++)
		for (guint i = 0; i < 6; i++)
			match_gallery_put(gallery, person, 10 * person + i,
							  make(2 * person + (i >= 3 ? 1 : 0), i % 3));
	for (guint i = 0; i < 6; i++) {
		templates[i] = make(2 * 33 + (i >= 3 ? 1 : 0), 20 + i);
		impressions[i] = (MatchImpression){templates[i], i >= 3 ? 7 : 2};
	}
	g_assert_true(match_gallery_find_duplicate(gallery, 999, impressions, 6, &how, &duplicate));
	g_assert_cmpint(duplicate.person, ==, 33);
	g_assert_cmpint(duplicate.second_score, >, 0);
	/* Their own are no duplicates; one finger alone is found too. */
	g_assert_true(match_gallery_find_duplicate(gallery, 33, impressions, 6, &how, &duplicate));
	g_assert_cmpint(duplicate.person, ==, 0);
	g_assert_true(match_gallery_find_duplicate(gallery, 999, impressions, 3, &how, &duplicate));
	g_assert_cmpint(duplicate.person, ==, 33);
	g_assert_cmpint(duplicate.second_score, ==, G_MININT32);
	g_assert_cmpint(match_gallery_score_person(gallery, templates[0], 12345), ==, G_MININT32);
	for (guint i = 0; i < 6; i++)
		match_template_free(templates[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/gallery_file/written_and_read_it_answers_the_same", test_round);
	g_test_add_func("/match/gallery_file/an_empty_one_too", test_empty);
	g_test_add_func("/match/gallery_file/bytes_may_lie_anywhere", test_unaligned);
	g_test_add_func("/match/gallery_file/cut_anywhere_is_an_error_by_name", test_cut);
	g_test_add_func("/match/gallery_file/changed_anywhere_is_an_error_by_name", test_changed);
	g_test_add_func("/match/gallery_file/threads_change_no_answer", test_threads);
	g_test_add_func("/match/gallery_file/several_search_one_gallery", test_many_searches);
	g_test_add_func("/match/gallery_file/a_search_can_be_stopped", test_stop);
	g_test_add_func("/match/gallery_file/a_person_under_two_names_is_found", test_duplicate);
	return g_test_run();
}
