/*
 * Grey images in PNG files.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint16 width, height;
	guint8 *pixels; /* row by row, 0 black */
} GreyImage;

#define PNG_FILE_SIDE_MAX 4096 /* px; a larger image is refused */

void grey_image_clear(GreyImage *image);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreyImage, grey_image_clear)

/* Reads any PNG as 8-bit grey. FALSE with a G_FILE_ERROR that names the file. */
gboolean png_file_read(const char *path, GreyImage *image, GError **error);
gboolean png_file_write(const char *path, const guint8 *pixels, guint width, guint height,
						GError **error);
