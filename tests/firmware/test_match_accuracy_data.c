/*
 * Accuracy on real prints of four kinds of sensor, in ../shared/finger.  A part of each set, to be
 * quick under the sanitizers; `hadir-match eval` measures the whole (figures in firmware/match).
 */
#include "firmware/match/extract.h"
#include "tools/match/png_file.h"

#define FINGERS 4
#define IMPRESSIONS 3

static MatchTemplate *read_print(const char *set, guint finger, guint impression)
{
	g_autofree char *name = g_strdup_printf("%u_%u.png", 101 + finger, 1 + impression);
	g_autofree char *path =
		g_build_filename(g_getenv("HADIR_SOURCE"), "..", "shared", "finger", set, name, NULL);
	g_auto(GreyImage) image = {0};
	g_autoptr(GError) error = NULL;
	MatchTemplate *template;

	png_file_read(path, &image, &error);
	g_assert_no_error(error);
	template = match_extract(image.pixels, image.width, image.height, &error);
	g_assert_no_error(error);
	return template;
}

/* Every impostor is refused, and of 12 genuine pairs at most `missed` fail. */
static void check(const char *set, guint missed)
{
	MatchTemplate *prints[FINGERS][IMPRESSIONS];
	guint verified = 0;

	for (guint f = 0; f < FINGERS; f++)
		for (guint i = 0; i < IMPRESSIONS; i++)
			prints[f][i] = read_print(set, f, i);
	for (guint f = 0; f < FINGERS; f++)
		for (guint g = f; g < FINGERS; g++)
			for (guint i = 0; i < IMPRESSIONS; i++)
				for (guint j = f == g ? i + 1 : 0; j < IMPRESSIONS; j++) {
					gboolean same = match_verified(match_score(prints[f][i], prints[g][j]));

					if (f == g)
						verified += same ? 1 : 0;
					else
						g_assert_false(same);
				}
	g_assert_cmpuint(verified + missed, >=, FINGERS * IMPRESSIONS * (IMPRESSIONS - 1) / 2);
	for (guint f = 0; f < FINGERS; f++)
		for (guint i = 0; i < IMPRESSIONS; i++)
			match_template_free(prints[f][i]);
}

static void test_optical(void)
{
	check("fvc2002_db1_b", 1);
}

static void test_capacitive(void)
{
	check("fvc2002_db3_b", 1);
}

static void test_wet_and_dry(void)
{
	check("fvc2004_db2_b", 3);
}

static void test_synthetic(void)
{
	check("fvc2004_db4_b", 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/match/accuracy/optical_sensor", test_optical);
	g_test_add_func("/match/accuracy/capacitive_sensor", test_capacitive);
	g_test_add_func("/match/accuracy/wet_and_dry_fingers", test_wet_and_dry);
	g_test_add_func("/match/accuracy/synthetic_set", test_synthetic);
	return g_test_run();
}
