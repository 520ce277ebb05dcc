/*
 * The FVC protocol, within each folder: every pair of impressions of one finger is genuine, every
 * pair of impressions of two fingers is not.  FVC itself takes the first impressions for the latter:
 * that is given beside it.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/match/command.h"
#include "tools/match/sample_set.h"
#include "tools/match/statistics.h"

/* Of one folder, or of all. */
typedef struct {
	GArray *all, *first; /* of StatisticsPair; first: other fingers by first impressions only */
	GArray *set_of;      /* of guint, by finger number */
	GArray *minutiae, *quality; /* of double, by impression */
} Scores;

#define THRESHOLDS_MAX 16

typedef struct {
	const char *csv_path;
	SampleExtractor extractor;
	gint32 at[THRESHOLDS_MAX]; /* the rates at these scores are given too */
	guint n_at;
} Options;

static void init_scores(Scores *scores)
{
	scores->all = g_array_new(FALSE, FALSE, sizeof(StatisticsPair));
	scores->first = g_array_new(FALSE, FALSE, sizeof(StatisticsPair));
	scores->set_of = g_array_new(FALSE, FALSE, sizeof(guint));
	scores->minutiae = g_array_new(FALSE, FALSE, sizeof(double));
	scores->quality = g_array_new(FALSE, FALSE, sizeof(double));
}

static void clear_scores(Scores *scores)
{
	g_array_unref(scores->all);
	g_array_unref(scores->first);
	g_array_unref(scores->set_of);
	g_array_unref(scores->minutiae);
	g_array_unref(scores->quality);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scores, clear_scores)

static void compare(const Sample *a, const Sample *b, const guint fingers[2], Scores *scores,
					GString *csv)
{
	StatisticsPair pair = {match_score(a->template, b->template), fingers[0], fingers[1]};
	gboolean genuine = fingers[0] == fingers[1];

	g_array_append_val(scores->all, pair);
	if (genuine || (a->impression == 1 && b->impression == 1))
		g_array_append_val(scores->first, pair);
	g_string_append_printf(csv, "%s,%s,%d,%.0f\n", a->name, b->name, genuine, pair.score);
}

/* Each sample's finger as a number from 0 on; gives how many there are. */
static guint number_fingers(GPtrArray *samples, guint *finger_of)
{
	guint n = 0;

	for (guint i = 0; i < samples->len; i++) {
		const Sample *sample = samples->pdata[i];

		n += i == 0 || sample->finger != ((const Sample *)samples->pdata[i - 1])->finger;
		finger_of[i] = n - 1;
	}
	return n;
}

static void measure_samples(GPtrArray *samples, Scores *scores)
{
	for (guint i = 0; i < samples->len; i++) {
		const Sample *sample = samples->pdata[i];
		double minutiae = (double)match_template_count(sample->template);
		double quality = match_template_quality(sample->template);

		g_array_append_val(scores->minutiae, minutiae);
		g_array_append_val(scores->quality, quality);
	}
}

static gboolean score_folder(const char *folder, SampleExtractor extractor, Scores *scores,
							 GString *csv, GError **error)
{
	g_autoptr(GPtrArray) samples = sample_set_read(folder, extractor, error);
	g_autofree guint *finger_of = NULL;
	guint n, set = 0;

	if (samples == NULL)
		return FALSE;
	finger_of = g_new(guint, samples->len);
	n = number_fingers(samples, finger_of);
	measure_samples(samples, scores);
	for (guint finger = 0; finger < n; finger++)
		g_array_append_val(scores->set_of, set);
	for (guint i = 0; i < samples->len; i++)
		for (guint j = i + 1; j < samples->len; j++)
			compare(samples->pdata[i], samples->pdata[j],
					(const guint[]){finger_of[i], finger_of[j]}, scores, csv);
	return TRUE;
}

