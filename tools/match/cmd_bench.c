/*
 * Speed and 1:N outcomes on synthetic people, and in the same run what libfprint's own
 * identification takes for the same gallery and image.
 */
#include "firmware/match/extract.h"
#include "firmware/match/gallery.h"
#include "tools/fingerprints/finger.h"
#include "tools/match/bench_fprint.h"
#include "tools/match/command.h"
#include "tools/match/processor_time.h"

#define FINGERS_OF_A_PERSON 2
#define PROBE_IMPRESSION 50 /* none of the enrolled ones */
#define STRANGER 10000000   /* finger numbers from here on are nobody's */
#define IMAGES 5
#define COMPARISONS 500
#define KERNELS_MAX 4
#define LOOK_US 200000

typedef struct {
	gint n_people, n_impressions, n_probes, n_threads;
	gint64 seed;
	gboolean without_libfprint, json;
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
	gint64 search_us, wall_us;
} Outcomes;

static void search(const MatchGallery *gallery, const MatchTemplate *probe, guint n_threads,
				   gint64 person, Outcomes *outcomes)
{
	const MatchSearch how = {.n_threads = n_threads};
	gint64 start_us = processor_time_us(), wall_us = g_get_monotonic_time();
	MatchAnswer answer;

	match_gallery_search(gallery, probe, &how, &answer);
	outcomes->search_us += processor_time_us() - start_us;
	outcomes->wall_us += g_get_monotonic_time() - wall_us;
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

		search(gallery, mate, (guint)options->n_threads, person + 1, mates);
		search(gallery, stranger, (guint)options->n_threads, 0, strangers);
	}
}

static double measure_extraction_ms(const Options *options, gboolean fast)
{
	gint64 sum_us = 0;

	for (guint i = 0; i < IMAGES; i++) {
		g_autoptr(Finger) finger = finger_new((guint64)options->seed, i);
		g_autofree guint8 *image = finger_impression(finger, 0);
		gint64 start_us = processor_time_us();
		g_autoptr(MatchTemplate) template =
			fast ? match_extract_fast(image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, NULL)
				 : match_extract(image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, NULL);

		sum_us += processor_time_us() - start_us;
	}
	return (double)sum_us / 1000 / IMAGES;
}

