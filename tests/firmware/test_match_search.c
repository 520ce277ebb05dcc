/* What a search rests on: vector units that agree with plain C, references that come back as they
 * went in, a table of places, and answers that hang on nothing but who is in the gallery. */
#include <string.h>

#include "firmware/match/chunk.h"
#include "firmware/match/gallery.h"
#include "firmware/match/index_table.h"
#include "firmware/match/kernels.h"
#include "tools/fingerprints/finger.h"
#include "tools/fingerprints/random.h"

#define SEED 31

static MatchTemplate *make(guint number, guint impression)
{
	g_autoptr(Finger) finger = finger_new(SEED, number);

	return finger_template(finger, impression);
}

static MatchTemplate *copy(const MatchTemplate *template)
{
	g_autoptr(GBytes) bytes = match_template_encode(template);

	return match_template_decode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
}

/* Codes at every distance, in numbers that are no multiple of a vector. */
static void test_scan(void)
{
	Random random = {SEED};
	guint64 codes[203];
	guint16 expected[211], hits[211];

	for (guint round = 0; round < 300; round++) {
		guint64 probe = random_next(&random);
		guint n = (guint)(random_next(&random) % 204), limit = (guint)(random_next(&random) % 66);
		guint n_expected;

		for (guint i = 0; i < n; i++) {
			guint64 once = random_next(&random), twice = random_next(&random);

			codes[i] = probe ^ (i % 3 == 0 ? once & twice : once);
		}
		n_expected = match_kernels_nth(0)->scan(codes, n, probe, limit, expected);
		for (guint i = 0, k = 0; i < n; i++) {
			gboolean near = (guint)__builtin_popcountll(codes[i] ^ probe) <= limit;

			g_assert_true(!near || (k < n_expected && expected[k] == i));
			k += near ? 1 : 0;
		}
		for (guint nth = 1; match_kernels_nth(nth) != NULL; nth++) {
			g_assert_cmpuint(match_kernels_nth(nth)->scan(codes, n, probe, limit, hits), ==,
							 n_expected);
			g_assert_cmpmem(hits, n_expected * sizeof *hits, expected,
							n_expected * sizeof *expected);
		}
	}
}

static void test_project(void)
{
	static gint16 rows[128][MATCH_PROJECTED];
	Random random = {SEED};
	gint32 offsets[128];
	gint16 moments[MATCH_PROJECTED];

	for (guint i = 0; i < 128; i++) {
		offsets[i] = (gint32)(random_next(&random) % 100000) - 50000;
		for (guint k = 0; k < MATCH_PROJECTED; k++)
			rows[i][k] = (gint16)((gint)(random_next(&random) % 255) - 127);
	}
	for (guint round = 0; round < 50; round++) {
		guint64 expected[2], words[2];

		/* In the last rounds as large as they come. */
		for (guint k = 0; k < MATCH_PROJECTED; k++)
			moments[k] = round < 40 ? (gint16)((gint)(random_next(&random) % 2001) - 1000)
									: (random_next(&random) % 2 ? G_MAXINT16 : -G_MAXINT16);
		match_kernels_nth(0)->project(rows, offsets, 2, moments, expected);
		for (guint nth = 1; match_kernels_nth(nth) != NULL; nth++) {
			match_kernels_nth(nth)->project(rows, offsets, 2, moments, words);
			g_assert_cmpmem(words, sizeof words, expected, sizeof expected);
		}
	}
}

static void test_add(void)
{
	Random random = {SEED};
	float values[57], sums[57], expected[57];

	for (guint n = 0; n <= G_N_ELEMENTS(values); n++)
		for (guint nth = 1; match_kernels_nth(nth) != NULL; nth++) {
			float factor = random_normal(&random);

			for (guint k = 0; k < G_N_ELEMENTS(values); k++) {
				values[k] = random_normal(&random);
				sums[k] = expected[k] = random_normal(&random);
			}
			match_kernels_nth(0)->add(expected, values, factor, n);
			match_kernels_nth(nth)->add(sums, values, factor, n);
			g_assert_cmpmem(sums, sizeof sums, expected, sizeof expected);
		}
}

