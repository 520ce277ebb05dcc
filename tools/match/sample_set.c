#include <stdio.h>
#include <string.h>

#include "firmware/match/extract.h"
#include "tools/match/png_file.h"
#include "tools/match/sample_set.h"

void sample_free(Sample *sample)
{
	if (sample == NULL)
		return;
	g_free(sample->name);
	match_template_free(sample->template);
	g_free(sample);
}

static MatchTemplate *read_image(const char *path, GError **error)
{
	g_auto(GreyImage) image = {0};
	MatchTemplate *template;

	if (!png_file_read(path, &image, error))
		return NULL;
	template = match_extract(image.pixels, image.width, image.height, error);
	if (template == NULL)
		g_prefix_error(error, "%s: ", path);
	return template;
}

MatchTemplate *sample_read_template(const char *path, GError **error)
{
	g_autofree char *data = NULL;
	MatchTemplate *template;
	gsize size;

	if (g_str_has_suffix(path, ".png"))
		return read_image(path, error);
	if (!g_file_get_contents(path, &data, &size, error))
		return NULL;
	template = size >= 4 && memcmp(data, "FMR", 4) == 0
				   ? match_template_from_iso((const guint8 *)data, size, error)
				   : match_template_decode((const guint8 *)data, size, error);
	if (template == NULL)
		g_prefix_error(error, "%s: ", path);
	return template;
}

static int by_finger(gconstpointer a, gconstpointer b)
{
	const Sample *left = *(Sample *const *)a, *right = *(Sample *const *)b;

	if (left->finger != right->finger)
		return left->finger < right->finger ? -1 : 1;
	return (left->impression > right->impression) - (left->impression < right->impression);
}

static gboolean is_sample(const char *end)
{
	return end != NULL &&
		   (strcmp(end, ".png") == 0 || strcmp(end, ".tpl") == 0 || strcmp(end, ".fmr") == 0);
}

static gboolean add_sample(GPtrArray *samples, const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	Sample *sample;
	guint finger, impression;
	const char *end = strrchr(name, '.');

	if (sscanf(name, "%9u_%9u.", &finger, &impression) != 2 || !is_sample(end))
		return TRUE;
	sample = g_new0(Sample, 1);
	g_ptr_array_add(samples, sample);
	sample->name = g_strndup(name, (gsize)(end - name));
	sample->finger = finger;
	sample->impression = impression;
	sample->template = sample_read_template(path, error);
	return sample->template != NULL;
}

GPtrArray *sample_set_read(const char *folder, GError **error)
{
	g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func((GDestroyNotify)sample_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	const char *name;

	if (dir == NULL)
		return NULL;
	while ((name = g_dir_read_name(dir)) != NULL)
		if (!add_sample(samples, folder, name, error))
			return NULL;
	if (samples->len == 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
					"%s: no FINGER_IMPRESSION.png (.tpl, .fmr) in it", folder);
		return NULL;
	}
	g_ptr_array_sort(samples, by_finger);
	return g_steal_pointer(&samples);
}
