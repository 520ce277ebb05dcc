/*
 * Open-set identification: each probe is searched twice in the gallery, with its own finger's
 * references and without them.  Of the searches without, the share that still brings a score at a
 * threshold is FPIR; of those with, the share that does not bring the right finger at it is FNIR.
 */
#include <math.h>
#include <string.h>

#include "tools/fingerprints/finger.h"
#include "tools/match/command.h"
#include "tools/match/sample_set.h"
#include "tools/match/statistics.h"

#define FINGERS_MAX 1000000     /* in one folder */
#define CROWD ((gint64)1 << 40) /* numbers of synthetic people from here on */
#define CROWD_FINGERS 2
#define CROWD_IMPRESSIONS 3

/* The n-th --gallery holds the fingers of the n-th --probe. */
typedef struct {
	char **galleries, **probes;
	gint enrol, probe_from, among;
	SampleExtractor extractor;
} Options;

typedef struct {
	gint64 person; /* folder and finger */
	gint32 with, without;
	gboolean right; /* the best with its own finger there is that finger */
	gboolean lost;  /* it is not, but of a comparison with everybody it would be */
	MatchOutcome outcome_with, outcome_without;
} Search;

static gint64 person_of(guint folder, const Sample *sample)
{
	return (gint64)folder * FINGERS_MAX + sample->finger % FINGERS_MAX + 1;
}

static gboolean is_enrolled(const Options *options, guint nth_of_finger)
{
	return options->enrol == 0 || nth_of_finger < (guint)options->enrol;
}

/* With the first impressions of each finger, as many as are enrolled. */
static gboolean fill_gallery(const Options *options, guint folder, MatchGallery *gallery,
							 GArray *people, GError **error)
{
	g_autoptr(GPtrArray) samples =
		sample_set_read(options->galleries[folder], options->extractor, error);
	guint nth = 0;

	if (samples == NULL)
		return FALSE;
	for (guint i = 0; i < samples->len; i++) {
		Sample *sample = samples->pdata[i];

		gint64 person = person_of(folder, sample);

		nth = i > 0 && ((Sample *)samples->pdata[i - 1])->finger == sample->finger ? nth + 1 : 0;
		if (nth == 0)
			g_array_append_val(people, person);
		if (is_enrolled(options, nth))
			match_gallery_put(gallery, person, (gint64)match_gallery_n_references(gallery) + 1,
							  g_steal_pointer(&sample->template));
	}
	return TRUE;
}

/* Synthetic people, so that there is somebody to be mistaken for. */
static void add_crowd(const Options *options, MatchGallery *gallery)
{
	for (guint k = 0; k < (guint)options->among * CROWD_FINGERS; k++) {
		g_autoptr(Finger) finger = finger_new(1, k);

		for (guint i = 0; i < CROWD_IMPRESSIONS; i++)
			match_gallery_put(gallery, CROWD + k / CROWD_FINGERS,
							  (gint64)match_gallery_n_references(gallery) + 1,
							  finger_template(finger, i));
	}
}

/* Would a comparison with every reference have put the person first? */
static gboolean is_first_of_all(const Options *options, const MatchGallery *gallery,
								const GArray *people, const Sample *probe, gint64 person)
{
	gint32 own = match_gallery_score_person(gallery, probe->template, person);

	for (guint i = 0; i < people->len; i++) {
		gint64 other = g_array_index(people, gint64, i);

		if (other != person && match_gallery_score_person(gallery, probe->template, other) >= own)
			return FALSE;
	}
	for (gint i = 0; i < options->among; i++)
		if (match_gallery_score_person(gallery, probe->template, CROWD + i) >= own)
			return FALSE;
	return TRUE;
}

static gboolean is_other(gint64 person, gpointer user)
{
	return person != *(const gint64 *)user;
}

static Search search(const MatchGallery *gallery, const Sample *probe, gint64 person)
{
	MatchAnswer with = match_gallery_identify(gallery, probe->template, NULL, NULL);
	MatchAnswer without = match_gallery_identify(gallery, probe->template, is_other, &person);

	return (Search){
		person,
		with.score,
		without.score,
		with.person == person,
		FALSE,
		with.outcome == MATCH_FOUND && with.person != person ? MATCH_NONE : with.outcome,
		without.outcome};
}

