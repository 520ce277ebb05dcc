#include <string.h>

#include "tools/match/command.h"
#include "tools/match/sample_set.h"

static gboolean extract(const char *from, SampleExtractor extractor, const char *to, GError **error)
{
	g_autoptr(MatchTemplate) template = sample_read_template(from, extractor, error);
	g_autoptr(GBytes) bytes = NULL;

	if (template == NULL)
		return FALSE;
	bytes = g_str_has_suffix(to, ".fmr") ? match_template_to_iso(template, 0)
										 : match_template_encode(template);
	if (!g_file_set_contents(to, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
							 error))
		return FALSE;
	g_print("{\"file\": \"%s\", \"minutiae\": %" G_GSIZE_FORMAT ", \"quality\": %u}\n", to,
			match_template_count(template), match_template_quality(template));
	return TRUE;
}

/* DIR/NAME.tpl for each image NAME.png. */
static gboolean extract_all(char **images, int n, SampleExtractor extractor, const char *folder,
							GError **error)
{
	for (int i = 0; i < n; i++) {
		g_autofree char *name = g_path_get_basename(images[i]);
		g_autofree char *path = NULL;
		char *end = strrchr(name, '.');

		if (end != NULL)
			*end = '\0';
		path = g_strdup_printf("%s/%s.tpl", folder, name);
		if (!extract(images[i], extractor, path, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	g_autofree char *to = NULL;
	gboolean fast = FALSE, nbis = FALSE;
	SampleExtractor extractor;
	const GOptionEntry entries[] = {
		{"output", 'o', 0, G_OPTION_ARG_FILENAME, &to, "where to", "FILE|DIR"},
		SAMPLE_OPTIONS(&fast, &nbis),
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("IMAGE.png…");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	extractor = nbis ? SAMPLE_NBIS : fast ? SAMPLE_FAST : SAMPLE_FULL;
	if (argc < 2 || to == NULL)
		return command_misused(error, "images and -o are needed");
	if (argc > 2 && g_mkdir_with_parents(to, 0700) != 0)
		return command_misused(error, "for several images -o needs a folder");
	if (g_file_test(to, G_FILE_TEST_IS_DIR))
		return extract_all(argv + 1, argc - 1, extractor, to, error);
	return extract(argv[1], extractor, to, error);
}

const MatchCommand command_extract = {
	"extract", "IMAGE.png… -o FILE|DIR [--fast|--nbis]",
	"templates of images; FILE.fmr: as an ISO/IEC 19794-2:2005 record", run};
