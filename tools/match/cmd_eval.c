/*
 * The FVC protocol: every pair of impressions of one finger is genuine, every pair of impressions
 * of two fingers with the same number is not.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/match/command.h"
#include "tools/match/sample_set.h"
#include "tools/match/statistics.h"

typedef struct {
	GArray *genuine, *impostor; /* of double */
	GString *csv;
} Scores;

static void compare(const Sample *a, const Sample *b, Scores *scores)
{
	gboolean genuine = a->finger == b->finger;
	double score = match_score(a->template, b->template);

	g_array_append_val(genuine ? scores->genuine : scores->impostor, score);
	g_string_append_printf(scores->csv, "%s,%s,%d,%.0f\n", a->name, b->name, genuine, score);
}

static gboolean add_folder(const char *folder, Scores *scores, GError **error)
{
	g_autoptr(GPtrArray) samples = sample_set_read(folder, error);

	if (samples == NULL)
		return FALSE;
	for (guint i = 0; i < samples->len; i++)
		for (guint j = i + 1; j < samples->len; j++)
			compare(samples->pdata[i], samples->pdata[j], scores);
	return TRUE;
}

static void print_report(const Scores *scores)
{
	const double *genuine = (const double *)(gpointer)scores->genuine->data;
	const double *impostor = (const double *)(gpointer)scores->impostor->data;
	guint n_genuine = scores->genuine->len, n_impostor = scores->impostor->len;

	g_print("{\"genuine\": %u, \"impostor\": %u, \"eer\": %.2f", n_genuine, n_impostor,
			100 * statistics_eer(genuine, n_genuine, impostor, n_impostor));
	for (guint decade = 2; decade <= 4; decade++)
		g_print(", \"fnmr_at_fmr_1e-%u\": %.2f", decade,
				100 * statistics_fnmr(genuine, n_genuine, impostor, n_impostor, decade));
	g_print("}\n");
}

static gboolean run_folders(char **folders, const char *csv_path, GError **error)
{
	g_autoptr(GArray) genuine = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) impostor = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GString) csv = g_string_new("a,b,genuine,score\n");
	Scores scores = {genuine, impostor, csv};

	for (gsize i = 0; folders[i] != NULL; i++)
		if (!add_folder(folders[i], &scores, error))
			return FALSE;
	if (csv_path != NULL && !g_file_set_contents(csv_path, csv->str, (gssize)csv->len, error))
		return FALSE;
	if (genuine->len == 0 || impostor->len == 0)
		return command_misused(error, "there are not two impressions of two fingers");
	statistics_sort(genuine);
	statistics_sort(impostor);
	print_report(&scores);
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
	"accuracy by the FVC protocol, as JSON; all pairs of all impressions of each folder", run};
