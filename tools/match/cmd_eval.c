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
} Scores;

static void init_scores(Scores *scores)
{
	scores->all = g_array_new(FALSE, FALSE, sizeof(StatisticsPair));
	scores->first = g_array_new(FALSE, FALSE, sizeof(StatisticsPair));
	scores->set_of = g_array_new(FALSE, FALSE, sizeof(guint));
}

static void clear_scores(Scores *scores)
{
	g_array_unref(scores->all);
	g_array_unref(scores->first);
	g_array_unref(scores->set_of);
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

static gboolean score_folder(const char *folder, Scores *scores, GString *csv, GError **error)
{
	g_autoptr(GPtrArray) samples = sample_set_read(folder, error);
	g_autofree guint *finger_of = NULL;
	guint n, set = 0;

	if (samples == NULL)
		return FALSE;
	finger_of = g_new(guint, samples->len);
	n = number_fingers(samples, finger_of);
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

/* FALSE, with nothing printed, where there is nothing to be told apart. */
static gboolean print_report(const Scores *scores)
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
	return TRUE;
}

static gboolean run_folders(char **folders, const char *csv_path, GError **error)
{
	g_auto(Scores) pooled = {0};
	g_autoptr(GString) csv = g_string_new("a,b,genuine,score\n");

	init_scores(&pooled);
	g_print("{\"sets\": [");
	for (guint i = 0; folders[i] != NULL; i++) {
		g_auto(Scores) scores = {0};
		g_autofree char *name = g_path_get_basename(folders[i]);

		init_scores(&scores);
		if (!score_folder(folders[i], &scores, csv, error))
			return FALSE;
		g_print("%s\n{\"set\": \"%s\"", i == 0 ? "" : ",", name);
		print_report(&scores);
		g_print("}");
		add_scores(&pooled, &scores, i);
	}
	g_print("]");
	if (csv_path != NULL && !g_file_set_contents(csv_path, csv->str, (gssize)csv->len, error))
		return FALSE;
	if (!print_report(&pooled))
		return command_misused(error, "there are not two impressions of two fingers");
	g_print("}\n");
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autofree char *csv_path = NULL;
	const GOptionEntry entries[] = {
		{"scores", 0, 0, G_OPTION_ARG_FILENAME, &csv_path, "write every score", "FILE.csv"},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("DIR…");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	if (argc < 2)
		return command_misused(error, "a folder of FINGER_IMPRESSION.png is needed");
	return run_folders(argv + 1, csv_path, error);
}

const MatchCommand command_eval = {
	"eval", "DIR… [--scores FILE.csv]",
	"accuracy by the FVC protocol, as JSON: each folder and all, with 95 % intervals", run};
