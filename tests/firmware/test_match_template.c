/* Our own form and the ISO record: round trips, limits, and bytes that nobody should believe. */
#include <string.h>

#include "firmware/match/match.h"
#include "tools/fingerprints/finger.h"

typedef MatchTemplate *(*Reader)(const guint8 *data, gsize size, GError **error);

static MatchTemplate *make_template(guint number)
{
	g_autoptr(Finger) finger = finger_new(7, number);

	return finger_template(finger, 1);
}

static void assert_same_bytes(GBytes *a, GBytes *b)
{
	g_assert_true(g_bytes_equal(a, b));
}

static void test_round_trip(void)
{
	for (guint number = 0; number < 20; number++) {
		g_autoptr(MatchTemplate) template = make_template(number), again = NULL;
		g_autoptr(GBytes) bytes = match_template_encode(template), bytes_again = NULL;
		g_autoptr(GError) error = NULL;

		again =
			match_template_decode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
		g_assert_no_error(error);
		bytes_again = match_template_encode(again);
		assert_same_bytes(bytes, bytes_again);
		g_assert_cmpuint(g_bytes_get_size(bytes), <=, MATCH_TEMPLATE_SIZE_MAX);
		g_assert_cmpint(match_score(template, again), ==, match_score(template, template));
	}
}

/* The record keeps positions, and directions to 1.4°. */
static void test_iso_round_trip(void)
{
	for (guint number = 0; number < 20; number++) {
		g_autoptr(MatchTemplate) template = make_template(number), again = NULL, third = NULL;
		g_autoptr(GBytes) bytes = match_template_to_iso(template, 2), bytes_again = NULL;
		g_autoptr(GError) error = NULL;

		again =
			match_template_from_iso(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
		g_assert_no_error(error);
		g_assert_cmpuint(match_template_count(again), ==, match_template_count(template));
		bytes_again = match_template_to_iso(again, 2);
		assert_same_bytes(bytes, bytes_again);
		g_assert_true(match_verified(match_score(template, again)));
	}
}

static void test_iso_bytes(void)
{
	static const MatchMinutia minutiae[] = {{12, 300, 0x4000, 77}, {299, 0, 0xfff0, 0}};
	static const guint8 expected[] = {
		'F', 'M', 'R', 0,   ' ', '2', '0', 0,   0, 0, 0, 42, 0, 0, /* header, length, equipment */
		1,   44,  1,   144, 0,   197, 0,   197, 1, 0, /* 300 × 400, 500 dpi, one view */
		7,   0,                                       /* left index, first view */
		0,   2,                                       /* quality set below, minutiae */
		0,   12,  1,   44,  64,  77,                  /* 90° */
		1,   43,  0,   0,   0,   0,                   /* 359.9° is 0° */
		0,   0};
	g_autoptr(MatchTemplate) template = match_template_new(minutiae, 2, 300, 400);
	g_autoptr(GBytes) bytes = match_template_to_iso(template, 7);
	gsize size;
	g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes));

	g_assert_cmpuint(data[26], <=, 100);
	data[26] = 0;
	g_assert_cmpmem(data, size, expected, sizeof expected);
}

/* A record at 1000 dpi comes out at half its coordinates. */
static void test_iso_resolution(void)
{
	static const MatchMinutia minutia = {200, 100, 0, 50};
	g_autoptr(MatchTemplate) template = match_template_new(&minutia, 1, 300, 400), half = NULL;
	g_autoptr(GBytes) bytes = match_template_to_iso(template, 0), encoded = NULL;
	g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	const guint8 *out;

	data[18] = data[20] = 394 >> 8;
	data[19] = data[21] = 394 & 255;
	half = match_template_from_iso(data, g_bytes_get_size(bytes), NULL);
	g_assert_nonnull(half);
	encoded = match_template_encode(half);
	out = g_bytes_get_data(encoded, NULL);
	g_assert_cmpuint(out[12] << 8 | out[13], ==, 100);
	g_assert_cmpuint(out[14] << 8 | out[15], ==, 50);
}

static void test_empty(void)
{
	g_autoptr(MatchTemplate) none = match_template_new(NULL, 0, 300, 400), again = NULL;
	g_autoptr(MatchTemplate) other = make_template(1);
	g_autoptr(GBytes) bytes = match_template_encode(none);

	again = match_template_decode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
	g_assert_nonnull(again);
	g_assert_cmpuint(match_template_count(again), ==, 0);
	g_assert_false(match_verified(match_score(none, none)));
	g_assert_false(match_verified(match_score(none, other)));
	g_assert_cmpint(match_sample_for_touch(none), ==, MATCH_SAMPLE_FEW);
	g_assert_cmpuint(match_template_quality(none), ==, 0);
}