static void test_filter(void)
{
	const guint pitch = 2 * MATCH_FILTER_STRIDE;
	Random random = {SEED};
	MatchFilter filter;
	float image[2 * MATCH_FILTER_STRIDE * (MATCH_FILTER_ROWS + 1)], expected[4], out[4];

	for (guint round = 0; round < 20; round++) {
		guint at = round % 8, n = round % 3 == 0 ? 1 : 4;

		for (guint i = 0; i < G_N_ELEMENTS(image); i++)
			image[i] = random_normal(&random);
		for (guint y = 0; y < MATCH_FILTER_ROWS; y++)
			for (guint x = 0; x < MATCH_FILTER_STRIDE; x++)
				filter[y][x] = random_normal(&random);
		for (guint nth = 0; match_kernels_nth(nth) != NULL; nth++) {
			match_kernels_nth(nth)->filter((const MatchFilter *)&filter, image + at, pitch, n,
										   nth == 0 ? expected : out);
			if (nth > 0)
				g_assert_cmpmem(out, n * sizeof *out, expected, n * sizeof *expected);
		}
	}
}

/* A template without a field, larger than what is packed, with as many minutiae as there may be. */
static MatchTemplate *make_odd(guint kind)
{
	MatchMinutia minutiae[MATCH_MINUTIAE_MAX];
	Random random = random_stream(SEED, kind, 0);
	guint side = kind == 1 ? 5000 : 900, n = kind == 2 ? 0 : kind == 3 ? 1 : MATCH_MINUTIAE_MAX;

	for (guint i = 0; i < n; i++)
		minutiae[i] = (MatchMinutia){
			(guint16)(random_next(&random) % side), (guint16)(random_next(&random) % side),
			(guint16)random_next(&random), (guint8)(random_next(&random) % 101)};
	return match_template_new(minutiae, n, (guint16)side, (guint16)side);
}

/* Packed and unpacked, each scores against another exactly as before. */
static void test_chunk(void)
{
	MatchChunk *chunk = match_chunk_new();
	MatchTemplate *templates[MATCH_CHUNK_SLOTS];
	g_autoptr(MatchTemplate) probe = make(1, 7);

	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++) {
		templates[slot] = slot < 4 ? make_odd(slot) : make(slot % 8, slot);
		match_chunk_put(chunk, slot, 1, slot, copy(templates[slot]));
	}
	/* One is taken out, and put back. */
	match_chunk_remove(chunk, 1);
	match_chunk_remove(chunk, 17);
	g_assert_cmpuint(match_chunk_n(chunk), ==, MATCH_CHUNK_SLOTS - 2);
	match_chunk_put(chunk, 17, 1, 17, copy(templates[17]));
	match_chunk_put(chunk, 1, 1, 1, copy(templates[1]));
	for (guint slot = 0; slot < MATCH_CHUNK_SLOTS; slot++) {
		MatchTemplate *back = match_chunk_template(chunk, slot);

		g_assert_cmpuint(match_template_count(back), ==, match_template_count(templates[slot]));
		g_assert_cmpint(match_score(probe, back), ==, match_score(probe, templates[slot]));
		g_assert_cmpint(match_score(back, probe), ==, match_score(templates[slot], probe));
		match_chunk_return(chunk, slot, back);
		match_template_free(templates[slot]);
	}
	match_chunk_free(chunk);
}

static gint64 number_at(guint32 place, gconstpointer user)
{
	return ((const gint64 *)user)[place];
}

/* Against GLib's table, with numbers that follow each other and such that do not. */
static void test_index_table(void)
{
	g_autoptr(GHashTable) model = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autofree gint64 *numbers = g_new(gint64, 3000);
	IndexTable table = {.key_at = number_at, .user = numbers};
	Random random = {SEED};

	for (guint i = 0; i < 3000; i++)
		numbers[i] = i % 2 ? (gint64)i : (gint64)(random_next(&random) >> 1);
	for (guint round = 0; round < 20000; round++) {
		guint32 i = (guint32)(random_next(&random) % 3000), place = 0;
		gboolean there = g_hash_table_contains(model, GUINT_TO_POINTER(i));

		g_assert_cmpint(index_table_find(&table, numbers[i], &place), ==, there);
		if (there) {
			g_assert_cmpuint(place, ==, i);
			index_table_remove(&table, numbers[i]);
			g_hash_table_remove(model, GUINT_TO_POINTER(i));
		} else {
			index_table_add(&table, numbers[i], i);
			g_hash_table_add(model, GUINT_TO_POINTER(i));
		}
		g_assert_cmpuint(table.n, ==, g_hash_table_size(model));
	}
	index_table_clear(&table);
}