/* The folder's fingers get numbers of their own. */
static void add_scores(Scores *pooled, const Scores *folder, guint set)
{
	guint offset = pooled->set_of->len;

	for (guint i = 0; i < folder->set_of->len; i++)
		g_array_append_val(pooled->set_of, set);
	g_array_append_vals(pooled->minutiae, folder->minutiae->data, folder->minutiae->len);
	g_array_append_vals(pooled->quality, folder->quality->data, folder->quality->len);
	for (guint k = 0; k < 2; k++) {
		const GArray *from = k == 0 ? folder->all : folder->first;

		for (guint i = 0; i < from->len; i++) {
			StatisticsPair pair = g_array_index(from, StatisticsPair, i);

			pair.finger_a += offset;
			pair.finger_b += offset;
			g_array_append_val(k == 0 ? pooled->all : pooled->first, pair);
		}
	}
}

static void print_rate(const char *name, double value, double low, double high)
{
	g_print(", \"%s\": %.2f, \"%s_95\": [%.2f, %.2f]", name, 100 * value, name, 100 * low,
			100 * high);
}

static void print_curve(const StatisticsRates *rates)
{
	g_print(", \"curve\": [");
	for (guint i = 0; i < STATISTICS_POINTS; i++)
		g_print("%s{\"fmr\": %g, \"fnmr\": %.2f}", i == 0 ? "" : ", ", statistics_fmr[i],
				100 * rates->fnmr[i]);
	g_print("]");
}

static int by_value(gconstpointer a, gconstpointer b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The values below which such shares of them lie; sorts them. */
static void print_quantiles(const char *name, GArray *values)
{
	static const double shares[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999};

	g_array_sort(values, by_value);
	g_print(", \"%s\": {", name);
	for (gsize i = 0; i < G_N_ELEMENTS(shares) && values->len > 0; i++)
		g_print("%s\"%g\": %.0f", i == 0 ? "" : ", ", 100 * shares[i],
				g_array_index(values, double, (guint)(shares[i] * (values->len - 1) + 0.5)));
	g_print("}");
}

/* How much of the genuine (or of the other) pairs reaches the score. */
static double share_from(const GArray *pairs, gboolean genuine, gint32 score)
{
	guint n = 0, n_from = 0;

	for (guint i = 0; i < pairs->len; i++) {
		const StatisticsPair *pair = &g_array_index(pairs, StatisticsPair, i);

		if ((pair->finger_a == pair->finger_b) != genuine)
			continue;
		n++;
		n_from += pair->score >= score;
	}
	return n > 0 ? (double)n_from / n : 0;
}

/* What a generator of fingers is compared by with real ones. */
static void print_distributions(const Scores *scores, const Options *options)
{
	for (guint genuine = 0; genuine < 2; genuine++) {
		g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));

		for (guint i = 0; i < scores->all->len; i++) {
			const StatisticsPair *pair = &g_array_index(scores->all, StatisticsPair, i);

			if ((pair->finger_a == pair->finger_b) == (genuine != 0))
				g_array_append_val(values, pair->score);
		}
		print_quantiles(genuine != 0 ? "genuine_scores" : "impostor_scores", values);
	}
	print_quantiles("minutiae", scores->minutiae);
	print_quantiles("quality", scores->quality);
	g_print(", \"at\": [");
	for (guint i = 0; i < options->n_at; i++)
		g_print("%s{\"score\": %d, \"fmr\": %.3g, \"fnmr\": %.3g}", i == 0 ? "" : ", ",
				options->at[i], share_from(scores->all, FALSE, options->at[i]),
				1 - share_from(scores->all, TRUE, options->at[i]));
	g_print("]");
}

