/*
 * Speed and 1:N outcomes on synthetic people, in one run; with --libfprint also what libfprint's own
 * identification takes for the same gallery and image.
 */
#include "firmware/match/extract.h"
#include "tools/fingerprints/finger.h"
#include "tools/match/bench_fprint.h"
#include "tools/match/command.h"

#define FINGERS_OF_A_PERSON 2
#define PROBE_IMPRESSION 50 /* none of the enrolled ones */
#define STRANGER 10000000   /* finger numbers from here on are nobody's */
#define IMAGES 5
#define COMPARISONS 500

typedef struct {
	gint n_people, n_impressions, n_probes;
	gint64 seed;
	gboolean libfprint;
} Options;

static guint finger_number(guint person, guint finger)
{
	return person * FINGERS_OF_A_PERSON + finger;
}

static MatchTemplate *make_template(const Options *options, guint number, guint impression)
{
	g_autoptr(Finger) finger = finger_new((guint64)options->seed, number);

	return finger_template(finger, impression);
}

static MatchGallery *make_gallery(const Options *options)
{
	MatchGallery *gallery = match_gallery_new();
	gint64 reference = 1;

	for (guint person = 0; person < (guint)options->n_people; person++)
		for (guint k = 0; k < FINGERS_OF_A_PERSON; k++)
			for (guint i = 0; i < (guint)options->n_impressions; i++)
				match_gallery_put(gallery, person + 1, reference++,
								  make_template(options, finger_number(person, k), i));
	return gallery;
}

typedef struct {
	guint found, missed, other, too_close;
	gint64 search_us;
} Outcomes;

static void search(const MatchGallery *gallery, const MatchTemplate *probe, gint64 person,
				   Outcomes *outcomes)
{
	gint64 start_us = g_get_monotonic_time();
	MatchAnswer answer = match_gallery_identify(gallery, probe, NULL, NULL);

	outcomes->search_us += g_get_monotonic_time() - start_us;
	if (answer.outcome == MATCH_TOO_CLOSE)
		outcomes->too_close++;
	else if (answer.outcome == MATCH_NONE)
		outcomes->missed++;
	else if (answer.person == person)
		outcomes->found++;
	else
		outcomes->other++;
}

static void search_all(const Options *options, const MatchGallery *gallery, Outcomes *mates,
					   Outcomes *strangers)
{
	for (guint i = 0; i < (guint)options->n_probes; i++) {
		guint person = i % (guint)options->n_people;
		g_autoptr(MatchTemplate) mate =
			make_template(options, finger_number(person, 0), PROBE_IMPRESSION + i);
		g_autoptr(MatchTemplate) stranger = make_template(options, STRANGER + i, 0);

		search(gallery, mate, person + 1, mates);
		search(gallery, stranger, 0, strangers);
	}
}

static double measure_extraction_ms(const Options *options)
{
	gint64 sum_us = 0;

	for (guint i = 0; i < IMAGES; i++) {
		g_autoptr(Finger) finger = finger_new((guint64)options->seed, i);
		g_autofree guint8 *image = finger_impression(finger, 0);
		gint64 start_us = g_get_monotonic_time();
		g_autoptr(MatchTemplate) template =
			match_extract(image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, NULL);

		sum_us += g_get_monotonic_time() - start_us;
	}
	return (double)sum_us / 1000 / IMAGES;
}

static double measure_comparison_us(const Options *options)
{
	g_autoptr(MatchTemplate) a = make_template(options, 0, 0);
	gint64 sum_us = 0;

	for (guint i = 0; i < COMPARISONS; i++) {
		g_autoptr(MatchTemplate) b = make_template(options, i, 1);
		gint64 start_us = g_get_monotonic_time();

		match_score(a, b);
		sum_us += g_get_monotonic_time() - start_us;
	}
	return (double)sum_us / COMPARISONS;
}

static GPtrArray *make_flat_gallery(const Options *options)
{
	GPtrArray *templates = g_ptr_array_new_with_free_func((GDestroyNotify)match_template_free);

	for (guint person = 0; person < (guint)options->n_people; person++)
		for (guint k = 0; k < FINGERS_OF_A_PERSON; k++)
			for (guint i = 0; i < (guint)options->n_impressions; i++)
				g_ptr_array_add(templates, make_template(options, finger_number(person, k), i));
	return templates;
}

/* The same references and a stranger's image, through libfprint. */
static gboolean print_libfprint(const Options *options, double search_ms, GError **error)
{
	g_autoptr(GPtrArray) templates = make_flat_gallery(options);
	g_autoptr(Finger) finger = finger_new((guint64)options->seed, STRANGER);
	g_autofree guint8 *image = finger_impression(finger, 0);
	double empty_ms, full_ms;

	if (!bench_fprint_identify(templates, image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, &empty_ms,
							   &full_ms, error))
		return FALSE;
	g_print(", \"libfprint\": {\"image_ms\": %.1f, \"search_ms\": %.1f, \"ratio\": %.1f}", empty_ms,
			full_ms - empty_ms, (full_ms - empty_ms) / search_ms);
	return TRUE;
}

static gboolean bench(const Options *options, GError **error)
{
	gint64 start_us = g_get_monotonic_time();
	g_autoptr(MatchGallery) gallery = make_gallery(options);
	gint64 filled_us = g_get_monotonic_time() - start_us;
	Outcomes mates = {0}, strangers = {0};
	double search_ms;

	search_all(options, gallery, &mates, &strangers);
	search_ms = (double)(mates.search_us + strangers.search_us) / 2000 / options->n_probes;
	g_print("{\"people\": %" G_GSIZE_FORMAT ", \"references\": %" G_GSIZE_FORMAT
			", \"fill_ms\": %.0f, \"search_ms\": %.2f, \"extract_ms\": %.1f, \"compare_us\": %.0f",
			match_gallery_n_people(gallery), match_gallery_n_references(gallery),
			(double)filled_us / 1000, search_ms, measure_extraction_ms(options),
			measure_comparison_us(options));
	g_print(", \"mates\": {\"found\": %u, \"missed\": %u, \"too_close\": %u, \"other\": %u}",
			mates.found, mates.missed, mates.too_close, mates.other);
	g_print(", \"strangers\": {\"refused\": %u, \"too_close\": %u, \"accepted\": %u}",
			strangers.missed, strangers.too_close, strangers.other);
	if (options->libfprint && !print_libfprint(options, search_ms, error)) {
		g_print("}\n");
		return FALSE;
	}
	g_print("}\n");
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	Options options = {.n_people = 1000, .n_impressions = 3, .n_probes = 20, .seed = 1};
	const GOptionEntry entries[] = {
		{"people", 0, 0, G_OPTION_ARG_INT, &options.n_people, "enrolled, 2 fingers each", "N"},
		{"impressions", 0, 0, G_OPTION_ARG_INT, &options.n_impressions, "per finger", "N"},
		{"probes", 0, 0, G_OPTION_ARG_INT, &options.n_probes, "mates, and as many strangers", "N"},
		{"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "the world of fingers", "N"},
		{"libfprint", 0, 0, G_OPTION_ARG_NONE, &options.libfprint, "its search too", NULL},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	if (argc != 1 || options.n_people < 1 || options.n_people > 1000000 ||
		options.n_impressions < 1 || options.n_impressions > PROBE_IMPRESSION ||
		options.n_probes < 1)
		return command_misused(error, "people, impressions (1 … 50) and probes are at least 1");
	return bench(&options, error);
}

const MatchCommand command_bench = {
	"bench", "[--people N] [--impressions N] [--probes N] [--libfprint]",
	"speed and outcomes of identification on synthetic people, as JSON", run};