/* The impressions that are not enrolled, where both come from one folder. */
static gboolean search_folder(const Options *options, guint folder, const MatchGallery *gallery,
							  const GArray *people, GArray *searches, GError **error)
{
	g_autoptr(GPtrArray) samples =
		sample_set_read(options->probes[folder], options->extractor, error);
	gboolean same = g_strcmp0(options->probes[folder], options->galleries[folder]) == 0;
	guint nth = 0;

	if (samples == NULL)
		return FALSE;
	for (guint i = 0; i < samples->len; i++) {
		const Sample *sample = samples->pdata[i];
		Search result;

		nth = i > 0 && ((Sample *)samples->pdata[i - 1])->finger == sample->finger ? nth + 1 : 0;
		if ((same && is_enrolled(options, nth)) || sample->impression < (guint)options->probe_from)
			continue;
		result = search(gallery, sample, person_of(folder, sample));
		result.lost = !result.right &&
					  is_first_of_all(options, gallery, people, sample, person_of(folder, sample));
		g_array_append_val(searches, result);
	}
	return TRUE;
}

static const double fpirs[] = {0.05, 0.01, 0.001, 0};

static int highest_first(gconstpointer a, gconstpointer b, gpointer user)
{
	gint32 left = *(const gint32 *)a, right = *(const gint32 *)b;

	(void)user;
	return (left < right) - (left > right);
}

/* The lowest score that lets at most `fpir` of the searches without a mate pass. */
static gint32 find_threshold(const Search *const *searches, guint n, double fpir)
{
	g_autofree gint32 *scores = g_new(gint32, n);

	for (guint i = 0; i < n; i++)
		scores[i] = searches[i]->without;
	g_qsort_with_data(scores, (gint)n, sizeof *scores, highest_first, NULL);
	return scores[(guint)(fpir * n)] + 1;
}

static double find_fnir(const Search *const *searches, guint n, gint32 threshold)
{
	guint missed = 0;

	for (guint i = 0; i < n; i++)
		missed += !searches[i]->right || searches[i]->with < threshold;
	return (double)missed / n;
}

/* Each person's searches as often as the person was drawn; gives how many. */
static guint draw(const GArray *searches, const guint *person_number, const guint *weights,
				  const Search **out)
{
	guint n = 0;

	for (guint i = 0; i < searches->len; i++)
		for (guint k = 0; k < weights[person_number[i]]; k++)
			out[n++] = &g_array_index(searches, Search, i);
	return n;
}

/* Searches come ordered by person. */
static guint number_people(const GArray *searches, guint *number, guint *set_of)
{
	guint n = 0;

	for (guint i = 0; i < searches->len; i++) {
		gint64 person = g_array_index(searches, Search, i).person;

		if (i == 0 || person != g_array_index(searches, Search, i - 1).person)
			set_of[n++] = (guint)(person / FINGERS_MAX);
		number[i] = n - 1;
	}
	return n;
}

static void print_fnir(const GArray *searches)
{
	g_autofree guint *number = g_new(guint, searches->len), *set_of = g_new(guint, searches->len);
	guint n_people = number_people(searches, number, set_of), most = 0;
	g_autofree guint *weights = g_new(guint, n_people);
	g_autofree double *values = g_new(double, STATISTICS_ROUNDS);
	g_autofree const Search **drawn = NULL;

	for (guint i = 0, of_person = 0; i < searches->len; i++) {
		of_person = i > 0 && number[i] == number[i - 1] ? of_person + 1 : 1;
		most = MAX(most, of_person);
	}
	drawn = g_new(const Search *, (gsize)most *n_people);
	g_print(", \"fnir\": [");
	for (gsize p = 0; p < G_N_ELEMENTS(fpirs); p++) {
		double low, high;
		guint n;

		for (guint round = 0; round < STATISTICS_ROUNDS; round++) {
			statistics_draw(set_of, n_people, round, weights);
			n = draw(searches, number, weights, drawn);
			values[round] = find_fnir(drawn, n, find_threshold(drawn, n, fpirs[p]));
		}
		statistics_interval(values, STATISTICS_ROUNDS, &low, &high);
		for (guint i = 0; i < n_people; i++)
			weights[i] = 1;
		n = draw(searches, number, weights, drawn);
		g_print("%s{\"fpir\": %g, \"threshold\": %d, \"fnir\": %.2f, \"fnir_95\": [%.2f, %.2f]}",
				p == 0 ? "" : ", ", 100 * fpirs[p], find_threshold(drawn, n, fpirs[p]),
				100 * find_fnir(drawn, n, find_threshold(drawn, n, fpirs[p])), 100 * low,
				100 * high);
	}
	g_print("]");
}