#define PEOPLE 300
#define IMPRESSIONS 3

/* In an order of its own, after some coming and going. */
static MatchGallery *fill(guint order)
{
	MatchGallery *gallery = match_gallery_new();
	guint n = PEOPLE * IMPRESSIONS;

	for (guint i = 0; i < n; i++) {
		guint k = order == 0 ? i : order == 1 ? n - 1 - i : (i * 617) % n;

		match_gallery_put(gallery, k / IMPRESSIONS + 1, k + 1,
						  make(k / IMPRESSIONS, k % IMPRESSIONS));
		if (order == 2 && i % 5 == 0) {
			match_gallery_put(gallery, 100000 + i, 100000 + i, make(k + 5000, 0));
			if (i % 10 == 0)
				match_gallery_remove_person(gallery, 100000 + i - i % 100);
		}
	}
	for (guint i = 0; order == 2 && i < n; i++)
		match_gallery_remove_reference(gallery, 100000 + i);
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

static void test_order(void)
{
	g_autoptr(MatchGallery) gallery = fill(0), backwards = fill(1), shuffled = fill(2);
	guint found = 0;

	g_assert_cmpuint(match_gallery_n_references(shuffled), ==, PEOPLE * IMPRESSIONS);
	g_assert_cmpuint(match_gallery_n_people(shuffled), ==, PEOPLE);
	for (guint i = 0; i < 24; i++) {
		g_autoptr(MatchTemplate) probe = make(i % 3 == 0 ? 9000 + i : i * 7, 30 + i);
		MatchAnswer a = match_gallery_identify(gallery, probe, NULL, NULL);
		MatchAnswer b = match_gallery_identify(backwards, probe, NULL, NULL);
		MatchAnswer c = match_gallery_identify(shuffled, probe, NULL, NULL);

		assert_same(&a, &b);
		assert_same(&a, &c);
		found += a.outcome == MATCH_FOUND && i % 3 != 0 && a.person == (gint64)i * 7 + 1;
		for (guint nth = 0; match_kernels_nth(nth) != NULL; nth++) {
			MatchAnswer d;

			match_gallery_use(backwards, match_kernels_nth(nth));
			d = match_gallery_identify(backwards, probe, NULL, NULL);
			assert_same(&a, &d);
		}
	}
	g_assert_cmpuint(found, >=, 14);
}

/* 13 bytes a minutia, and what else there is of a reference: with the 40 minutiae of a real print
 * 100,000 fit into 64 MiB (671 bytes each; in a large gallery the tables take less). */
static void test_size(void)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	gsize n_minutiae = 0;

	for (guint i = 0; i < 640; i++) {
		MatchTemplate *template = make(i, 0);

		n_minutiae += match_template_count(template);
		match_gallery_put(gallery, i + 1, i + 1, template);
	}
	g_assert_cmpuint(match_gallery_size(gallery), <=, 13 * n_minutiae + 170 * 640);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/search/vector_units_find_the_same_codes", test_scan);
	g_test_add_func("/match/search/vector_units_make_the_same_codes", test_project);
	g_test_add_func("/match/search/vector_units_add_the_same", test_add);
	g_test_add_func("/match/search/vector_units_filter_the_same", test_filter);
	g_test_add_func("/match/search/a_packed_reference_scores_as_before", test_chunk);
	g_test_add_func("/match/search/places_are_found_after_any_change", test_index_table);
	g_test_add_func("/match/search/order_and_vector_unit_change_nothing", test_order);
	g_test_add_func("/match/search/size_of_a_gallery", test_size);
	return g_test_run();
}
