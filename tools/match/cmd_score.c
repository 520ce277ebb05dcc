#include "tools/match/command.h"
#include "tools/match/sample_set.h"

static gboolean run(int argc, char **argv, GError **error)
{
	g_autoptr(MatchTemplate) a = NULL, b = NULL;
	gint32 score;

	if (argc != 3)
		return command_misused(error, "two files are needed");
	a = sample_read_template(argv[1], SAMPLE_FULL, error);
	b = a != NULL ? sample_read_template(argv[2], SAMPLE_FULL, error) : NULL;
	if (b == NULL)
		return FALSE;
	score = match_score(a, b);
	g_print("{\"score\": %d, \"verified\": %s}\n", score, match_verified(score) ? "true" : "false");
	return TRUE;
}

const MatchCommand command_score = {
	"score", "A B", "the score of two images, templates or ISO records, as JSON", run};
