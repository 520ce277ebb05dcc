/* libfprint's serialised print, made here as GVariants: the good form, and everything broken. */
#include <string.h>

#include "firmware/match/fp3.h"

#define WIDTH 300
#define HEIGHT 400

static GVariant *scan(const char *xs, const char *ys, const char *thetas)
{
	g_autofree char *text = g_strdup_printf("(%s, %s, %s)", xs, ys, thetas);

	return g_variant_new_parsed(text);
}

/* An "FP3" print of the given type and scans. */
static GBytes *print_of(int type, GVariant *data)
{
	g_autoptr(GVariant) print = g_variant_ref_sink(
		g_variant_new("(issbymsmsi@a{sv}v)", type, "virtual_image", "0", FALSE, (guchar)0, NULL,
					  NULL, 0, g_variant_new_parsed("@a{sv} {}"), data));
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)"FP3", 3);
	g_byte_array_append(bytes, g_variant_get_data(print), (guint)g_variant_get_size(print));
	return g_byte_array_free_to_bytes(bytes);
}

static GBytes *print_of_scan(GVariant *one)
{
	return print_of(2, g_variant_new("(@a(aiaiai))", g_variant_new_array(NULL, &one, 1)));
}

static MatchTemplate *parse(GBytes *print, GError **error)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(print, &size);

	return match_template_from_fp3(data, size, WIDTH, HEIGHT, error);
}

static void assert_refused(GBytes *print)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(MatchTemplate) template = parse(print, &error);

	g_assert_null(template);
	g_assert_error(error, MATCH_ERROR, MATCH_ERROR_MALFORMED);
}

/* x from the left stays, y turns over, the direction turns by half. */
static void test_axes(void)
{
	g_autoptr(GBytes) print = print_of_scan(scan("[10, 299]", "[400, 1]", "[0, -90]"));
	g_autoptr(GError) error = NULL;
	g_autoptr(MatchTemplate) template = parse(print, &error);
	g_autoptr(GBytes) encoded = NULL;
	static const guint8 expected[] = {
		0,        10,        0,        0,
		0x80,     0,         0, /* bottom up 400 is the top row; 0° is 180° */
		299 >> 8, 299 & 255, 399 >> 8, 399 & 255,
		0x40,     0,         0, /* -90° is 270°, which is 90° */
	};

	g_assert_no_error(error);
	g_assert_cmpuint(match_template_count(template), ==, 2);
	encoded = match_template_encode(template);
	g_assert_cmpmem((const guint8 *)g_bytes_get_data(encoded, NULL) + 12,
					g_bytes_get_size(encoded) - 12, expected, sizeof expected);
}

static void test_empty(void)
{
	g_autoptr(GBytes) print = print_of_scan(scan("@ai []", "@ai []", "@ai []"));
	g_autoptr(MatchTemplate) template = parse(print, NULL);

	g_assert_nonnull(template);
	g_assert_cmpuint(match_template_count(template), ==, 0);
}

static void test_out_of_range(void)
{
	static const char *const bad[][3] = {
		{"[300]", "[1]", "[0]"},  /* on the right edge */
		{"[-1]", "[1]", "[0]"},   /* left of it */
		{"[0]", "[401]", "[0]"},  /* above */
		{"[0]", "[-1]", "[0]"},   /* below */
		{"[0]", "[1]", "[360]"},  /* a full turn */
		{"[0]", "[1]", "[-360]"}, /* and one back */
		{"[0, 1]", "[1]", "[0]"}, /* lists of different length */
		{"[0]", "[1]", "@ai []"}, /* a list missing */
		{"[2147483647]", "[2147483647]", "[2147483647]"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GBytes) print = print_of_scan(scan(bad[i][0], bad[i][1], bad[i][2]));

		assert_refused(print);
	}
}

static void test_other_kinds(void)
{
	g_autoptr(GBytes) raw = print_of(1, g_variant_new_string("template of a match-on-chip sensor"));
	g_autoptr(GBytes) wrong = print_of(2, g_variant_new_string("no minutiae"));
	g_autoptr(GBytes) none = print_of(2, g_variant_new_parsed("(@a(aiaiai) [],)"));
	g_autoptr(GBytes) two = print_of(2, g_variant_new_parsed("([([1],[1],[1]), ([1],[1],[1])],)"));

	assert_refused(raw);
	assert_refused(wrong);
	assert_refused(none);
	assert_refused(two);
}

/* Any cut and any flipped byte: refused, or a template; never a crash. */
static void test_hostile(void)
{
	g_autoptr(GBytes) print = print_of_scan(scan("[10, 20, 30]", "[1, 2, 3]", "[0, 1, 2]"));
	gsize size;
	const guint8 *data = g_bytes_get_data(print, &size);

	for (gsize cut = 0; cut < size; cut++) {
		g_autofree guint8 *copy = g_memdup2(data, cut);
		g_autoptr(MatchTemplate) template = match_template_from_fp3(copy, cut, WIDTH, HEIGHT, NULL);

		g_assert_null(template);
	}
	for (gsize i = 0; i < size; i++)
		for (guint bit = 0; bit < 8; bit++) {
			g_autofree guint8 *copy = g_memdup2(data, size);
			g_autoptr(MatchTemplate) template = NULL;

			copy[i] ^= (guint8)(1u << bit);
			template = match_template_from_fp3(copy, size, WIDTH, HEIGHT, NULL);
			if (template != NULL)
				g_assert_cmpuint(match_template_count(template), <=, 3);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/fp3/axes_and_directions_become_ours", test_axes);
	g_test_add_func("/match/fp3/no_minutiae_is_a_template", test_empty);
	g_test_add_func("/match/fp3/out_of_range_is_refused", test_out_of_range);
	g_test_add_func("/match/fp3/other_kinds_of_print_are_refused", test_other_kinds);
	g_test_add_func("/match/fp3/hostile_bytes_are_refused", test_hostile);
	return g_test_run();
}
