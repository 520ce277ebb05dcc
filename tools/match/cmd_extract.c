#include <string.h>

#include "tools/match/command.h"
#include "tools/match/sample_set.h"

static gboolean extract(const char *from, const char *to, GError **error)
{
	g_autoptr(MatchTemplate) template = sample_read_template(from, error);
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
static gboolean extract_all(char **images, int n, const char *folder, GError **error)
{
	for (int i = 0; i < n; i++) {
		g_autofree char *name = g_path_get_basename(images[i]);
		g_autofree char *path = NULL;
		char *end = strrchr(name, '.');

		if (end != NULL)
			*end = '\0';
		path = g_strdup_printf("%s/%s.tpl", folder, name);
		if (!extract(images[i], path, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean run(int argc, char **argv, GError **error)
{
	if (argc < 4 || strcmp(argv[argc - 2], "-o") != 0)
		return command_misused(error, "images and -o are needed");
	if (argc > 4 && g_mkdir_with_parents(argv[argc - 1], 0700) != 0)
		return command_misused(error, "for several images -o needs a folder");
	if (g_file_test(argv[argc - 1], G_FILE_TEST_IS_DIR))
		return extract_all(argv + 1, argc - 3, argv[argc - 1], error);
	return extract(argv[1], argv[3], error);
}

const MatchCommand command_extract = {
	"extract", "IMAGE.png… -o FILE|DIR",
	"templates of images; FILE.fmr: as an ISO/IEC 19794-2:2005 record", run};