static void print_outcomes(const GArray *searches)
{
	guint with[3] = {0}, without[3] = {0}, right = 0, lost = 0;

	for (guint i = 0; i < searches->len; i++) {
		const Search *result = &g_array_index(searches, Search, i);

		with[result->outcome_with]++;
		without[result->outcome_without]++;
		right += result->right ? 1 : 0;
		lost += result->lost ? 1 : 0;
	}
	g_print(", \"searches\": %u, \"rank_1\": %.2f, \"lost\": %u", searches->len,
			100.0 * right / searches->len, lost);
	g_print(", \"by_default\": {\"mates\": {\"found\": %u, \"missed\": %u, \"too_close\": %u}",
			with[MATCH_FOUND], with[MATCH_NONE], with[MATCH_TOO_CLOSE]);
	g_print(", \"strangers\": {\"accepted\": %u, \"refused\": %u, \"too_close\": %u}}",
			without[MATCH_FOUND], without[MATCH_NONE], without[MATCH_TOO_CLOSE]);
}

static gboolean identify(const Options *options, GError **error)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	g_autoptr(GArray) searches = g_array_new(FALSE, FALSE, sizeof(Search));
	g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(gint64));

	for (guint i = 0; options->galleries[i] != NULL; i++)
		if (!fill_gallery(options, i, gallery, people, error))
			return FALSE;
	add_crowd(options, gallery);
	for (guint i = 0; options->probes[i] != NULL; i++)
		if (!search_folder(options, i, gallery, people, searches, error))
			return FALSE;
	if (searches->len == 0)
		return command_misused(error, "no probe is left beside what is enrolled");
	g_print("{\"fingers\": %" G_GSIZE_FORMAT ", \"references\": %" G_GSIZE_FORMAT,
			match_gallery_n_people(gallery), match_gallery_n_references(gallery));
	print_outcomes(searches);
	print_fnir(searches);
	g_print("}\n");
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_auto(GStrv) galleries = NULL, probes = NULL;
	gboolean fast = FALSE, nbis = FALSE;
	Options options = {.probe_from = 1};
	const GOptionEntry entries[] = {
		{"gallery", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &galleries, "who is enrolled", "DIR"},
		{"probe", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &probes, "who comes", "DIR"},
		{"enrol", 0, 0, G_OPTION_ARG_INT, &options.enrol, "the first N of each finger", "N"},
		{"probe-from", 0, 0, G_OPTION_ARG_INT, &options.probe_from, "first impression", "N"},
		{"among", 0, 0, G_OPTION_ARG_INT, &options.among, "synthetic people, 2 fingers × 3", "N"},
		SAMPLE_OPTIONS(&fast, &nbis),
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("");
	gboolean parsed;

	g_option_context_add_main_entries(context, entries, NULL);
	parsed = g_option_context_parse(context, &argc, &argv, error);
	options.galleries = galleries;
	options.probes = probes;
	options.extractor = nbis ? SAMPLE_NBIS : fast ? SAMPLE_FAST : SAMPLE_FULL;
	if (!parsed)
		return FALSE;
	if (argc != 1 || galleries == NULL || probes == NULL || options.enrol < 0 ||
		options.among < 0 || options.among > FINGERS_MAX ||
		g_strv_length(galleries) != g_strv_length(probes))
		return command_misused(error, "as many --gallery as --probe are needed");
	return identify(&options, error);
}

const MatchCommand command_identify = {
	"identify", "--gallery DIR --probe DIR [--gallery …] [--enrol N] [--probe-from N] [--among N]",
	"open set, as JSON: FNIR at given FPIR (%), and the outcomes by the default thresholds", run};
