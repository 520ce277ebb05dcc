#include <string.h>

#include "tools/match/command.h"
#include "tools/match/sample_set.h"

/* A name that ends in .fmr asks for the ISO record. */
static gboolean run(int argc, char **argv, GError **error)
{
	g_autoptr(MatchTemplate) template = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (argc != 4 || strcmp(argv[2], "-o") != 0)
		return command_misused(error, "one image and -o FILE are needed");
	template = sample_read_template(argv[1], error);
	if (template == NULL)
		return FALSE;
	bytes = g_str_has_suffix(argv[3], ".fmr") ? match_template_to_iso(template, 0)
											  : match_template_encode(template);
	if (!g_file_set_contents(argv[3], g_bytes_get_data(bytes, NULL),
							 (gssize)g_bytes_get_size(bytes), error))
		return FALSE;
	g_print("{\"minutiae\": %" G_GSIZE_FORMAT ", \"quality\": %u}\n",
			match_template_count(template), match_template_quality(template));
	return TRUE;
}

const MatchCommand command_extract = {
	"extract", "IMAGE.png -o FILE[.fmr]",
	"the template of an image; .fmr: as an ISO/IEC 19794-2:2005 record", run};
