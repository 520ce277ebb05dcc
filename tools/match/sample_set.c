#include <stdio.h>
#include <string.h>

#include "firmware/match/extract.h"
#include "tools/match/device_fprint.h"
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

static MatchTemplate *read_image(const char *path, SampleExtractor extractor, FprintDevice *device,
								 GError **error)
{
	g_auto(GreyImage) image = {0};
	MatchTemplate *template;

	if (!png_file_read(path, &image, error))
		return NULL;
	if (device != NULL)
		template = fprint_device_extract(device, image.pixels, image.width, image.height, error);
	else if (extractor == SAMPLE_FAST)
		template = match_extract_fast(image.pixels, image.width, image.height, error);
	else
		template = match_extract(image.pixels, image.width, image.height, error);
	if (template == NULL)
		g_prefix_error(error, "%s: ", path);
	return template;
}

static MatchTemplate *read_any(const char *path, SampleExtractor extractor, FprintDevice *device,
							   GError **error)
{
	g_autofree char *data = NULL;
	MatchTemplate *template;
	gsize size;

	if (g_str_has_suffix(path, ".png"))
		return read_image(path, extractor, device, error);
	if (!g_file_get_contents(path, &data, &size, error))
		return NULL;
	template = size >= 4 && memcmp(data, "FMR", 4) == 0
				   ? match_template_from_iso((const guint8 *)data, size, error)
				   : match_template_decode((const guint8 *)data, size, error);
	if (template == NULL)
		g_prefix_error(error, "%s: ", path);
	return template;
}

/* `device` stays NULL where none is needed. */
static gboolean open_device(SampleExtractor extractor, FprintDevice **device, GError **error)
{
	if (extractor == SAMPLE_NBIS)
		*device = fprint_device_open(error);
	return extractor != SAMPLE_NBIS || *device != NULL;
}

MatchTemplate *sample_read_template(const char *path, SampleExtractor extractor, GError **error)
{
	g_autoptr(FprintDevice) device = NULL;

	return open_device(extractor, &device, error) ? read_any(path, extractor, device, error) : NULL;
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

typedef struct {
	const char *folder;
	SampleExtractor extractor;
	FprintDevice *device; /* or NULL */
	GPtrArray *samples;
} Reading;

static gboolean add_sample(const Reading *reading, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(reading->folder, name, NULL);
	Sample *sample;
	guint finger, impression;
	const char *end = strrchr(name, '.');

	if (sscanf(name, "%9u_%9u.", &finger, &impression) != 2 || !is_sample(end))
		return TRUE;
	sample = g_new0(Sample, 1);
	g_ptr_array_add(reading->samples, sample);
	sample->name = g_strndup(name, (gsize)(end - name));
	sample->finger = finger;
	sample->impression = impression;
	sample->template = read_any(path, reading->extractor, reading->device, error);
	return sample->template != NULL;
}

GPtrArray *sample_set_read(const char *folder, SampleExtractor extractor, GError **error)
{
	g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func((GDestroyNotify)sample_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	g_autoptr(FprintDevice) device = NULL;
	Reading reading = {folder, extractor, NULL, samples};
	const char *name;

	if (dir == NULL || !open_device(extractor, &device, error))
		return NULL;
	reading.device = device;
	while ((name = g_dir_read_name(dir)) != NULL)
		if (!add_sample(&reading, name, error))
			return NULL;
	if (samples->len == 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
					"%s: no FINGER_IMPRESSION.png (.tpl, .fmr) in it", folder);
		return NULL;
	}
	g_ptr_array_sort(samples, by_finger);
	return g_steal_pointer(&samples);
}
