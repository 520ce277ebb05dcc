/* A grey image of any size and content, the given bytes over and over: a template that can be
 * stored, the same each time, or an error by name. */
#include <string.h>

#include "firmware/match/extract.h"
#include "tests/fuzz/fuzz.h"

#define SIDE_MAX 128 /* of what is really filled: larger ones take too long to be tried often */

static void extract(const guint8 *image, guint width, guint height)
{
	g_autoptr(MatchTemplate) template = match_extract(image, width, height, NULL);
	g_autoptr(MatchTemplate) same = match_extract(image, width, height, NULL);
	g_autoptr(MatchTemplate) decoded = NULL;

	if (template == NULL) {
		fuzz_must(width < 64 || height < 64);
		return;
	}
	g_autoptr(GBytes) bytes = match_template_encode(template);
	g_autoptr(GBytes) bytes_of_same = match_template_encode(same);
	fuzz_must(g_bytes_equal(bytes, bytes_of_same));
	g_autoptr(MatchTemplate) fast = match_extract_fast(image, width, height, NULL);
	fuzz_must(fast != NULL);
	decoded = match_template_decode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
	fuzz_must(decoded != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 5)
		return 0;
	guint width = (guint)data[0] << 8 | data[1], height = (guint)data[2] << 8 | data[3];
	if (width > SIDE_MAX || height > SIDE_MAX) {
		g_autoptr(GError) error = NULL;

		if (width > 1024 || height > 1024) {
			fuzz_must(match_extract(data, width, height, &error) == NULL);
			fuzz_must(error != NULL);
		}
		return 0;
	}
	gsize n = (gsize)width * height, pattern = size - 4;
	g_autofree guint8 *image = g_malloc(n + 1);
	for (gsize i = 0; i < n; i++)
		image[i] = data[4 + i % pattern];
	extract(image, width, height);
	return 0;
}