static double measure_comparison_us(const Options *options)
{
	g_autoptr(MatchTemplate) a = make_template(options, 0, 0);
	gint64 sum_us = 0;

	for (guint i = 0; i < COMPARISONS; i++) {
		g_autoptr(MatchTemplate) b = make_template(options, i, 1);
		gint64 start_us = processor_time_us();

		match_score(a, b);
		sum_us += processor_time_us() - start_us;
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

typedef struct {
	gsize people, references;
	Outcomes mates, strangers;
	double fill_ms, search_ms, wall_ms, extract_ms, extract_fast_ms, compare_us;
	double libfprint_image_ms, libfprint_search_ms;
	double bytes_each;               /* memory of a reference */
	double looks_per_s[KERNELS_MAX]; /* references, by the first look alone */
} Result;

static void measure_first_look(const Options *options, MatchGallery *gallery, Result *result)
{
	g_autoptr(MatchTemplate) probe = make_template(options, STRANGER, 1);

	for (guint nth = 0; nth < KERNELS_MAX && match_kernels_nth(nth) != NULL; nth++) {
		gint64 start_us = processor_time_us(), spent_us;
		guint rounds = 0;

		match_gallery_use(gallery, match_kernels_nth(nth));
		do {
			match_gallery_first_look(gallery, probe);
			rounds++;
			spent_us = processor_time_us() - start_us;
		} while (spent_us < LOOK_US);
		result->looks_per_s[nth] = 1e6 * rounds * (double)result->references / (double)spent_us;
	}
}

/* The same references and a stranger's image, through libfprint. */
static gboolean measure_libfprint(const Options *options, Result *result, GError **error)
{
	g_autoptr(GPtrArray) templates = make_flat_gallery(options);
	g_autoptr(Finger) finger = finger_new((guint64)options->seed, STRANGER);
	g_autofree guint8 *image = finger_impression(finger, 0);
	double empty_ms, full_ms;

	if (!bench_fprint_identify(templates, image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, &empty_ms,
							   &full_ms, error))
		return FALSE;
	result->libfprint_image_ms = empty_ms;
	result->libfprint_search_ms = full_ms - empty_ms;
	return TRUE;
}

static gboolean measure(const Options *options, Result *result, GError **error)
{
	gint64 start_us = processor_time_us();
	g_autoptr(MatchGallery) gallery = make_gallery(options);

	result->fill_ms = (double)(processor_time_us() - start_us) / 1000;
	result->people = match_gallery_n_people(gallery);
	result->references = match_gallery_n_references(gallery);
	search_all(options, gallery, &result->mates, &result->strangers);
	result->search_ms =
		(double)(result->mates.search_us + result->strangers.search_us) / 2000 / options->n_probes;
	result->wall_ms =
		(double)(result->mates.wall_us + result->strangers.wall_us) / 2000 / options->n_probes;
	result->bytes_each = (double)match_gallery_size(gallery) / (double)result->references;
	measure_first_look(options, gallery, result);
	result->extract_ms = measure_extraction_ms(options, FALSE);
	result->extract_fast_ms = measure_extraction_ms(options, TRUE);
	result->compare_us = measure_comparison_us(options);
	return options->without_libfprint || measure_libfprint(options, result, error);
}

static void print_json(const Options *options, const Result *result)
{
	g_print("{\"people\": %" G_GSIZE_FORMAT ", \"references\": %" G_GSIZE_FORMAT
			", \"fill_ms\": %.0f, \"search_ms\": %.2f, \"search_wall_ms\": %.2f"
			", \"extract_ms\": %.1f, \"extract_fast_ms\": %.1f, \"compare_us\": %.0f",
			result->people, result->references, result->fill_ms, result->search_ms, result->wall_ms,
			result->extract_ms, result->extract_fast_ms, result->compare_us);
	g_print(", \"bytes_per_reference\": %.0f, \"first_look_per_s\": {", result->bytes_each);
	for (guint nth = 0; nth < KERNELS_MAX && match_kernels_nth(nth) != NULL; nth++)
		g_print("%s\"%s\": %.0f", nth == 0 ? "" : ", ", match_kernels_nth(nth)->name,
				result->looks_per_s[nth]);
	g_print("}, \"mates\": {\"found\": %u, \"missed\": %u, \"too_close\": %u, \"other\": %u}",
			result->mates.found, result->mates.missed, result->mates.too_close,
			result->mates.other);
	g_print(", \"strangers\": {\"refused\": %u, \"too_close\": %u, \"accepted\": %u}",
			result->strangers.missed, result->strangers.too_close, result->strangers.other);
	if (!options->without_libfprint)
		g_print(", \"libfprint\": {\"image_ms\": %.1f, \"search_ms\": %.1f, \"ratio\": %.1f}",
				result->libfprint_image_ms, result->libfprint_search_ms,
				result->libfprint_search_ms / result->search_ms);
	g_print("}\n");
}

static void print_table(const Options *options, const Result *result)
{
	g_print("%" G_GSIZE_FORMAT " people, %" G_GSIZE_FORMAT " references; processor time\n",
			result->people, result->references);
	g_print("  %-34s %10.2f ms  (of an enrolled finger %.2f, of a stranger's %.2f)\n", "one search",
			result->search_ms, (double)result->mates.search_us / 1000 / options->n_probes,
			(double)result->strangers.search_us / 1000 / options->n_probes);
	g_print("  %-34s %10.2f ms  by the clock, in %d thread(s)\n", "", result->wall_ms,
			options->n_threads);
	if (!options->without_libfprint)
		g_print("  %-34s %10.2f ms  (%.1f times as long)\n", "the same by libfprint",
				result->libfprint_search_ms, result->libfprint_search_ms / result->search_ms);
	for (guint nth = 0; nth < KERNELS_MAX && match_kernels_nth(nth) != NULL; nth++)
		g_print("  first look, %-22s %10.2f million references a second\n",
				match_kernels_nth(nth)->name, result->looks_per_s[nth] / 1e6);
	g_print("  %-34s %10.0f bytes\n", "memory of a reference", result->bytes_each);
	g_print("  %-34s %10.2f ms  (the fast way %.2f)\n", "image to template", result->extract_ms,
			result->extract_fast_ms);
	if (!options->without_libfprint)
		g_print("  %-34s %10.2f ms\n", "the same by libfprint", result->libfprint_image_ms);
	g_print("  %-34s %10.0f us\n", "one comparison", result->compare_us);
	g_print("  mates: %u found, %u missed, %u too close, %u taken for another\n",
			result->mates.found, result->mates.missed, result->mates.too_close,
			result->mates.other);
	g_print("  strangers: %u refused, %u too close, %u accepted\n", result->strangers.missed,
			result->strangers.too_close, result->strangers.other);
}

static gboolean bench(const Options *options, GError **error)
{
	Result result = {0};

	if (!measure(options, &result, error))
		return FALSE;
	if (options->json)
		print_json(options, &result);
	else
		print_table(options, &result);
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	Options options = {
		.n_people = 1000, .n_impressions = 3, .n_probes = 20, .n_threads = 1, .seed = 1};
	const GOptionEntry entries[] = {
		{"people", 0, 0, G_OPTION_ARG_INT, &options.n_people, "enrolled, 2 fingers each", "N"},
		{"impressions", 0, 0, G_OPTION_ARG_INT, &options.n_impressions, "per finger", "N"},
		{"probes", 0, 0, G_OPTION_ARG_INT, &options.n_probes, "mates, and as many strangers", "N"},
		{"threads", 0, 0, G_OPTION_ARG_INT, &options.n_threads, "in a search", "N"},
		{"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "the world of fingers", "N"},
		{"no-libfprint", 0, 0, G_OPTION_ARG_NONE, &options.without_libfprint, "ours only", NULL},
		{"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "one JSON object", NULL},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	if (argc != 1 || options.n_people < 1 || options.n_people > 1000000 ||
		options.n_impressions < 1 || options.n_impressions > PROBE_IMPRESSION ||
		options.n_probes < 1 || options.n_threads < 1)
		return command_misused(error, "people, impressions (1 … 50) and probes are at least 1");
	return bench(&options, error);
}

const MatchCommand command_bench = {
	"bench", "[--people N] [--impressions N] [--probes N] [--threads N] [--json] [--no-libfprint]",
	"speed and outcomes of identification on synthetic people, beside libfprint's own", run};