/* Enough of them over enough of the finger, but nearly all of it a blur. */
static void test_unclear(void)
{
	MatchMinutia minutiae[30];
	static const struct {
		guint8 quality;
		MatchSampleState touch, enrolment;
	} cases[] = {
		{80, MATCH_SAMPLE_GOOD, MATCH_SAMPLE_GOOD},
		{50, MATCH_SAMPLE_GOOD, MATCH_SAMPLE_UNCLEAR}, /* found, but no reference for years */
		{30, MATCH_SAMPLE_UNCLEAR, MATCH_SAMPLE_UNCLEAR},
		{0, MATCH_SAMPLE_GOOD, MATCH_SAMPLE_GOOD}, /* nothing is known of it: libfprint's */
	};

	for (gsize c = 0; c < G_N_ELEMENTS(cases); c++) {
		g_autoptr(MatchTemplate) template = NULL;

		for (guint i = 0; i < G_N_ELEMENTS(minutiae); i++)
			minutiae[i] = (MatchMinutia){(guint16)(50 + i % 6 * 30), (guint16)(50 + i / 6 * 40), 0,
										 cases[c].quality};
		template = match_template_new(minutiae, G_N_ELEMENTS(minutiae), 300, 400);
		g_assert_cmpint(match_sample_for_touch(template), ==, cases[c].touch);
		g_assert_cmpint(match_sample_for_enrolment(template), ==, cases[c].enrolment);
	}
}

/* Too many: the best stay. Outside of the image: left out. */
static void test_limits(void)
{
	MatchMinutia many[300];
	g_autoptr(MatchTemplate) template = NULL, outside = NULL;
	g_autoptr(GBytes) bytes = NULL;
	const guint8 *data;

	for (guint i = 0; i < G_N_ELEMENTS(many); i++)
		many[i] =
			(MatchMinutia){(guint16)(i % 20 * 15), (guint16)(i / 20 * 20), 0, i < 100 ? 10 : 90};
	template = match_template_new(many, G_N_ELEMENTS(many), 300, 400);
	g_assert_cmpuint(match_template_count(template), ==, MATCH_MINUTIAE_MAX);
	bytes = match_template_encode(template);
	data = g_bytes_get_data(bytes, NULL);
	for (guint i = 0; i < MATCH_MINUTIAE_MAX; i++)
		g_assert_cmpuint(data[12 + 7 * i + 6], ==, 90);
	outside = match_template_new(many, G_N_ELEMENTS(many), 30, 40);
	g_assert_cmpuint(match_template_count(outside), ==, 4);
}

/* Every cut and every flipped bit: refused, or a template within its bounds that compares. */
static void try_hostile(GBytes *bytes, Reader reader)
{
	g_autoptr(MatchTemplate) other = make_template(3);
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	for (gsize cut = 0; cut < size; cut++) {
		g_autofree guint8 *copy = g_memdup2(data, cut);
		g_autoptr(GError) error = NULL;
		g_autoptr(MatchTemplate) template = reader(copy, cut, &error);

		g_assert_null(template);
		g_assert_error(error, MATCH_ERROR, MATCH_ERROR_MALFORMED);
	}
	for (gsize i = 0; i < size; i++) {
		g_autofree guint8 *copy = g_memdup2(data, size);
		g_autoptr(MatchTemplate) template = NULL;

		copy[i] ^= (guint8)(1u << (i % 8));
		template = reader(copy, size, NULL);
		if (template != NULL)
			match_score(template, other);
	}
}

static void test_hostile(void)
{
	g_autoptr(MatchTemplate) template = make_template(2);
	g_autoptr(GBytes) bytes = match_template_encode(template);

	try_hostile(bytes, match_template_decode);
}

static void test_hostile_iso(void)
{
	g_autoptr(MatchTemplate) template = make_template(2);
	g_autoptr(GBytes) bytes = match_template_to_iso(template, 1);

	try_hostile(bytes, match_template_from_iso);
}

static void test_versions(void)
{
	g_autoptr(MatchTemplate) template = make_template(2), refused = NULL;
	g_autoptr(GBytes) bytes = match_template_encode(template);
	gsize size = g_bytes_get_size(bytes);
	g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, NULL), size);
	g_autoptr(GError) error = NULL;

	data[3] = 99;
	refused = match_template_decode(data, size, &error);
	g_assert_null(refused);
	g_assert_error(error, MATCH_ERROR, MATCH_ERROR_VERSION);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/template/own_form_comes_back_the_same", test_round_trip);
	g_test_add_func("/match/template/iso_record_comes_back", test_iso_round_trip);
	g_test_add_func("/match/template/iso_record_byte_by_byte", test_iso_bytes);
	g_test_add_func("/match/template/iso_resolution_is_converted", test_iso_resolution);
	g_test_add_func("/match/template/no_minutiae_matches_nothing", test_empty);
	g_test_add_func("/match/template/too_many_and_outside", test_limits);
	g_test_add_func("/match/template/a_blur_is_no_reference", test_unclear);
	g_test_add_func("/match/template/hostile_bytes", test_hostile);
	g_test_add_func("/match/template/hostile_iso_bytes", test_hostile_iso);
	g_test_add_func("/match/template/unknown_version_is_named", test_versions);
	return g_test_run();
}
