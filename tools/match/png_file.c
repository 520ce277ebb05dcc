#include <errno.h>
#include <string.h>

#include <png.h>

#include "tools/match/png_file.h"

void grey_image_clear(GreyImage *image)
{
	g_clear_pointer(&image->pixels, g_free);
}

static gboolean fail(GError **error, const char *path, const char *what)
{
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", path, what);
	return FALSE;
}

gboolean png_file_read(const char *path, GreyImage *image, GError **error)
{
	png_image png = {.version = PNG_IMAGE_VERSION};
	g_autofree guint8 *pixels = NULL;

	if (!png_image_begin_read_from_file(&png, path))
		return fail(error, path, png.message);
	if (png.width > PNG_FILE_SIDE_MAX || png.height > PNG_FILE_SIDE_MAX) {
		png_image_free(&png);
		return fail(error, path, "the image is too large");
	}
	png.format = PNG_FORMAT_GRAY;
	pixels = g_malloc(PNG_IMAGE_SIZE(png));
	if (!png_image_finish_read(&png, NULL, pixels, 0, NULL))
		return fail(error, path, png.message);
	*image = (GreyImage){(guint16)png.width, (guint16)png.height, g_steal_pointer(&pixels)};
	return TRUE;
}

gboolean png_file_write(const char *path, const guint8 *pixels, guint width, guint height,
						GError **error)
{
	png_image png = {
		.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_GRAY};

	if (!png_image_write_to_file(&png, path, 0, pixels, 0, NULL))
		return fail(error, path, png.message);
	return TRUE;
}