/* FALSE, with nothing printed, where there is nothing to be told apart. */
static gboolean print_report(const Scores *scores, const Options *options)
{
	static const struct {
		const char *name;
		guint point;
	} points[] = {{"fnmr_at_fmr_1e-2", STATISTICS_AT_1E2},
				  {"fnmr_at_fmr_1e-3", STATISTICS_AT_1E3},
				  {"fnmr_at_fmr_1e-4", STATISTICS_AT_1E4}};
	const guint *set_of = (const guint *)(gpointer)scores->set_of->data;
	guint n = scores->set_of->len, n_genuine = 0;
	StatisticsReport all;
	StatisticsRates first;

	statistics_sort(scores->all);
	statistics_sort(scores->first);
	if (!statistics_report(scores->all, set_of, n, &all))
		return FALSE;
	for (guint i = 0; i < scores->all->len; i++) {
		const StatisticsPair *pair = &g_array_index(scores->all, StatisticsPair, i);

		n_genuine += pair->finger_a == pair->finger_b;
	}
	g_print(", \"fingers\": %u, \"genuine\": %u, \"impostor\": %u", n, n_genuine,
			scores->all->len - n_genuine);
	print_rate("eer", all.value.eer, all.low.eer, all.high.eer);
	for (gsize i = 0; i < G_N_ELEMENTS(points); i++)
		print_rate(points[i].name, all.value.fnmr[points[i].point], all.low.fnmr[points[i].point],
				   all.high.fnmr[points[i].point]);
	if (statistics_rates(scores->first, NULL, &first))
		g_print(", \"eer_first_impressions\": %.2f", 100 * first.eer);
	print_curve(&all.value);
	print_distributions(scores, options);
	return TRUE;
}

static gboolean run_folders(char **folders, const Options *options, GError **error)
{
	g_auto(Scores) pooled = {0};
	g_autoptr(GString) csv = g_string_new("a,b,genuine,score\n");

	init_scores(&pooled);
	g_print("{\"sets\": [");
	for (guint i = 0; folders[i] != NULL; i++) {
		g_auto(Scores) scores = {0};
		g_autofree char *name = g_path_get_basename(folders[i]);

		init_scores(&scores);
		if (!score_folder(folders[i], options->extractor, &scores, csv, error))
			return FALSE;
		g_print("%s\n{\"set\": \"%s\"", i == 0 ? "" : ",", name);
		print_report(&scores, options);
		g_print("}");
		add_scores(&pooled, &scores, i);
	}
	g_print("]");
	if (options->csv_path != NULL &&
		!g_file_set_contents(options->csv_path, csv->str, (gssize)csv->len, error))
		return FALSE;
	if (!print_report(&pooled, options))
		return command_misused(error, "there are not two impressions of two fingers");
	g_print("}\n");
	return TRUE;
}

static gboolean read_thresholds(Options *options, const char *text, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ",", 0);

	for (guint i = 0; parts[i] != NULL; i++) {
		gint64 score;

		if (options->n_at == THRESHOLDS_MAX ||
			!g_ascii_string_to_signed(parts[i], 10, G_MININT32, G_MAXINT32, &score, NULL))
			return command_misused(error, "--at takes up to 16 scores (thousandths), as -360,650");
		options->at[options->n_at++] = (gint32)score;
	}
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autofree char *csv_path = NULL, *thresholds = NULL;
	gboolean fast = FALSE, nbis = FALSE;
	Options options = {0};
	const GOptionEntry entries[] = {
		{"scores", 0, 0, G_OPTION_ARG_FILENAME, &csv_path, "write every score", "FILE.csv"},
		{"at", 0, 0, G_OPTION_ARG_STRING, &thresholds, "the rates at these scores too", "S,S…"},
		SAMPLE_OPTIONS(&fast, &nbis),
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("DIR…");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error) ||
		!read_thresholds(&options, thresholds, error))
		return FALSE;
	options.csv_path = csv_path;
	options.extractor = nbis ? SAMPLE_NBIS : fast ? SAMPLE_FAST : SAMPLE_FULL;
	if (argc < 2)
		return command_misused(error, "a folder of FINGER_IMPRESSION.png is needed");
	return run_folders(argv + 1, &options, error);
}

const MatchCommand command_eval = {
	"eval", "DIR… [--scores FILE.csv] [--at S,S…] [--fast|--nbis]",
	"accuracy by the FVC protocol, as JSON: each folder and all, with 95 % intervals", run};
